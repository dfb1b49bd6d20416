// Inside of Identity: the indexes over records, VINs and plates (identity_index.cpp), the groups that the table's rows
// make of them (identity_rows.cpp), and the vehicles that groups and decisions give (identity_vehicles.cpp). Changes
// only mark what is dirty; settle() in identity.cpp makes that anew.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "loop/identity.hpp"

namespace imloop::loop {

struct IdentityNode;
struct IdentityGroup;

/// What identity keeps of a record. The times are equal but for a day-only record, which uses its whole day.
struct IdentityRecord {
    std::string id;
    Moment occurred_at = 0, from = 0, to = 0;
    std::string vin, plate, kind, new_plate, engine_no;
    std::string fail_report_no;            ///< of a repair
    std::string report_no, acceptance_no;  ///< of a failed test
    IdentityNode* node = nullptr;          ///< none without VIN
    IdentityGroup* group = nullptr;        ///< of a record without VIN: where rows 3, 5 and 8 put it
    int row = 1;
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
};

/// Nodes joined by rows 2 and 4 and what row 3 adds; or, without nodes, the records of row 5, or one that stands alone.
struct IdentityGroup {
    std::set<IdentityNode*> nodes;
    std::set<IdentityRecord*> without_vin;
};

struct IdentityPlate {
    std::set<IdentityNode*> bearers;
    std::set<IdentityRecord*> without_vin;
    bool crowded = false;  ///< beyond plate_bearers_max
    bool over() const { return bearers.size() > plate_bearers_max || without_vin.size() > plate_bearers_max; }
};

struct IdentityDecision {
    std::string id, about, other;
    Moment occurred_at = 0;
    bool join = false;
};

/// Pointers stay good for as long as the thing stands: each is owned by the map of its kind.
struct Identity::State {
    using Record = IdentityRecord;
    using Node = IdentityNode;
    using Group = IdentityGroup;
    using Plate = IdentityPlate;

    std::unordered_map<std::string, std::unique_ptr<Record>> records;
    std::unordered_map<std::string, std::unique_ptr<Node>> nodes;
    std::unordered_map<std::string, std::set<Node*>> slips;  ///< by slip_keys() of their VINs
    std::unordered_map<std::string, Plate> plates;
    std::unordered_map<Group*, std::unique_ptr<Group>> groups;
    std::map<std::string, IdentityDecision> decisions;
    std::unordered_map<std::string, std::set<std::string>> decisions_about;  ///< record_id -> decision ids

    // The vehicles as last settled.
    std::map<std::string, Vehicle> vehicles;
    std::unordered_map<std::string, std::string> vehicle_of;
    std::set<std::string> review;

    std::set<Node*> dirty_nodes;
    std::set<std::string> dirty_plates;
    std::set<Group*> dirty_groups;        ///< that lost a record without VIN
    std::set<std::string> dirty_records;  ///< without VIN and plate evidence, erased, or decided about
    std::size_t work = 0;

    // What is kept.
    void put(const Fact&);
    void add(std::unique_ptr<Record>);
    void erase(const std::string& id);
    void put_decision(const Fact&);
    void erase_decision(const std::string& id);
    Node& node_for(const Record&);
    std::vector<Node*> neighbours(const Node&) const;
    Group* new_group();
    Group* group_of(const std::string& id) const;
    void bear(Record&, int sign);
    void put_into(Record&, Group*, int row, std::set<Group*>& touched);

    // The table's rows.
    bool joined(const Node& a, const Node& b) const;
    Group* by_row_3(const Record&, const Plate&) const;
    Group* named(const Record&, const Plate&) const;
    void place_without_vin(const std::string& plate, std::set<Group*>& touched);
    bool decided(const Node& a, const Node& b) const;
    bool on_review(const Node&) const;

    // Groups as vehicles.
    std::set<Group*> with_whole_vehicles(std::set<Group*>) const;
    std::vector<Vehicle> describe(const std::set<Group*>& groups) const;

    void join_nodes(const std::set<Node*>& around, std::set<Group*>& touched);
    Changes settle();
};

}  // namespace imloop::loop
