#include "tests/eval/score.hpp"

#include <algorithm>

namespace imloop::eval {
namespace {

using loop::rules::Flag;
using loop::rules::Grade;

bool is_of_stations(const Flag& f) { return f.rule.starts_with('S'); }
bool is_of_counties(const Flag& f) { return f.rule.starts_with('C'); }

/// Single records of its kind should show it; else only many together.
bool shows_in_records(const sim::Campaign& c) { return c.kind->rules[0] != 'S'; }

bool is_meant(const sim::Campaign& c, const std::string& rule) {
    return std::string_view(c.kind->rules).find(rule) != std::string_view::npos;
}

}  // namespace

Judge::Judge(const sim::Year& year) : year_(year) {
    for (const auto& label : year.labels) {
        labels_[label.record_id].push_back(&label);
        const auto day = loop::day_of(label.at);
        const auto [it, is_new] = began_.try_emplace(label.campaign, day);
        if (!is_new) it->second = std::min(it->second, day);
    }
}

std::vector<const sim::Campaign*> Judge::campaigns_of(const Flag& flag, loop::Day day) const {
    std::vector<const sim::Campaign*> out;
    for (const auto& record : flag.records)
        if (const auto it = labels_.find(record); it != labels_.end())
            for (const auto* label : it->second) out.push_back(label->campaign);
    if (!is_of_stations(flag)) return out;
    for (const auto& [campaign, from] : began_) {
        const auto names = [&](const std::string& id) {
            return !id.empty() && (id == campaign->station || id == campaign->shop);
        };
        if (from <= day && (names(flag.station_id) || names(flag.other_station_id))) out.push_back(campaign);
    }
    return out;
}

bool Judge::is_right(const Flag& flag, loop::Day day) const { return !campaigns_of(flag, day).empty(); }

void Judge::look(const Feed& feed, loop::Day day) {
    looked_ = day;
    feed.suspects().each_flag([&](const Flag& flag) {
        if (!seen_.insert(flag.flag_id).second) return;
        for (const auto* campaign : campaigns_of(flag, day))
            if (!is_of_stations(flag) || is_meant(*campaign, flag.rule)) noticed_.try_emplace(campaign, day);
    });
}

Score Judge::score(const Feed& feed) const {
    Score out;
    std::map<std::string, std::set<std::string>> rules_of;  // by cheated record
    std::set<std::string> shown, found_firmly, accused, accused_firmly, stations;
    feed.suspects().each_flag([&](const Flag& flag) {
        if (is_of_counties(flag)) return;
        const bool right = is_right(flag, looked_), firm = flag.grade != Grade::weak;
        auto& rule = out.rules[flag.rule + " " + flag.claim];
        ++rule.flags, rule.right += right;
        auto& bucket = out.reliability[static_cast<std::size_t>(std::clamp(flag.score_permille / 100, 0, 9))];
        ++bucket.flags, bucket.right += right, bucket.score += flag.score_permille / 1000.0;
        if (is_of_stations(flag)) {
            if (firm) stations.insert(flag.station_id);
            return;
        }
        if (firm) ++out.flags, out.right += right;
        for (const auto& record : flag.records) {
            if (!labels_.contains(record)) continue;
            rules_of[record].insert(flag.rule);
            if (firm) found_firmly.insert(record);
        }
        if (right || flag.records.empty()) return;
        out.wrong.push_back(flag);
        rule.accused += accused.insert(flag.records.front()).second;
        if (firm) accused_firmly.insert(flag.records.front());
    });
    for (const auto& campaign : year_.campaigns) {
        if (!began_.contains(&campaign)) continue;
        auto& cheat = out.cheats[campaign.kind->code];
        ++cheat.campaigns;
        if (const auto it = noticed_.find(&campaign); it != noticed_.end())
            ++cheat.noticed, cheat.days.push_back(std::max(0, it->second - began_.at(&campaign)));
    }
    for (const auto& [record, labels] : labels_)
        for (const auto* label : labels) {
            auto& cheat = out.cheats[label->campaign->kind->code];
            ++cheat.records;
            if (label->shows && shows_in_records(*label->campaign)) {
                shown.insert(record);
                ++cheat.shown, cheat.found_firmly += found_firmly.contains(record);
                if (!found_firmly.contains(record)) out.missed.emplace(record, label->campaign->kind->code);
            }
            const auto it = rules_of.find(record);
            if (it == rules_of.end()) continue;
            ++cheat.found;
            for (const auto& rule : it->second) ++cheat.rules[rule];
            cheat.by_design +=
                std::ranges::any_of(it->second, [&](const auto& r) { return is_meant(*label->campaign, r); });
        }
    out.cheated = static_cast<int>(shown.size());
    out.found = static_cast<int>(std::ranges::count_if(shown, [&](const auto& r) { return found_firmly.contains(r); }));
    out.records = static_cast<int>(feed.accepted());
    out.accused = static_cast<int>(accused.size()), out.accused_firmly = static_cast<int>(accused_firmly.size());
    for (const auto& s : year_.stations) {
        const bool cheats = std::ranges::any_of(
            began_, [&](const auto& b) { return b.first->station == s.id || b.first->shop == s.id; });
        if (s.id[0] != 'I' && s.id[0] != 'M') continue;
        ++out.stations, out.stations_cheating += cheats;
        if (stations.contains(s.id)) ++out.stations_flagged, out.stations_flagged_rightly += cheats;
    }
    return out;
}

}  // namespace imloop::eval
