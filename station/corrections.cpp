#include "station/corrections.hpp"

#include <limits>
#include <tuple>

#include "journal/json.hpp"
#include "loop/time.hpp"

namespace imloop::station {

using nlohmann::json;

namespace {

constexpr std::size_t lines_a_step = 500;

auto place(const json& record) {
    return std::tuple(loop::parse_moment(record.value("occurred_at", "")).value_or(0), record.value("record_id", ""));
}

}  // namespace

std::map<std::string, json> corrections_since(Outbox& outbox, std::uint64_t since) {
    std::map<std::string, json> out;
    std::uint64_t before = std::numeric_limits<std::int64_t>::max();
    for (std::vector<Queued> lines; before > since; before = lines.back().seq) {
        lines = outbox.recent("", before, lines_a_step);
        if (lines.empty()) break;
        for (const auto& q : lines) {
            if (q.seq < since || q.status == "rejected" || q.line.find("imloop/correction/") == std::string::npos)
                continue;
            auto correction = journal::parsed_or_discarded(q.line);
            if (!correction.is_object() || correction.value("schema", "") != "imloop/correction/1") continue;
            const auto [known, is_first] = out.try_emplace(correction.value("corrects", ""), correction);
            if (!is_first && place(correction) > place(known->second)) known->second = std::move(correction);
        }
    }
    return out;
}

json corrected(const json& record, const std::map<std::string, json>& corrections) {
    const auto it = corrections.find(record.value("record_id", ""));
    return it == corrections.end() ? record : it->second.value("replacement", json());
}

}  // namespace imloop::station
