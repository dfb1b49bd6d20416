// Which failed vehicles a shop or an inspection station is to see, and what changed since it last asked. An index over
// the projection's episodes: kept up to date after every settle, so that a poll costs what it answers.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "loop/projection.hpp"

namespace imloop::hub {

/// One `claim` record.
struct Claim {
    std::string record_id;
    std::string fail_record_id;
    std::string action;   ///< choose, take_in, give_back
    std::string station;  ///< the shop: the writer, or the one an inspection station wrote down for the owner
    loop::Moment occurred_at = 0;
};

struct WorkItem {
    std::string episode_id;
    std::string vehicle_id;
    std::string county;
    std::string failed_at_station;
    std::vector<std::string> failures;
    std::vector<std::string> shops;  ///< with a counting repair
    std::string claimed_by;          ///< empty: no one
    bool taken_in = false;           ///< else chosen
    bool open = false;
    bool withdrawn = false;  ///< there is no such episode any more
    std::string digest;      ///< of what a station sees, the day aside
    std::uint64_t changed = 0;
};

/// Not thread safe.
class Worklist {
public:
    /// What a claim record says today, in place of what it said before.
    void claim(const Claim&);
    /// A record that claims nothing (any more): voided, without effect, or of another kind.
    void drop_claim(const std::string& record_id);
    /// After Projection::settle().
    void update(const loop::Projection&, const loop::Projection::Changes&, loop::Day today);

    /// How a vehicle stands to a station.
    enum class List { here, chosen, county, own, elsewhere };
    struct Shown {
        const WorkItem* item;
        List list;
    };
    /// Items that changed after `after`, in the order of their changes, `limit` at most. `after` 0: only what is open,
    /// or was repaired here. For a shop (`kind` M): claimed by it, repaired by it, or open in its county; for an I
    /// station: failed there.
    std::vector<Shown> of(char kind, const std::string& station, const std::string& county, std::uint64_t after,
                          std::size_t limit) const;
    std::uint64_t version() const { return version_; }

private:
    void changed(WorkItem&);
    void apply_claims(WorkItem&);
    void claims_changed(const std::string& failure);

    std::map<std::string, WorkItem> items_;                              // by episode
    std::map<std::uint64_t, std::string> order_;                         // episodes by their last change
    std::unordered_map<std::string, std::set<std::string>> by_vehicle_;  // episodes
    std::unordered_map<std::string, std::string> by_failure_;            // episode
    std::unordered_map<std::string, std::vector<Claim>> claims_;         // by failure
    std::unordered_map<std::string, std::string> claimed_failure_;       // by claim
    std::uint64_t version_ = 0;
};

}  // namespace imloop::hub
