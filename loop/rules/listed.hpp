// Records that a fold lists under a unit, to be found again in their order.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

/// Of a listed record the word: it orders by (occurred_at, record_id).
std::string listed_as(const Record&);
struct Listed {
    Moment at = 0;
    std::string id;
};
/// In their order, as long as `visit` wants the next.
void each_listed(const Sums&, std::string_view unit, const std::function<bool(const Listed&)>& visit);
/// Those of them that still count.
void each_record(const Sums&, std::string_view unit, const std::function<bool(const Record&)>& visit);
std::optional<Record> first_record(const Sums&, std::string_view unit);

/// Which of many things is said how often: `add_often` counts a unit's records in the cells of a tag, `most_often`
/// gives those said so often at least, of equal ones in the order of their numbers.
struct Often {
    std::int64_t what = 0, times = 0;
};
void add_often(std::string_view tag, Often, Cells&);
std::vector<Often> most_often(const Sums&, std::string_view tag, double times_min);

}  // namespace imloop::loop::rules
