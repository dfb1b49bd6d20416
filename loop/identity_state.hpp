// Inside of Identity: the indexes over records, VINs and plates (identity_index.cpp), the groups that the table's rows
// make of them (identity_rows.cpp, identity_slips.cpp), and the vehicles that groups and decisions give
// (identity_vehicles.cpp). Changes only mark what is dirty; settle() in identity.cpp makes that anew.
// identity_asking.cpp reads what a record would change.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "loop/identity.hpp"
#include "loop/identity_plate.hpp"

namespace imloop::loop {

/// What identity keeps of a record: what counts, in the form for comparing.
struct IdentityRecord {
    std::string id;
    Moment occurred_at = 0, from = 0, to = 0;  ///< equal but for a day-only record, which uses its whole day
    std::string vin, plate, kind, new_plate, engine_no;
    std::string fail_report_no;            ///< of a repair
    std::string report_no, acceptance_no;  ///< of a failed test
    IdentityNode* node = nullptr;          ///< none without VIN
    IdentityGroup* group = nullptr;        ///< of a record without VIN: where rows 3, 5 and 8 put it
    int row = 1;
    bool neither() const { return vin.empty() && plate.empty(); }
};

/// All records of one VIN (row 1).
struct IdentityNode {
    std::string key, vin;
    bool proven = false;
    std::set<IdentityRecord*> records;
    std::map<std::string, std::map<std::string, int>> plates;  ///< plate -> kind -> records that say so
    std::map<std::string, int> engines;
    IdentityGroup* group = nullptr;
    bool review = false;
    bool is_listed = false;  ///< among the slips

    /// Adds (+1) or takes away (-1) what a record says of its plates and engine.
    void count(const IdentityRecord&, int sign);
    /// Whether a VIN one slip apart may matter to it though they share no plate: by rows 2, 4 and 7 it does not where
    /// both are proven and have plates.
    bool is_loose() const { return !proven || plates.empty(); }
};

/// Nodes joined by rows 2 and 4 and what row 3 adds; or, without nodes, the records of row 5, or one that stands alone
/// with those that name it.
struct IdentityGroup {
    std::set<IdentityNode*> nodes;
    std::set<IdentityRecord*> without_vin;
    const IdentityRecord* lone = nullptr;
    /// Its vehicle, where that is this group alone and no decision is about its records.
    std::string vehicle_id;
};

struct IdentityDecision {
    std::string id, about, other;
    Moment occurred_at = 0;
    bool join = false;
};

std::string identity_key(const IdentityRecord&);
/// Of one row's evidence: the same plate and kind on both.
bool share_plate(const IdentityNode&, const IdentityNode&);

/// Pointers stay good for as long as the thing stands: each is owned by the map of its kind.
struct Identity::State {
    using Record = IdentityRecord;
    using Node = IdentityNode;
    using Group = IdentityGroup;
    using Plate = IdentityPlate;

    std::unordered_map<std::string, std::unique_ptr<Record>> records;
    std::unordered_map<std::string, std::unique_ptr<Node>> nodes;
    std::unordered_map<std::string, std::set<Node*>> slips;  ///< loose ones, by slip_keys() of their VINs
    std::unordered_map<std::string, Plate> plates;
    std::unordered_map<Group*, std::unique_ptr<Group>> groups;
    std::map<std::string, IdentityDecision> decisions;
    std::unordered_map<std::string, std::set<std::string>> decisions_about;  ///< record_id -> decision ids, never empty

    // The vehicles as last settled.
    std::map<std::string, Vehicle> vehicles;
    std::unordered_map<std::string, std::string> vehicle_of;
    std::set<std::string> review;

    /// What happened to a group since the last settle(): all of it, or records without VIN that came, changed or went.
    struct Touch {
        bool whole = false;
        std::set<Record*> came;
        std::set<std::string> left;
    };
    std::set<Node*> dirty_nodes;
    std::set<std::string> dirty_plates;
    std::map<Group*, Touch> touched;
    std::set<std::string> dirty_records;    ///< put or erased
    std::set<std::string> decided_records;  ///< of decisions put or erased
    std::size_t work = 0;

    // What is kept.
    void put(const Fact&);
    void add(std::unique_ptr<Record>);
    void erase(const std::string& id);
    void put_decision(const Fact&);
    void erase_decision(const std::string& id);
    Node& node_for(const Record&);
    Group* new_group();
    Group* group_of(const std::string& id) const;
    void bear(Record&, int sign);
    void bearers_changed(const std::string& plate);
    void list_without_vin(Record&, int sign);
    void put_into(Record&, Group*, int row);
    bool is_decided(const std::string& record_id) const { return decisions_about.contains(record_id); }

    // VINs one slip apart (identity_slips.cpp).
    /// Those of them that the rows ask about: all to a loose node; to another the loose ones and those that share a
    /// plate.
    std::vector<Node*> neighbours(const Node&) const;
    void list_slips(Node&, bool listed);
    std::vector<Node*> proven_slips_known(const Node&) const;
    std::vector<Node*> proven_bearers_near(const Node&, const std::string& plate) const;

    // The table's rows.
    bool joined(const Node& a, const Node& b) const;
    void place_without_vin(const std::string& plate);
    bool decided(const Node& a, const Node& b) const;
    bool on_review(const Node&) const;
    bool open_for_review(const std::string& record_id) const;

    // Groups as vehicles.
    std::set<Group*> with_whole_vehicles(std::set<Group*>) const;
    std::vector<Vehicle> describe(const std::set<Group*>& groups) const;
    bool grows(const Group&, const Touch&) const;
    void grow(Group&, const Touch&, std::set<std::string>& present);
    void describe_anew(std::set<Group*> whole, Changes&);

    // The steps of settle().
    std::set<Node*> around_changes() const;
    void drop_empty_nodes(std::set<Node*>& around);
    void join_nodes(const std::set<Node*>& around);
    void settle_review(const std::set<Node*>& around, Changes&);
    void settle_vehicles(Changes&);
    Changes settle();
    bool settled() const;
};

/// Rows 2 and 4, on the words of two nodes that are one slip apart. `neighbours(n)`: how many VINs are one slip from n.
template <typename Neighbours>
bool joined_by_rows(const IdentityNode& a, const IdentityNode& b, const Neighbours& neighbours) {
    if (a.proven && b.proven) return false;
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
