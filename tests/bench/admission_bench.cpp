// What a line costs before it is stored, on one core: read by either reader, admitted whole, its SHA-256 for
// comparison.
//   admission_bench [TESTS]
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <functional>

#include "journal/digest.hpp"
#include "loop/admission.hpp"
#include "loop/record/parse.hpp"
#include "tests/sim/year.hpp"

using namespace imloop;

int main(int argc, char** argv) {
    sim::YearOptions options;
    options.tests = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 20'000;
    options.trace_share = 0;
    const auto year = sim::make_year(options);
    std::size_t lines = 0, bytes = 0, seen = 0;
    for (const auto& [source, written] : year.lines)
        for (const auto& line : written) ++lines, bytes += line.line.size();
    fmt::print("{} lines of {} bytes on average\n", lines, bytes / lines);
    double digest_us = 0;
    const auto measure = [&](const char* what,
                             const std::function<std::size_t(std::string_view, std::string_view)>& work) {
        const auto start = std::chrono::steady_clock::now();
        for (const auto& [source, written] : year.lines)
            for (const auto& line : written) seen += work(line.line, source);
        const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
        const double us = took.count() / static_cast<double>(lines);
        if (digest_us == 0) digest_us = us;
        fmt::print("{:<22} {:6.2f} us a line {:6.1f} k/s {:6.1f} x SHA-256\n", what, us, 1000 / us, us / digest_us);
    };
    const auto now = loop::parse_moment("2099-01-01T00:00:00+08:00").value();
    measure("SHA-256", [](auto line, auto) { return journal::sha256(line)[0] & 1U; });
    measure("read by nlohmann", [](auto line, auto) { return loop::record::parse_strictly(line).json.size(); });
    measure("read by simdjson", [](auto line, auto) { return loop::record::parse(line).json.size(); });
    measure("read again, accepted", [](auto line, auto) { return loop::reread(line, true).fact.detail.size(); });
    measure("admitted", [&](auto line, auto source) { return loop::admit(line, source, now).problems.size(); });
    return seen == 0;
}
