// Opening a hub's database: a lost one is not taken for a new one, what a disk changed is named, and the rest is
// served.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hub/hub_impl.hpp"
#include "service/say.hpp"

namespace imloop::hub {
namespace {

/// A clock that went back by more is wrong by more than lines may be ahead of it.
constexpr loop::Moment clock_back_max = 60 * loop::Moment{60'000};

loop::Moment latest_in(const StoredSegment& own) {
    loop::Moment latest = 0;
    const auto segment = journal::parse_segment(own.bytes);
    if (!segment) return latest;
    for (const auto line : segment->lines) {
        const auto json = loop::reread(line, false).json;
        const auto at = json.is_object() ? loop::parse_moment(json.value("occurred_at", "")) : std::nullopt;
        latest = std::max(latest, at.value_or(0));
    }
    return latest;
}

}  // namespace

std::string Hub::Impl::database_of(const HubOptions& options) {
    if (options.opens != HubOptions::Opens::made && !holds_hub(options.store))
        throw StoreError(fmt::format(
            "{0} 没有或是空的，而这里已建过监管中心：数据库丢了，没有改动任何内容。把备份放成这个文件再启动；"
            "没有备份时，在新目录运行 hub init，再用 hub import 导出目录 --restore 钥匙编号。 / {0} is missing or "
            "empty, "
            "and a hub was made here: the database is lost, nothing was changed. Put the backup there and start again; "
            "without one, run `hub init` in a new folder, then `hub import EXPORT --restore KID`.",
            shown(options.store)));
    return options.store;
}

void Hub::Impl::read_meta() {
    id = store.meta("hub_id").value_or("");
    epoch = store.meta("epoch").value_or("");
    meta_damage = store.damaged_meta();
    for (const auto* needed : {"hub_id", "epoch"})
        if (!store.meta(needed)) meta_damage.emplace_back(needed);
    if (!meta_damage.empty()) return refuse_damaged_meta();
    if (const auto kid = store.meta(key_of_hub); kid && *kid != key.public_key().kid())
        throw StoreError(fmt::format(
            "{0} 是另一个监管中心 {1} 的，没有启动；看 --store 和 --data 是否配对 / {0} is of another hub, {1}; not "
            "started, see that --store and --data belong together",
            shown(options.store), id));
    restored = restored_in(store);
    begin_epoch_where_put_back();
}

void Hub::Impl::refuse_damaged_meta() const {
    if (options.opens == HubOptions::Opens::checked) return;
    throw StoreError(
        fmt::format("数据库表 meta 的 {0} 与写入时不同，没有启动；停下服务，换上备份 / row {0} of table meta is not "
                    "what was written, not started: stop the service and put the backup in its place",
                    fmt::join(meta_damage, ", ")));
}

void Hub::Impl::know_own_key(State& of) const {
    if (!of.keys.find(key.public_key().kid())) of.keys.put({id, key.public_key(), "issued", 0, ""});
}

void Hub::Impl::load(State& into) {
    const bool checks = options.opens == HubOptions::Opens::checked;
    know_own_key(into);
    try {
        store.each_segment([&](const StoredSegment& s) {
            const bool is_loaded = into.load(s);
            // Own lines go on behind these, also where the clock went back a little: of two about one thing the later
            // counts.
            if (const auto at = is_loaded && s.source == id ? latest_in(s) : 0; at <= options.now() + clock_back_max)
                last_own = std::max(last_own.load(), at);
            if (!is_loaded)
                service::say(fmt::format(
                    "存储的第 {0} 段已损坏，其余照常；运行 hub verify 查看 / stored segment {0} is damaged, "
                    "the rest goes on; see `hub verify`",
                    s.position));
        });
        // Its own journal says whose key this is; a hub's id never changes.
        if (const auto named = into.keys.find(key.public_key().kid()).value().source; named != id) {
            if (meta_damage.empty()) meta_damage.emplace_back("hub_id");
            refuse_damaged_meta();
            id = named;
        }
        into.take_traces_in(store, !checks);
        into.take_forks_in(store);
    } catch (const engine::DamagedFile&) {
        if (!checks) throw;  // `verify` comes to the same place and names it
    }
}

}  // namespace imloop::hub
