#include "loop/statistics/strata.hpp"

namespace imloop::loop::statistics {

Stratum Stratum::margin(std::size_t kept) const {
    Stratum out;
    for (std::size_t i = 0; i < kept; ++i) out.codes[i] = codes[i];
    return out;
}

Share& Share::operator+=(const Share& s) {
    hits += s.hits;
    of += s.of;
    return *this;
}

Share Share::operator-(const Share& s) const { return {hits - s.hits, of - s.of}; }

void Strata::add(const Stratum& stratum, const Share& share) {
    for (std::size_t kept = 0; kept < levels_.size(); ++kept) levels_[kept][stratum.margin(kept)] += share;
}

Share Strata::at(const Stratum& stratum, std::size_t kept) const {
    const auto found = levels_[kept].find(stratum.margin(kept));
    return found == levels_[kept].end() ? Share{} : found->second;
}

double rate_without(const Strata& all, const Strata& own, const Stratum& stratum, double weight) {
    const Share others = all.total() - own.total();
    if (others.of <= 0) return 0;
    double rate = (static_cast<double>(others.hits) + 0.5) / (static_cast<double>(others.of) + 1);
    for (std::size_t kept = 1; kept <= Stratum::dimensions; ++kept) {
        const Share here = all.at(stratum, kept) - own.at(stratum, kept);
        rate = (static_cast<double>(here.hits) + weight * rate) / (static_cast<double>(here.of) + weight);
    }
    return rate;
}

Expected expected_without(const Strata& all, const Strata& own, double weight) {
    Expected out;
    for (const auto& [stratum, share] : own.cells()) {
        const double p = rate_without(all, own, stratum, weight);
        const double n = static_cast<double>(share.of);
        out.own += share;
        out.hits += n * p;
        out.variance += n * p * (1 - p);
        out.peers += (all.at(stratum, Stratum::dimensions) - share).of;
    }
    return out;
}

}  // namespace imloop::loop::statistics
