// Uploads over TLS, for the benches: journals of a made-up year to a hub that listens in this process, each over a
// connection of its own.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "hub/api/server.hpp"
#include "journal/chain.hpp"
#include "station/http_client.hpp"
#include "tests/support/hub.hpp"

namespace imloop::test {

/// A station with lines that nobody has sealed yet.
struct Source {
    std::string id;
    std::vector<std::string> lines{};
    journal::PrivateKey key = journal::PrivateKey::generate(journal::Algorithm::es256);
    std::size_t sealed = 0;  ///< of the lines
    journal::Digest head{};
};

/// So many stations and shops of a year, those with the most lines; `lines` in all, or fewer.
std::vector<Source> make_sources(std::size_t count, std::size_t lines);

class ServedHub {
public:
    /// `store`: its place; empty: a file.
    ServedHub(std::vector<Source>, const std::string& store);

    struct Sent {
        std::size_t lines = 0;
        double seconds = 0;
        std::vector<double> waits_ms{};  ///< for each answer, ascending
    };
    /// Each source sends its next `segments` of `size` lines, all at once; `every` so often, or as fast as it goes. Who
    /// is late because an answer was late has waited since it should have sent.
    Sent send(std::size_t segments, std::size_t size, std::chrono::microseconds every = {});
    /// One more, as this source.
    std::unique_ptr<station::HttpClient> connection(std::size_t source) const;
    const std::vector<Source>& sources() const { return sources_; }

    TestHub hub;

private:
    std::vector<Source> sources_;
    std::vector<std::unique_ptr<station::HttpClient>> connections_;
    std::unique_ptr<hub::Server> server_;
};

/// Throws where it is not 200.
std::string body_of(const journal::Result<station::Response>&);
/// Of values in ascending order; `share` 0.99: all but one in a hundred are below.
double percentile(const std::vector<double>& ascending, double share);

}  // namespace imloop::test
