#include "hub/stick.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "hub/arriving.hpp"
#include "hub/own_journal.hpp"
#include "journal/exported.hpp"
#include "journal/json.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

constexpr const char* restored_name = "restored";

/// The key under which a hub's journal begins, as its own lines name it.
std::optional<journal::PublicKey> declared_key(const journal::Segment& segment) {
    for (const auto line : segment.lines) {
        const auto credential = loop::reread(line, true).credential;
        if (!credential || credential->kid != segment.seal.kid || credential->source_id != segment.header.source)
            continue;
        auto key = journal::PublicKey::from_spki(journal::from_base64(credential->spki).value_or(""));
        if (key && key->kid() == segment.seal.kid) return std::move(*key);
    }
    return std::nullopt;
}

/// Admission and the receipt say the same of a line. What depends on other lines, only the receipt knows.
bool agrees(const loop::Admitted& admitted, const journal::Outcome& outcome) {
    const auto codes = [](const auto& problems) {
        std::vector<std::string> out;
        for (const auto& p : problems) out.push_back(p.code);
        std::ranges::sort(out);
        return out;
    };
    if (outcome.record_id != admitted.record_id) return false;
    if (!admitted.problems.empty())
        return outcome.status == journal::Status::rejected && codes(outcome.problems) == codes(admitted.problems);
    return outcome.status != journal::Status::rejected ||
           codes(outcome.problems) == std::vector<std::string>{"record_id_reused"};
}

}  // namespace

Stick::Stick(std::string hub, std::function<loop::Moment()> now, Readers& readers, Writer& writer,
             const KnownKeys& keys, Alarm alarm)
    : hub_(std::move(hub)),
      now_(std::move(now)),
      readers_(readers),
      writer_(writer),
      keys_(keys),
      alarm_(std::move(alarm)) {
    look_again();
}

void Stick::look_again() {
    const auto kids = readers_.now(Scope::internal())->store.meta(restored_name);
    const std::lock_guard guard(mutex_);
    restored_ = journal::parsed(kids.value_or("[]")).get<std::set<std::string>>();
}

bool Stick::is_own(const Reader& reader, const KeyState& k) const {
    const std::lock_guard guard(mutex_);
    return k.source == hub_ || (is_hub(k.source) && std::ranges::any_of(restored_, [&](const auto& kid) {
                                    return reader.loop.keys.of(k.source, kid).has_value();
                                }));
}

std::optional<KeyState> Stick::key_of(const journal::Segment& segment) {
    const auto reader = readers_.now(Scope::internal());
    if (const auto known = reader->loop.keys.of(segment.header.source, segment.seal.kid))
        return !is_hub(segment.header.source) || is_own(*reader, *known) ? known : std::nullopt;
    if (!is_hub(segment.header.source)) return std::nullopt;
    {
        const std::lock_guard guard(mutex_);
        if (!restored_.contains(segment.seal.kid)) return std::nullopt;
    }
    auto declared = declared_key(segment);
    if (!declared) return std::nullopt;
    return KeyState{segment.header.source, std::move(*declared), "issued", 0, ""};
}

std::optional<std::string> Stick::foreign_in(std::string_view bytes) {
    for (std::string_view rest = bytes; !rest.empty();) {
        const auto piece = journal::take_exported(rest);
        if (!piece) return std::nullopt;  // named when the import comes to it
        const auto segment = journal::parse_segment(piece->segment).value();
        if (is_hub(segment.header.source) && !key_of(segment)) return std::string(piece->segment);
    }
    return std::nullopt;
}

Stick::CameReceipt Stick::receipt_of(std::string_view text, const journal::Segment& segment,
                                     const KeyState& sealed_by) {
    if (text.empty()) return {};
    const auto bad = [](const char* zh, const char* en) {
        return CameReceipt{{}, problem(422, {"bad_receipt", zh, en})};
    };
    const auto kid = journal::receipt_kid(text);
    if (!kid) return bad("回执残缺", "the receipt is incomplete");
    std::optional<KeyState> hub_key;
    {
        const auto reader = readers_.now(Scope::internal());
        const auto known = reader->loop.keys.find(*kid);
        if (known && is_own(*reader, *known)) hub_key = known;
    }
    // A restored hub's first segment was receipted with the key it declares.
    if (is_hub(sealed_by.source) && sealed_by.key.kid() == *kid) hub_key = sealed_by;
    if (!hub_key) return {};
    auto receipt = journal::check_receipt(text, hub_key->key);
    const auto& header = segment.header;
    if (!receipt) return bad("回执的签名不符", "the receipt's signature does not match");
    const auto at = loop::parse_moment(receipt->received_at);
    if (receipt->source != header.source || receipt->epoch != header.epoch || receipt->first != header.first ||
        receipt->last != segment.seal.last || receipt->head != segment.seal.head || !at ||
        receipt->outcomes.size() != segment.lines.size())
        return bad("回执与数据段不符", "the receipt is not of this segment");
    if (!holds_at(*hub_key, *at)) return {};
    return {std::move(*receipt), {}};
}

bool Stick::holds_at(const KeyState& k, std::optional<loop::Moment> receipted_at) const {
    if (k.status != "revoked") return true;
    const std::lock_guard guard(mutex_);
    return !restored_.empty() && receipted_at && *receipted_at < k.since;
}

std::optional<Arrival> Stick::arrived(std::string bytes, const std::string& receipt, Answer& refusal) {
    auto a = framed(std::move(bytes), now_(), refusal);
    if (!a) return std::nullopt;
    const auto refuse = [&](Answer why) {
        refusal = std::move(why);
        return std::nullopt;
    };
    const auto& header = a->segment.header;
    const auto sealed_by = key_of(a->segment);
    if (!sealed_by)
        return refuse(is_hub(header.source) ? foreign_hub(header.source) : key_unknown(keys_, header.source));
    auto came = receipt_of(receipt, a->segment, *sealed_by);
    if (came.refusal) return refuse(std::move(*came.refusal));
    const auto receipted_at = came.receipt ? loop::parse_moment(came.receipt->received_at) : std::nullopt;
    if (!holds_at(*sealed_by, receipted_at)) {
        alarm_(header, "source_revoked", *a->bytes);
        return refuse(problem(403, {"source_revoked", header.source + "：封签的钥匙已被停用",
                                    "the key that sealed this has been revoked"}));
    }
    if (!sealed(*a, sealed_by->key, receipted_at.value_or(a->received_at), refusal)) return std::nullopt;
    if (!came.receipt) return a;
    for (std::size_t i = 0; i < a->admitted.size(); ++i)
        if (came.receipt->outcomes[i].seq != header.first + i || !agrees(a->admitted[i], came.receipt->outcomes[i]))
            return refuse(problem(
                422, {"bad_receipt", fmt::format("第 {0} 条的处理结果与审核不符", header.first + i),
                      fmt::format("what the receipt says of line {0} is not what admission gives", header.first + i)}));
    a->receipt = receipt;
    return a;
}

std::optional<Answer> Stick::begin_restore(const std::vector<std::string>& kids) {
    const std::set<std::string> named(kids.begin(), kids.end());
    // Named again, an import that was cut short goes on.
    {
        const std::lock_guard guard(mutex_);
        if (named == restored_) return std::nullopt;
    }
    const auto begun = writer_.done([&](Store& to, LoopState& of) {
        std::uint64_t lines = 0;
        of.each_chain([&](const auto&, const auto&, const ChainState& chain) { lines += chain.last; });
        if (lines > own_first_lines)
            return problem(409, {"hub_not_empty", "只有空的监管中心才能成为另一个的副本：请先在新目录运行 hub init",
                                 "only an empty hub becomes another's copy: run `hub init` in a new folder first"});
        to.put_meta(restored_name, json(named).dump());
        return Answer{};
    });
    if (begun.status != 200) return begun;
    const std::lock_guard guard(mutex_);
    restored_ = named;
    return std::nullopt;
}

}  // namespace imloop::hub
