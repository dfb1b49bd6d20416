// Random inspection (双随机): which stations are checked and by whom, from a published seed and an algorithm that
// anyone can run again to the same result. A share is drawn purely at random, so that what is found there says how
// things stand everywhere; the rest with chances by risk, without replacement (Efraimidis and Spirakis, 2006).
//
// The algorithm, whole: u(part, a, b) = (n + 0.5) / 2^53, n the first 53 bits of
// SHA-256("imloop/draw/1\n" seed "\n" part "\n" a "\n" b), in order of bits. The `random` ones are those of least
// u("random", station, ""); the `risk` ones, of the rest, those of least -ln u("risk", station, "") / weight. In the
// order of their ids each station gets the officers of least u("officer", station, officer) among those without a
// conflict and with fewer than ceil(stations * officers_each / officers) stations so far; where these are too few,
// among all without a conflict. Ties: the least id.
//
// Pure; thread safe.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace imloop::hub {

struct DrawCandidate {
    std::string station_id, name, county;
    int risk_permille = 0;
    int weight = 1;  ///< chance against other candidates' in the `risk` share, at least 1
};

struct DrawOfficer {
    std::string officer_id, name;
    std::vector<std::string> conflicts;  ///< station ids or counties this officer may not check
};

struct Draw {
    std::string id, seed;
    std::size_t count = 0;         ///< stations to draw
    int random_share_percent = 0;  ///< drawn purely at random, rounded up
    int officers_each = 2;
    std::vector<DrawCandidate> candidates;
    std::vector<DrawOfficer> officers;
};

struct Drawn {
    std::string station_id;
    std::string arm;                    ///< random, risk
    std::vector<std::string> officers;  ///< fewer than asked where the rest have conflicts
    bool operator==(const Drawn&) const = default;
};

/// In the order of station ids.
std::vector<Drawn> draw(const Draw&);

/// The published document: what went in, what came out.
nlohmann::json published(const Draw&, const std::vector<Drawn>&);
/// The draw a document describes. Throws nlohmann::json::exception for another form.
Draw draw_of(const nlohmann::json& document);
std::vector<Drawn> drawn_of(const nlohmann::json& document);

}  // namespace imloop::hub
