// What was done and what was built in, out of a work order's rows: how often each counts where rows repeat it.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "station/intake/shop/reading.hpp"

namespace imloop::station::intake {

/// Cents as yuan: 1840 rather than 1840.0.
nlohmann::ordered_json shop_yuan(std::int64_t cents);

struct ShopWork {
    nlohmann::ordered_json items, parts;
};

/// Software repeats an item beside each of its parts, and writes four equal rows for four equal things. Which of the
/// two it was, the order's total says; where it doesn't, equal rows are asked about, and the order waits.
ShopWork read_work(ShopReading&, std::optional<std::int64_t> total_cents);

}  // namespace imloop::station::intake
