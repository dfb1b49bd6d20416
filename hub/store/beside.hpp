// A file for rows that are made to be looked at alone; gone with it.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/engine.hpp"

namespace imloop::hub {

class Beside {
public:
    explicit Beside(const std::filesystem::path& folder);
    ~Beside();
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;

    engine::Connection& database() { return *database_; }

private:
    std::filesystem::path file_;
    std::unique_ptr<engine::Connection> database_;
};

}  // namespace imloop::hub
