#!/usr/bin/env python3
"""compare.py REPORT.json ORACLE.json: every figure of `hub report counties --json` against the oracle's, counts exactly and
fractions to twelve digits (sums of floats may differ in the last bit)."""
import json
import sys


def same(a, b):
    return abs(a - b) <= 1e-12 if isinstance(a, float) and isinstance(b, float) else a == b and type(a) is type(b)


report, oracle = (json.load(open(name))["rows"] for name in sys.argv[1:3])
differences = [f"{a['county']}/{b['county']} {k}: hub {a.get(k)} oracle {b[k]}" for a, b in zip(report, oracle) for k in b if not same(a.get(k), b[k])]
if len(report) != len(oracle):
    differences.append(f"{len(report)} rows, the oracle has {len(oracle)}")
print("\n".join(differences) or f"{len(report)} counties agree in every figure")
sys.exit(1 if differences else 0)
