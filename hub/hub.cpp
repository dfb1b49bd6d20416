#include "hub/hub.hpp"

#include <algorithm>

#include "hub/arriving.hpp"
#include "hub/ca.hpp"
#include "hub/holding.hpp"
#include "hub/ids.hpp"
#include "hub/policy_file.hpp"
#include "hub/sequencer/inbox.hpp"
#include "hub/sequencer/lease.hpp"
#include "journal/encoding.hpp"
#include "service/files.hpp"

namespace imloop::hub {
namespace {

HubOptions placed(HubOptions options) {
    options.store = place_in(options.data, options.store);
    return options;
}

}  // namespace

void Hub::init(const std::filesystem::path& data, const std::string& hub_id, const std::string& name,
               const std::vector<std::string>& hosts, loop::Moment now, const std::string& store) {
    const auto place = hub::place_in(data, store);
    service::make_folder(data);
    if (std::filesystem::exists(data / "hub.key.pem") || std::filesystem::exists(data / "hub.sqlite"))
        throw StoreError("这里已有一个监管中心 / there is a hub here already: " + data.string());
    if (!store.empty()) {
        if (holds_hub(place))
            throw StoreError("这个数据库里已有一个监管中心 / the database holds a hub already: " + shown(place));
        const Store reached(place);  // before anything is made here
        service::replace_file(data / place_file, place + "\n");
    }
    const auto key = journal::PrivateKey::generate(journal::Algorithm::es256);
    service::replace_file(data / "hub.key.pem", key.pem());
    service::replace_file(data / "hub.pub.pem", key.public_key().pem(), service::everyone_reads);
    make_ca(data, hub_id, now);
    make_server_certificate(data, hosts, now);
    {
        Store made(place);
        made.put_meta("hub_id", hub_id);
        made.put_meta("epoch", new_uuid7(now));
        made.put_meta(key_of_hub, key.public_key().kid());
        made.put_meta(policy_taken, policy_file_digest(data));
    }
    Hub hub({data, [now] { return now; }, 1, HubOptions::Opens::made, place});
    auto registration = hub.own->record("registration");
    registration.update({{"registered_station_id", hub_id},
                         {"kind", "H"},
                         {"name", name},
                         {"county", hub_id.substr(1, 6)},
                         {"status", "filed"},
                         {"valid_from", loop::format_day(loop::day_of(now))}});
    auto credential = hub.own->record("credential");
    credential.update({{"source_id", hub_id},
                       {"kid", key.public_key().kid()},
                       {"alg", "ES256"},
                       {"spki", journal::base64(key.public_key().spki())},
                       {"status", "issued"},
                       {"valid_from", loop::format_day(loop::day_of(now))}});
    if (const auto answer = hub.own->write({registration, credential, first_policy(data, *hub.own)});
        answer.status != 200)
        throw StoreError(answer.error.value().detail());
}

Hub::Hub(HubOptions o)
    : options(placed(std::move(o))),
      key(journal::PrivateKey::from_pem(service::read_file(options.data / "hub.key.pem")).value()),
      lease(lease_of_store()),
      opened_in(lease ? lease->term() : 1),
      inbox(lease ? std::make_unique<Inbox>(options.store) : nullptr),
      store(database_of(options), guard_of_lease()),
      rows(store.database()),
      loop(&rows),
      readers(store),
      admission(std::max(1U, options.admission_threads)),
      reads(reads_at_once),
      operators(operators_at_once),
      import_pool(std::max(1U, options.admission_threads)) {
    read_meta();
    if (opened_in != 0) make_rows();
    set_boot(boot_in(store));
    // Its own journal says whose key this is; a hub's id never changes.
    if (const auto named = loop.keys.find(key.public_key().kid()); named && named->source != id) {
        if (meta_damage.empty()) meta_damage.emplace_back("hub_id");
        refuse_damaged_meta();
        id = named->source;
    }
    known_keys.become(loop.keys);
    const auto latest = latest_own();
    loop.forget();
    writer = std::make_unique<Writer>(
        store, rows, loop, key,
        Writer::Calls{
            .committed = [this] { committed(); },
            .without_readers = [this](const std::function<void()>& work) { readers.without(readers_back_max, work); },
            .term = [this] { return lease && is_open_ ? lease->term() : opened_in; },
            .writes =
                [this](std::int64_t term) {
                    if (inbox) inbox->serve(term);
                },
            .lost =
                [this] {
                    if (inbox) inbox->serve(0);
                },
            .reconnected = [this] { take_up(); },
            .stuck =
                [this] {
                    if (lease) lease->pass_on();
                },
            .refused =
                [this](Arrival a) {
                    // Own lines were numbered for a journal that another hub goes on with now, and what was handed
                    // over goes back to the inbox.
                    if (!inbox || a.is_handed_over || a.segment.header.source == id) return refuse(std::move(a));
                    hand_over(std::move(a));
                },
            .notes_read = [this] { return watch->notes_read(); }},
        opened_in);
    own = std::make_unique<OwnJournal>(key, id, epoch, latest, options.now, readers, *writer);
    stick = std::make_unique<Stick>(
        id, options.now, readers, *writer, known_keys,
        [this](const auto& header, const auto& code, const auto& bytes) { raise_alarm(header, code, bytes); });
    watch = std::make_unique<Watch>(
        readers,
        Watch::Kept{options.store, guard_of_lease(), [this] { return !lease || lease->term() != 0; },
                    [this] { return form_of_watch(); }},
        Watch::Calls{options.now,
                     [this](const std::string& sha256, const TraceFigures& figures) {
                         if (options.opens == HubOptions::Opens::checked) return;
                         note([&](Done done) {
                             writer->note(
                                 [sha256, bytes = bytes_of(figures)](Store& to, LoopState&) {
                                     to.put_figures(sha256, figures_version, bytes);
                                     return Answer{};
                                 },
                                 std::move(done));
                         });
                     },
                     [this](const std::vector<std::string>& flags, const loop::rules::Suspects& suspects,
                            const loop::Projection& projection) {
                         hold_new(flags, suspects, projection, options.now(), *own);
                     }});
    if (options.opens == HubOptions::Opens::checked) watch_damage = watch->damaged();
    watch->start();  // from here on it and the writer know each other
    if (options.opens == HubOptions::Opens::served && opened_in != 0) write_first_policy_where_missing();
    serve_others();
}

std::optional<Waiting> Hub::wait_with(std::size_t bytes) {
    auto one = waiting_segments.take(1);
    auto all = waiting_bytes.take(bytes);
    if (!one || !all) return std::nullopt;
    return Waiting{std::move(*one), std::move(*all)};
}

Hub::~Hub() { close(); }

void Hub::close() {
    if (inbox) inbox->rest();
    watch->stop();  // first: whoever waits for what it sweeps is answered that the hub stops
    reads.join();
    operators.join();
    admission.join();
    import_pool.join();
    writer->stop();
    if (!inbox) return;
    inbox->stop();
    lease->tell([] {});
    lease->stop();  // others may write from here on
}

std::optional<Answer> Hub::barred(const Caller& caller) {
    if (is_cut_off()) return store_lost();
    const auto status = status_of(caller.source, caller.kid);
    if (!status) return problem(401, {"unknown_key", "没有登记过这把钥匙", "this key has not been registered"});
    if (status == "revoked") return revoked();
    return std::nullopt;
}

}  // namespace imloop::hub
