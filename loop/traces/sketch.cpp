#include "loop/traces/sketch.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "loop/traces/evidence.hpp"

namespace imloop::loop::traces {
namespace {

constexpr std::size_t signs = 64;
constexpr std::size_t shapes_max = 24;
/// Gases are slowed by hose and sensor; quicker cosines hold noise only.
constexpr std::size_t shapes_of_gas = 12;
/// Of a channel's strength over its floor, below which it is left out of a window.
constexpr double strength_min = 2;
/// Of the floor, at which a cosine, or a channel's weight, is held down to half.
constexpr double floors_half = 4;
/// Of a channel's mean strength a cosine, likewise.
constexpr double strength_half = 0.05;
/// Of all channels' weights together, below which a window tells nothing.
constexpr double weight_min = 0.4;

using Shape = std::array<float, window_rows>;
using Projection = std::array<float, signs>;

float dot(std::span<const float> a, std::span<const float> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

/// Orthonormal: cosines of 1, 1.5, 2, ... periods a window, made perpendicular to the mean and the straight line
/// (Gram-Schmidt).
std::array<Shape, shapes_max> make_shapes() {
    std::array<Shape, 2 + shapes_max> made;
    for (std::size_t k = 0; k < made.size(); ++k) {
        for (std::size_t i = 0; i < window_rows; ++i) {
            const auto row = static_cast<double>(i);
            made[k][i] = static_cast<float>(
                k == 1 ? row : std::cos(std::numbers::pi * static_cast<double>(k) * (row + 0.5) / window_rows));
        }
        for (std::size_t j = 0; j < k; ++j) {
            const float part = dot(made[k], made[j]);
            for (std::size_t i = 0; i < window_rows; ++i) made[k][i] -= part * made[j][i];
        }
        const float length = std::sqrt(dot(made[k], made[k]));
        for (auto& value : made[k]) value /= length;
    }
    std::array<Shape, shapes_max> out;
    std::copy(made.begin() + 2, made.end(), out.begin());
    return out;
}

/// Normal numbers, the same everywhere: sums of twelve uniform ones of splitmix64 (Steele, Lea, Flood 2014).
std::array<Projection, channels.size() * shapes_max> make_directions() {
    std::array<Projection, channels.size() * shapes_max> out;
    std::uint64_t state = 0;
    const auto uniform = [&] {
        std::uint64_t z = (state += 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return static_cast<float>((z ^ (z >> 31)) >> 40) * 0x1.0p-24F;
    };
    for (auto& row : out)
        for (auto& value : row) {
            value = -6;
            for (int i = 0; i < 12; ++i) value += uniform();
        }
    return out;
}

/// The shapes' values at one row, as they are used.
std::array<std::array<float, shapes_max>, window_rows> by_row(const std::array<Shape, shapes_max>& shapes) {
    std::array<std::array<float, shapes_max>, window_rows> out;
    for (std::size_t i = 0; i < window_rows; ++i)
        for (std::size_t k = 0; k < shapes_max; ++k) out[i][k] = shapes[k][i];
    return out;
}

struct Tables {
    std::array<std::array<float, shapes_max>, window_rows> shapes = by_row(make_shapes());
    std::array<Projection, channels.size()* shapes_max> directions = make_directions();
};
const Tables& tables() {
    static const Tables made;
    return made;
}

/// Adds the channel's part to `sum`; the weight it has, 0 where it tells nothing or a value is missing.
template <std::size_t shapes>
double add_channel(std::size_t c, std::span<const float> values, Projection& sum) {
    const float total = std::accumulate(values.begin(), values.end(), 0.0F);
    if (!std::isfinite(total)) return 0;
    std::array<float, shapes> found{};
    for (std::size_t i = 0; i < window_rows; ++i)
        for (std::size_t k = 0; k < shapes; ++k) found[k] += values[i] * tables().shapes[i][k];
    const double strength = dot(found, found) / static_cast<double>(shapes);
    const double floor = floor_variance(channels[c], total / window_rows);
    const double over = strength / floor;
    if (!(over >= strength_min)) return 0;
    const auto held = static_cast<float>(strength_half * strength + floors_half * floor);
    for (auto& value : found) value /= std::sqrt(value * value + held);
    const double weight = channels[c].share * over / (over + floors_half);
    const auto scale = static_cast<float>(weight / std::sqrt(dot(found, found)));
    for (std::size_t k = 0; k < shapes; ++k) {
        const auto& direction = tables().directions[c * shapes_max + k];
        const float by = scale * found[k];
        for (std::size_t i = 0; i < signs; ++i) sum[i] += by * direction[i];
    }
    return weight;
}

Window window_of(const Projection& sum) {
    Window out{0, {}, true};
    std::array<std::uint8_t, signs> order;
    std::size_t keys = 0;
    for (std::size_t i = 0; i < signs; ++i) {
        out.signs |= std::uint64_t{sum[i] > 0} << i;
        if ((key_mask >> i & 1U) != 0) order[keys++] = static_cast<std::uint8_t>(i);
    }
    std::partial_sort(order.begin(), order.begin() + unsure_max, order.begin() + keys,
                      [&](auto a, auto b) { return std::abs(sum[a]) < std::abs(sum[b]); });
    std::copy_n(order.begin(), unsure_max, out.unsure.begin());
    return out;
}

struct Sum {
    Projection projection{};
    bool tells = false;
};

/// A trace's windows, made as they are asked for.
class Windower {
public:
    explicit Windower(const Trace& trace)
        : singles(trace.rows() < window_rows ? 0 : trace.rows() - window_rows + 1),
          pairs(singles <= pair_rows ? 0 : singles - pair_rows) {
        const auto columns = evidence_of(trace);
        for (std::size_t c = 0; c < channels.size(); ++c) series_[c].assign(columns[c].begin(), columns[c].end());
    }

    Sum sum(std::size_t at) const {
        Sum out;
        double weight = 0;
        for (std::size_t c = 0; c < channels.size(); ++c) {
            if (series_[c].empty()) continue;
            const auto values = std::span(series_[c]).subspan(at, window_rows);
            weight += channels[c].slowed ? add_channel<shapes_of_gas>(c, values, out.projection)
                                         : add_channel<shapes_max>(c, values, out.projection);
        }
        out.tells = weight >= weight_min;
        return out;
    }

    const std::size_t singles, pairs;

private:
    std::array<std::vector<float>, channels.size()> series_;
};

Window single(const Sum& sum) { return sum.tells ? window_of(sum.projection) : Window{}; }

Window paired(const Sum& first, const Sum& second) {
    if (!first.tells || !second.tells) return {};
    auto both = first.projection;
    std::copy(second.projection.begin() + signs / 2, second.projection.end(), both.begin() + signs / 2);
    return window_of(both);
}

}  // namespace

Windows windows_of(const Trace& trace) {
    const Windower windower(trace);
    std::vector<Sum> sums;
    for (std::size_t at = 0; at < windower.singles; ++at) sums.push_back(windower.sum(at));
    Windows out;
    for (const auto& sum : sums) out.single.push_back(single(sum));
    for (std::size_t at = 0; at < windower.pairs; ++at) out.paired.push_back(paired(sums[at], sums[at + pair_rows]));
    return out;
}

Sketch sketch_of(const Trace& trace) {
    const Windower windower(trace);
    Sketch out;
    out.paired = trace.rows() >= long_rows;
    const auto count = out.paired ? windower.pairs : windower.singles;
    if (count == 0) return out;
    out.stride = static_cast<std::uint16_t>(std::max(stride_min, (count - 1) / (sketch_windows_max - 1)));
    for (std::size_t i = 0; i < sketch_windows_max && i * out.stride < count; ++i) {
        const auto at = i * out.stride;
        const auto window =
            out.paired ? paired(windower.sum(at), windower.sum(at + pair_rows)) : single(windower.sum(at));
        if (!window.tells) continue;
        out.signs[i] = window.signs;
        out.tells = static_cast<std::uint8_t>(out.tells | (1U << i));
    }
    return out;
}

}  // namespace imloop::loop::traces
