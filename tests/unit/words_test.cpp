#include <algorithm>
#include <catch2/catch.hpp>

#include "loop/time.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"

using namespace imloop::loop;

TEST_CASE("a VIN's check digit, its look-alikes and its slips", "[vin]") {
    CHECK(vin_proven("LSVAA49J4G2000017"));
    CHECK_FALSE(vin_proven("LSVAA49J5G2000017"));
    CHECK(vin_proven("11111111111111111"));
    CHECK_FALSE(vin_proven("LSVAA49J4G200001"));
    CHECK(normal_vin(" lsvaa４９j4g2OOOOI7") == "LSVAA49J4G2000017");
    CHECK(normal_vin("LTEST看不清19") == "LTEST19");
    CHECK(normal_vin("看不清") == "");
    CHECK(one_slip_apart("ABC", "ABD"));
    CHECK(one_slip_apart("ABC", "BAC"));
    CHECK(one_slip_apart("ABC", "ABBC"));
    CHECK(one_slip_apart("ABC", "AC"));
    CHECK_FALSE(one_slip_apart("ABC", "ABC"));
    CHECK_FALSE(one_slip_apart("ABCD", "BADC"));
    CHECK_FALSE(one_slip_apart("ABC", "A"));
}

TEST_CASE("any two VINs one slip apart share a key", "[vin]") {
    const std::string vin = "LSVAA49J4G2000017";
    const auto share = [&](const std::string& other) {
        const auto a = slip_keys(vin), b = slip_keys(other);
        return std::any_of(a.begin(), a.end(), [&](auto& k) { return std::find(b.begin(), b.end(), k) != b.end(); });
    };
    for (std::size_t i = 0; i < vin.size(); ++i) {
        auto changed = vin, missing = vin, doubled = vin, swapped = vin;
        changed[i] = changed[i] == 'Z' ? 'Y' : 'Z';
        missing.erase(i, 1);
        doubled.insert(i, 1, vin[i]);
        if (i + 1 < vin.size()) std::swap(swapped[i], swapped[i + 1]);
        for (const auto& other : {changed, missing, doubled, swapped}) {
            if (other == vin) continue;
            INFO(other);
            CHECK(one_slip_apart(vin, other));
            CHECK(share(other));
        }
    }
}

TEST_CASE("the proven VINs that one could be a slip of", "[vin]") {
    const std::string vin = "LSVAA49J4G2000017";
    const auto all = proven_slips(vin);
    CHECK(std::ranges::is_sorted(all));
    CHECK(std::ranges::all_of(all, [&](const auto& other) { return vin_proven(other) && one_slip_apart(vin, other); }));
    // Each of them finds the VIN again; so does what is left of it without one place, or with one too many.
    for (const auto& other : all) CHECK(std::ranges::count(proven_slips(other), vin) == 1);
    for (std::size_t i = 0; i < vin.size(); ++i) {
        auto missing = vin, doubled = vin, swapped = vin, changed = vin;
        missing.erase(i, 1);
        doubled.insert(i, 1, vin[i]);
        changed[i] = changed[i] == 'Z' ? 'Y' : 'Z';
        if (i + 1 < vin.size()) std::swap(swapped[i], swapped[i + 1]);
        for (const auto& other : {missing, doubled, swapped, changed})
            if (other != vin) CHECK(std::ranges::count(proven_slips(other), vin) == 1);
    }
    for (const auto* none : {"", "ABC1234", "LSVAA49J4G20000"}) CHECK(proven_slips(none).empty());
    CHECK(proven_slips(vin + "17").empty());
}

TEST_CASE("plates of all forms", "[plate]") {
    CHECK(normal_plate("陕d·8k3q7") == "陕D8K3Q7");
    CHECK(normal_plate("陕Ｄ 8K3Q7") == "陕D8K3Q7");
    for (const auto* good : {"陕D8K3Q7", "陕AD12345", "粤Z1234港", "陕D1234挂", "京A1234警"})
        CHECK(plate_well_formed(good));
    for (const auto* bad : {"D8K3Q7", "陕D8K3Q", "陕D8K3Q78Z", "陕D8K3QI", "陕18K3Q7", ""})
        CHECK_FALSE(plate_well_formed(bad));
    CHECK(display_plate("陕D8K3Q7") == "陕D·8K3Q7");
    CHECK(masked_plate("陕D8K3Q7") == "陕D·8***7");
    CHECK(comparable_plate("陕DI0TO7") == "陕D10T07");
    CHECK(comparable_plate("陕OI0TO7") == "陕O10T07");
}

TEST_CASE("what is shown is cut between characters", "[plate]") {
    CHECK(characters("陕Ｄ1看") == std::vector<std::string_view>{"陕", "Ｄ", "1", "看"});
    CHECK(characters("\x80\x80").size() == 1);
    CHECK(characters("\x80\xFF").size() == 2);
    CHECK(first_characters("陕Ｄ1看", 2) == "陕Ｄ");
    CHECK(first_characters("陕Ｄ1看", 9) == "陕Ｄ1看");
    CHECK(last_characters("陕Ｄ1看", 2) == "1看");
    CHECK(last_characters("陕Ｄ1看", 0).empty());
    CHECK(last_characters("陕Ｄ1看", 4) == "陕Ｄ1看");
    CHECK(display_plate("陕Ｄ0T001") == "陕Ｄ·0T001");
    CHECK(masked_plate("陕Ｄ看不清") == "陕Ｄ·看***清");
    CHECK(masked_vin("LTEST看不清19") == "LTE***不清19");
    CHECK(masked_vin("LSVAA49J4G2000017") == "LSV***0017");
    CHECK(masked_vin("LTEST19") == "***19");
    CHECK(masked_vin("19") == "***9");
    CHECK(masked_vin("").empty());
}

TEST_CASE("moments and days at +08:00", "[time]") {
    CHECK(parse_moment("1970-01-01T08:00:00+08:00") == 0);
    CHECK(parse_moment("1970-01-01T00:00:00.25Z") == 250);
    for (const auto* bad : {"2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z",
                            "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00.Z"})
        CHECK_FALSE(parse_moment(bad));
    CHECK(format_day(day_of(*parse_moment("2026-03-01T16:30:00Z"))) == "2026-03-02");
    CHECK(format_moment(*parse_moment("2026-03-01T16:30:00Z")) == "2026-03-02T00:30:00+08:00");
    CHECK(format_moment(start_of(*parse_day("1969-12-31"))) == "1969-12-31T00:00:00+08:00");
}
