#include "station/claims.hpp"

#include <catch2/catch.hpp>

#include "loop/record/uuid.hpp"
#include "station/form_ids.hpp"
#include "station/own_records.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using namespace imloop::station;
using nlohmann::json;

namespace {

const std::string failure = "01940000-0000-7000-8000-000000000001";

struct Shop {
    test::TempDir folder;
    Config config;
    Outbox outbox{folder.path(), "M610404-03", [] { return std::string("01940000-0000-7000-8000-0000000000e0"); }};
    Shop() { config.station_id = "M610404-03"; }

    std::optional<json> claim(const char* action, const std::string& turn = "") {
        auto record = claim_to_write(outbox, config, failure, action, "", turn);
        if (record) REQUIRE(outbox.append(record->dump(), record->at("record_id")).has_value());
        return record;
    }
};

}  // namespace

TEST_CASE("the same words about the same thing are one id, of its time") {
    CHECK(form_id(failure, "repair 0") == form_id(failure, "repair 0"));
    CHECK(form_id(failure, "repair 0") != form_id(failure, "repair 1"));
    CHECK(form_id(failure, "repair 0").starts_with("01940000-0000-7"));
    CHECK(loop::is_uuid7(form_id("M610404-03", "price list 0")));
}

TEST_CASE("a claim that holds is not written again; what comes after it is") {
    Shop s;
    const auto turn = claim_turn(s.outbox, failure);
    const auto first = s.claim("take_in", turn);
    REQUIRE(first);
    CHECK(first->at("record_id") == turn);
    CHECK_FALSE(s.claim("take_in", turn));
    CHECK_FALSE(s.claim("take_in"));
    const auto back = claim_turn(s.outbox, failure);
    CHECK(s.claim("give_back", back));
    CHECK_FALSE(s.claim("give_back", back));
    // The first form again, from a window that knows nothing of the second.
    CHECK_FALSE(s.claim("take_in", turn));
    CHECK(s.claim("take_in"));
    CHECK(s.outbox.last() == 3);
}

TEST_CASE("a claim that was voided holds no more") {
    Shop s;
    const auto taken = s.claim("take_in");
    const auto voided = correction_of(s.config, taken->at("record_id"), "错车", std::nullopt);
    REQUIRE(s.outbox.append(voided.dump(), voided.at("record_id")).has_value());
    CHECK(s.claim("take_in"));
}
