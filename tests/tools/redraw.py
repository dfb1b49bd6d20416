#!/usr/bin/env python3
"""Runs a published draw (双随机) again from its document alone, sharing no code with the hub: redraw.py FILE.
Exit code 0 where the result is the same, 1 with both where it is not."""
import hashlib
import json
import math
import sys


def chance(seed, part, a, b=""):
    digest = hashlib.sha256(f"imloop/draw/1\n{seed}\n{part}\n{a}\n{b}".encode()).digest()
    return ((int.from_bytes(digest[:8], "big") >> 11) + 0.5) / 2**53


def redraw(d):
    seed, rest = d["seed"], {c["station_id"]: c for c in d["candidates"]}
    count = min(d["count"], len(rest))
    arms = {}
    for station in sorted(rest, key=lambda s: (chance(seed, "random", s), s))[: math.ceil(count * d["random_share_percent"] / 100)]:
        arms[station] = "random"
    left = [s for s in rest if s not in arms]
    for station in sorted(left, key=lambda s: (-math.log(chance(seed, "risk", s)) / rest[s]["weight"], s))[: count - len(arms)]:
        arms[station] = "risk"
    officers, load = d["officers"], {}
    load_max = math.ceil(count * d["officers_each"] / len(officers)) if officers else 0
    out = []
    for station in sorted(arms):
        free = [o["officer_id"] for o in officers if not {station, rest[station]["county"]} & set(o["conflicts"])]
        room = [o for o in free if load.get(o, 0) < load_max]
        pool = room if len(room) >= d["officers_each"] else free
        chosen = sorted(pool, key=lambda o: (chance(seed, "officer", station, o), o))[: d["officers_each"]]
        for o in chosen:
            load[o] = load.get(o, 0) + 1
        out.append({"station_id": station, "arm": arms[station], "officers": chosen})
    return out


if __name__ == "__main__":
    document = json.load(open(sys.argv[1], encoding="utf-8"))
    again = redraw(document)
    if again != document["drawn"]:
        print(json.dumps({"published": document["drawn"], "again": again}, ensure_ascii=False, indent=1))
        sys.exit(1)
    print(f"{len(again)} drawn, the same")
