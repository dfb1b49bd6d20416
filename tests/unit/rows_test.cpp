// Tables of a projection: what is held, what lies elsewhere, and what a batch hands on.
#include "tests/support/rows.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "loop/rows/table.hpp"

using namespace imloop;
using loop::key_of;

namespace {

struct Counted {
    std::string name;
    std::int32_t count = 0;
    std::vector<std::string> list{};
    bool operator==(const Counted&) const = default;
};
template <loop::Like<Counted> T>
auto members(T& c) {
    return std::tie(c.name, c.count, c.list);
}

using Model = std::map<std::string, Counted>;

Model all_of(const loop::Table<Counted>& table, std::string_view from, std::string_view to) {
    Model out;
    table.each_between(from, to, [&](std::string_view key, const Counted& value) {
        const bool ascends = out.empty() || out.rbegin()->first < key;
        RC_ASSERT(ascends);
        out.emplace(key, value);
        return true;
    });
    return out;
}

void holds(const std::function<void()>& property) { REQUIRE(rc::check(property)); }

}  // namespace

TEST_CASE("keys are ordered as their parts are, and read again part by part") {
    holds([] {
        using Parts = std::tuple<std::string, std::int64_t, std::string>;
        const auto text = rc::gen::container<std::string>(rc::gen::element('\0', '\1', 'a', 'b', '\xff'));
        const auto parts = rc::gen::tuple(text, rc::gen::arbitrary<std::int64_t>(), text);
        const auto a = *parts, b = *parts;
        const auto key = [](const Parts& p) { return key_of(std::get<0>(p), std::get<1>(p), std::get<2>(p)); };
        RC_ASSERT((a < b) == (key(a) < key(b)));
        const auto whole = key(a);
        loop::KeyReader reader(whole);
        const auto first = reader.text();
        const auto second = reader.number();
        RC_ASSERT(Parts(first, second, reader.text()) == a);
        RC_ASSERT(key(a).starts_with(key_of(std::get<0>(a))));
        RC_ASSERT(key(b).starts_with(key_of(std::get<0>(a))) == (std::get<0>(a) == std::get<0>(b)));
    });
    CHECK(key_of(std::numeric_limits<std::int64_t>::min()) < key_of(-1));
    CHECK(key_of(-1) < key_of(0));
    CHECK(loop::end_of("").empty());
    CHECK(loop::end_of("a\xff") == "b");
}

TEST_CASE("a key that ends too soon is a bad row") {
    const auto key = key_of("text", 7);
    for (std::size_t n = 0; n < key.size(); ++n) {
        const auto cut = key.substr(0, n);
        CHECK_THROWS_AS(([&] {
                            loop::KeyReader reader(cut);
                            (void)reader.text();
                            (void)reader.number();
                        }()),
                        loop::BadRow);
    }
}

TEST_CASE("a table says what a map would, wherever its rows lie") {
    holds([] {
        test::MapRows rows;
        loop::Table<Counted> paged("counted", &rows), held("counted");
        Model model;
        const auto key = rc::gen::map(rc::gen::inRange(0, 600), [](int n) { return key_of("k", n); });
        const int steps = *rc::gen::inRange(1, 400);
        for (int step = 0; step < steps; ++step) {
            const auto at = *key;
            switch (*rc::gen::inRange(0, 7)) {
                case 0: {
                    const Counted value{"put", step, {at}};
                    model.insert_or_assign(at, value);
                    paged.put(at, value), held.put(at, value);
                    break;
                }
                case 1:
                    model.erase(at);
                    paged.erase(at), held.erase(at);
                    break;
                case 2:
                    ++model[at].count;
                    ++paged.change_or_new(at).count, ++held.change_or_new(at).count;
                    break;
                case 3:
                    RC_ASSERT((paged.change(at) != nullptr) == model.contains(at));
                    RC_ASSERT((paged.find(at) ? *paged.find(at) : Counted{}) ==
                              (model.contains(at) ? model.at(at) : Counted{}));
                    break;
                case 4: {
                    const auto to = *key;
                    Model expected;
                    for (const auto& row : model)
                        if (at <= row.first && row.first < to) expected.insert(row);
                    RC_ASSERT(all_of(paged, at, to) == expected);
                    RC_ASSERT(all_of(held, at, to) == expected);
                    break;
                }
                case 5:
                    for (int n = 0; n < 300; ++n) {  // more than one page
                        model[key_of("k", n)].name = "many";
                        paged.change_or_new(key_of("k", n)).name = "many";
                        held.change_or_new(key_of("k", n)).name = "many";
                    }
                    break;
                default:
                    paged.write(rows.take());
                    if (*rc::gen::arbitrary<bool>()) paged.forget();
            }
        }
        RC_ASSERT(all_of(paged, "", "") == model);
        RC_ASSERT(all_of(held, "", "") == model);
        RC_ASSERT(paged.has_any(key_of("k")) == !model.empty());
        paged.write(rows.take());
        RC_ASSERT(rows.tables["counted"].size() == model.size());
    });
}

TEST_CASE("what did not change is not handed on") {
    test::MapRows rows;
    loop::Table<Counted> table("counted", &rows);
    table.put(key_of("a"), {"a", 1});
    table.put(key_of("b"), {"b", 1});
    std::vector<std::string> written;
    const auto note = [&](std::string_view, std::string_view key, const std::optional<std::string>& bytes) {
        written.push_back(std::string(key) + (bytes ? "" : " gone"));
        rows.take()("counted", key, bytes);
    };
    table.write(note);
    CHECK(written == std::vector{key_of("a"), key_of("b")});
    written.clear();
    table.forget();
    CHECK(table.find(key_of("a"))->name == "a");
    CHECK(table.held() == 1);
    table.write(note);
    CHECK(written.empty());
    table.change(key_of("b"))->count = 2;
    table.erase(key_of("a"));
    table.write(note);
    CHECK(written == std::vector{key_of("a") + " gone", key_of("b")});
}

TEST_CASE("bytes of a row that are cut or go on are a bad row of its table") {
    const auto whole = loop::packed(Counted{"name", 3, {"x", std::string(300, 'y')}});
    CHECK(loop::unpacked<Counted>(whole) == Counted{"name", 3, {"x", std::string(300, 'y')}});
    for (std::size_t n = 0; n < whole.size(); ++n)
        CHECK_THROWS_AS(loop::unpacked<Counted>(whole.substr(0, n)), loop::BadPack);
    test::MapRows rows;
    rows.take()("counted", key_of("a"), whole + "z");
    const loop::Table<Counted> table("counted", &rows);
    try {
        (void)table.find(key_of("a"));
        FAIL("a bad row was read");
    } catch (const loop::BadRow& e) {
        CHECK(std::string(e.what()) == "counted: goes on behind its end");
    }
}
