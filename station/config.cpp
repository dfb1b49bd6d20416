#include "station/config.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

namespace imloop::station {
namespace {

using service::Verdict;
namespace fs = std::filesystem;

bool digits(std::string_view text, std::size_t least, std::size_t most) {
    return text.size() >= least && text.size() <= most &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_station_id(std::string_view id) {
    return id.size() >= 10 && std::string_view("IMEBH").find(id[0]) != std::string_view::npos &&
           digits(id.substr(1, 6), 6, 6) && id[7] == '-' && digits(id.substr(8), 2, 4);
}

bool is_offset(std::string_view text) {
    return text.size() == 6 && (text[0] == '+' || text[0] == '-') && digits(text.substr(1, 2), 2, 2) &&
           text[3] == ':' && digits(text.substr(4), 2, 2) && text.substr(1, 2) <= "14" && text.substr(4) <= "59";
}

/// Reads members, remembers where they stand and what is wrong with them.
class Reader {
public:
    Reader(const toml::table& table, std::vector<ConfigFinding>& findings) : table_(table), findings_(findings) {}

    std::string text(std::string_view member, std::string_view usual = {}) {
        read_.emplace_back(member);
        const auto node = table_.at_path(member);
        if (!node) {
            if (usual.data() == nullptr) say(Verdict::broken, member, {"缺少，请补上", "is missing, add it"});
            return std::string(usual);
        }
        if (const auto value = node.value_exact<std::string>()) return *value;
        say(Verdict::broken, member, {"应是加引号的文字", "must be text in quotes"});
        return {};
    }

    unsigned short port(std::string_view member, unsigned short usual) {
        read_.emplace_back(member);
        const auto node = table_.at_path(member);
        if (!node) return usual;
        const auto value = node.value_exact<std::int64_t>();
        if (value && *value >= 0 && *value <= 65535) return static_cast<unsigned short>(*value);
        say(Verdict::broken, member, {"应是 0 到 65535 的数", "must be a number up to 65535"});
        return usual;
    }

    std::chrono::seconds seconds(std::string_view member, std::chrono::seconds usual, std::int64_t least,
                                 std::int64_t most) {
        read_.emplace_back(member);
        const auto node = table_.at_path(member);
        if (!node) return usual;
        const auto value = node.value_exact<std::int64_t>();
        if (value && *value >= least && *value <= most) return std::chrono::seconds(*value);
        say(Verdict::broken, member,
            {fmt::format("应是 {} 到 {} 的整数，单位秒", least, most),
             fmt::format("must be a whole number of seconds, {} to {}", least, most)});
        return usual;
    }

    /// How many tables stand in an array of tables.
    std::size_t tables(std::string_view member) const {
        const auto* array = table_.at_path(member).as_array();
        return array == nullptr ? 0 : array->size();
    }

    fs::path file(const fs::path& folder, std::string_view member, std::string_view usual) {
        const auto path = folder / text(member, usual);
        std::error_code unreadable;
        if (!fs::is_regular_file(path, unreadable))
            say(Verdict::look, member,
                {"没有文件 " + path.string() + "；用 join 加入，或改正路径",
                 "there is no file " + path.string() + "; `join`, or mend the path"});
        return path;
    }

    void say(Verdict verdict, std::string_view member, service::Words what) {
        const auto node = table_.at_path(member);
        findings_.push_back(
            {verdict, std::string(member), node ? std::size_t{node.node()->source().begin.line} : 0, std::move(what)});
    }

    void judge(bool right, std::string_view member, service::Words what) {
        if (!right && table_.at_path(member).is_string()) say(Verdict::broken, member, std::move(what));
    }

    /// What nothing reads is most often a slip of the pen.
    void rest(const toml::table& table, const std::string& before = {}) {
        for (const auto& [key, node] : table) {
            const std::string member = before + std::string(key.str());
            if (const auto* inner = node.as_table())
                rest(*inner, member + ".");
            else if (const auto* list = node.as_array(); list != nullptr && list->is_array_of_tables())
                for (std::size_t i = 0; i < list->size(); ++i)
                    rest(*list->get(i)->as_table(), fmt::format("{}[{}].", member, i));
            else if (std::ranges::find(read_, member) == read_.end())
                say(Verdict::look, member,
                    {"没有这个成员，不起作用；请检查拼写", "no such member, it does nothing; check the spelling"});
        }
    }

private:
    const toml::table& table_;
    std::vector<ConfigFinding>& findings_;
    std::vector<std::string> read_;
};

/// `[[intake.folder]]` of the station's file, `[[folder]]` of the page's.
std::vector<WatchedFolder> read_folders(Reader& reader, const std::string& list, const fs::path& folder) {
    std::vector<WatchedFolder> out;
    for (std::size_t i = 0; i < reader.tables(list); ++i) {
        const auto at = fmt::format("{}[{}].", list, i);
        WatchedFolder one;
        const auto path = reader.text(at + "path");
        reader.judge(!path.empty(), at + "path", {"不能是空的", "must not be empty"});
        one.path = (folder / path).lexically_normal();
        if (const auto mapping = reader.text(at + "mapping", ""); !mapping.empty())
            one.mapping = reader.file(folder, at + "mapping", "");
        one.settle = reader.seconds(at + "settle_seconds", one.settle, 0, settle_most_s);
        one.poll = reader.seconds(at + "poll_seconds", one.poll, 1, poll_most_s);
        const auto is_same = [&](const WatchedFolder& other) { return other.path == one.path; };
        reader.judge(std::ranges::none_of(out, is_same), at + "path",
                     {"这个文件夹写了两次", "this folder is named twice"});
        out.push_back(std::move(one));
    }
    return out;
}

/// Those of the page, where it wrote any; of two for one folder the page's stands.
void add_page_folders(Config& config, std::vector<ConfigFinding>& findings) {
    const auto file = folders_file(config);
    std::error_code unreadable;
    if (!fs::exists(file, unreadable)) return;
    try {
        const auto table = toml::parse_file(file.string());
        std::vector<ConfigFinding> own;
        Reader reader(table, own);
        auto folders = read_folders(reader, "folder", file.parent_path());
        if (std::ranges::any_of(own, [](const auto& f) { return f.verdict == Verdict::broken; }))
            throw std::runtime_error(own.front().member);
        auto& all = config.intake.folders;
        for (auto& folder : folders) {
            std::erase_if(all, [&](const WatchedFolder& other) { return other.path == folder.path; });
            folder.of_page = true;
            all.push_back(std::move(folder));
        }
    } catch (const std::exception& e) {
        findings.push_back(
            {Verdict::look,
             "intake.folder",
             0,
             {file.string() + " 读不出来，页面上设的文件夹没有生效；请在页面上重新设置",
              file.string() + " can't be read, folders set on the page are not watched; set them anew"}});
    }
}

constexpr std::size_t password_least = 12;

void judge_shop(Reader& reader, const ArchiveShop& shop, const std::string& at) {
    reader.judge(!shop.company_code.empty(), at + "company_code", {"不能是空的", "must not be empty"});
    reader.judge(shop.company_password.size() >= password_least, at + "company_password",
                 {"至少 12 个字符，用随机的", "at least 12 characters, random ones"});
}

void read_archive(Reader& reader, Config& config) {
    auto& archive = config.archive;
    const bool bridge = config.station_id.starts_with('B');
    archive.port = reader.port("archive.port", archive.port);
    if (bridge) archive.address = reader.text("archive.address", archive.address);
    const auto count = reader.tables("archive.shop");
    if (!bridge) {
        ArchiveShop own{config.station_id, reader.text("archive.company_code", ""), "", ""};
        if (own.company_code.empty()) return;
        own.company_password = reader.text("archive.company_password");
        own.company_name = reader.text("archive.company_name", "");
        judge_shop(reader, own, "archive.");
        archive.shops.push_back(std::move(own));
        return;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = fmt::format("archive.shop[{}].", i);
        ArchiveShop shop{reader.text(at + "station_id"), reader.text(at + "company_code"),
                         reader.text(at + "company_password"), reader.text(at + "company_name", "")};
        reader.judge(is_station_id(shop.station_id) && shop.station_id.starts_with('M'), at + "station_id",
                     {"应写成 M610404-03 的样子", "write it like M610404-03"});
        judge_shop(reader, shop, at);
        for (const auto& other : archive.shops)
            if (other.company_code == shop.company_code)
                reader.judge(other.company_password == shop.company_password && other.company_name != shop.company_name,
                             at + "company_code",
                             {"与另一家相同：密码也要相同，company_name 要不同",
                              "is another shop's too: then the password must be the same and company_name differ"});
        archive.shops.push_back(std::move(shop));
    }
}

void read_feed(Reader& reader, Config& config, const fs::path& folder) {
    auto& feed = config.feed;
    if (const auto name = reader.text("feed.folder", ""); !name.empty()) feed.folder = folder / name;
    feed.url = reader.text("feed.url", "");
    if (feed.url.starts_with("https://")) feed.ca = reader.file(folder, "feed.ca", "feed-ca.pem");
    const auto form = reader.text("feed.form", "records");
    feed.mapped = form == "platform";
    reader.judge(form == "records" || feed.mapped, "feed.form", {"应是 records 或 platform", "records or platform"});
    reader.judge(feed.url.empty() || feed.url.starts_with("https://") || feed.url.starts_with("http://"), "feed.url",
                 {"应写成 https://主机/路径", "write it as https://host/path"});
    reader.judge(feed.url.empty() || feed.folder.empty(), "feed.url",
                 {"feed.folder 和 feed.url 只写一个", "give feed.folder or feed.url, not both"});
}

}  // namespace

JudgedConfig judge_config(const fs::path& file) {
    JudgedConfig out;
    auto& config = out.config;
    config.file = file;
    std::error_code unreadable;
    if (!fs::exists(file, unreadable)) {
        out.findings.push_back({Verdict::broken,
                                "",
                                0,
                                {"没有这个配置文件，或没有权限；用 --config 指明，或用 join 加入",
                                 "no such file, or no permission; name it with --config, or `join`"}});
        return out;
    }
    toml::table table;
    try {
        table = toml::parse_file(file.string());
    } catch (const toml::parse_error& e) {
        const std::string why(e.description());
        out.findings.push_back(
            {Verdict::broken, "", std::size_t{e.source().begin.line}, {"写法不对：" + why, "not TOML: " + why}});
        return out;
    }
    Reader reader(table, out.findings);
    const auto folder = fs::absolute(file).parent_path();
    config.station_id = reader.text("station_id");
    config.name = reader.text("name", config.station_id);
    config.page_port = reader.port("page.port", config.station_id.starts_with('M') ? 7611 : 7610);
    config.data = folder / reader.text("data", "data");
    const std::string url = reader.text("hub.url");
    config.hub.ca = reader.file(folder, "hub.ca", "ca.pem");
    config.hub.certificate = reader.file(folder, "hub.certificate", "station.cert.pem");
    config.hub.key = reader.file(folder, "hub.key", "station.key.pem");
    config.hub.hub_key = reader.file(folder, "hub.hub_key", "hub.pub.pem");
    config.intake.line_id = reader.text("intake.line_id", "");
    config.intake.inspector_id = reader.text("intake.inspector_id", "");
    config.intake.time_offset = reader.text("intake.time_offset", "+08:00");
    if (const auto profiles = reader.text("intake.profiles", ""); !profiles.empty())
        config.intake.profiles = folder / profiles;
    if (config.station_id.starts_with('I')) {
        config.intake.folders = read_folders(reader, "intake.folder", folder);
        add_page_folders(config, out.findings);
    }
    if (config.station_id.starts_with('M') || config.station_id.starts_with('B')) read_archive(reader, config);
    if (config.station_id.starts_with('B')) read_feed(reader, config, folder);
    reader.rest(table);

    reader.judge(is_station_id(config.station_id), "station_id",
                 {"应写成 I610404-01 的样子", "write it like I610404-01"});
    reader.judge(is_offset(config.intake.time_offset), "intake.time_offset",
                 {"应写成 +08:00 的样子", "write it like +08:00"});
    constexpr std::string_view scheme = "https://";
    const auto rest = url.starts_with(scheme) ? url.substr(scheme.size()) : std::string();
    const auto colon = rest.rfind(':');
    config.hub.host = rest.substr(0, colon);
    config.hub.port = colon == std::string::npos ? "8443" : rest.substr(colon + 1);
    reader.judge(!config.hub.host.empty() && config.hub.host.find_first_of("/@ ") == std::string::npos &&
                     digits(config.hub.port, 1, 5),
                 "hub.url", {"应写成 https://主机:端口", "write it as https://host:port"});
    std::ranges::stable_sort(out.findings, {}, &ConfigFinding::line);
    return out;
}

service::Words words_of(const fs::path& file, const ConfigFinding& f) {
    const std::string zh = f.line == 0 ? "" : fmt::format("第 {} 行", f.line);
    const std::string en = f.line == 0 ? "" : fmt::format("line {}: ", f.line);
    return {fmt::format("{}：{}{}{}", file.string(), zh + (f.line == 0 || f.member.empty() ? "" : "的 "), f.member,
                        (f.line == 0 && f.member.empty() ? "" : "：") + f.what.zh),
            fmt::format("{}: {}{}{}", file.string(), en, f.member, (f.member.empty() ? "" : ": ") + f.what.en)};
}

journal::Result<Config> read_config(const fs::path& file) {
    auto judged = judge_config(file);
    for (const auto& f : judged.findings)
        if (f.verdict == Verdict::broken) {
            const auto words = words_of(file, f);
            return journal::Error("bad_config", words.zh, words.en);
        }
    return std::move(judged.config);
}

}  // namespace imloop::station
