#include "tests/sim/year.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <queue>
#include <tuple>

#include "tests/sim/world.hpp"

namespace imloop::sim {
namespace {

constexpr const char* bridge = "B610400-01";
constexpr const char* team = "E610404-01";
constexpr int rounds_max = 3;

/// What a vehicle's owner is about to do.
struct Plan {
    enum class What { test, repair, relapse, roadside, service } what = What::test;
    loop::Moment at = 0;
    std::uint64_t order = 0;  ///< of plans of one moment
    std::size_t vehicle = 0;
    Visit visit;
    int round = 0;
    bool has_returned_unrepaired = false;
    std::size_t shop = 0;
    std::shared_ptr<const Test> failed;
    std::string defect, relapsed;  ///< what is back, and the record of the repair that should have mended it
    bool operator>(const Plan& o) const { return std::tie(at, order) > std::tie(o.at, o.order); }
};

class Owners {
public:
    Owners(World& world) : world_(world) {}

    void run() {
        for (std::size_t i = 0; i < world_.fleet.size(); ++i) begin(i);
        post_prices();
        while (!plans_.empty()) {
            Plan plan = plans_.top();
            plans_.pop();
            if (plan.at >= world_.end) continue;
            switch (plan.what) {
                case Plan::What::test:
                    test(std::move(plan));
                    break;
                case Plan::What::repair:
                    repair(std::move(plan));
                    break;
                case Plan::What::relapse:
                    relapse(plan);
                    break;
                case Plan::What::roadside:
                    stopped(plan);
                    break;
                case Plan::What::service:
                    service(world_, plan.vehicle, world_.shops[plan.shop], plan.at);
                    break;
            }
        }
    }

private:
    loop::Moment working_hour(loop::Day day, Random& random) {
        // More in the morning.
        const double hour = random.chance(0.6) ? random.within(8, 12) : random.within(12.5, 17.3);
        return loop::start_of(day) + static_cast<loop::Moment>(hour * 3600) * 1000;
    }
    loop::Moment later(loop::Moment at, int low, int high, Random& random) {
        return working_hour(loop::day_of(at) + random.between(low, high), random);
    }
    void put(Plan plan) {
        plan.order = ++order_;
        plans_.push(std::move(plan));
    }

    IStation& station_for(std::size_t county, Random& random) {
        std::vector<double> weights;
        for (const auto i : world_.stations_of[county]) weights.push_back(world_.stations[i].weight);
        if (weights.empty()) return world_.stations[random.below(world_.stations.size())];
        return world_.stations[world_.stations_of[county][random.weighted(weights)]];
    }

    void begin(std::size_t number) {
        Random random = world_.chance(of_owner);
        const auto& v = world_.fleet[number];
        const auto county = random.chance(0.93) ? static_cast<std::size_t>(v.county) : random.below(counties().size());
        Plan plan;
        plan.vehicle = number;
        plan.visit.vehicle = number;
        plan.visit.station = &station_for(county, random);
        plan.at = working_hour(loop::day_of(world_.begin) + random.between(0, 364), random);
        if (random.chance(0.003)) {
            Plan stopped = plan;
            stopped.what = Plan::What::roadside;
            stopped.at = working_hour(loop::day_of(world_.begin) + random.between(0, 364), random);
            put(stopped);
        }
        if (counties()[county].repaired > 0 && random.chance(0.004)) {
            Plan care = plan;
            care.what = Plan::What::service;
            care.at = plan.at - random.between(2, 20) * loop::day_ms;
            care.shop = shop_for(county, v, random);
            if (care.at > world_.begin) put(care);
        }
        // Taxis and old trucks come twice a year.
        if ((v.taxi || (v.model->use == Use::heavy_truck && v.built < 2012)) && random.chance(0.8)) {
            Plan again = plan;
            again.at = plan.at + 182 * loop::day_ms;
            if (again.at < world_.end) put(again);
        }
        put(std::move(plan));
    }

    void test(Plan plan) {
        auto outcome = visit(world_, plan.visit, plan.at);
        if (outcome.test.started_at == 0) {
            Random random = world_.chance(of_owner);
            plan.at = later(plan.at, 1, 2, random);
            put(std::move(plan));
            return;
        }
        after_test(plan, std::move(outcome.test), outcome.steered_to);
    }

    void after_test(Plan& plan, Test t, const std::string* steered_to) {
        if (t.verdict != "fail") {
            if (t.verdict == "pass" && plan.round > 1 && world_.out.story.plate.empty() &&
                !plan.visit.repaired_by.empty() && t.written_at < world_.end && !t.typed.plate.empty())
                world_.out.story = world_.fleet[plan.vehicle];
            return;
        }
        if (plan.round == 0) ++world_.out.failures;
        if (plan.round >= rounds_max || plan.has_returned_unrepaired) return;
        decide(plan, std::move(t), steered_to);
    }

    void stopped(Plan& plan) {
        auto t = roadside(world_, plan.vehicle, plan.at, "roadside");
        if (t.verdict == "fail") world_.show(plan.relapsed);
        after_test(plan, std::move(t), nullptr);
    }

    /// What becomes of a failure depends on where it was found.
    void decide(Plan& plan, Test t, const std::string* steered_to) {
        Random random = world_.chance(of_owner);
        const Vehicle& v = world_.fleet[plan.vehicle];
        const std::size_t county = t.station == team ? 1 : plan.visit.station->county;
        const double repaired = counties()[county].repaired;
        Plan next = plan;
        ++next.round;
        next.visit.retest_of = t.report_no;
        next.visit.reason = "retest", next.visit.attempt = next.round + 1;
        // As a rule where it failed.
        if (t.station == team || random.chance(0.04)) next.visit.station = &station_for(county, random);
        const auto failed_at = t.ended_at;
        next.failed = std::make_shared<const Test>(std::move(t));
        if (random.chance(0.01)) {
            const auto day = later(failed_at, 5, 60, random);
            world_.put(bridge, day, vehicle_event(v, bridge, day, random.chance(0.7) ? "scrapped" : "transferred_out"));
            return;
        }
        if (draw(next)) return;
        auto goes_to = paper_for(v, failed_at);
        if (steered_to && random.chance(0.8) && fits(shop_named(*steered_to), v)) goes_to = shop_named(*steered_to);
        if (repaired > 0 && (goes_to || random.chance(plan.round > 0 ? 0.8 : repaired))) {
            next.what = Plan::What::repair;
            next.shop = goes_to ? *goes_to : shop_for(county, v, random);
            next.at = later(failed_at, goes_to ? 0 : 1, goes_to ? 2 : 18, random);
            if (next.at <= failed_at) next.at = failed_at + 3'600'000;
            put(std::move(next));
        } else if (random.chance(0.35)) {
            // Comes back without any repair on record; most had it mended somewhere.
            if (random.chance(0.85)) mend_quietly(plan.vehicle, failed_at);
            next.what = Plan::What::test;
            next.has_returned_unrepaired = true;
            next.at = later(failed_at, 1, 20, random);
            if (random.chance(0.3)) {
                auto typed = world_.typed(v, random);
                world_.put(next.visit.station->id, next.at - 600'000,
                           override_(next.visit.station->id, typed, next.at - 600'000));
            }
            put(std::move(next));
        }
    }

    void mend_quietly(std::size_t number, loop::Moment at) {
        auto& v = world_.fleet[number];
        v.defects.clear();
        v.dirt_co *= 0.5, v.dirt_hc *= 0.5, v.dirt_no *= 0.6, v.dirt_smoke *= 0.55;
        v.catalyst_loss = std::min(v.catalyst_loss, 0.12);
        v.cleared_at_km = v.mileage_at(at, world_.begin);
    }

    bool fits(std::size_t shop, const Vehicle& v) const {
        return v.model->use != Use::heavy_truck || world_.shops[shop].heavy_bays > 0;
    }
    /// A shop that writes repairs of heavy lorries which never got into it.
    std::optional<std::size_t> paper_for(const Vehicle& v, loop::Moment at) {
        constexpr double bought_share = 0.3;  // of all that failed, from a shop that sells to all it can
        if (v.model->use != Use::heavy_truck) return std::nullopt;
        for (const auto& c : world_.out.campaigns)
            if (c.kind->code == std::string_view("heavy_in_small_bay") && c.active(loop::day_of(at)) &&
                world_.chance(of_cheat).chance(c.dose * bought_share))
                return shop_named(c.shop);
        return std::nullopt;
    }
    std::size_t shop_for(std::size_t county, const Vehicle& v, Random& random) {
        for (;; county = random.below(counties().size())) {
            if (counties()[county].repaired <= 0) continue;
            std::vector<double> weights;
            for (const auto i : world_.shops_of[county]) weights.push_back(fits(i, v) ? world_.shops[i].weight : 0);
            if (std::ranges::any_of(weights, [](double w) { return w > 0; }))
                return world_.shops_of[county][random.weighted(weights)];
        }
    }
    std::size_t shop_named(const std::string& id) const {
        return static_cast<std::size_t>(std::ranges::find(world_.shops, id, &Shop::id) - world_.shops.begin());
    }

    /// To a station that is known to pass what failed elsewhere: as if for the first time, or at once.
    bool draw(const Plan& next) {
        constexpr double drawn_share = 0.15;  // of all that failed, by a station that draws all it can
        const auto at = next.failed->ended_at;
        const auto& failed_at = next.failed->station;
        for (const auto& c : world_.out.campaigns) {
            if (c.kind->code != std::string_view("shopping") || !c.active(loop::day_of(at))) continue;
            Random random = world_.chance(of_cheat);
            if (failed_at == team || failed_at == c.station || !random.chance(c.dose * drawn_share)) continue;
            put(drawn(next, c, random));
            return true;
        }
        return false;
    }
    Plan drawn(Plan next, const Campaign& by, Random& random) {
        const auto at = next.failed->ended_at;
        next.visit.station = &*std::ranges::find(world_.stations, by.station, &IStation::id);
        next.visit.drawn_from = next.failed;
        next.has_returned_unrepaired = true;
        next.what = Plan::What::test;
        next.at = at + random.between(60, 300) * 60'000;
        if (by.style < 0.6) {
            next.visit.reason = "periodic", next.visit.attempt = 1, next.visit.retest_of.clear();
            next.at = std::max(later(at, 0, 4, random), at + 3'600'000);
        }
        return next;
    }

    void repair(Plan plan) {
        Random random = world_.chance(of_owner);
        const auto done = mend(world_, plan.vehicle, *plan.failed, world_.shops[plan.shop], plan.at);
        if (done.relapse_after_days > 0 && !done.relapse_of.empty()) {
            Plan back;
            back.what = Plan::What::relapse;
            back.at = done.settled_at + static_cast<loop::Moment>(done.relapse_after_days) * loop::day_ms;
            back.vehicle = plan.vehicle, back.defect = done.relapse_of, back.relapsed = done.record_id;
            back.visit.vehicle = plan.vehicle, back.visit.station = plan.visit.station;
            put(back);
        }
        plan.visit.repaired_by = done.shop;
        if (random.chance(0.06)) return;
        plan.what = Plan::What::test;
        plan.failed.reset();
        plan.at = later(done.settled_at, 1, 9, random);
        put(std::move(plan));
    }

    /// The defect is back; now and then somebody sees it.
    void relapse(Plan& plan) {
        Random random = world_.chance(of_owner);
        auto& v = world_.fleet[plan.vehicle];
        if (!v.has(plan.defect)) v.defects.push_back({&defect_named(plan.defect), 1.0});
        if (!random.chance(0.4)) return;
        Plan seen = plan;
        seen.what = Plan::What::roadside;
        seen.at = later(plan.at, 2, 25, random);
        put(seen);
    }

    void post_prices() {
        for (const auto& shop : world_.shops)
            world_.put(shop.id, world_.begin + 9 * 3'600'000, price_list(shop, world_.begin + 9 * 3'600'000));
    }

    World& world_;
    std::priority_queue<Plan, std::vector<Plan>, std::greater<>> plans_;
    std::uint64_t order_ = 0;
};

Json i_registration(const IStation& s) {
    Json lines = Json::array();
    for (const auto& line : s.lines) {
        std::vector<std::string> methods = {line.for_diesel ? "free_acceleration" : "two_speed_idle"};
        if (s.has_rollers) methods.push_back(line.for_diesel ? "lugdown" : s.drives_vmas ? "vmas" : "asm");
        std::vector<std::string> equipment = {line.for_diesel ? line.opacimeter.id : line.analyser.id};
        if (s.has_rollers) equipment.push_back(line.dynamometer_id);
        lines.push_back({{"line_id", line.id}, {"methods", methods}, {"equipment", equipment}});
    }
    return {{"owner", s.owner},
            {"opening_hours",
             fmt::format("{} {:02}:00-{:02}:00", s.closed_sundays ? "Mo-Sa" : "Mo-Su", s.opens_h, s.closes_h)},
            {"lines", lines}};
}

}  // namespace

Json campaign_words(const Campaign& c) {
    Json out = {{"campaign", c.number}, {"cheat", c.kind->code}, {"dose", rounded(c.dose, 2)}};
    if (!c.station.empty()) out["station"] = c.station;
    if (!c.shop.empty()) out["shop"] = c.shop;
    out["from"] = loop::format_day(c.from), out["to"] = loop::format_day(c.to);
    out["rules"] = c.kind->rules;
    return out;
}

Json label_words(const Label& l) {
    Json out = {{"record_id", l.record_id},
                {"campaign", l.campaign->number},
                {"cheat", l.campaign->kind->code},
                {"dose", rounded(l.campaign->dose, 2)}};
    if (!l.station.empty()) out["station"] = l.station;
    if (!l.inspector.empty()) out["inspector"] = l.inspector;
    if (!l.shop.empty()) out["shop"] = l.shop;
    return out;
}

Year make_year(const YearOptions& options, const OnTrace& on_trace) {
    World world(options, on_trace);
    for (const auto& s : world.stations)
        world.out.stations.push_back({s.id, s.name, counties()[s.county].code, i_registration(s)});
    for (const auto& s : world.shops)
        world.out.stations.push_back({s.id,
                                      s.name,
                                      counties()[s.county].code,
                                      {{"business_class", s.business_class},
                                       {"owner", s.owner},
                                       {"bays", s.bays.size()},
                                       {"heavy_bays", s.heavy_bays},
                                       {"opening_hours", "Mo-Su 08:00-19:00"}}});
    world.out.stations.push_back({team, "渭城联合执法队", "610404", Json::object()});
    world.out.stations.push_back({bridge, "公安数据桥", "610400", Json::object()});
    Owners(world).run();
    for (auto& [source, lines] : world.out.lines) std::ranges::stable_sort(lines, {}, &Written::written_at);
    return std::move(world.out);
}

}  // namespace imloop::sim
