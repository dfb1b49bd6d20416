#include "loop/bridges.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <map>
#include <tuple>

namespace imloop::loop {

namespace {

using OneBridgesLists = std::vector<Bridges::List>;

auto order(const Bridges::List& l) { return std::tie(l.valid_from, l.occurred_at, l.record_id); }

bool counts(const Credential& c) {
    return c.source_id.starts_with('B') && c.status != "revoked" && !c.writes_for.empty();
}

/// Of each text the days on which it comes into the list in force or leaves it; of those in the first list, from
/// whenever that holds.
std::map<std::string, std::vector<std::optional<Day>>> turns(const OneBridgesLists& lists) {
    std::map<std::string, std::vector<std::optional<Day>>> out;
    std::set<std::string> before;
    for (auto list = lists.begin(); list != lists.end(); ++list) {
        const bool is_first = list == lists.begin();
        const auto next = std::next(list);
        if (!is_first && next != lists.end() && next->valid_from == list->valid_from) continue;
        std::set<std::string> now(list->writes_for.begin(), list->writes_for.end());
        std::vector<std::string> turned;
        std::ranges::set_symmetric_difference(before, now, std::back_inserter(turned));
        for (const auto& text : turned) out[text].push_back(is_first ? std::nullopt : std::optional(list->valid_from));
        before = std::move(now);
    }
    return out;
}

}  // namespace

Bridges::Bridges(const Rows* rows) : lists_("loop_bridges", rows), bridge_of_("loop_bridge_credentials", rows) {}

void Bridges::erase(const std::string& record_id) {
    const auto record = key_of(record_id);
    const std::string* of = bridge_of_.find(record);
    if (!of) return;
    const auto bridge = key_of(*of);
    OneBridgesLists* lists = lists_.change(bridge);
    assert(lists);
    std::erase_if(*lists, [&](const List& l) { return l.record_id == record_id; });
    if (lists->empty()) lists_.erase(bridge);
    bridge_of_.erase(record);
}

std::set<std::string> Bridges::put(const std::string& record_id, const std::optional<Credential>& credential) {
    const auto lists_of = [&](const std::string& bridge) {
        const OneBridgesLists* lists = lists_.find(key_of(bridge));
        return lists ? *lists : OneBridgesLists();
    };
    std::map<std::string, OneBridgesLists> before;
    if (const std::string* of = bridge_of_.find(key_of(record_id))) before.emplace(*of, lists_of(*of));
    const bool is_in = credential && counts(*credential);
    if (is_in) before.emplace(credential->source_id, lists_of(credential->source_id));

    erase(record_id);
    if (is_in) {
        List list{credential->valid_from, credential->occurred_at, record_id, credential->writes_for};
        OneBridgesLists& lists = lists_.change_or_new(key_of(credential->source_id));
        lists.insert(std::ranges::upper_bound(lists, order(list), {}, order), std::move(list));
        bridge_of_.put(key_of(record_id), credential->source_id);
    }

    std::set<std::string> out;
    for (const auto& [bridge, lists] : before) {
        const auto was = turns(lists), is = turns(lists_of(bridge));
        for (const auto* side : {&was, &is})
            for (const auto& turn : *side) {
                const auto& other = side == &was ? is : was;
                const auto at = other.find(turn.first);
                if (at == other.end() || at->second != turn.second) out.insert(turn.first);
            }
    }
    return out;
}

bool Bridges::names(std::string_view bridge, std::string_view text, Moment moment) const {
    const OneBridgesLists* lists = lists_.find(key_of(bridge));
    if (!lists) return false;
    const auto after = std::ranges::upper_bound(*lists, day_of(moment), {}, &List::valid_from);
    const auto& in_force = after == lists->begin() ? lists->front() : *std::prev(after);
    return std::ranges::find(in_force.writes_for, text) != in_force.writes_for.end();
}

}  // namespace imloop::loop
