#include "loop/fact_pack.hpp"

#include "loop/pack.hpp"

namespace imloop::loop {

template <Like<VehicleWords> T>
auto members(T& v) {
    return std::tie(v.vin, v.plate, v.plate_kind, v.engine_no, v.model, v.registered_county);
}
template <Like<InspectionFact> T>
auto members(T& i) {
    return std::tie(i.report_no, i.acceptance_no, i.method, i.reason, i.verdict, i.started_at, i.failed_items);
}
template <Like<RepairFact> T>
auto members(T& r) {
    return std::tie(r.work_order_no, r.fail_report_no, r.outcome, r.settled_at);
}
template <Like<EventFact> T>
auto members(T& e) {
    return std::tie(e.event, e.new_plate);
}
template <Like<DecisionFact> T>
auto members(T& d) {
    return std::tie(d.about_kind, d.about, d.action, d.other_record_id, d.until);
}
template <Like<Fact> T>
auto members(T& f) {
    return std::tie(f.record_id, f.station_id, f.kind, f.occurred_at, f.day_only, f.vehicle, f.inspection, f.repair,
                    f.event, f.decision, f.detail);
}

std::string pack(const Fact& fact) { return packed(fact); }
Fact unpack(std::string_view bytes) { return unpacked<Fact>(bytes); }

}  // namespace imloop::loop
