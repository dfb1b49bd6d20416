// What identity keeps: records, the nodes of their VINs, plates, decisions; and what each change of them makes dirty.
#include <utility>

#include "loop/identity_state.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop {
namespace {

constexpr std::size_t vin_places = 17;

}  // namespace

IdentityGroup* Identity::State::new_group() {
    auto owned = std::make_unique<Group>();
    Group* g = owned.get();
    groups.emplace(g, std::move(owned));
    return g;
}

IdentityNode& Identity::State::node_for(const Record& r) {
    const std::string key = r.vin.size() == vin_places ? r.vin : r.vin + "|" + (r.plate.empty() ? r.id : r.plate);
    auto& slot = nodes[key];
    if (!slot) {
        slot = std::make_unique<Node>();
        slot->key = key;
        slot->vin = r.vin;
        slot->proven = vin_proven(r.vin);
        slot->group = new_group();
        slot->group->nodes.insert(slot.get());
        for (const auto& k : slip_keys(r.vin)) slips[k].insert(slot.get());
    }
    return *slot;
}

std::vector<IdentityNode*> Identity::State::neighbours(const Node& n) const {
    std::set<Node*> out;
    for (const auto& k : slip_keys(n.vin))
        if (const auto it = slips.find(k); it != slips.end())
            for (Node* m : it->second)
                if (one_slip_apart(n.vin, m->vin)) out.insert(m);
    return {out.begin(), out.end()};
}

/// Adds (+1) or takes away (-1) what a record with VIN says of its node and plates.
void Identity::State::bear(Record& r, int sign) {
    Node& n = *r.node;
    for (const auto* plate : {&r.plate, &r.new_plate}) {
        if (plate->empty()) continue;
        auto& count = n.plates[*plate][r.kind];
        if ((count += sign) == 0) n.plates[*plate].erase(r.kind);
        if (n.plates[*plate].empty()) {
            n.plates.erase(*plate);
            plates[*plate].bearers.erase(&n);
        } else {
            plates[*plate].bearers.insert(&n);
        }
        dirty_plates.insert(*plate);
    }
    if (!r.engine_no.empty() && (n.engines[r.engine_no] += sign) == 0) n.engines.erase(r.engine_no);
}

void Identity::State::put(const Fact& f) {
    if (f.decision) return put_decision(f);
    erase(f.record_id);
    if (!f.vehicle || (f.vehicle->vin.empty() && f.vehicle->plate.empty())) return;
    auto r = std::make_unique<Record>();
    r->id = f.record_id;
    r->occurred_at = r->from = r->to = f.occurred_at;
    if (f.day_only) r->to = r->from + day_ms - 1;
    r->vin = f.vehicle->vin;
    r->plate = f.vehicle->plate;
    r->kind = f.vehicle->plate_kind;
    r->engine_no = f.vehicle->engine_no;
    if (f.event) r->new_plate = f.event->new_plate;
    if (f.repair) r->fail_report_no = f.repair->fail_report_no;
    if (f.inspection && f.inspection->verdict == Verdict::fail && f.inspection->reason != Reason::comparison) {
        r->report_no = f.inspection->report_no;
        r->acceptance_no = f.inspection->acceptance_no;
    }
    add(std::move(r));
}

void Identity::State::add(std::unique_ptr<Record> r) {
    dirty_records.insert(r->id);
    if (r->vin.empty()) {
        plates[r->plate].without_vin.insert(r.get());
        dirty_plates.insert(r->plate);
    } else {
        r->node = &node_for(*r);
        r->node->records.insert(r.get());
        bear(*r, +1);
        dirty_nodes.insert(r->node);
    }
    auto& slot = records[r->id];
    slot = std::move(r);
}

void Identity::State::erase(const std::string& id) {
    const auto it = records.find(id);
    if (it == records.end()) return;
    Record& r = *it->second;
    dirty_records.insert(id);
    if (r.node == nullptr) {
        plates[r.plate].without_vin.erase(&r);
        dirty_plates.insert(r.plate);
        if (r.group != nullptr) {
            r.group->without_vin.erase(&r);
            dirty_groups.insert(r.group);
        }
    } else {
        bear(r, -1);
        r.node->records.erase(&r);
        dirty_nodes.insert(r.node);
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
        dirty_records.insert(id);
    }
}

void Identity::State::erase_decision(const std::string& id) {
    const auto it = decisions.find(id);
    if (it == decisions.end()) return;
    for (const auto& about : {it->second.about, it->second.other}) {
        decisions_about[about].erase(id);
        dirty_records.insert(about);
    }
    decisions.erase(it);
}

void Identity::State::put_into(Record& r, Group* g, int row, std::set<Group*>& touched) {
    if (std::exchange(r.row, row) != row && r.group == g) touched.insert(g);
    if (r.group == g) return;
    if (r.group != nullptr) {
        r.group->without_vin.erase(&r);
        touched.insert(r.group);
    }
    r.group = g;
    g->without_vin.insert(&r);
    touched.insert(g);
}

IdentityGroup* Identity::State::group_of(const std::string& id) const {
    const auto it = records.find(id);
    if (it == records.end()) return nullptr;
    return it->second->node != nullptr ? it->second->node->group : it->second->group;
}

}  // namespace imloop::loop
