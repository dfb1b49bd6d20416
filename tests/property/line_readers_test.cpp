// A line is read by simdjson where that can, else by nlohmann's reader: the same line gives the same document, or the
// same fault, by either.
#include <bit>
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "journal/json.hpp"
#include "loop/record/parse.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using loop::record::Parsed;
using loop::record::Value;

namespace {

bool are_same(const Value& a, const Value& b) {
    return a.type() == b.type() && a.name() == b.name() && a.text() == b.text() && a.whole() == b.whole() &&
           std::bit_cast<std::uint64_t>(a.number()) == std::bit_cast<std::uint64_t>(b.number()) &&
           std::ranges::equal(a.items(), b.items(), are_same);
}

void check_alike(const std::string& line) {
    const Parsed quick = loop::record::parse(line), strict = loop::record::parse_strictly(line);
    if (quick.code != strict.code || quick.pointer != strict.pointer || !are_same(quick.json, strict.json)) {
        CAPTURE(line, quick.code, strict.code, quick.pointer, strict.pointer);
        FAIL_CHECK("read in two ways");
    }
}

std::string nested(int levels) {
    const auto n = static_cast<std::size_t>(levels);
    return std::string(n, '[') + std::string(n, ']');
}

std::string members(int n) {
    std::string out = "{";
    for (int i = 0; i < n; ++i) out += (i ? ",\"m" : "\"m") + std::to_string(i) + "\":0";
    return out + "}";
}

std::vector<std::string> lines_of_vectors() {
    std::vector<std::string> out;
    for (const auto* folder : {"episodes", "identity"})
        for (const auto& file : std::filesystem::directory_iterator(test::vectors() / folder)) {
            const auto vector = journal::parsed(test::read_file(file.path()));
            for (const auto& record : vector.at("records")) out.push_back(record.dump());
        }
    return out;
}

}  // namespace

TEST_CASE("what a line is called that can't be read") {
    struct Case {
        std::string line, code;
    };
    const std::vector<Case> cases = {
        {"", "not_json"},
        {" ", "not_json"},
        {"{", "not_json"},
        {"{} {}", "not_json"},
        {"{\"a\":1,}", "not_json"},
        {"[01]", "not_json"},
        {"[+1]", "not_json"},
        {"[1.]", "not_json"},
        {"[.5]", "not_json"},
        {"[1e400]", "not_json"},
        {"[-1e400]", "not_json"},
        {"[NaN]", "not_json"},
        {"[\"\\ud800\"]", "not_json"},
        {"[\"\\udc00\"]", "not_json"},
        {"[\"\\ud800\\ud800\"]", "not_json"},
        {"[\"\\x41\"]", "not_json"},
        {"[\"a\tb\"]", "not_json"},
        {std::string("[1]\0", 4), "not_json"},
        {"\xEF\xBB\xBF[1]", "not_json"},
        {"[\"\xC0\x80\"]", "not_utf8"},
        {"[\"\xED\xA0\x80\"]", "not_utf8"},
        {"[\"\xF4\x90\x80\x80\"]", "not_utf8"},
        {"\xFF", "not_utf8"},
        {"{\"a\":1,\"b\":2,\"a\":1}", "duplicate_member"},
        {"{\"a\":1,\"\\u0061\":1}", "duplicate_member"},
        {"{\"a\":1,\"a\":1,", "duplicate_member"},  // the first fault is named
        {nested(33), "too_deep"},
        {nested(100'000), "too_deep"},
        {members(1'001), "too_many_values"},
    };
    for (const auto& [line, code] : cases) {
        CAPTURE(line.substr(0, 60));
        CHECK(loop::record::parse(line).code == code);
        check_alike(line);
    }
}

TEST_CASE("what stands at the edge is read") {
    for (const auto& line :
         {std::string("[]"), std::string("null"), std::string(" {\"a\" : 1 } "), nested(32), members(1'000),
          std::string("[-0,0,-0.0,0.0,1e-400,5e-324,1.7976931348623157e308,0.1,1E2,1.0]"),
          std::string("[9223372036854775807,9223372036854775808,18446744073709551615,18446744073709551616]"),
          std::string("[-9223372036854775808,-9223372036854775809,123456789012345678901234567890]"),
          std::string("[\"\\ud83d\\ude00\",\"\\u0000\",\"\\\\ud800\",\"\x7f\",\"\xF0\x9F\x98\x80\"]"),
          std::string("{\"\":1,\"\\u0000\":2,\"陕\":3,\"b\":{\"z\":1,\"a\":[true,false,null]}}")}) {
        CAPTURE(line.substr(0, 60));
        CHECK(loop::record::parse(line).code.empty());
        check_alike(line);
    }
    const auto read = loop::record::parse("{\"b\":1,\"a\":{\"陕\":\"\\u0041\"}}");
    REQUIRE(read.json.size() == 2);
    CHECK(read.json.items()[0].name() == "a");
    CHECK(read.json.find("a")->text_of("陕") == "A");
    CHECK(read.json.find("b")->whole() == 1);
    CHECK(read.json.find("c") == nullptr);
}

TEST_CASE("both readers agree about spoilt records") {
    static const std::vector<std::string> pieces = {"{",          "}",
                                                    "[",          "]",
                                                    ",",          ":",
                                                    "\"",         "\\",
                                                    "0",          "-",
                                                    "e9",         ".5",
                                                    "\\ud83d",    "\\u0000",
                                                    "\\u00e9",    "\t",
                                                    "\xE9",       "\xF0\x9F",
                                                    "1e309",      "null",
                                                    "truex",      "99999999999999999999",
                                                    "\"vin\":1,", " "};
    std::mt19937 random(11);
    const auto any = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    for (const auto& line : lines_of_vectors()) {
        check_alike(line);
        for (int i = 0; i < 60; ++i) {
            auto spoilt = line;
            for (std::size_t n = any(3) + 1; n > 0 && !spoilt.empty(); --n) {
                const auto at = any(spoilt.size());
                if (any(3) == 0)
                    spoilt.erase(at, any(6) + 1);
                else if (any(2) == 0)
                    spoilt.insert(at, pieces[any(pieces.size())]);
                else
                    spoilt[at] = static_cast<char>(any(256));
            }
            check_alike(spoilt);
        }
    }
}
