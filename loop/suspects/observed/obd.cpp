#include "loop/suspects/observed/obd.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"

namespace imloop::loop::rules {
namespace {

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

bool says_something(std::string_view text) {
    const std::set<char> different(text.begin(), text.end());
    return text.size() >= 4 && different.size() >= 3 &&
           std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_complete(const Monitor& m) {
    constexpr std::array<std::string_view, 4> words{"true", "complete", "ready", "completed"};
    return among(words, m.state);
}

bool is_supported(const Monitor& m) {
    constexpr std::array<std::string_view, 6> words{"unsupported", "not_supported", "n/a", "na", "none", "null"};
    return !m.state.empty() && !among(words, m.state);
}

bool runs_always(const Monitor& m) {
    constexpr std::array<std::string_view, 4> names{"misfire", "fuel_system", "fuel", "components"};
    return among(names, m.name);
}

}  // namespace

std::string_view obd_vin(const InspectionDetail& test) {
    return test.obd && vin_proven(test.obd->vin) && says_something(test.obd->vin) ? std::string_view(test.obd->vin)
                                                                                  : std::string_view();
}

std::string software_of(const ObdDetail& obd) {
    const std::string cal = normal_text(obd.cal_id), cvn = normal_text(obd.cvn);
    return says_something(cal) && says_something(cvn) ? cal + "|" + cvn : std::string();
}

Readiness readiness_of(const ObdDetail& obd) {
    Readiness out = Readiness::unknown;
    for (const auto& m : obd.readiness) {
        if (runs_always(m) || !is_supported(m)) continue;
        if (!is_complete(m)) return Readiness::incomplete;
        out = Readiness::complete;
    }
    return out;
}

std::string protocol_of(const ObdDetail& obd) { return normal_text(obd.protocol); }

std::string supported_monitors(const ObdDetail& obd) {
    std::set<std::string_view> names;
    for (const auto& m : obd.readiness)
        if (is_supported(m)) names.insert(m.name);
    std::string out;
    for (const auto name : names) out += (out.empty() ? "" : " ") + std::string(name);
    return out;
}

}  // namespace imloop::loop::rules
