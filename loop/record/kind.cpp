#include "loop/fact.hpp"
#include "loop/names.hpp"
#include "loop/record/codes.hpp"

namespace imloop::loop {
std::string_view name_of(Kind kind) { return kind_codes.at(static_cast<std::size_t>(kind)); }

std::optional<Kind> kind_named(std::string_view name) { return value_named<Kind>(kind_codes, name); }

}  // namespace imloop::loop
