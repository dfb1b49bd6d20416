#include "hub/hub.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <future>

#include "hub/ca.hpp"
#include "hub/hub_impl.hpp"
#include "hub/ids.hpp"
#include "journal/encoding.hpp"
#include "journal/limits.hpp"
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

Answer refusal_of(const journal::Error& e) {
    const int status = e.code == "too_large" ? 413 : e.code == "unsupported_encoding" ? 415 : 400;
    return problem(status, e.code, e.detail);
}

void Hub::init(const std::filesystem::path& data, const std::string& hub_id, const std::string& name,
               const std::vector<std::string>& hosts, loop::Moment now, const std::string& store) {
    const auto place = place_in(data, store);
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
    auto registration = hub.impl_->own_record("registration");
    registration.update({{"registered_station_id", hub_id},
                         {"kind", "H"},
                         {"name", name},
                         {"county", hub_id.substr(1, 6)},
                         {"status", "filed"},
                         {"valid_from", loop::format_day(loop::day_of(now))}});
    auto credential = hub.impl_->own_record("credential");
    credential.update({{"source_id", hub_id},
                       {"kid", key.public_key().kid()},
                       {"alg", "ES256"},
                       {"spki", journal::base64(key.public_key().spki())},
                       {"status", "issued"},
                       {"valid_from", loop::format_day(loop::day_of(now))}});
    if (const auto answer = hub.impl_->write_own({registration, credential}); answer.status != 200)
        throw StoreError(answer.body);
}

Hub::Impl::Impl(HubOptions o)
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
    if (const auto latest = loop.latest_of(id); latest <= options.now() + clock_back_max) last_own = latest;
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
                            const loop::Projection& projection) { hold_new(flags, suspects, projection); }});
    watch->start();  // from here on it and the writer know each other
}

std::optional<Waiting> Hub::Impl::wait_with(std::size_t bytes) {
    auto one = waiting_segments.take(1);
    auto all = waiting_bytes.take(bytes);
    if (!one || !all) return std::nullopt;
    return Waiting{std::move(*one), std::move(*all)};
}

Hub::Hub(HubOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Hub::~Hub() { close(); }

void Hub::close() {
    impl_->reads.join();
    impl_->operators.join();
    impl_->admission.join();
    impl_->import_pool.join();
    impl_->watch->stop();  // it writes by the writer, which tells it of what it commits
    impl_->writer.reset();
}

std::optional<Answer> Hub::barred(const Caller& caller) const {
    if (impl_->writer->lost()) return store_lost();
    const auto status = impl_->known_keys.status(caller.source, caller.kid);
    if (!status) return problem(401, "unknown_key", "没有登记过这把钥匙 / this key has not been registered");
    if (status == "revoked") return problem(403, "source_revoked", "这个来源已被停用 / this source has been revoked");
    return std::nullopt;
}

void Hub::journal(const Caller& caller, std::string encoding, std::string bytes, Done done) {
    auto waiting = impl_->wait_with(bytes.size());
    if (!waiting) return done(busy());
    boost::asio::post(impl_->admission, [this, caller, encoding = std::move(encoding), bytes = std::move(bytes),
                                         waiting = std::move(*waiting), done = std::move(done)]() mutable {
        answering(done, [&] {
            auto decoded = journal::decode(encoding, bytes, journal::segment_bytes_max);
            if (!decoded) return done(refusal_of(decoded.error()));
            if (!waiting.bytes.hold(decoded->size())) return done(busy());
            Answer refusal;
            auto arrival = impl_->arrive(caller, std::move(*decoded), refusal);
            if (!arrival) return done(std::move(refusal));
            arrival->waiting = std::move(waiting);
            arrival->done = done;
            impl_->writer->offer(std::move(*arrival));
        });
    });
}

json Hub::Impl::own_record(const std::string& kind) const {
    // Later than the one before even within a millisecond: of two credentials of one key the later counts.
    const auto now = last_own = std::max(options.now(), last_own.load() + 1);
    return {{"schema", "imloop/" + kind + "/1"},
            {"record_id", new_uuid7(now)},
            {"station_id", id},
            {"occurred_at", loop::format_moment(now)}};
}

Answer Hub::Impl::write_own(const std::vector<json>& records) {
    const std::lock_guard one(own);
    std::vector<std::string> lines;
    lines.reserve(records.size());
    for (const auto& r : records) lines.push_back(dumped(r));
    ChainState chain{0, journal::chain_start(journal::Algorithm::es256, id, epoch)};
    {
        const auto reader = readers.now();
        if (const auto* held = reader->loop.chain(id, epoch)) chain = *held;
    }
    Answer refusal;
    auto arrival = framed(journal::build_segment(key, id, epoch, chain.last + 1, chain.head, lines), refusal);
    if (!arrival || !sealed(*arrival, key.public_key(), options.now(), refusal)) return refusal;
    for (const auto& a : arrival->admitted)
        if (!a.problems.empty())
            return problem(422, a.problems[0].code,
                           a.problems[0].pointer + " " + a.problems[0].zh + " / " + a.problems[0].en);
    std::promise<Answer> answered;
    arrival->done = [&](Answer a) { answered.set_value(std::move(a)); };
    writer->offer(std::move(*arrival));
    return answered.get_future().get();
}

void Hub::put_trace(const Caller& caller, std::string sha256, std::string encoding, std::string bytes, Done done) {
    auto waiting = impl_->wait_with(bytes.size());
    if (!waiting) return done(busy());
    boost::asio::post(impl_->admission, [this, caller, sha256 = std::move(sha256), encoding = std::move(encoding),
                                         bytes = std::move(bytes), waiting = std::move(*waiting),
                                         done = std::move(done)]() mutable {
        answering(done, [&] {
            auto csv = journal::decode(encoding, bytes, trace_bytes_max);
            if (!csv) return done(refusal_of(csv.error()));
            if (!waiting.bytes.hold(csv->size())) return done(busy());
            if (journal::to_hex(journal::sha256(*csv)) != sha256)
                return done(problem(422, "digest_mismatch", "内容与摘要不符 / the content does not match the digest"));
            if (static_cast<std::size_t>(std::ranges::count(*csv, '\n')) > trace_rows_max + 1)
                return done(problem(413, "too_large", "过程数据超过 3600 行 / over 3,600 rows"));
            const auto held = std::make_shared<Waiting>(std::move(waiting));  // until the errand has gone
            impl_->writer->run(
                [caller, sha256, csv = std::move(*csv), now = impl_->options.now(), held](Store& store,
                                                                                          LoopState& loop) {
                    store.put_trace(sha256, caller.source, now, csv);
                    loop.trace_came(sha256);
                    return json_answer({{"stored", true}});
                },
                done);
        });
    });
}

Answer Hub::get_trace(const Caller&, std::string_view sha256) const {
    try {
        auto csv = impl_->readers.now()->store.trace(sha256);
        if (!csv) return problem(404, "trace_not_found", "没有这份过程数据 / no such process data");
        return {200, "text/csv", std::move(*csv), {}};
    } catch (const Damaged& e) {
        return problem(500, "damaged", e.what());
    }
}

const std::filesystem::path& Hub::data() const { return impl_->options.data; }

void Hub::read(std::function<Answer()> work, Done done) {
    boost::asio::post(impl_->reads,
                      [work = std::move(work), done = std::move(done)] { answering(done, [&] { done(work()); }); });
}

bool Hub::ready() const { return !impl_->writer->lost(); }

std::string Hub::metrics() const {
    std::uint64_t lines = 0, epochs = 0;
    impl_->readers.now()->loop.each_chain(
        [&](const auto&, const auto&, const ChainState& chain) { lines += chain.last, ++epochs; });
    auto out = fmt::format(
        "# TYPE imloop_lines_total counter\nimloop_lines_total {}\n# TYPE imloop_epochs gauge\nimloop_epochs {}\n"
        "# TYPE imloop_waiting_segments gauge\nimloop_waiting_segments {}\n"
        "# TYPE imloop_waiting_bytes gauge\nimloop_waiting_bytes {}\n"
        "# TYPE imloop_waiting_bytes_peak gauge\nimloop_waiting_bytes_peak {}\n"
        "# TYPE imloop_rule_failures_total counter\n",
        lines, epochs, impl_->waiting_segments.held(), impl_->waiting_bytes.held(), impl_->waiting_bytes.peak());
    for (const auto& [rule, times] : impl_->watch->failures_by_rule())
        out += fmt::format("imloop_rule_failures_total{{rule=\"{}\"}} {}\n", rule, times);
    return out;
}

}  // namespace imloop::hub
