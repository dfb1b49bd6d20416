// What is known of process data, by digest: figures drawn from each trace, and which traces are copies of one another.
// Filled by whoever holds the traces; rules only read it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "loop/suspects/observed/trace_facts.hpp"

namespace imloop::loop::rules {

struct Context;
struct Record;

/// Another trace that is this one, perhaps scaled, shifted or cut.
struct TraceMatch {
    std::string sha256;  ///< of the other
    int shift_s = 0;
    double scale = 1, offset = 0;
    double correlation = 0;
    int rows = 0;  ///< of the overlap
    double chance = 1;
};

class Traces {
public:
    /// Empty where there is none.
    const std::vector<TraceMatch>& matches(std::string_view sha256) const;
    void put_match(const std::string& sha256, TraceMatch);
    /// Nothing where the trace has not come, or could not be read.
    const TraceFacts* facts(std::string_view sha256) const;
    void put_facts(const std::string& sha256, TraceFacts);

private:
    std::map<std::string, TraceFacts, std::less<>> facts_;
    std::map<std::string, std::vector<TraceMatch>, std::less<>> matches_;
};

/// The process data of a test, of as many rows as were recorded; nothing where there is none. Seconds may be missing
/// between them.
const TraceFacts* recorded_trace(const Record& test, const Context&);
/// What is drawn from a test's process data. Nothing where it has not come or is not whole: of other rows than the
/// record speaks of, out of order, with seconds missing.
const TraceFacts* whole_trace(const Record& test, const Context&);

}  // namespace imloop::loop::rules
