// A shop whose repairs are copies of one another, and one picture for two repairs.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "loop/rows/key.hpp"
#include "loop/rules/hash.hpp"
#include "loop/rules/listed.hpp"
#include "loop/rules/parameters.hpp"
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

std::string copies_of(std::int64_t words) { return key_of("copies", words); }
std::string list_of(std::int64_t words) { return key_of("list", words); }

void by_shop(const Record& r, std::vector<Fold::Word>& out) {
    if (!r.is_repair() || r.fact.repair->outcome != RepairOutcome::repaired) return;
    const auto words = static_cast<std::int64_t>(hash_of(words_of(r)));
    out.push_back({r.fact.station_id, copies_of(words), ""});
    out.push_back({r.fact.station_id, list_of(words), listed_as(r), true});
}

void add_up(std::string_view unit, const std::function<void(const CountVisit&)>& each_word, Cells& cells) {
    KeyReader parts(unit);
    (void)parts.text();
    const auto words = parts.number();
    each_word([&](std::string_view, std::int64_t times) {
        cells[key_of("all")] = times;
        add_often("most", {words, times}, cells);
        return true;
    });
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

void copies(const Sums& sums, const Context& ctx, Flags& flags) {
    const auto all = static_cast<double>(sums.cell(key_of("all")));
    const double least =
        std::max(ctx.parameters.least("M09", "copies_min"), std::floor(ctx.parameters.least("M09", "share_min") * all));
    for (const auto& [words, times] : most_often(sums, "most", least)) {
        const auto count = static_cast<double>(times);
        const auto first = first_record(sums, list_of(words));
        if (!first || count < ctx.number("M09", "copies_min", *first) ||
            count / all < ctx.number("M09", "share_min", *first) || first->repair().fault_description.empty())
            continue;
        each_record(sums, list_of(words), [&](const Record& r) {
            flags.push_back(
                {.claim = "copies",
                 .grade = Grade::medium,
                 .score_permille = 880,
                 .records = {r.fact.record_id},
                 .person = r.repair().technician_id,
                 .values = {number("copies", count, 0), number("of", all, 0),
                            number("share", count / all * 100, 1, "%"), text("fault", r.repair().fault_description)}});
            return true;
        });
    }
}

}  // namespace

Rule m09() {
    return {.id = "M09", .groups = {{by_picture, same_picture, true, 2}}, .folds = {{by_shop, add_up, copies}}};
}

}  // namespace imloop::loop::rules
