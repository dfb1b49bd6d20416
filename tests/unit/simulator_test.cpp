// The simulator's promises: what is honest closes, what is cheated is labelled, and the same seed is the same year.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "tests/sim/bench.hpp"
#include "tests/sim/year.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

sim::YearOptions small(std::vector<std::string> cheats = {}, std::size_t tests = 4000) {
    sim::YearOptions o;
    o.seed = 11, o.tests = tests, o.trace_share = 0.05;
    o.cheats.wanted = std::move(cheats);
    return o;
}

template <typename See>
void each(const sim::Year& year, See see) {
    for (const auto& [source, lines] : year.lines)
        for (const auto& written : lines) see(source, written, journal::parsed(written.line));
}

double value(const json& record, const char* item, const char* phase) {
    for (const auto& r : record.at("readings"))
        if (r.at("item") == item && r.at("phase") == phase) return r.at("value");
    return -1;
}

}  // namespace

TEST_CASE("burnt petrol closes: its gases make up the whole and give its lambda") {
    const auto clean = sim::closed(0.0, 0, 0, 0.0);
    CHECK(sim::lambda_of(clean) == Approx(1.0).margin(1e-9));
    CHECK(clean.co2_pct == Approx(100 / (1 + 3.7738 * 1.422725)).margin(0.01));
    CHECK(sim::lambda_of(sim::closed(2.0, 200, 300, 0.3)) < 0.97);
    const auto leaky = sim::diluted(clean, 0.5);
    CHECK(leaky.co2_pct == Approx(clean.co2_pct / 2));
    CHECK(leaky.o2_pct == Approx(10.475));
    CHECK(sim::lambda_of(leaky) > 1.9);
}

TEST_CASE("the same seed is the same year, another one is another") {
    const auto text = [](std::uint64_t seed) {
        auto o = small({"default"}, 1500);
        o.seed = seed;
        std::string out;
        each(sim::make_year(o), [&](const auto&, const auto& written, const json&) { out += written.line + "\n"; });
        return out;
    };
    const auto first = text(3);
    CHECK(first == text(3));
    CHECK(first != text(4));
}

TEST_CASE("an honest year: all lines but the clumsy ones are admitted, and no line tests two cars at once") {
    const auto year = sim::make_year(small());
    CHECK(year.labels.empty());
    int rejected = 0, two_speed = 0;
    std::map<std::string, std::vector<std::pair<loop::Moment, loop::Moment>>> times;
    each(year, [&](const std::string& source, const sim::Written& written, const json& r) {
        CHECK(written.received_at > written.written_at);
        const auto admitted = loop::admit(written.line, source, written.received_at + loop::day_ms);
        if (!admitted.problems.empty()) {
            CHECK(r.at("method") == "asm5025");
            ++rejected;
            return;
        }
        if (r.at("schema") != "imloop/inspection/1") return;
        if (r.contains("line_id"))
            times[source + r.at("line_id").get<std::string>()].emplace_back(
                *loop::parse_moment(r.at("started_at").get<std::string>()),
                *loop::parse_moment(r.at("ended_at").get<std::string>()));
        if (r.at("method") != "two_speed_idle" || r.at("verdict") == "aborted") return;
        ++two_speed;
        const sim::Gas gas{value(r, "co", "high_idle"), value(r, "co2", "high_idle"), value(r, "o2", "high_idle"),
                           value(r, "hc", "high_idle"), 0};
        CHECK(gas.co_pct + gas.co2_pct > 12);
        CHECK(sim::lambda_of(gas) == Approx(value(r, "lambda", "high_idle")).margin(0.01));
    });
    CHECK(rejected < 10);
    CHECK(two_speed > 50);
    for (auto& [line, all] : times) {
        std::ranges::sort(all);
        for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i].first >= all[i - 1].second);
    }
}

TEST_CASE("readings follow from the seconds handed in") {
    std::map<std::string, std::string> traces;
    const auto year = sim::make_year(small(), [&](const auto& sha, const auto& csv) { traces[sha] = csv; });
    int seen = 0;
    each(year, [&](const auto&, const auto&, const json& r) {
        if (!r.contains("trace") || r.at("method") != "two_speed_idle" || r.at("verdict") == "aborted") return;
        std::istringstream csv(traces.at(r.at("trace").at("sha256")));
        std::string line, cell;
        double sum = 0;
        int rows = 0, n = 0;
        std::getline(csv, line);
        CHECK(line.starts_with("time_s,state,co_pct,co2_pct,"));
        while (std::getline(csv, line)) {
            ++rows;
            std::istringstream cells(line);
            std::getline(cells, cell, ','), std::getline(cells, cell, ',');
            if (cell != "idle") continue;
            std::getline(cells, cell, ',');
            sum += std::stod(cell), ++n;
        }
        CHECK(rows == r.at("trace").at("rows"));
        CHECK(n == 30);
        CHECK(sum / n == Approx(value(r, "co", "idle")).margin(0.0051));
        ++seen;
    });
    CHECK(seen > 0);
}

TEST_CASE("in an honest year heavy lorries are mended where they fit in, and no picture is used twice") {
    const auto year = sim::make_year(small());
    std::map<std::string, int> heavy_bays;
    for (const auto& s : year.stations) heavy_bays[s.id] = s.registration.value("heavy_bays", 0);
    int lorries = 0;
    std::set<std::string> pictures;
    each(year, [&](const std::string& source, const auto&, const json& r) {
        if (r.at("schema") != "imloop/repair/1") return;
        if (r.at("vehicle").at("class") == "H11") {
            ++lorries;
            CHECK(heavy_bays.at(source) > 0);
        }
        for (const auto& a : r.value("attachments", json::array()))
            CHECK(pictures.insert(a.at("sha256").get<std::string>()).second);
    });
    CHECK(lorries > 0);
    CHECK(pictures.size() > 20);
}

TEST_CASE("each cheat leaves its label on a record that is there") {
    for (const auto& kind : sim::cheat_kinds()) {
        auto o = small({std::string(kind.code) + ":auto:1"}, 800);
        o.i_stations = 3, o.m_stations = 2, o.trace_share = 1;
        const auto year = sim::make_year(o);
        INFO(kind.code);
        REQUIRE(!year.labels.empty());
        std::set<std::string> ids;
        each(year, [&](const std::string& source, const auto& written, const json& r) {
            ids.insert(r.at("record_id"));
            // A forger writes what the hub takes.
            const auto admitted = loop::admit(written.line, source, written.received_at + loop::day_ms);
            CHECK((admitted.problems.empty() || r.value("method", "") == "asm5025"));
        });
        for (const auto& label : year.labels) CHECK(ids.contains(label.record_id));
    }
}

TEST_CASE("words of a cheat that mean nothing are refused by name") {
    for (const auto* words : {"nothing", "flip:I999999-01", "flip:auto:much", "flip:auto:0.3:soon"})
        CHECK_THROWS_AS(sim::make_year(small({words}, 10)), std::invalid_argument);
}
