#include "station/intake/equipment.hpp"

#include <algorithm>
#include <iterator>

#include "station/intake/formats/file_bytes.hpp"
#include "station/intake/formats/ini.hpp"
#include "station/intake/nha/nha.hpp"
#include "station/intake/profiles/members.hpp"
#include "station/intake/profiles/profile.hpp"
#include "station/intake/province/province.hpp"
#include "station/intake/province/xml.hpp"

namespace imloop::station::intake {
namespace {

namespace fs = std::filesystem;

void append(Intake& to, Intake from) {
    std::ranges::move(from.taken, std::back_inserter(to.taken));
    std::ranges::move(from.left, std::back_inserter(to.left));
}

bool ends_with(const fs::path& file, std::string_view ending) {
    return same_but_case(file.extension().string(), ending);
}

/// By the first character, in whatever encoding; by the name where it is neither JSON's nor XML's.
bool holds_json(const fs::path& file, std::string_view bytes) {
    const auto first = std::ranges::find_if(bytes, [](char c) {
        const bool is_mark = c == '\xEF' || c == '\xBB' || c == '\xBF' || c == '\xFF' || c == '\xFE';
        return !is_mark && c != '\0' && c != ' ' && c != '\t' && c != '\r' && c != '\n';
    });
    if (first == bytes.end()) return ends_with(file, ".json");
    return *first == '{' || *first == '[' || (ends_with(file, ".json") && *first != '<');
}

class Messages {
public:
    explicit Messages(const Settings& settings) : settings_(settings), province_(settings) {}

    void read(const fs::path& path) {
        const auto file = path.filename().string();
        auto bytes = bytes_of(path);
        if (auto* left = std::get_if<Left>(&bytes))
            left_.push_back(std::move(*left));
        else if (const auto& text = std::get<std::string>(bytes); holds_json(path, text))
            read_json(file, text);
        else
            read_xml(file, text);
    }

    Intake finish(const std::vector<Profile>& profiles) && {
        auto out = std::move(province_).finish();
        append(out, read_messages(documents_, profiles, settings_));
        std::ranges::move(left_, std::back_inserter(out.left));
        std::ranges::stable_sort(out.left, {}, &Left::file);
        return out;
    }

private:
    void read_json(const std::string& file, std::string_view bytes) {
        for (auto& one : json_documents(file, bytes))
            if (auto* document = std::get_if<Document>(&one))
                documents_.push_back(std::move(*document));
            else
                left_.push_back(std::get<Left>(std::move(one)));
    }

    void read_xml(const std::string& file, std::string_view bytes) {
        for (const auto& root : parse_xml(bytes)) {
            if (!root) {
                const auto& why = root.error();
                left_.push_back({file, why.code, why.zh, why.en, why.line, why.place});
                continue;
            }
            auto other = province_.read(file, *root);
            if (!other) continue;
            Document document{file, nlohmann::json::object(), true, root->line, notes_of(*root), std::move(other)};
            document.json[root->name] = json_of(*root);
            documents_.push_back(std::move(document));
        }
    }

    const Settings& settings_;
    ProvinceReading province_;
    std::vector<Document> documents_;
    std::vector<Left> left_;
};

}  // namespace

bool is_message(const fs::path& file) { return ends_with(file, ".xml") || ends_with(file, ".json"); }

journal::Result<Intake> read_message_files(const std::vector<fs::path>& files, const Settings& settings) {
    const auto profiles = load_profiles(settings.profiles);
    if (!profiles) return profiles.error();
    Messages messages(settings);
    for (const auto& file : files)
        if (!settings.stop.stop_requested()) messages.read(file);
    return std::move(messages).finish(*profiles);
}

journal::Result<Intake> read_equipment(const fs::path& path, const Settings& settings) {
    std::error_code error;
    if (!fs::exists(path, error))
        return journal::Error("no_folder", "没有这个文件或目录", "no such file or folder: " + path.string());
    if (!fs::is_directory(path, error)) return read_message_files({path}, settings);
    std::vector<fs::path> messages;
    bool has_ini = false;
    for (const auto& entry : fs::directory_iterator(path)) {
        has_ini = has_ini || is_ini(entry.path());
        if (is_message(entry.path())) messages.push_back(entry.path());
    }
    if (messages.empty()) return read_nha(path, settings);
    std::ranges::sort(messages);
    auto intake = read_message_files(messages, settings);
    if (intake && has_ini) append(*intake, *read_nha(path, settings));
    return intake;
}

}  // namespace imloop::station::intake
