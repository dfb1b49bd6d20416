// Inside of Identity: what it keeps of records, VINs and plates (identity_index.cpp), the groups that the rows of
// docs/identity.md make of them (identity_rows.cpp, identity_slips.cpp), and the vehicles that groups and decisions
// give (identity_vehicles.cpp). Changes only mark what is dirty; settle() in identity.cpp makes that anew, of rows that
// identity_ahead.cpp has read.
// identity_asking.cpp reads what a record would change.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "loop/identity.hpp"
#include "loop/identity_lists.hpp"
#include "loop/identity_plate.hpp"
#include "loop/identity_shapes.hpp"
#include "loop/rows/table.hpp"

namespace imloop::loop {

/// Of one row's evidence: the same plate and kind on both.
bool share_plate(const IdentityNode&, const IdentityNode&);

/// A row that another names. Throws BadRow where there is none.
template <typename Value>
const Value& row_at(const Table<Value>& table, const std::string& id) {
    const Value* found = table.find(key_of(id));
    if (found == nullptr) throw BadRow(std::string(table.name()) + ": a row that another names is not there");
    return *found;
}
/// To be changed.
template <typename Value>
Value& row_at(Table<Value>& table, const std::string& id) {
    (void)row_at(std::as_const(table), id);
    return *table.change(key_of(id));
}

/// Pointers to rows stay good until the row is erased: a record by erase(), a node by settle().
struct Identity::State {
    using Record = IdentityRecord;
    using Node = IdentityNode;
    using Group = IdentityGroup;
    using Nodes = std::set<const Node*>;
    /// Records with their nodes; none without VIN.
    using Contents = std::map<const Record*, const Node*>;

    explicit State(const Rows* elsewhere) : rows(elsewhere) {}
    const Rows* rows;

    Table<Record> records{"loop_identity_records", rows};       // by id
    Table<Node> nodes{"loop_identity_nodes", rows};             // by key
    Lists node_records{"loop_identity_node_records", rows};     // node -> records
    Lists slips{"loop_identity_slips", rows};                   // slip_keys() -> loose nodes
    Lists bearers{"loop_identity_bearers", rows};               // plate -> nodes
    Table<IdentityPlate> plates{"loop_identity_plates", rows};  // by plate; where a kind is given
    Lists without_vin{"loop_identity_without_vin", rows};       // plate -> records without VIN
    Lists failures{"loop_identity_failures", rows};             // plate, report or acceptance number -> of them
    Lists naming{"loop_identity_naming", rows};                 // plate, number that a repair names -> of them
    Table<Group> groups{"loop_identity_groups", rows};          // by name
    Lists placed{"loop_identity_placed", rows};                 // group -> records without VIN
    Table<IdentityDecision> decisions{"loop_identity_decisions", rows};  // by id
    Lists decided{"loop_identity_decided", rows};                        // record -> decisions about it
    Table<IdentityVehicle> vehicles{"loop_identity_vehicles", rows};     // by id
    Table<IdentityEvidence> evidence{"loop_identity_evidence", rows};    // by vehicle and record
    Lists review{"loop_identity_review", rows};                          // records, of no owner
    auto tables() {
        return std::tie(records, nodes, node_records, slips, bearers, plates, without_vin, failures, naming, groups,
                        placed, decisions, decided, vehicles, evidence, review);
    }

    // What waits for settle(), and is empty after it.
    /// What happened to a group: all of it, or records without VIN that came, changed or went.
    struct Touch {
        bool whole = false;
        std::set<std::string> came, left;
    };
    /// Records without VIN under a plate that may stand elsewhere: all where bearers or kinds have changed.
    struct ToPlace {
        bool all = false;
        std::set<std::string> records;
    };
    std::set<std::string> dirty_nodes;
    std::map<std::string, ToPlace> dirty_plates;
    std::map<std::string, Touch> touched;                        // by group
    std::set<std::string> dirty_records;                         // put or erased
    std::set<std::string> decided_records;                       // of decisions put or erased
    std::set<std::string> moved_records;                         // to another vehicle
    std::map<std::string, std::string> stood;                    // erased, also if put again -> the vehicle each was in
    std::map<const Node*, std::vector<const Node*>> near_known;  // what near() has found
    std::size_t work = 0;

    // Where rows come in sets, those that are needed next (identity_ahead.cpp).
    void read_ahead(const std::vector<Fact>&) const;
    void read_around_changes() const;
    void read_nodes_ahead(const std::set<std::string>& node_keys) const;
    void read_vehicles_ahead(const std::vector<std::string>& vehicle_ids) const;

    // What is kept.
    static Record record_of(const Fact&);
    void put(const Fact&);
    void add(Record);
    void erase(const std::string& id);
    Node& node_for(const Record&);
    void bear(Node&, const Record&, int sign);
    void list_without_vin(const Record&, int sign);
    void leave_group(const Record&);
    void put_into(const Record&, const IdentityHome&);
    const Record* find(const std::string& id) const { return records.find(key_of(id)); }
    const Record& record(const std::string& id) const { return row_at(records, id); }
    const Node& node(const std::string& key) const { return row_at(nodes, key); }
    /// None of a record without VIN.
    const Node* node_of(const Record&) const;
    std::vector<const Record*> records_of(const Node&) const;
    /// Empty where the record is unknown.
    std::string group_of(const std::string& record_id) const;
    /// As last settled.
    std::string vehicle_of(const std::string& record_id) const;

    // Officers' decisions (identity_decisions.cpp).
    void put_decision(const Fact&);
    void erase_decision(const std::string& id);
    bool is_decided(const std::string& record_id) const;
    bool has_decided(const Node& a, const Node& b) const;

    // VINs one slip apart (identity_slips.cpp).
    /// Those of them that the rows ask about: all to a loose node; to another the loose ones and those that share a
    /// plate.
    std::vector<const Node*> neighbours(const Node&) const;
    /// The same while settle() works, each looked for once.
    const std::vector<const Node*>& near(const Node&);
    void list_slips(Node&, bool listed);
    std::vector<const Node*> proven_slips_known(const Node&) const;
    std::vector<const Node*> proven_bearers_near(const Node&, const std::string& plate) const;

    // The table's rows.
    bool joined(const Node& a, const Node& b);
    IdentityBearer bearer(const Node&, std::string_view group, const std::string& plate) const;
    std::set<std::string> kinds_given(const std::string& plate) const;
    std::vector<const Record*> named_without_vin(const Record& repair) const;
    void place_without_vin(const std::string& plate, const ToPlace&);
    bool belongs_on_review(const Node&);
    bool open_for_review(const std::string& record_id) const;

    // Groups as vehicles.
    Contents contents(const std::string& group) const;
    std::map<std::string, Contents> with_whole_vehicles(std::set<std::string> groups) const;
    std::vector<Vehicle> describe(const std::map<std::string, Contents>& groups) const;
    bool grows(const std::string& group, const Touch&) const;
    void grow(const std::string& group, const Touch&, std::set<std::string>& present);
    void describe_anew(const std::map<std::string, Contents>& whole, Changes&);

    // Vehicles as kept (identity_vehicle_rows.cpp).
    std::optional<Vehicle> vehicle(const std::string& id) const;
    Vehicle whole(const std::string& id, const IdentityVehicle&) const;
    void each_vehicle(const std::function<void(const Vehicle&)>&) const;
    void put_vehicle(const Vehicle* was, const Vehicle& now);
    void drop_vehicle(const Vehicle& was);
    void stands_in(const std::string& record_id, const std::string& vehicle_id);

    // The steps of settle().
    Nodes around_changes();
    void drop_empty_nodes(Nodes& around);
    void join_nodes(const Nodes& around);
    void regroup(const std::vector<std::set<std::string>>& into);
    void settle_review(const Nodes& around, Changes&);
    void settle_vehicles(Changes&);
    void drop_empty_groups();
    Changes settle();
    bool settled() const;
};

/// docs/identity.md, rows 2 and 4, on the words of two nodes that are one slip apart. `neighbours(n)`: how many VINs
/// are one slip from n.
template <typename Neighbours>
bool joined_by_rows(const IdentityNode& a, const IdentityNode& b, const Neighbours& neighbours) {
    if (a.proven() && b.proven()) return false;
    if (share_plate(a, b)) return true;
    const auto by_engine = [&](const IdentityNode& bare, const IdentityNode& other) {
        if (!bare.plates.empty()) return false;
        for (const auto& [engine, count] : bare.engines)
            if (other.engines.contains(engine)) return neighbours(bare) == 1;
        return false;
    };
    return by_engine(a, b) || by_engine(b, a);
}

}  // namespace imloop::loop
