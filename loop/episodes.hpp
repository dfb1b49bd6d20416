// Episodes of one vehicle (docs/episodes.md): failure -> repairs -> retests -> end, and the outcome as of a day.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "loop/fact.hpp"
#include "loop/policy.hpp"
#include "loop/register.hpp"

namespace imloop::loop {

enum class EpisodeOutcome {
    closed_repaired,
    closed_unrepaired,
    passed_elsewhere,
    in_time,
    non_return_not_repaired,
    non_return_not_retested,
    waived,
    scrapped,
    transferred_out,
};
inline constexpr int episode_outcomes = 9;
std::string_view name_of(EpisodeOutcome);
std::optional<EpisodeOutcome> episode_outcome_named(std::string_view);

/// A test whose verdict counts for episodes: periodic, initial or retest, and not aborted.
bool is_formal(const Fact&);

/// All moments are `occurred_at`; days are +08:00.
struct Episode {
    std::string episode_id;  ///< record_id of the first failure
    std::string county;      ///< of the first failure's station in force then; empty where it has no registration
    /// Of the vehicle: as the first failure's record gives it, else the nearest earlier record that does, else the
    /// nearest later; empty where none does.
    std::string registered_county;
    std::string station_id;  ///< of the first failure
    Moment first_failure = 0;
    Moment latest_failure = 0;
    std::vector<std::string> failures;           ///< record ids in the order of the walk
    std::vector<std::string> repairs;            ///< all that belong to it, in the order of the walk
    std::vector<std::string> counting_repairs;   ///< those that count
    std::vector<std::string> counting_stations;  ///< M stations of the counting repairs, ascending, each once
    std::optional<Day> first_counting_day;       ///< of settlement
    std::optional<Day> latest_counting_day;      ///< of the latest counting repair after the latest failure
    std::vector<std::string> retests;            ///< formal tests after the first failure, the closing one included
    std::optional<bool> first_retest_passed;
    std::optional<std::string> ended_by;  ///< record_id of the closing pass or ending event
    std::optional<Moment> ended_at;
    EpisodeOutcome outcome{};
    std::optional<Day> due;  ///< last day in time, of an open episode
    bool operator==(const Episode&) const = default;
};

/// `records` are the vehicle's facts (of all kinds; replaced ones in their replaced form, voided ones left
/// out), `decisions` the `waive` decisions about any of its episodes (they name an episode_id or a failure's
/// record_id). Facts of days after `as_of` are not seen. Pure; the order of the inputs has no effect.
std::vector<Episode> episodes(std::span<const Fact> records, std::span<const Fact> decisions, const Register&,
                              const Policies&, Day as_of);
/// Where the vehicle is registered at one of its records: as that record gives it, else the nearest earlier one that
/// does, else the nearest later, by place; empty where none does. `records` as for episodes(); one of a later day than
/// `as_of` is not seen.
std::string registered_county(const std::string& record_id, std::span<const Fact> records, const Register&, Day as_of);

}  // namespace imloop::loop
