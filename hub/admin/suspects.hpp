// `hub suspects`: what needs a look, on the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "hub/admin/session.hpp"

namespace imloop::hub {

/// Gives a command what it does with the hub.
using OnCommand = std::function<void(CLI::App*, std::function<int(Session&)>)>;

void add_suspects(CLI::App&, const OnCommand&);

}  // namespace imloop::hub
