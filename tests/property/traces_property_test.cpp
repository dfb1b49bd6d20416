// What an index answers depends on what is in it, not on how it came there.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

#include "loop/traces/search.hpp"
#include "tests/support/trace_makers.hpp"

using namespace imloop::loop::traces;
using namespace imloop::test;

namespace {

constexpr TraceId ids = 30;

/// Ten measurements, each handed in three times: as it is, noised, moved.
Trace trace_of(TraceId id) {
    const auto method = trace_methods[id % 5];
    const auto original = plant_trace(method, id % 10, id % 10), another = plant_trace(method, 50 + id, 50 + id);
    return id < 10 ? original
                   : forged(original, id < 20 ? Forgery{.noise = 0.005} : Forgery{.shift_s = 20}, another, id);
}

struct Known {
    Windows windows;
    Sketch sketch;
};

const std::vector<Known>& known() {
    static const auto all = [] {
        std::vector<Known> out;
        for (TraceId id = 0; id < ids; ++id) out.push_back({windows_of(trace_of(id)), sketch_of(trace_of(id))});
        return out;
    }();
    return all;
}

std::string answers(const Index& index) {
    std::string out;
    for (const auto& one : known()) {
        for (const auto& c : index.candidates(one.windows))
            out += std::to_string(c.id) + "/" + std::to_string(c.lag_rows) + "/" + std::to_string(c.differing) + "/" +
                   std::to_string(c.windows) + " ";
        out += "\n";
    }
    return out;
}

}  // namespace

TEST_CASE("the answers of an index are those of its set, whatever was inserted and erased before, in whatever order") {
    CHECK(rc::check([](const std::vector<unsigned>& numbers) {
        Index index;
        std::set<TraceId> there;
        for (const auto number : numbers) {
            const TraceId id = number % ids;
            if (number / ids % 2 == 0)
                RC_ASSERT(index.insert(id, known()[id].sketch) == there.insert(id).second);
            else
                RC_ASSERT(index.erase(id) == (there.erase(id) == 1));
        }
        Index plain;
        for (const auto id : there) plain.insert(id, known()[id].sketch);
        RC_ASSERT(index.size() == there.size());
        RC_ASSERT(answers(index) == answers(plain));
    }));
}

TEST_CASE("postings are a set in the order of their keys and values, through splits and erasures") {
    CHECK(rc::check([](const std::vector<std::pair<std::uint32_t, std::uint32_t>>& some) {
        Postings postings;
        std::set<std::pair<std::uint32_t, std::uint32_t>> model;
        for (std::uint32_t i = 0; i < 300; ++i)
            if (model.emplace(i * 0x9E3779B1U, i).second) postings.insert({i * 0x9E3779B1U, i});
        for (const auto& [key, value] : some)
            if (model.emplace(key, value).second) postings.insert({key, value});
        for (std::uint32_t i = 0; i < 300; i += 2)
            if (model.erase({i * 0x9E3779B1U, i}) == 1) postings.erase({i * 0x9E3779B1U, i});
        std::size_t seen = 0;
        std::set<std::uint32_t> keys;
        for (const auto& [key, value] : model) keys.insert(key);
        for (const auto key : keys)
            for (const auto& entry : postings.find(key)) {
                RC_ASSERT(model.contains({entry.key, entry.value}));
                ++seen;
            }
        RC_ASSERT(seen == model.size());
    }));
}
