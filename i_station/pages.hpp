// The inspection station's local pages: status, retest gate, failed vehicles with their notices, settings.
#pragma once

#include "station/page/site.hpp"

namespace imloop::i_station {

station::page::Answer pages(station::page::Site&, const station::page::Request&);

/// What the gate answers with, of the hub or, where it is not reached in time, unknown.
struct GateAnswer {
    std::string clearance;  ///< cleared, repair_required, review, no_open_episode, unknown
    nlohmann::json hub;     ///< the hub's answer, null where there is none
    loop::Moment asked_at = 0;
    /// Of the open episode, as the hub has them; empty where it gave none.
    nlohmann::json details() const {
        return hub.is_object() ? hub.value("details", nlohmann::json::object()) : nlohmann::json::object();
    }
};

station::page::Html gate(station::page::Site&, const station::page::Request&);
/// `/override`: a retest without clearance, as a record. The gate again, with what is missing, or what was saved.
station::page::Html override_gate(station::page::Site&, const station::page::Request&);
station::page::Html failed_vehicles(station::page::Site&, const station::page::Request&);
/// The notice on one A4 page; nothing where this station has no such failed test.
std::optional<station::page::Html> notice(station::page::Site&, const station::page::Request&);

}  // namespace imloop::i_station
