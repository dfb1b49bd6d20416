// Opening a hub's database: a lost one is not taken for a new one, what a disk changed is named, and the rest is
// served.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "hub/hub.hpp"
#include "hub/ids.hpp"
#include "hub/loop/building.hpp"
#include "hub/loop/views.hpp"
#include "hub/policy_file.hpp"
#include "hub/sequencer/inbox.hpp"
#include "hub/sequencer/statements.hpp"
#include "hub/store/copy.hpp"
#include "hub/store/statements.hpp"
#include "schemas/embedded.hpp"
#include "service/say.hpp"

namespace imloop::hub {
namespace {

// Rows of meta about the loop's rows.
constexpr const char* loop_form = "loop_form";  ///< what they are made with
constexpr const char* views_made = "views";     ///< the form of those that are made
constexpr const char* loop_boot = "loop_boot";  ///< since when changes are numbered as they are

constexpr loop::Moment clock_back_max = 60 * loop::Moment{60'000};

/// Facts, and so the rows, are read by these.
constexpr std::array<const char*, 12> tables_read{"codes",        "counties",    "emission_stages", "fuels",
                                                  "judgements",   "limits",      "methods",         "parts",
                                                  "placeholders", "plate_kinds", "readings",        "repair_items"};

void say_damaged(const StoredSegment& s) {
    service::say(fmt::format(
        "存储的第 {0} 段已损坏，其余照常；运行 hub verify 查看 / stored segment {0} is damaged, the rest goes on; see "
        "`hub verify`",
        s.position));
}

}  // namespace

std::string Hub::database_of(const HubOptions& options) {
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

void Hub::read_meta() {
    id = store.meta("hub_id").value_or("");
    epoch = store.meta("epoch").value_or("");
    meta_damage = store.damaged_meta();
    for (const auto* needed : {"hub_id", "epoch"})
        if (!store.meta(needed)) meta_damage.emplace_back(needed);
    if (!meta_damage.empty()) return refuse_damaged_meta();
    if (store.meta(is_unfinished).value_or("") == "1")
        throw StoreError(
            fmt::format("{0} 是没有复制完的副本，没有启动；再运行一次 hub store copy / {0} is a copy that "
                        "was cut short; not started, run `hub store copy` again",
                        shown(options.store)));
    if (const auto kid = store.meta(key_of_hub); kid && *kid != key.public_key().kid())
        throw StoreError(fmt::format(
            "{0} 是另一个监管中心 {1} 的，没有启动；看 --store 和 --data 是否配对 / {0} is of another hub, {1}; not "
            "started, see that --store and --data belong together",
            shown(options.store), id));
    begin_epoch_where_put_back();
}

void Hub::refuse_damaged_meta() const {
    if (options.opens == HubOptions::Opens::checked) return;
    throw StoreError(
        fmt::format("数据库表 meta 的 {0} 与写入时不同，没有启动；停下服务，换上备份 / row {0} of table meta is not "
                    "what was written, not started: stop the service and put the backup in its place",
                    fmt::join(meta_damage, ", ")));
}

std::string Hub::form_of_rows() const {
    std::string all = std::to_string(loop_rows_version);
    for (const auto* table : tables_read) all += "\n" + schemas::table_text(table);
    return journal::to_hex(journal::sha256(all));
}

std::string Hub::form_of_watch() const {
    std::string all = fmt::format("{} {} {}", watch_rows_version, boot_now(), form_of_rows());
    for (const auto& rule : loop::rules::all()) all += fmt::format(" {} {}", rule.id, rule.version);
    return journal::to_hex(journal::sha256(all));
}

/// What every start reads of them. One that a disk changed must not keep the hub, and `hub rebuild` with it, from
/// starting.
bool Hub::can_begin_with_rows() {
    try {
        loop.keys.each([](const std::string&, const KeyState&) {});
        loop.latest_of(id);
        // Ahead of the journal: segments are no more that they hold.
        return loop.position() <= store.position();
    } catch (const loop::BadRow& e) {
        service::say(fmt::format("{}；由日志重建 / made anew from the journals", e.what()));
        if (options.opens == HubOptions::Opens::checked) rows_damage.emplace_back(e.what());
        return false;
    }
}

void Hub::make_rows() {
    set_boot(boot_in(store));
    const auto form = form_of_rows();
    const bool are_of_it = has_tables(rows) && store.meta(loop_form) == form && can_begin_with_rows();
    if (!are_of_it) {
        loop.forget();
        make_tables(rows);
        Transaction transaction(store.database());
        clear_tables(rows);
        store.put_meta(loop_form, form);
        rows_made_anew();
        if (inbox) store.database().prepare(sql::notify).bind(1, rows_changed).run();
        transaction.commit();
    }
    if (!are_of_it || store.meta(views_made) != form_of_views() || !store.database().has_table("v_episodes")) {
        Transaction transaction(store.database());
        make_views(store.database());
        store.put_meta(views_made, form_of_views());
        transaction.commit();
    }
    // From where they are: a start that was cut short goes on, and what a program stored that knew no rows is added.
    const auto all = store.position();
    const bool takes_long = all - loop.position() > std::int64_t{10} * static_cast<std::int64_t>(segments_a_step);
    while (loop.position() < all || loop.notes() == 0) {
        Transaction transaction(store.database());
        know_own_key(loop, id, key.public_key());
        build_step(store, loop.position(), loop, rows, loop::day_of(options.now()),
                   [](const LoopState&, const StoredSegment& s, bool loaded) {
                       if (!loaded) say_damaged(s);
                   });
        transaction.commit();
        if (takes_long)
            service::say(fmt::format("由日志建表：{0} / {1} 段 / tables from the journals: {0} of {1} segments",
                                     loop.position(), all));
    }
    loop.forget();
    loop.keys_changed.clear();  // whoever watches keys reads all of them now
}

Hub::RowsFound Hub::rows_found() const {
    const auto database = connect(options.store, Use::reading);
    const Transaction moment(*database, engine::Access::snapshot);
    if (engine::version_of(*database, store_form()) != store_form().version() ||
        form_made_with(*database) != form_of_rows())
        return RowsFound::others;
    const StoredRows made(*database);
    if (!has_tables(made)) return RowsFound::unfinished;
    const LoopState held(&made);
    auto last = database->prepare(sql::last_position);
    last.step();
    return held.notes() > 0 && held.position() >= last.integer(0) ? RowsFound::whole : RowsFound::unfinished;
}

void Hub::rows_made_anew() {
    auto fresh = new_uuid7(options.now());
    store.put_meta(loop_boot, fresh);
    set_boot(std::move(fresh));
}

std::string Hub::boot_in(Store& from) { return from.meta(loop_boot).value_or(""); }

void Hub::set_boot(std::string fresh) {
    const std::lock_guard guard(of_boot_);
    boot_ = std::move(fresh);
}

std::string Hub::form_made_with(engine::Connection& database) {
    auto s = database.prepare(sql::meta_get);
    std::string form;
    for (s.bind(1, loop_form); s.step();) form = s.text(0);
    return form;
}

/// Also where the clock went back a little: of two about one thing the later counts. One that went back by more is
/// wrong by more than lines may be ahead of it.
loop::Moment Hub::latest_own() const {
    const auto latest = loop.latest_of(id);
    return latest <= options.now() + clock_back_max ? latest : 0;
}

std::string Hub::boot_now() const {
    const std::lock_guard guard(of_boot_);
    return boot_;
}

/// Of a hub that was made before policies were lines.
void Hub::write_first_policy_where_missing() {
    auto reader = readers.now(Scope::internal());
    if (reader->store.meta(policy_taken)) return;
    auto record = first_policy(options.data, *own);
    // It held since the hub was made: a copy of this hub, made later, has a later one of its own, without effect.
    if (const auto made_on = reader->loop.projection.stations().since(id))
        record["occurred_at"] = loop::format_moment(loop::start_of(*made_on));
    reader.reset();
    if (const auto written = own->write({record}); written.status != 200)
        throw StoreError((options.data / policy_file).string() + ": " + written.error.value().detail());
    writer->done([&](Store& to, LoopState&) {
        to.put_meta(policy_taken, policy_file_digest(options.data));
        return Answer{};
    });
}

}  // namespace imloop::hub
