#include <catch2/catch.hpp>

#include "journal/digest.hpp"
#include "journal/encoding.hpp"
#include "journal/limits.hpp"
#include "journal/table_bytes.hpp"

using namespace imloop::journal;

TEST_CASE("what was encoded decodes to the same bytes", "[encoding]") {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += std::to_string(i * 7919 % 10007) + "\n";
    CHECK(decode("gzip", gzip_encode(text), 1 << 20).value() == text);
    CHECK(decode("zstd", zstd_encode(text), 1 << 20).value() == text);
    CHECK(decode("", text, 1 << 20).value() == text);
    CHECK(zstd_decode(zstd_encode(text)) == text);
}

TEST_CASE("bombs, cuts and foreign codings have their errors", "[encoding]") {
    const std::string zeros(4 << 20, '\0');
    for (const auto& [coding, bytes] :
         {std::pair<std::string, std::string>{"gzip", gzip_encode(zeros)}, {"zstd", zstd_encode(zeros)}}) {
        CHECK(decode(coding, bytes, 8 << 20).error().code == "too_large");
        const auto small = coding == "gzip" ? gzip_encode("hello, hello") : zstd_encode("hello, hello");
        for (std::size_t cut = 1; cut < small.size(); ++cut)
            CHECK(decode(coding, small.substr(0, cut), 1 << 20).error().code == "malformed_segment");
        CHECK(decode(coding, small + "x", 1 << 20).error().code == "malformed_segment");
    }
    CHECK(decode("", std::string(11, 'x'), 10).error().code == "too_large");
    CHECK(decode("br", "x", 10).error().code == "unsupported_encoding");
}

TEST_CASE("base64url takes one spelling only", "[encoding]") {
    CHECK(base64url("") == "");
    CHECK(base64url("f") == "Zg");
    CHECK(base64url("fo") == "Zm8");
    CHECK(base64url("\xfb\xff") == "-_8");
    CHECK(base64("fo") == "Zm8=");
    for (const auto* text : {"", "Zg", "Zm8", "-_8"}) CHECK(base64url(*from_base64url(text)) == text);
    CHECK_FALSE(from_base64url("Zh"));  // stray bits
    CHECK_FALSE(from_base64url("Zg=="));
    CHECK_FALSE(from_base64url("A"));
    CHECK_FALSE(from_base64url("+/8"));
    CHECK_FALSE(from_base64("Zm8"));
    CHECK(from_base64("Zm8=") == "fo");
}

TEST_CASE("digests have one text form", "[encoding]") {
    const auto d = sha256("abc");
    CHECK(to_hex(d) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(to_hex(sm3("abc")) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    CHECK(digest_from_hex(to_hex(d)) == d);
    CHECK_FALSE(digest_from_hex(std::string(64, 'A')));
    CHECK_FALSE(digest_from_hex("00"));
}

TEST_CASE("what is encoded can be decoded within the limits, however alike its lines are") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{4096}, std::size_t{100'000}, segment_bytes_max}) {
        const std::string alike(size, 'x');
        const auto coded = encode(alike);
        CHECK(decode(coded.content_encoding, coded.bytes, segment_bytes_max).value() == alike);
    }
    CHECK(encode(std::string(4096, 'x')).content_encoding == "zstd");
    CHECK(encode(std::string(1'000'000, 'x')).content_encoding == "identity");
}

namespace {

const std::string measured =
    "time_s,state,co_pct,hc_ppm,lambda,note\n"
    "0,idle,1.20,40,0.998,\n1,idle,1.25,41,1,ok\n2,idle,-0.05,,1.01,a b\n2,,0.00,39,0.9,\n";

bool is_by_columns(const std::string& csv) { return table_encode(csv).front() == '\x01'; }

}  // namespace

TEST_CASE("a table comes back byte for byte, whatever stands in it", "[encoding]") {
    for (const auto& csv :
         {std::string(), std::string("\n"), std::string("a"), std::string("a,b\n"), std::string("a\n1"), measured,
          std::string("a,b\n1\n"), std::string("a\n1,2\n"), std::string("a\n1\n\n"), std::string("a\r\n1\r\n"),
          std::string("a\n-0\n-0.0\n+1\n01\n1.\n.5\n1e3\n"), std::string("a\n1.1234567\n"),
          std::string("a\n999999999999999\n-999999999999999\n9999999999999999\n"), std::string("a\n\x01\xff\n"),
          std::string("a\n0.5\n0.25\n10\n0.500\n")}) {
        INFO(csv);
        CHECK(table_decode(table_encode(csv)) == csv);
        CHECK(is_encoded_table(table_encode(csv)));
        CHECK(table_decode(zstd_encode(csv)) == csv);
    }
    CHECK(is_by_columns(measured));
    CHECK(is_by_columns(measured.substr(0, measured.size() - 1)));
    CHECK_FALSE(is_by_columns("a,b\n1\n"));
    CHECK_FALSE(is_encoded_table(measured));
}

TEST_CASE("random tables come back, and bytes that are no table are refused", "[encoding]") {
    std::uint32_t state = 17;
    const auto random = [&](std::uint32_t below) { return (state = state * 1664525 + 1013904223) / 65536 % below; };
    for (int round = 0; round < 300; ++round) {
        const auto columns = 1 + random(6), rows = random(40);
        std::string csv = "h";
        for (std::uint32_t n = 1; n < columns; ++n) csv += ",h" + std::to_string(n);
        csv += '\n';
        for (std::uint32_t row = 0; row < rows; ++row)
            for (std::uint32_t n = 0; n < columns; ++n) {
                for (auto left = random(n == 2 ? 6 : 9); left > 0; --left)
                    csv += "0123456789.-ex"[random(n == 3 ? 14 : 11)];
                csv += n + 1 == columns ? '\n' : ',';
            }
        const auto stored = table_encode(csv);
        REQUIRE(table_decode(stored) == csv);
        auto changed = stored;
        changed[random(static_cast<std::uint32_t>(changed.size()))] ^= static_cast<char>(1 + random(255));
        try {
            table_decode(changed);  // another table, or refused: never anything else
        } catch (const std::runtime_error&) {
        }
        CHECK_THROWS_AS(table_decode(stored.substr(0, stored.size() - 1)), std::runtime_error);
    }
    for (const auto* body : {"", "\x01", "\x01\x03", "\x7f\x7f\x01", "\x01\x03\x63\x01", "\x01\x03\x01"})
        CHECK_THROWS_AS(table_decode('\x01' + zstd_encode(body)), std::runtime_error);
    const std::string large = "\x01\x03\x01" + std::string(9, '\xff') + "\x01";
    CHECK_THROWS_AS(table_decode('\x01' + zstd_encode(large)), std::runtime_error);
}
