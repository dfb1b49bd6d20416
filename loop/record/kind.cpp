#include <array>

#include "loop/fact.hpp"
#include "loop/names.hpp"

namespace imloop::loop {
namespace {

constexpr std::array<std::string_view, 13> names = {
    "inspection", "repair",   "vehicle_event", "penalty",      "supervision", "calibration", "price_list",
    "claim",      "override", "decision",      "registration", "credential",  "correction"};

}  // namespace

std::string_view name_of(Kind kind) { return names.at(static_cast<std::size_t>(kind)); }

std::optional<Kind> kind_named(std::string_view name) { return value_named<Kind>(names, name); }

}  // namespace imloop::loop
