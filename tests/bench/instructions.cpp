// What a record costs in instructions, as callgrind counts them (tests/bench/instructions.py): a part of the way it
// takes, in segments of 100 lines. The first half is there already; the second is counted.
//   instructions_bench PART [SEGMENTS]      of each half; says how many records were counted, and on which CPU
#include <cpuid.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <future>
#include <map>
#include <span>

#include "hub/arriving.hpp"
#include "hub/watch/watch_rows.hpp"
#include "hub/watch/watched.hpp"
#include "journal/chain.hpp"
#include "journal/segment.hpp"
#include "loop/admission.hpp"
#include "tests/sim/year.hpp"
#include "tests/support/hub.hpp"

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#endif

using namespace imloop;

namespace {

constexpr std::size_t lines_a_segment = 100;
constexpr auto epoch = "e";

struct Segment {
    std::string source, bytes;
    std::vector<std::string> lines;
    loop::Moment received_at = 0;  ///< of its last line
};

struct Made {
    sim::Year year;
    journal::PrivateKey key = journal::PrivateKey::generate(journal::Algorithm::es256);  ///< of all sources
    std::vector<Segment> segments{};  ///< in the order in which they are full
};

Made make(std::size_t segments) {
    sim::YearOptions options;
    options.tests = segments * lines_a_segment, options.i_stations = 6, options.m_stations = 4;
    options.trace_share = 0, options.cheats = {{"default"}, 0.01};
    Made out{sim::make_year(options)};
    std::vector<std::pair<std::string, const sim::Written*>> lines;
    for (const auto& [source, written] : out.year.lines)
        for (const auto& line : written) lines.emplace_back(source, &line);
    std::ranges::stable_sort(lines, {}, [](const auto& line) { return line.second->received_at; });

    struct Chain {
        journal::Digest head{};
        std::uint64_t last = 0;
        std::vector<std::string> waiting{};
    };
    std::map<std::string, Chain> chains;
    for (const auto& [source, line] : lines) {
        auto& chain = chains[source];
        if (chain.last == 0) chain.head = journal::chain_start(journal::Algorithm::es256, source, epoch);
        chain.waiting.push_back(line->line);
        if (chain.waiting.size() < lines_a_segment) continue;
        auto bytes = journal::build_segment(out.key, source, epoch, chain.last + 1, chain.head, chain.waiting);
        chain.head = journal::parse_segment(bytes).value().seal.head;
        chain.last += lines_a_segment;
        out.segments.push_back({source, std::move(bytes), std::exchange(chain.waiting, {}), line->received_at});
        if (out.segments.size() == segments) return out;
    }
    throw std::runtime_error("the year has too few lines");
}

std::size_t seen = 0;  // so that nothing is left out

/// What none of our code has a part in.
void reference(const Segment& segment) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    for (const auto& line : segment.lines) {
        EVP_Digest(line.data(), line.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
        seen += digest[0] + nlohmann::json::parse(line).size();
    }
}

void admission(const Segment& segment) {
    for (const auto& line : segment.lines)
        seen += loop::admit(line, segment.source, segment.received_at).problems.size();
}

/// A hub's SQLite store where its stations are registered, and what stands behind its listeners: the writer, whose
/// answer to each segment is waited for, and the watch, in step.
class Behind {
public:
    explicit Behind(const Made& made) : made_(made), hub_(made.segments.front().received_at) {
        for (const auto& s : made.year.stations) {
            nlohmann::json more{{"county", s.county}};
            if (s.id.starts_with('B')) more["writes_for"] = {"610400"};
            hub_.add(s.id, journal::PrivateKey::generate(journal::Algorithm::es256).public_key(), more);
        }
        hub_.hub.reset();
        file_ = hub_.data / "hub.sqlite";
        store_.emplace(file_);
        rows_.emplace(store_->database());
        loop_.emplace(&*rows_);
        writer_.emplace(*store_, *rows_, *loop_, made.key, hub::Writer::Calls{});
    }
    /// Frame, seal, admission, the writer's transaction.
    void take(const Segment& segment) {
        hub::Answer refusal;
        auto arrival = hub::framed(segment.bytes, segment.received_at, refusal);
        if (!arrival || !hub::sealed(*arrival, made_.key.public_key(), segment.received_at, refusal))
            throw std::runtime_error(test::code_of(refusal));
        std::promise<hub::Answer> answered;
        arrival->done = [&](hub::Answer answer) { answered.set_value(std::move(answer)); };
        writer_->offer(std::move(*arrival));
        if (const auto answer = answered.get_future().get(); answer.status != 200)
            throw std::runtime_error(test::code_of(answer));
        last_ = segment.received_at;
    }
    void begin_watch() {
        reader_.emplace(hub::Scope::internal(), store_->reader());
        watch_rows_.emplace(file_, false, [](engine::Connection&) {});
        const auto rules = reader_->loop.projection.policy(loop::day_of(hub_.now)).rules;
        watch_rows_->begin("form", rules);
        watched_.emplace(
            rules, [](const std::string&, const hub::TraceFigures&) {}, stop_, watch_rows_->rows(),
            [this](hub::Watched&) { save(); });
        watched_->begin(reader_->store, reader_->loop);
        save();
    }
    void follow() {
        reader_->rest();
        reader_->refresh(hub::Scope::internal());
        while (watched_->follow(reader_->store, reader_->loop) == hub::Watched::Followed::more) save();
    }
    void sweep() {
        if (!watched_->suspects.sweep(reader_->loop.projection, loop::day_of(last_)))
            throw std::runtime_error("a sweep that ended early");
        save();
    }

private:
    void save() { watch_rows_->save(watched_->suspects, watched_->notes, watched_->position, true); }

    const Made& made_;
    test::TestHub hub_;
    std::string file_;
    loop::Moment last_ = 0;
    std::optional<hub::Store> store_;
    std::optional<hub::StoredRows> rows_;
    std::optional<hub::LoopState> loop_;
    std::optional<hub::Writer> writer_;
    const std::atomic<bool> stop_ = false;
    std::optional<hub::Reader> reader_;
    std::optional<hub::WatchRows> watch_rows_;
    std::optional<hub::Watched> watched_;
};

template <typename Work>
void counted(const Work& work) {
    CALLGRIND_START_INSTRUMENTATION;
    work();
    CALLGRIND_STOP_INSTRUMENTATION;
}

void run(const std::string& part, const Made& made) {
    const std::span all(made.segments);
    const auto first = all.first(all.size() / 2), second = all.last(all.size() / 2);
    const auto of_each = [](std::span<const Segment> segments, const auto& work) {
        for (const auto& segment : segments) work(segment);
    };
    if (part == "reference" || part == "admission") {
        const auto work = part == "reference" ? reference : admission;
        of_each(first, work);
        return counted([&] { of_each(second, work); });
    }
    Behind behind(made);
    const auto take = [&](const Segment& segment) { behind.take(segment); };
    if (part == "loop") {
        of_each(first, take);
        return counted([&] { of_each(second, take); });
    }
    if (part != "watch" && part != "sweep")
        throw std::invalid_argument("PART is reference, admission, loop, watch or sweep");
    behind.begin_watch();
    of_each(first, take);
    behind.follow();
    behind.sweep();
    of_each(second, take);
    if (part == "watch") return counted([&] { behind.follow(); });
    behind.follow();
    counted([&] { behind.sweep(); });
}

/// As it presents itself, which under valgrind is valgrind's own.
std::string cpu() {
    std::array<unsigned, 12> words{};
    for (unsigned i = 0; i < 3; ++i)
        __get_cpuid(0x80000002 + i, &words[4 * i], &words[4 * i + 1], &words[4 * i + 2], &words[4 * i + 3]);
    std::string out(sizeof words, '\0');
    std::memcpy(out.data(), words.data(), sizeof words);
    out.resize(std::strlen(out.c_str()));
    return out;
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string part = argc > 1 ? argv[1] : "";
    const std::size_t segments = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 10;
    run(part, make(2 * segments));
    fmt::print("{} {}\n", segments * lines_a_segment, cpu());
    return 0;
} catch (const std::exception& e) {
    fmt::print(stderr, "instructions_bench: {}\n", e.what());
    return 2;
}
