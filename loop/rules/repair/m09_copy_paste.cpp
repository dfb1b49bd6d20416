// A shop whose repairs are copies of one another, and one picture for two repairs.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/repairs.hpp"
#include "loop/suspects/observed/sameness.hpp"

namespace imloop::loop::rules {
namespace {

/// Everything a repair says of the work but its vehicle and its time.
std::string words_of(const Record& r) {
    const auto& d = r.repair();
    std::string out = d.fault_description + "|";
    for (const auto& item : d.items)
        out += fmt::format("{}/{}/{} ", item.code, item.name, item.labour_fee.value_or(-1));
    for (const auto& part : d.parts)
        out += fmt::format("{}/{}/{} ", part.name, part.brand, part.unit_price.value_or(-1));
    return out + fmt::format("|{:.2f}", d.total_fee.value_or(-1));
}

void by_shop(const Record& r, std::vector<std::string>& out) {
    if (r.is_repair() && r.fact.repair->outcome == RepairOutcome::repaired) out.push_back(r.fact.station_id);
}

void by_picture(const Record& r, std::vector<std::string>& out) {
    if (r.is_repair()) out.insert(out.end(), r.repair().attachments.begin(), r.repair().attachments.end());
}

/// A picture that all these share, the first of the first repair.
std::string picture_of(std::span<const Record> records) {
    const auto has = [](const Record& r, const std::string& sha) {
        return std::ranges::find(r.repair().attachments, sha) != r.repair().attachments.end();
    };
    for (const auto& sha : records.front().repair().attachments)
        if (std::ranges::all_of(records, [&](const Record& r) { return has(r, sha); })) return sha;
    return {};
}

void same_picture(std::span<const Record> records, const Context&, Flags& flags) {
    const auto sha = picture_of(records);
    for (std::size_t i = 1; i < records.size(); ++i) {
        if (!unlike_vehicles(records[0], records[i])) continue;
        flags.push_back({.claim = "same_picture",
                         .grade = Grade::strong,
                         .score_permille = 960,
                         .records = {records[i].fact.record_id, records[0].fact.record_id},
                         .person = records[i].repair().technician_id,
                         .values = {text("sha256", sha), text("before_station", records[0].fact.station_id)},
                         .key = sha + " " + records[i].fact.record_id});
    }
}

void copies(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::map<std::string, std::vector<const Record*>> by_words;
    for (const Record& r : records) by_words[words_of(r)].push_back(&r);
    const auto all = static_cast<double>(records.size());
    for (const auto& [words, at] : by_words) {
        const double share = static_cast<double>(at.size()) / all;
        if (static_cast<double>(at.size()) < ctx.number("M09", "copies_min", *at.front()) ||
            share < ctx.number("M09", "share_min", *at.front()) || at.front()->repair().fault_description.empty())
            continue;
        for (const Record* r : at)
            flags.push_back(
                {.claim = "copies",
                 .grade = Grade::medium,
                 .score_permille = 880,
                 .records = {r->fact.record_id},
                 .person = r->repair().technician_id,
                 .values = {number("copies", static_cast<double>(at.size()), 0), number("of", all, 0),
                            number("share", share * 100, 1, "%"), text("fault", r->repair().fault_description)}});
    }
}

}  // namespace

Rule m09() { return {.id = "M09", .groups = {{by_shop, copies, true}, {by_picture, same_picture, true, 2}}}; }

}  // namespace imloop::loop::rules
