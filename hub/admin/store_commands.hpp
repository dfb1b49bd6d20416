// `hub store`: the place where the hub keeps its state, on the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace imloop::hub {

/// `place`: of the data folder's store; `code`: of the command that ran.
void add_store_commands(CLI::App&, std::function<std::string()> place, int& code);

}  // namespace imloop::hub
