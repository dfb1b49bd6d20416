// Figures as Prometheus has them, for whoever gives some: names by its conventions, and no personal data in them.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <map>
#include <string>

namespace imloop::hub {

template <typename Number>
prometheus::MetricFamily gauge(std::string name, std::string help, Number value) {
    prometheus::MetricFamily out{std::move(name), std::move(help), prometheus::MetricType::Gauge, {{}}};
    out.metric[0].gauge.value = static_cast<double>(value);
    return out;
}

template <typename Number>
prometheus::MetricFamily counter(std::string name, std::string help, Number value) {
    prometheus::MetricFamily out{std::move(name), std::move(help), prometheus::MetricType::Counter, {{}}};
    out.metric[0].counter.value = static_cast<double>(value);
    return out;
}

/// Told apart by a label.
inline prometheus::MetricFamily counters(std::string name, std::string help, const std::string& label,
                                         const std::map<std::string, std::uint64_t>& times) {
    prometheus::MetricFamily out{std::move(name), std::move(help), prometheus::MetricType::Counter, {}};
    for (const auto& [value, n] : times) {
        auto& one = out.metric.emplace_back();
        one.label.push_back({label, value});
        one.counter.value = static_cast<double>(n);
    }
    return out;
}

}  // namespace imloop::hub
