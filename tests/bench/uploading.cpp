#include "tests/bench/uploading.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <thread>

#include "hub/ca.hpp"
#include "journal/encoding.hpp"
#include "journal/segment.hpp"
#include "service/files.hpp"
#include "tests/sim/year.hpp"

namespace imloop::test {
namespace {

constexpr auto epoch = "e";
using Clock = std::chrono::steady_clock;

/// Real: TLS looks at the clock.
loop::Moment real_now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// As they go over the wire.
std::vector<std::string> seal(Source& source, std::size_t segments, std::size_t size) {
    std::vector<std::string> out;
    for (; out.size() < segments && source.sealed < source.lines.size(); source.sealed += size) {
        size = std::min(size, source.lines.size() - source.sealed);
        const auto segment = journal::build_segment(source.key, source.id, epoch, source.sealed + 1, source.head,
                                                    std::span(source.lines).subspan(source.sealed, size));
        source.head = journal::parse_segment(segment).value().seal.head;
        out.push_back(journal::zstd_encode(segment));
    }
    return out;
}

}  // namespace

std::vector<Source> make_sources(std::size_t count, std::size_t lines) {
    constexpr std::size_t i_stations_most = 60;  // that the simulator has a place for
    sim::YearOptions options;
    options.tests = lines * 2, options.trace_share = 0;
    options.i_stations = static_cast<int>(std::min(count, i_stations_most));
    const auto year = sim::make_year(options);
    std::vector<Source> out;
    for (const auto& [id, written] : year.lines) {
        if (id[0] != 'I' && id[0] != 'M') continue;
        auto& source = out.emplace_back(Source{id});
        source.head = journal::chain_start(journal::Algorithm::es256, id, epoch);
        for (const auto& line : written) source.lines.push_back(line.line);
    }
    std::ranges::stable_sort(out, std::greater(), [](const Source& source) { return source.lines.size(); });
    if (out.size() > count) out.erase(out.begin() + static_cast<std::ptrdiff_t>(count), out.end());
    for (auto& source : out) source.lines.resize(std::min(source.lines.size(), lines / count));
    return out;
}

ServedHub::ServedHub(std::vector<Source> sources, const std::string& store)
    : hub(real_now(), store), sources_(std::move(sources)) {
    const auto folder_of = [&](const Source& source) { return hub.folder.path() / source.id; };
    for (const auto& source : sources_) {
        hub.add(source.id, source.key.public_key());
        std::filesystem::create_directories(folder_of(source));
        service::replace_file(
            folder_of(source) / "cert.pem",
            hub::issue_client_certificate(hub.data, source.id, source.key.public_key().spki(), hub.now));
        service::replace_file(folder_of(source) / "key.pem", source.key.pem());
    }
    server_ =
        std::make_unique<hub::Server>(*hub.hub, hub::ServerOptions{.port = 0, .admin_port = 0, .admin_token = {}});
    for (std::size_t i = 0; i < sources_.size(); ++i) connections_.push_back(connection(i));
}

std::unique_ptr<station::HttpClient> ServedHub::connection(std::size_t source) const {
    const auto folder = hub.folder.path() / sources_[source].id;
    return std::make_unique<station::HttpClient>(station::Peer{"127.0.0.1", std::to_string(server_->port()),
                                                               service::read_file(hub.data / "ca.cert.pem"),
                                                               folder / "cert.pem", folder / "key.pem"});
}

ServedHub::Sent ServedHub::send(std::size_t segments, std::size_t size, std::chrono::microseconds every) {
    std::vector<std::vector<std::string>> sealed;
    Sent out;
    for (auto& source : sources_) {
        const auto before = source.sealed;
        sealed.push_back(seal(source, segments, size));
        out.lines += source.sealed - before;
    }
    // A connection that stood still was closed; shaking hands is no part of an upload.
    for (const auto& connection : connections_)
        body_of(connection->request("GET", std::string("/api/v1/journal?epoch=") + epoch, {}, ""));
    std::vector<std::vector<double>> waits(sources_.size());
    const auto began = Clock::now();
    {
        std::vector<std::jthread> threads;
        for (std::size_t s = 0; s < sources_.size(); ++s)
            threads.emplace_back([&, s] {
                auto due = began + every * s / sources_.size();
                for (auto& bytes : sealed[s]) {
                    if (every.count() == 0) due = Clock::now();
                    std::this_thread::sleep_until(due);
                    body_of(connections_[s]->request("POST", "/api/v1/journal", {{"Content-Encoding", "zstd"}},
                                                     std::move(bytes)));
                    waits[s].push_back(std::chrono::duration<double, std::milli>(Clock::now() - due).count());
                    due += every;
                }
            });
    }
    out.seconds = std::chrono::duration<double>(Clock::now() - began).count();
    for (const auto& of_one : waits) out.waits_ms.insert(out.waits_ms.end(), of_one.begin(), of_one.end());
    std::ranges::sort(out.waits_ms);
    return out;
}

std::string body_of(const journal::Result<station::Response>& answer) {
    if (!answer) throw std::runtime_error(answer.error().detail());
    if (answer->status != 200) throw std::runtime_error(answer->body);
    return answer->body;
}

double percentile(const std::vector<double>& ascending, double share) {
    const auto at = static_cast<std::size_t>(share * static_cast<double>(ascending.size()));
    return ascending.empty() ? 0 : ascending[std::min(at, ascending.size() - 1)];
}

}  // namespace imloop::test
