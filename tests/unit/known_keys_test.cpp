#include "hub/known_keys.hpp"

#include <catch2/catch.hpp>

using namespace imloop;

TEST_CASE("a key is its source's alone, and what is no more among them is not known") {
    const auto own = journal::PrivateKey::generate(journal::Algorithm::es256).public_key();
    const auto kid = own.kid();
    hub::KnownKeys known;
    CHECK_FALSE(known.status("I610404-01", kid));
    hub::Keys keys;
    keys.put({"I610404-01", own, "issued", 1, ""});
    known.become(keys);
    CHECK(known.status("I610404-01", kid) == "issued");
    CHECK_FALSE(known.status("I610404-02", kid));
    CHECK_FALSE(known.status("I610404-01", "another"));
    CHECK(keys.put({"I610404-01", own, "revoked", 2, ""}));
    CHECK_FALSE(keys.put({"I610404-01", own, "renewed", 1, ""}));
    CHECK_FALSE(keys.put({"I610404-01", own, "renewed", 3, ""}));
    known.become(keys);
    CHECK(known.status("I610404-01", kid) == "revoked");
    hub::Keys ahead;
    ahead.put({"I610404-01", own, "issued", 9, ""});
    CHECK(ahead.put({"I610404-01", own, "revoked", 2, ""}));
    CHECK(ahead.find(kid)->status == "revoked");
    known.become(hub::Keys());
    CHECK_FALSE(known.status("I610404-01", kid));
}
