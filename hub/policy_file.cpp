#include "hub/policy_file.hpp"

#include "engine/errors.hpp"
#include "journal/digest.hpp"
#include "journal/json.hpp"
#include "loop/json.hpp"
#include "loop/policy.hpp"
#include "loop/rules/parameters.hpp"
#include "schemas/embedded.hpp"
#include "service/files.hpp"

namespace imloop::hub {
namespace {

using engine::StoreError;
using nlohmann::json;

/// The members of a policy in a file's words; counties may be a list.
json members_of(const json& file) {
    json out = json::object();
    for (const auto& name : loop::policy_members())
        if (const auto at = file.find(name); at != file.end() && !at->is_null()) out[name] = *at;
    if (out.contains("counties") && out["counties"].is_array()) {
        json by_code = json::object();
        for (const auto& code : out["counties"]) by_code[code.get<std::string>()] = json::object();
        out["counties"] = std::move(by_code);
    }
    return out;
}

/// Throws StoreError that names what is wrong with it.
json file_words(const std::filesystem::path& file) {
    const auto refuse = [&](const std::string& zh, const std::string& en) {
        throw StoreError(file.string() + "：" + zh + " / " + en);
    };
    const auto read = loop::parse_bounded(service::read_file(file));
    if (const auto why = loop::json_problem(read.code, read.pointer); !read.code.empty()) refuse(why.zh, why.en);
    if (!read.json.is_object()) refuse("不是 JSON 对象", "is no JSON object");
    try {
        auto words = members_of(read.json);
        loop::policy_from(words);
        loop::rules::Parameters(words.value("rules", json::object()));
        return words;
    } catch (const json::exception& e) {
        refuse("成员的类型不对", std::string("a member has the wrong type: ") + e.what());
    } catch (const std::runtime_error& e) {
        throw StoreError(file.string() + e.what());
    }
    return {};
}

json built_in_words() {
    const loop::Policy policy;
    json words{{"repair_days", policy.repair_days},
               {"retest_days", policy.retest_days},
               {"repair_rate_target", policy.repair_rate_target},
               {"repair_required_members", json::array()},
               {"watched_stations", json::array()},
               {"hold_minutes", policy.hold_minutes},
               {"rules", json::object()},
               {"city", policy.city},
               {"counties", json::object()}};
    words.update(members_of(journal::parsed(schemas::table_text("policy"))));
    return words;
}

}  // namespace

std::string policy_file_digest(const std::filesystem::path& data) {
    const auto file = data / policy_file;
    return std::filesystem::exists(file) ? journal::to_hex(journal::sha256(service::read_file(file))) : "";
}

json first_policy(const std::filesystem::path& data, OwnJournal& own) {
    auto words = built_in_words();
    if (const auto file = data / policy_file; std::filesystem::exists(file)) words.update(file_words(file));
    auto record = own.record("policy");
    record.update({{"valid_from", "1990-01-01"}, {"officer_id", nobody}, {"confirmed_by", nobody}});
    record.update(words);
    return record;
}

}  // namespace imloop::hub
