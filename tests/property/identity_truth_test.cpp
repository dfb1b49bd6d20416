// Identity against a ground truth: fleets with consecutive VINs, slips, plates that moved to another vehicle.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>

#include "loop/identity.hpp"
#include "loop/vehicle/vin.hpp"
#include "tests/sim/fleet.hpp"

using namespace imloop;

namespace {

struct Counts {
    int slips = 0, joined = 0, review = 0, apart = 0, wrong = 0;
    std::string line(const char* what) const {
        return fmt::format("{:<34} {:>6} slips: {:>6} joined ({:.2f}%), {} for review, {} apart, {} joined wrongly\n",
                           what, slips, joined, slips ? 100.0 * joined / slips : 0.0, review, apart, wrong);
    }
};

class World {
public:
    explicit World(std::uint64_t seed) : random_(seed), fleet_(sim::make_fleet(20'000, {1.0}, random_)) {}

    void record(std::size_t vehicle, const std::string& vin, const std::string& plate, int day) {
        loop::Fact f;
        f.record_id = fmt::format("{:09}", ++count_);
        f.station_id = "I610404-01";
        f.occurred_at = day * loop::day_ms;
        f.vehicle = loop::VehicleWords{vin, plate, "02", fmt::format("E{:06}", vehicle), "", ""};
        identity_.put(f);
        truth_[f.record_id] = vehicle;
    }

    void live() {
        for (std::size_t i = 0; i < fleet_.size(); ++i) {
            const auto& v = fleet_[i];
            const bool moves = random_.chance(0.02);
            for (int n = 0; n < 3; ++n)
                record(i, v.vin, moves && n == 2 ? "陕DM" + std::to_string(i) : v.plate, 100 * n);
            // The plate goes on to the next vehicle's life, after this one's.
            if (moves) record((i + 1) % fleet_.size(), fleet_[(i + 1) % fleet_.size()].vin, v.plate, 400);
            if (!random_.chance(0.25)) continue;
            const auto typed = sim::slip(v.vin, random_);
            if (typed == v.vin) continue;
            const bool has_plate = random_.chance(0.8);
            record(i, typed, has_plate ? v.plate : "", 50 + random_.between(0, 100));
            slips_.push_back({truth_.rbegin()->first, i, loop::vin_proven(typed), has_plate});
        }
        identity_.settle();
    }

    Counts count(bool proven, bool has_plate) const {
        Counts out;
        const auto review = identity_.review();
        for (const auto& s : slips_) {
            if (s.proven != proven || s.has_plate != has_plate) continue;
            ++out.slips;
            const auto v = identity_.vehicle(identity_.vehicle_of(s.record_id));
            bool right = false, wrong = false;
            for (const auto& e : v->records) {
                if (e.record_id == s.record_id) continue;
                (truth_.at(e.record_id) == s.vehicle ? right : wrong) = true;
            }
            if (wrong)
                ++out.wrong;
            else if (right)
                ++out.joined;
            else if (std::binary_search(review.begin(), review.end(), s.record_id))
                ++out.review;
            else
                ++out.apart;
        }
        return out;
    }

private:
    struct Slip {
        std::string record_id;
        std::size_t vehicle;
        bool proven, has_plate;
    };
    sim::Random random_;
    std::vector<sim::Vehicle> fleet_;
    loop::Identity identity_;
    std::map<std::string, std::size_t> truth_;
    std::vector<Slip> slips_;
    int count_ = 0;
};

}  // namespace

TEST_CASE("slips of a known fleet: joined, left for review, joined wrongly") {
    World world(3);
    world.live();
    const auto plate = world.count(false, true), engine = world.count(false, false), proven = world.count(true, true),
               proven_bare = world.count(true, false);
    fmt::print("{}{}{}{}", plate.line("same plate (row 2)"), engine.line("no plate, engine number (row 4)"),
               proven.line("still a right check digit, plate"),
               proven_bare.line("still a right check digit, no plate"));
    CHECK(plate.slips > 3000);
    CHECK(plate.joined >= plate.slips * 0.995);
    CHECK(engine.joined + engine.review + engine.apart == engine.slips);
    for (const auto& c : {plate, engine, proven, proven_bare}) CHECK(c.wrong == 0);
}
