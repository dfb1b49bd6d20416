// Spans of time of one length, by number: 0 begins where time does, those before it have numbers below 0.
#pragma once

#include <cassert>
#include <concepts>

namespace imloop::loop {

/// Rounded down, unlike `/`, so that no block is twice as long as the others.
template <std::integral Time>
constexpr Time block_of(Time at, Time length) {
    assert(length > 0);
    return at / length - (at % length < 0 ? 1 : 0);
}

}  // namespace imloop::loop
