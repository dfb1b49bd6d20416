#!/usr/bin/env python3
"""What is aimed at in speed and room, measured in one run on SQLite and PostgreSQL: a row a target, with what must be, what is aimed at, and which of
them is met. Asserts nothing. Marked by * is what depends on the machine; targets were set for 10 M records on two cores, the load beside the hub.
    tests/bench/targets.py --bin build/release/bin
Needs hub, imloop_sim, imloop_bench, beside_bench and admission_bench built."""
import json
from typing import NamedTuple

import store_bench
from measures import BESIDE, Run
from store_bench import GROUPS


class Target(NamedTuple):
    row: str
    unit: str
    must: float | None
    aim: float | None
    is_most: bool = False  # else at least so much
    is_ratio: bool = False


TARGETS = [
    Target("segments of 100 over TLS, 16 connections, to raw", "x", 0.40, 0.65, is_ratio=True),
    Target("segments of 100 over TLS, to the peer", "x", 1.2, 2, is_ratio=True),
    Target("segments of 100 over TLS, PostgreSQL to SQLite", "x", 1, 1.5, is_ratio=True),
    Target("segments of 100 over TLS", "lines/s", None, None),
    Target("single lines, 64 connections, to the peer", "x", 1, 1.7, is_ratio=True),
    Target("single lines, 64 connections, p99", "ms", 50, 25, True),
    Target("admission, one core", "lines/s", 100_000, 250_000),
    Target("import", "records/s", None, None),
    Target("import and watch", "records/s", None, None),
    Target("watch alone", "records/s", 3_000, 8_000),
    Target("watch with process data", "records/s", 2_000, 4_000),
    Target("behind the journal, at half of the watch's rate", "s", 5, 1, True),
    Target("rebuild of the loop view", "records/s", 8_000, 20_000),
    Target("start to ready", "s", 2, 0.3, True),
    Target("memory, 1 M traces known", "MB", 600, 300, True),
    Target("memory at the peak", "MB", 600, 300, True),
    Target("disk a record, without process data", "bytes", 1_000, 750, True),
    *(Target(f"disk a record: {group}", "bytes", most, None, True) for group, most in zip(GROUPS[:-1], (172, 310, 290, None))),
    Target("process data, of its CSV", "x", 0.12, 0.08, True, True),
    Target("clearance at full load, p50", "ms", None, None, True),
    Target("clearance at full load, p99", "ms", 5, 1, True),
    Target("work-list page at full load, p50", "ms", None, None, True),
    Target("work-list page at full load, p99", "ms", 15, 4, True),
    Target("all counties of a year, p50", "ms", None, None, True),
    Target("all counties of a year, p99", "ms", 30, 10, True),
    Target("upload quiet, p99", "ms", None, None, True),
    *(Target(f"upload beside {what}, p99", "ms", 100, None, True) for what in BESIDE),
    *(Target(f"upload beside {what}, p99 to quiet", "x", 2, 1.2, True, True) for what in BESIDE),
    Target("verify, time to a rebuild's", "x", 1.5, None, True, True),
    Target("verify, memory to a rebuild's", "x", 1.2, None, True, True),
    Target("takeover after SIGKILL, the longest", "s", 5, 1, True),
    Target("instructions a record", "", None, None),
]
OF_MACHINE = ("lines/s", "records/s", "s", "ms", "MB")
NOT_HERE = {
    "segments of 100 over TLS, to the peer": "there is no peer in tests/bench",
    "single lines, 64 connections, to the peer": "there is no peer in tests/bench",
    "memory, 1 M traces known": "a million traces are more than a run makes",
    "instructions a record": "tests/bench/instructions.py, a gate in the suite",
}


def met(target, value):
    if target.must is None:
        return ""
    reaches = lambda bound: bound is not None and (value <= bound if target.is_most else value >= bound)
    return "aim" if reaches(target.aim) else "must" if reaches(target.must) else "NOT"


def report(wanted, engines, out):
    number = lambda n: "" if n is None else f"{n:.0f}" if n >= 100 else f"{n:.2f}"
    print("* depends on the machine: compare ratios")
    print(f"{'':50}{'':>10}{'must':>8}{'aim':>8}" + "".join(f"{engine:>12}{'met':>6}" for engine in engines))
    for target in wanted:
        shown = "".join(f"{'-':>12}{'':6}" if isinstance(value, str) else f"{number(value):>12}{met(target, value):>6}" for value in (out[e][target.row] for e in engines))
        whys = sorted({f"{e}: {out[e][target.row]}" for e in engines if isinstance(out[e][target.row], str)})
        print(f"{target.row + (' *' if target.unit in OF_MACHINE and target.must else ''):50}{target.unit:>10}{number(target.must):>8}{number(target.aim):>8}{shown}" + (f"  {'; '.join(whys)}" if whys else ""))


def main():
    parser = store_bench.arguments(__doc__)
    parser.set_defaults(tests=3000)
    parser.add_argument("--only", action="append", help="rows with these words in their name; may be given several times")
    parser.add_argument("--kills", type=int, default=2, help="for the takeover")
    args = parser.parse_args()
    wanted = [target for target in TARGETS if not args.only or any(words in target.row for words in args.only)]
    engines = store_bench.engines_of(args.engines)
    with store_bench.folder_of(args.folder) as folder:
        run = Run(args, folder)
        out = {engine: run.of_engine(engine, [target.row for target in wanted if target.row not in NOT_HERE]) for engine in engines}
    for found in out.values():
        for target in wanted:
            found.setdefault(target.row, NOT_HERE.get(target.row, "not measured"))
    report(wanted, engines, out)
    if args.json:
        rows = [{**target._asdict(), **{e: {"not_measured": v} if isinstance(v := out[e][target.row], str) else {"value": v, "met": met(target, v)} for e in engines}} for target in wanted]
        args.json.write_text(json.dumps({"tests": args.tests, "rows": rows}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
