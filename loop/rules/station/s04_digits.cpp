// Numbers that nobody measured: last digits unlike those of peers on the same instrument, whole sets of readings that
// repeat, fields that never vary (docs/threats.md, B2, B7 and H1). Never against Benford's law.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "loop/rules/station/evidence.hpp"
#include "loop/stations/seen.hpp"
#include "loop/statistics/false_discovery.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {
namespace {

using stations::Tallies;
using statistics::Digits;

Digits& operator+=(Digits& to, const Digits& from) {
    for (std::size_t d = 0; d < to.size(); ++d) to[d] += from[d];
    return to;
}

std::int64_t total(const Digits& d) {
    std::int64_t sum = 0;
    for (const auto n : d) sum += n;
    return sum;
}

struct OfStation {
    std::string station;
    std::uint8_t channel;
    Digits own, peers;
    statistics::DigitTest test;
    double p = 1;
};

std::vector<OfStation> digit_tests(const Tallies& tallies, const stations::Window& window, double tests_min) {
    std::map<std::string, stations::DigitsByChannel> by_station;
    tallies.digits.each(stations::quarter_of(window.from), stations::quarter_of(window.to),
                        [&](const stations::StationQuarter& at, const stations::DigitsByChannel& channels) {
                            for (const auto& [channel, digits] : channels) by_station[at.station_id][channel] += digits;
                        });
    stations::DigitsByChannel all;
    std::map<std::uint8_t, std::vector<OfStation>> by_channel;
    for (const auto& [id, own] : by_station)
        for (const auto& [channel, digits] : own) {
            all[channel] += digits;
            by_channel[channel].push_back({id, channel, digits, {}, {}, 1});
        }
    std::vector<OfStation> out;
    for (auto& [channel, tests] : by_channel) {
        std::vector<statistics::DigitTest> enough;
        for (auto& t : tests) {
            for (std::size_t d = 0; d < t.peers.size(); ++d) t.peers[d] = all[channel][d] - t.own[d];
            t.test = statistics::digit_test(t.own, t.peers);
            if (static_cast<double>(total(t.own)) >= tests_min) enough.push_back(t.test);
        }
        const double phi = statistics::digit_dispersion(enough);
        for (auto& t : tests)
            if (static_cast<double>(total(t.own)) >= tests_min && t.test.freedom > 0) {
                t.p = statistics::digit_p(t.test, phi);
                out.push_back(t);
            }
    }
    return out;
}

void digits(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S04", name); };
    const auto window = stations::window(s.as_of, static_cast<int>(parameter("window_days")));
    const auto tests = digit_tests(s.statistics.tallies(), window, parameter("digit_tests_min"));
    std::vector<double> p;
    for (const auto& t : tests) p.push_back(t.p);
    const auto q = statistics::false_discovery_q(p);
    for (std::size_t i = 0; i < tests.size(); ++i) {
        const auto& t = tests[i];
        if (q[i] > parameter("false_discoveries") || t.test.distance < parameter("distance_min")) continue;
        const auto most = static_cast<std::size_t>(std::ranges::max_element(t.own) - t.own.begin());
        const auto share = [&](const Digits& d) {
            return 100 * static_cast<double>(d[most]) / static_cast<double>(total(d));
        };
        const std::string channel = stations::channel_name(t.channel);
        flags.push_back(
            {.claim = "digits_unlike_peers",
             .grade = Grade::medium,
             .score_permille = 700,
             .station_id = t.station,
             .day = s.as_of,
             .values = {text("channel", channel), number("digit", static_cast<double>(most), 0),
                        number("share", share(t.own), 0, "%"), number("peers_share", share(t.peers), 0, "%"),
                        number("of", static_cast<double>(total(t.own)), 0), number("chi_square", t.test.chi_square, 1),
                        number("distance", t.test.distance, 4), chance("chance", t.p),
                        number("false_discovery", q[i], 4)},
             .key = "digits|" + t.station + "|" + channel});
    }
}

struct Repeated {
    std::int64_t tests = 0, again = 0, most = 0;
    double pairs() const { return statistics::expected_pairs(tests, 1); }
    /// Sets of readings that so many tests each share.
    void add(std::int64_t sets, std::int64_t tests_each) {
        tests += sets * tests_each;
        again += sets * (tests_each - 1);
        most = std::max(most, tests_each);
    }
};

/// Tests whose readings another test of the station has too, against how often that happens to two tests of the same
/// method elsewhere.
void repeats(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S04", name); };
    struct Sums {
        double again = 0, pairs = 0;
    };
    std::map<std::string, std::map<std::uint8_t, Repeated>> by_station;
    std::map<std::uint8_t, Sums> all;
    s.statistics.tallies().shared.each_of([&](const stations::SharedBy& at, std::int32_t sets) {
        by_station[at.station_id][at.method].add(sets, at.tests);
    });
    for (const auto& [id, methods] : by_station)
        for (const auto& [method, r] : methods) {
            all[method].again += static_cast<double>(r.again);
            all[method].pairs += r.pairs();
        }
    stations::Figures figures;
    std::map<std::string, std::int64_t> most;
    for (const auto& [id, methods] : by_station) {
        stations::Measured m;
        m.station_id = id;
        for (const auto& [method, r] : methods) {
            // One more than the peers had, so that none among them is no certainty.
            const double again = all[method].again - static_cast<double>(r.again) + 1;
            const double chance = again / std::max(all[method].pairs - r.pairs(), 1.0);
            m.observed += r.again;
            m.of += r.tests;
            m.expected += std::min(statistics::expected_pairs(r.tests, chance), static_cast<double>(r.tests));
            most[id] = std::max(most[id], r.most);
        }
        m.variance = m.expected;
        if (m.of > 1) figures.each.push_back(std::move(m));
    }
    stations::compare_all(figures, 0);
    for (const auto& m : figures.each) {
        const auto& c = m.compared;
        if (!m.enough || c.q_high > parameter("false_discoveries")) continue;
        const auto observed = static_cast<double>(m.observed);
        if (observed < parameter("repeats_min")) continue;
        if (observed < parameter("repeats_share_min") * static_cast<double>(m.of)) continue;
        Flag flag = flag_of(m, figures, "readings_repeat", c.p_high, c.q_high, s.as_of);
        flag.values.push_back(number("most", static_cast<double>(most.at(m.station_id)), 0));
        grade(flag, c.ratio.quantile(0.025), parameter("strong_ratio"), c.q_high, false);
        flags.push_back(std::move(flag));
    }
}

void constants(const Sweep& s, const Context& ctx, Flags& flags) {
    const auto parameter = [&](std::string_view name) { return ctx.number("S04", name); };
    const auto is_enough = [&](const stations::Moments& m) {
        return static_cast<double>(m.tests) >= parameter("constant_tests_min");
    };
    struct Among {
        double varying = 0, all = 0;
    };
    std::map<stations::Field, Among> among;
    const auto& fields = s.statistics.tallies().fields;
    fields.each_of([&](const stations::StationSoftware&, const stations::MomentsByField& moments_of) {
        for (const auto& [field, moments] : moments_of)
            if (is_enough(moments)) {
                among[field].all += 1;
                among[field].varying += !moments.is_constant();
            }
    });
    fields.each_of([&](const stations::StationSoftware& at, const stations::MomentsByField& moments_of) {
        for (const auto& [field, moments] : moments_of) {
            if (!is_enough(moments) || !moments.is_constant()) continue;
            const Among& others = among[field];
            if (others.varying < 2 || others.varying < parameter("varying_share_min") * (others.all - 1)) continue;
            const std::string name(name_of(field));
            flags.push_back({.claim = "field_never_varies",
                             .grade = Grade::medium,
                             .score_permille = 800,
                             .station_id = at.station_id,
                             .day = s.as_of,
                             .values = {text("field", name),
                                        number("value", static_cast<double>(moments.sum / moments.tests) / 1000, 3),
                                        number("of", static_cast<double>(moments.tests), 0),
                                        text("software", at.software), number("stations_varying", others.varying, 0)},
                             .key = "constant|" + at.station_id + "|" + at.software + "|" + name});
        }
    });
}

void sweep(const Sweep& s, const Context& ctx, Flags& flags) {
    digits(s, ctx, flags);
    repeats(s, ctx, flags);
    constants(s, ctx, flags);
}

}  // namespace

Rule s04() { return {.id = "S04", .sweep = sweep}; }

}  // namespace imloop::loop::rules
