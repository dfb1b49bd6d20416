// The rows that identity keeps. Each is a function of the set of records: nothing in them tells in which order these
// came. Rows name each other by key. Rows with a number are those of docs/identity.md.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "loop/identity.hpp"
#include "loop/pack.hpp"
#include "loop/rows/key.hpp"

namespace imloop::loop {

/// What identity keeps of a record: what counts, in the form for comparing.
struct IdentityRecord {
    std::string id;
    Moment occurred_at = 0;
    bool day_only = false;  ///< uses its whole day
    std::string vin, plate, kind, new_plate, engine_no;
    std::string fail_report_no;            ///< of a repair
    std::string report_no, acceptance_no;  ///< of a failed test
    bool is_decided = false;               ///< an officer's decision is about it
    int row = 1;                           ///< of docs/identity.md
    std::string group;                     ///< of a record without VIN (docs/identity.md, rows 3, 5 and 8)
    std::string vehicle_id;                ///< as last settled; empty for one put since

    Moment from() const { return occurred_at; }
    Moment to() const { return day_only ? occurred_at + day_ms - 1 : occurred_at; }
    bool comes_before(const IdentityRecord& r) const {
        return std::tie(occurred_at, id) < std::tie(r.occurred_at, r.id);
    }
    bool neither() const { return vin.empty() && plate.empty(); }
};
template <Like<IdentityRecord> T>
auto members(T& r) {
    return std::tie(r.id, r.occurred_at, r.day_only, r.vin, r.plate, r.kind, r.new_plate, r.engine_no, r.fail_report_no,
                    r.report_no, r.acceptance_no, r.is_decided, r.row, r.group, r.vehicle_id);
}

/// All records of one VIN (docs/identity.md, row 1).
struct IdentityNode {
    std::string key;
    std::size_t size = 0;                                      ///< records
    std::map<std::string, std::map<std::string, int>> plates;  ///< plate -> kind -> records that say so
    std::map<std::string, int> engines;
    std::string group;
    bool is_on_review = false;
    bool is_listed = false;  ///< among the slips

    std::string_view vin() const { return vin_of(key); }
    bool proven() const;
    /// Adds (+1) or takes away (-1) what a record says of its plates and engine.
    void count(const IdentityRecord&, int sign);
    /// Whether a VIN one slip apart may matter to it though they share no plate: by rows 2, 4 and 7 it does not where
    /// both are proven and have plates.
    bool is_loose() const { return plates.empty() || !proven(); }

    /// The VIN where it has 17 places; a shorter old-style number with its plate, or with its record where it has none.
    static std::string key_of_record(const IdentityRecord&);
    static std::string_view vin_of(std::string_view key) { return key.substr(0, key.find('|')); }
};
template <Like<IdentityNode> T>
auto members(T& n) {
    return std::tie(n.key, n.size, n.plates, n.engines, n.group, n.is_on_review, n.is_listed);
}

/// Nodes joined by rows 2 and 4 and what row 3 adds; or, without nodes, the records of row 5, or one that stands alone
/// with those that name it. Its name says what holds it together.
struct IdentityGroup {
    std::set<std::string> nodes;  ///< their keys
    /// Its vehicle, where that is this group alone and no decision is about its records.
    std::string vehicle_id;

    static std::string of_nodes(const std::string& least_key) { return "vin " + least_key; }
    static std::string of_plate(const std::string& plate, const std::string& kind) {
        return "plate " + key_of(plate, kind);
    }
    static std::string of_record(const std::string& id) { return "record " + id; }
};
template <Like<IdentityGroup> T>
auto members(T& g) {
    return std::tie(g.nodes, g.vehicle_id);
}

/// What the records without VIN under one plate say together.
struct IdentityPlate {
    std::map<std::string, int> kinds;  ///< where given -> how many
};
template <Like<IdentityPlate> T>
auto members(T& p) {
    return std::tie(p.kinds);
}

struct IdentityDecision {
    std::string id, about, other;
    Moment occurred_at = 0;
    bool join = false;
};
template <Like<IdentityDecision> T>
auto members(T& d) {
    return std::tie(d.id, d.about, d.other, d.occurred_at, d.join);
}

struct IdentityVehicle {
    std::string vin;
    std::size_t size = 0;  ///< records
};
template <Like<IdentityVehicle> T>
auto members(T& v) {
    return std::tie(v.vin, v.size);
}

struct IdentityEvidence {
    Certainty certainty{};
    int row = 1;
    bool operator==(const IdentityEvidence&) const = default;
};
template <Like<IdentityEvidence> T>
auto members(T& e) {
    return std::tie(e.certainty, e.row);
}

}  // namespace imloop::loop
