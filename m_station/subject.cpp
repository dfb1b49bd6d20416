#include "m_station/subject.hpp"

#include "loop/json.hpp"
#include "loop/record/uuid.hpp"
#include "m_station/order_list.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;

Drafts drafts(Site& site) { return Drafts(site.config().data / "drafts"); }

std::optional<Subject> subject_of(Site& site, const Request& r) {
    const auto view = site.copy().view();
    Subject out;
    const auto* listed = order_named(*view, r.value("order"));
    out.id = listed ? listed->value("episode", "") : r.value("order");
    out.draft = drafts(site).load(out.id);
    out.order = listed ? *listed : out.draft.order;
    if (!out.order.is_object() && r.form.contains("vehicle")) {
        // The draft is gone, the form knows the vehicle.
        const auto vehicle = loop::json_of(r.value("vehicle"));
        if (vehicle.is_object() && !vehicle.empty()) out.order = {{"vehicle", vehicle}};
    }
    if (!out.order.is_object() || !loop::is_uuid7(out.id)) return std::nullopt;
    out.turn = station::form_turn(site.outbox(), out.failure().empty() ? out.id : out.failure(), "repair");
    return out;
}

}  // namespace imloop::m_station
