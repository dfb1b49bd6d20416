// verify and rebuild: what is stored against its seals, and what is in memory against what is stored.
#include <fmt/format.h>

#include "hub/accounts/audit.hpp"
#include "hub/calls/calls.hpp"
#include "hub/loop/building.hpp"
#include "hub/store/beside.hpp"
#include "hub/store/kept_tables.hpp"
#include "journal/chain.hpp"

namespace imloop::hub::calls {
namespace {

using nlohmann::json;

/// Walks the stored segments and names every one whose row, chain, seal or receipt does not hold.
class Checker {
public:
    /// `state` has taken this segment in, so that a hub's first one brings its own key; not so where it is damaged.
    void check(const LoopState& state, const StoredSegment& stored, bool loaded) {
        ++segments_;
        if (!loaded) return pass_over(state, stored);
        const auto segment = journal::parse_segment(stored.bytes).value();
        const auto& header = segment.header;
        const auto say = [&](const journal::Error& e) { note(header.source, header.epoch, header.first, e); };
        auto& chain = chains_[{header.source, header.epoch}];
        if (header.first > chain.last + 1 ||
            (header.first == chain.last + 1 && chain.last > 0 && chain.is_head_known && header.prev != chain.head))
            say({"journal_gap", "与前一段接不上", "does not follow the segment before"});
        const auto key = state.keys.of(header.source, segment.seal.kid);
        if (!key) {
            say({"unknown_key", "封签的钥匙没有登记", "the seal's key is not registered"});
        } else if (const auto digests = journal::check_seal(segment, key->key); !digests) {
            say(digests.error());
        }
        chain = {segment.seal.last, segment.seal.head};
        const auto receipt = state.receipt_that_holds(stored);
        if (!receipt) {
            say({"bad_receipt", "回执的签名不符", "the receipt's signature does not match"});
        } else if (receipt->head != segment.seal.head || receipt->outcomes.size() != segment.lines.size()) {
            say({"bad_receipt", "回执与数据段不符", "the receipt is not of this segment"});
        }
        lines_ += segment.lines.size();
    }

    json report() const {
        return {{"segments", segments_}, {"lines", lines_}, {"journals", chains_.size()}, {"errors", errors_}};
    }

private:
    void pass_over(const LoopState& state, const StoredSegment& stored) {
        auto source = stored.source, epoch = stored.epoch;
        auto first = stored.first;
        // The row's own columns may be what changed.
        if (const auto receipt = state.receipt_that_holds(stored))
            source = receipt->source, epoch = receipt->epoch, first = receipt->first;
        note(source, epoch, first,
             {"damaged", "存储的数据段或回执与写入时不同", "the stored segment or receipt is not what was written"});
        if (const auto* chain = state.chain(source, epoch)) chains_[{source, epoch}] = *chain;
    }
    void note(const std::string& source, const std::string& epoch, std::uint64_t first, const journal::Error& e) {
        errors_.push_back(
            {{"source", source}, {"epoch", epoch}, {"first", first}, {"code", e.code}, {"detail", e.detail()}});
    }

    std::map<std::pair<std::string, std::string>, ChainState> chains_;
    std::int64_t segments_ = 0;
    std::uint64_t lines_ = 0;
    json errors_ = json::array();
};

/// The file itself, meta, kept tables, the audit log, process data and its figures.
json damage_beside_journals(Context& c) {
    json out = json::array();
    const auto note = [&](const char* what, const std::string& name, const char* detail) {
        out.push_back({{what, name}, {"code", "damaged"}, {"detail", detail}});
    };
    auto& stored = c.reader().store;
    if (const auto found = stored.database().condition(true); found != "ok")
        note("database", found, "数据库文件的结构已损坏 / the structure of the database file is damaged");
    for (const auto& name : c.hub.meta_damage) note("meta", name, "与写入时不同 / is not what was written");
    for (const auto* table : kept_tables)
        for (const auto& key : table->damaged(stored.database()))
            out.push_back({{"table", table->name},
                           {"key", key},
                           {"code", "damaged"},
                           {"detail", "与写入时不同，不再采用 / is not what was written, and is not used"}});
    for (const auto& what : c.hub.rows_damage) note("rows", "loop", what.c_str());
    const auto of_watch = c.hub.watch_damage.empty() ? c.hub.watch->damaged() : c.hub.watch_damage;
    for (const auto& table : of_watch)
        note("table", table, "与写入时不同，已由日志重建 / is not what was written, made anew from the journals");
    if (const auto found = verify_audit(stored.database()); found.broken_at)
        note("audit", std::to_string(*found.broken_at),
             "审计日志从这一条起对不上 / from this entry on the audit log does not hold");
    stored.each_trace([&](const std::string& sha256, const std::optional<std::string>& csv) {
        if (!csv) note("trace", sha256, "过程数据与其摘要不符 / the process data and its digest differ");
    });
    stored.each_figures(figures_version, [&](const std::string& sha256, const std::optional<std::string>& bytes) {
        if (!bytes || !figures_of(*bytes))
            note(
                "trace", sha256,
                "由过程数据算出的数与写入时不同，启动服务时重算 / what was drawn from the process data is not what was "
                "written; drawn anew when the hub is served");
    });
    return out;
}

using Said = std::map<std::string, std::string>;  // a digest a table, one for the flags

Said said_by(const StoredRows& rows, const std::string& of_flags) {
    Said out{{"flags", journal::to_hex(journal::sha256(of_flags))}};
    for (const auto table : compared_tables()) out.emplace(table, digest_of(rows, {table}));
    out.merge(typed_digests(rows));
    return out;
}

/// Tells in `out` what differs. Where a journal is damaged, what follows from it does, and is no fault of its own.
bool hold_against(const Said& live, const Said& anew, json& out) {
    const bool is_own_fault = out["errors"].empty();
    json differs = json::array();
    std::string all;
    for (const auto& [table, digest] : live) {
        all += digest;
        if (digest == anew.at(table)) continue;
        differs.push_back(table);
        if (is_own_fault)
            out["errors"].push_back(
                {{"table", table},
                 {"code", "damaged"},
                 {"detail", "与由日志重算的不同，运行 hub rebuild / is not what the journals say, run `hub rebuild`"}});
    }
    const bool holds = !live.empty() && differs.empty();
    out["projection"] = live.empty() ? "" : journal::to_hex(journal::sha256(all));
    out["projection_holds"] = holds;
    out["differs"] = std::move(differs);
    return holds;
}

}  // namespace

/// Everything is made anew beside what is served, of one moment, and held against it: nobody waits for it.
Answer verify(Context& c, const json&) {
    auto& hub = c.hub;
    Checker checker;
    json beside = json::array();
    Said live, anew;
    try {
        beside = damage_beside_journals(c);
        c.release();
        Beside made(hub.options.data, "verify");
        StoredRows fresh_rows(made.database());
        const StoredRows watch_rows(made.database(), "", StoredRows::Tables::as_needed);
        make_tables(fresh_rows);
        {
            Transaction transaction(made.database());
            clear_tables(fresh_rows);
            transaction.commit();
        }
        LoopState fresh(&fresh_rows);
        const auto today = loop::day_of(c.now);
        std::string flags;
        Readers::Lent reader;
        bool are_all = false;
        const auto note_bad_row = [&](const loop::BadRow& e) {
            beside.push_back({{"rows", "loop"}, {"code", "damaged"}, {"detail", e.what()}});
        };
        try {
            hub.watch->look(c.scope, Watch::Sweep::of_now, [&](const Watch::View& view) {
                flags = view.suspects.dump();
                are_all = view.is_all;
                reader = std::move(view.reader);
            });
        } catch (const loop::BadRow& e) {
            note_bad_row(e);
            reader = hub.readers.now(c.scope);
            are_all = true;
        }
        if (!are_all)
            return problem(503, {"busy", "记录来得比规则核得快，稍后再运行",
                                 "records come faster than they are watched, try again later"});
        for (std::int64_t last = -1, built = 0; last != built;) {
            last = built;
            Transaction transaction(made.database());
            know_own_key(fresh, hub.id, hub.key.public_key());
            built = build_step(reader->store, built, fresh, fresh_rows, today,
                               [&](const LoopState& so_far, const StoredSegment& s, bool loaded) {
                                   checker.check(so_far, s, loaded);
                               });
            transaction.commit();
        }
        std::string flags_anew;
        hub.watch->made_anew(reader->store, fresh, watch_rows, fresh.projection.policy(today).rules,
                             [&](const auto& suspects) { flags_anew = suspects.dump(); });
        anew = said_by(fresh_rows, flags_anew);
        try {
            const StoredRows served(reader->store.database());
            const auto numbered = numbered_tables();
            digest_of(served, {numbered.begin(), numbered.end()});  // reads them: each is under its own check
            live = said_by(served, flags);
        } catch (const loop::BadRow& e) {
            if (beside.empty()) note_bad_row(e);
        }
    } catch (const engine::DamagedFile& e) {
        // What lies behind the damaged page can't be reached.
        beside.push_back({{"database", shown(hub.options.store)}, {"code", "damaged"}, {"detail", e.what()}});
    }
    auto out = checker.report();
    for (auto& one : beside) out["errors"].push_back(std::move(one));
    const bool holds = hold_against(live, anew, out);
    out["clean"] = out["errors"].empty() && holds;
    return json_answer(out);
}

/// New tables are filled beside the old ones, step by step between two batches, and take their place in one commit.
Answer rebuild(Context& c, const json&) {
    auto& hub = c.hub;
    const auto today = loop::day_of(c.now);
    std::optional<StoredRows> fresh_rows;
    std::optional<LoopState> fresh;
    std::uint64_t begun_at = 0;
    std::int64_t built = 0;
    std::string before, after;
    const auto begin = [&](Store& from, LoopState&) {
        begun_at = hub.writer->times_lost();
        fresh_rows.emplace(from.database(), "new_");
        make_tables(*fresh_rows);
        clear_tables(*fresh_rows);
        fresh.emplace(&*fresh_rows);
        know_own_key(*fresh, hub.id, hub.key.public_key());
        return Answer{};
    };
    // Then the rows are on a connection that is gone, and another hub may have written meanwhile.
    const auto is_lost = [&] { return hub.writer->times_lost() != begun_at; };
    const auto step = [&](Store& from, LoopState&) {
        if (is_lost()) return store_lost();
        built = build_step(from, built, *fresh, *fresh_rows, today);
        return Answer{};
    };
    const auto end = [&](Store& from, LoopState& served) {
        if (is_lost()) return store_lost();
        for (auto to = built; (to = build_step(from, built, *fresh, *fresh_rows, today)) != built;) built = to;
        const auto tables = compared_tables();
        const auto all = [&tables](const StoredRows& of) {
            auto out = digest_of(of, tables);
            for (const auto& [table, digest] : typed_digests(of)) out += digest;
            return journal::to_hex(journal::sha256(out));
        };
        after = all(*fresh_rows);
        try {
            before = all(hub.rows);
        } catch (const loop::BadRow& e) {
            before = e.what();
        }
        hub.rows.move_to(from.database());  // lets go of what it has prepared
        take_over_tables(*fresh_rows);
        served.forget();
        hub.rows_made_anew();
        return Answer{};
    };
    if (auto begun = hub.writer->done(begin); begun.status != 200) return begun;
    for (std::int64_t last = -1; last != built;) {
        last = built;
        if (auto done = hub.writer->done(step); done.status != 200) return done;
    }
    if (auto ended = hub.writer->done(end); ended.status != 200) return ended;
    hub.rows_were_made_anew();
    return json_answer({{"before", before}, {"after", after}, {"same", before == after}});
}

}  // namespace imloop::hub::calls
