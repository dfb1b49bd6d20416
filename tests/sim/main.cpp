// imloop_sim: writes a year as folders that `hub import` and station programs take.
//   stations.json, keys/ID.{key,pub}.pem, journals/ID.ndjson (sealed), live/ID.ndjson (plain records),
//   traces/SHA256.csv
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "journal/chain.hpp"
#include "journal/segment.hpp"
#include "station/ids.hpp"
#include "tests/sim/year.hpp"

using namespace imloop;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t lines_a_segment = 100;
constexpr double live_share = 0.05;

void write(const fs::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string sealed(const journal::PrivateKey& key, const std::string& source, const std::vector<std::string>& lines) {
    const auto epoch = station::uuid7_of(1'700'000'000'000, source);
    auto prev = journal::chain_start(journal::Algorithm::es256, source, epoch);
    std::string out;
    for (std::size_t first = 0; first < lines.size(); first += lines_a_segment) {
        const std::span part(lines.data() + first, std::min(lines_a_segment, lines.size() - first));
        const auto segment = journal::build_segment(key, source, epoch, first + 1, prev, part);
        prev = journal::parse_segment(segment).value().seal.head;
        out += segment;
    }
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    sim::YearOptions options;
    fs::path folder;
    std::vector<std::string> live;
    CLI::App app{"A plausible year of the prefecture, for demonstrations and tests."};
    app.add_option("--out", folder)->required();
    app.add_option("--seed", options.seed)->capture_default_str();
    app.add_option("--tests", options.tests)->capture_default_str();
    app.add_option("--year", options.year)->capture_default_str();
    app.add_option("--trace-share", options.trace_share)->capture_default_str();
    app.add_option("--live", live, "sources whose last records stay plain, to be uploaded live");
    CLI11_PARSE(app, argc, argv);

    for (const auto* part : {"keys", "journals", "live", "traces"}) fs::create_directories(folder / part);
    const auto year = sim::make_year(options);
    sim::Json stations = sim::Json::array();
    std::size_t sealed_count = 0;
    for (const auto& s : year.stations) {
        fmt::print(stderr, "\r  封签 / sealing {}/{}", ++sealed_count, year.stations.size());
        stations.push_back({{"id", s.id},
                            {"name", s.name},
                            {"county", s.county},
                            {"valid_from", fmt::format("{}-01-01", options.year - 1)}});
        const auto key = journal::PrivateKey::generate(journal::Algorithm::es256);
        write(folder / "keys" / (s.id + ".key.pem"), key.pem());
        write(folder / "keys" / (s.id + ".pub.pem"), key.public_key().pem());
        const auto found = year.lines.find(s.id);
        if (found == year.lines.end()) continue;
        std::vector<std::string> lines;
        for (const auto& [at, line] : found->second) lines.push_back(line);
        std::size_t kept = lines.size();
        if (std::ranges::find(live, s.id) != live.end()) {
            kept -= std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(lines.size()) * live_share));
            std::string plain;
            for (std::size_t i = kept; i < lines.size(); ++i) plain += lines[i] + "\n";
            write(folder / "live" / (s.id + ".ndjson"), plain);
        }
        lines.resize(kept);
        if (!lines.empty()) write(folder / "journals" / (s.id + ".ndjson"), sealed(key, s.id, lines));
    }
    fmt::print(stderr, "\n");
    for (const auto& [sha, csv] : year.traces) write(folder / "traces" / (sha + ".csv"), csv);
    write(folder / "stations.json", stations.dump(1) + "\n");
    write(folder / "story.json", sim::Json({{"plate", year.story.plate}, {"vin", year.story.vin}}).dump() + "\n");
    std::size_t lines = 0;
    for (const auto& [source, own] : year.lines) lines += own.size();
    fmt::print("{} stations, {} lines, {} tests, {} failed vehicles, {} repairs, {} slips, {} traces\n",
               year.stations.size(), lines, year.tests, year.failures, year.repairs, year.slips, year.traces.size());
    return 0;
}
