#!/usr/bin/env python3
"""Works out what loop/statistics must give, by other ways than the program's: exact fractions, long decimals, Newton's
method, brute force. expected_statistics.py > expected_statistics.json; the test reads the file that is committed."""
import json
import math
from decimal import Decimal, getcontext
from fractions import Fraction
from statistics import NormalDist, median

getcontext().prec = 80


def ln(fraction):
    return float((Decimal(fraction.numerator) / Decimal(fraction.denominator)).ln())


def binomial(n, p, values):
    return sum((math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in values), Fraction(0))


def poisson(mean, values):
    m = Decimal(mean)
    return sum((m**k / Decimal(math.factorial(k)) for k in values), Decimal(0)) * (-m).exp()


def tails():
    out = {"binomial": [], "poisson": []}
    for k, n, p in [(3, 10, "3/10"), (0, 4000, "1/10"), (300, 2000, "1/10"), (160, 2000, "1/10"), (2000, 2000, "1/2"),
                    (1, 1, "1/100"), (57, 60, "17/20"), (9, 10, "999/1000")]:
        p = Fraction(p)
        out["binomial"].append({"k": k, "n": n, "p": float(p), "at_most": ln(binomial(n, p, range(k + 1))),
                                "at_least": ln(binomial(n, p, range(k, n + 1)))})
    for k, mean in [(0, 3), (7, 3), (2, 30), (400, 200), (199, 200), (1, "0.001")]:
        low = poisson(mean, range(k + 1))
        high = poisson(mean, range(k, k + 1200))
        out["poisson"].append({"k": k, "mean": float(mean), "at_most": float(low.ln()), "at_least": float(high.ln())})
    return out


def false_discovery():
    """The example of section 3.2 of the paper: fifteen hypotheses on thrombolysis, four rejected at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
         0.7590, 1.0]
    q = [min(p[j] * len(p) / (j + 1) for j in range(i, len(p))) for i in range(len(p))]
    return {"p": p, "q": q}


def shrinkage():
    """Lip cancer in the 56 districts of Scotland, 1975-1980: the data of the paper."""
    observed = [9, 39, 11, 9, 15, 8, 26, 7, 6, 20, 13, 5, 3, 8, 17, 9, 2, 7, 9, 7, 16, 31, 11, 7, 19, 15, 7, 10, 16, 11,
                5, 3, 7, 8, 11, 9, 11, 8, 6, 4, 10, 8, 2, 6, 19, 3, 2, 3, 28, 6, 1, 1, 1, 1, 0, 0]
    expected = [1.4, 8.7, 3.0, 2.5, 4.3, 2.4, 8.1, 2.3, 2.0, 6.6, 4.4, 1.8, 1.1, 3.3, 7.8, 4.6, 1.1, 4.2, 5.5, 4.4,
                10.5, 22.7, 8.8, 5.6, 15.5, 12.5, 6.0, 9.0, 14.4, 10.2, 4.8, 2.9, 7.0, 8.5, 12.3, 10.1, 12.7, 9.4, 7.2,
                5.3, 18.8, 15.8, 4.3, 14.6, 50.7, 8.2, 5.6, 9.3, 88.7, 19.6, 3.4, 3.6, 5.7, 7.0, 4.2, 1.8]
    # The two moment equations hold together: solved for nu by bisection for each alpha, then for alpha by bisection.
    n = len(observed)

    def theta(nu, alpha):
        return [(o + nu) / (e + alpha) for o, e in zip(observed, expected)]

    def solve(f, low, high):
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if f(middle) > 0 else (low, middle)
        return (low + high) / 2

    def nu_of(alpha):
        return solve(lambda nu: sum(theta(nu, alpha)) / n - nu / alpha, 1e-9, 1e4)

    def gap(alpha):
        nu = nu_of(alpha)
        variance = sum((1 + alpha / e) * (t - nu / alpha) ** 2 for t, e in zip(theta(nu, alpha), expected)) / (n - 1)
        return variance - nu / alpha**2

    alpha = solve(lambda a: -gap(a), 0.1, 10)
    # Gamma of whole shape k: P(X < x) is P(Poisson(rate x) >= k).
    quantiles = []
    for shape, rate, share in [(1, 1, 0.05), (12, 9.5, 0.05), (12, 9.5, 0.95), (240, 200, 0.05)]:
        at = solve(lambda x: share - (1 - float(poisson(Decimal(rate) * Decimal(x), range(shape)))), 0, 50)
        quantiles.append({"shape": shape, "rate": rate, "share": share, "at": at})
    return {"observed": observed, "expected": expected, "shape": nu_of(alpha), "rate": alpha, "quantiles": quantiles}


def type7(values, share):
    s = sorted(values)
    at = share * (len(s) - 1)
    low = math.floor(at)
    return s[low] + (at - low) * (s[min(low + 1, len(s) - 1)] - s[low])


def funnel():
    values = [0.3, -0.1, 0.05, 0.45, -0.6, 0.2, -0.25, 0.12, -0.02, -1.9, 0.33, -0.41]
    errors = [0.1, 0.08, 0.2, 0.15, 0.12, 0.05, 0.09, 0.3, 0.11, 0.1, 0.25, 0.07]
    c = NormalDist().inv_cdf(0.9)
    # E min(Z^2, c^2) by Simpson's rule up to c, beyond which it is flat.
    steps = 20000
    h = c / steps
    weights = [1] + [4, 2] * ((steps - 2) // 2) + [4, 1]
    scale = 2 * h / 3 * sum(w * (i * h) ** 2 * NormalDist().pdf(i * h) for i, w in enumerate(weights)) + 0.2 * c * c
    centre = median(values)

    def phi(tau2):
        z = [(v - centre) / math.sqrt(e * e + tau2) for v, e in zip(values, errors)]
        low, high = type7(z, 0.1), type7(z, 0.9)
        return sum(min(max(v, low), high) ** 2 for v in z) / len(z) / scale

    low, high = 0.0, 100.0
    for _ in range(200):
        tau2 = (low + high) / 2
        low, high = (tau2, high) if phi(tau2) > 1 else (low, tau2)
    half = NormalDist().inv_cdf(0.999) * math.sqrt(0.01 + tau2)
    return {"values": values, "errors": errors, "centre": centre, "phi": phi(0), "tau2": tau2, "scale": scale,
            "alarm_low": centre - half, "alarm_high": centre + half}


def regular_solution(a, b):
    n = len(b)
    rows = [list(r) + [v] for r, v in zip(a, b)]
    for i in range(n):
        pivot = next(r for r in range(i, n) if rows[r][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for r in range(n):
            if r != i:
                rows[r] = [v - rows[r][i] * w for v, w in zip(rows[r], rows[i])]
    return [r[n] for r in rows]


def bunching():
    bins, begin, end, degree = [40, 52, 61, 55, 49, 44, 38, 33, 29, 71, 12, 20, 15, 11, 9], 9, 11, 3
    # Fitted exactly, in powers of the bin itself; the variance from the response to one more count in each bin.
    outside = [i for i in range(len(bins)) if not begin <= i < end]
    a = [[Fraction(sum(i ** (r + c) for i in outside)) for c in range(degree + 1)] for r in range(degree + 1)]

    def predicted(counts):
        fit = regular_solution(a, [Fraction(sum(counts[i] * i**r for i in outside)) for r in range(degree + 1)])
        return sum(f * i**r for r, f in enumerate(fit) for i in range(begin, end))

    expected = predicted(bins)
    variance = sum(predicted([int(i == j) for i in range(len(bins))]) ** 2 * bins[j] for j in outside)
    return {"bins": bins, "from": begin, "to": end, "degree": degree, "observed": sum(bins[begin:end]),
            "expected": float(expected), "error": math.sqrt(expected + variance)}


def digits():
    own = [30, 8, 9, 11, 10, 25, 9, 12, 8, 10]
    peers = [1010, 990, 1005, 995, 1002, 998, 1000, 1000, 1003, 997]
    n, m = sum(own), sum(peers)
    chi = g = distance = 0.0
    for a, b in zip(own, peers):
        for v, size in ((a, n), (b, m)):
            e = size * (a + b) / (n + m)
            chi += (v - e) ** 2 / e
            g += 2 * v * math.log(v / e)
        p, q = a / n, b / m
        distance += (p * math.log2(2 * p / (p + q)) + q * math.log2(2 * q / (p + q))) / 2
    # An even freedom has a closed form: exp(-x/2) sum (x/2)^i / i!.
    p8 = math.exp(-10) * sum(10**i / math.factorial(i) for i in range(4))
    return {"own": own, "peers": peers, "chi_square": chi, "g": g, "distance": distance, "p_of_20_at_8": p8}


def change_point():
    values = [1.0, 1.2, 0.9, 1.1, 1.05, 0.95, 1.0, 1.15, 0.5, 0.6, 0.45, 0.55, 0.62, 0.5]
    weights = [10, 12, 8, 11, 9, 10, 13, 7, 10, 9, 12, 11, 8, 10]
    n, total = len(values), sum(weights)
    variance = sum((values[i] - values[i - 1]) ** 2 / (1 / weights[i] + 1 / weights[i - 1]) for i in range(1, n)) / (n - 1)
    best = None
    for at in range(1, n):
        w = sum(weights[:at])
        if not 0.1 <= w / total <= 0.9:
            continue
        before = sum(x * y for x, y in zip(values[:at], weights)) / w
        after = sum(x * y for x, y in zip(values[at:], weights[at:])) / (total - w)
        z = (after - before) / math.sqrt(variance * (1 / w + 1 / (total - w)))
        if best is None or abs(z) > abs(best["z"]):
            best = {"at": at, "before": before, "after": after, "z": z}
    b = abs(best["z"])
    density = NormalDist().pdf(b)
    best["p"] = min(1, (b - 1 / b) * density * math.log((0.9 * 0.9) / (0.1 * 0.1)) + 4 * density / b)
    return {"values": values, "weights": weights, **best}


def pairs():
    """Logistic regression on row and column by Newton's method."""
    cells = [(0, 0, 40, 50), (0, 1, 18, 30), (0, 2, 9, 20), (1, 0, 33, 40), (1, 1, 48, 50), (2, 0, 22, 30), (2, 2, 14, 25),
             (2, 1, 16, 25)]
    width = 5  # intercept, rows 1 and 2, columns 1 and 2
    design = [[1.0, float(r == 1), float(r == 2), float(c == 1), float(c == 2)] for r, c, _, _ in cells]
    beta = [0.0] * width
    for _ in range(50):
        p = [1 / (1 + math.exp(-sum(b * x for b, x in zip(beta, row)))) for row in design]
        score = [sum((y - n * q) * row[j] for (_, _, y, n), q, row in zip(cells, p, design)) for j in range(width)]
        information = [[sum(n * q * (1 - q) * row[i] * row[j] for (_, _, _, n), q, row in zip(cells, p, design))
                        for j in range(width)] for i in range(width)]
        beta = [b + s for b, s in zip(beta, regular_solution(information, score))]
    v = [n * q * (1 - q) for (_, _, _, n), q in zip(cells, p)]
    z = []
    for i, (r, c, y, n) in enumerate(cells):
        in_row = v[i] / sum(w for w, cell in zip(v, cells) if cell[0] == r)
        in_column = v[i] / sum(w for w, cell in zip(v, cells) if cell[1] == c)
        z.append((y - n * p[i]) / math.sqrt(v[i] * (1 - in_row) * (1 - in_column)))
    return {"cells": cells, "expected": [n * q for (_, _, _, n), q in zip(cells, p)], "z": z}


def isotonic():
    values, weights = [1, 3, 2, 2.5, 6, 5, 5, 4, 8, 7.5], [1, 2, 1, 3, 1, 1, 2, 1, 4, 1]

    def mean(i, j):
        return sum(v * w for v, w in zip(values[i:j + 1], weights[i:j + 1])) / sum(weights[i:j + 1])

    n = len(values)
    fit = [max(min(mean(i, j) for j in range(k, n)) for i in range(k + 1)) for k in range(n)]
    return {"values": values, "weights": weights, "fit": fit}


parts = [tails, false_discovery, shrinkage, funnel, bunching, digits, change_point, pairs, isotonic]
print(json.dumps({part.__name__: part() for part in parts}, indent=1))
