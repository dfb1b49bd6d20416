#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>
#include <stdexcept>
#include <vector>

#include "journal/json.hpp"
#include "loop/record/text.hpp"
#include "station/page/excerpt.hpp"
#include "station/page/html.hpp"
#include "station/page/server.hpp"
#include "station/page/site.hpp"
#include "station/page/situation.hpp"
#include "station/page/words.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using namespace imloop::station;
using namespace imloop::station::page;
using nlohmann::json;

namespace {

const Language zh{Lang::zh}, en{Lang::en};
using Form = std::map<std::string, std::string>;

/// What the server says to these bytes, until it closes; what it did with the connection is no matter.
std::string said(unsigned short port, const std::string& bytes) {
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
    boost::system::error_code ignored;
    boost::asio::write(socket, boost::asio::buffer(bytes), ignored);
    socket.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    std::string out;
    boost::asio::read(socket, boost::asio::dynamic_buffer(out), ignored);
    return out;
}

/// A server whose handler says what it was asked.
struct Asked {
    std::atomic<int> calls = 0;
    Server server{0, "the-key", "the-token", [this](const Request& r) {
                      ++calls;
                      if (r.path == "/broken") throw std::runtime_error("disk <full>");
                      Answer out;
                      out.body = r.method + " " + r.path + " a=" + r.value("a") + (r.by_key ? " by key" : "") +
                                 std::string(r.words(" zh", " en"));
                      return out;
                  }};
    std::string own = "127.0.0.1:" + std::to_string(server.port());

    std::string ask(const std::string& line, const std::string& headers, const std::string& body = "") {
        return said(server.port(), line + " HTTP/1.1\r\nConnection: close\r\n" + headers +
                                       "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                                       std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    std::string host() const { return "Host: " + own + "\r\n"; }
};

std::string status_of(const std::string& answer) { return answer.substr(9, 3); }
bool has_line(const std::string& answer, const std::string& line) {
    return answer.find("\r\n" + line + "\r\n") < answer.find("\r\n\r\n") + 2;
}
std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

Situation calm() {
    Situation s;
    s.disk_free = disk_low_bytes;
    s.now = loop::parse_moment("2026-11-24T11:07:30+08:00").value();
    return s;
}

/// Relative luminance and contrast by WCAG 2.1.
double luminance(const std::string& colour) {
    const auto part = [&](std::size_t at) {
        const double c = std::stoi(colour.substr(at, 2), nullptr, 16) / 255.0;
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

double contrast(const std::string& a, const std::string& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace

TEST_CASE("what is put into HTML is escaped, once, and HTML is not") {
    CHECK(escaped("<b class=\"x\">'&'</b>") == "&lt;b class=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/b&gt;");
    CHECK(escaped("陕D·8K3Q7") == "陕D·8K3Q7");
    CHECK(html("<td>{}</td>", "<script>").text == "<td>&lt;script&gt;</td>");
    CHECK(html("{}|{}|{}", std::string("a&b"), 5, 'x').text == "a&amp;b|5|x");
    CHECK(html("{}", html("<i>{}</i>", "a&b")).text == "<i>a&amp;b</i>");
    CHECK(html("{}", "&amp;").text == "&amp;amp;");
    CHECK(html("{}", "{0} {}").text == "{0} {}");
    CHECK(html("{:}", Html{"<hr>"}).text == "<hr>");
    Html sum = html("{}", "<");
    sum += Html{"<br>"};
    CHECK(sum.text == "&lt;<br>");
}

TEST_CASE("a form is decoded; of a name that comes twice the first stands") {
    CHECK(parse_form("").empty());
    CHECK(parse_form("&&").empty());
    CHECK(parse_form("a=1&b=%20") == Form{{"a", "1"}, {"b", " "}});
    CHECK(parse_form("a=1&a=2") == Form{{"a", "1"}});
    CHECK(parse_form("a+b=c+d&e") == Form{{"a b", "c d"}, {"e", ""}});
    CHECK(parse_form("a=b=c&=d") == Form{{"a", "b=c"}, {"", "d"}});
    CHECK(parse_form("p=%e9%99%95D%C2%B78K3Q7") == Form{{"p", "陕D·8K3Q7"}});
    CHECK(parse_form("a=%&b=%2&c=%zz&d=100%25") == Form{{"a", "%"}, {"b", "%2"}, {"c", "%zz"}, {"d", "100%"}});
    CHECK(parse_form("a%3Db=%26") == Form{{"a=b", "&"}});
}

TEST_CASE("the place of a JSON pointer is found in the text as it stands") {
    const std::string text = "{\n  \"a/b\": [1, {\"c\": \"x,\\\"]\"}],\n  \"数\": -1.5e3\n}";
    const auto at = [&](std::string_view pointer) {
        const auto span = place_in_json(text, pointer);
        return span ? text.substr(span->at, span->size) : "nothing";
    };
    CHECK(at("/a~1b/0") == "1");
    CHECK(at("/a~1b/1/c") == "\"x,\\\"]\"");
    CHECK(at("/a~1b/1") == "{\"c\": \"x,\\\"]\"}");
    CHECK(at("/数") == "-1.5e3");
    CHECK(at("") == text);
    CHECK(at("/none") == "{");
    CHECK(at("/a~1b/7") == "[");
    CHECK_FALSE(place_in_json("{\"a\": ", "/a").has_value());
    CHECK_FALSE(place_in_json("", "").has_value());
}

TEST_CASE("lines around a place are numbered, the place is marked, long lines are cut") {
    CHECK(lines_around("a\nb\nc\nbad <\nd\ne\nf", {6, 5}).text ==
          "<pre class=\"excerpt\"><span class=\"line\"><b>2</b>b</span><span class=\"line\"><b>3</b>c</span>"
          "<span class=\"line at\"><b>4</b><mark>bad &lt;</mark></span><span class=\"line\"><b>5</b>d</span>"
          "<span class=\"line\"><b>6</b>e</span></pre>");
    const auto cut = lines_around(std::string(300, 'x') + "!" + std::string(300, 'y'), {300, 1}).text;
    CHECK(cut.find("…" + std::string(60, 'x') + "<mark>!</mark>" + std::string(60, 'y') + "…") != std::string::npos);
}

TEST_CASE("a page is given to this machine's names alone, and can't be framed or fed with foreign scripts") {
    Asked page;
    const auto answer = page.ask("GET /x?a=%3C1", page.host());
    CHECK(status_of(answer) == "200");
    CHECK(body_of(answer) == "GET /x a=<1 zh");
    CHECK(has_line(answer, "Content-Type: text/html; charset=utf-8"));
    CHECK(has_line(answer,
                   "Content-Security-Policy: default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; "
                   "form-action 'self'"));
    CHECK(has_line(answer, "X-Content-Type-Options: nosniff"));
    CHECK(has_line(answer, "Referrer-Policy: same-origin"));
    CHECK(has_line(answer, "Cache-Control: no-store"));
    const auto port = std::to_string(page.server.port());
    CHECK(status_of(page.ask("GET /x", "Host: localhost:" + port + "\r\n")) == "200");
    CHECK(body_of(page.ask("GET /x", page.host() + "Cookie: lang=en\r\n")) == "GET /x a= en");
    CHECK(page.calls == 3);
    for (const auto& host : {"evil.example:" + port, std::string("127.0.0.1"), std::string("localhost:1"),
                             "127.0.0.1:" + port + ".evil.example", std::string()})
        CHECK(status_of(page.ask("GET /x", "Host: " + host + "\r\n")) == "421");
    CHECK(status_of(page.ask("GET /x", "")) == "421");
    CHECK(status_of(page.ask("POST /x", "Host: evil.example\r\nX-Imloop-Key: the-key\r\n")) == "421");
    CHECK(page.calls == 3);
}

TEST_CASE("only our own page and who has the key change something") {
    Asked page;
    const std::string token = "the-token";
    std::string other = token;
    other[0] = other[0] == 'A' ? 'B' : 'A';
    CHECK(new_token().size() == 22);
    CHECK(new_token() != new_token());
    CHECK(status_of(page.ask("POST /x", page.host(), "a=1")) == "403");
    CHECK(status_of(page.ask("POST /x", page.host(), "a=1&token=")) == "403");
    CHECK(status_of(page.ask("POST /x", page.host(), "a=1&token=" + other)) == "403");
    CHECK(status_of(page.ask("POST /x", page.host() + "Origin: http://evil.example\r\n", "token=" + token)) == "403");
    CHECK(status_of(page.ask("POST /x", page.host() + "Origin: https://" + page.own + "\r\n", "token=" + token)) ==
          "403");
    CHECK(status_of(page.ask("POST /x", page.host() + "Origin: null\r\n", "token=" + token)) == "403");
    CHECK(status_of(page.ask("POST /x", page.host() + "X-Imloop-Key: the-keys\r\n", "a=1")) == "403");
    CHECK(status_of(page.ask("PUT /x", page.host(), "a=1")) == "403");
    CHECK(status_of(page.ask("DELETE /x", page.host())) == "403");
    CHECK(page.calls == 0);
    CHECK(body_of(page.ask("POST /x", page.host(), "a=1&token=" + token)) == "POST /x a=1 zh");
    CHECK(body_of(page.ask("POST /x", page.host() + "Origin: http://" + page.own + "\r\n", "a=1&token=" + token)) ==
          "POST /x a=1 zh");
    CHECK(body_of(page.ask("POST /x", page.host() + "X-Token: " + token + "\r\n", "a=1")) == "POST /x a=1 zh");
    CHECK(body_of(page.ask("POST /x", page.host() + "X-Imloop-Key: the-key\r\n", "a=1")) == "POST /x a=1 by key zh");
    CHECK(page.calls == 4);

    const Server keyless(0, "", new_token(), [](const Request&) { return Answer{}; });
    CHECK(status_of(said(keyless.port(),
                         "POST / HTTP/1.1\r\nConnection: close\r\nHost: 127.0.0.1:" + std::to_string(keyless.port()) +
                             "\r\nX-Imloop-Key: \r\nContent-Length: 0\r\n\r\n")) == "403");
}

TEST_CASE("a form of an older page is shown again with what was typed and a token that holds") {
    Asked page;
    const auto answer = page.ask("POST /repair", page.host(), "total_fee=%3C280%3E&order=7&token=old");
    CHECK(status_of(answer) == "403");
    CHECK(body_of(answer).find("<form method=\"post\" action=\"/repair\"><input type=\"hidden\" name=\"token\" "
                               "value=\"the-token\"><input type=\"hidden\" name=\"order\" value=\"7\"><input "
                               "type=\"hidden\" name=\"total_fee\" value=\"&lt;280&gt;\">") != std::string::npos);
    CHECK(body_of(answer).find("old") == std::string::npos);
    CHECK(page.calls == 0);
    const auto foreign = page.ask("POST /repair", page.host() + "Origin: http://evil.example\r\n", "total_fee=1");
    CHECK(body_of(foreign).find("the-token") == std::string::npos);
}

TEST_CASE("the page's style comes from the program, a handler that throws is told, a language is kept") {
    Asked page;
    const auto style = page.ask("GET /assets/station.css", page.host());
    CHECK(status_of(style) == "200");
    CHECK(has_line(style, "Content-Type: text/css; charset=utf-8"));
    CHECK(has_line(style, "Cache-Control: max-age=3600"));
    CHECK(body_of(style) == test::read_file(test::source_dir() / "station/page/assets/station.css"));
    CHECK(body_of(page.ask("HEAD /assets/station.css", page.host())).empty());
    CHECK(page.calls == 0);
    CHECK(body_of(page.ask("GET /assets/other.css", page.host())) == "GET /assets/other.css a= zh");

    const auto broken = page.ask("GET /broken", page.host());
    CHECK(status_of(broken) == "500");
    CHECK(has_line(broken, "Content-Type: text/plain; charset=utf-8"));
    CHECK(body_of(broken) ==
          "没有做成，填写的内容没有丢，请返回再试。\nThis did not work; go back and try again.\ndisk <full>\n");
    CHECK(status_of(page.ask("GET /x", page.host())) == "200");

    const auto english = page.ask("GET /lang?to=en&back=/status", page.host());
    CHECK(status_of(english) == "303");
    CHECK(has_line(english, "Location: /status"));
    CHECK(has_line(english, "Set-Cookie: lang=en; Path=/; SameSite=Strict; Max-Age=31536000"));
    for (const auto* away :
         {"//evil.example", "/%5Cevil.example", "https://evil.example", "/a%0D%0AX-Evil:%201", "/%00", ""}) {
        const auto answer = page.ask(std::string("GET /lang?to=zh&back=") + away, page.host());
        INFO(answer);
        CHECK(has_line(answer, "Location: /"));
        CHECK(answer.find("Evil") == std::string::npos);
    }
}

TEST_CASE("who comes while no file descriptor is left is answered when there is one") {
    Asked page;
    // It waits now: an accept that finds no one has taken a number meanwhile.
    REQUIRE(status_of(page.ask("GET /", page.host())) == "200");
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket early(context);
    early.open(boost::asio::ip::tcp::v4());
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit none_left = before;
    none_left.rlim_cur = static_cast<rlim_t>(early.native_handle()) + 1;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none_left) == 0);
    std::vector<int> below;  // numbers that are free below it
    for (int one = 0; (one = ::dup(early.native_handle())) >= 0;) below.push_back(one);
    early.connect({boost::asio::ip::address_v4::loopback(), page.server.port()});
    boost::system::error_code ignored;
    boost::asio::write(early, boost::asio::buffer("GET /early HTTP/1.0\r\n" + page.host() + "\r\n"), ignored);
    const timeval patience{0, 300'000};
    ::setsockopt(early.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char byte = 0;
    CHECK(::recv(early.native_handle(), &byte, 1, 0) < 0);
    CHECK(page.calls == 1);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    for (const int one : below) ::close(one);
    const timeval for_ever{};
    ::setsockopt(early.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &for_ever, sizeof for_ever);
    std::string answer;
    boost::asio::read(early, boost::asio::dynamic_buffer(answer), ignored);
    CHECK(body_of(answer) == "GET /early a= zh");
    CHECK(status_of(page.ask("GET /", page.host())) == "200");
}

TEST_CASE("a body that is too large is refused with a word, and the next request is answered") {
    Asked page;
    const auto head = "POST /x HTTP/1.1\r\n" + page.host() + "X-Imloop-Key: the-key\r\n";
    const auto told =
        said(page.server.port(), head + "Content-Length: " + std::to_string(page_body_max + 1) + "\r\n\r\n");
    CHECK(status_of(told) == "413");
    CHECK(body_of(told) == "文件太大\nthe file is too large\n");
    const auto sent = said(page.server.port(), head + "Content-Length: " + std::to_string(page_body_max + 1) +
                                                   "\r\n\r\n" + std::string(page_body_max + 1, 'x'));
    CHECK(status_of(sent) == "413");
    CHECK(page.calls == 0);
    CHECK(said(page.server.port(), head + "X-Long: " + std::string(32 * 1024, 'x') + "\r\n\r\n").empty());
    CHECK(said(page.server.port(), "no HTTP at all\r\n\r\n").empty());
    CHECK(page.calls == 0);
    const auto largest =
        said(page.server.port(), head + "Connection: close\r\nContent-Length: " + std::to_string(page_body_max) +
                                     "\r\n\r\n" + std::string(page_body_max, 'x'));
    CHECK(status_of(largest) == "200");
    CHECK(page.calls == 1);
}

TEST_CASE("how a station stands is the gravest word that holds") {
    using Kind = UploadState::Kind;
    auto s = calm();
    s.upload.kind = Kind::stopped;
    s.upload.why = "证书已吊销";
    s.upload.next_attempt = s.now + 20'000;
    s.disk_free = disk_low_bytes - 1;
    s.clock_ahead_ms = clock_off_ms + 1;
    s.waiting = 6;
    s.attention = 2;
    const auto word = [&] { return state_of(s, zh).word + "/" + state_of(s, en).word; };

    auto state = state_of(s, zh);
    CHECK(word() == "已停用/Stopped");
    CHECK(state.reason == "证书已吊销");
    CHECK(state.shape == std::string("bad"));
    CHECK(state.tone == Tone::bad);

    s.upload.kind = Kind::waiting;
    state = state_of(s, zh);
    CHECK(word() == "磁盘将满/Disk nearly full");
    CHECK(state.reason == "磁盘只剩 499 MB，还能存约 2559 条。");
    CHECK(state.tone == Tone::bad);

    s.disk_free = disk_low_bytes;
    state = state_of(s, zh);
    CHECK(word() == "时钟不准/Clock is off");
    CHECK(state.reason == "这台电脑的时钟快了 5 分钟。");
    CHECK(state.tone == Tone::warn);

    s.clock_ahead_ms = clock_off_ms;
    state = state_of(s, zh);
    CHECK(word() == "离线/Offline");
    CHECK(state.next == "下次自动重试 11:07:50，20 秒后。");
    CHECK(state_of(s, en).next == "Next attempt 11:07:50, in 20 s.");
    CHECK(state.shape == std::string("offline"));
    CHECK(state.tone == Tone::none);

    s.upload.kind = Kind::sending;
    state = state_of(s, zh);
    CHECK(word() == "补传中/Sending");
    CHECK(state.reason == "记录都存在本机，正在上传，还剩 6 条。");
    CHECK(state.tone == Tone::accent);

    s.waiting = 0;
    state = state_of(s, zh);
    CHECK(word() == "需处理/Needs attention");
    CHECK(state.reason == "有 2 条记录被退回，原记录已保留。");
    CHECK(state.tone == Tone::warn);

    s.files_rejected = 1;
    s.folders_in_trouble = 3;
    CHECK(state_of(s, zh).reason ==
          "有 2 条记录被退回，原记录已保留。有 1 个文件没有收下。有 3 个接入文件夹要看一看。");
    s.attention = 0;
    CHECK(state_of(s, en).reason == "1 files were not taken. 3 watched folders need a look.");
    s.files_rejected = 0;
    s.folders_in_trouble = 0;
    CHECK(word() == "正常/Normal");
    CHECK(state_of(s, zh).reason == "没有等待上传的记录。");
    s.upload.kind = Kind::idle;
    s.upload.last_answer = s.now;
    state = state_of(s, en);
    CHECK(state.reason == "The hub has received all records, as of 11:07:30.");
    CHECK(state.next.empty());
    CHECK(state.tone == Tone::good);
}

TEST_CASE("disk and clock are judged at their bounds") {
    auto s = calm();
    CHECK(state_of(s, en).word == "Normal");
    s.disk_free = disk_low_bytes - 1;
    CHECK(state_of(s, en).word == "Disk nearly full");
    s.disk_free = 0;
    CHECK(state_of(s, en).reason == "0 MB left, room for about 0 records.");
    s = calm();
    for (const loop::Moment ahead : {loop::Moment{0}, clock_off_ms, -clock_off_ms}) {
        s.clock_ahead_ms = ahead;
        CHECK(state_of(s, en).word == "Normal");
    }
    s.clock_ahead_ms = clock_off_ms + 1;
    CHECK(state_of(s, en).reason == "This PC's clock is 5 minutes fast.");
    s.clock_ahead_ms = -clock_off_ms - 1;
    CHECK(state_of(s, en).reason == "This PC's clock is 5 minutes slow.");
    CHECK(state_of(s, zh).reason == "这台电脑的时钟慢了 5 分钟。");

    s = calm();
    s.upload.kind = UploadState::Kind::waiting;
    CHECK(state_of(s, en).next == "Next attempt 11:07:30, in 0 s.");
    s.upload.next_attempt = s.now - 5000;
    CHECK(state_of(s, en).next == "Next attempt 11:07:25, in 0 s.");
    CHECK(short_time(s.now) == "11-24 11:07");
    CHECK(clock_text(s.now) == "11:07:30");
}

TEST_CASE("limits and numbers are written as people write them") {
    CHECK(limit_text({{"item", "co"}, {"limit", 0.6}}) == "≤ 0.6");
    CHECK(limit_text({{"item", "power"}, {"limit", 40}}) == "≥ 40");
    CHECK(limit_text({{"item", "power"}, {"limit_low", 40.5}}) == "≥ 40.5");
    CHECK(limit_text({{"item", "lambda"}, {"limit", 1.05}, {"limit_low", 0.95}}) == "0.95–1.05");
    CHECK(limit_text({{"item", "co2"}}).empty());
    CHECK(limit_text({{"item", "co"}, {"limit", nullptr}, {"limit_low", "0.1"}}).empty());
    CHECK(number_text(0.6) == "0.6");
    CHECK(number_text(14.0) == "14");
    CHECK(number_text(0.1 + 0.2) == "0.3");
    CHECK(number_text(1480) == "1480");
    CHECK(number_text(-0.5) == "-0.5");
    CHECK(number_text(json()) == "—");
    CHECK(number_text("0.6") == "—");
}

TEST_CASE("items have names in both languages; an unknown one keeps its code") {
    CHECK(item_name("co", "idle", zh) == "怠速 CO");
    CHECK(item_name("co", "idle", en) == "idle CO");
    CHECK(item_name({{"item", "lambda"}, {"phase", "high_idle"}}, zh) == "高怠速 过量空气系数 λ");
    CHECK(item_name("hc_nox", "cycle", zh) == "HC+NOx");
    CHECK(item_name("co", "", en) == "CO");
    CHECK(item_name("xyz", "p9", zh) == "p9 xyz");
    CHECK(item_name(json::object(), zh).empty());
    CHECK(meaning({{"item", "xyz"}}, zh).empty());
    CHECK_FALSE(meaning({{"item", "co"}}, zh).empty());
    CHECK(repair_item_name({{"code", "EMI-CAT"}}, zh) == "更换三元催化器");
    CHECK(repair_item_name({{"code", "EMI-CAT"}}, en) == "replace catalytic converter");
    CHECK(repair_item_name({{"code", "EMI-CAT"}, {"name", "换三元"}}, en) == "换三元");
    CHECK(repair_item_name({{"code", "X-1"}}, zh) == "X-1");
    CHECK(repair_item_name(json::object(), zh).empty());
}

TEST_CASE("days are written out; what is none stays as it was") {
    CHECK(day_text("2026-12-09", zh) == "2026 年 12 月 9 日");
    CHECK(day_text("2026-12-09", en) == "9 Dec 2026");
    CHECK(day_text("2026-01-31T23:59:59+08:00", zh) == "2026 年 1 月 31 日");
    CHECK(day_text("2026-01-31T16:00:00Z", en) == "1 Feb 2026");
    for (const std::string& text :
         std::vector<std::string>{"", "soon", "2026-00-10", "2026-13-01", "2026-02-30", "abcdefghij", "2026-1-1"}) {
        CHECK(day_text(text, zh) == text);
        CHECK(day_text(text, en) == text);
    }
}

TEST_CASE("what is due is said by its day and how grave it is") {
    const auto today = loop::parse_day("2026-12-09").value();
    const auto due = [&](int days, const Language& w) {
        const auto d = due_text(loop::format_day(today + days), today, w);
        return d.text + "/" + d.css;
    };
    CHECK(due(-4, zh) == "逾期 4 天/bad");
    CHECK(due(0, zh) == "今天到期/warn");
    CHECK(due(1, zh) == "明天到期/warn");
    CHECK(due(3, zh) == "3 天后到期/warn");
    CHECK(due(4, zh) == "还有 4 天/none");
    CHECK(due(15, zh) == "还有 15 天/none");
    CHECK(due(-4, en) == "4 days overdue/bad");
    CHECK(due(0, en) == "due today/warn");
    CHECK(due(1, en) == "due tomorrow/warn");
    CHECK(due(3, en) == "due in 3 days/warn");
    CHECK(due(4, en) == "4 days left/none");
    CHECK(due(15, en) == "15 days left/none");
    for (const auto* none : {"", "2026-02-30", "2026-12-09T00:00:00+08:00"}) {
        CHECK(due_text(none, today, zh).text.empty());
        CHECK(due_text(none, today, zh).css == std::string("none"));
    }
}

TEST_CASE("characters are counted, not bytes") {
    CHECK(loop::record::characters("") == 0);
    CHECK(loop::record::characters("abc") == 3);
    CHECK(loop::record::characters("陕D·8K3Q7") == 8);
    CHECK(loop::record::characters("🚗") == 1);
}

TEST_CASE("a plate is shown with its dot, a VIN without") {
    CHECK(shown_plate("陕D8K3Q7") == "陕D·8K3Q7");
    CHECK(shown_plate("陕AD12345") == "陕A·D12345");
    CHECK(shown_plate("陕D·8K3Q7") == "陕D·8K3Q7");
    CHECK(shown_plate("LSVAA49J132000017") == "LSVAA49J132000017");
    CHECK(shown_plate("陕D") == "陕D");
    CHECK(shown_plate("临陕D12345") == "临陕D12345");
    CHECK(shown_plate("使123456") == "使123456");
    CHECK(shown_plate("").empty());
}

TEST_CASE("a record in a line says whose, what and when") {
    const json inspection{{"schema", "imloop/inspection/1"},
                          {"occurred_at", "2026-03-02T09:10:00+08:00"},
                          {"vehicle", {{"vin", "LSVAA49J132000017"}, {"plate", "陕D8K3Q7"}}},
                          {"method", "two_speed_idle"},
                          {"verdict", "fail"},
                          {"report_no", "R1"}};
    auto line = summary_of(inspection, zh);
    CHECK(line.what == "陕D·8K3Q7");
    CHECK(line.detail == "双怠速法 · 不合格 · 报告 R1");
    CHECK(line.when == "2026-03-02T09:10:00+08:00");
    CHECK(summary_of(inspection, en).detail == "two-speed idle · fail · report R1");

    const json repair{{"schema", "imloop/repair/1"},
                      {"vehicle", {{"vin", "LSVAA49J132000017"}}},
                      {"work_order_no", "W1"},
                      {"outcome", "repaired"}};
    line = summary_of(repair, zh);
    CHECK(line.what == "LSVAA49J132000017");
    CHECK(line.detail == "维修 · 工单 W1");
    CHECK(line.when.empty());
    CHECK(summary_of(repair, en).detail == "repair · order W1");

    line = summary_of({{"schema", "imloop/claim/1"}, {"action", "take_in"}}, zh);
    CHECK(line.what == "接车");
    CHECK(line.detail == "接车");
    for (const auto& none : {json(), json("x"), journal::parsed_or_discarded("no JSON")})
        CHECK(summary_of(none, zh).detail.empty());
    line = summary_of(json::object(), zh);
    CHECK(line.what.empty());
    CHECK(line.detail.empty());
}

TEST_CASE("the page's colours can be told apart by WCAG 2.1") {
    CHECK(contrast("#000000", "#FFFFFF") == Approx(21));
    CHECK(contrast("#777777", "#FFFFFF") == Approx(4.478).epsilon(0.001));
    const std::string css = test::read_file(test::source_dir() / "station/page/assets/station.css");
    const auto root = css.substr(0, css.find('}'));
    REQUIRE(root.starts_with(":root{"));
    std::map<std::string, std::string> colours;
    const std::regex token("--([a-z0-9-]+):(#[0-9A-Fa-f]{6})");
    for (std::sregex_iterator it(root.begin(), root.end(), token), end; it != end; ++it) colours[(*it)[1]] = (*it)[2];
    REQUIRE(colours.size() == 17);
    const auto between = [&](const std::string& a, const std::string& b) {
        INFO(a << " on " << b);
        REQUIRE(colours.contains(a));
        REQUIRE(colours.contains(b));
        return contrast(colours[a], colours[b]);
    };
    for (const std::string& text :
         std::vector<std::string>{"ink", "ink-2", "ink-3", "accent", "good", "warn", "bad", "none"}) {
        INFO(text);
        CHECK(between(text, "paper") >= 4.5);
        CHECK(between(text, "shade") >= 4.5);
        if (colours.contains(text + "-weak")) CHECK(between(text, text + "-weak") >= 4.5);
    }
    for (const std::string& tint :
         std::vector<std::string>{"accent-weak", "good-weak", "warn-weak", "bad-weak", "none-weak"}) {
        INFO(tint);
        CHECK(between("ink", tint) >= 4.5);
    }
    CHECK(between("paper", "accent") >= 4.5);
    CHECK(between("line-2", "paper") >= 3);
    CHECK(between("line-2", "shade") >= 3);
}
