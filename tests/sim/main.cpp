// imloop_sim: writes a year as folders that `hub import` and station programs take, and beside them what is true.
//   stations.json, keys/ID.{key,pub}.pem, journals/ID.ndjson (sealed), live/ID.ndjson (plain records),
//   traces/SHA256.csv, story.json, labels.ndjson (one line a cheated record), campaigns.ndjson
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

void write_truth(const fs::path& folder, const sim::Year& year) {
    std::string labels, campaigns;
    for (const auto& label : year.labels) labels += sim::label_words(label).dump() + "\n";
    for (const auto& campaign : year.campaigns) campaigns += sim::campaign_words(campaign).dump() + "\n";
    write(folder / "labels.ndjson", labels);
    write(folder / "campaigns.ndjson", campaigns);
}

/// Seals each source's lines; of `live` ones the last stay plain.
void write_sources(const fs::path& folder, sim::Year& year, int valid_from_year, const std::vector<std::string>& live) {
    sim::Json stations = sim::Json::array();
    std::size_t count = 0;
    for (const auto& s : year.stations) {
        fmt::print(stderr, "\r  封签 / sealing {}/{}", ++count, year.stations.size());
        sim::Json words = {{"id", s.id},
                           {"name", s.name},
                           {"county", s.county},
                           {"valid_from", fmt::format("{}-01-01", valid_from_year)}};
        words.update(s.registration);
        stations.push_back(std::move(words));
        const auto key = journal::PrivateKey::generate(journal::Algorithm::es256);
        write(folder / "keys" / (s.id + ".key.pem"), key.pem());
        write(folder / "keys" / (s.id + ".pub.pem"), key.public_key().pem());
        const auto found = year.lines.find(s.id);
        if (found == year.lines.end()) continue;
        std::size_t kept = found->second.size();
        if (std::ranges::find(live, s.id) != live.end()) {
            kept -= std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(kept) * live_share));
            std::string plain;
            for (std::size_t i = kept; i < found->second.size(); ++i)
                if (!found->second[i].refused) plain += found->second[i].line + "\n";
            write(folder / "live" / (s.id + ".ndjson"), plain);
        }
        std::vector<std::string> lines;
        for (std::size_t i = 0; i < kept; ++i) lines.push_back(std::move(found->second[i].line));
        if (!lines.empty()) write(folder / "journals" / (s.id + ".ndjson"), sealed(key, s.id, lines));
    }
    fmt::print(stderr, "\n");
    write(folder / "stations.json", stations.dump(1) + "\n");
}

}  // namespace

int main(int argc, char** argv) {
    sim::YearOptions options;
    fs::path folder;
    std::vector<std::string> live;
    CLI::App app{
        "A plausible year of the prefecture, for demonstrations and tests; with cheats, whose truth stands beside it.\n"
        "  imloop_sim --out year --tests 20000 --cheats default --cheat-rate 0.02 --trace-share 1\n"
        "  imloop_sim --out year --cheat flip:I610404-01:0.3:2025-03-01:2025-09-30 --cheat paper_repair:auto:0.6"};
    std::vector<std::string> cheats;
    app.add_option("--out", folder)->required();
    app.add_option("--seed", options.seed)->capture_default_str();
    app.add_option("--tests", options.tests)->capture_default_str();
    app.add_option("--year", options.year)->capture_default_str();
    app.add_option("--trace-share", options.trace_share)->capture_default_str();
    app.add_option("--live", live, "sources whose last records stay plain, to be uploaded live");
    app.add_option("--cheat,--cheats", options.cheats.wanted,
                   "CODE:STATION:DOSE:FROM:TO (STATION auto), or default: some of all");
    app.add_option("--cheat-rate", options.cheats.rate, "of default: this share of the records")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    try {
        for (const auto* part : {"keys", "journals", "live", "traces"}) fs::create_directories(folder / part);
        auto year = sim::make_year(options, [&](const std::string& sha, const std::string& csv) {
            write(folder / "traces" / (sha + ".csv"), csv);
        });
        std::size_t lines = 0;
        for (const auto& [source, own] : year.lines) lines += own.size();
        write_sources(folder, year, options.year - 1, live);
        write_truth(folder, year);
        write(folder / "story.json", sim::Json({{"plate", year.story.plate}, {"vin", year.story.vin}}).dump() + "\n");
        fmt::print("{} stations, {} lines, {} tests, {} failed vehicles, {} repairs, {} slips, {} traces\n",
                   year.stations.size(), lines, year.tests, year.failures, year.repairs, year.slips, year.traces);
        if (!year.campaigns.empty())
            fmt::print("{} campaigns of cheating, {} records touched\n", year.campaigns.size(), year.labels.size());
    } catch (const std::exception& e) {
        fmt::print(stderr, "imloop_sim: {}\n", e.what());
        return 2;
    }
    return 0;
}
