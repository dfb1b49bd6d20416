#include "station/intake/profiles/profile.hpp"

#include <algorithm>
#include <map>

#include "loop/json.hpp"
#include "schemas/embedded.hpp"
#include "station/intake/formats/file_bytes.hpp"
#include "station/intake/profiles/members.hpp"

namespace imloop::station::intake {
namespace {

std::vector<Condition> conditions_from(const Json& json, const std::string& where) {
    if (!json.is_object() || json.empty())
        throw BadRules(where + ": 应写明指针与可能的值 / must name pointers and their values");
    std::vector<Condition> out;
    for (const auto& [pointer, values] : json.items()) {
        if (!pointer.starts_with('/'))
            throw BadRules(where + "/" + pointer + ": 应是 JSON 指针 / must be a JSON pointer");
        out.push_back({pointer, values.is_array() && values.empty() ? std::vector<std::string>()
                                                                    : names_from(values, where + "/" + pointer)});
    }
    return out;
}

Message message_from(const Json& json, const std::string& where, const std::vector<std::string>& join,
                     const Rules& rules) {
    Message out;
    if (json.contains("when")) out.when = conditions_from(json["when"], where + "/when");
    out.records = json.value("records", "");
    out.join = json.contains("join") ? names_from(json["join"], where + "/join") : join;
    out.method = json.value("method", "");
    const auto is_method = [&](const MethodRule& rule) { return rule.code == out.method; };
    if (!out.method.empty() && std::ranges::none_of(rules.methods, is_method))
        throw BadRules(where + "/method: 没有为它写读数 / methods has nothing for it");
    for (const auto& name : names_from(json.value("gives", Json()), where + "/gives")) {
        if (name == "head")
            out.head = true;
        else if (name == "readings")
            out.readings = true;
        else if (name == "obd" && rules.obd)
            out.obd = true;
        else if (name == "trace" && rules.trace)
            out.trace = true;
        else
            throw BadRules(where + "/gives: " + name + " 没有写明 / is not described");
    }
    return out;
}

/// By name, what comes later in the place of what came before.
using Texts = std::map<std::string, std::string>;

}  // namespace

journal::Result<Profile> profile_from(const std::string& name, std::string_view text) {
    const auto wrong = [&](const std::string& zh, const std::string& en) {
        return journal::Error("bad_profile", name + zh, en);
    };
    const auto json = loop::json_of<Json>(text);
    if (json.is_discarded() || !json.is_object()) return wrong(": 不是 JSON 对象", "is no JSON object");
    try {
        Profile out;
        out.name = name;
        out.zh = json.value("zh", name);
        out.en = json.value("en", name);
        out.recognise = conditions_from(json.value("recognise", Json()), "/recognise");
        out.rules = rules_from(json);
        const auto join = names_from(json.value("join", Json()), "/join");
        const auto& messages = json.value("messages", Json());
        if (!messages.is_array() || messages.empty()) throw BadRules("/messages: 缺少 / is missing");
        for (std::size_t i = 0; i < messages.size(); ++i)
            out.messages.push_back(message_from(messages[i], "/messages/" + std::to_string(i), join, out.rules));
        return out;
    } catch (const BadRules& e) {
        return journal::Error("bad_profile", name + e.what());
    } catch (const Json::exception& e) {
        return wrong(": 写法不对", e.what());
    }
}

journal::Result<std::vector<Profile>> load_profiles(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    Texts texts;
    constexpr std::string_view room = "tables/profiles/", end = ".json";
    for (const auto& path : schemas::paths(room)) {
        const auto name = path.substr(room.size(), path.size() - room.size() - end.size());
        texts[name] = schemas::text(path);
    }
    if (!folder.empty()) {
        std::error_code error;
        if (!fs::is_directory(folder, error))
            return journal::Error("no_folder", "没有这个目录", "no such folder: " + folder.string());
        for (const auto& entry : fs::directory_iterator(folder)) {
            if (entry.path().extension() != end) continue;
            auto bytes = bytes_of(entry.path());
            if (const auto* left = std::get_if<Left>(&bytes))
                return journal::Error("bad_profile", left->file + ": " + left->zh, left->en);
            texts[entry.path().stem().string()] = std::get<std::string>(std::move(bytes));
        }
    }
    std::vector<Profile> out;
    for (const auto& [name, text] : texts) {
        auto profile = profile_from(name, text);
        if (!profile) return profile.error();
        out.push_back(std::move(*profile));
    }
    return out;
}

}  // namespace imloop::station::intake
