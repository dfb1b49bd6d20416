#include <catch2/catch.hpp>

#include "station/page/routes.hpp"

using namespace imloop::station::page;

namespace {

Request asked(const std::string& method, const std::string& target, std::map<std::string, std::string> form = {}) {
    Request r;
    r.method = method;
    r.target = target;
    r.path = target.substr(0, target.find('?'));
    if (const auto mark = target.find('?'); mark != std::string::npos) r.query = parse_form(target.substr(mark + 1));
    r.form = std::move(form);
    return r;
}

Answer text(std::string body, int status = 200) { return {status, "text/plain", std::move(body), {}}; }

/// A page that shows what was typed, and an act that never likes it.
struct Pages {
    int acts = 0;
    Kept kept;
    Routes routes;
    Pages() {
        routes.shows["/form"] = [](const Request& r) {
            return text("typed=" + r.value("price") + " token=" + r.value("token") +
                        (r.told ? " told=" + r.told->text + " " + problem_of(r.told->problems, "price") : ""));
        };
        routes.acts["/save"] = [this](const Request& r) {
            ++acts;
            if (r.value("price") == "1") return Next{"/form"};
            return Next{"/form?order=7#price", Told{Tone::warn, "no", {{"price", "not a number"}}, {}}};
        };
        routes.calls["/api"] = [](const Request&) { return text("called"); };
        routes.none = [](const Request&) { return text("none", 404); };
    }
    Answer ask(const Request& r) { return answered(routes, kept, r); }
    std::string to(const Answer& answer) {
        CHECK(answer.status == 303);
        return answer.headers.at(0).second;
    }
};

}  // namespace

TEST_CASE("every form leads on by 303; the page there knows what was typed, at each reload") {
    Pages p;
    CHECK(p.to(p.ask(asked("POST", "/save", {{"price", "1"}}))) == "/form");
    const auto to = p.to(p.ask(asked("POST", "/save", {{"price", "三"}, {"token", "t"}})));
    CHECK(to.starts_with("/form?order=7&kept="));
    CHECK(to.ends_with("#price"));
    const auto address = to.substr(0, to.find('#'));
    for (int i = 0; i < 2; ++i) CHECK(p.ask(asked("GET", address)).body == "typed=三 token= told=no not a number");
    CHECK(p.acts == 2);
    CHECK(p.ask(asked("GET", "/form?kept=unknown")).body == "typed= token=");
}

TEST_CASE("an address that takes forms shows nothing, one that shows takes none, a program's call stays") {
    Pages p;
    CHECK(p.to(p.ask(asked("GET", "/save"))) == "/");
    CHECK(p.acts == 0);
    CHECK(p.ask(asked("POST", "/form")).status == 404);
    CHECK(p.ask(asked("POST", "/api")).body == "called");
    CHECK(p.ask(asked("PUT", "/save")).status == 404);
    CHECK(p.ask(asked("GET", "/none")).status == 404);
}

TEST_CASE("what is kept is bounded in number and in bytes; the latest stays") {
    Kept kept;
    const auto first = kept.keep({{"a", "1"}}, {});
    for (std::size_t n = 0; n + 1 < Kept::entries_max; ++n) kept.keep({}, {});
    CHECK(kept.find(first) != nullptr);
    kept.keep({}, {});
    CHECK(kept.find(first) == nullptr);
    const std::string large(Kept::bytes_max, 'x');
    const auto one = kept.keep({{"a", large}}, {}), two = kept.keep({{"a", large}}, {});
    CHECK(kept.find(one) == nullptr);
    CHECK(kept.find(two)->form.at("a").size() == large.size());
    CHECK(kept.find("") == nullptr);
}
