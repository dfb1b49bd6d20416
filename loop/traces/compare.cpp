#include "loop/traces/compare.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "loop/traces/evidence.hpp"

namespace imloop::loop::traces {
namespace {

/// Rows to either side of one whose mean and strength are taken.
constexpr std::size_t reach = 8;
/// Of the floor, at which a row counts half.
constexpr double row_floors_half = 4;
/// Of a channel's weight, below which it is left out.
constexpr double channel_weight_min = 0.04;

/// A channel with the method's shape taken out; 0 where it tells nothing.
struct Residual {
    std::vector<float> value;
    std::vector<float> square;  ///< sums of squares of all rows before
    std::vector<float> weight;  ///< sums of weights, likewise
};

/// Mean of `of` within reach of each row, of the values that are there; 0 where none is.
std::vector<double> means_around(const std::vector<double>& of) {
    std::vector<double> out(of.size());
    for (std::size_t i = 0; i < of.size(); ++i) {
        // As many rows on both sides, so that a slope leaves nothing at the ends.
        const auto side = std::min({reach, i, of.size() - 1 - i});
        double sum = 0;
        int count = 0;
        for (auto k = i - side; k <= i + side; ++k)
            if (!std::isnan(of[k])) {
                sum += of[k];
                ++count;
            }
        out[i] = count > 0 ? sum / count : 0;
    }
    return out;
}

Residual residual_of(const Channel& channel, std::span<const double> column) {
    const std::vector<double> values(column.begin(), column.end());
    const auto level = means_around(values);
    std::vector<double> rest(values.size()), square(values.size());
    for (std::size_t i = 0; i < rest.size(); ++i) {
        rest[i] = std::isnan(values[i]) ? 0 : values[i] - level[i];
        square[i] = rest[i] * rest[i];
    }
    Residual out{std::vector<float>(rest.size()), std::vector<float>(rest.size() + 1),
                 std::vector<float>(rest.size() + 1)};
    for (std::size_t i = 0; i < rest.size(); ++i) {
        const auto first = i < reach ? 0 : i - reach, last = std::min(rest.size(), i + reach + 1);
        double strength = 0;
        for (auto k = first; k < last; ++k) strength += square[k];
        strength /= static_cast<double>(last - first);
        const double held = strength + row_floors_half * floor_variance(channel, level[i]);
        out.value[i] = static_cast<float>(rest[i] / std::sqrt(held));
        out.square[i + 1] = out.square[i] + out.value[i] * out.value[i];
        out.weight[i + 1] = out.weight[i] + static_cast<float>(strength / held);
    }
    return out;
}

struct Pair {
    std::size_t channel;
    std::span<const double> a, b;  ///< the columns
    Residual first, second;
};

/// Rows [from, to) of the first lie over [from - lag, to - lag) of the second.
struct Lay {
    int lag;
    std::size_t from, to;
    std::size_t rows() const { return to - from; }
    std::size_t other(std::size_t row) const { return static_cast<std::size_t>(static_cast<int>(row) - lag); }
};

std::optional<Lay> lay_at(int lag, std::size_t first_rows, std::size_t second_rows) {
    const int from = std::max(0, lag), to = std::min(static_cast<int>(first_rows), static_cast<int>(second_rows) + lag);
    if (to - from < static_cast<int>(overlap_rows_min)) return std::nullopt;
    return Lay{lag, static_cast<std::size_t>(from), static_cast<std::size_t>(to)};
}

double part(const std::vector<float>& sums, std::size_t from, std::size_t to) { return sums[to] - sums[from]; }

double weight_of(const Pair& pair, const Lay& lay) {
    const double first = part(pair.first.weight, lay.from, lay.to),
                 second = part(pair.second.weight, lay.other(lay.from), lay.other(lay.to));
    const double share = channels[pair.channel].share;
    return share * share * std::min(first, second) / static_cast<double>(lay.rows());
}

double agreement_of(const Pair& pair, const Lay& lay) {
    float product = 0;
    const float* a = pair.first.value.data() + lay.from;
    const float* b = pair.second.value.data() + lay.other(lay.from);
    for (std::size_t i = 0; i < lay.rows(); ++i) product += a[i] * b[i];
    const double squares =
        part(pair.first.square, lay.from, lay.to) * part(pair.second.square, lay.other(lay.from), lay.other(lay.to));
    return squares > 0 ? std::clamp(product / std::sqrt(squares), -1.0, 1.0) : 0;
}

struct Total {
    double agreement = 0, evidence = 0;
};

Total total_at(const std::vector<Pair>& pairs, const Lay& lay) {
    Total out;
    for (const auto& pair : pairs) {
        const double weight = weight_of(pair, lay);
        if (weight < channel_weight_min) continue;
        out.evidence += weight;
        out.agreement += weight * agreement_of(pair, lay);
    }
    if (out.evidence > 0) out.agreement /= out.evidence;
    return out;
}

/// Bartlett 1935: two series whose neighbours correlate are worth as many rows as this.
double independent_rows(const Pair& pair, const Lay& lay) {
    const auto neighbours = [&](const Residual& of, std::size_t from) {
        double product = 0, square = 0;
        for (std::size_t i = 0; i + 1 < lay.rows(); ++i) {
            product += of.value[from + i] * of.value[from + i + 1];
            square += of.value[from + i] * of.value[from + i];
        }
        return square > 0 ? product / square : 0;
    };
    const double both = std::max(0.0, neighbours(pair.first, lay.from) * neighbours(pair.second, lay.other(lay.from)));
    return static_cast<double>(lay.rows()) * (1 - both) / (1 + both);
}

ChannelFit fit_of(const Pair& pair, const Lay& lay) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
    for (auto row = lay.from; row < lay.to; ++row) {
        const double a = pair.a[row], b = pair.b[lay.other(row)];
        if (std::isnan(a) || std::isnan(b)) continue;
        ++n;
        const double to_a = a - x, to_b = b - y;
        x += to_a / n;
        y += to_b / n;
        xx += to_a * (a - x);
        xy += to_a * (b - y);
        yy += to_b * (b - y);
    }
    ChannelFit out{channels[pair.channel].name, 0, y, 0, 0, agreement_of(pair, lay), weight_of(pair, lay)};
    if (xx > 0) {
        out.scale = xy / xx;
        out.offset = y - out.scale * x;
    }
    if (n > 0) out.residual = std::sqrt(std::max(0.0, yy - out.scale * xy) / n);
    if (xx > 0 && yy > 0) out.correlation = xy / std::sqrt(xx * yy);
    return out;
}

/// log10 of the upper tail of the normal distribution; far out, where erfc is 0, by its leading term.
double log10_tail(double z) {
    if (z < 30) return std::log10(0.5 * std::erfc(z / std::numbers::sqrt2));
    return -(z * z / 2 + std::log(z * std::sqrt(2 * std::numbers::pi))) / std::numbers::ln10;
}

std::vector<Pair> pairs_of(const Trace& first, const Trace& second) {
    std::vector<Pair> out;
    const auto a = evidence_of(first), b = evidence_of(second);
    for (std::size_t c = 0; c < channels.size(); ++c)
        if (!a[c].empty() && !b[c].empty())
            out.push_back({c, a[c], b[c], residual_of(channels[c], a[c]), residual_of(channels[c], b[c])});
    return out;
}

}  // namespace

std::optional<Comparison> compare(const Trace& first, const Trace& second, Lags tried) {
    const auto whole = pairs_of(first, second);
    std::optional<Lay> best;
    double lags = 0, best_score = 0;
    for (int lag = -lag_rows_max; lag <= lag_rows_max; ++lag) {
        const auto lay = lay_at(lag, first.rows(), second.rows());
        if (!lay) continue;
        ++lags;  // those that the caller left out were tried by whoever told him where to look
        if (lag < tried.from || lag > tried.to) continue;
        const auto total = total_at(whole, *lay);
        // More rows tell more, as Fisher's z grows with their root.
        const double score = total.agreement * std::sqrt(static_cast<double>(lay->rows()) * total.evidence);
        if (score <= best_score) continue;
        best = lay;
        best_score = score;
    }
    if (!best) return std::nullopt;
    // What was cut off must not tell: once more, of the rows that lie over each other alone.
    const auto over_first = first.cut(best->from, best->to),
               over_second = second.cut(best->other(best->from), best->other(best->to));
    const auto pairs = pairs_of(over_first, over_second);
    const Lay all{0, 0, best->rows()};
    const auto total = total_at(pairs, all);
    if (total.evidence < evidence_min) return std::nullopt;
    Comparison out{best->lag, best->rows(), total.agreement, total.evidence, 0, {}};
    double z = 0, weights = 0;
    for (const auto& pair : pairs) {
        out.channels.push_back(fit_of(pair, all));
        const auto& fit = out.channels.back();
        if (fit.weight < channel_weight_min) continue;
        const double free_rows = std::max(1.0, independent_rows(pair, all) - 3);
        z += fit.weight *
             (std::atanh(std::clamp(fit.agreement, -0.999, 0.999)) - std::atanh(channels[pair.channel].common)) *
             std::sqrt(free_rows);
        weights += fit.weight * fit.weight;
    }
    // Gases move together: as if all were one half of the way.
    const double spread = std::sqrt(weights + 0.5 * (total.evidence * total.evidence - weights));
    out.log10_chance = std::min(0.0, log10_tail(z / spread) + std::log10(lags));
    return out;
}

bool same(const Comparison& c) { return c.agreement >= agreement_min && c.log10_chance <= log10_chance_max; }

}  // namespace imloop::loop::traces
