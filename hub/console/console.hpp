// The bureau's console without its listener: who is signed in, what a call may see, and the calls themselves
// (routes.cpp: one table). Requests run on threads of the console's own, so that neither stations nor the command line
// wait for them. Thread safe.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/accounts/accounts.hpp"
#include "hub/accounts/audit.hpp"
#include "hub/accounts/scope.hpp"
#include "hub/accounts/sessions.hpp"
#include "hub/api/request.hpp"
#include "hub/calls/shown.hpp"
#include "hub/guesses.hpp"
#include "hub/hub.hpp"
#include "hub/quota.hpp"
#include "hub/report/report.hpp"

namespace imloop::hub {

/// The session's cookie: over HTTP, which is on this computer alone, browsers keep none of the first name.
inline constexpr std::string_view session_cookie = "__Host-imloop", plain_cookie = "imloop";
/// Calls without a session that wait or run, in all and of one address; then 503.
inline constexpr std::size_t at_door_max = 16, at_door_of_address_max = 4;

struct ConsoleRequest {
    Request http;           ///< its target read
    std::string path;       ///< behind /api/v1
    std::string token;      ///< of the session's cookie; may be empty
    bool is_plain = false;  ///< over HTTP
};

/// Who is signed in.
struct Person {
    Account account;
    SignedIn session;
    std::vector<Grant> grants;
    bool has(Role) const;  ///< in force
};

/// One call under way.
struct Ask {
    const ConsoleRequest& request;
    const Person& person;  ///< empty where the call asks for no session
    Scope scope;
    std::vector<std::string> parts;  ///< what stands for the braces of the path
    nlohmann::json body;             ///< an object
    bool is_export = false;          ///< a list is wanted whole, not by pages
    /// A text of the body, trimmed of nothing; empty where it is not given or no text.
    std::string text(const char* name) const;
};

class Console {
public:
    /// The hub outlives it.
    explicit Console(Hub&);
    /// Waits for what is under way.
    ~Console();

    /// A call under /api/v1. Whether there is one, who asks and whether they may is judged before it is made.
    void answer(ConsoleRequest, Done);

    // What the calls share.
    Hub& hub() const { return hub_; }
    loop::Moment now() const { return hub_.options.now(); }
    /// All results that wait for an officer, or were decided, by what is stored now; each is looked at within the
    /// asker's scope.
    std::vector<Hold> holds() const;
    /// For a call of the hub's, once the thing it names was found within the asker's scope.
    Context judged() const;
    /// In force today.
    loop::Policy policy() const;
    loop::Day today() const { return loop::day_of(now()); }
    /// HMAC-SHA-256 under the hub's key, hex: of what must not stand in the audit log itself, and of cursors.
    std::string keyed(std::string_view purpose, std::string_view text) const;
    /// In one transaction of the writer, with its entry in the audit log. A refusal is entered with its code; what it
    /// throws undoes both.
    Answer change(AuditEntry, const std::function<Answer(engine::Connection&)>&);
    /// The entry alone.
    void audit(AuditEntry entry);
    /// For what ends in a line of the hub's journal: its entry first, so that none stands without one; a refusal is
    /// entered behind.
    Answer decide(AuditEntry, const std::function<Answer()>& line);
    /// Control characters in the texts are made visible; what is too long for a log is cut off.
    AuditEntry entry(const Ask&, std::string_view what, std::string_view about = {},
                     std::string_view reason = {}) const;
    /// 403 out_of_scope, audited.
    Answer out_of_scope(const Ask&, std::string_view about);
    /// What a session must show to write.
    std::string csrf_of(std::string_view token) const;

    /// A page of a list: `key` is where the next one begins. Bound to the person, the scope and the filter.
    std::string cursor(const Ask&, std::string_view key) const;
    /// Nothing in `key`: from the beginning. 400 cursor_not_yours, audited.
    struct From {
        std::string key;
        std::optional<Answer> refusal;
    };
    From from(const Ask&);

    /// Held from the look at what is decided to the line that decides it: of two officers one is told that the other
    /// was first. The command line decides beside it.
    std::mutex deciding;
    /// Tries at accounts that are locked: beyond them none is entered in the audit log any more.
    Guesses at_locked;

private:
    Answer answer_now(const ConsoleRequest&);
    std::optional<Person> person_of(const ConsoleRequest&);

    Hub& hub_;
    const std::string key_;
    Quota at_door_{at_door_max, at_door_of_address_max};  // what runs on `door_` has a place of it
    boost::asio::thread_pool threads_;
    boost::asio::thread_pool door_{1};  ///< for who is not signed in: a password takes a tenth of a second
};

/// The key of a data folder, made where it is missing.
std::string console_key(const std::filesystem::path& data);

}  // namespace imloop::hub
