// Ids of records that an operator makes on a page: made with the form, so that a form that is sent twice is one record.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "station/outbox.hpp"

namespace imloop::station {

/// `about`: the record or draft it is about, whose time it takes. The same words give the same id.
std::string form_id(const std::string& about, std::string_view words);

/// The first of `KIND 0`, `KIND 1`, … about one thing that this station has not saved yet, and the one before it.
struct FormTurn {
    std::string id;
    std::string before;  ///< empty: none was saved yet
};
FormTurn form_turn(Outbox&, const std::string& about, std::string_view kind);

/// Whether a record is in the outbox and was not rejected.
bool is_saved(Outbox&, const std::string& record_id);

}  // namespace imloop::station
