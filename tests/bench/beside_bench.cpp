// What others wait for while something else is at work: stations that look things up beside uploads at full speed,
// uploads beside what operators do, questions about flags beside uploads. Over TLS, 16 connections.
//   beside_bench --lines 20000 --watch-rate 4000
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <thread>

#include "journal/json.hpp"
#include "tests/bench/uploading.hpp"

using namespace imloop;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t connections = 16, readers = 20;
constexpr std::size_t size_live = 5, size_full = 100;
/// A phase of live uploads: 40 segments a second.
constexpr std::size_t segments_a_phase = 12, phases = 7;
constexpr auto live_every = 400ms;
constexpr std::size_t seconds_behind = 4;

struct Times {
    std::vector<double> ms{};
    void add(const std::function<void()>& act) {
        const auto began = std::chrono::steady_clock::now();
        act();
        ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
    }
    void print(const std::string& what) {
        std::ranges::sort(ms);
        fmt::print("{}: p50 {:.2f} ms, p99 {:.2f} ms, most {:.2f} ms, {} times\n", what, test::percentile(ms, 0.5),
                   test::percentile(ms, 0.99), test::percentile(ms, 1), ms.size());
        std::fflush(stdout);
    }
};

/// Does it again and again, until it goes out of scope; once at least.
class Meanwhile {
public:
    explicit Meanwhile(std::function<void()> act)
        : thread_([act = std::move(act)](const std::stop_token& ended) {
              do act();
              while (!ended.stop_requested());
          }) {}

private:
    std::jthread thread_;
};

std::vector<std::string> clearance_questions(const std::vector<test::Source>& sources) {
    std::vector<std::string> out;
    for (const auto& source : sources)
        for (std::size_t i = 0; i < source.lines.size(); i += 50) {
            const auto line = journal::parsed(source.lines[i]);
            if (line.contains("vehicle") && line["vehicle"].contains("plate"))
                out.push_back(nlohmann::json{{"plate", line["vehicle"]["plate"]},
                                             {"plate_kind", line["vehicle"].value("plate_kind", "02")}}
                                  .dump());
        }
    return out;
}

/// Stations that look things up, while segments come as fast as they are taken.
void look_ups(test::ServedHub& served, std::size_t lines) {
    const auto questions = clearance_questions(served.sources());
    const auto gate = served.connection(0), desk = served.connection(1);
    Times clearances, pages;
    {
        std::size_t next = 0;
        const Meanwhile asked([&] {
            clearances.add([&] {
                test::body_of(gate->request("POST", "/api/v1/clearances", {}, questions[next++ % questions.size()]));
            });
        });
        const Meanwhile listed(
            [&] { pages.add([&] { test::body_of(desk->request("GET", "/api/v1/work-orders?limit=50", {}, "")); }); });
        served.send(lines / size_full / connections + 1, size_full);
    }
    clearances.print("clearance at full load");
    pages.print("work-list page at full load");
}

void uploads(test::ServedHub& served) {
    const test::TempDir folder;
    auto& hub = served.hub;
    const auto command = [&](const std::string& name, const nlohmann::json& body = nlohmann::json::object()) {
        return [&hub, name, body] {
            if (const auto answer = hub.admin(name, body); answer.status != 200)
                throw std::runtime_error(name + " " + test::code_of(answer));
        };
    };
    const auto live = [&](const std::string& what) {
        Times{served.send(segments_a_phase, size_live, live_every).waits_ms}.print("upload " + what);
    };
    live("quiet");
    for (const auto& [what, act] : std::vector<std::pair<std::string, std::function<void()>>>{
             {"verify", command("verify")},
             {"rebuild", command("rebuild")},
             {"sweep", command("suspects", {{"limit", 1}})},
             {"export", command("export", {{"path", (folder.path() / "export").string()}})},
             {"backup", command("backup", {{"path", (folder.path() / "backup.sqlite").string()}})}}) {
        const Meanwhile at_work(act);
        live("beside " + what);
    }
    std::vector<std::unique_ptr<Meanwhile>> all;
    for (std::size_t i = 0; i < readers; ++i)
        all.push_back(std::make_unique<Meanwhile>([connection = std::shared_ptr(served.connection(i % connections))] {
            test::body_of(connection->request("GET", "/api/v1/work-orders?limit=50", {}, ""));
            std::this_thread::sleep_for(50ms);
        }));
    live("beside twenty readers");
}

/// How far the watch is behind the journal: whoever asks about held results waits until it has seen what is there.
void behind(test::ServedHub& served, std::size_t lines_a_second) {
    Times waited;
    {
        const Meanwhile asked([&] {
            waited.add([&] { served.hub.admin("holds"); });
            std::this_thread::sleep_for(100ms);
        });
        const std::chrono::microseconds every(1'000'000 * size_full * connections / lines_a_second);
        served.send(seconds_behind * lines_a_second / size_full / connections + 1, size_full, every);
    }
    waited.print("behind the journal");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("what others wait for while something else is at work");
    std::size_t lines = 20'000, watch_rate = 0;
    std::string store;
    app.add_option("--lines", lines, "there before, and uploaded at full speed");
    app.add_option("--watch-rate", watch_rate,
                   "records a second that the watch takes alone; uploads come half as fast");
    app.add_option("--store", store, "an empty database of PostgreSQL; a file of SQLite by default");
    CLI11_PARSE(app, argc, argv);
    const std::size_t live = phases * segments_a_phase * size_live * connections;
    test::ServedHub served(test::make_sources(connections, lines + live + (seconds_behind + 1) * watch_rate / 2),
                           store);
    look_ups(served, lines);
    served.hub.admin("holds");  // the watch has seen all of it
    uploads(served);
    if (watch_rate > 0) behind(served, watch_rate / 2);
    return 0;
}
