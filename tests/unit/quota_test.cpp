#include "hub/quota.hpp"

#include <catch2/catch.hpp>

#include "hub/api/refusals.hpp"
#include "hub/limits.hpp"

using imloop::hub::Quota;
using imloop::hub::Refusals;

TEST_CASE("a quota gives no more than there is, in all and to each, and takes it back") {
    Quota quota(10, 6);
    auto a = quota.take(6, "a");
    REQUIRE(a);
    CHECK_FALSE(quota.take(1, "a"));
    CHECK_FALSE(quota.take(5, "b"));
    auto b = quota.take(4, "b");
    REQUIRE(b);
    CHECK(quota.held() == 10);
    CHECK(quota.take(0, "c"));  // nothing is always there
    CHECK_FALSE(b->hold(5));
    CHECK(b->hold(1));
    CHECK(quota.held() == 7);
    a.reset();
    CHECK(b->hold(6));
    CHECK_FALSE(b->hold(7));
    Quota::Held moved = std::move(*b);
    b.reset();
    CHECK(quota.held() == 6);
    { const auto gone = std::move(moved); }
    CHECK(quota.held() == 0);
    CHECK(quota.peak() == 10);
}

TEST_CASE("no wrap-around makes room") {
    Quota quota(10);
    auto held = quota.take(10);
    CHECK_FALSE(quota.take(static_cast<std::size_t>(-1)));
    CHECK_FALSE(held->hold(static_cast<std::size_t>(-1)));
    CHECK(quota.held() == 10);
}

TEST_CASE("1,500 refusals of one kind are told eleven times") {
    Refusals refusals;
    std::vector<std::uint64_t> told;
    for (int n = 0; n < 1500; ++n)
        if (const auto times = refusals.note("I610404-01", "unknown_key", n)) told.push_back(*times);
    CHECK(told == std::vector<std::uint64_t>{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024});
    CHECK(refusals.note("I610404-02", "unknown_key", 1500) == 1);
    CHECK(refusals.note("I610404-01", "busy", 1500) == 1);
    CHECK(refusals.note("I610404-01", "unknown_key", 3'600'000) == 1);  // an hour later it is news
    CHECK(refusals.note("I610404-01", "unknown_key", 3'600'000) == 2);
    CHECK(refusals.note("I610404-01", "unknown_key", 0) == 1);  // so it is where the clock was put back
    CHECK(refusals.by_code().at("unknown_key") == 1504);
}

TEST_CASE("sources beyond a number are told together") {
    Refusals refusals;
    std::size_t told = 0;
    for (std::size_t n = 0; n < imloop::hub::refusals_told_apart_max + 1500; ++n)
        if (refusals.note(std::to_string(n), "busy", 0)) ++told;
    CHECK(told == imloop::hub::refusals_told_apart_max + 11);
}
