#include "hub/hub.hpp"

#include <fmt/format.h>

#include "hub/ca.hpp"
#include "hub/holding.hpp"
#include "hub/ids.hpp"
#include "journal/encoding.hpp"
#include "loop/json.hpp"
#include "loop/tables.hpp"
#include "schemas/embedded.hpp"
#include "service/files.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

/// policy.json of the data folder, else the table of that name. Throws StoreError that names what is wrong with it.
json policy_in(const std::filesystem::path& data) {
    const auto own = data / "policy.json";
    auto read =
        loop::parse_bounded(std::filesystem::exists(own) ? service::read_file(own) : schemas::table_text("policy"));
    const auto refuse = [&](const std::string& zh, const std::string& en) {
        throw StoreError(own.string() + "：" + zh + " / " + en);
    };
    if (const auto why = loop::json_problem(read.code, read.pointer); !read.code.empty()) refuse(why.zh, why.en);
    if (!read.json.is_object()) refuse("不是 JSON 对象", "is no JSON object");
    try {
        loop::policy_from(read.json);
    } catch (const json::exception& e) {
        refuse("成员的类型不对", std::string("a member has the wrong type: ") + e.what());
    }
    return std::move(read.json);
}

HubOptions placed(HubOptions options) {
    options.store = place_in(options.data, options.store);
    return options;
}

constexpr loop::Moment clock_back_max = 60 * loop::Moment{60'000};

/// Of a table, its date.
std::string valid_from(const json& policy) { return policy.value("valid_from", policy.value("date", "")); }

}  // namespace

void Hub::init(const std::filesystem::path& data, const std::string& hub_id, const std::string& name,
               const std::vector<std::string>& hosts, loop::Moment now, const std::string& store) {
    const auto place = hub::place_in(data, store);
    service::make_folder(data);
    if (std::filesystem::exists(data / "hub.key.pem") || std::filesystem::exists(data / "hub.sqlite"))
        throw StoreError("这里已有一个监管中心 / there is a hub here already: " + data.string());
    if (!store.empty()) {
        const Store reached(place);  // before anything is made here
        if (holds_hub(place))
            throw StoreError("这个数据库里已有一个监管中心 / the database holds a hub already: " + shown(place));
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
    if (const auto answer = hub.own->write({registration, credential}); answer.status != 200)
        throw StoreError(answer.error.value().detail());
}

Hub::Hub(HubOptions o)
    : options(placed(std::move(o))),
      key(journal::PrivateKey::from_pem(service::read_file(options.data / "hub.key.pem")).value()),
      policy_words(policy_in(options.data)),
      policy(loop::policy_from(policy_words)),
      policy_valid_from(valid_from(policy_words)),
      parameters(policy_words.value("rules", json::object())),
      store(database_of(options)),
      rows(store.database()),
      loop(policy, &rows),
      readers(store, policy),
      admission(std::max(1U, options.admission_threads)),
      reads(reads_at_once),
      operators(operators_at_once),
      import_pool(std::max(1U, options.admission_threads)) {
    read_meta();
    make_rows();
    // Its own journal says whose key this is; a hub's id never changes.
    if (const auto named = loop.keys.find(key.public_key().kid()); named && named->source != id) {
        if (meta_damage.empty()) meta_damage.emplace_back("hub_id");
        refuse_damaged_meta();
        id = named->source;
    }
    known_keys.become(loop.keys);
    // Own lines go on behind these, also where the clock went back a little: of two about one thing the later counts.
    // One that went back by more is wrong by more than lines may be ahead of it.
    const auto latest = loop.latest_of(id);
    writer = std::make_unique<Writer>(
        store, rows, loop, key,
        Writer::Calls{[this] {
                          known_keys.learn(std::exchange(loop.keys_changed, {}));
                          watch->told();
                      },
                      [this](const std::function<void()>& work) { readers.without(readers_back_max, work); },
                      [this] {
                          readers.drop();
                          known_keys.become(loop.keys);
                      },
                      [this] { return watch->notes_read(); }});
    own = std::make_unique<OwnJournal>(key, id, epoch, latest <= options.now() + clock_back_max ? latest : 0,
                                       options.now, readers, *writer);
    stick = std::make_unique<Stick>(id, options.now, readers, *writer, known_keys);
    watch = std::make_unique<Watch>(
        readers, policy, parameters, Watch::Kept{options.store, [this] { return form_of_watch(); }},
        Watch::Calls{options.now,
                     [this](const std::string& sha256, const TraceFigures& figures) {
                         if (options.opens == HubOptions::Opens::checked) return;
                         writer->run(
                             [sha256, bytes = bytes_of(figures)](Store& to, LoopState&) {
                                 to.put_figures(sha256, figures_version, bytes);
                                 return Answer{};
                             },
                             [](const Answer&) {});
                     },
                     [this](const std::vector<std::string>& flags, const loop::rules::Suspects& suspects,
                            const loop::Projection& projection) {
                         hold_new(flags, suspects, projection, options.now(), *own);
                     }});
    watch->start();  // from here on it and the writer know each other
}

std::optional<Waiting> Hub::wait_with(std::size_t bytes) {
    auto one = waiting_segments.take(1);
    auto all = waiting_bytes.take(bytes);
    if (!one || !all) return std::nullopt;
    return Waiting{std::move(*one), std::move(*all)};
}

Hub::~Hub() { close(); }

void Hub::close() {
    reads.join();
    operators.join();
    admission.join();
    import_pool.join();
    watch->stop();  // it writes by the writer, which tells it of what it commits
    writer.reset();
}

std::optional<Answer> Hub::barred(const Caller& caller) const {
    if (writer->lost()) return store_lost();
    const auto status = known_keys.status(caller.source, caller.kid);
    if (!status) return problem(401, {"unknown_key", "没有登记过这把钥匙", "this key has not been registered"});
    if (status == "revoked")
        return problem(403, {"source_revoked", "这个来源已被停用", "this source has been revoked"});
    return std::nullopt;
}

}  // namespace imloop::hub
