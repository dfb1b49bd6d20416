#include "hub/peers_of_day.hpp"

#include "hub/report/peers.hpp"

namespace imloop::hub {

using nlohmann::json;

std::optional<json> PeersOfDay::of(const std::string& station, loop::Day day) const {
    const std::lock_guard guard(mutex_);
    if (day_ != day) return std::nullopt;
    const auto own = figures_.find(station);
    return own == figures_.end() ? json::array() : own->second;
}

void PeersOfDay::make(Watch& watch, loop::Day day) {
    watch.look(Scope::internal(), Watch::Sweep::of_today, [&](const Watch::View& view) {
        auto figures = peer_figures(view.suspects.statistics(), day);
        const std::lock_guard guard(mutex_);
        figures_ = std::move(figures);
        day_ = day;
    });
}

}  // namespace imloop::hub
