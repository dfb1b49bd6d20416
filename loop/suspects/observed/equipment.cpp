#include "loop/suspects/observed/equipment.hpp"

#include "loop/vehicle/text.hpp"

namespace imloop::loop::rules::equipment {

std::string_view station_of(const Record& r) {
    if (r.detail.supervision) return r.detail.supervision->checked_station_id;
    return r.is_test() || r.detail.calibration ? std::string_view(r.fact.station_id) : std::string_view();
}

std::string instrument_of(const Record& r) {
    constexpr std::size_t places_min = 3;
    auto id = r.is_test()            ? normal_text(r.test().analyser_id)
              : r.detail.calibration ? normal_text(r.detail.calibration->equipment_id)
                                     : std::string();
    return id.size() >= places_min ? id : std::string();
}

}  // namespace imloop::loop::rules::equipment
