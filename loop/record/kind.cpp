#include <array>

#include "loop/fact.hpp"

namespace imloop::loop {
namespace {

constexpr std::array<std::string_view, 13> names = {
    "inspection", "repair",   "vehicle_event", "penalty",      "supervision", "calibration", "price_list",
    "claim",      "override", "decision",      "registration", "credential",  "correction"};

}  // namespace

std::string_view name_of(Kind kind) { return names.at(static_cast<std::size_t>(kind)); }

std::optional<Kind> kind_named(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return static_cast<Kind>(i);
    return std::nullopt;
}

}  // namespace imloop::loop
