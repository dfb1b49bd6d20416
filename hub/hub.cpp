#include "hub/hub.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <future>

#include "hub/ca.hpp"
#include "hub/hub_impl.hpp"
#include "hub/ids.hpp"
#include "journal/encoding.hpp"
#include "journal/limits.hpp"
#include "loop/tables.hpp"
#include "schemas/embedded.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

/// policy.json of the data folder, else the table of that name.
json policy_in(const std::filesystem::path& data) {
    const auto own = data / "policy.json";
    return json::parse(std::filesystem::exists(own) ? read_file(own) : schemas::table_text("policy"));
}

}  // namespace

Answer refusal_of(const journal::Error& e) {
    const int status = e.code == "too_large" ? 413 : e.code == "unsupported_encoding" ? 415 : 400;
    return problem(status, e.code, e.detail);
}

void Hub::init(const std::filesystem::path& data, const std::string& hub_id, const std::string& name,
               const std::vector<std::string>& hosts, loop::Moment now) {
    std::filesystem::create_directories(data);
    if (std::filesystem::exists(data / "hub.sqlite"))
        throw StoreError("这里已有一个监管中心 / there is a hub here already: " + data.string());
    const auto key = journal::PrivateKey::generate(journal::Algorithm::es256);
    write_secret(data / "hub.key.pem", key.pem());
    write_file(data / "hub.pub.pem", key.public_key().pem());
    make_ca(data, hub_id, now);
    make_server_certificate(data, hosts, now);
    {
        Store store(data / "hub.sqlite");
        store.put_meta("hub_id", hub_id);
        store.put_meta("epoch", new_uuid7(now));
    }
    Hub hub({data, [now] { return now; }, 1});
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
    : options(std::move(o)),
      key(journal::PrivateKey::from_pem(read_file(options.data / "hub.key.pem")).value()),
      policy(loop::policy_from(policy_in(options.data))),
      parameters(policy_in(options.data).value("rules", json::object())),
      store(options.data / "hub.sqlite"),
      state(policy, parameters),
      admission(std::max(1U, options.admission_threads)),
      operators(operators_at_once),
      import_pool(std::max(1U, options.admission_threads)) {
    id = store.meta("hub_id").value_or("");
    epoch = store.meta("epoch").value_or("");
    boot = new_uuid7(options.now());
    begin_epoch_where_put_back();
    store.each_segment([&](const StoredSegment& s) { state.load(s); });
    state.take_traces_in(store);
    state.take_forks_in(store);
    state.settle(loop::day_of(options.now()));
    state.suspects.take_new();
    writer =
        std::make_unique<Writer>(store, state, lock, key, Writer::Calls{[this] { hold_new(); }, [this] { reload(); }});
}

void Hub::Impl::reload() {
    State fresh(policy, parameters);
    store.each_segment([&](const StoredSegment& s) { fresh.load(s); });
    fresh.take_traces_in(store);
    fresh.take_forks_in(store);
    fresh.settle(loop::day_of(options.now()));
    fresh.suspects.take_new();
    state = std::move(fresh);
    boot = new_uuid7(options.now());
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
    impl_->operators.join();
    impl_->admission.join();
    impl_->import_pool.join();
    impl_->writer.reset();
}

std::optional<Answer> Hub::barred(const Caller& caller) const {
    const std::shared_lock guard(impl_->lock);
    const auto* key = impl_->state.key(caller.source, caller.kid);
    if (key == nullptr) return problem(401, "unknown_key", "没有登记过这把钥匙 / this key has not been registered");
    if (key->status == "revoked")
        return problem(403, "source_revoked", "这个来源已被停用 / this source has been revoked");
    return std::nullopt;
}

std::optional<Arrival> Hub::Impl::arrive(const Caller& caller, std::string bytes, bool trusted, Answer& refusal) {
    Arrival a;
    a.bytes = std::make_shared<const std::string>(std::move(bytes));
    a.received_at = options.now();
    const auto refuse = [&](int status, const journal::Error& e) {
        refusal = problem(status, e.code, e.detail);
        return std::nullopt;
    };
    auto segment = journal::parse_segment(*a.bytes);
    if (!segment) {
        refusal = refusal_of(segment.error());
        return std::nullopt;
    }
    a.segment = std::move(*segment);
    const auto& source = a.segment.header.source;
    if (!trusted && source != caller.source)
        return refuse(403,
                      {"source_mismatch", "段头的来源不是证书的来源 / the header's source is not the certificate's"});
    std::optional<journal::PublicKey> seal_key;
    {
        const std::shared_lock guard(lock);
        const auto* caller_key = state.key(caller.source, caller.kid);
        if (!trusted && caller_key != nullptr && caller_key->status == "revoked")
            return refuse(403, {"source_revoked", "这个来源已被停用 / this source has been revoked"});
        if (const auto* known = state.key(source, a.segment.seal.kid)) {
            if (!trusted && known->status == "revoked")
                return refuse(403, {"source_revoked", "这把钥匙已被停用 / this key has been revoked"});
            seal_key = known->key;
        }
    }
    if (!seal_key && trusted && source.starts_with('H') && a.segment.header.first == 1) {
        // The journal of a hub begins with its own credential: an import takes it on its word, and its seal must hold.
        for (const auto line : a.segment.lines) {
            const auto admitted = loop::admit(line, source, a.received_at);
            if (!admitted.credential || admitted.credential->kid != a.segment.seal.kid) continue;
            auto declared = journal::PublicKey::from_spki(journal::from_base64(admitted.credential->spki).value_or(""));
            if (declared) seal_key = std::move(*declared);
        }
    }
    // Without the key's owner on record a wrong kid in a well-known source's seal is a wrong seal.
    if (!seal_key) {
        const std::shared_lock guard(lock);
        const bool known_source =
            std::any_of(state.keys.begin(), state.keys.end(), [&](const auto& k) { return k.second.source == source; });
        if (!known_source) return refuse(401, {"unknown_key", "没有登记过这把钥匙 / this key has not been registered"});
        return refuse(422, {"bad_seal", "封签的钥匙不是这个来源的 / the seal names a key that is not this source's"});
    }
    if (seal_key->algorithm() != journal::Algorithm::es256)
        return refuse(422, {"bad_seal", "暂只接受 ES256 / only ES256 is accepted for now"});
    auto digests = journal::check_seal(a.segment, *seal_key);
    if (!digests) return refuse(422, digests.error());
    a.digests = std::move(*digests);
    a.admitted.reserve(a.segment.lines.size());
    for (const auto line : a.segment.lines) a.admitted.push_back(loop::admit(line, source, a.received_at));
    return a;
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
            auto arrival = impl_->arrive(caller, std::move(*decoded), false, refusal);
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
        const std::shared_lock guard(lock);
        if (const auto it = state.chains.find({id, epoch}); it != state.chains.end()) chain = it->second;
    }
    Answer refusal;
    auto arrival = arrive({id, key.public_key().kid()},
                          journal::build_segment(key, id, epoch, chain.last + 1, chain.head, lines), true, refusal);
    if (!arrival) return refusal;
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
                [caller, sha256, csv = std::move(*csv), now = impl_->options.now(), held](Store& store, State& state) {
                    state.receive_trace(sha256, caller.source, now, csv, store);
                    return json_answer({{"stored", true}});
                },
                done);
        });
    });
}

Answer Hub::get_trace(const Caller&, std::string_view sha256) const {
    const std::unique_lock guard(impl_->lock);
    auto csv = impl_->store.trace(sha256);
    if (!csv) return problem(404, "trace_not_found", "没有这份过程数据 / no such process data");
    return {200, "text/csv", std::move(*csv), {}};
}

const std::filesystem::path& Hub::data() const { return impl_->options.data; }

bool Hub::ready() const { return true; }

std::string Hub::metrics() const {
    const std::shared_lock guard(impl_->lock);
    std::uint64_t lines = 0;
    for (const auto& [where, chain] : impl_->state.chains) lines += chain.last;
    return fmt::format(
        "# TYPE imloop_lines_total counter\nimloop_lines_total {}\n# TYPE imloop_epochs gauge\nimloop_epochs {}\n"
        "# TYPE imloop_waiting_segments gauge\nimloop_waiting_segments {}\n"
        "# TYPE imloop_waiting_bytes gauge\nimloop_waiting_bytes {}\n"
        "# TYPE imloop_waiting_bytes_peak gauge\nimloop_waiting_bytes_peak {}\n",
        lines, impl_->state.chains.size(), impl_->waiting_segments.held(), impl_->waiting_bytes.held(),
        impl_->waiting_bytes.peak());
}

void Hub::admin(std::string_view command, std::string body, Done done) {
    boost::asio::post(impl_->operators,
                      [this, command = std::string(command), body = std::move(body), done = std::move(done)] {
                          try {
                              const json in = body.empty() ? json::object() : json::parse(body);
                              if (command == "station_add") return done(impl_->station_add(in));
                              if (command == "station_invite") return done(impl_->station_invite(in));
                              if (command == "station_list") return done(impl_->station_list());
                              if (command == "station_status") return done(impl_->station_status(in));
                              if (command == "station_describe") return done(impl_->station_describe(in));
                              if (command == "import")
                                  return done(impl_->import_path(in.at("path").get<std::string>()));
                              if (command == "export") return done(impl_->export_to(in));
                              if (command == "import_progress") return done(impl_->import_progress());
                              if (command == "report") return done(impl_->report(in));
                              if (command == "suspects") return done(impl_->suspects(in));
                              if (command == "suspect") return done(impl_->suspect(in));
                              if (command == "suspect_evidence") return done(impl_->suspect_evidence(in));
                              if (command == "suspect_rule") return done(impl_->suspect_rule(in));
                              if (command == "suspect_decide") return done(impl_->suspect_decide(in));
                              if (command == "suspect_dry_run") return done(impl_->suspect_dry_run(in));
                              if (command == "holds") return done(impl_->holds(in));
                              if (command == "hold_decide") return done(impl_->hold_decide(in));
                              if (command == "draw") return done(impl_->make_draw(in));
                              if (command == "draw_yield") return done(impl_->draw_yield(in));
                              if (command == "verify") return done(impl_->verify());
                              if (command == "rebuild") return done(impl_->rebuild());
                              if (command == "backup") {
                                  impl_->backup(in.at("path").get<std::string>());
                                  return done({200, "application/json", R"({"done":true})", {}});
                              }
                              done(problem(404, "unknown_command", "没有这个命令 / no such command"));
                          } catch (const json::exception& e) {
                              done(problem(400, "malformed_request", e.what()));
                          } catch (const std::exception& e) {  // operators are told what it was
                              done(problem(500, "failed", e.what()));
                          }
                      });
}

}  // namespace imloop::hub
