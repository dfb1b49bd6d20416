// The score as text.
#include <fmt/format.h>

#include <algorithm>

#include "tests/eval/score.hpp"

namespace imloop::eval {
namespace {

std::string share(int part, int whole) {
    return whole > 0 ? fmt::format("{:5.1f}%", 100.0 * part / whole) : std::string("     –");
}

std::string rules_words(const std::map<std::string, int>& rules) {
    std::vector<std::pair<int, std::string>> all;
    for (const auto& [rule, count] : rules) all.emplace_back(count, rule);
    std::ranges::sort(all, std::greater());
    std::string out;
    for (std::size_t i = 0; i < std::min<std::size_t>(all.size(), 4); ++i)
        out += fmt::format("{} {}  ", all[i].second, all[i].first);
    return out;
}

}  // namespace

std::string tables(const Score& s) {
    std::string out;
    const auto line = [&]<typename... T>(fmt::format_string<T...> form, T&&... values) {
        out += fmt::format(form, std::forward<T>(values)...) + "\n";
    };
    if (!s.cheats.empty()) {
        line("{:<20} {:>9} {:>8} {:>6} {:>8} {:>7} {:>8} {:>8} {:>7}  {}", "cheat", "campaigns", "noticed", "days",
             "records", "recall", "by rules", "shown", "firmly", "seen by");
        for (const auto& [code, c] : s.cheats) {
            auto days = c.days;
            std::ranges::sort(days);
            line("{:<20} {:>9} {:>8} {:>6} {:>8} {:>7} {:>8} {:>8} {:>7}  {}", code, c.campaigns, c.noticed,
                 days.empty() ? "–" : std::to_string(days[days.size() / 2]), c.records, share(c.found, c.records),
                 share(c.by_design, c.records), c.shown, share(c.found_firmly, c.shown), rules_words(c.rules));
        }
        line("");
    }
    line("{:<36} {:>7} {:>7} {:>9} {:>15}", "rule, claim", "flags", "right", "precision", "honest records");
    for (const auto& [id, r] : s.rules)
        line("{:<36} {:>7} {:>7} {:>9} {:>15}", id, r.flags, r.right, share(r.right, r.flags), r.accused);
    line("");
    line("records and pairs, medium grade and up: recall {} of {} cheated records, precision {} of {} flags",
         share(s.found, s.cheated), s.cheated, share(s.right, s.flags), s.flags);
    line("honest records flagged: {} of {} ({:.1f} in 10,000), medium grade and up {} ({:.1f} in 10,000)", s.accused,
         s.records, 1e4 * s.accused / std::max(s.records, 1), s.accused_firmly,
         1e4 * s.accused_firmly / std::max(s.records, 1));
    line("stations flagged by their figures: {} of {}, rightly {}; cheating {}", s.stations_flagged, s.stations,
         s.stations_flagged_rightly, s.stations_cheating);
    line("");
    line("{:<10} {:>7} {:>7} {:>7}", "score", "flags", "said", "right");
    for (std::size_t i = 0; i < s.reliability.size(); ++i)
        if (const auto& b = s.reliability[i]; b.flags > 0)
            line("0.{}–{:<6} {:>7} {:>6.0f}% {:>7}", i, i == 9 ? "1.0" : fmt::format("0.{}", i + 1), b.flags,
                 100 * b.score / b.flags, share(b.right, b.flags));
    return out;
}

}  // namespace imloop::eval
