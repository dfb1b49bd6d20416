#include "hub/loop/typed_rows.hpp"

#include <algorithm>

#include "hub/loop/views.hpp"
#include "loop/record/codes.hpp"
#include "loop/record/detail.hpp"
#include "loop/tables.hpp"

namespace imloop::hub {
namespace {

using loop::Fact;

const TypedTable records{"records",
                         1,
                         {{"record_id", "UUID NOT NULL"},
                          {"vehicle_id", "UUID"},
                          {"occurred_at", "BIGINT NOT NULL"},
                          {"kind", "SMALLINT NOT NULL"},
                          {"result", "SMALLINT"},
                          {"reason", "SMALLINT"},
                          {"method", "SMALLINT"},
                          {"fuel", "SMALLINT"},
                          {"is_day_only", "SMALLINT NOT NULL"},
                          {"is_corrected", "SMALLINT NOT NULL"},
                          {"county", "INTEGER"},
                          {"registered_county", "INTEGER"},
                          {"station_id", "TEXT NOT NULL"},
                          {"source_id", "TEXT"},
                          {"number", "TEXT"},
                          {"other_number", "TEXT"},
                          {"about_id", "UUID"},
                          {"until_day", "INTEGER"}}};
const TypedTable registrations{"registrations",
                               1,
                               {{"record_id", "UUID NOT NULL"},
                                {"station_id", "TEXT NOT NULL"},
                                {"kind", "TEXT NOT NULL"},
                                {"name", "TEXT NOT NULL"},
                                {"county", "INTEGER"},
                                {"status", "SMALLINT NOT NULL"},
                                {"valid_from", "INTEGER NOT NULL"},
                                {"occurred_at", "BIGINT NOT NULL"}}};
const TypedTable episodes{"episodes",
                          2,
                          {{"vehicle_id", "UUID NOT NULL"},
                           {"episode_id", "UUID NOT NULL"},
                           {"station_id", "TEXT NOT NULL"},
                           {"county", "INTEGER"},
                           {"registered_county", "INTEGER"},
                           {"failed_on", "INTEGER NOT NULL"},
                           {"failures", "INTEGER NOT NULL"},
                           {"repaired_on", "INTEGER"},
                           {"is_repaired_since", "SMALLINT NOT NULL"},
                           {"retest_passed", "SMALLINT"},
                           {"ended_on", "INTEGER"},
                           {"outcome", "SMALLINT"},
                           {"due_on", "INTEGER"},
                           {"waived_until", "INTEGER"}}};
const TypedTable episode_shops{
    "episode_shops",
    3,
    {{"vehicle_id", "UUID NOT NULL"}, {"episode_id", "UUID NOT NULL"}, {"station_id", "TEXT NOT NULL"}}};
const TypedTable codes{
    "codes", 2, {{"list", "TEXT NOT NULL"}, {"code", "TEXT NOT NULL"}, {"number", "SMALLINT NOT NULL"}}};

const std::vector<const TypedTable*>& tables() {
    static const std::vector<const TypedTable*> all{&records, &registrations, &episodes, &episode_shops, &codes};
    return all;
}

/// Later than every record.
const loop::Day end_of_days = loop::parse_day("9999-12-31").value();

/// The only decision that episodes read.
constexpr const char* waive = "waive";

TypedCell place_in(const auto& list, std::string_view code) {
    const auto at = std::ranges::find(list, code);
    return at == list.end() ? TypedCell() : TypedCell(std::distance(list.begin(), at));
}

std::vector<std::string> method_codes() {
    std::vector<std::string> out;
    for (const auto& method : loop::methods()) out.push_back(method.code);
    return out;
}

TypedRow row_of(const loop::Projection& projection, const Fact& fact) {
    static const auto methods = method_codes();
    const auto own = [](const std::string& text) { return text.empty() ? TypedCell() : TypedCell::text(text); };
    const auto number_of = [](auto value) { return TypedCell(static_cast<std::int64_t>(value)); };
    TypedCell result, reason, method, fuel, number, other_number, about, until;
    if (fact.inspection) {
        result = number_of(fact.inspection->verdict);
        reason = number_of(fact.inspection->reason);
        method = place_in(methods, fact.inspection->method);
        number = own(fact.inspection->report_no);
        other_number = own(fact.inspection->acceptance_no);
    } else if (fact.repair) {
        result = number_of(fact.repair->outcome);
        number = own(fact.repair->work_order_no);
        other_number = own(fact.repair->fail_report_no);
    } else if (fact.event) {
        result = number_of(fact.event->event);
    } else if (fact.decision) {
        if (fact.decision->action == waive) result = TypedCell(0);
        about = TypedCell::id(fact.decision->about);
        until = TypedCell::of(fact.decision->until);
    }
    if (const auto detail = loop::detail_of(fact); detail.vehicle)
        fuel = place_in(loop::codes("fuels"), detail.vehicle->fuel);
    const auto station = projection.stations().at(fact.station_id, fact.occurred_at);
    const auto line = projection.journal_line(fact.record_id);
    return {TypedCell::id(fact.record_id),
            TypedCell::id(projection.identity().vehicle_of(fact.record_id)),
            TypedCell(fact.occurred_at),
            number_of(fact.kind),
            result,
            reason,
            method,
            fuel,
            number_of(fact.day_only),
            number_of(projection.corrected_by(fact.record_id).has_value()),
            TypedCell::code(station ? station->county : ""),
            TypedCell::code(fact.vehicle ? fact.vehicle->registered_county : ""),
            TypedCell::text(fact.station_id),
            line && line->source != fact.station_id ? TypedCell::text(line->source) : TypedCell(),
            number,
            other_number,
            about,
            until};
}

TypedRow row_of(const loop::Registration& r) {
    return {TypedCell::id(r.record_id), TypedCell::text(r.station_id), TypedCell::text(std::string_view(&r.kind, 1)),
            TypedCell::text(r.name),    TypedCell::code(r.county),     TypedCell(static_cast<std::int64_t>(r.status)),
            TypedCell(r.valid_from),    TypedCell(r.occurred_at)};
}

/// The last day on which a waiver of the episode is in force.
std::optional<loop::Day> waived_until(const loop::Episode& e, const std::vector<Fact>& waivers) {
    std::optional<loop::Day> out;
    for (const Fact& w : waivers)
        if (std::ranges::find(e.failures, w.decision->about) != e.failures.end())
            out = std::max(out.value_or(0), w.decision->until.value_or(end_of_days));
    return out;
}

void put_episodes(const loop::Projection& projection, const std::string& vehicle_id, TypedBatch& to,
                  TypedBatch& shops) {
    const auto facts = projection.facts(vehicle_id);
    const auto waivers = projection.waivers(facts, end_of_days);
    for (const auto& e : loop::episodes(facts, {}, projection.stations(), projection.policies(), end_of_days)) {
        const auto vehicle = TypedCell::id(vehicle_id), episode = TypedCell::id(e.episode_id);
        to.put.push_back({vehicle, episode, TypedCell::text(e.station_id), TypedCell::code(e.county),
                          TypedCell::code(e.registered_county), TypedCell(loop::day_of(e.first_failure)),
                          TypedCell(static_cast<std::int64_t>(e.failures.size())), TypedCell::of(e.first_counting_day),
                          TypedCell(e.latest_counting_day ? 1 : 0),
                          e.first_retest_passed ? TypedCell(*e.first_retest_passed ? 1 : 0) : TypedCell(),
                          e.ended_at ? TypedCell(loop::day_of(*e.ended_at)) : TypedCell(),
                          e.ended_at ? TypedCell(static_cast<std::int64_t>(e.outcome)) : TypedCell(),
                          TypedCell::of(e.due), TypedCell::of(waived_until(e, waivers))});
        for (const auto& shop : e.counting_stations) shops.put.push_back({vehicle, episode, TypedCell::text(shop)});
    }
}

TypedBatch all_codes() {
    TypedBatch out;
    const auto put = [&](std::string_view list, const auto& codes_of_it) {
        std::int64_t number = 0;
        for (const auto& code : codes_of_it)
            out.put.push_back({TypedCell::text(list), TypedCell::text(code), TypedCell(number++)});
    };
    put("kind", loop::kind_codes);
    put("verdict", loop::verdict_codes);
    put("reason", loop::reason_codes);
    put("repair_outcome", loop::repair_outcome_codes);
    put("event", loop::event_codes);
    put("station_status", loop::station_status_codes);
    put("decision", std::array<std::string_view, 1>{waive});
    put("method", method_codes());
    put("fuel", loop::codes("fuels"));
    std::vector<std::string_view> outcomes;
    for (int n = 0; n < loop::episode_outcomes; ++n)
        outcomes.push_back(loop::name_of(static_cast<loop::EpisodeOutcome>(n)));
    put("outcome", outcomes);
    return out;
}

}  // namespace

void TypedChanges::add(const loop::Projection::Changes& changes) {
    for (const auto& changed : changes.records) records.insert(changed.record_id);
    records.insert(changes.identity.moved.begin(), changes.identity.moved.end());
    vehicles.insert(changes.touched.begin(), changes.touched.end());
    vehicles.insert(changes.identity.gone.begin(), changes.identity.gone.end());
}

void make_typed(const StoredRows& of) {
    for (const auto* table : tables()) make(of.database(), *table, of.prefix());
}

bool has_typed(const StoredRows& of) {
    return std::ranges::all_of(
        tables(), [&](const auto* table) { return of.database().has_table(of.prefix() + std::string(table->name)); });
}

void begin_typed(const StoredRows& of) {
    for (const auto* table : tables()) clear(of.database(), *table, of.prefix());
    write(of.database(), codes, of.prefix(), all_codes());
}

void write_typed(const loop::Projection& projection, const TypedChanges& changes, const StoredRows& of) {
    TypedBatch of_records, of_registrations, of_episodes, of_shops;
    for (const auto& id : changes.records) {
        const auto fact = projection.fact(id);
        if (fact)
            of_records.put.push_back(row_of(projection, *fact));
        else
            of_records.gone.push_back(TypedCell::id(id));
        if (const auto registration = projection.stations().find(id))
            of_registrations.put.push_back(row_of(*registration));
        else if (!fact || projection.corrected_by(id))
            of_registrations.gone.push_back(TypedCell::id(id));
    }
    for (const auto& vehicle : changes.vehicles) {
        of_episodes.gone.push_back(TypedCell::id(vehicle));
        of_shops.gone.push_back(TypedCell::id(vehicle));
        if (projection.cohorts().has(vehicle)) put_episodes(projection, vehicle, of_episodes, of_shops);
    }
    write(of.database(), records, of.prefix(), of_records);
    write(of.database(), registrations, of.prefix(), of_registrations);
    write(of.database(), episodes, of.prefix(), of_episodes);
    write(of.database(), episode_shops, of.prefix(), of_shops);
}

void take_over_typed(engine::Connection& database, const std::string& prefix) {
    for (const auto* table : tables()) take_place(database, *table, prefix);
    make_views(database);
    for (const auto* table : tables()) drop_old(database, *table);
}

std::map<std::string, std::string> typed_digests(const StoredRows& of) {
    std::map<std::string, std::string> out;
    for (const auto* table : tables()) out.emplace(table->name, digest_of(of.database(), *table, of.prefix()));
    return out;
}

}  // namespace imloop::hub
