// Single vehicles: those that did not return, the search, one vehicle's story. Masked unless the role sees them in
// full or a reason was stated; either stands in the audit log.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "hub/answers.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

constexpr std::size_t vin_characters = 17, search_max = 40;

/// In the order of missing_vehicles(), of days before 1970, too.
std::string key_of(const Missing& m) {
    return fmt::format("{:08} {}", 50'000'000 + m.episode.due.value_or(0), m.episode.episode_id);
}

/// Whether any of its tests or repairs was at a station of the scope, or it is registered there.
bool is_seen(const loop::Projection& projection, const Scope& scope, const std::vector<loop::Fact>& facts) {
    return scope.is_city() || std::ranges::any_of(facts, [&](const loop::Fact& f) {
               const auto station = projection.stations().at(f.station_id, f.occurred_at);
               return (station && scope.holds(station->county)) ||
                      (f.vehicle && !f.vehicle->registered_county.empty() && scope.holds(f.vehicle->registered_county));
           });
}

Answer no_such_vehicle() {
    return problem(404, {"vehicle_not_found", "没有这辆车的记录", "no record of this vehicle"});
}

/// The vehicle of a record as it is today, or what kept it from being shown.
struct Found {
    std::vector<loop::Fact> facts;
    std::optional<loop::Fact> named;
    loop::Placement place;
    bool is_out = false;
};
Found vehicle_of(const loop::Projection& projection, const Scope& scope, const std::string& record_id) {
    Found out;
    out.named = projection.fact(record_id);
    if (!out.named || !out.named->vehicle) return {};
    out.place.vehicle_id = projection.identity().vehicle_of(record_id);
    if (const auto vehicle = projection.identity().vehicle(out.place.vehicle_id)) {
        out.place.kind = loop::Placement::Kind::vehicle;
        for (const auto& evidence : vehicle->records) out.place.records.push_back(evidence.record_id);
    }
    out.facts = out.place.records.empty() ? std::vector{*out.named} : projection.facts(out.place.vehicle_id);
    out.is_out = !is_seen(projection, scope, out.facts);
    return out;
}

}  // namespace

Listed list_non_returns(Console& console, Ask& ask) {
    auto filter = filter_of(console, ask);
    if (filter.refusal) return std::move(*filter.refusal);
    const auto& query = ask.request.http;
    auto page = page_of(console, ask);
    if (page.refusal) return std::move(*page.refusal);
    const auto kind = query.query("kind"), wanted_station = query.query("station");
    auto& request = filter.request;
    request.county = query.query("county");
    if (!request.county.empty() && !ask.scope.holds(request.county)) return console.out_of_scope(ask, request.county);
    const bool is_outside = request.county == "outside";  // all that is no county's of the hub
    if (is_outside) request.county.clear();
    json body;
    console.hub().watch->look(ask.scope, Watch::Sweep::of_today, [&](const Watch::View& view) {
        const auto& projection = view.reader->loop.projection;
        auto missing = missing_vehicles(projection, request);
        std::erase_if(missing, [&](const Missing& m) {
            const auto outcome = loop::name_of(m.episode.outcome);
            return !ask.scope.holds(m.county) || (!kind.empty() && outcome != "non_return_" + kind) ||
                   (is_outside && !m.county.empty()) ||
                   (!wanted_station.empty() && wanted_station != m.episode.station_id);
        });
        body = head_of(console, request, view);
        body["not_repaired"] = std::ranges::count(missing, loop::EpisodeOutcome::non_return_not_repaired,
                                                  [](const Missing& m) { return m.episode.outcome; });
        put_page<Missing>(body, console, ask, page, missing, key_of, [&](const Missing& m) {
            auto one = missing_object(projection, request, m);
            one["station_name"] = station_name(projection, m.episode.station_id, console.now());
            return one;
        });
    });
    return body;
}

/// `{text}`: a plate, a VIN, or the id of a record. What was searched stands in the audit log as a keyed digest.
Answer search_vehicles(Console& console, Ask& ask) {
    if (auto refusal = unfit_text(ask, "text", 2, search_max)) return std::move(*refusal);
    const auto text = ask.text("text");
    const auto vin = loop::normal_vin(text);
    const bool is_vin = vin.size() == vin_characters;
    ReportRequest request;
    request.as_of = console.today();
    request.unmasked = ask.scope.personal() == Personal::logged;
    json items = json::array();
    std::string word = "none";
    {
        const auto reader = console.hub().readers.now(ask.scope);
        const auto& projection = reader->loop.projection;
        auto found = vehicle_of(projection, ask.scope, text);
        if (!found.named) {
            loop::VehicleWords words;
            (is_vin ? words.vin : words.plate) = is_vin ? vin : loop::normal_plate(text);
            const auto place = projection.place(words, console.now());
            if (place.kind == loop::Placement::Kind::vehicle) {
                found.facts = projection.facts(place.vehicle_id);
                found.is_out = !is_seen(projection, ask.scope, found.facts);
            }
            // Plates of all counties: who sees one alone is not told that there is such a plate elsewhere.
            if (place.kind == loop::Placement::Kind::review && ask.scope.is_city()) word = "review";
        }
        if (!found.facts.empty() && !found.is_out) {
            const auto latest = std::ranges::max(found.facts, {}, [](const loop::Fact& f) { return f.occurred_at; });
            items.push_back({{"record_id", latest.record_id},
                             {"plate", latest.vehicle ? shown_plate(latest.vehicle->plate, request.unmasked) : ""},
                             {"vin", latest.vehicle ? shown_vin(latest.vehicle->vin, request.unmasked) : ""},
                             {"station_id", latest.station_id},
                             {"occurred_at", loop::format_moment(latest.occurred_at)}});
            word = "found";
        }
    }
    console.audit(
        console.entry(ask, "search", console.keyed("search", loop::normal_plate(text)).substr(0, digest_shown)));
    if (request.unmasked && !items.empty())
        console.audit(console.entry(ask, "reveal", items[0]["record_id"].get<std::string>(), "logged search"));
    return json_answer({{"items", std::move(items)}, {"word", word}});
}

Answer show_vehicle(Console& console, Ask& ask) {
    const auto& record_id = ask.parts[0];
    ReportRequest request;
    request.as_of = console.today();
    request.unmasked = ask.scope.personal() == Personal::logged;
    json body;
    {
        const auto reader = console.hub().readers.now(ask.scope);
        const auto& projection = reader->loop.projection;
        const auto found = vehicle_of(projection, ask.scope, record_id);
        if (!found.named) return no_such_vehicle();
        if (found.is_out) return console.out_of_scope(ask, record_id);
        request.receipt_holds = calls::receipt_check(*reader);
        const auto story = vehicle_story(projection, request, found.place);
        body = story.about;
        body["items"] = json::array();
        for (const auto& row : story.rows) body["items"].push_back(row_object(story.columns, row));
        body["position"] = console.hub().place_named(reader->store.position());
        body["record_id"] = record_id;
        body["plate"] = shown_plate(found.named->vehicle->plate, request.unmasked);
        body["vin"] = shown_vin(found.named->vehicle->vin, request.unmasked);
        body["personal"] = name_of(ask.scope.personal());
    }
    if (request.unmasked) console.audit(console.entry(ask, "reveal", record_id, "logged"));
    return json_answer(body);  // without an ETag: no browser keeps it on its disk
}

/// `{record_id, reason_code, reason}`: plate and VIN of that record's vehicle in full, once the reason is on record.
Answer reveal(Console& console, Ask& ask) {
    const auto record_id = ask.text("record_id"), code = ask.text("reason_code");
    if (auto refusal = unfit_text(ask, "reason", 4, reason_max)) return std::move(*refusal);
    constexpr std::string_view codes[] = {"contact_owner", "check_suspect", "hand_over", "complaint", "other"};
    if (std::ranges::find(codes, code) == std::end(codes))
        return problem_with(422, {"unknown_reason", "没有这个理由代码", "no such reason"},
                            {{"pointer", "/reason_code"}});
    json body;
    {
        const auto reader = console.hub().readers.now(ask.scope);
        const auto found = vehicle_of(reader->loop.projection, ask.scope, record_id);
        if (!found.named) return no_such_vehicle();
        if (found.is_out || ask.scope.personal() == Personal::none) return console.out_of_scope(ask, record_id);
        body = {{"plate", shown_plate(found.named->vehicle->plate, true)},
                {"vin", shown_vin(found.named->vehicle->vin, true)}};
    }
    console.audit(console.entry(ask, "reveal", record_id, code + " " + ask.text("reason")));
    return json_answer(body);
}

}  // namespace imloop::hub
