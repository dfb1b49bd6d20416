// For whom each bridge writes: the lists of its credentials.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "loop/admission.hpp"
#include "loop/rows/table.hpp"

namespace imloop::loop {

/// Which credentials of bridges there are that are not revoked and name any. The list in force on a day is the latest
/// by (valid_from, occurred_at, record_id) with valid_from not after it; before the first one the first holds. Const
/// calls may run beside each other where no rows lie elsewhere.
class Bridges {
public:
    explicit Bridges(const Rows* rows = nullptr);

    /// In place of what stands for this record. Gives the texts (stations, counties) that a bridge writes for on other
    /// days than before.
    std::set<std::string> put(const std::string& record_id, const std::optional<Credential>&);
    /// Whether the list in force names it.
    bool names(std::string_view bridge, std::string_view text, Moment) const;

    auto tables() { return std::tie(lists_, bridge_of_); }

    struct List {
        Day valid_from = 0;
        Moment occurred_at = 0;
        std::string record_id;
        std::vector<std::string> writes_for;
        bool operator==(const List&) const = default;
    };

private:
    void erase(const std::string& record_id);

    Table<std::vector<List>> lists_;  // by bridge, ascending by the order above; none empty
    Table<std::string> bridge_of_;    // by record_id
};

template <Like<Bridges::List> T>
auto members(T& l) {
    return std::tie(l.valid_from, l.occurred_at, l.record_id, l.writes_for);
}

}  // namespace imloop::loop
