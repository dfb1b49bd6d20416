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

using loop::rules::Decision;
using nlohmann::json;

constexpr loop::Moment shown_ms = 7 * loop::day_ms;  ///< how long a decided hold is told to its station
constexpr loop::Moment fresh_ms = loop::day_ms;      ///< an older test came late: holding its result helps no one

bool is_about_holds(const std::string& action) {
    return action == "hold" || action == "release" || action == "refer" || action == "refuse";
}

struct Hold {
    std::string record_id;
    Decision latest{};  ///< hold, release, refer or refuse
    bool was_held = false;
    loop::Moment since = 0, until = 0;
    /// waiting, lapsed, released, referred, refused
    std::string state(loop::Moment now) const {
        if (latest.action == "release") return "released";
        if (latest.action == "refer") return "referred";
        if (latest.action == "refuse") return "refused";
        return now < until ? "waiting" : "lapsed";
    }
};

std::vector<Hold> holds_in(const State& state, int minutes) {
    std::vector<Hold> out;
    state.suspects.each_decision([&](const std::string& about, const Decision& d) {
        if (!is_about_holds(d.action)) return;
        if (out.empty() || out.back().record_id != about) out.push_back({about});
        Hold& hold = out.back();
        hold.latest = d;
        if (d.action != "hold") return;
        hold.was_held = true;
        hold.since = d.occurred_at;
        hold.until = d.occurred_at + minutes * loop::Moment{60'000};
    });
    std::erase_if(out, [](const Hold& hold) { return !hold.was_held; });
    std::ranges::stable_sort(out, std::greater(), &Hold::since);
    return out;
}

}  // namespace

void Hub::Impl::hold_new() {
    const auto flags = state.suspects.take_new();
    if (policy.watched_stations.empty()) return;
    std::vector<json> holds;
    std::set<std::string> records;
    for (const auto& flag_id : flags) {
        const auto flag = state.suspects.flag(flag_id);
        if (!flag || std::ranges::find(policy.watched_stations, flag->station_id) == policy.watched_stations.end())
            continue;
        const auto fact = state.projection.fact(flag->records.front());
        const bool passed = fact && fact->inspection && fact->inspection->verdict == loop::Verdict::pass;
        if (!passed || fact->occurred_at + fresh_ms < options.now() || !records.insert(fact->record_id).second ||
            state.suspects.decision(fact->record_id))
            continue;
        auto hold = own_record("decision");
        hold.update({{"about", {{"record_id", fact->record_id}}},
                     {"action", "hold"},
                     {"reason", flag_id + " " + loop::rules::claim_of(*flag).zh},
                     {"officer_id", "policy"}});
        holds.push_back(std::move(hold));
    }
    if (holds.empty()) return;
    boost::asio::post(admission, [this, holds = std::move(holds)] {
        answering([](const Answer& failed) { service::say("hold: " + failed.cause); }, [&] { write_own(holds); });
    });
}

Answer Hub::holds(const Caller& caller, std::string_view if_none_match) const {
    const auto now = impl_->options.now();
    const std::unique_lock guard(impl_->lock);
    json items = json::array();
    for (const auto& hold : holds_in(impl_->state, impl_->policy.hold_minutes)) {
        const auto fact = impl_->state.projection.fact(hold.record_id);
        if (!fact || fact->station_id != caller.source || hold.latest.occurred_at + shown_ms < now) continue;
        const auto words = impl_->words_of(hold.latest.record_id);
        items.push_back({{"record_id", hold.record_id},
                         {"report_no", fact->inspection ? fact->inspection->report_no : ""},
                         {"state", hold.state(now)},
                         {"since", loop::format_moment(hold.since)},
                         {"until", loop::format_moment(hold.until)},
                         {"reason", words.value("reason", "")},
                         {"officer_id", words.value("officer_id", "")}});
    }
    return list_answer({{"items", std::move(items)}}, if_none_match);
}

Answer Hub::feedback(const Caller& caller, std::string_view if_none_match) const {
    const auto today = loop::day_of(impl_->options.now());
    const std::unique_lock guard(impl_->lock);
    if (impl_->peers_of_ != today) {
        impl_->peers_ = peer_figures(impl_->state.suspects.statistics(), today);
        impl_->peers_of_ = today;
    }
    const auto own = impl_->peers_.find(caller.source);
    return list_answer(
        {{"as_of", loop::format_day(today)}, {"items", own == impl_->peers_.end() ? json::array() : own->second}},
        if_none_match);
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
    const std::unique_lock guard(lock);
    for (const auto& hold : holds_in(state, policy.hold_minutes)) {
        const auto fact = state.projection.fact(hold.record_id);
        if (!fact || (!station.empty() && fact->station_id != station)) continue;
        const auto words = words_of(hold.latest.record_id);
        out.rows.push_back({hold.state(options.now()), hold.record_id, fact->station_id,
                            fact->inspection ? fact->inspection->report_no : "", loop::format_moment(hold.since),
                            loop::format_moment(hold.until), words.value("reason", ""), words.value("officer_id", "")});
    }
    return rendered(out, in.value("form", "table"));
}

Answer Hub::Impl::hold_decide(const json& in) {
    const std::string record_id = in.at("record_id"), action = in.at("action");
    if (action != "release" && action != "refer" && action != "refuse")
        return problem(400, "unknown_action", "可用 release, refer, refuse / use release, refer or refuse");
    {
        const std::shared_lock guard(lock);
        const auto held = holds_in(state, policy.hold_minutes);
        if (std::ranges::find(held, record_id, &Hold::record_id) == held.end())
            return problem(404, "not_held", "这条结果没有被暂缓 / this result is not held");
    }
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
