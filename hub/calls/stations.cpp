// Stations: the register's lines, and what stations may look up of it.
#include "hub/api/lists.hpp"
#include "hub/arriving.hpp"
#include "hub/ca.hpp"
#include "hub/calls/calls.hpp"
#include "hub/calls/certificates.hpp"
#include "hub/calls/shown.hpp"
#include "hub/record_words.hpp"
#include "service/files.hpp"

namespace imloop::hub::calls {
namespace {

using nlohmann::json;

std::string_view status_name(loop::StationStatus s) {
    constexpr std::string_view names[] = {"filed", "suspended", "revoked", "closed"};
    return names[static_cast<int>(s)];
}

/// The registration in force, as a further one of today: what is not changed stays as it was.
json registration_again(Context& c, const std::string& station, const loop::StationView& view) {
    auto registration = c.hub.own->record("registration");
    registration.update(copied(words_of(c.reader(), view.record_id),
                               {"address", "phone", "opening_hours", "location", "lines", "bays", "business_class",
                                "accreditation", "credit_code", "owner", "heavy_bays"}));
    registration.update({{"registered_station_id", station},
                         {"kind", std::string(1, view.kind)},
                         {"name", view.name},
                         {"county", view.county},
                         {"status", status_name(view.status)},
                         {"valid_from", loop::format_day(loop::day_of(c.now))}});
    return registration;
}

}  // namespace

Answer station_add(Context& c, const json& in) {
    const std::string station = in.at("id");
    // A key of another hub would let it write where only this one may.
    if (is_hub(station) && station != c.hub.id) return foreign_hub(station);
    const auto now = c.now;
    const auto today = loop::format_day(loop::day_of(now));
    auto registration = c.hub.own->record("registration");
    registration.update({{"registered_station_id", station},
                         {"kind", station.substr(0, 1)},
                         {"name", in.value("name", station)},
                         {"county", in.value("county", station.size() >= 7 ? station.substr(1, 6) : "")},
                         {"status", "filed"},
                         {"valid_from", in.value("valid_from", today)}});
    std::vector<json> records{registration};
    json out{{"id", station}, {"status", "filed"}};
    if (in.contains("spki")) {
        const auto spki = journal::from_base64(in["spki"].get<std::string>()).value_or("");
        const auto own_key = journal::PublicKey::from_spki(spki);
        if (!own_key) return problem(422, own_key.error());
        if (const auto held = c.reader().loop.keys.find(own_key->kid()); held && held->status == "revoked")
            return key_refused();
        c.release();
        auto credential = c.hub.own->record("credential");
        credential.update({{"source_id", station},
                           {"kid", own_key->kid()},
                           {"alg", journal::name_of(own_key->algorithm())},
                           {"spki", in["spki"]},
                           {"status", "issued"},
                           {"valid_from", in.value("valid_from", today)}});
        if (in.contains("writes_for")) credential["writes_for"] = in["writes_for"];
        records.push_back(std::move(credential));
        out["certificate"] = issue_client_certificate(c.hub.options.data, station, spki, now,
                                                      in.value("days", station_certificate_days));
        out["ca"] = service::read_file(c.hub.options.data / "ca.cert.pem");
        out["hub_key"] = c.hub.key.public_key().pem();
    }
    auto written = c.hub.own->write(records);
    return written.status == 200 ? json_answer(out) : written;
}

Answer station_list(Context& c, const json&) {
    auto& reader = c.reader();
    const auto& register_ = reader.loop.projection.stations();
    json out = json::array();
    for (const auto& id_ : register_.stations()) {
        const auto view = register_.at(id_, c.now).value();
        std::uint64_t lines = 0;
        int epochs = 0;
        reader.loop.each_chain_of(
            id_, [&](const auto&, const auto&, const ChainState& chain) { lines += chain.last, ++epochs; });
        json keys = json::array();
        reader.loop.keys.each_of(id_, [&](const std::string& kid, const KeyState& k) {
            keys.push_back({{"kid", kid}, {"status", k.status}});
        });
        out.push_back({{"id", id_},
                       {"kind", std::string(1, view.kind)},
                       {"name", view.name},
                       {"county", view.county},
                       {"status", status_name(view.status)},
                       {"lines", lines},
                       {"epochs", epochs},
                       {"keys", keys}});
    }
    return json_answer(out);
}

/// Where a station is and how it is reached, as stations look it up and notices print it.
Answer station_describe(Context& c, const json& in) {
    const std::string station = in.at("id");
    const auto view = c.reader().loop.projection.stations().at(station, c.now);
    if (!view || view->record_id.empty())
        return problem(404, {"station_not_found", "没有这个站点", "no such station: " + station});
    json registration = registration_again(c, station, *view);
    registration.update(
        copied(in, {"name", "address", "phone", "opening_hours", "business_class", "location", "owner"}));
    c.release();
    auto written = c.hub.own->write({registration});
    return written.status == 200 ? json_answer(registration) : written;
}

/// Suspends or revokes: a registration of that status and, when revoked, the end of every key.
Answer station_status(Context& c, const json& in) {
    const std::string station = in.at("id"), status = in.at("status");
    const auto today = loop::format_day(loop::day_of(c.now));
    std::vector<json> records;
    const auto view = c.reader().loop.projection.stations().at(station, c.now);
    if (!view) return problem(404, {"station_not_found", "没有这个站点", "no such station: " + station});
    auto registration = registration_again(c, station, *view);
    registration["status"] = status;
    records.push_back(std::move(registration));
    if (status == "revoked") {
        const auto revoke = [&](const std::string& kid, const KeyState& k) {
            auto credential = c.hub.own->record("credential");
            credential.update({{"source_id", station},
                               {"kid", kid},
                               {"alg", journal::name_of(k.key.algorithm())},
                               {"spki", journal::base64(k.key.spki())},
                               {"status", "revoked"},
                               {"valid_from", today},
                               {"reason", in.value("reason", "")}});
            records.push_back(std::move(credential));
        };
        c.reader().loop.keys.each_of(station, revoke);
    }
    c.release();
    auto written = c.hub.own->write(records);
    return written.status == 200 ? json_answer({{"id", station}, {"status", status}}) : written;
}

Answer stations(Context& c) {
    const auto& request = c.request;
    const auto kind = request.query("kind"), county = request.query("county"), after = request.query("cursor"),
               one = request.query("id");
    const auto limit = list_limit(request);
    if (!limit) return limit_out_of_range();
    json body{{"items", json::array()}};
    auto& items = body["items"];
    auto& reader = c.reader();
    body["policy"] = policy_posted(c);
    const auto& all = reader.loop.projection.stations();
    for (const auto& id : all.stations()) {
        const auto view = all.at(id, c.now).value();
        if (id <= after || !view.filed || (!one.empty() && one != id) || (!kind.empty() && kind[0] != view.kind) ||
            (!county.empty() && county != view.county))
            continue;
        if (items.size() == *limit) {
            body["next"] = items.back()["station_id"];
            break;
        }
        json item{
            {"station_id", id}, {"kind", std::string(1, view.kind)}, {"name", view.name}, {"county", view.county}};
        item.update(c.hub.posted.of(reader, id, c.now));
        items.push_back(std::move(item));
    }
    return list_answer(body, request);
}

}  // namespace imloop::hub::calls
