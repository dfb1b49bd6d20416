// What one repair form is about, and its draft.
#pragma once

#include "m_station/repair_form.hpp"
#include "station/page/site.hpp"

namespace imloop::m_station {

Drafts drafts(station::page::Site&);

/// An order of the hub, or a vehicle that was typed.
struct Subject {
    std::string id;  ///< the episode, or draft_id()
    nlohmann::json order;
    Draft draft;
    station::FormTurn turn;  ///< of the repair
    /// Of a notice or a list: the failed record; else empty.
    std::string failure() const { return order.value("fail_record_id", ""); }
};

/// By episode, failed record or draft; nothing where it is neither on a list nor kept.
std::optional<Subject> subject_of(station::page::Site&, const station::page::Request&);

}  // namespace imloop::m_station
