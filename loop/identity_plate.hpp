// One plate: who bears it, and where rows 3, 5 and 8 put its records without VIN. Pure: a function of the bearers, of
// the kinds of the records without VIN, and of the record itself.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "loop/time.hpp"

namespace imloop::loop {

struct IdentityNode;
struct IdentityGroup;
struct IdentityRecord;

/// Where a record without VIN belongs: with a group of VINs (row 3), with the records of its plate and kind (row 5), or
/// alone (row 8, or with one that stands alone and is named: row 3).
struct IdentityHome {
    IdentityGroup* group = nullptr;
    std::optional<std::string> kind = std::nullopt;  ///< row 5
    const IdentityRecord* lone = nullptr;
    auto operator<=>(const IdentityHome&) const = default;  // NOLINT(modernize-use-nullptr): the 0 of `<`, not ours
};

/// Row 3's "belong to one vehicle at that time", for records of one kind. What stands between the same bearers' records
/// has one answer, found by counting: no bearer is looked at twice.
class IdentityTimes {
public:
    /// Of a bearer's record; all before finish().
    void add(IdentityGroup*, Moment from, Moment to);
    void finish();
    /// The one group with records on both sides, or the nearest on both sides, or on the only side; none otherwise.
    IdentityGroup* group_at(Moment from, Moment to) const;

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
    std::map<IdentityGroup*, Span> spans_;
    std::map<Moment, std::set<IdentityGroup*>> froms_, tos_;
    std::vector<IdentityGroup*> groups_;
    std::vector<Edge> begins_, ends_;  ///< ascending by `at`
};

class IdentityPlateRows {
public:
    using Bearer = std::pair<const IdentityNode*, IdentityGroup*>;
    /// `kinds`: of the plate's records without VIN, where given.
    IdentityPlateRows(std::string plate, std::vector<Bearer> bearers, std::set<std::string> kinds);

    /// By its own words alone; what a `fail_report_no` names outranks it.
    IdentityHome home(const IdentityRecord&) const;
    /// Failed tests with VIN under the plate that have this report or acceptance number.
    const std::vector<const IdentityRecord*>& failures(const std::string& number) const;

private:
    const IdentityTimes& times(const std::string& kind) const;

    std::string plate_;
    std::vector<Bearer> bearers_;
    std::set<std::string> vin_kinds_, bare_kinds_, all_kinds_;
    bool kindless_vin_ = false;
    // Made when first asked for.
    mutable std::map<std::string, IdentityTimes> times_;  // by kind
    mutable std::optional<std::map<std::string, std::vector<const IdentityRecord*>>> failures_;
};

struct IdentityPlate {
    std::set<IdentityNode*> bearers;
    std::set<IdentityRecord*> without_vin;
    std::map<std::string, int> kinds;                           ///< of those without VIN -> how many
    std::map<std::string, std::set<IdentityRecord*>> failures;  ///< without VIN, by report and acceptance number
    std::map<std::string, std::set<IdentityRecord*>> naming;    ///< repairs without VIN by the number they name
    std::map<std::string, IdentityGroup*> row_5;                ///< by kind
    std::set<IdentityRecord*> to_place;
    std::unique_ptr<const IdentityPlateRows> rows;  ///< none: bearers or kinds have changed, all are to be placed

    std::set<std::string> kinds_given() const;
    /// The one home of the failures that a repair names under its plate. `home_of`: a failure's.
    std::optional<IdentityHome> named(const IdentityRecord& repair, const IdentityPlateRows&,
                                      const std::function<IdentityHome(const IdentityRecord&)>& home_of) const;
};

}  // namespace imloop::loop
