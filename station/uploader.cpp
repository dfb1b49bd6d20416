#include "station/uploader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "journal/encoding.hpp"
#include "loop/json.hpp"

namespace imloop::station {

using nlohmann::json;

Decision decide(const journal::Result<Response>& answer, std::uint64_t sent_first) {
    using enum Decision::Kind;
    if (!answer) return {wait, 0, {}, answer.error().detail()};
    if (answer->status == 200) return {done, 0, {}, ""};
    const json body = loop::json_of(answer->body);
    const bool is_problem = body.is_object() && body.contains("code");
    const std::string why =
        is_problem ? body.value("code", "") + ": " + body.value("detail", "") : fmt::format("HTTP {}", answer->status);
    if (answer->status == 408 || answer->status == 429 || answer->status >= 500) {
        const auto after = answer->headers.find("retry-after");
        const long seconds = after == answer->headers.end() ? 0 : std::atol(after->second.c_str());
        return {wait, 0, std::chrono::seconds(std::clamp(seconds, 0L, 3600L)), why};
    }
    if (is_problem && body["code"] == "journal_gap") {
        const auto expected = body.value("expected", std::uint64_t{0});
        if (expected > 0 && expected < sent_first) return {send_again, expected, {}, why};
    }
    if (is_problem && body["code"] == "journal_fork") return {new_epoch, 0, {}, why};
    return {stop, 0, {}, why};
}

std::chrono::milliseconds Backoff::after(unsigned failures, double random) const {
    const auto full = std::min<std::int64_t>(most.count(), base.count() << std::min(failures, 20U));
    return std::chrono::milliseconds(full - static_cast<std::int64_t>(static_cast<double>(full) / 2 * random));
}

Uploader::Uploader(Outbox& outbox, journal::PrivateKey key, journal::PublicKey hub_key, Shell shell, Backoff backoff)
    : outbox_(outbox),
      key_(std::move(key)),
      hub_key_(std::move(hub_key)),
      shell_(std::move(shell)),
      backoff_(backoff) {}

Decision Uploader::send_trace(const Trace& trace) {
    auto coded = journal::encode(trace.csv);
    auto decision = decide(shell_.request("PUT", "/api/v1/traces/" + trace.sha256,
                                          {{"Content-Type", "text/csv"}, {"Content-Encoding", coded.content_encoding}},
                                          std::move(coded.bytes)),
                           0);
    if (decision.kind == Decision::Kind::done) outbox_.trace_sent(trace.sha256);
    return decision;
}

Decision Uploader::send_cut(const Cut& cut) {
    auto coded = journal::encode(cut.bytes);
    const auto answer =
        shell_.request("POST", "/api/v1/journal",
                       {{"Content-Type", "application/x-ndjson"}, {"Content-Encoding", coded.content_encoding}},
                       std::move(coded.bytes));
    auto decision = decide(answer, cut.first);
    if (decision.kind == Decision::Kind::send_again) {
        outbox_.send_again_from(decision.from);
    } else if (decision.kind == Decision::Kind::done) {
        const auto receipt = journal::check_receipt(answer->body, hub_key_);
        if (!receipt || receipt->first != cut.first || receipt->last != cut.last)
            return {Decision::Kind::stop,
                    0,
                    {},
                    "bad_receipt: 回执不是监管中心对这一段的回执 / the receipt is not the hub's for this segment"};
        outbox_.acknowledge(cut, answer->body, *receipt);
        const auto rejected =
            std::ranges::count(receipt->outcomes, journal::Status::rejected, &journal::Outcome::status);
        shell_.say(fmt::format("已上传第 {0}–{1} 条，退回 {2} 条 / sent {0}–{1}, {2} rejected", cut.first, cut.last,
                               rejected));
    }
    return decision;
}

void Uploader::begin_epoch() {
    const auto kept = outbox_.begin_epoch();
    shell_.say(
        fmt::format("本机的数据是旧副本，监管中心在它之后还收过别的：已另起一段日志，全部重新上传，旧的存为 {0} / "
                    "the data here is an older copy, the hub has more than it: a new epoch begins, all is sent "
                    "again, the old one is kept as {0}",
                    kept.string()));
}

void Uploader::look_back() {
    if (outbox_.stopped()) return;
    const auto answer = shell_.request("GET", "/api/v1/journal?epoch=" + outbox_.epoch(), {}, "");
    const auto decision = decide(answer, 0);
    if (decision.kind == Decision::Kind::done) {
        const json standing = loop::json_of(answer->body);
        if (!standing.is_object() || !standing.contains("last")) return;
        const auto held = standing["last"].get<std::uint64_t>();
        if (held > outbox_.last()) return begin_epoch();
        if (held >= outbox_.acknowledged()) return;
        outbox_.send_again_from(held + 1);
        shell_.say(
            fmt::format("监管中心只有前 {0} 条（从备份恢复过），之后的再传一次 / the hub holds the first {0} only, as "
                        "one put back from a backup: what came after is sent again",
                        held));
    } else if (answer && (answer->status == 401 || answer->status == 403)) {
        outbox_.stop(decision.why);
    }
}

Uploader::End Uploader::run() {
    if (outbox_.stopped()) return End::stopped;
    for (unsigned failures = 0;;) {
        Decision decision;
        if (const auto trace = outbox_.next_trace())
            decision = send_trace(*trace);
        else if (const auto cut = outbox_.next_cut(key_))
            decision = send_cut(*cut);
        else
            return End::empty;
        switch (decision.kind) {
            case Decision::Kind::done:
            case Decision::Kind::send_again:
                failures = 0;
                if (!shell_.sleep(std::chrono::milliseconds(0), "")) return End::interrupted;
                break;
            case Decision::Kind::new_epoch:
                begin_epoch();
                break;
            case Decision::Kind::wait: {
                const auto pause = std::max(decision.at_least, backoff_.after(failures++, shell_.random()));
                shell_.say(fmt::format("{}；{} 秒后再试 / again in {} s", decision.why, pause.count() / 1000,
                                       pause.count() / 1000));
                if (!shell_.sleep(pause, decision.why)) return End::interrupted;
                break;
            }
            case Decision::Kind::stop:
                outbox_.stop(decision.why);
                return End::stopped;
        }
    }
}

}  // namespace imloop::station
