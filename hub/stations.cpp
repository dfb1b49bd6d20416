// Stations: the register's lines, what stations may look up, and the retest gate's question.
#include <fmt/format.h>

#include "hub/ca.hpp"
#include "hub/hub_impl.hpp"
#include "hub/query.hpp"
#include "loop/json.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"
#include "service/files.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

std::string_view status_name(loop::StationStatus s) {
    constexpr std::string_view names[] = {"filed", "suspended", "revoked", "closed"};
    return names[static_cast<int>(s)];
}

Answer ok(const json& body) { return json_answer(body); }

}  // namespace

Answer Hub::Impl::station_add(const json& in) {
    const std::string station = in.at("id");
    // A key of another hub would let it write where only this one may.
    if (is_hub(station) && station != id) return foreign_hub(station);
    const auto now = options.now();
    const auto today = loop::format_day(loop::day_of(now));
    auto registration = own_record("registration");
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
        if (!own_key) return problem(422, own_key.error().code, own_key.error().detail);
        auto credential = own_record("credential");
        credential.update({{"source_id", station},
                           {"kid", own_key->kid()},
                           {"alg", journal::name_of(own_key->algorithm())},
                           {"spki", in["spki"]},
                           {"status", "issued"},
                           {"valid_from", in.value("valid_from", today)}});
        if (in.contains("writes_for")) credential["writes_for"] = in["writes_for"];
        records.push_back(std::move(credential));
        out["certificate"] =
            issue_client_certificate(options.data, station, spki, now, in.value("days", station_certificate_days));
        out["ca"] = service::read_file(options.data / "ca.cert.pem");
        out["hub_key"] = key.public_key().pem();
    }
    auto written = write_own(records);
    return written.status == 200 ? ok(out) : written;
}

Answer Hub::Impl::station_list() const {
    const std::shared_lock guard(lock);
    json out = json::array();
    for (const auto& id_ : state.projection.stations().stations()) {
        const auto view = state.projection.stations().at(id_, options.now()).value();
        std::uint64_t lines = 0;
        int epochs = 0;
        state.each_chain_of(id_, [&](const auto&, const auto&, const ChainState& c) { lines += c.last, ++epochs; });
        json keys = json::array();
        state.keys.each_of(id_, [&](const std::string& kid, const KeyState& k) {
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
    return ok(out);
}

/// The registration in force, as a further one of today: what is not changed stays as it was.
json Hub::Impl::registration_again(const std::string& station, const loop::StationView& view) {
    auto registration = own_record("registration");
    const auto words = words_of(view.record_id);
    for (const auto* name : {"address", "phone", "opening_hours", "location", "lines", "bays", "business_class",
                             "accreditation", "credit_code", "owner", "heavy_bays"})
        if (words.is_object() && words.contains(name)) registration[name] = words[name];
    registration.update({{"registered_station_id", station},
                         {"kind", std::string(1, view.kind)},
                         {"name", view.name},
                         {"county", view.county},
                         {"status", status_name(view.status)},
                         {"valid_from", loop::format_day(loop::day_of(options.now()))}});
    return registration;
}

/// Where a station is and how it is reached, as stations look it up and notices print it.
Answer Hub::Impl::station_describe(const json& in) {
    const std::string station = in.at("id");
    json registration;
    {
        const std::unique_lock guard(lock);  // the store's statements are the writer's too
        const auto view = state.projection.stations().at(station, options.now());
        if (!view || view->record_id.empty())
            return problem(404, "station_not_found", "没有这个站点 / no such station: " + station);
        registration = registration_again(station, *view);
    }
    for (const auto* name : {"name", "address", "phone", "opening_hours", "business_class", "location", "owner"})
        if (in.contains(name)) registration[name] = in[name];
    auto written = write_own({registration});
    return written.status == 200 ? ok(registration) : written;
}

/// Suspends or revokes: a registration of that status and, when revoked, the end of every key.
Answer Hub::Impl::station_status(const json& in) {
    const std::string station = in.at("id"), status = in.at("status");
    const auto today = loop::format_day(loop::day_of(options.now()));
    std::vector<json> records;
    {
        const std::unique_lock guard(lock);  // the store's statements are the writer's too
        const auto view = state.projection.stations().at(station, options.now());
        if (!view) return problem(404, "station_not_found", "没有这个站点 / no such station: " + station);
        auto registration = registration_again(station, *view);
        registration["status"] = status;
        records.push_back(std::move(registration));
        const auto revoke = [&](const std::string& kid, const KeyState& k) {
            auto credential = own_record("credential");
            credential.update({{"source_id", station},
                               {"kid", kid},
                               {"alg", journal::name_of(k.key.algorithm())},
                               {"spki", journal::base64(k.key.spki())},
                               {"status", "revoked"},
                               {"valid_from", today},
                               {"reason", in.value("reason", "")}});
            records.push_back(std::move(credential));
        };
        if (status == "revoked") state.keys.each_of(station, revoke);
    }
    auto written = write_own(records);
    return written.status == 200 ? ok({{"id", station}, {"status", status}}) : written;
}

Answer Hub::stations(const Caller&, std::string_view query, std::string_view if_none_match) const {
    const auto kind = query_value(query, "kind"), county = query_value(query, "county"),
               after = query_value(query, "cursor"), one = query_value(query, "id");
    const auto limit = list_limit(query);
    if (!limit) return limit_out_of_range();
    json body{{"items", json::array()}};
    auto& items = body["items"];
    const std::unique_lock guard(impl_->lock);  // the store's statements are the writer's too
    body["policy"] = impl_->posted_policy();
    const auto& stations = impl_->state.projection.stations();
    for (const auto& id : stations.stations()) {
        const auto view = stations.at(id, impl_->options.now()).value();
        if (id <= after || !view.filed || (!one.empty() && one != id) || (!kind.empty() && kind[0] != view.kind) ||
            (!county.empty() && county != view.county))
            continue;
        if (items.size() == *limit) {
            body["next"] = items.back()["station_id"];
            break;
        }
        json item{
            {"station_id", id}, {"kind", std::string(1, view.kind)}, {"name", view.name}, {"county", view.county}};
        item.update(impl_->posted(id));
        items.push_back(std::move(item));
    }
    return list_answer(body, if_none_match);
}

const json& Hub::Impl::posted(const std::string& station) {
    const auto in_force = state.projection.stations().at(station, options.now());
    const std::string registration = in_force ? in_force->record_id : "";
    const auto* held = state.price_list(station);
    const std::string price_list = held ? held->record_id : "";
    // Lines never change: what was read from them once holds until others count.
    std::string lines;
    for (const auto& id_ : {registration, price_list})
        if (const auto at = state.projection.words_line(id_))
            lines += fmt::format("{} {} {} {};", at->line.source, at->line.epoch, at->line.seq, at->is_replacement);
    auto& known = posted_[station];
    if (known.words.is_object() && known.lines == lines) return known.words;
    known = {lines, json::object()};
    const auto record = words_of(registration);
    for (const auto* name :
         {"address", "phone", "opening_hours", "location", "lines", "bays", "business_class", "accreditation"})
        if (record.is_object() && record.contains(name)) known.words[name] = record[name];
    const auto prices = words_of(price_list);
    if (prices.is_object())
        known.words["prices"] = {{"valid_from", prices.value("valid_from", "")},
                                 {"items", prices.value("items", json::array())},
                                 {"parts", prices.value("parts", json::array())}};
    return known.words;
}

/// What an inspection station shows beside the answer: the latest failure and what was repaired since the first.
json Hub::Impl::clearance_details(const loop::Episode& e) {
    const json failure = words_of(e.failures.back());
    json out{{"fail_record_id", e.failures.back()},
             {"failed_at", failure.value("occurred_at", "")},
             {"readings", failure.value("readings", json::array())},
             {"repairs", json::array()}};
    if (e.due) out["due"] = loop::format_day(*e.due);
    for (const auto& repair_id : e.counting_repairs) {
        const json repair = words_of(repair_id);
        const std::string shop = repair.value("station_id", "");
        json one{{"station_id", shop}, {"settled_at", repair.value("settled_at", "")}};
        if (const auto view = state.projection.stations().at(shop, options.now())) one["station_name"] = view->name;
        for (const auto* name : {"items", "parts", "readings_after"})
            if (repair.contains(name)) one[name] = repair[name];
        out["repairs"].push_back(std::move(one));
    }
    return out;
}

void Hub::clearance(const Caller& caller, const std::string& body, Done done) {
    const json in = loop::json_of(body);
    const auto word = [&](const char* name) {
        const auto it = in.find(name);
        return it != in.end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    if (!in.is_object() || (word("vin").empty() && word("plate").empty()))
        return done(problem(400, "vehicle_missing", "至少要有 vin 或 plate / vin or plate must be given"));
    loop::VehicleWords words{
        loop::normal_vin(word("vin")), loop::normal_plate(word("plate")), word("plate_kind"), "", "", ""};
    const auto errand = [this, caller, words](Store& store, State& state) {
        const auto now = impl_->options.now();
        json answer{{"clearance", "no_open_episode"}, {"as_of", loop::format_moment(now)}, {"repairs", json::array()}};
        const auto place = state.projection.place(words, now);
        if (place.kind == loop::Placement::Kind::review) {
            answer["clearance"] = "review";
            answer["reason"] = "车牌与 VIN 不能确定是哪一辆 / plate and VIN do not tell which vehicle";
        } else if (place.kind == loop::Placement::Kind::vehicle) {
            const auto all = state.projection.episodes(place, loop::day_of(now));
            if (!all.empty() && !all.back().ended_by) {
                const auto& e = all.back();
                const bool clear = e.outcome == loop::EpisodeOutcome::waived || e.latest_counting_day;
                answer["clearance"] = clear ? "cleared" : "repair_required";
                answer["episode"] = e.episode_id;
                answer["repairs"] = e.counting_repairs;
                answer["details"] = impl_->clearance_details(e);
                answer["reason"] = clear ? "不合格之后已有维修记录 / repaired since the failure"
                                         : "不合格之后还没有维修站上传维修记录 / no repair reported since the failure";
            }
        }
        store.put_clearance(caller.source, now, place.vehicle_id, answer["clearance"].get<std::string>());
        return json_answer(answer);
    };
    impl_->writer->run(errand, std::move(done));
}

}  // namespace imloop::hub
