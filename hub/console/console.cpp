#include "hub/console/console.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <memory>

#include "hub/answers.hpp"
#include "hub/api/lists.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "hub/ids.hpp"
#include "journal/digest.hpp"
#include "loop/json.hpp"
#include "service/files.hpp"
#include "service/printable.hpp"
#include "service/secret.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

constexpr const char* key_file = "console.key";
constexpr std::size_t tag_digits = 32;
// Bytes of an entry in the audit log; a reason as long as it may be is not cut off.
constexpr std::size_t what_max = 64, about_max = 256, stated_max = 4 * reason_max + what_max;

Answer session_over() {
    return problem(401, {"session_over", "登录已过期，请重新登录", "the session is over, sign in again"});
}

/// The body as an object; the refusal where it is none.
std::optional<Answer> read_body(const ConsoleRequest& request, json& to) {
    to = json::object();
    if (request.http.body.empty()) return std::nullopt;
    auto read = loop::parse_bounded(request.http.body);
    if (!read.code.empty()) {
        const auto why = loop::json_problem(read.code, read.pointer);
        return problem(400, {"malformed_request", why.zh, why.en});
    }
    if (!read.json.is_object()) return problem(400, {"malformed_request", "应是 JSON 对象", "a JSON object is wanted"});
    to = std::move(read.json);
    return std::nullopt;
}

/// What a cursor belongs to: the query without the page's own keys.
std::string without_page(std::string_view query) {
    std::vector<std::string_view> keys;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        if (!pair.starts_with("cursor=") && !pair.starts_with("limit=")) keys.push_back(pair);
    }
    std::ranges::sort(keys);
    std::string out;
    for (const auto key : keys) out.append(key).append("&");
    return out;
}

/// The page shows one of them.
Answer in_both_languages(Answer answer) {
    if (!answer.error) return answer;
    if (!answer.members.is_object()) answer.members = json::object();
    answer.members.update({{"zh", answer.error->zh}, {"en", answer.error->en}});
    return answer;
}

}  // namespace

std::string console_key(const std::filesystem::path& data) {
    const auto file = data / key_file;
    if (!std::filesystem::exists(file)) service::replace_file(file, new_token() + "\n");
    return service::read_file(file);
}

bool Person::has(Role role) const {
    return std::ranges::any_of(grants, [&](const Grant& grant) { return grant.is_in_force() && grant.role == role; });
}

std::string Ask::text(const char* name) const {
    const auto it = body.find(name);
    return it != body.end() && it->is_string() ? it->get<std::string>() : std::string();
}

Console::Console(Hub& hub) : hub_(hub), key_(console_key(hub.options.data)), threads_(console_at_once) {}

Console::~Console() {
    threads_.join();
    door_.join();
}

std::vector<Hold> Console::holds() const {
    hub_.watch->look(Scope::internal(), Watch::Sweep::as_it_is, [](const Watch::View&) {});
    return hub_.watch->holds(Scope::internal());
}

Context Console::judged() const { return {hub_, Scope::internal(), {}}; }

loop::Policy Console::policy() const { return hub_.readers.now(Scope::internal())->loop.projection.policy(today()); }

void Console::answer(ConsoleRequest request, Done done) {
    done = hub_.telling_damage([done = std::move(done)](Answer given) { done(in_both_languages(std::move(given))); });
    const auto match = console_match(request.http.method, request.path);
    const bool is_stranger = match.route != nullptr && match.route->asker == ConsoleAsker::anyone;
    std::shared_ptr<Quota::Held> place;
    if (is_stranger) {
        auto taken = at_door_.take(1, request.http.peer_address);
        if (!taken) return done(busy());
        place = std::make_shared<Quota::Held>(std::move(*taken));
    }
    boost::asio::post(is_stranger ? door_ : threads_,
                      [this, place, request = std::move(request), done = std::move(done)] {
                          answering(done, [&] { done(answer_now(request)); });
                      });
}

std::optional<Person> Console::person_of(const ConsoleRequest& request) {
    if (request.token.empty()) return std::nullopt;
    const auto reader = hub_.readers.now(Scope::internal());
    auto& database = reader->store.database();
    std::optional<SignedIn> session;
    try {
        session = session_of(database, request.token, now());
    } catch (const DamagedRow& e) {
        hub_.tell_damage(e.table, e.key);  // who signs in again has another
    }
    if (!session) return std::nullopt;
    auto account = account_named(database, session->account);
    if (!account || account->ended_at != 0) return std::nullopt;
    auto grants = grants_of(database, account->account);
    return Person{std::move(*account), std::move(*session), std::move(grants)};
}

Answer Console::answer_now(const ConsoleRequest& request) {
    const auto match = console_match(request.http.method, request.path);
    if (match.route == nullptr)
        return match.is_path
                   ? problem(405, {"method_not_allowed", "这个地址不接受这种请求", "this address takes other methods"})
                   : problem(404, {"not_found", "没有这个地址", "no such address"});
    const auto& route = *match.route;
    json body;
    if (auto refusal = read_body(request, body)) return std::move(*refusal);
    static const Person nobody{};
    if (route.asker == ConsoleAsker::anyone) {
        Ask ask{request, nobody, scope_of({}, {}), match.parts, std::move(body)};
        return route.call(*this, ask);
    }
    const auto person = person_of(request);
    if (!person) return session_over();
    if (request.http.method != "GET" && !service::is_same_secret(request.http.csrf, csrf_of(request.token)))
        return problem(403, {"csrf", "这次请求不是本页发出的", "the request does not come from the page"});
    Ask ask{request, *person, scope_of(person->grants, route.roles), match.parts, std::move(body)};
    if (route.asker != ConsoleAsker::beginner && !person->account.is_bound())
        return problem(403, {"second_factor_missing", "请先绑定验证码", "set up the second factor first"});
    const bool may = route.asker != ConsoleAsker::role ||
                     std::ranges::any_of(all_roles, [&](Role one) { return route.roles.has(one) && person->has(one); });
    if (!may) {
        auto refused = entry(ask, "refused", request.path);
        refused.result = "role_missing";
        audit(std::move(refused));
        return role_missing();
    }
    if (now() - person->session.seen_at >= session_noted_ms)
        hub_.note([&](Done done) {
            hub_.writer->note(
                [session = person->session.session, at = now()](Store& store, LoopState&) {
                    note_seen(store.database(), session, at);
                    return Answer{};
                },
                std::move(done));
        });
    return route.call(*this, ask);
}

std::string Console::keyed(std::string_view purpose, std::string_view text) const {
    const std::string all = std::string(purpose) + "\n" + std::string(text);
    journal::Digest mac{};
    unsigned size = 0;
    if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
             reinterpret_cast<const unsigned char*>(all.data()), all.size(), mac.data(), &size) == nullptr)
        throw std::runtime_error("HMAC failed");
    return journal::to_hex(mac);
}

std::string Console::csrf_of(std::string_view token) const { return keyed("csrf", token); }

AuditEntry Console::entry(const Ask& ask, std::string_view what, std::string_view about,
                          std::string_view reason) const {
    AuditEntry out;
    out.at = now();
    out.who = ask.person.account.account.empty() ? "-" : ask.person.account.account;
    out.what = service::printable(what.substr(0, what_max));
    out.about = service::printable(about.substr(0, about_max));
    out.reason = service::printable(reason.substr(0, stated_max));
    out.result = "ok";
    return out;
}

Answer Console::change(AuditEntry entry, const std::function<Answer(engine::Connection&)>& work) {
    return hub_.writer->done([&](Store& store, LoopState&) {
        auto answer = work(store.database());
        if (answer.error) entry.result = answer.error->code;
        put_audit(store.database(), entry);
        return answer;
    });
}

void Console::audit(AuditEntry entry) {
    const auto written = hub_.writer->done([&](Store& store, LoopState&) {
        put_audit(store.database(), entry);
        return Answer{};
    });
    if (written.status != 200) throw engine::ConnectionLost("audit");
}

Answer Console::decide(AuditEntry entry, const std::function<Answer()>& line) {
    audit(entry);
    auto answer = line();
    if (answer.error) {
        entry.result = answer.error->code;
        audit(std::move(entry));
    }
    return answer;
}

Answer Console::out_of_scope(const Ask& ask, std::string_view about) {
    auto refused = entry(ask, "refused", ask.request.path + (about.empty() ? "" : " ") + std::string(about));
    refused.result = "out_of_scope";
    audit(std::move(refused));
    return problem(
        403, {"out_of_scope", "不在您的权限内，这次访问已记入审计", "outside your scope; the attempt is audited"});
}

std::string Console::cursor(const Ask& ask, std::string_view key) const {
    const auto query = ask.request.http.url.encoded_query();
    const auto bound = ask.person.account.account + "\n" + scope_name(ask.scope) + "\n" + ask.request.path + "\n" +
                       without_page({query.data(), query.size()}) + "\n" + std::string(key);
    return journal::base64url(key) + "." + keyed("cursor", bound).substr(0, tag_digits);
}

Console::From Console::from(const Ask& ask) {
    const auto given = ask.request.http.query("cursor");
    if (given.empty()) return {};
    const auto key = journal::from_base64url(given.substr(0, given.find('.')));
    if (key && service::is_same_secret(cursor(ask, *key), given)) return {*key, std::nullopt};
    auto refused = entry(ask, "refused", ask.request.path);
    refused.result = "cursor_not_yours";
    audit(std::move(refused));
    return {{},
            problem(400, {"cursor_not_yours", "这个位置不属于这次查询",
                          "the cursor belongs to another person, scope or filter"})};
}

}  // namespace imloop::hub
