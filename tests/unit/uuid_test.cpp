#include "loop/record/uuid.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace imloop::loop;

TEST_CASE("a UUIDv7 is its moment and its random bits, and gives the moment back") {
    constexpr std::array<std::uint8_t, uuid7_random_bytes> ones{0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                                                0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    // RFC 9562, appendix A.6: 2022-02-22T14:22:22-05:00.
    constexpr std::array<std::uint8_t, uuid7_random_bytes> of_the_rfc{0x0C, 0xC3, 0x18, 0xC4, 0xDC,
                                                                      0x0C, 0x0C, 0x07, 0x39, 0x8F};
    CHECK(uuid7(0x017F22E279B0, of_the_rfc) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    CHECK(uuid7(0, ones) == "00000000-0000-7fff-bfff-ffffffffffff");
    CHECK(moment_of_uuid7("017f22e2-79b0-7cc3-98c4-dc0c0c07398f") == 0x017F22E279B0);
    CHECK(moment_of_uuid7("017f22e2-79b0-4cc3-98c4-dc0c0c07398f") == 0);
    CHECK(moment_of_uuid7("") == 0);
}

TEST_CASE("only a UUIDv7 in lower case with its dashes is one") {
    CHECK(is_uuid7("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
    for (const auto* other : {"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
                              "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
                              "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f", "017f22e279b0-7cc3-98c4-dc0c0c07398f-",
                              "017f22e2-79b0-7cc3-98c4-dc0c0c0739-f", "../../../../7cc3/8cc4/dc0c0c07398fff"})
        CHECK_FALSE(is_uuid7(other));
}
