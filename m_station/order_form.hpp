// The repair form as HTML.
#pragma once

#include "m_station/repair_form.hpp"
#include "station/page/site.hpp"

namespace imloop::m_station {

/// What a form stands for beside what is typed in it.
struct FormOf {
    std::string order;          ///< the episode, or draft_id() of a vehicle on no list
    std::string record_id;      ///< of the repair that it will be, however often it is sent
    std::string claim;          ///< of the claim that taking in or giving back will be
    std::uint64_t version = 0;  ///< of the draft it was made from
    bool again = false;         ///< a further repair for the same failure
};

/// Of a chosen vehicle, with what is typed and what is missing.
station::page::Html order_form(station::page::Site&, const nlohmann::json& order, const FormOf&, const Fields&,
                               const FieldProblems&, const station::page::Language&);

/// What the shop's latest repair had and the next one will have again: technician, inspector, warranty.
Fields usual_fields(station::page::Site&);

/// Photos of an order until it is submitted, then of the record; nothing for a name that is no id.
std::optional<std::filesystem::path> photo_folder(const station::Config&, const std::string& id);

}  // namespace imloop::m_station
