// What the rules found against what is true. A flag about records is right when one of its records was cheated; one of
// a rule of stations (S) when the station, or the shop of a pair, had begun to cheat by then. Rules of counties are no
// accusation and are left out.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/eval/feed.hpp"

namespace imloop::eval {

struct OfCheat {
    int campaigns = 0, noticed = 0;             ///< campaigns, with a right flag
    int records = 0, found = 0, by_design = 0;  ///< cheated records, those in a flag, in one of the rules meant for it
    int shown = 0,
        found_firmly = 0;   ///< those that single records should show; of them in a flag of medium grade or up
    std::vector<int> days;  ///< of noticed campaigns: first cheated record -> first right flag
    std::map<std::string, int> rules;  ///< cheated records by the rule that has them
};
struct OfRule {
    int flags = 0, right = 0;
    int accused = 0;  ///< records a flag is about that nobody touched
};
struct Bucket {
    int flags = 0, right = 0;
    double score = 0;  ///< sum
};

struct Score {
    std::map<std::string, OfCheat> cheats;
    std::map<std::string, OfRule> rules;  ///< by rule and claim
    std::array<Bucket, 10> reliability{};
    /// Of record and pair rules, medium grade and up: of the records whose cheats single records should show, those in
    /// a flag; flags, and those that are right.
    int cheated = 0, found = 0, flags = 0, right = 0;
    std::vector<loop::rules::Flag> wrong;              ///< about records that nobody touched
    std::map<std::string, std::string> missed;         ///< of those the ones in no such flag: record id, cheat
    int records = 0, accused = 0, accused_firmly = 0;  ///< records in all; honest ones a flag is about, medium or more
    int stations = 0, stations_flagged = 0, stations_flagged_rightly = 0, stations_cheating = 0;
};

class Judge {
public:
    explicit Judge(const sim::Year&);
    /// What is flagged on a day, for the days until it was noticed. Days ascend.
    void look(const Feed&, loop::Day);
    Score score(const Feed&) const;

private:
    bool is_right(const loop::rules::Flag&, loop::Day) const;
    std::vector<const sim::Campaign*> campaigns_of(const loop::rules::Flag&, loop::Day) const;

    const sim::Year& year_;
    std::map<std::string, std::vector<const sim::Label*>, std::less<>> labels_;  // by record
    std::map<const sim::Campaign*, loop::Day> began_, noticed_;
    std::set<std::string> seen_;  // flag ids
    loop::Day looked_ = 0;
};

/// The tables, for people.
std::string tables(const Score&);

}  // namespace imloop::eval
