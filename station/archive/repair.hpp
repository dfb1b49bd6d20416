// From a message of the archive to the repair record it stands for. Pure: the same message gives the same bytes, so one
// that is sent again counts once. What had to be left out or put in its place is said in the record's `quality`
// (`member`, `code`, `found`); the message itself goes along as `archive_message` where it is small, its known members
// alone. Codes of quality: blank, damaged, unreadable, price_as_hours, cut, generic, company_name_differs,
// not_in_message, defaulted, from_parts, from_description, and those of the table `judgements`.
#pragma once

#include <string>

#include "loop/time.hpp"
#include "station/archive/message.hpp"
#include "station/config.hpp"
#include "station/numbered.hpp"

namespace imloop::station::archive {

struct ArchiveOrder {
    std::string number;           ///< costlistcode
    VehicleName vehicle;          ///< as the message names it; of one that is withdrawn it may be missing
    bool withdrawn = false;       ///< RecallResult 1: the order is taken back
    std::string record_id, line;  ///< empty where refused or withdrawn
    std::string refusal;          ///< zh / en; empty: it was read
};

/// `source`: whose journal it goes into; only a bridge's may lack the fee. `now` serves admission alone.
ArchiveOrder read_repair(const Message&, const ArchiveShop&, const std::string& source, loop::Moment now);

/// The longest texts of the interface, in characters; what is longer was cut by those who sent it.
inline constexpr std::size_t name_cut = 50, text_cut = 200, plate_cut = 8;

}  // namespace imloop::station::archive
