// `verify --hub`: a station's own journal and its receipts against what the hub says it holds of them. Reads only: the
// hub's answers on `GET /api/v1/journal` and `GET /api/v1/outcomes`, and the outbox.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "journal/error.hpp"
#include "journal/key.hpp"
#include "service/finding.hpp"
#include "station/outbox.hpp"

namespace imloop::station {

/// What the hub says of one epoch of the caller's journal.
struct Held {
    std::uint64_t last = 0;            ///< 0: nothing of it
    std::string head;                  ///< hex, h(last)
    std::set<std::uint64_t> rejected;  ///< numbers of the lines it did not accept
};

/// Asks for a target with GET and gives the body of a 200.
using Ask = std::function<journal::Result<std::string>(const std::string& target)>;
journal::Result<Held> ask_held(const Ask&, const std::string& epoch);

/// One sentence a difference, with what to do; empty where both say the same. `own` is the key of the station's chain.
std::vector<service::Words> differences(Outbox&, const journal::PublicKey& own, const journal::PublicKey& hub_key,
                                        const Held&);

}  // namespace imloop::station
