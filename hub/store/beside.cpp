#include "hub/store/beside.hpp"

#include <fmt/format.h>

#include <atomic>

#include "sqlite/sqlite.hpp"

namespace imloop::hub {

Beside::Beside(const std::filesystem::path& folder, std::string_view what) {
    // What a process that was killed left is taken away by one of this number.
    static std::atomic<int> made = 0;
    file_ = folder / fmt::format("{}-{}.sqlite.new", what, ++made);
    sqlite::remove_files(file_);
    database_ = std::make_unique<sqlite::Database>(file_);
    // What is made here can be made again at any time.
    database_->execute("PRAGMA synchronous=OFF");
}

Beside::~Beside() {
    database_.reset();
    sqlite::remove_files(file_);
}

}  // namespace imloop::hub
