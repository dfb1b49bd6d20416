// How fast the hub takes segments over TLS, beside raw SQLite writing the same rows into the same table, in one run.
//   imloop_bench [LINES]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <future>
#include <thread>

#include "hub/api/server.hpp"
#include "hub/ca.hpp"
#include "hub/store/store.hpp"
#include "journal/chain.hpp"
#include "journal/encoding.hpp"
#include "journal/segment.hpp"
#include "service/files.hpp"
#include "station/http_client.hpp"
#include "tests/sim/year.hpp"
#include "tests/support/hub.hpp"

using namespace imloop;

namespace {

constexpr int stations = 4;

/// Real: TLS looks at the clock.
loop::Moment test_now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

double seconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Source {
    std::string id;
    journal::PrivateKey key = journal::PrivateKey::generate(journal::Algorithm::es256);
    std::vector<std::string> segments;
};

/// A year's lines of each source, sealed in segments of `size`; `count` lines in all.
std::vector<Source> make_sources(std::size_t count, std::size_t size) {
    sim::YearOptions options;
    options.tests = count * 3 / 2, options.i_stations = stations, options.m_stations = 1, options.trace_share = 0;
    const auto year = sim::make_year(options);
    std::vector<Source> out;
    for (const auto& [id, written] : year.lines) {
        if (!id.starts_with('I')) continue;
        Source source{id, journal::PrivateKey::generate(journal::Algorithm::es256), {}};
        auto prev = journal::chain_start(journal::Algorithm::es256, source.id, "e");
        std::vector<std::string> lines;
        for (std::size_t i = 0; i < std::min(written.size(), count / stations); ++i) lines.push_back(written[i].line);
        for (std::size_t first = 0; first < lines.size(); first += size) {
            source.segments.push_back(
                journal::build_segment(source.key, source.id, "e", first + 1, prev,
                                       std::span(lines).subspan(first, std::min(size, lines.size() - first))));
            prev = journal::parse_segment(source.segments.back()).value().seal.head;
        }
        out.push_back(std::move(source));
    }
    return out;
}

double raw(const std::vector<Source>& sources) {
    const test::TempDir folder;
    hub::Store store(folder.path() / "raw.sqlite");
    return seconds([&] {
        for (const auto& source : sources)
            for (std::size_t i = 0; i < source.segments.size(); ++i) {
                hub::Transaction transaction(store.database());
                store.put_segment(source.id, "e", i + 1, i + 1, source.segments[i], source.segments[i]);
                transaction.commit();
            }
    });
}

double over_tls(const std::vector<Source>& sources) {
    test::TestHub hub(test_now());
    const auto data = hub.folder.path() / "hub";
    std::vector<station::Config> configs;
    for (const auto& source : sources) {
        hub.add(source.id, source.key.public_key());
        station::Config config;
        const auto folder = hub.folder.path() / source.id;
        std::filesystem::create_directories(folder);
        service::replace_file(folder / "cert.pem",
                              hub::issue_client_certificate(data, source.id, source.key.public_key().spki(), hub.now));
        service::replace_file(folder / "key.pem", source.key.pem());
        config.hub = {"127.0.0.1", "", data / "ca.cert.pem", folder / "cert.pem", folder / "key.pem", {}};
        configs.push_back(config);
    }
    const hub::Server server(*hub.hub, {.port = 0, .admin_port = 0, .admin_token = "t"});
    return seconds([&] {
        std::vector<std::thread> threads;
        for (std::size_t s = 0; s < sources.size(); ++s)
            threads.emplace_back([&, s] {
                configs[s].hub.port = std::to_string(server.port());
                station::HttpClient client(station::peer_of(configs[s]));
                for (const auto& segment : sources[s].segments) {
                    const auto answer = client.request("POST", "/api/v1/journal", {{"Content-Encoding", "zstd"}},
                                                       journal::zstd_encode(segment));
                    if (!answer || answer->status != 200)
                        throw std::runtime_error(answer ? answer->body : answer.error().detail());
                }
            });
        for (auto& thread : threads) thread.join();
    });
}

}  // namespace

int main(int argc, char** argv) {
    const auto lines = static_cast<std::size_t>(argc > 1 ? std::atoi(argv[1]) : 20'000);
    fmt::print("{} stations at once, {} lines in all; raw: one transaction a segment, zstd, synchronous=FULL\n",
               stations, lines);
    for (const std::size_t size : {std::size_t{1}, std::size_t{100}}) {
        const auto sources = make_sources(size == 1 ? lines / 10 : lines, size);
        double n = 0;
        for (const auto& source : sources)
            for (const auto& segment : source.segments) n += static_cast<double>(std::ranges::count(segment, '\n') - 2);
        const double by_hand = raw(sources), hub = over_tls(sources);
        fmt::print("{:>3} lines a segment: raw SQLite {:>8.0f} lines/s, hub over TLS {:>8.0f} lines/s, ratio {:.2f}\n",
                   size, n / by_hand, n / hub, by_hand / hub);
    }
    return 0;
}
