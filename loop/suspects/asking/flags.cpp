// Which flags there are: each owner's replaced as a whole.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "loop/suspects/asking/flag_id.hpp"
#include "loop/suspects/asking/suspects.hpp"

namespace imloop::loop::rules {

void complete(Flag& flag, const Fact& first) {
    if (flag.station_id.empty()) flag.station_id = first.station_id;
    flag.day = day_of(first.occurred_at);
}

void Suspects::withdraw(const std::string& flag_id, const std::string& owner) {
    const auto key = key_of(flag_id, owner);
    for (const auto& record : rows_.flags.find(key)->records) rows_.flagged.erase(key_of(record, flag_id, owner));
    rows_.flags.erase(key);
    rows_.owned.erase(key_of(owner, flag_id));
}

void Suspects::set_failed(const std::string& owner, std::set<std::string> now) {
    const auto key = key_of(owner);
    const auto* found = rows_.failed.find(key);
    const auto before = found ? *found : std::set<std::string>();
    if (now == before) return;
    failed_before_.try_emplace(owner, before);
    if (now.empty())
        rows_.failed.erase(key);
    else
        rows_.failed.put(key, std::move(now));
}

void Suspects::replace(const Projection& projection, const std::string& owner, Findings found) {
    for (auto& [rule, flags] : found.flags)
        for (auto& flag : flags)
            if (!flag.records.empty())
                if (const auto first = projection.fact(flag.records.front())) complete(flag, *first);
    replace(owner, std::move(found));
}

void Suspects::replace(const std::string& owner, Findings found) {
    set_failed(owner, std::move(found.failed));
    std::map<std::string, Flag> said;
    for (auto& [rule, flags] : found.flags)
        for (auto& flag : flags) {
            flag.rule = rule->id;
            flag.version = rule->version;
            flag.flag_id = flag_id_of(flag);
            if (flag.grade == Grade::strong && !flag.records.empty()) new_.push_back(flag.flag_id);
            const auto id = flag.flag_id;
            said.insert_or_assign(id, std::move(flag));  // said twice by one owner: the last counts
        }
    for (const auto& key : rows_.owned.keys(key_of(owner))) {
        const auto id = second_of(key);
        const auto same = said.find(id);
        if (same != said.end() && same->second == *rows_.flags.find(key_of(id, owner)))
            said.erase(same);
        else
            withdraw(id, owner);
    }
    for (auto& [id, flag] : said) {
        for (const auto& record : flag.records) rows_.flagged.put(key_of(record, id, owner), {});
        rows_.owned.put(key_of(owner, id), {});
        rows_.flags.put(key_of(id, owner), std::move(flag));
    }
}

void Suspects::each_first(const std::function<void(const std::string& owner, const Flag&)>& visit) const {
    std::string last;
    rows_.flags.each("", [&](std::string_view key, const Flag& flag) {
        if (std::exchange(last, flag.flag_id) != flag.flag_id) visit(second_of(key), flag);
    });
}

void Suspects::each_flag(const std::function<void(const Flag&)>& visit) const {
    each_first([&](const std::string&, const Flag& flag) { visit(flag); });
}

std::optional<Flag> Suspects::flag(const std::string& flag_id) const {
    std::optional<Flag> first;
    const auto prefix = key_of(flag_id);
    rows_.flags.each_between(prefix, end_of(prefix), [&](std::string_view, const Flag& flag) {
        first = flag;
        return false;
    });
    return first;
}

std::vector<std::string> Suspects::take_new() { return std::exchange(new_, {}); }

std::vector<std::string> Suspects::of_record(const std::string& record_id) const {
    std::vector<std::string> out;
    rows_.flagged.each(key_of(record_id), [&](std::string_view key, const Mark&) {
        auto id = second_of(key);
        if (out.empty() || out.back() != id) out.push_back(std::move(id));
    });
    return out;
}

std::vector<Decision> Suspects::decisions(const std::string& about) const {
    std::vector<Decision> out;
    rows_.decisions.each(key_of(about), [&](std::string_view, const Decision& d) { out.push_back(d); });
    return out;
}

std::optional<Decision> Suspects::decision(const std::string& about) const {
    auto all = decisions(about);
    return all.empty() ? std::nullopt : std::optional(std::move(all.back()));
}

void Suspects::each_decision(const std::function<void(const std::string& about, const Decision&)>& visit) const {
    rows_.decisions.each("", [&](std::string_view key, const Decision& d) { visit(KeyReader(key).text(), d); });
}

void Suspects::each_check(const std::function<void(const std::string& station, const Check&)>& visit) const {
    rows_.checks.each("", [&](std::string_view key, const Check& check) { visit(KeyReader(key).text(), check); });
}

Suspects::Failed Suspects::failed() const {
    Failed out;
    rows_.failed.each("", [&](std::string_view key, const auto& rules) { out.emplace(KeyReader(key).text(), rules); });
    return out;
}

Suspects::Failed Suspects::take_failed() {
    Failed out;
    for (const auto& [owner, before] : std::exchange(failed_before_, {})) {
        const auto* now = rows_.failed.find(key_of(owner));
        if (!now) continue;
        std::set<std::string> more;
        std::ranges::set_difference(*now, before, std::inserter(more, more.end()));
        if (!more.empty()) out.emplace(owner, std::move(more));
    }
    return out;
}

std::string Suspects::dump() const {
    std::string out;
    each_flag([&](const Flag& f) {
        out += fmt::format("flag {} version {} {} {} {} records {} station {} person {} other {} county {} day {}\n",
                           f.flag_id, f.version, f.claim, name_of(f.grade), f.score_permille, fmt::join(f.records, ","),
                           f.station_id, f.person, f.other_station_id, f.county, format_day(f.day));
        for (const auto& value : f.values) out += fmt::format("  {} {} {}\n", value.name, value.text, value.unit);
    });
    each_decision([&](const std::string& about, const Decision& d) {
        out += fmt::format("decision {} {} {}\n", about, d.action, d.record_id);
    });
    for (const auto& [owner, rules] : failed()) out += fmt::format("failed {} {}\n", owner, fmt::join(rules, ","));
    return out;
}

}  // namespace imloop::loop::rules
