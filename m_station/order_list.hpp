// The shop's work orders in the order in which they are shown, and what is said of one. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "station/hub_copy.hpp"
#include "station/page/frame.hpp"

namespace imloop::m_station {

/// Open and not repaired since the latest failure.
bool is_to_repair(const nlohmann::json& order);
/// Of one list (here, chosen, county), or of all three where it is empty, in that order; to repair first, then by
/// deadline. They live as long as the view.
std::vector<const nlohmann::json*> orders_of(const station::HubView&, std::string_view list);
/// Vehicles whose owners chose this shop and that are not repaired yet.
std::size_t chosen_to_repair(const station::HubView&);
/// Of an episode, or of its latest failed record; nullptr where it is on no list.
const nlohmann::json* order_named(const station::HubView&, const std::string& id);

/// `已到店`, `选了本店`, `本县待修`.
std::string_view list_name(std::string_view list, const station::page::Language&);
/// `怠速 CO、高怠速 HC`.
std::string failed_words(const nlohmann::json& order, const station::page::Language&);
/// `远途 YT6440 · 汽油 · 国V`.
std::string vehicle_words(const nlohmann::json& vehicle, const station::page::Language&);
/// Plate as it is shown, else VIN.
std::string plate_words(const nlohmann::json& order);
/// To repair, repaired with the retest due, failed again, passed, or the other outcomes.
station::page::State standing(const nlohmann::json& order, const station::page::Language&);

}  // namespace imloop::m_station
