#include "loop/register.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <tuple>

#include "loop/register_pack.hpp"
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

Register::Register(const Rows* rows) : by_station_("loop_stations", rows), station_of_("loop_registrations", rows) {}

void Register::put(Registration r) {
    erase(r.record_id);
    station_of_.put(key_of(r.record_id), r.station_id);
    List& list = by_station_.change_or_new(key_of(r.station_id));
    const auto at =
        std::upper_bound(list.begin(), list.end(), r, [](const auto& a, const auto& b) { return order(a) < order(b); });
    list.insert(at, std::move(r));
}

void Register::erase(const std::string& record_id) {
    const auto record = key_of(record_id);
    const std::string* of = station_of_.find(record);
    if (!of) return;
    const auto station = key_of(*of);
    List* list = by_station_.change(station);
    assert(list);
    [[maybe_unused]] const auto erased = std::erase_if(*list, [&](const auto& r) { return r.record_id == record_id; });
    assert(erased == 1);
    if (list->empty()) by_station_.erase(station);
    station_of_.erase(record);
}

std::optional<Registration> Register::find(const std::string& record_id) const {
    const std::string* of = station_of_.find(key_of(record_id));
    if (!of) return std::nullopt;
    const List* list = by_station_.find(key_of(*of));
    assert(list);
    return *std::ranges::find(*list, record_id, &Registration::record_id);
}

std::optional<StationView> Register::at(std::string_view station_id, Moment moment) const {
    const List* list = by_station_.find(key_of(station_id));
    if (!list) return std::nullopt;
    const auto after = std::ranges::upper_bound(*list, day_of(moment), {}, &Registration::valid_from);
    const bool before_the_first = after == list->begin();
    const Registration& r = before_the_first ? list->front() : *(after - 1);
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
    const List* list = by_station_.find(key_of(station_id));
    return list ? std::optional(list->front().valid_from) : std::nullopt;
}

std::vector<std::string> Register::stations() const {
    std::vector<std::string> out;
    by_station_.each("", [&](std::string_view key, const List&) { out.push_back(KeyReader(key).text()); });
    return out;
}

std::vector<std::string> Register::ever_in(std::string_view county) const {
    std::vector<std::string> out;
    by_station_.each("", [&](std::string_view key, const List& list) {
        if (std::ranges::any_of(list, [&](const auto& r) { return r.county == county; }))
            out.push_back(KeyReader(key).text());
    });
    return out;
}

}  // namespace imloop::loop
