#include "hub/draw/draw.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "journal/digest.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

double chance(const Draw& of, const std::string& part, const std::string& a, const std::string& b) {
    const auto digest = journal::sha256("imloop/draw/1\n" + of.seed + "\n" + part + "\n" + a + "\n" + b);
    std::uint64_t n = 0;
    for (int i = 0; i < 8; ++i) n = n << 8 | static_cast<std::uint8_t>(digest[static_cast<std::size_t>(i)]);
    return (static_cast<double>(n >> 11) + 0.5) * 0x1.0p-53;
}

/// Takes the `count` of least key out of `rest`, in the order of (key, id).
std::vector<DrawCandidate> least(std::vector<DrawCandidate>& rest, std::size_t count, auto key) {
    std::vector<std::tuple<double, std::string>> order;
    for (const auto& c : rest) order.emplace_back(key(c), c.station_id);
    std::ranges::sort(order);
    order.resize(std::min(count, order.size()));
    std::vector<DrawCandidate> out;
    for (const auto& [at, id] : order) {
        const auto it = std::ranges::find(rest, id, &DrawCandidate::station_id);
        out.push_back(*it);
        rest.erase(it);
    }
    return out;
}

bool in_conflict(const DrawOfficer& officer, const DrawCandidate& station) {
    return std::ranges::any_of(officer.conflicts,
                               [&](const auto& c) { return c == station.station_id || c == station.county; });
}

std::vector<std::string> officers_for(const Draw& of, const DrawCandidate& station, std::size_t stations,
                                      std::map<std::string, std::size_t>& loads) {
    const auto each = static_cast<std::size_t>(of.officers_each);
    const std::size_t load_max =
        of.officers.empty() ? 0 : (stations * each + of.officers.size() - 1) / of.officers.size();
    const auto eligible = [&](bool with_room) {
        std::vector<std::tuple<double, std::string>> out;
        for (const auto& officer : of.officers)
            if (!in_conflict(officer, station) && (!with_room || loads[officer.officer_id] < load_max))
                out.emplace_back(chance(of, "officer", station.station_id, officer.officer_id), officer.officer_id);
        std::ranges::sort(out);
        return out;
    };
    auto order = eligible(true);
    if (order.size() < each) order = eligible(false);
    order.resize(std::min(each, order.size()));
    std::vector<std::string> out;
    for (const auto& [at, id] : order) out.push_back(id), ++loads[id];
    return out;
}

}  // namespace

std::vector<Drawn> draw(const Draw& of) {
    auto rest = of.candidates;
    const std::size_t count = std::min(of.count, rest.size());
    const auto at_random = (count * static_cast<std::size_t>(of.random_share_percent) + 99) / 100;
    std::vector<std::pair<DrawCandidate, std::string>> chosen;
    for (auto& c : least(rest, at_random, [&](const auto& s) { return chance(of, "random", s.station_id, ""); }))
        chosen.emplace_back(std::move(c), "random");
    for (auto& c : least(rest, count - at_random,
                         [&](const auto& s) { return -std::log(chance(of, "risk", s.station_id, "")) / s.weight; }))
        chosen.emplace_back(std::move(c), "risk");
    std::ranges::sort(chosen, {}, [](const auto& c) { return c.first.station_id; });
    std::map<std::string, std::size_t> loads;
    std::vector<Drawn> out;
    for (const auto& [station, arm] : chosen)
        out.push_back({station.station_id, arm, officers_for(of, station, count, loads)});
    return out;
}

json published(const Draw& of, const std::vector<Drawn>& drawn) {
    json out{{"draw", "imloop/draw/1"},
             {"id", of.id},
             {"seed", of.seed},
             {"count", of.count},
             {"random_share_percent", of.random_share_percent},
             {"officers_each", of.officers_each},
             {"candidates", json::array()},
             {"officers", json::array()},
             {"drawn", json::array()}};
    for (const auto& c : of.candidates)
        out["candidates"].push_back({{"station_id", c.station_id},
                                     {"name", c.name},
                                     {"county", c.county},
                                     {"risk_permille", c.risk_permille},
                                     {"weight", c.weight}});
    for (const auto& o : of.officers)
        out["officers"].push_back({{"officer_id", o.officer_id}, {"name", o.name}, {"conflicts", o.conflicts}});
    for (const auto& d : drawn)
        out["drawn"].push_back({{"station_id", d.station_id}, {"arm", d.arm}, {"officers", d.officers}});
    return out;
}

Draw draw_of(const json& d) {
    Draw out{d.at("id"), d.at("seed"), d.at("count"), d.at("random_share_percent"), d.at("officers_each"), {}, {}};
    for (const auto& c : d.at("candidates"))
        out.candidates.push_back({c.at("station_id"), c.value("name", ""), c.value("county", ""),
                                  c.value("risk_permille", 0), std::max(1, c.value("weight", 1))});
    for (const auto& o : d.at("officers"))
        out.officers.push_back(
            {o.at("officer_id"), o.value("name", ""), o.value("conflicts", std::vector<std::string>())});
    return out;
}

std::vector<Drawn> drawn_of(const json& d) {
    std::vector<Drawn> out;
    for (const auto& one : d.at("drawn"))
        out.push_back({one.at("station_id"), one.at("arm"), one.at("officers").get<std::vector<std::string>>()});
    return out;
}

}  // namespace imloop::hub
