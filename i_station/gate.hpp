// The retest gate: may this vehicle be retested, and going on without clearance, as a record.
#pragma once

#include "station/page/site.hpp"

namespace imloop::i_station {

/// What the gate answers with, of the hub or, where it is not reached in time, unknown.
struct GateAnswer {
    std::string clearance;  ///< cleared, repair_required, review, no_open_episode, unknown; empty: nothing was asked
    nlohmann::json hub;     ///< the hub's answer, null where there is none
    loop::Moment asked_at = 0;
    std::string override_id;  ///< of the record that going on without clearance will be
    std::string remark;       ///< what is doubtful in what was asked
    /// Of the open episode, as the hub has them; empty where it gave none.
    nlohmann::json details() const {
        return hub.is_object() ? hub.value("details", nlohmann::json::object()) : nlohmann::json::object();
    }
    /// As it waits for its page.
    nlohmann::json as_json() const;
    static GateAnswer from(const nlohmann::json&);
};

/// `/gate`: the question, and what came of it.
station::page::Html gate(station::page::Site&, const station::page::Request&);
/// What is asked is judged first; what can't be a vehicle is said beside its field.
station::page::Next asked(station::page::Site&, const station::page::Request&);

/// Under an answer that is no clearance.
station::page::Html override_form(const station::page::Site&, const station::page::Request&, const GateAnswer&);
/// `/override`: a retest without clearance, as a record. Leads to the gate again, with what is missing or what was
/// saved.
station::page::Next override_asked(station::page::Site&, const station::page::Request&);

}  // namespace imloop::i_station
