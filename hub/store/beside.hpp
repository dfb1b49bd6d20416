// A file for rows that are made to be looked at alone; gone with it. Several may be there at once.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "engine/engine.hpp"

namespace imloop::hub {

class Beside {
public:
    Beside(const std::filesystem::path& folder, std::string_view what);
    ~Beside();
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;

    engine::Connection& database() { return *database_; }

private:
    std::filesystem::path file_;
    std::unique_ptr<engine::Connection> database_;
};

}  // namespace imloop::hub
