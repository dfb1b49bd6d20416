// The configuration of a station's program: one TOML file, paths in it relative to it.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "journal/error.hpp"
#include "service/finding.hpp"

namespace imloop::station {

struct Config {
    std::filesystem::path file;
    std::string station_id;
    std::string name;            ///< as the pages show it; the id where it is not given
    std::filesystem::path data;  ///< folder of the outbox
    struct {
        std::string host;
        std::string port;
        std::filesystem::path ca, certificate, key, hub_key;
    } hub;
    unsigned short page_port = 0;  ///< of the local page; 0: any free one
    struct {
        std::string line_id, inspector_id, time_offset = "+08:00";
    } intake;
};

struct ConfigFinding {
    service::Verdict verdict = service::Verdict::fine;  ///< broken: read_config() refuses the file for it
    std::string member;                                 ///< empty: the file itself
    std::size_t line = 0;                               ///< 0: stands in no line
    service::Words what;                                ///< with what to do
};
struct JudgedConfig {
    Config config;  ///< whole where no finding is broken
    std::vector<ConfigFinding> findings;
};
/// Every member; what is fine has no finding. A file that is named and isn't there is one to look at.
JudgedConfig judge_config(const std::filesystem::path&);
/// File, line, member and what to do, zh first, then English.
service::Words words_of(const std::filesystem::path& file, const ConfigFinding&);

/// `bad_config`, naming file, line and member.
journal::Result<Config> read_config(const std::filesystem::path&);
/// What holds after defaults, as TOML with whole paths. Names files of keys, never what they hold.
void show_config(const Config&, std::ostream&);

}  // namespace imloop::station
