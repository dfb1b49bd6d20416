#include "hub/guesses.hpp"

#include <catch2/catch.hpp>

#include "hub/limits.hpp"
#include "journal/join_code.hpp"
#include "station/enrolment.hpp"
#include "station/hub_copy.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

const std::string example = "K7QF-9D2M-4XWT-0BNA-82HC-PV5R-1E6G-YJ3S@hub.example.cn:8443";

std::string code_of(const std::string& text) {
    const auto parsed = journal::parse_join_code(text);
    return parsed ? journal::format_join_code(*parsed) : parsed.error().code;
}

json item(const std::string& episode, const std::string& state, int n) {
    return {{"episode", episode}, {"state", state}, {"n", n}};
}
json page(const json& items, const std::string& next, bool whole) {
    return {{"items", items}, {"next", next}, {"more", false}, {"whole", whole}};
}
station::HubView empty_view() {
    station::HubView view;
    view.orders = json::object();
    return view;
}

}  // namespace

TEST_CASE("a join code is read as it was written") {
    journal::JoinCode code{std::string(journal::join_secret_bytes, '\0'),
                           std::string(journal::join_secret_bytes, '\xff'), "10.0.0.1", "8443"};
    CHECK(journal::format_join_code(code) == "0000-0000-0000-0000-ZZZZ-ZZZZ-ZZZZ-ZZZZ@10.0.0.1:8443");
    CHECK(journal::secret_text(code.secret) == "0000000000000000");
    code.secret = std::string("\x00\x01\x7f\x80\xff\x10\x32\x54\x76\x98", 10);
    const auto read = journal::parse_join_code(journal::format_join_code(code)).value();
    CHECK(read.secret == code.secret);
    CHECK(read.fingerprint == code.fingerprint);
    CHECK(read.host == "10.0.0.1");
    CHECK(read.port == "8443");
    CHECK(code_of(example) == example);
    CHECK(journal::secret_text(journal::parse_join_code(example).value().secret) == "K7QF9D2M4XWT0BNA");
    CHECK(journal::parse_join_code(example).value().host == "hub.example.cn");
    CHECK(code_of("0000-0000-0000-0000-ZZZZ-ZZZZ-ZZZZ-ZZZZ@[::1]:8443") ==
          "0000-0000-0000-0000-ZZZZ-ZZZZ-ZZZZ-ZZZZ@[::1]:8443");
}

TEST_CASE("a join code may be typed in lower case, with spaces, with O, I and L") {
    CHECK(code_of("k7qf 9d2m 4xwt obna 82hc pv5r le6g yj3s@hub.example.cn:8443") == example);
    CHECK(code_of("K7QF-9D2M-4XWT-OBNA-82HC-PV5R-IE6G-YJ3S@hub.example.cn:8443\r\n") == example);
    CHECK(code_of(" K7QF9D2M4XWT0BNA82HCPV5RiE6GYJ3S @hub.example.cn:8443 ") == example);
}

TEST_CASE("a code of another length or letter, or that names no hub, is refused") {
    for (const std::string& text : std::vector<std::string>{
             "", "@", example.substr(1), "K" + example, "U" + example.substr(1), "*" + example.substr(1),
             "K7QF-9D2M-4XWT-0BNA-82HC-PV5R-1E6G-YJ3S", "K7QF-9D2M-4XWT-0BNA-82HC-PV5R-1E6G-YJ3S@",
             "K7QF-9D2M-4XWT-0BNA-82HC-PV5R-1E6G-YJ3S@hub.example.cn", "K7QF-9D2M-4XWT-0BNA-82HC-PV5R-1E6G-YJ3S@:8443",
             "K7QF-9D2M-4XWT-0BNA-82HC-PV5R-1E6G-YJ3S@hub.example.cn:",
             "K7QF-9D2M-4XWT-0BNA-82HC-PV5R-1E6G-YJ3S@hub.example.cn:84x3",
             "hub.example.cn:8443@K7QF-9D2M-4XWT-0BNA-82HC-PV5R-1E6G-YJ3S"}) {
        INFO(text);
        CHECK(code_of(text) == "bad_join_code");
    }
    CHECK(journal::fingerprint_of("no certificate").error().code == "bad_certificate");
}

TEST_CASE("a certificate is renewed when two thirds of its time are over") {
    const auto from = loop::parse_moment("2026-01-01T00:00:00+08:00").value();
    const station::Validity ninety_days{from, from + 90 * loop::day_ms};
    CHECK_FALSE(station::renewal_due(ninety_days, from - 1));
    CHECK_FALSE(station::renewal_due(ninety_days, from));
    CHECK_FALSE(station::renewal_due(ninety_days, from + 60 * loop::day_ms - 1));
    CHECK(station::renewal_due(ninety_days, from + 60 * loop::day_ms));
    CHECK(station::renewal_due(ninety_days, from + 91 * loop::day_ms));
}

TEST_CASE("work orders that left go out, those that changed are replaced") {
    auto view = empty_view();
    merge_orders(view,
                 page(json::array({item("a", "open", 1), item("b", "open", 1), item("c", "open", 1)}), "x.3", true));
    CHECK(view.cursor == "x.3");
    CHECK(view.orders.size() == 3);
    merge_orders(view, page(json::array({item("a", "open", 2), item("b", "withdrawn", 2), item("c", "elsewhere", 2),
                                         item("d", "withdrawn", 1), item("e", "ended", 1)}),
                            "x.8", false));
    CHECK(view.cursor == "x.8");
    CHECK(view.orders == json{{"a", item("a", "open", 2)}, {"e", item("e", "ended", 1)}});
    merge_orders(view, page(json::array(), "x.9", false));
    CHECK(view.cursor == "x.9");
    CHECK(view.orders.size() == 2);
}

TEST_CASE("a hub that was started anew begins the list anew") {
    auto view = empty_view();
    merge_orders(view, page(json::array({item("a", "open", 1), item("b", "open", 1)}), "x.2", true));
    merge_orders(view, page(json::array({item("b", "open", 2)}), "y.1", true));
    CHECK(view.orders == json{{"b", item("b", "open", 2)}});
    CHECK(view.cursor == "y.1");
    merge_orders(view, page(json::array({item("c", "open", 1)}), "y.2", false));
    CHECK(view.orders.size() == 2);
    merge_orders(view, page(json::array(), "z.0", true));
    CHECK(view.orders == json::object());
}

TEST_CASE("a page of work orders that is none changes nothing it does not say") {
    auto view = empty_view();
    merge_orders(view, page(json::array({item("a", "open", 1)}), "x.1", true));
    CHECK_THROWS_AS(merge_orders(view, json{{"more", false}}), json::exception);
    CHECK(view.orders.size() == 1);
    CHECK(view.cursor == "x.1");
}

TEST_CASE("a code may be guessed ten times a minute from an address") {
    hub::Guesses guesses;
    const loop::Moment start = 1'700'000'000'000;
    for (std::size_t n = 0; n < hub::guesses_max; ++n) CHECK(guesses.note("10.0.0.1", start));
    CHECK_FALSE(guesses.note("10.0.0.1", start));
    CHECK(guesses.note("10.0.0.2", start));
    CHECK_FALSE(guesses.note("10.0.0.1", start + 59'999));  // and what was refused counts for nothing
    for (std::size_t n = 0; n < hub::guesses_max; ++n) CHECK(guesses.note("10.0.0.1", start + 60'000));
    CHECK_FALSE(guesses.note("10.0.0.1", start + 60'000));
}

TEST_CASE("the minute slides: a guess is free again when its own minute is over") {
    hub::Guesses guesses;
    for (loop::Moment n = 0; n < 10; ++n) CHECK(guesses.note("a", n * 1000));
    CHECK_FALSE(guesses.note("a", 59'999));
    CHECK(guesses.note("a", 60'000));
    CHECK_FALSE(guesses.note("a", 60'999));
    CHECK(guesses.note("a", 61'000));
    // A clock that was put back shuts out nobody for as long as it was ahead.
    for (loop::Moment n = 1; n < 10; ++n) guesses.note("b", 9'000'000);
    CHECK(guesses.note("b", 9'000'000));
    CHECK_FALSE(guesses.note("b", 9'000'000));
    CHECK(guesses.note("b", 100'000));
}

TEST_CASE("all addresses together have a bound too") {
    hub::Guesses guesses;
    for (std::size_t n = 0; n < hub::guesses_of_all_max; ++n) CHECK(guesses.note(std::to_string(n), 0));
    CHECK_FALSE(guesses.note("another", 0));
    CHECK_FALSE(guesses.note("another", 59'999));
    CHECK(guesses.note("another", 60'000));
}
