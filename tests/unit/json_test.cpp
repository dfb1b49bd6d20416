#include "loop/json.hpp"

#include <catch2/catch.hpp>

using namespace imloop::loop;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("JSON from outside is read up to its limits and not beyond them") {
    const JsonLimits tight{.bytes = 40, .values = 6, .members = 3, .depth = 4};
    const auto code = [&](std::string_view text) { return parse_bounded(text, tight).code; };

    CHECK(code(nested(4)).empty());
    CHECK(code(nested(5)) == "too_deep");
    CHECK(code("[1,2,3,4,5]").empty());
    CHECK(code("[1,2,3,4,5,6]") == "too_many_values");
    CHECK(code("[[],[],[],[],[],[]]") == "too_many_values");
    CHECK(code(R"({"a":1,"b":2,"c":3})").empty());
    CHECK(code(R"({"a":1,"b":2,"c":3,"d":4})") == "too_many_values");
    CHECK(code('"' + std::string(38, 'a') + '"').empty());
    CHECK(code('"' + std::string(39, 'a') + '"') == "too_large");
}

TEST_CASE("what is nested 100,000 deep is refused while it is read, closed or not, in arrays or objects") {
    std::string objects;
    for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
    for (const auto& text : {nested(100'000), R"({"a":)" + nested(100'000) + "}", std::string(100'000, '['), objects}) {
        CHECK(parse_bounded(text).code == "too_deep");
        CHECK(json_of(text).is_discarded());
        CHECK(json_of<ordered_json>(text).is_discarded());
    }
}

TEST_CASE("JSON from outside is strict: UTF-8, one document, every member once") {
    CHECK(parse_bounded("{\"a\":\"\xFF\xFE\"}").code == "not_utf8");
    CHECK(parse_bounded("").code == "not_json");
    CHECK(parse_bounded("{} {}").code == "not_json");
    CHECK(parse_bounded(std::string_view("{}\0{}", 5)).code == "not_json");
    CHECK(parse_bounded("[1e999]").code == "not_json");
    const auto twice = parse_bounded(R"({"a":[{"b_1":1},{"b_1":2,"b_1":3}]})");
    CHECK(twice.code == "duplicate_member");
    CHECK(twice.pointer == "/a/1/b_1");
    CHECK(json_problem(twice.code, twice.pointer).zh == "成员 /a/1/b_1 出现了两次，请只保留一个");
    // What is no name of a member may be a value that slipped: it is not told on.
    CHECK(parse_bounded(R"({"a":[{},{"陕D0T001":2,"陕D0T001":3}]})").pointer == "/a/1");
}

TEST_CASE("a document within the limits is what the parser makes of it, members in their order where that is asked") {
    const std::string text =
        "\xEF\xBB\xBF"
        R"( {"z":[1,-2,0.5,true,null,"陕"],"a":{"b":{}}} )";
    CHECK(json_of(text) == json::parse(text));
    CHECK(json_of<ordered_json>(text).dump() == R"({"z":[1,-2,0.5,true,null,"陕"],"a":{"b":{}}})");
}
