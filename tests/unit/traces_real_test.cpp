// The traces of a real line: each is known again after a forger's work, and none is taken for another.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "loop/traces/search.hpp"
#include "station/intake/formats/encoding.hpp"
#include "station/intake/nha/trace.hpp"
#include "tests/support/files.hpp"
#include "tests/support/trace_makers.hpp"

using namespace imloop;
using namespace imloop::loop::traces;
using namespace imloop::station::intake;
using namespace imloop::test;

namespace {

std::optional<Trace> real_trace(const std::filesystem::path& folder, NhaMethod method) {
    const auto ini = parse_ini(text_of(read_file(folder / ("RealTimeDataOf" + nha_name(method) + ".ini"))).value());
    const Settings settings{"I610404-01", "1", "A017", "+08:00"};
    IniMember bad;
    std::vector<NoValue> none;
    const auto parsed = parse_trace(nha_trace(ini, method, settings, bad, none).value());
    INFO(parsed.error.line << " " << parsed.error.column << " " << parsed.error.en);
    CHECK(parsed.trace);
    return parsed.trace;
}

}  // namespace

TEST_CASE("real traces are known again after a forger's work and not taken for each other; a dry run is no evidence") {
    const char* shared = std::getenv("IMLOOP_SHARED");
    const auto folder = (shared ? std::filesystem::path(shared) : source_dir() / "../shared") / "data/equipment/nha";
    if (!std::filesystem::exists(folder)) {
        WARN("skipped: no real equipment data at " << folder);
        return;
    }
    std::vector<Trace> real;
    for (const auto method :
         {NhaMethod::two_speed_idle, NhaMethod::asm_, NhaMethod::lugdown, NhaMethod::free_acceleration})
        real.push_back(real_trace(folder, method).value());
    Index index;
    for (std::size_t i = 0; i < real.size(); ++i) REQUIRE(index.insert(i, sketch_of(real[i])));
    const LoadTrace load = [&](TraceId id) { return std::optional(real.at(id)); };

    const std::pair<const char*, Forgery> forgeries[] = {
        {"as it is", {}},
        {"scaled", {.scaled = true}},
        {"offset", {.offset = true}},
        {"noise 1 %", {.noise = 0.01}},
        {"moved", {.shift_s = 30}},
        {"cut", {.kept = 0.6}},
        {"scaled and moved", {.scaled = true, .offset = true, .shift_s = 15}},
    };
    std::size_t tried = 0, known = 0;
    for (std::size_t i = 0; i < real.size(); ++i)
        for (std::uint64_t seed = 0; seed < 10; ++seed)
            for (const auto& [name, forgery] : forgeries) {
                INFO("trace " << i << " " << name << " " << seed);
                const auto matched = matches(index, forged(real[i], forgery, real[i], seed), load);
                ++tried;
                known += !matched.empty();
                for (const auto& match : matched) CHECK(match.id == i);
            }
    INFO(known << " of " << tried);
    CHECK(known * 100 >= tried * 95);
    for (std::size_t i = 0; i < real.size(); ++i)
        for (std::size_t k = 0; k < i; ++k) {
            const auto comparison = compare(real[i], real[k]);
            CHECK_FALSE((comparison && same(*comparison)));
        }

    const auto dry = real_trace(folder, NhaMethod::vmas).value();
    CHECK(sketch_of(dry).tells == 0);
    CHECK_FALSE(compare(dry, dry));
}
