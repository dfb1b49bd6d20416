// How fast the hub takes segments over TLS, every source over a connection of its own; with SQLite beside raw prepared
// statements that write the same rows into the same tables, one commit a segment, in the same run.
//   imloop_bench --lines 20000 --size 100 --connections 16
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "tests/bench/raw_rows.hpp"
#include "tests/bench/uploading.hpp"

using namespace imloop;

int main(int argc, char** argv) {
    CLI::App app("segments over TLS: lines a second, time to the receipt, and the ratio to raw prepared statements");
    std::size_t lines = 20'000, size = 100, connections = 16;
    std::string store;
    app.add_option("--lines", lines, "in all");
    app.add_option("--size", size, "of a segment, in lines");
    app.add_option("--connections", connections);
    app.add_option("--store", store, "an empty database of PostgreSQL; a file of SQLite by default");
    CLI11_PARSE(app, argc, argv);

    test::ServedHub served(test::make_sources(connections, lines), store);
    const auto sent = served.send(lines, size);
    fmt::print("{} lines a segment, {} connections: {:.0f} lines/s, p50 {:.1f} ms, p99 {:.1f} ms", size, connections,
               static_cast<double>(sent.lines) / sent.seconds, test::percentile(sent.waits_ms, 0.5),
               test::percentile(sent.waits_ms, 0.99));
    if (store.empty()) {
        const double raw = test::raw_seconds(served.hub.data / "hub.sqlite", sent.waits_ms.size());
        fmt::print(", raw SQLite {:.0f} lines/s, ratio {:.2f}", static_cast<double>(sent.lines) / raw,
                   raw / sent.seconds);
    }
    fmt::print("\n");
    return 0;
}
