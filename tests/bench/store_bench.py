#!/usr/bin/env python3
"""A made-up year into a hub on each engine, in one run: records a second, bytes a record by view and table, memory, time to start.
Prints a table; --json FILE for programs. Needs hub and imloop_sim built; what is compared was built the same way and ran side by side.
    tests/bench/store_bench.py --bin build/release/bin --tests 20000
Bytes are those of tables and their indexes; process data (traces and what is drawn from them) stand by themselves."""
import argparse
import contextlib
import json
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgres  # noqa: E402

TRACES = ("traces", "trace_figures", "watch_trace_facts", "watch_trace_matches")


def group_of(table):
    if table in TRACES:
        return "process data"
    if table == "segments":
        return "journal"
    return table.split("_")[0] if table.startswith(("loop_", "watch_")) else "rest"


class Bench:
    def __init__(self, args, folder):
        self.bin, self.args, self.folder = args.bin.resolve(), args, folder
        self.year = args.year or folder / "year"

    def run(self, program, *args):
        done = subprocess.run([self.bin / program, *map(str, args)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{program} {args}\n{done.stdout}{done.stderr}")
        return done.stdout

    def make_year(self):
        if not self.year.exists():
            self.run("imloop_sim", "--out", self.year, "--tests", self.args.tests, "--cheats", "default", "--cheat-rate", "0.01")
        return sum(line.startswith(b'{"schema"') for file in self.year.glob("**/*.ndjson") for line in file.open("rb"))

    @contextlib.contextmanager
    def serving(self, data):
        began = time.monotonic()
        process = subprocess.Popen([self.bin / "hub", "--data", data, "serve", "--port", "0", "--admin-port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            process.stdout.readline()
            yield process, time.monotonic() - began
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
            process.stdout.close()

    def measure(self, engine, server):
        data = self.folder / engine
        store = ("--store", server.url()) if server else ()
        hub = lambda *args: self.run("hub", "--data", data, *args)
        hub("init", *store)
        with self.serving(data) as (process, _):
            for s in json.loads((self.year / "stations.json").read_text()):
                more = ("--writes-for", "610400") if s["id"] == "B610400-01" else ()
                hub("station", "add", s["id"], "--name", s["name"], "--county", s["county"], "--valid-from", s["valid_from"], "--public-key", self.year / "keys" / f"{s['id']}.pub.pem", *more)
            began = time.monotonic()
            hub("import", self.year)
            imported = time.monotonic() - began
            hub("suspects", "list", "--limit", "1")
            watched = time.monotonic() - began
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peak_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        with self.serving(data) as (_, start_s):
            pass
        return {"import_s": imported, "watched_s": watched, "peak_mb": peak_kb / 1024, "start_s": start_s, "tables": self.tables(engine, data, server)}

    def tables(self, engine, data, server):
        """Bytes and rows of each."""
        if server:
            size = "SELECT relname, pg_total_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND nspname = 'public'"
            found = dict(line.rsplit("|", 1) for line in server.sql(size, "imloop").splitlines())
            return {name: (int(n), int(server.sql(f"SELECT COUNT(*) FROM {name}", "imloop"))) for name, n in found.items()}
        out = {}
        for file in (data / "hub.sqlite", data / "hub.watch.sqlite"):
            with contextlib.closing(sqlite3.connect(file)) as database:
                owner = dict(database.execute("SELECT name, tbl_name FROM sqlite_schema"))
                for name, n in database.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name"):
                    if (table := owner.get(name)) is None:
                        continue
                    rows = database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
                    out[table] = (out.get(table, (0, 0))[0] + n, rows)
        return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin", help="where the programs are")
    parser.add_argument("--tests", type=int, default=20000, help="of the year")
    parser.add_argument("--year", type=pathlib.Path, help="one that imloop_sim made before; made there where it is missing")
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--folder", type=pathlib.Path, help="to keep the hubs in")
    parser.add_argument("--json", type=pathlib.Path, help="where to write what was measured")
    args = parser.parse_args()
    out = {}
    with contextlib.ExitStack() as stack:
        folder = args.folder or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imloop-bench-")))
        bench = Bench(args, folder)
        records = bench.make_year()
        for engine in args.engines.split(","):
            server = None
            if engine == "postgres":
                if why := postgres.missing():
                    print(f"postgres: skipped, {why}", file=sys.stderr)
                    continue
                server = postgres.Server()
                stack.callback(server.close)
                server.sql("CREATE DATABASE imloop")
            out[engine] = bench.measure(engine, server)
    report(records, out)
    if args.json:
        args.json.write_text(json.dumps({"records": records, "engines": out}, indent=1))


def report(records, engines):
    print(f"{records} records")
    print(f"{'':24}" + "".join(f"{name:>14}" for name in engines))
    line = lambda words, of, form="{:14.0f}": print(f"{words:24}" + "".join(form.format(of(e)) for e in engines.values()))
    line("records/s, import", lambda e: records / e["import_s"])
    line("records/s, and watched", lambda e: records / e["watched_s"])
    line("peak memory, MB", lambda e: e["peak_mb"])
    line("start, s", lambda e: e["start_s"], "{:14.2f}")
    groups = ("journal", "loop", "watch", "rest", "process data")
    for group in groups:
        line(f"bytes a record: {group}", lambda e: sum(n for t, (n, _) in e["tables"].items() if group_of(t) == group) / records)
    line("all but process data", lambda e: sum(n for t, (n, _) in e["tables"].items() if group_of(t) != "process data") / records)
    for name, engine in engines.items():
        print(f"\n{name}: table, bytes a record, rows a record, bytes a row")
        for table, (n, rows) in sorted(engine["tables"].items(), key=lambda t: -t[1][0]):
            if n / records >= 1:
                print(f"  {table:32}{n / records:8.0f}{rows / records:8.2f}{n / max(rows, 1):8.0f}")


if __name__ == "__main__":
    main()
