#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <list>
#include <stdexcept>

#include "station/http_listener.hpp"

using namespace imloop::station;

namespace {

using boost::asio::ip::tcp;

constexpr HttpLimits limits{.head_max = 4096, .body_max = 64 * 1024, .connections_max = 8, .bytes_max = 100 * 1024};

struct Listening {
    HttpListener listener{
        "127.0.0.1", 0, limits, [](const HttpCall& call) {
            if (call.target == "/broken") throw std::runtime_error("disk full");
            return HttpReply{200, "text/plain", call.address + " " + std::to_string(call.body.size()), {}};
        }};

    tcp::socket open(const std::string& bytes) {
        tcp::socket socket(context);
        socket.connect({boost::asio::ip::address_v4::loopback(), listener.port()});
        boost::system::error_code ignored;
        boost::asio::write(socket, boost::asio::buffer(bytes), ignored);
        return socket;
    }
    static std::string rest(tcp::socket& socket) {
        std::string out;
        boost::system::error_code ignored;
        boost::asio::read(socket, boost::asio::dynamic_buffer(out), ignored);
        return out;
    }
    std::string ask(const std::string& target, const std::string& body = "") {
        auto socket =
            open("POST " + target + " HTTP/1.1\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                 "\r\n\r\n" + body);
        return rest(socket);
    }

    boost::asio::io_context context;
};

bool is_answered(const std::string& answer, const std::string& body) {
    return answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n" + body);
}

}  // namespace

TEST_CASE("who is slow makes room: more than the listener keeps at a time stop no one who is not") {
    Listening l;
    std::list<tcp::socket> slow;
    for (int i = 0; i < 50; ++i) {
        slow.push_back(l.open("POST /x HTTP/1.1\r\n"));
        if (i % 7 == 0) CHECK(is_answered(l.ask("/x", "abc"), "127.0.0.1 3"));
    }
    CHECK(is_answered(l.ask("/x", "abc"), "127.0.0.1 3"));
    CHECK(Listening::rest(slow.front()).empty());  // closed
}

TEST_CASE("bodies that never end hold no more than their bound, and a whole one is still taken") {
    Listening l;
    std::list<tcp::socket> slow;
    for (int i = 0; i < 6; ++i)
        slow.push_back(l.open("POST /x HTTP/1.1\r\nContent-Length: 60000\r\n\r\n" + std::string(50'000, 'x')));
    CHECK(is_answered(l.ask("/x", std::string(60'000, 'y')), "127.0.0.1 60000"));
    CHECK(Listening::rest(slow.front()).empty());
}

TEST_CASE("what a handler throws is answered 500, and the listener goes on") {
    Listening l;
    const auto answer = l.ask("/broken");
    CHECK(answer.starts_with("HTTP/1.1 500"));
    CHECK(answer.ends_with("没有做成，请再试。\nThis did not work; try again.\ndisk full\n"));
    CHECK(is_answered(l.ask("/x"), "127.0.0.1 0"));
}

TEST_CASE("this PC's own names are these, at the port that is served") {
    for (const auto* name : {"127.0.0.1:7610", "localhost:7610", "[::1]:7610"}) CHECK(names_this_pc(name, 7610));
    for (const auto* name : {"127.0.0.1", "127.0.0.1:7611", "127.0.0.1:7610.evil.example", "evil.example:7610", ""})
        CHECK_FALSE(names_this_pc(name, 7610));
}
