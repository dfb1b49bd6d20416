#include "loop/register.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

#include "loop/vehicle/text.hpp"

namespace imloop::loop {
namespace {

auto order(const Registration& r) { return std::tie(r.valid_from, r.occurred_at, r.record_id); }

}  // namespace

double distance_km(const Location& a, const Location& b) {
    constexpr double earth_radius_km = 6371, radians = std::numbers::pi / 180;
    const double up = std::sin((b.lat - a.lat) * radians / 2), across = std::sin((b.lon - a.lon) * radians / 2);
    const double h = up * up + std::cos(a.lat * radians) * std::cos(b.lat * radians) * across * across;
    return 2 * earth_radius_km * std::asin(std::min(1.0, std::sqrt(h)));
}

bool same_owner(const StationView& a, const StationView& b) {
    for (const auto* of_a : {&a.owner, &a.credit_code})
        for (const auto* of_b : {&b.owner, &b.credit_code})
            if (const auto one = normal_text(*of_a); !one.empty() && one == normal_text(*of_b)) return true;
    return false;
}

void Register::put(Registration r) {
    erase(r.record_id);
    auto& list = by_station_[r.station_id];
    const auto at =
        std::upper_bound(list.begin(), list.end(), r, [](const auto& a, const auto& b) { return order(a) < order(b); });
    list.insert(at, std::move(r));
}

void Register::erase(const std::string& record_id) {
    for (auto it = by_station_.begin(); it != by_station_.end(); ++it) {
        auto& list = it->second;
        if (std::erase_if(list, [&](const auto& r) { return r.record_id == record_id; }) == 0) continue;
        if (list.empty()) by_station_.erase(it);
        return;
    }
}

std::optional<StationView> Register::at(std::string_view station_id, Moment moment) const {
    const auto it = by_station_.find(station_id);
    if (it == by_station_.end()) return std::nullopt;
    const auto& list = it->second;
    const auto after = std::upper_bound(list.begin(), list.end(), day_of(moment),
                                        [](Day day, const auto& r) { return day < r.valid_from; });
    const bool before_the_first = after == list.begin();
    const Registration& r = before_the_first ? list.front() : *(after - 1);
    return StationView{r.kind,
                       r.name,
                       r.county,
                       r.status,
                       !before_the_first && r.status == StationStatus::filed,
                       before_the_first ? std::string() : r.record_id,
                       r.opening_hours,
                       r.location,
                       r.owner,
                       r.credit_code,
                       r.bays,
                       r.heavy_bays};
}

std::optional<Day> Register::since(std::string_view station_id) const {
    const auto it = by_station_.find(station_id);
    return it == by_station_.end() ? std::nullopt : std::optional(it->second.front().valid_from);
}

std::vector<std::string> Register::stations() const {
    std::vector<std::string> out;
    for (const auto& [id, list] : by_station_) out.push_back(id);
    return out;
}

bool Policy::inside(std::string_view county) const {
    return county == city || std::find(counties.begin(), counties.end(), county) != counties.end();
}

}  // namespace imloop::loop
