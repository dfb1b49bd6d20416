#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "journal/json.hpp"
#include "journal/limits.hpp"
#include "journal/receipt.hpp"
#include "journal/segment.hpp"
#include "tests/support/files.hpp"

using namespace imloop::journal;
using imloop::test::read_file;
using imloop::test::vectors;

namespace {

PublicKey public_key(const std::string& name) {
    return PublicKey::from_pem(read_file(vectors() / ("journal/" + name + ".pub.pem"))).value();
}

/// The error of a segment that needs no hub to be found, or "" where frame and seal are right.
std::string error_of(const std::string& bytes, const PublicKey& key) {
    const auto segment = parse_segment(bytes);
    if (!segment) return segment.error().code;
    const auto digests = check_seal(*segment, key);
    return digests ? "" : digests.error().code;
}

}  // namespace

TEST_CASE("the chains of the vectors come out digest by digest, and their seals hold", "[journal]") {
    const std::string name = GENERATE("es256", "sm2");
    const auto expected = imloop::journal::parsed(read_file(vectors() / ("journal/" + name + ".json")));
    const auto key = public_key(name);
    CHECK(name_of(key.algorithm()) == expected["alg"].get<std::string>());
    CHECK(key.kid() == expected["kid"].get<std::string>());
    CHECK(to_hex(chain_start(key.algorithm(), expected["source"].get<std::string>(),
                             expected["epoch"].get<std::string>())) == expected["chain"][0]["h"]);
    for (const auto part : {"1", "2"}) {
        const auto bytes = read_file(vectors() / ("journal/" + name + "-segment" + part + ".ndjson"));
        const auto segment = parse_segment(bytes).value();
        const auto digests = check_seal(segment, key).value();
        REQUIRE(digests.size() == segment.lines.size());
        for (std::size_t i = 0; i < digests.size(); ++i)
            CHECK(to_hex(digests[i]) == expected["chain"][segment.header.first + i]["h"]);
    }
}

TEST_CASE("each bad segment of the vectors has the error in its name", "[journal]") {
    const auto key = public_key("es256");
    int seen = 0;
    for (const auto& entry : std::filesystem::directory_iterator(vectors() / "journal/bad")) {
        const auto stem = entry.path().stem().string();
        const auto expected = stem.substr(stem.find('.') + 1);
        INFO(entry.path());
        const bool needs_a_hub = expected == "journal_gap" || expected == "journal_fork";
        CHECK(error_of(read_file(entry.path()), key) == (needs_a_hub ? "" : expected));
        ++seen;
    }
    CHECK(seen == 12);
}

TEST_CASE("the receipt of the vectors verifies, and an altered one does not", "[journal]") {
    auto bytes = read_file(vectors() / "journal/receipt1.ndjson");
    const auto hub = public_key("hub");
    const auto receipt = check_receipt(bytes, hub).value();
    CHECK(receipt.source == "I610404-01");
    CHECK(receipt.last == 2);
    REQUIRE(receipt.outcomes.size() == 2);
    CHECK(receipt.outcomes[1].record_id == "01920000-0000-7000-8000-000000000003");
    CHECK(check_receipt(bytes, public_key("es256")).error().code == "unknown_key");
    bytes[bytes.find("09:") == std::string::npos ? 40 : bytes.find("10:01")] = '2';
    CHECK(check_receipt(bytes, hub).error().code == "bad_seal");
}

TEST_CASE("what is built can be read and checked, with both algorithms; any changed byte is found", "[journal]") {
    const auto algorithm = GENERATE(Algorithm::es256, Algorithm::sm2_sm3);
    const auto key = PrivateKey::generate(algorithm);
    const std::vector<std::string> lines{R"({"a":1})", R"({"b":"二"})", "x"};
    const auto start = chain_start(algorithm, "I610404-01", "e");
    const auto bytes = build_segment(key, "I610404-01", "e", 1, start, lines);
    CHECK(error_of(bytes, key.public_key()).empty());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        INFO(at << " " << changed);
        CHECK_FALSE(error_of(changed, key.public_key()).empty());
    }
}

TEST_CASE("a key survives its PEM, and another algorithm's key is refused", "[journal]") {
    const auto key = PrivateKey::generate(Algorithm::sm2_sm3);
    const auto again = PrivateKey::from_pem(key.pem()).value();
    CHECK(again.public_key().kid() == key.public_key().kid());
    CHECK(key.public_key().verify("text", again.sign("text")));
    CHECK_FALSE(key.public_key().verify("texts", again.sign("text")));
    CHECK(PublicKey::from_pem("rubbish").error().code == "malformed_key");
}

TEST_CASE("the limits of a segment are said", "[journal]") {
    const auto key = PrivateKey::generate(Algorithm::es256);
    const auto start = chain_start(Algorithm::es256, "I610404-01", "e");
    const std::vector<std::string> many(segment_lines_max + 1, "{}");
    CHECK(error_of(build_segment(key, "I610404-01", "e", 1, start, many), key.public_key()) == "too_large");
    const std::vector<std::string> most(segment_lines_max, "{}");
    CHECK(error_of(build_segment(key, "I610404-01", "e", 1, start, most), key.public_key()).empty());
    const std::vector<std::string> long_line{std::string(line_bytes_max + 1, 'x')};
    CHECK(error_of(build_segment(key, "I610404-01", "e", 1, start, long_line), key.public_key()) == "too_large");
    const std::vector<std::string> longest{std::string(line_bytes_max, 'x')};
    CHECK(error_of(build_segment(key, "I610404-01", "e", 1, start, longest), key.public_key()).empty());
    const std::string_view nul("e\0", 2);
    CHECK(error_of(build_segment(key, "I610404-01", nul, 1, start, most), key.public_key()) == "malformed_segment");
    for (const auto* bytes : {"\xEF\xBB\xBF{}\n{}\n{}\n", "{}\r\n{}\n{}\n", "{}\n\n{}\n{}\n", "{}\n{}\n{}", "{}\n{}\n"})
        CHECK(error_of(bytes, key.public_key()) == "malformed_segment");
}
