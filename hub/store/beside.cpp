#include "hub/store/beside.hpp"

#include "sqlite/sqlite.hpp"

namespace imloop::hub {

Beside::Beside(const std::filesystem::path& folder) : file_(folder / "verify.sqlite.new") {
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
