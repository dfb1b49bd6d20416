// Hold and review: a passed result of a watched station that a strong flag speaks against waits some minutes for a
// named officer, who releases, refers or refuses it; each is a record, and so is the hold. A hold that nobody decides
// lapses by itself, and a station that cannot ask is never kept waiting.
#include <algorithm>
#include <boost/asio/post.hpp>

#include "hub/hub_impl.hpp"
#include "hub/query.hpp"
#include "hub/report/peers.hpp"
#include "hub/report/render.hpp"
#include "loop/rules/rule_table.hpp"
#include "service/say.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

constexpr loop::Moment shown_ms = 7 * loop::day_ms;  ///< how long a decided hold is told to its station
constexpr loop::Moment fresh_ms = loop::day_ms;      ///< an older test came late: holding its result helps no one

}  // namespace

void Hub::Impl::hold_new(const std::vector<std::string>& flag_ids, const loop::rules::Suspects& suspects,
                         const loop::Projection& projection) {
    if (policy.watched_stations.empty()) return;
    std::vector<json> holds;
    std::set<std::string> records;
    for (const auto& flag_id : flag_ids) {
        const auto flag = suspects.flag(flag_id);
        if (!flag || std::ranges::find(policy.watched_stations, flag->station_id) == policy.watched_stations.end())
            continue;
        const auto fact = projection.fact(flag->records.front());
        const bool passed = fact && fact->inspection && fact->inspection->verdict == loop::Verdict::pass;
        if (!passed || fact->occurred_at + fresh_ms < options.now() || !records.insert(fact->record_id).second ||
            suspects.decision(fact->record_id))
            continue;
        auto hold = own_record("decision");
        hold.update({{"about", {{"record_id", fact->record_id}}},
                     {"action", "hold"},
                     {"reason", flag_id + " " + loop::rules::claim_of(*flag).zh},
                     {"officer_id", "policy"}});
        holds.push_back(std::move(hold));
    }
    if (holds.empty()) return;
    if (const auto written = write_own(holds); written.status != 200) service::say("hold: " + written.body);
}

Answer Hub::holds(const Caller& caller, std::string_view if_none_match) const {
    const auto now = impl_->options.now();
    const auto reader = impl_->readers.now();
    json items = json::array();
    for (const auto& hold : impl_->watch->holds()) {
        if (hold.station != caller.source || hold.latest.occurred_at + shown_ms < now) continue;
        const auto words = words_of(*reader, hold.latest.record_id);
        items.push_back({{"record_id", hold.record_id},
                         {"report_no", hold.report_no},
                         {"state", hold.state(now)},
                         {"since", loop::format_moment(hold.since)},
                         {"until", loop::format_moment(hold.until)},
                         {"reason", words.value("reason", "")},
                         {"officer_id", words.value("officer_id", "")}});
    }
    return list_answer({{"items", std::move(items)}}, if_none_match);
}

void Hub::feedback(const Caller& caller, std::string_view if_none_match, Done done) {
    const auto answer = [this, source = caller.source, known = std::string(if_none_match)](const auto& peers,
                                                                                           loop::Day day) {
        const auto own = peers.find(source);
        return list_answer(
            {{"as_of", loop::format_day(day)}, {"items", own == peers.end() ? json::array() : own->second}}, known);
    };
    const auto today = loop::day_of(impl_->options.now());
    {
        const std::lock_guard guard(impl_->remembered);
        if (impl_->peers_of_ == today) return done(answer(impl_->peers_, today));
    }
    boost::asio::post(impl_->operators, [this, today, answer, done = std::move(done)] {
        answering(done, [&] {
            impl_->watch->look(Watch::Sweep::as_it_is, [&](const Watch::View& view) {
                auto peers = peer_figures(view.suspects.statistics(), today);
                const std::lock_guard guard(impl_->remembered);
                impl_->peers_ = std::move(peers);
                impl_->peers_of_ = today;
            });
            const std::lock_guard guard(impl_->remembered);
            done(answer(impl_->peers_, today));
        });
    });
}

Answer Hub::Impl::holds(const json& in) {
    Report out{"待复核的结果",
               "Results that wait for an officer",
               {{"state", "状态", "state"},
                {"record_id", "记录号", "record"},
                {"station_id", "站点", "station"},
                {"report_no", "报告号", "report"},
                {"since", "起", "since"},
                {"until", "到期自动放行", "lapses at"},
                {"reason", "依据", "reason"},
                {"officer_id", "决定人", "officer"}},
               {},
               json::object()};
    const std::string station = in.value("station", "");
    watch->look(Watch::Sweep::as_it_is, [&](const Watch::View& view) {
        for (const auto& hold : watch->holds()) {
            if (!station.empty() && hold.station != station) continue;
            const auto words = words_of(*view.reader, hold.latest.record_id);
            out.rows.push_back({hold.state(options.now()), hold.record_id, hold.station, hold.report_no,
                                loop::format_moment(hold.since), loop::format_moment(hold.until),
                                words.value("reason", ""), words.value("officer_id", "")});
        }
    });
    return rendered(out, in.value("form", "table"));
}

Answer Hub::Impl::hold_decide(const json& in) {
    const std::string record_id = in.at("record_id"), action = in.at("action");
    if (action != "release" && action != "refer" && action != "refuse")
        return problem(400, "unknown_action", "可用 release, refer, refuse / use release, refer or refuse");
    bool is_held = false;
    watch->look(Watch::Sweep::as_it_is, [&](const Watch::View&) {
        const auto held = watch->holds();
        is_held = std::ranges::find(held, record_id, &Hold::record_id) != held.end();
    });
    if (!is_held) return problem(404, "not_held", "这条结果没有被暂缓 / this result is not held");
    auto decision = own_record("decision");
    decision.update({{"about", {{"record_id", record_id}}},
                     {"action", action},
                     {"reason", in.at("reason")},
                     {"officer_id", in.at("officer_id")}});
    auto written = write_own({decision});
    if (written.status != 200) return written;
    return json_answer({{"record_id", record_id}, {"action", action}});
}

}  // namespace imloop::hub
