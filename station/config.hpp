// The configuration of a station's program: one TOML file, paths in it relative to it.
#pragma once

#include <filesystem>
#include <string>

#include "journal/error.hpp"

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
        std::filesystem::path profiles;  ///< of further platforms; empty: none
    } intake;
};

/// `bad_config`, naming file, line and member.
journal::Result<Config> read_config(const std::filesystem::path&);

}  // namespace imloop::station
