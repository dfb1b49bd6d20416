// A station's own shape below the limit says what must lie above it. Its histogram is its peers', tilted: each bin at x
// has exp(a + b ln x) times the peers' count (the exponential tilt or density ratio model; Qin 1998). A cleaner fleet,
// an older one, an analyser a few per cent off are tilts, exactly so where readings are log-normal; failures made to
// pass are none: they leave a gap above the limit that the bins below do not know of.
#pragma once

#include <cstdint>
#include <span>

namespace imloop::loop::statistics {

struct Tilted {
    std::int64_t observed = 0;  ///< own counts above the limit
    double expected = 0;        ///< of the tilted peers there; 0 where the fit had too little to go by
    double variance = 0;        ///< of observed - expected by chance: own count, fit and peers
};

/// Bins of `width` from 0; the fit is by bins [from, limit), Poisson likelihood, Newton's method; `peers` does not
/// hold `own`. Without `own_min` own counts in the fit and as many of the peers on both sides nothing is expected.
Tilted above_limit(std::span<const std::int64_t> own, std::span<const std::int64_t> peers, double width,
                   std::size_t from, std::size_t limit, std::int64_t own_min = 50);

}  // namespace imloop::loop::statistics
