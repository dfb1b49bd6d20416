// One plate: who bears it, and where its records without VIN belong (docs/identity.md, rows 3, 5 and 8). Pure: a
// function of the bearers, of the kinds of the records without VIN, and of the record itself.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "loop/identity_shapes.hpp"

namespace imloop::loop {

/// Of plates: one that is not given agrees with any.
bool kinds_agree(const std::string& a, const std::string& b);

/// Where a record without VIN belongs, by the rows of docs/identity.md: with a group of VINs (row 3), with the records
/// of its plate and kind (row 5), or alone (row 8, or with one that stands alone and is named: row 3).
struct IdentityHome {
    std::string group;
    int row = 8;
};

/// Whose the plate was then (docs/identity.md, row 3), for records of one kind. What stands between the same bearers'
/// records has one answer, found by counting: no bearer is looked at twice. Names of groups that are put in outlive it.
class IdentityTimes {
public:
    /// Of a bearer's record; all before finish().
    void add(std::string_view group, Moment from, Moment to);
    void finish();
    /// The one group with records on both sides, or the nearest on both sides, or on the only side; empty otherwise.
    std::string_view group_at(Moment from, Moment to) const;

private:
    /// First beginning, or last end, of a group's records.
    struct Edge {
        Moment at = 0;
        std::size_t group = 0;  ///< its number in `groups_`
        std::size_t sum = 0;    ///< of the numbers of this edge and those before
    };
    struct Span {
        Moment first_from, last_to;
    };
    std::map<std::string_view, Span> spans_;
    std::map<Moment, std::set<std::string_view>> froms_, tos_;
    std::vector<std::string_view> groups_;
    std::vector<Edge> begins_, ends_;  ///< ascending by `at`
};

/// A VIN with its records under a plate. What it points at outlives it.
struct IdentityBearer {
    const IdentityNode* node;
    std::string_view group;
    std::vector<const IdentityRecord*> records;
};

class IdentityPlateRows {
public:
    /// `kinds`: of the plate's records without VIN, where given.
    IdentityPlateRows(std::string plate, std::vector<IdentityBearer> bearers, std::set<std::string> kinds);

    /// By its own words, outranked by the one home of the failures that its `fail_report_no` names. The second: those
    /// of them without VIN.
    IdentityHome home(const IdentityRecord&, const std::vector<const IdentityRecord*>& failures_without_vin) const;

private:
    struct Failure {
        const IdentityRecord* record;
        std::string_view group;
    };
    IdentityHome home_by_itself(const IdentityRecord&) const;
    const IdentityTimes& times(const std::string& kind) const;
    const std::vector<Failure>& failures(const std::string& number) const;

    std::string plate_;
    std::vector<IdentityBearer> bearers_;
    std::set<std::string> vin_kinds_, bare_kinds_, all_kinds_;
    bool kindless_vin_ = false;
    // Made when first asked for.
    mutable std::map<std::string, IdentityTimes> times_;                             // by kind
    mutable std::optional<std::map<std::string, std::vector<Failure>>> failures_{};  // with VIN, by number
};

}  // namespace imloop::loop
