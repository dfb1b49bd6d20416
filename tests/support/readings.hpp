// Readings by hand, for records of any method.
#pragma once

#include "tests/support/suspects.hpp"

namespace imloop::test {

inline json reading(const std::string& item, const std::string& phase, double value, const std::string& unit,
                    const json& more = json::object()) {
    json r{{"item", item}, {"phase", phase}, {"value", value}, {"unit", unit}};
    r.merge_patch(more);
    return r;
}

/// The claims of one rule about these records, in the order of the flags' ids.
inline std::vector<std::string> claims(const std::string& rule, const std::vector<json>& records,
                                       const json& parameters = json::object()) {
    SuspectWorld world(parameters);
    for (const auto& record : records) world.put(record);
    std::vector<std::string> out;
    for (const auto& flag : world.flags(rule)) out.push_back(flag.claim);
    return out;
}

using Claims = std::vector<std::string>;

/// A free acceleration whose mean is that of three peaks.
inline json a_smoke_test(int n, const std::string& ended_at, double a, double b, double c,
                         const json& more = json::object()) {
    json r = a_test(n, ended_at, {{"method", "free_acceleration"}, {"vehicle", {{"fuel", "diesel"}}}});
    r["readings"] = {reading("opacity", "1", a, "1/m"), reading("opacity", "2", b, "1/m"),
                     reading("opacity", "3", c, "1/m"), reading("opacity", "mean", (a + b + c) / 3, "1/m")};
    r.merge_patch(more);
    return r;
}

}  // namespace imloop::test
