// The command line that both station programs share. zh first, then English; exit codes: 0 done, 1 failed, 2 wrong
// usage or a record that is not right, 3 the retest must wait for a repair, 4 to be looked at by a person.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "loop/admission.hpp"
#include "station/config.hpp"
#include "station/outbox.hpp"
#include "station/page/site.hpp"
#include "station/uploading.hpp"

namespace imloop::station {

struct Context {
    std::filesystem::path config_file = "station.toml";
    int code = 0;
    unsigned short default_page_port = 7610;  ///< until there is a configuration
    /// The pages of the program, beside those that both have; a program without any serves no page.
    std::function<page::Routes(page::Site&)> pages;
    bool watches_folders = false;  ///< `run` takes the files of the configured folders
    /// What `run` does beside its page, for as long as what is returned lives.
    std::function<std::shared_ptr<void>(const Config&, Uploading&)> beside;

    Config config() const;  ///< throws std::runtime_error with a text for the operator
    Outbox outbox(const Config&) const;
};

/// Adds join, run, submit, check, queue, status, config, doctor and verify.
void add_shared_commands(CLI::App&, Context&);
/// Parses and runs; what is thrown becomes a message and exit code 1.
int run_app(CLI::App&, Context&, int argc, char** argv);

/// What admission says of a record, a line each.
void show_problems(const loop::Admitted&, std::ostream&);
/// Judges a record as the hub will and appends it. False where it was not saved; everything is said on `out`.
bool submit(Outbox&, const Config&, const std::string& record, const std::optional<Trace>&, std::ostream& out);

}  // namespace imloop::station
