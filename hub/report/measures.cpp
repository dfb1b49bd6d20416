// counties and stations: the measures (docs/episodes.md, "Measures") over a period, as of a day.
#include "hub/report/report.hpp"
#include "hub/report/suspect_counts.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

json number(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

void put_measures(std::vector<json>& row, const loop::Measures& m, std::int64_t suspects) {
    row.emplace_back(m.failed);
    row.emplace_back(m.repaired);
    row.push_back(number(m.repair_rate()));
    const auto interval = m.failed > 0 ? std::optional(loop::wilson(m.repaired, m.failed)) : std::nullopt;
    row.push_back(interval ? json(interval->low) : json(nullptr));
    row.push_back(interval ? json(interval->high) : json(nullptr));
    row.emplace_back(m.retested);
    row.emplace_back(m.closed());
    row.push_back(number(m.loop_rate()));
    row.push_back(number(m.first_retest_pass_rate()));
    row.push_back(number(loop::Measures::median(m.days_to_repair)));
    row.push_back(number(loop::Measures::median(m.days_to_close)));
    for (const auto count : m.outcomes) row.emplace_back(count);
    row.emplace_back(suspects);
}

}  // namespace

std::vector<Column> measure_columns() {
    std::vector<Column> out = {{"failed", "不合格车", "failed"},
                               {"repaired", "已维修", "repaired"},
                               {"repair_rate", "进站维修率", "repair rate", true},
                               {"repair_rate_low", "下限", "95 % low", true},
                               {"repair_rate_high", "上限", "95 % high", true},
                               {"retested", "已复检", "retested"},
                               {"closed", "已闭环", "closed"},
                               {"loop_rate", "闭环率", "loop rate", true},
                               {"first_retest_pass_rate", "首次复检合格率", "first retest pass rate", true},
                               {"median_days_to_repair", "维修天数", "median days to repair"},
                               {"median_days_to_close", "闭环天数", "median days to close"}};
    for (int i = 0; i < loop::episode_outcomes; ++i) {
        const std::string code(loop::name_of(static_cast<loop::EpisodeOutcome>(i)));
        const auto words = loop::term(code);
        out.push_back({code, words.zh, words.en});
    }
    out.push_back({"suspects", "可疑记录", "suspect records"});
    return out;
}

json measures_object(const loop::Measures& m, std::int64_t suspects) {
    std::vector<json> row;
    put_measures(row, m, suspects);
    return row_object(measure_columns(), row);
}

Report report_counties(const loop::Projection& projection, const ReportRequest& request) {
    Report out{"县区维修与闭环",
               "Repair and closing by county",
               {{"county", "代码", "county"}, {"name", "县区", "name"}},
               {},
               about(request)};
    const auto suspects = suspects_in(projection, request);
    const auto columns = measure_columns();
    out.columns.insert(out.columns.end(), columns.begin(), columns.end());
    out.columns.push_back({"low", "偏低", "low"});
    out.columns.push_back({"zero", "零维修", "zero"});
    const auto tally = loop::tally(projection, request.period, request.as_of, request.view);
    const auto& policy = projection.policy(request.period.to);
    const auto put = [&](const std::string& code, const loop::Measures& m, std::int64_t suspect_count, bool low,
                         bool zero) {
        std::vector<json> row{code, county_words(code).zh};
        put_measures(row, m, suspect_count);
        row.emplace_back(low);
        row.emplace_back(zero);
        out.rows.push_back(std::move(row));
    };
    for (const auto& row : tally.counties()) {
        if (!request.county.empty() && row.county != request.county) continue;
        const bool is_county = !row.county.empty() && row.county != policy.city;
        const auto count = suspects.of_county(row.county);
        if (!is_county && row.measures.failed == 0 && count == 0) continue;
        put(row.county.empty() ? "outside" : row.county, row.measures, count, row.is_low, row.is_zero);
    }
    const auto& total = tally.total();
    const double target = policy.repair_rate_target;
    if (request.county.empty())
        put("all", total, suspects.all, loop::is_low(total.repaired, total.failed, target),
            loop::is_zero(total.repaired, total.failed, target));
    return out;
}

Report report_stations(const loop::Projection& projection, const ReportRequest& request) {
    Report out{"各站维修与闭环",
               "Repair and closing by station",
               {{"station_id", "编号", "station"},
                {"name", "名称", "name"},
                {"county", "县区", "county", false, county_words}},
               {},
               about(request)};
    const auto suspects = suspects_in(projection, request);
    const auto columns = measure_columns();
    out.columns.insert(out.columns.end(), columns.begin(), columns.end());
    const auto tally = loop::tally(projection, request.period, request.as_of, request.view);
    for (const auto& [id, measures] : tally.stations()) {
        const auto view = projection.stations().at(id, loop::start_of(request.as_of));
        const std::string county = view ? view->county : "";
        if (!request.county.empty() && county != request.county) continue;
        std::vector<json> row{id, view ? view->name : "", county};
        put_measures(row, measures, suspects.of_station(id));
        out.rows.push_back(std::move(row));
    }
    return out;
}

}  // namespace imloop::hub
