#!/usr/bin/env python3
"""Measures what capacity.py reckons with, on both engines, and writes it: bytes a record, CPU seconds a record, memory, the takeover.
    tests/bench/capacity_measured.py --bin build/release/bin --json tests/bench/capacity.json
CPU seconds are those of the hub and, of PostgreSQL, its server: they hardly depend on who else is at work. Only the takeover is by the clock.
Needs hub, imloop_sim and imloop_bench built."""
import json
import os
import pathlib
import re

import measures
import store_bench
from store_bench import GROUPS, TRACES, Hub, Year, bytes_of

TICKS = os.sysconf("SC_CLK_TCK")


def used_by(pid):
    """CPU seconds of a process and of its children that have ended."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0
    return sum(map(int, fields[11:15])) / TICKS


def used_by_server(server):
    first = server.process.pid
    return used_by(first) + sum(used_by(pid) for pid in pathlib.Path(f"/proc/{first}/task/{first}/children").read_text().split())


def used(hub):
    return used_by(hub.process.pid) + (used_by_server(hub.server) if hub.server else 0)


def cost(hub, act, *args):
    before = used(hub)
    act(*args)
    return used(hub) - before


def plain(run):
    """Of a year without process data."""
    year, hub = run.year(), Hub(run.args.bin, run.folder / f"hub_{run.engine}", run.server)
    out = {}
    with hub.serving():
        hub.register(year)
        out["import"] = year.records / cost(hub, hub.ask, "import", year.folder)
        hub.ask("suspects", "list", "--limit", "1")
        out["backup"] = year.records / max(cost(hub, hub.ask, "backup", run.folder / f"backup_{run.engine}.sqlite"), 1 / TICKS)
        rebuilt = cost(hub, hub.ask, "rebuild")
        out["rebuild"] = year.records / rebuilt
        hub.ask("suspects", "list", "--limit", "1")  # begun anew, as the loop's rows were
        out["verify_to_rebuild"] = cost(hub, hub.ask, "verify") / rebuilt
        out["peak_mb"] = hub.peak_mb()
    tables = hub.tables()
    out |= {f"{group}_bytes": bytes_of(tables, group) / year.records for group in GROUPS[:-1]}
    out["loop_rows"] = sum(rows for name, (_, rows) in tables.items() if name.startswith("loop_")) / year.records
    return out


def traced(run):
    """Of a year whose tests all hand in their seconds."""
    year, hub = run.traced_year(), Hub(run.args.bin, run.folder / f"traced_{run.engine}", run.server)
    with hub.serving():
        hub.register(year)
        hub.take(year)
        backup = run.folder / f"backup_traced_{run.engine}.sqlite"
        written = cost(hub, hub.ask, "backup", backup)
    files = list((year.folder / "traces").iterdir())
    csv, tables = sum(file.stat().st_size for file in files), hub.tables()
    out = {"trace_csv_bytes": csv / len(files), "trace_ratio": tables["traces"][0] / csv, "backup_traced_mb_s": backup.stat().st_size / 1e6 / max(written, 1 / TICKS)}
    out["trace_rows_bytes"] = sum(tables[name][0] for name in TRACES[1:] if name in tables) / len(files)
    if hub.server:
        hub.server.sql("DELETE FROM watch_cursor; DELETE FROM trace_figures", hub.data.name)
    else:
        for file in hub.data.glob("hub.watch.sqlite*"):
            file.unlink()
        store_bench.change(hub.data / "hub.sqlite", "DELETE FROM trace_figures")
    with hub.serving():
        out["watch_traced"] = year.records / cost(hub, hub.ask, "suspects", "list", "--limit", "1")
    return out


def uploads(run):
    """Lines of a segment each, hub and stations in one process: what both take for so many lines more."""
    of_all = lambda: sum(os.times()[2:4]) + (used_by_server(run.server) if run.server else 0)

    def cost_of(lines):
        store = ("--store", run.new_database(f"single_{lines}")) if run.server else ()
        before = of_all()
        run.programs.run("imloop_bench", "--lines", lines, "--size", 1, "--connections", 64, *store)
        return of_all() - before

    few, many = run.args.tests // 4, run.args.tests
    out = {"single_lines": (many - few) / (cost_of(many) - cost_of(few))}
    for _, value in measures.takeover(run) if run.server else ():
        out["takeover_s"] = value
    return out


def main():
    parser = store_bench.arguments(__doc__)
    parser.set_defaults(tests=5000)
    parser.add_argument("--kills", type=int, default=3, help="for the takeover")
    parser.add_argument("--on", help="the machine and the build, zh / en: kept beside the figures")
    args = parser.parse_args()
    out = {}
    with store_bench.folder_of(args.folder) as folder:
        run = measures.Run(args, folder)
        for engine in store_bench.engines_of(args.engines):
            with store_bench.server_of(engine) as server:
                run.engine, run.server = engine, server
                for measure in (uploads, plain, traced):
                    found = measure(run)
                    print(engine, json.dumps(found), flush=True)
                    for name, value in found.items():
                        out.setdefault(name, {})[engine] = value
    if args.json:
        kept = json.loads(args.json.read_text()) if args.json.exists() else {}
        kept |= {"on": args.on or kept.get("on", ""), "cores": os.cpu_count(), "tests": args.tests, "measured": out}
        args.json.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
