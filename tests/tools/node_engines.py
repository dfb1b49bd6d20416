#!/usr/bin/env python3
"""Holds what a package-lock.json pins against the Node of Debian 12, and keeps registries' addresses out of it. node_engines.py LOCK…"""
import json
import re
import sys

NODE = (18, 20, 0)  # Debian 12 has 18.20.x
COMPARATOR = re.compile(r"(>=|>|<=|<|\^|~|=)?v?(\d+)(?:\.(\d+|x))?(?:\.(\d+|x))?$")


def compares(comparator):
    """Whether NODE is in `>=18`, `^18.12.0`, `20.x`, `*`; None: a form that is not known here."""
    if comparator in ("*", "x", ""):
        return True
    match = COMPARATOR.match(comparator)
    if not match:
        return None
    sign, given = match[1], [int(part) for part in match.groups()[1:] if part and part != "x"]
    low = tuple(given + [0] * (3 - len(given)))
    kept = 1 if sign == "^" else min(len(given), 2) if sign == "~" else len(given)  # places that stay the same
    high = low[: kept - 1] + (low[kept - 1] + 1,) + (0,) * (3 - kept)  # the first beyond what is named
    return {">=": low <= NODE, ">": NODE >= high, "<": NODE < low, "<=": NODE < high}.get(sign, low <= NODE < high)


def admits(spec):
    parts = [[compares(one) for one in re.sub(r"(>=|>|<=|<|\^|~|=)\s+", r"\1", part).split()] for part in spec.split("||")]
    return None if any(one is None for part in parts for one in part) else any(all(part) for part in parts)


FORMS = {">=4": True, ">=18": True, ">=20": False, "^18.12.0 || >=20": True, "^16.13.0 || >=20.5": False, "18.x": True,
         ">= 18.20.1": False, ">=14 <18": False, "<=18": True, ">18": False, "~18.19": False, "*": True, "18 - 20": None}
bad = [f"{spec}: this test reads it as {admits(spec)}" for spec, right in FORMS.items() if admits(spec) is not right]
for lock in sys.argv[1:]:
    with open(lock) as file:
        packages = json.load(file)["packages"]
    for name, package in packages.items():
        spec = package.get("engines", {}).get("node", "*")
        if not admits(spec):
            bad.append(f"{lock}: {name} {package['version']} wants Node {spec}, Debian 12 has {'.'.join(map(str, NODE[:2]))}")
        if "resolved" in package:
            bad.append(f"{lock}: {name} names where it came from: npm install --omit-lockfile-registry-resolved")
print("\n".join(bad) or "Debian 12's Node runs all of them")
sys.exit(1 if bad else 0)
