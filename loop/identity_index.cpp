// What identity keeps: records, the nodes of their VINs, plates, decisions; and what each change of them makes dirty.
#include <cassert>
#include <utility>

#include "loop/identity_state.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/vehicle/words.hpp"

namespace imloop::loop {
namespace {

constexpr std::size_t vin_places = 17;

template <typename List, typename Value>
void list_or_drop(std::map<std::string, List>& lists, const std::string& key, Value value, int sign) {
    if (key.empty()) return;
    if (sign > 0) {
        lists[key].insert(value);
    } else if (const auto it = lists.find(key); it != lists.end()) {
        it->second.erase(value);
        if (it->second.empty()) lists.erase(it);
    }
}

}  // namespace

std::string identity_key(const IdentityRecord& r) {
    return r.vin.size() == vin_places ? r.vin : r.vin + "|" + (r.plate.empty() ? r.id : r.plate);
}

void IdentityNode::count(const IdentityRecord& r, int sign) {
    for (const auto* plate : {&r.plate, &r.new_plate}) {
        if (plate->empty()) continue;
        auto& kinds = plates[*plate];
        auto& said = kinds[r.kind];
        assert(said + sign >= 0);
        if ((said += sign) == 0) kinds.erase(r.kind);
        if (kinds.empty()) plates.erase(*plate);
    }
    if (!r.engine_no.empty() && (engines[r.engine_no] += sign) == 0) engines.erase(r.engine_no);
}

IdentityGroup* Identity::State::new_group() {
    auto owned = std::make_unique<Group>();
    Group* g = owned.get();
    groups.emplace(g, std::move(owned));
    return g;
}

IdentityNode& Identity::State::node_for(const Record& r) {
    const std::string key = identity_key(r);
    auto& slot = nodes[key];
    if (!slot) {
        slot = std::make_unique<Node>();
        slot->key = key;
        slot->vin = r.vin;
        slot->proven = vin_proven(r.vin);
        slot->group = new_group();
        slot->group->nodes.insert(slot.get());
    }
    return *slot;
}

void Identity::State::bearers_changed(const std::string& plate) {
    plates[plate].rows.reset();
    dirty_plates.insert(plate);
}

/// Adds (+1) or takes away (-1) what a record with VIN says of its node and plates.
void Identity::State::bear(Record& r, int sign) {
    Node& n = *r.node;
    n.count(r, sign);
    list_slips(n, n.is_loose());
    for (const auto* plate : {&r.plate, &r.new_plate}) {
        if (plate->empty()) continue;
        bearers_changed(*plate);
        auto& bearers = plates[*plate].bearers;
        if (n.plates.contains(*plate)) {
            bearers.insert(&n);
        } else if (bearers.erase(&n) > 0 && n.proven) {
            // Those it shared the plate with are found by it no more.
            const auto parted = proven_bearers_near(n, *plate);
            dirty_nodes.insert(parted.begin(), parted.end());
        }
    }
}

/// Adds or takes away a record without VIN under its plate. Where no kind comes or goes, it and the repairs that name
/// it are all that there is to place.
void Identity::State::list_without_vin(Record& r, int sign) {
    Plate& plate = plates[r.plate];
    dirty_plates.insert(r.plate);
    if (sign > 0)
        plate.without_vin.insert(&r), plate.to_place.insert(&r);
    else
        plate.without_vin.erase(&r), plate.to_place.erase(&r);
    if (!r.kind.empty()) {
        const bool was_given = plate.kinds.contains(r.kind);
        if ((plate.kinds[r.kind] += sign) == 0) plate.kinds.erase(r.kind);
        if (plate.kinds.contains(r.kind) != was_given) plate.rows.reset();
    }
    list_or_drop(plate.naming, r.fail_report_no, &r, sign);
    for (const auto* number : {&r.report_no, &r.acceptance_no}) {
        list_or_drop(plate.failures, *number, &r, sign);
        if (const auto named_by = plate.naming.find(*number); named_by != plate.naming.end())
            plate.to_place.insert(named_by->second.begin(), named_by->second.end());
    }
}

void Identity::State::put(const Fact& f) {
    if (f.decision) return put_decision(f);
    erase(f.record_id);
    if (!f.vehicle) return;
    const VehicleWords words = counting(*f.vehicle);
    auto r = std::make_unique<Record>();
    r->id = f.record_id;
    r->occurred_at = r->from = r->to = f.occurred_at;
    if (f.day_only) r->to = r->from + day_ms - 1;
    r->vin = words.vin;
    r->plate = comparable_plate(words.plate);
    r->kind = words.plate_kind;
    r->engine_no = words.engine_no;
    if (f.event) {
        VehicleWords after;
        after.plate = f.event->new_plate;
        r->new_plate = comparable_plate(counting(std::move(after)).plate);
    }
    if (f.repair) r->fail_report_no = f.repair->fail_report_no;
    if (f.inspection && f.inspection->verdict == Verdict::fail && f.inspection->reason != Reason::comparison) {
        r->report_no = f.inspection->report_no;
        r->acceptance_no = f.inspection->acceptance_no;
    }
    add(std::move(r));
}

void Identity::State::add(std::unique_ptr<Record> r) {
    assert(!r->id.empty() && !records.contains(r->id));
    dirty_records.insert(r->id);
    if (r->neither()) {
        Group* g = new_group();
        g->lone = r.get();
        put_into(*r, g, 8);
    } else if (r->vin.empty()) {
        list_without_vin(*r, +1);
    } else {
        r->node = &node_for(*r);
        r->node->records.insert(r.get());
        bear(*r, +1);
        dirty_nodes.insert(r->node);
    }
    records[r->id] = std::move(r);
}

void Identity::State::erase(const std::string& id) {
    const auto it = records.find(id);
    if (it == records.end()) return;
    Record& r = *it->second;
    dirty_records.insert(id);
    if (r.node != nullptr) {
        bear(r, -1);
        r.node->records.erase(&r);
        dirty_nodes.insert(r.node);
        touched[r.node->group].left.insert(id);
    } else if (!r.plate.empty()) {
        list_without_vin(r, -1);
    }
    if (r.group != nullptr) {
        r.group->without_vin.erase(&r);
        if (r.group->lone == &r) r.group->lone = nullptr;
        auto& touch = touched[r.group];
        touch.left.insert(id);
        touch.came.erase(&r);
    }
    records.erase(it);
}

void Identity::State::put_decision(const Fact& f) {
    erase_decision(f.record_id);
    const auto& d = *f.decision;
    if (d.about_kind != "record_id" || (d.action != "join" && d.action != "part")) return;
    decisions[f.record_id] = {f.record_id, d.about, d.other_record_id, f.occurred_at, d.action == "join"};
    for (const auto& id : {d.about, d.other_record_id}) {
        decisions_about[id].insert(f.record_id);
        decided_records.insert(id);
    }
}

void Identity::State::erase_decision(const std::string& id) {
    const auto it = decisions.find(id);
    if (it == decisions.end()) return;
    for (const auto& about : {it->second.about, it->second.other}) {
        decided_records.insert(about);
        const auto listed = decisions_about.find(about);
        if (listed == decisions_about.end()) continue;  // about itself: both are one
        listed->second.erase(id);
        if (listed->second.empty()) decisions_about.erase(listed);
    }
    decisions.erase(it);
}

void Identity::State::put_into(Record& r, Group* g, int row) {
    assert(g != nullptr && r.node == nullptr);
    const bool other_row = std::exchange(r.row, row) != row;
    if (r.group == g) {
        if (other_row) touched[g].came.insert(&r);
        return;
    }
    if (r.group != nullptr) {
        r.group->without_vin.erase(&r);
        auto& touch = touched[r.group];
        touch.left.insert(r.id);
        touch.came.erase(&r);
    }
    r.group = g;
    g->without_vin.insert(&r);
    auto& touch = touched[g];
    touch.came.insert(&r);
    touch.left.erase(r.id);
}

IdentityGroup* Identity::State::group_of(const std::string& id) const {
    const auto it = records.find(id);
    if (it == records.end()) return nullptr;
    return it->second->node != nullptr ? it->second->node->group : it->second->group;
}

bool Identity::State::settled() const {
    return dirty_nodes.empty() && dirty_plates.empty() && touched.empty() && dirty_records.empty() &&
           decided_records.empty();
}

}  // namespace imloop::loop
