#include "loop/suspects/observed/lane.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "loop/suspects/observed/chance.hpp"
#include "loop/suspects/observed/sameness.hpp"

namespace imloop::loop::rules::lane {
namespace {

/// Near-zero readings differ by noise alone: below this share of the limit nothing is told apart.
constexpr double floor_of_limit = 0.05;
constexpr std::size_t channels_min = 3;
/// Tests after one that it is compared with: more than a lane makes in a day.
constexpr std::size_t compared_max = 128;

std::optional<double> difference(const Record& a, const Record& b) {
    double sum = 0;
    std::size_t count = 0;
    for (const auto& r : a.test().readings) {
        const Reading* other = b.test().reading(r.item, r.phase);
        if (!other || r.value < 0 || other->value < 0) continue;
        const double floor = r.limit.value_or(r.value) * floor_of_limit + 1e-6;
        sum += std::abs(std::log((r.value + floor) / (other->value + floor)));
        ++count;
    }
    return count < channels_min ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

bool comparable(const Record& a, const Record& b) {
    return unlike_vehicles(a, b) && (a.fact.vehicle->model.empty() || a.fact.vehicle->model != b.fact.vehicle->model);
}

}  // namespace

std::optional<Alike> too_alike(std::span<const Record> records, double share_of_closest, double pairs_min) {
    std::map<Day, std::vector<const Record*>> days;
    for (const Record& r : records)
        if (r.fact.vehicle && r.fact.inspection->verdict != Verdict::aborted)
            days[day_of(r.fact.occurred_at)].push_back(&r);
    std::vector<double> others;
    struct Near {
        const Record *before, *after;
        double difference;
    };
    std::vector<Near> neighbours;
    for (const auto& [day, of] : days)
        for (std::size_t i = 0; i < of.size(); ++i)
            for (std::size_t j = i + 1; j < std::min(of.size(), i + 1 + compared_max); ++j) {
                if (!comparable(*of[i], *of[j])) continue;
                const auto d = difference(*of[i], *of[j]);
                if (!d) continue;
                if (j == i + 1)
                    neighbours.push_back({of[i], of[j], *d});
                else
                    others.push_back(*d);
            }
    if (static_cast<double>(others.size()) < pairs_min || neighbours.empty()) return std::nullopt;
    const auto nth = static_cast<std::ptrdiff_t>(share_of_closest * static_cast<double>(others.size()));
    std::ranges::nth_element(others, others.begin() + nth);
    const double closest = others[static_cast<std::size_t>(nth)];
    const auto as_close = std::ranges::count_if(others, [&](double d) { return d <= closest; });
    Alike out;
    out.neighbours = static_cast<int>(neighbours.size());
    out.share = static_cast<double>(as_close) / static_cast<double>(others.size());
    for (const auto& n : neighbours)
        if (n.difference <= closest) out.pairs.emplace_back(n.before, n.after);
    out.chance = chance_of_at_least(static_cast<int>(out.pairs.size()), out.neighbours, out.share);
    return out;
}

}  // namespace imloop::loop::rules::lane
