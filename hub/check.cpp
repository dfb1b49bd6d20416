// verify and rebuild: what is stored against its seals, and what is in memory against what is stored.
#include <fmt/format.h>

#include "hub/hub_impl.hpp"
#include "hub/ids.hpp"
#include "journal/chain.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

/// Walks the stored segments and names every one whose row, chain, seal or receipt does not hold.
class Checker {
public:
    /// `state` has taken this segment in, so that a hub's first one brings its own key; not so where it is damaged.
    void check(const State& state, const StoredSegment& stored, bool loaded) {
        ++segments_;
        if (!loaded) return pass_over(state, stored);
        const auto segment = journal::parse_segment(stored.bytes).value();
        const auto& header = segment.header;
        const auto say = [&](const journal::Error& e) { note(header.source, header.epoch, header.first, e); };
        auto& chain = chains_[{header.source, header.epoch}];
        if (header.first > chain.last + 1 ||
            (header.first == chain.last + 1 && chain.last > 0 && chain.is_head_known && header.prev != chain.head))
            say({"journal_gap", "与前一段接不上 / does not follow the segment before"});
        const auto key = state.keys.of(header.source, segment.seal.kid);
        if (!key) {
            say({"unknown_key", "封签的钥匙没有登记 / the seal's key is not registered"});
        } else if (const auto digests = journal::check_seal(segment, key->key); !digests) {
            say(digests.error());
        }
        chain = {segment.seal.last, segment.seal.head};
        const auto receipt = state.receipt_that_holds(stored);
        if (!receipt) {
            say({"bad_receipt", "回执的签名不符 / the receipt's signature does not match"});
        } else if (receipt->head != segment.seal.head || receipt->outcomes.size() != segment.lines.size()) {
            say({"bad_receipt", "回执与数据段不符 / the receipt is not of this segment"});
        }
        lines_ += segment.lines.size();
    }

    json report() const {
        return {{"segments", segments_}, {"lines", lines_}, {"journals", chains_.size()}, {"errors", errors_}};
    }

private:
    void pass_over(const State& state, const StoredSegment& stored) {
        auto source = stored.source, epoch = stored.epoch;
        auto first = stored.first;
        // The row's own columns may be what changed.
        if (const auto receipt = state.receipt_that_holds(stored))
            source = receipt->source, epoch = receipt->epoch, first = receipt->first;
        note(source, epoch, first,
             {"damaged", "存储的数据段或回执与写入时不同 / the stored segment or receipt is not what was written"});
        if (const auto* chain = state.chain(source, epoch)) chains_[{source, epoch}] = *chain;
    }
    void note(const std::string& source, const std::string& epoch, std::uint64_t first, const journal::Error& e) {
        errors_.push_back(
            {{"source", source}, {"epoch", epoch}, {"first", first}, {"code", e.code}, {"detail", e.detail}});
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
                         const std::function<void(const State&, const StoredSegment&, bool)>& also) {
    State fresh(policy, parameters);
    know_own_key(fresh);
    const auto load = [&](const StoredSegment& s) {
        const bool loaded = fresh.load(s);
        also(fresh, s, loaded);
    };
    auto own_view = store.reader();
    const auto seen = own_view.each_segment(load);
    guard.lock();
    store.each_segment(load, seen);
    fresh.take_traces_of(state);
    fresh.take_forks_in(store);
    fresh.settle(loop::day_of(options.now()));
    return fresh;
}

json Hub::Impl::damage_beside_journals() {
    json out = json::array();
    const auto note = [&](const char* what, const std::string& name, const char* detail) {
        out.push_back({{what, name}, {"code", "damaged"}, {"detail", detail}});
    };
    auto own_view = store.reader();
    if (const auto found = own_view.database().condition(true); found != "ok")
        note("database", found, "数据库文件的结构已损坏 / the structure of the database file is damaged");
    for (const auto& name : meta_damage) note("meta", name, "与写入时不同 / is not what was written");
    own_view.each_trace([&](const std::string& sha256, const std::optional<std::string>& csv) {
        if (!csv) note("trace", sha256, "过程数据与其摘要不符 / the process data and its digest differ");
    });
    own_view.each_figures(figures_version, [&](const std::string& sha256, const std::optional<std::string>& bytes) {
        if (!bytes || !figures_of(*bytes))
            note(
                "trace", sha256,
                "由过程数据算出的数与写入时不同，启动服务时重算 / what was drawn from the process data is not what was "
                "written; drawn anew when the hub is served");
    });
    return out;
}

Answer Hub::Impl::verify() {
    std::unique_lock guard(lock, std::defer_lock);
    Checker checker;
    json beside = json::array();
    std::string live, anew;
    try {
        beside = damage_beside_journals();
        State fresh = rebuilt(
            guard, [&](const State& so_far, const StoredSegment& s, bool loaded) { checker.check(so_far, s, loaded); });
        const auto today = loop::day_of(options.now());
        live = digest_of(state, today);
        anew = digest_of(fresh, today);
    } catch (const engine::DamagedFile& e) {
        // What lies behind the damaged page can't be reached.
        beside.push_back({{"database", shown(options.store)}, {"code", "damaged"}, {"detail", e.what()}});
    }
    const bool holds = !live.empty() && live == anew;
    auto out = checker.report();
    for (auto& one : beside) out["errors"].push_back(std::move(one));
    out["projection"] = live;
    out["projection_holds"] = holds;
    out["clean"] = out["errors"].empty() && holds;
    return json_answer(out);
}

Answer Hub::Impl::rebuild() {
    std::unique_lock guard(lock, std::defer_lock);
    State fresh = rebuilt(guard, [](const State&, const StoredSegment&, bool) {});
    const auto today = loop::day_of(options.now());
    const auto before = digest_of(state, today), after = digest_of(fresh, today);
    state = std::move(fresh);
    known_keys.become(state.keys);
    boot = new_uuid7(options.now());
    return json_answer({{"before", before}, {"after", after}, {"same", before == after}});
}

}  // namespace imloop::hub
