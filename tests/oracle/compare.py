#!/usr/bin/env python3
"""compare.py REPORT.json ORACLE.json: every figure of `hub report counties --json` against the oracle's, to the digit."""
import json
import sys

report, oracle = (json.load(open(name))["rows"] for name in sys.argv[1:3])
differences = [f"{a['county']}/{b['county']} {k}: hub {a.get(k)} oracle {b[k]}" for a, b in zip(report, oracle) for k in b if a.get(k) != b[k]]
if len(report) != len(oracle):
    differences.append(f"{len(report)} rows, the oracle has {len(oracle)}")
print("\n".join(differences) or f"{len(report)} counties agree in every figure")
sys.exit(1 if differences else 0)
