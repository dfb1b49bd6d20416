// How a command prints its rows: as a table, or as asked by --json or --csv.
#pragma once

#include <CLI/CLI.hpp>

namespace imloop::hub {

struct Form {
    bool as_json = false, as_csv = false;

    const char* name() const { return as_json ? "json" : as_csv ? "csv" : "table"; }
    /// It outlives the command.
    void add_to(CLI::App* command) {
        auto* with_json = command->add_flag("--json", as_json, "JSON");
        command->add_flag("--csv", as_csv, "CSV")->excludes(with_json);
    }
};

}  // namespace imloop::hub
