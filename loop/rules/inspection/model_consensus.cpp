#include "loop/rules/inspection/model_consensus.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "loop/rows/key.hpp"
#include "loop/rules/listed.hpp"
#include "loop/suspects/observed/sameness.hpp"

namespace imloop::loop::rules {
namespace {

/// Above 0 the order of these is that of the amounts; 0: none.
std::int64_t bits_of(std::optional<double> amount) { return amount ? std::bit_cast<std::int64_t>(*amount) : 0; }

/// What one test says, as a word: in the order (occurred_at, record_id).
struct Said {
    Listed test;
    std::array<std::int64_t, amounts.size()> bits{};  ///< of the amounts
    std::string stage{};                              ///< empty where no date of registration is said with it
    Day registered_on = 0;

    std::string word() const {
        std::string out = key_of(test.at, test.id);
        for (const auto each : bits) out += key_of(each);
        return out + key_of(stage, registered_on);
    }
    static Said of(std::string_view word) {
        KeyReader parts(word);
        Said out;
        out.test.at = parts.number();
        out.test.id = parts.text();
        for (auto& each : out.bits) each = parts.number();
        out.stage = parts.text();
        out.registered_on = static_cast<Day>(parts.number());
        return out;
    }
};

std::string unit_of(const std::string& vehicle) { return key_of("vehicle", vehicle); }

void words(const Record& r, std::vector<Fold::Word>& out) {
    if (!r.is_test() || !r.fact.vehicle || r.fact.vehicle->model.empty() || !r.detail.vehicle) return;
    const auto& vehicle = *r.detail.vehicle;
    if (!vehicle.rated_power_kw && !vehicle.mass_kg && vehicle.emission_stage.empty()) return;
    Said said{{r.fact.occurred_at, r.fact.record_id}};
    for (std::size_t i = 0; i < amounts.size(); ++i) said.bits[i] = bits_of(amount_of(amounts[i], r));
    if (vehicle.registered_on) said.stage = vehicle.emission_stage, said.registered_on = *vehicle.registered_on;
    const auto& plated = *r.fact.vehicle;
    out.push_back(
        {plated.model + "|" + vehicle.fuel, unit_of(plated.vin.empty() ? plated.plate : plated.vin), said.word()});
}

void add_up(std::string_view unit, const std::function<void(const CountVisit&)>& each_word, Cells& cells) {
    KeyReader parts(unit);
    (void)parts.text();
    const auto vehicle = parts.text();
    std::array<std::set<std::int64_t>, amounts.size()> held;
    std::map<std::string, Day> registered;  // by stage, as first said
    each_word([&](std::string_view word, std::int64_t) {
        const auto said = Said::of(word);
        for (std::size_t i = 0; i < amounts.size(); ++i)
            if (said.bits[i] != 0) held[i].insert(said.bits[i]);
        if (said.stage.empty()) return true;
        registered.try_emplace(said.stage, said.registered_on);
        cells[key_of("stated", said.stage, said.registered_on)] = 1;
        cells[key_of("stating", said.stage, said.registered_on, vehicle)] = 1;
        return true;
    });
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        if (held[i].empty()) continue;
        std::string values = key_of("amounts", i, held[i].size());
        for (const auto bits : held[i]) {
            values += key_of(bits);
            cells[key_of("having", i, bits, vehicle)] = 1;
        }
        cells[values] = 1;
    }
    for (const auto& [stage, day] : registered) cells[key_of("registered", stage, day)] = 1;
}

/// Tests of the vehicles named by the cells under `beginning` that say it.
void each_saying(const Sums& sums, const std::string& beginning, const std::function<bool(const Said&)>& says,
                 const std::function<void(const Record&)>& visit) {
    sums.each_cell(beginning, [&](std::string_view vehicle, std::int64_t) {
        sums.each_word(unit_of(KeyReader(vehicle).text()), [&](std::string_view word, std::int64_t) {
            const auto said = Said::of(word);
            if (!says(said)) return true;
            if (const auto record = sums.record(said.test.id); record && record->is_test()) visit(*record);
            return true;
        });
        return true;
    });
}

struct Cluster {
    double low = 0, high = 0;
    double vehicles = 0;
};

/// What vehicles have, each set of values with how many have it.
using Held = std::map<std::vector<double>, double>;

Held held_of(const Sums& sums, std::size_t amount) {
    Held out;
    sums.each_cell(key_of("amounts", amount), [&](std::string_view cell, std::int64_t vehicles) {
        KeyReader parts(cell);
        std::vector<double> values(static_cast<std::size_t>(parts.number()));
        for (auto& value : values) value = std::bit_cast<double>(parts.number());
        out[std::move(values)] = static_cast<double>(vehicles);
        return true;
    });
    return out;
}

/// Values that lie within the tolerance of the next one are one variant.
std::vector<Cluster> clusters_of(const Held& held, const std::set<double>& all, double percent) {
    std::vector<Cluster> out;
    for (const double value : all) {
        if (out.empty() || !are_within(out.back().high, value, percent)) out.push_back({value, value});
        out.back().high = value;
    }
    for (const auto& [values, vehicles] : held) {
        const Cluster* last = nullptr;
        for (const double value : values) {
            auto& of = *std::ranges::lower_bound(out, value, {}, &Cluster::high);
            if (std::exchange(last, &of) != &of) of.vehicles += vehicles;
        }
    }
    return out;
}

void check_amount(std::size_t n, const Sums& sums, const Context& ctx, Flags& flags) {
    const auto setting = [&](const char* name) { return ctx.number("R06", name); };
    const double percent = setting("tolerance_pct");
    const auto held = held_of(sums, n);
    std::set<double> all;
    for (const auto& [values, vehicles] : held) all.insert(values.begin(), values.end());
    const auto clusters = clusters_of(held, all, percent);
    double support = 0, shared = 0;
    for (const auto& g : clusters) support += g.vehicles;
    if (support < setting("support_min")) return;
    const double sizeable = std::max(setting("variant_vehicles_min"), support * setting("variant_share_pct") / 100);
    std::vector<const Cluster*> variants;
    for (const auto& g : clusters)
        if (g.vehicles >= sizeable) variants.push_back(&g), shared += g.vehicles;
    // A model whose vehicles have all kinds of values has no consensus.
    if (variants.empty() || shared < support * setting("consensus_pct") / 100) return;
    for (const double value : all) {
        const auto near = [&](const Cluster* g) {
            return (value >= g->low && value <= g->high) || !are_unlike(value, g->low, percent) ||
                   !are_unlike(value, g->high, percent);
        };
        if (std::ranges::any_of(variants, near)) continue;
        const auto nearest = std::ranges::min_element(variants, {}, [&](const Cluster* g) {
            return std::min(std::abs(value - g->low), std::abs(value - g->high));
        });
        const auto bits = bits_of(value);
        const auto add = [&](const Record& r) {
            flags.push_back(
                {.claim = "unlike_its_model",
                 .grade = Grade::medium,
                 .score_permille = value < variants.front()->low ? 850 : 600,
                 .records = {r.fact.record_id},
                 .person = r.test().inspector_id,
                 .values = {text("parameter", amounts[n].name), number("value", value, 0, amounts[n].unit),
                            number("usual", (*nearest)->low, 0, amounts[n].unit), number("vehicles", support, 0)},
                 .key = std::string("model|") + amounts[n].name + "|" + r.fact.record_id});
        };
        each_saying(
            sums, key_of("having", n, bits), [&](const Said& said) { return said.bits[n] == bits; }, add);
    }
}

/// Vehicles by stage and day of registration.
class Registered {
public:
    explicit Registered(const Sums& sums) {
        sums.each_cell(key_of("registered"), [&](std::string_view cell, std::int64_t vehicles) {
            KeyReader parts(cell);
            auto& of = by_stage_[parts.text()];
            of.push_back({static_cast<Day>(parts.number()), vehicles + (of.empty() ? 0 : of.back().up_to)});
            return true;
        });
    }
    struct About {
        double all = 0, same = 0;
        std::string usual;
    };
    About about(const std::string& stage, Day day, Day reach) const {
        About out;
        double most = 0;
        for (const auto& [each, of] : by_stage_) {
            const auto count = static_cast<double>(before(of, day + reach + 1) - before(of, day - reach));
            out.all += count;
            if (each == stage) out.same = count;
            if (count > most) most = count, out.usual = each;
        }
        return out;
    }

private:
    struct UpTo {
        Day day;
        std::int64_t up_to;  ///< vehicles registered up to that day
    };
    static std::int64_t before(const std::vector<UpTo>& of, Day day) {
        const auto at = std::ranges::lower_bound(of, day, {}, &UpTo::day);
        return at == of.begin() ? 0 : std::prev(at)->up_to;
    }
    std::map<std::string, std::vector<UpTo>> by_stage_;
};

/// A stage that hardly any vehicle of the model has that was registered about then: stages follow one another in time.
void check_stage(const Sums& sums, const Context& ctx, Flags& flags) {
    const auto setting = [&](const char* name) { return ctx.number("R06", name); };
    const Registered registered(sums);
    const auto reach = static_cast<Day>(setting("stage_days_about"));
    sums.each_cell(key_of("stated"), [&](std::string_view cell, std::int64_t) {
        KeyReader parts(cell);
        const auto stage = parts.text();
        const auto day = static_cast<Day>(parts.number());
        const auto about = registered.about(stage, day, reach);
        if (about.all < setting("support_min") || about.same > 2 ||
            about.same > about.all * setting("stage_share_pct") / 100)
            return true;
        const auto add = [&](const Record& r) {
            flags.push_back({.claim = "unlike_its_model",
                             .grade = Grade::medium,
                             .score_permille = 800,
                             .records = {r.fact.record_id},
                             .person = r.test().inspector_id,
                             .values = {text("parameter", "emission_stage"), text("value", stage),
                                        text("usual", about.usual), number("vehicles", about.all, 0)},
                             .key = "model|emission_stage|" + r.fact.record_id});
        };
        each_saying(
            sums, key_of("stating", stage, day),
            [&](const Said& said) { return said.stage == stage && said.registered_on == day; }, add);
        return true;
    });
}

void judge(const Sums& sums, const Context& ctx, Flags& flags) {
    check_stage(sums, ctx, flags);
    for (std::size_t n = 0; n < amounts.size(); ++n) check_amount(n, sums, ctx, flags);
}

}  // namespace

std::optional<double> amount_of(const Amount& amount, const Record& r) {
    if (!r.is_test() || !r.detail.vehicle) return std::nullopt;
    const auto value = *r.detail.vehicle.*amount.value;
    return value && *value > 0 ? value : std::nullopt;
}

bool are_within(double a, double b, double percent) { return std::abs(a - b) <= std::max(a, b) * percent / 100; }
bool are_unlike(double a, double b, double percent) { return !are_within(a, b, percent) && !one_slip_apart(a, b); }

Fold model_consensus() { return {words, add_up, judge}; }

}  // namespace imloop::loop::rules
