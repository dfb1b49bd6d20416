// Tests as equipment writes them, through the intake, before the suspect rules: what was measured is quiet, what was
// altered afterwards is found by the rule that is there for it.
#include <catch2/catch.hpp>

#include "journal/json.hpp"
#include "station/intake/formats/encoding.hpp"
#include "tests/support/bench.hpp"
#include "tests/support/nha_folders.hpp"

using namespace imloop;
using namespace imloop::test;
namespace fs = std::filesystem;

namespace {

Measured measured(const Folder& folder) {
    const auto intake = folder.read();
    if (intake.taken.size() != 1) throw std::logic_error("not one test in the folder");
    return {journal::parsed(intake.taken[0].line), intake.taken[0].trace_csv};
}

using Names = std::set<std::string>;

/// Whether exactly these rules speak, whatever their claims.
Names rules(const Names& flags) {
    Names out;
    for (const auto& flag : flags) out.insert(flag.substr(0, 3));
    return out;
}

void check_two_speed_idle(const Measured& honest) {
    CHECK(flagged(honest) == Names{});
    SECTION("a reading lowered after the test") {
        auto m = honest;
        m.reading("hc", "high_idle")["value"] = 48;
        CHECK(rules(flagged(m)) == Names{"R10"});
    }
    SECTION("CO taken away, lambda left") {
        auto m = honest;
        m.scale_column("co2_pct", 0.9).scale_readings("co2", 0.9);
        m.change_column("co_pct", [](double v, std::size_t) { return v + 1.5; });
        m.reading("co", "high_idle")["value"] = 0.2;
        CHECK(flagged(m).contains("R10 no_such_window"));
    }
    SECTION("lambda typed") {
        auto m = honest;
        m.reading("lambda", "high_idle")["value"] = 1.049;
        CHECK(flagged(m) == Names{"R03 lambda_not_of_the_gases"});
    }
    SECTION("lambda typed into every second as well") {
        auto m = honest;
        m.change_column("lambda", [](double, std::size_t) { return 0.96; });
        m.reading("lambda", "high_idle")["value"] = 0.96;
        CHECK(rules(flagged(m)) == Names{"R03"});
    }
    SECTION("all gases scaled down by a board, reading and trace alike") {
        auto m = honest;
        for (const auto* gas : {"co", "co2", "o2", "hc"}) m.scale_readings(gas, 0.7);
        for (const auto* column : {"co_pct", "co2_pct", "o2_pct", "hc_ppm"}) m.scale_column(column, 0.7);
        CHECK(flagged(m).contains("R02 carbon_missing"));
    }
    SECTION("gas thinned until nothing is left") {
        auto m = honest;
        for (const auto* gas : {"co", "co2", "hc"}) m.scale_readings(gas, 0.3);
        for (const auto* column : {"co_pct", "co2_pct", "hc_ppm"}) m.scale_column(column, 0.3);
        CHECK(flagged(m).contains("R02 under_floor"));
    }
    SECTION("a trace cut short") {
        auto m = honest;
        m.cut(40);
        CHECK(flagged(m) == Names{"R10 other_length"});
        m.record["trace"]["rows"] = 40;
        CHECK(flagged(m).contains("R04 phase_too_short"));
    }
    SECTION("seconds that stand still") {
        auto m = honest;
        for (const auto* column : {"co_pct", "co2_pct", "o2_pct", "hc_ppm", "no_ppm", "rpm"})
            m.change_column(column,
                            [first = 0.0](double v, std::size_t) mutable { return first = first == 0 ? v : first; });
        CHECK(flagged(m).contains("R14 flat_channels"));
    }
    SECTION("an OBD stream of no engine") {
        auto m = honest;
        m.change_column("obd_rpm", [](double, std::size_t) { return 800; });
        CHECK(flagged(m) == Names{"R12 obd_constant"});
        m = honest;
        m.change_column("obd_rpm",
                        [](double, std::size_t row) { return 1500 + 400 * std::sin(static_cast<double>(row)); });
        CHECK(flagged(m) == Names{"R12 other_course"});
    }
    SECTION("judged as a diesel, by old limits, in air that is none, in no time") {
        auto m = honest;
        m.record["vehicle"]["fuel"] = "diesel";
        CHECK(flagged(m) == Names{"R07 method_not_for_fuel"});
        m = honest;
        m.record["limits_in_force"] = "GB18285-2005";
        CHECK(flagged(m) == Names{"R07 limits_out_of_force"});
        m = honest;
        m.record["environment"]["pressure_kpa"] = 962;
        CHECK(flagged(m) == Names{"R05 out_of_range"});
        m = honest;
        m.record["started_at"] =
            loop::format_moment(loop::parse_moment(m.record["ended_at"].get<std::string>()).value() - 20'000);
        CHECK(rules(flagged(m)) == Names{"R04", "R10"});
    }
    SECTION("judged by a limit of its own") {
        auto m = honest;
        m.reading("co", "idle")["limit"] = 4.5;
        CHECK(flagged(m) == Names{"R07 limit_laxer"});
        m.reading("co", "idle")["value"] = 3.2;
        CHECK(flagged(m).contains("R01 over_limit_passed"));
    }
}

void check_asm(const Measured& honest) {
    CHECK(flagged(honest) == Names{});
    SECTION("a reading scaled after the test") {
        for (const auto* item : {"hc", "no"}) {
            auto m = honest;
            m.scale_readings(item, item == std::string("no") ? 0.4 : 0.6);
            CHECK(flagged(m) == Names{"R10 no_such_window"});
        }
    }
    SECTION("seconds scaled after the test") {
        auto m = honest;
        m.scale_column("hc_ppm", 3).scale_column("no_ppm", 3);
        CHECK(flagged(m) == Names{"R10 no_such_window"});
    }
    SECTION("a probe that is half out of the pipe") {
        auto m = honest;
        const double air = 0.3;
        for (const auto* item : {"co", "hc", "no", "co2"}) m.scale_readings(item, 1 - air);
        for (const auto* column : {"co_pct", "co2_pct", "hc_ppm", "no_ppm"}) m.scale_column(column, 1 - air);
        const auto thinned = [&](double o2) { return o2 * (1 - air) + 20.95 * air; };
        m.change_column("o2_pct", [&](double v, std::size_t) { return thinned(v); });
        auto& o2 = m.reading("o2", "5025")["value"];
        o2 = thinned(o2);
        CHECK(flagged(m).contains("R02 thinned_with_air"));
    }
    SECTION("the vehicle's own speed is another's") {
        auto m = honest;
        m.scale_column("obd_speed_kmh", 2);
        CHECK(flagged(m) == Names{"R12 other_level"});
    }
    SECTION("power that is not force by speed") {
        auto m = honest;
        m.scale_column("load_n", 0.5);
        CHECK(flagged(m) == Names{"R10 power_not_force_times_speed"});
    }
    SECTION("the window is left out of the trace") {
        auto m = honest;
        m.cut(14);
        m.record["trace"]["rows"] = 14;
        CHECK(flagged(m).contains("R04 phase_too_short"));
    }
}

std::optional<fs::path> shared_folder() {
    const auto at = source_dir() / "../shared/data/equipment/nha";
    if (fs::is_directory(at)) return at;
    WARN("no real equipment data beside the project: this test is left out");
    return std::nullopt;
}

std::string real_file(const fs::path& folder, const std::string& name) {
    return station::intake::text_of(read_file(folder / name)).value();
}

/// The ASM test of the real folder with a log of its own: the folder's log is of the two-speed idle.
struct RealAsm : Folder {
    explicit RealAsm(const fs::path& real) {
        auto log = real_file(real, "TestLog.ini");
        log = replaced(log, "新C88164", "新C10473");
        log = replaced(log, "2022-03-01 16:31:43", "2022-03-01 16:10:30");
        log = replaced(log, "2022-03-01 16:34:38", "2022-03-01 16:12:33");
        put("TestLog.ini", log);
        for (const auto* name : {"ResultOfASM.ini", "RealTimeDataOfASM.ini"}) put(name, real_file(real, name));
    }
};
struct RealTwoSpeedIdle : Folder {
    explicit RealTwoSpeedIdle(const fs::path& real) {
        for (const auto* name : {"TestLog.ini", "ResultOfDIS.ini", "RealTimeDataOfDIS.ini"})
            put(name, real_file(real, name));
    }
};

}  // namespace

TEST_CASE("a two-speed idle test as it was measured is quiet, altered it is found") {
    check_two_speed_idle(measured(TwoSpeedIdleFolder()));
}

TEST_CASE("an ASM test as it was measured is quiet, altered it is found") { check_asm(measured(AsmFolder())); }

TEST_CASE("a trace of another method is no trace of this one") {
    const auto idle = measured(TwoSpeedIdleFolder()), loaded = measured(AsmFolder());
    CHECK(flagged({idle.record, loaded.csv}) == Names{"R04 phase_too_short", "R10 other_method"});
    CHECK(flagged({loaded.record, idle.csv}) == Names{"R04 phase_too_short", "R10 other_method"});
}

TEST_CASE("a real two-speed idle test is quiet, altered it is found") {
    if (const auto real = shared_folder()) check_two_speed_idle(measured(RealTwoSpeedIdle(*real)));
}

TEST_CASE("a real ASM test is quiet, altered it is found") {
    if (const auto real = shared_folder()) check_asm(measured(RealAsm(*real)));
}

TEST_CASE("a made-up test's trace is no trace of a real one") {
    const auto real = shared_folder();
    if (!real) return;
    CHECK(flagged({measured(RealTwoSpeedIdle(*real)).record, measured(TwoSpeedIdleFolder()).csv})
              .contains("R10 no_such_window"));
    CHECK(flagged({measured(RealAsm(*real)).record, measured(AsmFolder()).csv}).contains("R10 no_such_window"));
}
