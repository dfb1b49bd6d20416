// What identity keeps: records, the nodes of their VINs, plates; and what each change of them makes dirty.
#include <cassert>
#include <utility>

#include "loop/identity_state.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/vehicle/words.hpp"

namespace imloop::loop {
namespace {

constexpr std::size_t vin_places = 17;

void list(Lists& lists, const std::string& plate, const std::string& number, const std::string& id, int sign) {
    if (number.empty()) return;
    sign > 0 ? lists.put(key_of(plate, number), id) : lists.erase(key_of(plate, number), id);
}

}  // namespace

std::string IdentityNode::key_of_record(const IdentityRecord& r) {
    return r.vin.size() == vin_places ? r.vin : r.vin + "|" + (r.plate.empty() ? r.id : r.plate);
}

bool IdentityNode::proven() const { return vin_proven(vin()); }

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
    size += static_cast<std::size_t>(sign);
}

const IdentityNode* Identity::State::node_of(const Record& r) const {
    return r.vin.empty() ? nullptr : &node(Node::key_of_record(r));
}

std::vector<const IdentityRecord*> Identity::State::records_of(const Node& n) const {
    std::vector<const Record*> out;
    for (const auto& id : node_records.of(key_of(n.key))) out.push_back(&record(id));
    return out;
}

std::string Identity::State::group_of(const std::string& record_id) const {
    const Record* r = find(record_id);
    if (r == nullptr) return {};
    const Node* n = node_of(*r);
    return n != nullptr ? n->group : r->group;
}

std::string Identity::State::vehicle_of(const std::string& record_id) const {
    if (const auto it = stood.find(record_id); it != stood.end()) return it->second;
    const Record* r = find(record_id);
    return r == nullptr ? std::string() : r->vehicle_id;
}

IdentityNode& Identity::State::node_for(const Record& r) {
    const std::string key = Node::key_of_record(r);
    if (Node* known = nodes.change(key_of(key))) return *known;
    const std::string group = Group::of_nodes(key);
    groups.put(key_of(group), {{key}, {}});
    Node& made = nodes.put(key_of(key), {});
    made.key = key;
    made.group = group;
    return made;
}

/// Adds or takes away what a record says of its node and plates.
void Identity::State::bear(Node& n, const Record& r, int sign) {
    const std::set<std::string> named{r.plate, r.new_plate};
    std::set<std::string> borne;
    for (const auto& plate : named)
        if (n.plates.contains(plate)) borne.insert(plate);
    n.count(r, sign);
    list_slips(n, n.is_loose());
    for (const auto& plate : named) {
        if (plate.empty()) continue;
        dirty_plates[plate].all = true;
        const bool is_borne = n.plates.contains(plate);
        if (is_borne == borne.contains(plate)) continue;
        if (is_borne) {
            bearers.put(key_of(plate), n.key);
            continue;
        }
        bearers.erase(key_of(plate), n.key);
        if (!n.proven()) continue;
        // Those it shared the plate with are found by it no more.
        for (const Node* parted : proven_bearers_near(n, plate)) dirty_nodes.insert(parted->key);
    }
}

/// Adds or takes away a record without VIN under its plate. Where no kind comes or goes, it and the repairs that name
/// it are all that there is to place.
void Identity::State::list_without_vin(const Record& r, int sign) {
    ToPlace& to_place = dirty_plates[r.plate];
    if (sign > 0) {
        without_vin.put(key_of(r.plate), r.id);
        to_place.records.insert(r.id);
    } else {
        without_vin.erase(key_of(r.plate), r.id);
        to_place.records.erase(r.id);
    }
    if (!r.kind.empty()) {
        auto& kinds = plates.change_or_new(key_of(r.plate)).kinds;
        const bool was_given = kinds.contains(r.kind);
        if ((kinds[r.kind] += sign) == 0) kinds.erase(r.kind);
        if (kinds.contains(r.kind) != was_given) to_place.all = true;
        if (kinds.empty()) plates.erase(key_of(r.plate));
    }
    list(naming, r.plate, r.fail_report_no, r.id, sign);
    for (const auto* number : {&r.report_no, &r.acceptance_no}) {
        list(failures, r.plate, *number, r.id, sign);
        if (!number->empty())
            for (const auto& id : naming.of(key_of(r.plate, *number))) to_place.records.insert(id);
    }
}

IdentityRecord Identity::State::record_of(const Fact& f) {
    assert(f.vehicle);
    const VehicleWords words = counting(*f.vehicle);
    Record r;
    r.id = f.record_id;
    r.occurred_at = f.occurred_at;
    r.day_only = f.day_only;
    r.vin = words.vin;
    r.plate = comparable_plate(words.plate);
    r.kind = words.plate_kind;
    r.engine_no = words.engine_no;
    if (f.event) {
        VehicleWords after;
        after.plate = f.event->new_plate;
        r.new_plate = comparable_plate(counting(std::move(after)).plate);
    }
    if (f.repair) r.fail_report_no = f.repair->fail_report_no;
    if (f.inspection && f.inspection->verdict == Verdict::fail && f.inspection->reason != Reason::comparison) {
        r.report_no = f.inspection->report_no;
        r.acceptance_no = f.inspection->acceptance_no;
    }
    return r;
}

void Identity::State::put(const Fact& f) {
    if (f.decision) return put_decision(f);
    erase(f.record_id);
    if (f.vehicle) add(record_of(f));
}

void Identity::State::add(Record words) {
    assert(!words.id.empty() && find(words.id) == nullptr);
    dirty_records.insert(words.id);
    words.is_decided = is_decided(words.id);
    const std::string key = key_of(words.id);
    const Record& r = records.put(key, std::move(words));
    if (r.neither()) {
        put_into(r, {Group::of_record(r.id), 8});
    } else if (r.vin.empty()) {
        list_without_vin(r, +1);
    } else {
        Node& n = node_for(r);
        node_records.put(key_of(n.key), r.id);
        bear(n, r, +1);
        dirty_nodes.insert(n.key);
    }
}

void Identity::State::erase(const std::string& id) {
    const Record* known = find(id);
    if (known == nullptr) return;
    const Record& r = *known;
    dirty_records.insert(id);
    if (!r.vehicle_id.empty()) stood.emplace(id, r.vehicle_id);
    if (!r.vin.empty()) {
        Node& n = row_at(nodes, Node::key_of_record(r));
        node_records.erase(key_of(n.key), id);
        bear(n, r, -1);
        dirty_nodes.insert(n.key);
        touched[n.group].left.insert(id);
    } else if (!r.plate.empty()) {
        list_without_vin(r, -1);
    }
    leave_group(r);
    records.erase(key_of(id));
}

void Identity::State::leave_group(const Record& r) {
    if (r.group.empty()) return;
    placed.erase(key_of(r.group), r.id);
    auto& touch = touched[r.group];
    touch.left.insert(r.id);
    touch.came.erase(r.id);
}

void Identity::State::put_into(const Record& where, const IdentityHome& home) {
    assert(!home.group.empty() && where.vin.empty());
    if (where.group == home.group && where.row == home.row) return;
    Record& r = row_at(records, where.id);
    r.row = home.row;
    auto& touch = touched[home.group];
    touch.came.insert(r.id);
    if (r.group == home.group) return;
    leave_group(r);
    r.group = home.group;
    placed.put(key_of(r.group), r.id);
    touch.left.erase(r.id);
}

bool Identity::State::settled() const {
    return dirty_nodes.empty() && dirty_plates.empty() && touched.empty() && dirty_records.empty() &&
           decided_records.empty() && stood.empty() && moved_records.empty() && near_known.empty();
}

}  // namespace imloop::loop
