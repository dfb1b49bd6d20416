// The configuration as TOML again: what holds, and the folders that the page keeps.
#include <toml++/toml.h>

#include <sstream>

#include "station/config.hpp"
#include "station/files.hpp"

namespace imloop::station {
namespace {

namespace fs = std::filesystem;

std::string value(const std::string& text) {
    std::ostringstream quoted;
    const toml::value<std::string> node(text);
    quoted << toml::toml_formatter(node,
                                   toml::toml_formatter::default_flags & ~toml::format_flags::allow_literal_strings);
    return quoted.str();
}

void show_folder(const WatchedFolder& folder, const char* list, std::ostream& out) {
    out << "\n[[" << list << "]]\npath = " << value(folder.path.string());
    if (!folder.mapping.empty()) out << "\nmapping = " << value(folder.mapping.string());
    out << "\nsettle_seconds = " << folder.settle.count() << "\npoll_seconds = " << folder.poll.count() << '\n';
}

}  // namespace

fs::path folders_file(const Config& config) { return config.data / "folders.toml"; }

void write_folders(const Config& config) {
    std::ostringstream out;
    out << "# 由本机页面写，请在页面上改 / written by the local page, change it there\n";
    for (const auto& folder : config.intake.folders)
        if (folder.of_page) show_folder(folder, "folder", out);
    fs::create_directories(config.data);
    replace_file(folders_file(config), out.str());
}

void show_config(const Config& c, std::ostream& out) {
    out << "# " << fs::absolute(c.file).string() << "\nstation_id = " << value(c.station_id)
        << "\ndata = " << value(c.data.string())
        << "\n\n[hub]\nurl = " << value("https://" + c.hub.host + ":" + c.hub.port)
        << "\nca = " << value(c.hub.ca.string()) << "\ncertificate = " << value(c.hub.certificate.string())
        << "\nkey = " << value(c.hub.key.string()) << "\nhub_key = " << value(c.hub.hub_key.string())
        << "\n\n[intake]\nline_id = " << value(c.intake.line_id) << "\ninspector_id = " << value(c.intake.inspector_id)
        << "\ntime_offset = " << value(c.intake.time_offset) << '\n';
    for (const auto& folder : c.intake.folders) {
        if (folder.of_page) out << "\n# " << folders_file(c).string();
        show_folder(folder, "intake.folder", out);
    }
    const bool bridge = c.station_id.starts_with('B');
    if (!c.archive.shops.empty()) out << "\n[archive]\nport = " << c.archive.port << '\n';
    if (bridge && !c.archive.shops.empty()) out << "address = " << value(c.archive.address) << '\n';
    for (const auto& shop : c.archive.shops) {
        if (bridge) out << "\n[[archive.shop]]\nstation_id = " << value(shop.station_id) << '\n';
        out << "company_code = " << value(shop.company_code) << "\n# company_password\n";
        if (!shop.company_name.empty()) out << "company_name = " << value(shop.company_name) << '\n';
    }
    if (!c.feed.folder.empty() || !c.feed.url.empty())
        out << "\n[feed]\nfolder = " << value(c.feed.folder.string()) << "\nurl = " << value(c.feed.url)
            << "\nform = " << value(c.feed.mapped ? "platform" : "records") << '\n';
}

}  // namespace imloop::station
