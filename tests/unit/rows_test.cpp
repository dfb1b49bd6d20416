// Tables of a projection: what is held, what lies elsewhere, and what a batch hands on.
#include "tests/support/rows.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cstring>
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

TEST_CASE("ids stand before other texts in keys, in their own order, and take sixteen bytes and one") {
    const std::string a = "01940000-0000-7000-8000-00000000000a", b = "01940000-0000-7000-8000-00000000000b";
    CHECK(key_of(a).size() == 17);
    CHECK(key_of(a) < key_of(b));
    CHECK(key_of(a, "z") < key_of(b));
    CHECK(key_of("\1") < key_of(a));
    CHECK(key_of(b) < key_of("0"));
    const auto whole = key_of(a, b, 3);
    loop::KeyReader reader(whole);
    CHECK(reader.text() == a);
    CHECK(reader.text() == b);
    CHECK(reader.number() == 3);
    // In another form it is a text like any other.
    for (const std::string text : {"01940000-0000-7000-8000-00000000000A", "01940000-0000-7000-8000-0000000000",
                                   "01940000x0000-7000-8000-00000000000a"}) {
        CHECK(key_of(text) == text + std::string("\0\1", 2));
        CHECK(loop::KeyReader(key_of(text)).text() == text);
    }
}

TEST_CASE("a key that ends too soon is a bad row") {
    for (const std::string text : {"text", "01940000-0000-7000-8000-00000000000a"}) {
        const auto key = key_of(text, 7);
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
}

TEST_CASE("a table says what a map would, wherever its rows lie") {
    holds([] {
        test::MapRows rows;
        rows.comes_in_sets = *rc::gen::arbitrary<bool>();
        loop::Table<Counted> paged("counted", &rows), held("counted");
        Model model;
        const auto key = rc::gen::map(rc::gen::inRange(0, 600), [](int n) { return key_of("k", n); });
        const int steps = *rc::gen::inRange(1, 400);
        for (int step = 0; step < steps; ++step) {
            const auto at = *key;
            switch (*rc::gen::inRange(0, 9)) {
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
                case 6:
                    paged.read_ahead({at, *key, at});
                    break;
                case 7:
                    paged.read_ahead_under({key_of("k"), key_of("j")});
                    RC_ASSERT(all_of(paged, key_of("k"), loop::end_of(key_of("k"))) == model);
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

TEST_CASE("what was read ahead is not asked for again, whether there is such a row or not") {
    test::MapRows rows;
    rows.comes_in_sets = true;
    for (const auto* key : {"a", "b"}) rows.take()("counted", key_of("list", key), loop::packed(Counted{key}));
    loop::Table<Counted> table("counted", &rows);
    table.put(key_of("list", "b"), {"changed"});
    table.read_ahead({key_of("list", "a"), key_of("none")});
    table.read_ahead_under({key_of("list"), key_of("empty")});
    rows.reads = 0;
    CHECK(table.find(key_of("list", "a"))->name == "a");
    CHECK(table.find(key_of("list", "b"))->name == "changed");
    CHECK_FALSE(table.contains(key_of("none")));
    CHECK(table.keys(key_of("list")).size() == 2);
    CHECK_FALSE(table.has_any(key_of("empty")));
    table.read_ahead({key_of("none")});
    table.read_ahead_under({key_of("list")});
    CHECK(rows.reads == 0);
    table.forget();
    CHECK(table.keys(key_of("list")).size() == 2);
    CHECK(rows.reads == 1);
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

namespace {

template <typename T>
std::size_t size_of(const T& value) {
    const auto bytes = loop::packed(value);
    const auto again = loop::unpacked<T>(bytes);
    CHECK(std::memcmp(&again, &value, sizeof value) == 0);
    return bytes.size();
}

}  // namespace

TEST_CASE("numbers take as many bytes as they need, and are the same again") {
    holds([] {
        const auto number = *rc::gen::arbitrary<std::int64_t>();
        RC_ASSERT(loop::unpacked<std::int64_t>(loop::packed(number)) == number);
        const auto written = static_cast<double>(*rc::gen::inRange(-1'000'000, 1'000'000)) / 1000;
        RC_ASSERT(loop::unpacked<double>(loop::packed(written)) == written);
        const auto any = std::bit_cast<double>(number);
        RC_ASSERT(std::bit_cast<std::int64_t>(loop::unpacked<double>(loop::packed(any))) == number);
    });
    CHECK(size_of(std::int64_t{0}) == 1);
    CHECK(size_of(std::int64_t{-64}) == 1);
    CHECK(size_of(std::int32_t{64}) == 2);
    CHECK(size_of(std::numeric_limits<std::int64_t>::min()) == 10);
    CHECK(size_of(std::numeric_limits<std::uint64_t>::max()) == 1);
    CHECK(size_of(12.34) == 3);
    CHECK(size_of(0.1F) == 4);
    for (const double hard : {-0.0, 1.0 / 3, 1e300, 1e-9, 9'007'199'254'740'993.0,
                              std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
        CHECK(size_of(hard) >= 9);
}

TEST_CASE("ids and digests are packed as their bytes") {
    const std::string id = "01940000-0000-7000-8000-00000000000a", digest(64, 'e'), like = std::string(63, 'e') + 'E';
    CHECK(loop::packed(id).size() == 17);
    CHECK(loop::packed(digest).size() == 33);
    CHECK(loop::packed(like).size() == 65);
    for (const auto& text : {id, digest, like, std::string(252, 'x'), std::string(253, 'x'), std::string(70'000, 'x')})
        CHECK(loop::unpacked<std::string>(loop::packed(text)) == text);
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
