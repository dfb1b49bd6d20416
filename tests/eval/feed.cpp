#include "tests/eval/feed.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loop/record/detail.hpp"
#include "loop/tables.hpp"
#include "station/ids.hpp"

namespace imloop::eval {
namespace {

constexpr const char* hub_id = "H610400-01";
constexpr const char* epoch = "e";

}  // namespace

Feed::Feed(const sim::Year& year, const Traces& traces, int year_number)
    : traces_(traces),
      projection_(loop::default_policy()),
      suspects_(loop::rules::Parameters()) {
    registers(year, year_number);
    for (const auto& [source, lines] : year.lines) {
        std::uint64_t seq = 0;
        loop::Moment received = 0;
        for (const auto& written : lines) {
            // A segment after the one before it.
            received = std::max(received, written.received_at);
            lines_.push_back({received, &source, ++seq, &written.line});
        }
    }
    std::ranges::stable_sort(lines_, {}, &Line::received_at);
}

void Feed::registers(const sim::Year& year, int year_number) {
    const auto from = fmt::format("{}-01-01", year_number - 1);
    const auto at = loop::start_of(loop::parse_day(from).value());
    std::uint64_t seq = 0;
    for (const auto& s : year.stations) {
        sim::Json r = {{"schema", "imloop/registration/1"},
                       {"record_id", station::uuid7_of(at, s.id)},
                       {"station_id", hub_id},
                       {"occurred_at", loop::format_moment(at)},
                       {"registered_station_id", s.id},
                       {"kind", s.id.substr(0, 1)},
                       {"name", s.name},
                       {"county", s.county},
                       {"status", "filed"},
                       {"valid_from", from}};
        r.update(s.registration);
        const auto admitted = loop::admit(r.dump(), hub_id, at);
        if (!admitted.problems.empty()) throw std::logic_error(s.id + ": " + admitted.problems[0].en);
        suspects_.arrived(*admitted.record_id, {hub_id, epoch, ++seq, at, {}});
        projection_.put(admitted, hub_id, epoch, seq);
    }
}

/// As the hub does (hub/watch/watched.cpp): a test whose only fault is its verdict is looked at all the same.
void Feed::take(const Line& line) {
    auto admitted = loop::admit(*line.text, *line.source, line.received_at);
    if (!admitted.record_id) return;
    loop::rules::Arrival arrival{*line.source, epoch, line.seq, line.received_at, {}};
    const bool is_accepted = admitted.problems.empty();
    for (const auto& p : admitted.problems) arrival.rejected_for.push_back(p.code);
    suspects_.came(arrival);
    if (is_accepted) suspects_.arrived(*admitted.record_id, arrival);
    projection_.put(admitted, *line.source, epoch, line.seq);
    accepted_ += is_accepted;
    if (is_accepted) {
        const auto test = loop::detail_of(admitted.fact).inspection;
        if (test && !test->trace_sha256.empty()) take_trace(test->trace_sha256);
        return;
    }
    const bool is_verdict_alone =
        std::ranges::all_of(arrival.rejected_for, [](const auto& c) { return c == "verdict_contradicts_readings"; });
    if (is_verdict_alone && admitted.is_read) suspects_.rejected(admitted.fact, std::move(arrival));
}

/// With its record; a test may be without.
void Feed::take_trace(const std::string& sha256) {
    const auto load = [&](const std::string& of) -> std::optional<std::string> {
        const auto it = traces_.find(of);
        return it == traces_.end() ? std::nullopt : std::optional(it->second);
    };
    const auto csv = load(sha256);
    if (csv && !shelf_.holds(sha256)) shelf_.put(sha256, shelf_.figures(*csv, load), suspects_);
}

void Feed::until(loop::Day day) {
    const auto end = loop::start_of(day + 1);
    for (; next_ < lines_.size() && lines_[next_].received_at < end; ++next_) take(lines_[next_]);
    suspects_.update(projection_, projection_.settle());
    suspects_.sweep(projection_, day);
}

}  // namespace imloop::eval
