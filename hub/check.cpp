// verify and rebuild: what is stored against its seals, and what is in memory against what is stored.
#include <fmt/format.h>

#include "hub/hub_impl.hpp"
#include "hub/ids.hpp"
#include "journal/chain.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

/// Walks the stored segments and names every one whose chain, seal or receipt does not hold.
class Checker {
public:
    /// `state` has taken this segment in, so that a hub's first one brings its own key.
    void check(const State& state, const StoredSegment& stored) {
        const auto segment = journal::parse_segment(stored.bytes);
        if (!segment) return say("?", 0, segment.error());
        const auto& header = segment->header;
        auto& chain = chains_[{header.source, header.epoch}];
        if (header.first > chain.last + 1 ||
            (header.first == chain.last + 1 && chain.last > 0 && header.prev != chain.head))
            say(header.source, header.first, {"journal_gap", "与前一段接不上 / does not follow the segment before"});
        const auto* key = state.key(header.source, segment->seal.kid);
        if (key == nullptr) {
            say(header.source, header.first, {"unknown_key", "封签的钥匙没有登记 / the seal's key is not registered"});
        } else if (const auto digests = journal::check_seal(*segment, key->key); !digests) {
            say(header.source, header.first, digests.error());
        }
        chain = {segment->seal.last, segment->seal.head};
        check_receipt(state, *segment, stored.receipt);
        ++segments_;
        lines_ += segment->lines.size();
    }

    json report() const {
        return {{"segments", segments_}, {"lines", lines_}, {"journals", chains_.size()}, {"errors", errors_}};
    }
    bool clean() const { return errors_.empty(); }

private:
    void check_receipt(const State& state, const journal::Segment& segment, const std::string& bytes) {
        const auto kid = journal::receipt_kid(bytes);
        const auto key = kid ? state.keys.find(*kid) : state.keys.end();
        if (key == state.keys.end() || !key->second.source.starts_with('H'))
            return say(segment.header.source, segment.header.first,
                       {"unknown_key", "回执的钥匙不是监管中心的 / the receipt's key is no hub's"});
        const auto receipt = journal::check_receipt(bytes, key->second.key);
        if (!receipt) return say(segment.header.source, segment.header.first, receipt.error());
        if (receipt->head != segment.seal.head || receipt->outcomes.size() != segment.lines.size())
            say(segment.header.source, segment.header.first,
                {"bad_receipt", "回执与数据段不符 / the receipt is not of this segment"});
    }
    void say(const std::string& source, std::uint64_t first, const journal::Error& e) {
        errors_.push_back({{"source", source}, {"first", first}, {"code", e.code}, {"detail", e.detail}});
    }

    std::map<std::pair<std::string, std::string>, ChainState> chains_;
    std::int64_t segments_ = 0;
    std::uint64_t lines_ = 0;
    json errors_ = json::array();
};

std::string digest_of(State& state, loop::Day day) {
    state.suspects.sweep(state.projection, day);
    return journal::to_hex(journal::sha256(state.projection.dump(day) + state.suspects.dump()));
}

}  // namespace

State Hub::Impl::rebuilt(std::unique_lock<std::shared_mutex>& guard,
                         const std::function<void(const State&, const StoredSegment&)>& also) {
    State fresh(policy, parameters);
    const auto load = [&](const StoredSegment& s) {
        fresh.load(s);
        also(fresh, s);
    };
    Store own_view(options.data / "hub.sqlite");
    const auto seen = own_view.each_segment(load);
    guard.lock();
    store.each_segment(load, seen);
    fresh.take_traces_of(state);
    fresh.take_forks_in(store);
    fresh.settle(loop::day_of(options.now()));
    return fresh;
}

Answer Hub::Impl::verify() {
    std::unique_lock guard(lock, std::defer_lock);
    Checker checker;
    State fresh = rebuilt(guard, [&](const State& so_far, const StoredSegment& s) { checker.check(so_far, s); });
    const auto today = loop::day_of(options.now());
    const auto live = digest_of(state, today), anew = digest_of(fresh, today);
    auto out = checker.report();
    out["projection"] = live;
    out["projection_holds"] = live == anew;
    out["clean"] = checker.clean() && live == anew;
    return json_answer(out);
}

Answer Hub::Impl::rebuild() {
    std::unique_lock guard(lock, std::defer_lock);
    State fresh = rebuilt(guard, [](const State&, const StoredSegment&) {});
    const auto today = loop::day_of(options.now());
    const auto before = digest_of(state, today), after = digest_of(fresh, today);
    state = std::move(fresh);
    boot = new_uuid7(options.now());
    return json_answer({{"before", before}, {"after", after}, {"same", before == after}});
}

}  // namespace imloop::hub
