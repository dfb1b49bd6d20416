// Inside of Identity: the indexes over records, VINs and plates, and the groups that the table's rows make of them.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
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
    bool row4 = false;  ///< a node was joined by its engine number
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

}  // namespace imloop::loop
