#include <catch2/catch.hpp>

#include "journal/digest.hpp"
#include "journal/encoding.hpp"
#include "journal/limits.hpp"

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
