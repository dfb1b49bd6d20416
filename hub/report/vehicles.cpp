// non-returns, vehicle and review: single vehicles.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "hub/report/report.hpp"
#include "loop/tables.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::hub {
namespace {

using loop::Fact;
using nlohmann::json;

constexpr std::size_t vin_shown = 6;

loop::Words joined(std::initializer_list<std::string_view> codes) {
    loop::Words out;
    for (const auto code : codes) {
        const auto words = loop::term(code);
        out.zh += (out.zh.empty() ? "" : " ") + words.zh;
        out.en += (out.en.empty() ? "" : " ") + words.en;
    }
    return out;
}

/// What a record says, in a few words.
json words_of(const Fact& f) {
    const auto said = [](const loop::Words& words) { return json{{"zh", words.zh}, {"en", words.en}}; };
    if (f.inspection) {
        constexpr std::string_view reasons[] = {"periodic", "initial",    "retest",
                                                "roadside", "spot_check", "comparison"};
        constexpr std::string_view verdicts[] = {"pass", "fail", "aborted"};
        auto out = joined({reasons[static_cast<int>(f.inspection->reason)], f.inspection->method,
                           verdicts[static_cast<int>(f.inspection->verdict)]});
        if (!f.inspection->failed_items.empty()) {
            const auto items = fmt::format(" ({})", fmt::join(f.inspection->failed_items, ", "));
            out.zh += items;
            out.en += items;
        }
        return said(out);
    }
    if (f.repair) {
        constexpr std::string_view outcomes[] = {"repaired", "not_repairable", "owner_refused", "scrapped"};
        return said(loop::term(outcomes[static_cast<int>(f.repair->outcome)]));
    }
    if (f.event) {
        constexpr std::string_view events[] = {"registered",      "replated",       "scrapped",
                                               "transferred_out", "transferred_in", "exempted"};
        return said(loop::term(events[static_cast<int>(f.event->event)]));
    }
    return said(loop::term(loop::name_of(f.kind)));
}

std::string number_of(const Fact& f) {
    return f.inspection ? f.inspection->report_no : f.repair ? f.repair->work_order_no : "";
}

std::string when(const Fact& f) {
    return f.day_only ? loop::format_day(loop::day_of(f.occurred_at)) : loop::format_moment(f.occurred_at);
}

std::vector<json> missing_row(const loop::Projection& projection, const ReportRequest& request, const Missing& m) {
    const auto& e = m.episode;
    const auto failure = projection.fact(e.failures.back(), request.as_of);
    const std::string plate = failure && failure->vehicle ? failure->vehicle->plate : "";
    const auto items = failure && failure->inspection ? failure->inspection->failed_items : std::vector<std::string>{};
    return {request.as_of - e.due.value_or(request.as_of),
            shown_plate(plate, request.unmasked),
            shown_vin(m.vin, request.unmasked),
            m.county.empty() ? "outside" : m.county,
            e.station_id,
            loop::format_day(loop::day_of(e.first_failure)),
            loop::name_of(e.outcome),
            items,
            e.due ? json(loop::format_day(*e.due)) : json(nullptr),
            e.episode_id};
}

}  // namespace

std::vector<Column> missing_columns() {
    return {{"days", "已逾天数", "days overdue"},
            {"plate", "号牌", "plate"},
            {"vin", "VIN", "VIN"},
            {"county", "县区", "county", false, county_words},
            {"station_id", "检验站", "station"},
            {"failed_on", "首次不合格", "first failure"},
            {"kind", "情形", "kind", false, loop::term},
            {"failed_items", "不合格项", "failed items"},
            {"due", "期限", "due"},
            {"episode_id", "编号", "episode"}};
}

std::string shown_plate(const std::string& normal, bool unmasked) {
    if (normal.empty()) return {};
    return unmasked ? loop::display_plate(normal) : loop::masked_plate(normal);
}

std::string shown_vin(const std::string& normal, bool unmasked) {
    if (unmasked || normal.size() <= vin_shown) return normal;
    return "…" + normal.substr(normal.size() - vin_shown);
}

loop::Words county_words(std::string_view code) {
    if (code == "all") return {"全市", "all"};
    for (const auto& county : loop::counties())
        if (county.code == code) return {county.zh, county.en};
    return loop::term(code);
}

json about(const ReportRequest& request) {
    return {{"from", loop::format_day(request.period.from)},
            {"to", loop::format_day(request.period.to)},
            {"as_of", loop::format_day(request.as_of)},
            {"view", request.view == loop::CountyView::station ? "station" : "registered"}};
}

std::vector<Missing> missing_vehicles(const loop::Projection& projection, const ReportRequest& request) {
    std::vector<Missing> out;
    const auto look = [&](const std::string& id, const std::vector<loop::Episode>& episodes) {
        for (const auto& e : episodes) {
            const auto& county = request.view == loop::CountyView::station ? e.county : e.registered_county;
            const bool is_missing = e.outcome == loop::EpisodeOutcome::non_return_not_repaired ||
                                    e.outcome == loop::EpisodeOutcome::non_return_not_retested;
            if (!is_missing || (!request.county.empty() && county != request.county)) continue;
            const auto vehicle = projection.identity().vehicle(id);
            out.push_back({e, vehicle ? vehicle->vin : "",
                           projection.policy(request.as_of).inside(county) ? county : std::string()});
        }
    };
    projection.each_failed(request.period, request.as_of, look);
    std::ranges::sort(out, {},
                      [](const Missing& m) { return std::pair(m.episode.due.value_or(0), m.episode.episode_id); });
    return out;
}

json missing_object(const loop::Projection& projection, const ReportRequest& request, const Missing& m) {
    return row_object(missing_columns(), missing_row(projection, request, m));
}

Report report_non_returns(const loop::Projection& projection, const ReportRequest& request) {
    Report out{"逾期未返回的车辆", "Vehicles that did not return", missing_columns(), {}, about(request)};
    auto missing = missing_vehicles(projection, request);
    out.about["count"] = missing.size();
    if (request.limit > 0 && missing.size() > request.limit) missing.resize(request.limit);
    for (const auto& m : missing) out.rows.push_back(missing_row(projection, request, m));
    return out;
}

Report vehicle_story(const loop::Projection& projection, const ReportRequest& request, const loop::Placement& place) {
    Report out{"一辆车的经过",
               "One vehicle's story",
               {{"at", "时间", "at"},
                {"kind", "记录", "record", false, loop::term},
                {"station_id", "站点", "station"},
                {"number", "编号", "number"},
                {"words", "内容", "what"},
                {"plate", "号牌", "plate"},
                {"vin", "VIN", "VIN"},
                {"episode", "不合格", "episode"},
                {"certainty", "归属", "certainty", false, loop::term},
                {"row", "依据", "row of evidence"},
                {"journal", "日志", "journal"},
                {"receipt", "回执", "receipt"},
                {"record_id", "记录号", "record id"}},
               {},
               {{"as_of", loop::format_day(request.as_of)}}};
    if (place.kind == loop::Placement::Kind::review)
        out.about["note"] = {{"zh", "不能确定是哪一辆"}, {"en", "which vehicle is not certain"}};
    if (place.kind != loop::Placement::Kind::vehicle) return out;
    const auto episodes = projection.episodes(place, request.as_of);
    json stories = json::array();
    for (const auto& e : episodes)
        stories.push_back({{"episode_id", e.episode_id},
                           {"county", e.county},
                           {"failed_on", loop::format_day(loop::day_of(e.first_failure))},
                           {"outcome", loop::name_of(e.outcome)},
                           {"ended_at", e.ended_at ? json(loop::format_moment(*e.ended_at)) : json(nullptr)}});
    out.about["episodes"] = stories;
    auto facts = projection.facts(place, request.as_of);
    std::ranges::sort(facts, {}, [](const Fact& f) { return std::pair(f.occurred_at, f.record_id); });
    const auto vehicle = projection.identity().vehicle(place.vehicle_id);
    for (const auto& f : facts) {
        const auto holds = [&](const std::vector<std::string>& ids) {
            return std::ranges::find(ids, f.record_id) != ids.end();
        };
        const auto episode = std::ranges::find_if(episodes, [&](const loop::Episode& e) {
            return holds(e.failures) || holds(e.repairs) || holds(e.retests) || e.ended_by == f.record_id;
        });
        json certainty, row;
        if (vehicle)
            for (const auto& e : vehicle->records)
                if (e.record_id == f.record_id) {
                    certainty = e.certainty == loop::Certainty::certain ? "certain" : "likely";
                    row = e.row;
                }
        const auto line = projection.journal_line(f.record_id);
        json journal, receipt;
        if (line) {
            journal = fmt::format("{} #{}", line->source, line->seq);
            if (request.receipt_holds)
                receipt = request.receipt_holds(line->source, line->epoch, line->seq) ? "✓" : "✗";
        }
        out.rows.push_back({when(f), loop::name_of(f.kind), f.station_id, number_of(f), words_of(f),
                            f.vehicle ? shown_plate(f.vehicle->plate, request.unmasked) : "",
                            f.vehicle ? shown_vin(f.vehicle->vin, request.unmasked) : "",
                            episode == episodes.end() ? json(nullptr) : json(episode - episodes.begin() + 1), certainty,
                            row, journal, receipt, f.record_id});
    }
    return out;
}

Report report_vehicle(const loop::Projection& projection, const ReportRequest& request) {
    const loop::VehicleWords words{loop::normal_vin(request.vin), loop::normal_plate(request.plate), "", "", "", ""};
    return vehicle_story(projection, request,
                         projection.place(words, loop::start_of(request.as_of + 1) - 1, request.as_of));
}

Report report_review(const loop::Projection& projection, const ReportRequest& request) {
    Report out{"待人工核对的记录",
               "Records to be placed by hand",
               {{"at", "时间", "at"},
                {"station_id", "站点", "station"},
                {"kind", "记录", "record", false, loop::term},
                {"number", "编号", "number"},
                {"plate", "号牌", "plate"},
                {"vin", "VIN", "VIN"},
                {"record_id", "记录号", "record id"}},
               {},
               {}};
    const auto ids = projection.identity().review();
    out.about = {{"count", ids.size()}};
    for (const auto& id : ids) {
        const auto f = projection.fact(id);
        if (!f || !f->vehicle) continue;
        out.rows.push_back({when(*f), f->station_id, loop::name_of(f->kind), number_of(*f),
                            shown_plate(f->vehicle->plate, request.unmasked),
                            shown_vin(f->vehicle->vin, request.unmasked), id});
        if (request.limit > 0 && out.rows.size() == request.limit) break;
    }
    return out;
}

std::optional<Report> make_report(std::string_view name, const loop::Projection& projection,
                                  const ReportRequest& request) {
    if (name == "counties") return report_counties(projection, request);
    if (name == "stations") return report_stations(projection, request);
    if (name == "non-returns") return report_non_returns(projection, request);
    if (name == "vehicle") return report_vehicle(projection, request);
    if (name == "review") return report_review(projection, request);
    return std::nullopt;
}

}  // namespace imloop::hub
