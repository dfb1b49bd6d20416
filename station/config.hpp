// The configuration of a station's program: one TOML file, paths in it relative to it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "journal/error.hpp"
#include "service/finding.hpp"

namespace imloop::station {

/// A repair shop as the archive's upload interface knows it.
struct ArchiveShop {
    std::string station_id;
    std::string company_code, company_password;
    std::string company_name;  ///< tells shops of one code apart
};

inline constexpr std::int64_t settle_most_s = 3600, poll_most_s = 600;

/// A folder whose files `run` takes (station/watch).
struct WatchedFolder {
    std::filesystem::path path;
    std::filesystem::path mapping;   ///< of its tables; empty: tables wait for one
    std::chrono::seconds settle{5};  ///< a file is taken when it has not changed for so long
    std::chrono::seconds poll{2};
    bool of_page = false;  ///< set on the page, kept in folders_file()
};

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
        std::filesystem::path profiles;      ///< of further platforms; empty: none
        std::vector<WatchedFolder> folders;  ///< those of the page too, which go before those of the file
    } intake;
    /// The archive's upload interface; served where it has a shop.
    struct {
        std::string address = "127.0.0.1";
        unsigned short port = 7621;      ///< 0: any free one
        std::vector<ArchiveShop> shops;  ///< of an M station itself alone, of a bridge those it writes for
    } archive;
    /// Of a bridge: where the hub's changes go; both empty: nowhere.
    struct {
        std::filesystem::path folder;
        std::string url;
        std::filesystem::path ca;  ///< of an https:// url
        bool mapped = false;       ///< in the forms of the platforms rather than as the hub has them
    } feed;
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
/// What the page wrote: `[[folder]]`, with the members of `[[intake.folder]]`.
std::filesystem::path folders_file(const Config&);
/// Writes those that are the page's. Throws as replace_file().
void write_folders(const Config&);
/// What holds after defaults, as TOML with whole paths. Names files of keys, never what they hold.
void show_config(const Config&, std::ostream&);

}  // namespace imloop::station
