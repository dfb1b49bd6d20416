// Which failed vehicles a shop or an inspection station is to see, and what changed since it last asked. An index over
// the projection's episodes: kept up to date after every settle, so that a poll costs what it answers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "loop/claim.hpp"
#include "loop/projection.hpp"
#include "loop/rows/table.hpp"

namespace imloop::hub {

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
    std::string digest;      ///< of what a station sees, today aside
    std::uint64_t changed = 0;
};
template <loop::Like<WorkItem> T>
auto members(T& i) {
    return std::tie(i.episode_id, i.vehicle_id, i.county, i.failed_at_station, i.failures, i.shops, i.claimed_by,
                    i.taken_in, i.open, i.withdrawn, i.digest, i.changed);
}

/// Not thread safe. Its rows are no function of the lines alone: changes are numbered as they come, so a list that is
/// made anew numbers them otherwise, and places given out before hold no more.
class Worklist {
public:
    explicit Worklist(const loop::Rows* rows = nullptr);

    /// Of these it will be asked what they claim: where rows come in sets, theirs are read at once.
    void read_ahead_of_claims(const std::vector<std::string>& record_ids) const;
    /// What a claim record says today, in place of what it said before.
    void claim(const loop::Claim&);
    /// A record that claims nothing (any more): voided, without effect, or of another kind.
    void drop_claim(const std::string& record_id);
    /// After Projection::settle().
    void update(const loop::Projection&, const loop::Projection::Changes&, loop::Day today);

    /// How a vehicle stands to a station.
    enum class List { here, chosen, county, own, elsewhere };
    struct Shown {
        WorkItem item;
        List list;
    };
    /// Items that changed after `after`, in the order of their changes, `limit` at most. `after` 0: only what is open,
    /// or was repaired here. For a shop (`kind` M): claimed by it, repaired by it, or open in its county; for an I
    /// station: failed there.
    std::vector<Shown> of(char kind, const std::string& station, const std::string& county, std::uint64_t after,
                          std::size_t limit) const;
    /// The number of the last change.
    std::uint64_t version() const;

    auto tables() { return std::tie(items_, lists_, by_vehicle_, by_failure_, claims_, claimed_, version_); }

private:
    void put(WorkItem);
    void withdraw(const std::string& episode_id);
    void apply_claims(WorkItem&) const;
    void claims_changed(const std::string& failure);

    loop::Table<WorkItem> items_;          // by episode
    loop::Table<std::string> lists_;       // by list and change: the episode
    loop::Table<loop::Mark> by_vehicle_;   // by vehicle and episode
    loop::Table<std::string> by_failure_;  // the episode
    loop::Table<loop::Claim> claims_;      // by failure and claim
    loop::Table<std::string> claimed_;     // by claim: the failure
    loop::Table<std::uint64_t> version_;   // one row
};

}  // namespace imloop::hub
