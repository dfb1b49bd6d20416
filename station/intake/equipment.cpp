#include "station/intake/equipment.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "station/intake/members.hpp"
#include "station/intake/nha.hpp"
#include "station/intake/profile.hpp"
#include "station/intake/province_xml.hpp"

namespace imloop::station::intake {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    return bytes.str();
}

void append(Intake& to, Intake from) {
    std::ranges::move(from.taken, std::back_inserter(to.taken));
    std::ranges::move(from.left, std::back_inserter(to.left));
}

/// What the common reader of XML left as no test, and a profile knows, is read through the profile.
void read_other_xml(const fs::path& folder, Intake& intake, const std::vector<Profile>& profiles,
                    const Settings& settings) {
    std::vector<Document> documents;
    for (const auto& left : intake.left) {
        if (left.code != "not_a_test") continue;
        const auto root = parse_xml(bytes_of(folder / left.file));
        if (!root) continue;
        documents.push_back({left.file, nlohmann::json::object(), true});
        documents.back().json[root->name] = json_of(*root);
    }
    if (documents.empty()) return;
    auto read = read_messages(documents, profiles, settings);
    std::erase_if(read.left, [](const Left& left) { return left.code == "unknown_format"; });
    const auto is_known = [&](const Left& left) {
        return std::ranges::any_of(read.left, [&](const Left& l) { return l.file == left.file; }) ||
               std::ranges::any_of(
                   read.taken, [&](const Taken& t) { return std::ranges::find(t.files, left.file) != t.files.end(); });
    };
    std::erase_if(intake.left, [&](const Left& left) { return left.code == "not_a_test" && is_known(left); });
    append(intake, std::move(read));
}

Intake read_json(const std::vector<fs::path>& files, const std::vector<Profile>& profiles, const Settings& settings) {
    std::vector<Document> documents;
    std::vector<Left> left;
    for (const auto& file : files) {
        auto read = json_document(file.filename().string(), bytes_of(file));
        if (auto* document = std::get_if<Document>(&read))
            documents.push_back(std::move(*document));
        else
            left.push_back(std::get<Left>(std::move(read)));
    }
    auto intake = read_messages(documents, profiles, settings);
    std::ranges::move(left, std::back_inserter(intake.left));
    std::ranges::stable_sort(intake.left, {}, &Left::file);
    return intake;
}

}  // namespace

bool is_json(const fs::path& file) { return file.extension() == ".json" || file.extension() == ".JSON"; }

journal::Result<Intake> read_message_files(const std::vector<fs::path>& files, const Settings& settings) {
    std::vector<fs::path> xml_files, json_files;
    for (const auto& file : files) (is_json(file) ? json_files : xml_files).push_back(file);
    auto profiles = load_profiles(settings.profiles);
    if (!profiles) return profiles.error();
    Intake intake;
    if (!xml_files.empty()) {
        intake = read_province_xml(xml_files, settings);
        read_other_xml(xml_files.front().parent_path(), intake, *profiles, settings);
    }
    if (!json_files.empty()) append(intake, read_json(json_files, *profiles, settings));
    return intake;
}

journal::Result<Intake> read_equipment(const fs::path& path, const Settings& settings) {
    const bool is_folder = fs::is_directory(path);
    std::vector<fs::path> messages;
    bool has_ini = false;
    const auto note = [&](const fs::path& file) {
        has_ini = has_ini || file.extension() == ".ini";
        if (is_xml(file) || is_json(file)) messages.push_back(file);
    };
    if (is_folder)
        for (const auto& entry : fs::directory_iterator(path)) note(entry.path());
    else if (fs::is_regular_file(path))
        note(path);
    std::ranges::sort(messages);
    if (messages.empty()) return is_folder ? read_nha(path, settings) : read_province_xml(path, settings);
    auto intake = read_message_files(messages, settings);
    if (intake && has_ini) append(*intake, *read_nha(path, settings));
    return intake;
}

}  // namespace imloop::station::intake
