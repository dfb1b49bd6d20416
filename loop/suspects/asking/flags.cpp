// Which flags there are: each owner's replaced as a whole.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "loop/suspects/asking/flag_id.hpp"
#include "loop/suspects/asking/suspects.hpp"

namespace imloop::loop::rules {

void complete(Flag& flag, const Fact& first) {
    if (flag.station_id.empty()) flag.station_id = first.station_id;
    flag.day = day_of(first.occurred_at);
}

void Suspects::withdraw(const std::string& flag_id, const std::string& owner) {
    const auto it = flags_.find(flag_id);
    if (it == flags_.end()) return;
    const auto mine = it->second.find(owner);
    if (mine == it->second.end()) return;
    for (const auto& record : mine->second.records) {
        const bool others = std::ranges::any_of(it->second, [&](const auto& other) {
            return other.first != owner &&
                   std::ranges::find(other.second.records, record) != other.second.records.end();
        });
        const auto of = by_record_.find(record);
        if (others || of == by_record_.end()) continue;
        of->second.erase(flag_id);
        if (of->second.empty()) by_record_.erase(of);
    }
    it->second.erase(mine);
    if (it->second.empty()) flags_.erase(it);
}

void Suspects::drop(const std::string& owner) {
    failed_.erase(owner);
    const auto owned = owned_.find(owner);
    if (owned == owned_.end()) return;
    for (const auto& id : owned->second) withdraw(id, owner);
    owned_.erase(owned);
}

void Suspects::replace(const Projection& projection, const std::string& owner, Findings found) {
    for (auto& [rule, flags] : found.flags)
        for (auto& flag : flags)
            if (!flag.records.empty())
                if (const auto first = projection.fact(flag.records.front())) complete(flag, *first);
    replace(owner, std::move(found));
}

void Suspects::replace(const std::string& owner, Findings found) {
    drop(owner);
    if (!found.failed.empty()) failed_[owner] = std::move(found.failed);
    for (auto& [rule, flags] : found.flags)
        for (auto& flag : flags) {
            flag.rule = rule->id;
            flag.version = rule->version;
            flag.flag_id = flag_id_of(flag);
            const std::string id = flag.flag_id;
            withdraw(id, owner);  // said twice by one owner: the last counts
            for (const auto& record : flag.records) by_record_[record].insert(id);
            owned_[owner].push_back(id);
            if (flag.grade == Grade::strong && !flag.records.empty()) new_.push_back(id);
            flags_[id].insert_or_assign(owner, std::move(flag));
        }
}

const Flag* Suspects::flag(const std::string& flag_id) const {
    const auto it = flags_.find(flag_id);
    return it == flags_.end() ? nullptr : &it->second.begin()->second;
}

std::vector<std::string> Suspects::take_new() { return std::exchange(new_, {}); }

std::vector<std::string> Suspects::of_record(const std::string& record_id) const {
    const auto it = by_record_.find(record_id);
    return it == by_record_.end() ? std::vector<std::string>() : std::vector(it->second.begin(), it->second.end());
}

const Decision* Suspects::decision(const std::string& flag_id) const {
    const auto it = decisions_.find(flag_id);
    return it == decisions_.end() ? nullptr : &*it->second.rbegin();
}

std::string Suspects::dump() const {
    std::string out;
    for (const auto& [id, owners] : flags_) {
        const Flag& f = owners.begin()->second;
        out += fmt::format("flag {} version {} {} {} {} records {} station {} person {} other {} county {} day {}\n",
                           id, f.version, f.claim, name_of(f.grade), f.score_permille, fmt::join(f.records, ","),
                           f.station_id, f.person, f.other_station_id, f.county, format_day(f.day));
        for (const auto& value : f.values) out += fmt::format("  {} {} {}\n", value.name, value.text, value.unit);
    }
    for (const auto& [id, of] : decisions_)
        for (const auto& d : of) out += fmt::format("decision {} {} {}\n", id, d.action, d.record_id);
    for (const auto& [owner, rules] : failed_) out += fmt::format("failed {} {}\n", owner, fmt::join(rules, ","));
    return out;
}

}  // namespace imloop::loop::rules
