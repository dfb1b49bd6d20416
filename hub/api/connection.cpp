#include "hub/api/connection.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "hub/answers.hpp"
#include "hub/api/problems.hpp"
#include "hub/ids.hpp"
#include "hub/limits.hpp"
#include "service/printable.hpp"

namespace imloop::hub {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using HeadParser = http::request_parser<http::empty_body>;

constexpr auto awaited = asio::use_awaitable;
constexpr std::size_t scratch_bytes = 16 * 1024;

PlainStream& socket_of(PlainStream& stream) { return stream; }
PlainStream& socket_of(TlsStream& stream) { return stream.next_layer(); }

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

/// An answer that is owed to a coroutine. The first one counts; who lets go of it without any has failed.
template <typename Handler>
class Owed {
public:
    explicit Owed(Handler handler) : handler_(std::move(handler)), work_(asio::get_associated_executor(handler_)) {}
    Owed(const Owed&) = delete;
    Owed& operator=(const Owed&) = delete;
    ~Owed() {
        if (!given_) give(internal_error(std::runtime_error("nobody answered")));
    }
    void give(Answer answer) {
        if (given_.exchange(true)) return;
        asio::post(work_.get_executor(), [handler = std::move(handler_), answer = std::move(answer)]() mutable {
            handler(std::move(answer));
        });
    }

private:
    Handler handler_;
    asio::executor_work_guard<asio::associated_executor_t<Handler>> work_;
    std::atomic<bool> given_ = false;
};

/// Waits for an answer that comes from any thread.
asio::awaitable<Answer> answer_of(const Client& client, const Route& route, Request request) {
    return asio::async_initiate<const asio::use_awaitable_t<>, void(Answer)>(
        [&client, &route](auto handler, Request&& r) {
            const auto owed = std::make_shared<Owed<decltype(handler)>>(std::move(handler));
            const Done done = [owed](Answer answer) { owed->give(std::move(answer)); };
            answering(done, [&] { client.call(route, std::move(r), done); });
        },
        awaited, std::move(request));
}

Request request_of(const http::request_header<>& head) {
    Request out;
    out.method = text(head.method_string());
    out.target = text(head.target());
    out.content_encoding = text(head[http::field::content_encoding]);
    out.if_none_match = text(head[http::field::if_none_match]);
    out.host = text(head[http::field::host]);
    out.origin = text(head[http::field::origin]);
    out.admin_token = text(head["X-Admin-Token"]);
    out.cookie = text(head[http::field::cookie]);
    out.csrf = text(head["X-CSRF"]);
    out.if_match = text(head[http::field::if_match]);
    out.accept_encoding = text(head[http::field::accept_encoding]);
    return out;
}

/// What was refused and to whom, never what it held: a target or body may name a person's vehicle.
std::string told(Shared& shared, const Client& client, const Route* route, const Answer& answer) {
    const auto now = unix_now();
    auto id = new_uuid7(now);
    const std::string code = answer.error ? answer.error->code : "";
    if (const auto times = shared.refusals.note(client.who, code, now))
        spdlog::warn("{} {}: {} {} {} ×{} {}", service::printable(client.who),
                     route != nullptr ? fmt::format("{} {}", route->method, route->path) : "-", answer.status, code, id,
                     *times, service::printable(answer.cause));
    return id;
}

http::response<http::string_body> response_of(Answer answer, unsigned version, bool keep_alive) {
    http::response<http::string_body> out(static_cast<http::status>(answer.status), version);
    out.set(http::field::date, fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(unix_now() / 1000)));
    out.set(http::field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers) out.set(name, value);
    out.keep_alive(keep_alive);
    out.body() = std::move(answer.body);
    out.prepare_payload();
    return out;
}

/// One request on its way through a connection.
template <typename Stream>
class Exchange {
public:
    Exchange(Stream& stream, beast::flat_buffer& buffer, const Client& client, Shared& shared)
        : stream_(stream), buffer_(buffer), client_(client), shared_(shared) {
        head_.header_limit(request_head_max);
        head_.body_limit(boost::none);
    }

    /// Whether the connection may bring another request.
    asio::awaitable<bool> run() {
        socket_of(stream_).expires_after(shared_.options.head_time);
        co_await http::async_read_header(stream_, buffer_, head_, asio::redirect_error(awaited, error_));
        std::optional<Answer> answer;
        if (error_) {
            answer = fault_of_head();
            if (!answer) co_return false;
        } else {
            request_ = request_of(head_.get());
            answer = co_await taken();
            if (!answer) co_return false;
        }
        const std::string id = answer->status >= 400 ? told(shared_, client_, route_, *answer) : std::string();
        auto response = response_of(as_sent(std::move(*answer), id), version_, open_);
        in_flight_.reset();
        socket_of(stream_).expires_after(shared_.options.body_time);
        co_await http::async_write(stream_, response, asio::redirect_error(awaited, error_));
        co_return open_ && !error_;
    }
    bool has_unread() const { return unread_; }

private:
    /// Nothing where the other side has just gone.
    std::optional<Answer> fault_of_head() {
        unread_ = true;
        if (error_ == http::error::header_limit)
            return problem(431, {"too_large", "请求头过大", "the head of the request is too large"});
        const bool is_fault = error_.category() == make_error_code(http::error::bad_target).category() &&
                              error_ != http::error::end_of_stream && error_ != http::error::partial_message;
        if (!is_fault) return std::nullopt;
        return problem(400, {"bad_request", "不是 HTTP 请求", "no HTTP request"});
    }

    /// The head says that its body is left where it is.
    Answer refused(Answer why) {
        unread_ = head_.chunked() || head_.content_length().value_or(0) > 0;
        open_ = !unread_ && head_.get().keep_alive();
        return why;
    }

    /// Nothing where the body did not come.
    asio::awaitable<std::optional<Answer>> taken() {
        version_ = head_.get().version();
        auto routed = client_.judge(request_);
        route_ = routed.route;
        if (route_ == nullptr) co_return refused(std::move(routed.refusal));
        const auto size = head_.chunked() ? route_->body_max : head_.content_length().value_or(0);
        if (size > route_->body_max)
            co_return refused(problem(413, {"too_large", "内容过大", "the body is too large"}));
        if (route_->body_max > request_bytes_max) {
            in_flight_ = shared_.bytes_in_flight.take(size, client_.payer);
            if (!in_flight_) co_return refused(busy());
        }
        if (!co_await read_body()) co_return std::nullopt;
        if (error_) {
            open_ = false;
            unread_ = true;
            error_ = {};
            co_return problem(413, {"too_large", "内容过大", "the body is too large"});
        }
        socket_of(stream_).expires_never();  // the hub answers in its own time
        co_return co_await answer_of(client_, *route_, std::move(request_));
    }

    /// False where it ends before its end. `error_`: it is longer than it may be.
    asio::awaitable<bool> read_body() {
        socket_of(stream_).expires_after(shared_.options.body_time);
        if (beast::iequals(head_.get()[http::field::expect], "100-continue")) {
            http::response<http::empty_body> go_on(http::status::continue_, version_);
            co_await http::async_write(stream_, go_on, asio::redirect_error(awaited, error_));
        }
        http::request_parser<http::string_body> whole(std::move(head_));
        whole.body_limit(route_->body_max);
        co_await http::async_read(stream_, buffer_, whole, asio::redirect_error(awaited, error_));
        if (error_) co_return error_ == http::error::body_limit;
        open_ = whole.get().keep_alive();
        request_.body = std::move(whole.get().body());
        co_return true;
    }

    Stream& stream_;
    beast::flat_buffer& buffer_;
    const Client& client_;
    Shared& shared_;
    HeadParser head_;
    Request request_;
    const Route* route_ = nullptr;
    std::optional<Quota::Held> in_flight_;
    beast::error_code error_;
    unsigned version_ = 11;
    bool open_ = false, unread_ = false;
};

/// What a refused client still sends is taken from the network and looked at by no one, so long and so much: a
/// connection that is closed on it would take the answer away from who has yet to read it.
asio::awaitable<void> read_away(PlainStream& socket) {
    beast::error_code error;
    socket.expires_after(unread_time);
    socket.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    std::string scratch(scratch_bytes, '\0');
    for (std::size_t seen = 0; !error && seen < unread_bytes_max;)
        seen += co_await socket.async_read_some(asio::buffer(scratch), asio::redirect_error(awaited, error));
}

asio::awaitable<void> end_of(PlainStream&) { co_return; }
asio::awaitable<void> end_of(TlsStream& stream) {
    beast::error_code error;
    socket_of(stream).expires_after(unread_time);
    co_await stream.async_shutdown(asio::redirect_error(awaited, error));
}

template <typename Stream>
asio::awaitable<void> serve_all(Stream& stream, const Client& client, Shared& shared) {
    beast::flat_buffer buffer;
    bool open = true, unread = false;
    while (open) {
        Exchange exchange(stream, buffer, client, shared);
        open = co_await exchange.run();
        unread = exchange.has_unread();
    }
    co_await end_of(stream);
    if (unread) co_await read_away(socket_of(stream));
}

}  // namespace

asio::awaitable<void> serve(TlsStream& stream, const Client& client, Shared& shared) {
    return serve_all(stream, client, shared);
}
asio::awaitable<void> serve(PlainStream& stream, const Client& client, Shared& shared) {
    return serve_all(stream, client, shared);
}

}  // namespace imloop::hub
