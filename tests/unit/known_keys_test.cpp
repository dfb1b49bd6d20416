#include "hub/known_keys.hpp"

#include <catch2/catch.hpp>

using namespace imloop;

TEST_CASE("a key is its source's alone, and what is no more among them is not known") {
    const auto own = journal::PrivateKey::generate(journal::Algorithm::es256).public_key();
    const auto kid = own.kid();
    hub::KnownKeys known;
    CHECK_FALSE(known.status("I610404-01", kid));
    known.become({{kid, {"I610404-01", own, "issued", 0, ""}}});
    CHECK(known.status("I610404-01", kid) == "issued");
    CHECK_FALSE(known.status("I610404-02", kid));
    CHECK_FALSE(known.status("I610404-01", "another"));
    known.become({{kid, {"I610404-01", own, "revoked", 0, ""}}});
    CHECK(known.status("I610404-01", kid) == "revoked");
    known.become({});
    CHECK_FALSE(known.status("I610404-01", kid));
}
