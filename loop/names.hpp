// Enums by their names, as codes are written in records. Pure and thread safe.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace imloop::loop {

/// `names` has the name of each value of `Enum`, in their order from 0 on. Nothing where none is called so.
template <typename Enum, std::size_t N>
constexpr std::optional<Enum> value_named(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto at = std::ranges::find(names, name);
    return at == names.end() ? std::nullopt : std::optional(static_cast<Enum>(at - names.begin()));
}

}  // namespace imloop::loop
