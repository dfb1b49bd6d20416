#include "loop/rules/rule.hpp"

#include <fmt/format.h>

#include "loop/projection.hpp"
#include "loop/rules/parameters.hpp"

namespace imloop::loop::rules {

std::string_view name_of(Grade grade) {
    constexpr std::string_view names[] = {"weak", "medium", "strong"};
    return names[static_cast<int>(grade)];
}

Value number(std::string_view name, double value, int decimals, std::string_view unit) {
    return {std::string(name), fmt::format("{:.{}f}", value, decimals), std::string(unit)};
}
Value text(std::string_view name, std::string_view words) { return {std::string(name), std::string(words), ""}; }
Value moment(std::string_view name, Moment at) { return {std::string(name), format_moment(at), ""}; }

const Policy& Sweep::policy() const { return projection.policy(as_of); }

double Context::number(std::string_view rule, std::string_view name, const Record& record) const {
    return parameters.number(rule, name, county_of(record));
}
double Context::number(std::string_view rule, std::string_view name, std::string_view county) const {
    return parameters.number(rule, name, county);
}

std::string Context::county_of(const Record& record) const {
    const auto station = stations.at(record.fact.station_id, record.fact.occurred_at);
    return station ? station->county : std::string();
}

}  // namespace imloop::loop::rules
