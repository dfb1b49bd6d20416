// The retest gate's question: may this vehicle be tested again?
#include "hub/calls/calls.hpp"
#include "hub/record_words.hpp"
#include "loop/json.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::hub::calls {
namespace {

using nlohmann::json;

/// What an inspection station shows beside the answer: the latest failure and what was repaired since the first.
json details(Reader& reader, const loop::Episode& e, loop::Moment now) {
    const json failure = words_of(reader, e.failures.back());
    json out{{"fail_record_id", e.failures.back()},
             {"failed_at", failure.value("occurred_at", "")},
             {"readings", failure.value("readings", json::array())},
             {"repairs", json::array()}};
    if (e.due) out["due"] = loop::format_day(*e.due);
    for (const auto& repair_id : e.counting_repairs) {
        const json repair = words_of(reader, repair_id);
        const std::string shop = repair.value("station_id", "");
        json one{{"station_id", shop}, {"settled_at", repair.value("settled_at", "")}};
        if (const auto view = reader.loop.projection.stations().at(shop, now)) one["station_name"] = view->name;
        for (const auto* name : {"items", "parts", "readings_after"})
            if (repair.contains(name)) one[name] = repair[name];
        out["repairs"].push_back(std::move(one));
    }
    return out;
}

}  // namespace

Answer clearance(Context& c) {
    const auto read = loop::parse_bounded(c.request.body);
    const auto why = loop::json_problem(read.code, read.pointer);
    if (!read.code.empty()) return problem(400, {"malformed_request", why.zh, why.en});
    const json& in = read.json;
    const auto word = [&](const char* name) {
        const auto it = in.find(name);
        return it != in.end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    if (!in.is_object() || (word("vin").empty() && word("plate").empty()))
        return problem(400, {"vehicle_missing", "至少要有 vin 或 plate", "vin or plate must be given"});
    loop::VehicleWords words{
        loop::normal_vin(word("vin")), loop::normal_plate(word("plate")), word("plate_kind"), "", "", ""};
    const auto now = c.now;
    auto& reader = c.reader();
    const auto& projection = reader.loop.projection;
    json answer{{"clearance", "no_open_episode"}, {"as_of", loop::format_moment(now)}, {"repairs", json::array()}};
    const auto place = projection.place(words, now);
    if (place.kind == loop::Placement::Kind::review) {
        answer["clearance"] = "review";
        answer["reason"] = "车牌与 VIN 不能确定是哪一辆 / plate and VIN do not tell which vehicle";
    } else if (place.kind == loop::Placement::Kind::vehicle) {
        const auto all = projection.episodes(place, loop::day_of(now));
        if (!all.empty() && !all.back().ended_by) {
            const auto& e = all.back();
            const bool clear = e.outcome == loop::EpisodeOutcome::waived || e.latest_counting_day;
            answer["clearance"] = clear ? "cleared" : "repair_required";
            answer["episode"] = e.episode_id;
            answer["repairs"] = e.counting_repairs;
            answer["details"] = details(reader, e, now);
            answer["reason"] = clear ? "不合格之后已有维修记录 / repaired since the failure"
                                     : "不合格之后还没有维修站上传维修记录 / no repair reported since the failure";
        }
    }
    // The station does not wait for the note of what it is told.
    c.hub.note_clearance(c.caller.source, now, place.vehicle_id, answer["clearance"]);
    return json_answer(answer);
}

}  // namespace imloop::hub::calls
