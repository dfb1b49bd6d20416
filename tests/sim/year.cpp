#include "tests/sim/year.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "journal/digest.hpp"

namespace imloop::sim {
namespace {

struct County {
    const char* code;
    const char* zh;
    double weight;
    double repaired;  ///< share of the failed that enter a repair station
};
constexpr County counties[] = {{"610402", "秦都", .16, .38}, {"610404", "渭城", .13, .41}, {"610403", "杨陵", .05, .92},
                               {"610422", "三原", .08, .30}, {"610423", "泾阳", .08, .24}, {"610424", "乾县", .08, .22},
                               {"610425", "礼泉", .07, .27}, {"610426", "永寿", .03, .12}, {"610428", "长武", .03, .00},
                               {"610429", "旬邑", .03, .00}, {"610430", "淳化", .03, .10}, {"610431", "武功", .06, .29},
                               {"610481", "兴平", .09, .33}, {"610482", "彬州", .04, .18}, {"610491", "高新", .02, .45},
                               {"610492", "经开", .02, .40}};

constexpr const char* bridge = "B610400-01";
constexpr const char* team = "E610404-01";

class Maker {
public:
    explicit Maker(const YearOptions& options) : options_(options), random_(options.seed) {
        begin_ = loop::start_of(loop::parse_day(fmt::format("{}-01-01", options.year)).value());
        end_ = loop::start_of(loop::parse_day(fmt::format("{}-01-01", options.year + 1)).value());
        make_stations('I', "检验站", options.i_stations, i_stations_);
        make_stations('M', "维修站", options.m_stations, m_stations_);
        out_.stations.push_back({team, "渭城联合执法队", "610404"});
        out_.stations.push_back({bridge, "公安数据桥", "610400"});
    }

    Year run() {
        std::vector<double> weights;
        for (const auto& county : counties) weights.push_back(county.weight);
        // About one test in eight is a retest or repeats a round.
        const auto fleet = make_fleet(options_.tests, weights, random_);
        for (const auto& vehicle : fleet) {
            if (out_.tests >= options_.tests) break;
            live_through(vehicle);
        }
        for (auto& [source, lines] : out_.lines)
            std::ranges::stable_sort(lines, {}, [](const auto& l) { return l.first; });
        return std::move(out_);
    }

private:
    void make_stations(char kind, const char* word, int count, std::vector<std::vector<std::string>>& by_county) {
        by_county.resize(std::size(counties));
        int made = 0;
        for (int round = 1; made < count; ++round)
            for (std::size_t c = 0; c < std::size(counties) && made < count; ++c) {
                if (round > 1 && counties[c].weight * count < round - 0.5) continue;
                const auto id = fmt::format("{}{}-{:02}", kind, counties[c].code, round);
                by_county[c].push_back(id);
                out_.stations.push_back({id, fmt::format("{}{}{}", counties[c].zh, round, word), counties[c].code});
                ++made;
            }
    }

    loop::Moment working_hour(loop::Day day) {
        return loop::start_of(day) + 8 * 3'600'000 + static_cast<loop::Moment>(random_.below(9 * 3600)) * 1000;
    }
    loop::Moment later(loop::Moment at, int low, int high) {
        return working_hour(loop::day_of(at) + random_.between(low, high));
    }

    /// What the operator types: mostly right.
    Vehicle typed(const Vehicle& v) {
        Vehicle out = v;
        if (random_.chance(0.010))
            out.vin = slip(out.vin, random_), ++out_.slips;
        else if (random_.chance(0.005))
            out.vin.clear();
        else if (random_.chance(0.003))
            out.plate.clear();
        return out;
    }

    void put(const std::string& source, loop::Moment at, const Json& record) {
        if (at < end_) out_.lines[source].emplace_back(at, record.dump());
    }

    std::string test(const Vehicle& v, const std::string& station, loop::Moment at, const char* reason,
                     const char* verdict) {
        ++out_.tests;
        const auto report_no = fmt::format("{}{}{:06}", station.substr(1, 6), station.substr(8), ++number_);
        auto r = inspection(typed(v), {station, reason, verdict, report_no, at}, random_);
        if (random_.chance(options_.trace_share)) {
            auto csv = trace_of(r, random_);
            const auto sha = journal::to_hex(journal::sha256(csv));
            r["trace"] = {{"sha256", sha}, {"rows", 90}};
            out_.traces[sha] = std::move(csv);
        }
        if (random_.chance(0.0005)) {
            // A clumsy upload: refused by its own words, then sent mended.
            auto wrong = r;
            wrong["method"] = "asm5025";
            put(station, at, wrong);
        }
        put(station, at, r);
        if (random_.chance(0.0005)) put(station, later(at, 1, 3), correction_void(r, later(at, 1, 3)));
        return report_no;
    }

    void live_through(const Vehicle& v) {
        // What becomes of a failure depends on where it was found.
        const auto county =
            random_.chance(0.93) ? static_cast<std::size_t>(v.county) : random_.below(std::size(counties));
        const auto station = random_.pick(i_stations_[county]);
        loop::Moment at = working_hour(loop::day_of(begin_) + random_.between(0, 364));
        if (random_.chance(0.003)) test(v, station, at - 1'800'000, "periodic", "aborted");
        const bool is_roadside = random_.chance(0.002);
        const bool fails = is_roadside || random_.chance(v.diesel ? 0.16 : 0.09);
        if (!fails) {
            test(v, station, at, "periodic", "pass");
            return;
        }
        ++out_.failures;
        auto report_no = is_roadside ? test(v, team, at, "roadside", "fail") : test(v, station, at, "periodic", "fail");
        for (int round = 0; round < 3; ++round) {
            if (random_.chance(0.01)) {
                const auto day = later(at, 5, 60);
                put(bridge, day, vehicle_event(v, bridge, day, random_.chance(0.7) ? "scrapped" : "transferred_out"));
                return;
            }
            const bool is_repaired = round > 0 ? random_.chance(0.8) : random_.chance(counties[county].repaired);
            if (is_repaired && counties[county].repaired > 0) {
                at = mend(v, county, at, report_no);
            } else if (random_.chance(0.35)) {
                at = later(at, 1, 20);  // comes back without any repair on record
                test(v, station, at, "retest", random_.chance(0.75) ? "pass" : "fail");
                return;
            } else {
                return;  // never seen again
            }
            if (random_.chance(0.06)) return;
            at = later(at, 1, 9);
            const bool passes = random_.chance(0.88);
            report_no = test(v, station, at, "retest", passes ? "pass" : "fail");
            if (passes && round > 0 && at < end_ && out_.story.plate.empty()) out_.story = v;
            if (passes) return;
        }
    }

    loop::Moment mend(const Vehicle& v, std::size_t county, loop::Moment failed_at, const std::string& report_no) {
        std::size_t where = county;
        while (m_stations_[where].empty() || counties[where].repaired == 0) where = random_.below(std::size(counties));
        const auto shop = random_.pick(m_stations_[where]);
        const auto at = later(failed_at, 1, 18);
        const auto number = fmt::format("W{}{:06}", shop.substr(1, 6), ++number_);
        put(shop, at,
            repair(typed(v), shop, at, number, random_.chance(0.7) ? report_no : "",
                   random_.chance(0.97) ? "repaired" : "owner_refused", random_.chance(0.15), random_));
        ++out_.repairs;
        return at;
    }

    YearOptions options_;
    Random random_;
    loop::Moment begin_ = 0, end_ = 0;
    std::vector<std::vector<std::string>> i_stations_, m_stations_;
    int number_ = 0;
    Year out_;
};

}  // namespace

Year make_year(const YearOptions& options) { return Maker(options).run(); }

}  // namespace imloop::sim
