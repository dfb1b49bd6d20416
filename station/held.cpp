#include "station/held.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "journal/chain.hpp"
#include "journal/segment.hpp"
#include "loop/json.hpp"

namespace imloop::station {
namespace {

using nlohmann::json;

constexpr std::size_t lines_a_page = 500;

journal::Result<json> asked(const Ask& ask, const std::string& target) {
    const auto body = ask(target);
    if (!body) return body.error();
    auto out = loop::json_of(*body);
    if (!out.is_object())
        return journal::Error("malformed_answer", "答话不是 JSON", "the answer is no JSON: " + target);
    return out;
}

/// h(n) of the outbox's own lines.
std::string head_at(Outbox& outbox, const std::string& station, journal::Algorithm algorithm, std::uint64_t n) {
    auto h = journal::chain_start(algorithm, station, outbox.epoch());
    for (std::uint64_t done = 0; done < n;) {
        const auto page =
            outbox.lines(done + 1, static_cast<std::size_t>(std::min<std::uint64_t>(n - done, lines_a_page)));
        if (page.empty()) break;
        for (const auto& line : page) h = journal::chain_next(algorithm, h, line);
        done += page.size();
    }
    return journal::to_hex(h);
}

}  // namespace

journal::Result<Held> ask_held(const Ask& ask, const std::string& epoch) try {
    Held out;
    const auto standing = asked(ask, "/api/v1/journal?epoch=" + epoch);
    if (!standing) return standing.error();
    standing->at("last").get_to(out.last);
    out.head = standing->value("head", "");
    for (std::string after;;) {
        const auto page = asked(ask, "/api/v1/outcomes?limit=500&after=" + after);
        if (!page) return page.error();
        for (const auto& item : page->at("items"))
            if (item.at("status") == "rejected" && item.at("epoch") == epoch)
                out.rejected.insert(item.at("seq").get<std::uint64_t>());
        const auto next = page->value("next", after);
        // A page that moves no further is the last one, whatever it says.
        if (next == after) return out;
        after = next;
    }
} catch (const json::exception& e) {
    return journal::Error("malformed_answer", e.what());
}

std::vector<service::Words> differences(Outbox& outbox, const journal::PublicKey& own,
                                        const journal::PublicKey& hub_key, const Held& held) {
    std::vector<service::Words> out;
    const auto say = [&](std::string zh, std::string en) { out.push_back({std::move(zh), std::move(en)}); };
    const auto here = outbox.last(), receipted = outbox.acknowledged();
    if (held.last > here)
        say(fmt::format("监管中心有 {} 条，本机只有 {} 条：本机的数据是旧副本，运行 run 会另起一段日志", held.last,
                        here),
            fmt::format("the hub holds {} lines, here are {}: the data here is an older copy, `run` begins a new epoch",
                        held.last, here));
    if (held.last < receipted)
        say(fmt::format("本机有前 {} 条的回执，监管中心只有前 {} 条：它从备份恢复过，运行 run 会把之后的再传一次",
                        receipted, held.last),
            fmt::format("here are receipts for the first {} lines, the hub holds the first {}: it was put back from a "
                        "backup, `run` sends the rest again",
                        receipted, held.last));
    const auto both = std::min(here, held.last);
    if (both > 0 && both == held.last && head_at(outbox, outbox.station_id(), own.algorithm(), both) != held.head)
        say(fmt::format("前 {} 条的内容与监管中心的不同，请告知监管部门", both),
            fmt::format("the first {} lines are not those the hub holds, tell the bureau", both));
    std::set<std::uint64_t> rejected;
    outbox.each_sealed([&](const std::string& segment, const std::string& bytes) {
        if (bytes.empty()) return;
        const auto cut = journal::parse_segment(segment);
        const auto receipt = journal::check_receipt(bytes, hub_key);
        if (!cut || !receipt || receipt->first != cut->header.first || receipt->last != cut->seal.last ||
            receipt->head != cut->seal.head) {
            const auto first = cut ? cut->header.first : 0;
            say(fmt::format("从第 {} 条起的一段，保存的回执不成立", first),
                fmt::format("the receipt kept for the segment from line {} on does not hold", first));
            return;
        }
        for (const auto& outcome : receipt->outcomes)
            if (outcome.status == journal::Status::rejected && outcome.seq <= held.last) rejected.insert(outcome.seq);
    });
    const auto only_in = [](const std::set<std::uint64_t>& a, const std::set<std::uint64_t>& b) {
        std::vector<std::uint64_t> rest;
        std::ranges::set_difference(a, b, std::back_inserter(rest));
        return rest;
    };
    for (const auto seq : only_in(rejected, held.rejected))
        say(fmt::format("第 {} 条：回执说退回，监管中心说收下了", seq),
            fmt::format("line {}: rejected by its receipt, taken by what the hub says now", seq));
    for (const auto seq : only_in(held.rejected, rejected))
        if (seq <= receipted)
            say(fmt::format("第 {} 条：回执说收下了，监管中心说退回", seq),
                fmt::format("line {}: taken by its receipt, rejected by what the hub says now", seq));
    return out;
}

}  // namespace imloop::station
