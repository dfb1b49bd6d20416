#include "hub/loop/keys.hpp"

#include <tuple>

namespace imloop::hub {
namespace {

using loop::key_of;

KeyState state_of(const KeyRow& row) {
    auto key = journal::PublicKey::from_spki(row.spki);
    if (!key) throw loop::BadRow("loop_keys: no public key");
    return {row.source, std::move(*key), row.status, row.since, row.record_id};
}

/// What tells which word of a key counts: a revocation before all else, then the latest.
auto weight(const auto& word) { return std::tuple(word.status == "revoked", word.since, word.record_id); }

}  // namespace

Keys::Keys(const loop::Rows* rows) : keys_("loop_keys", rows), sources_("loop_keys_of_source", rows) {}

std::optional<KeyState> Keys::find(std::string_view kid) const {
    const auto* row = keys_.find(key_of(kid));
    return row ? std::optional(state_of(*row)) : std::nullopt;
}

std::optional<KeyState> Keys::of(std::string_view source, std::string_view kid) const {
    const auto* row = keys_.find(key_of(kid));
    return row && row->source == source ? std::optional(state_of(*row)) : std::nullopt;
}

bool Keys::has_source(std::string_view source) const { return sources_.has_any(key_of(source)); }

void Keys::each(const Visitor& visit) const {
    keys_.each("", [&](std::string_view key, const KeyRow& row) { visit(loop::KeyReader(key).text(), state_of(row)); });
}

void Keys::each_of(std::string_view source, const Visitor& visit) const {
    sources_.each(key_of(source), [&](std::string_view key, const loop::Mark&) {
        const auto kid = loop::second_of(key);
        visit(kid, find(kid).value());
    });
}

bool Keys::put(const KeyState& state) {
    const auto kid = key_of(state.key.kid());
    if (const auto* was = keys_.find(kid)) {
        if (weight(state) < weight(*was)) return false;
        sources_.erase(key_of(was->source, state.key.kid()));
    }
    sources_.put(key_of(state.source, state.key.kid()), {});
    keys_.put(kid, {state.source, state.key.spki(), state.status, state.since, state.record_id});
    return true;
}

}  // namespace imloop::hub
