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
GROUPS = ("journal", "loop", "watch", "rest", "process data")


def group_of(table):
    if table in TRACES:
        return "process data"
    if table == "segments":
        return "journal"
    return table.split("_")[0] if table.startswith(("loop_", "watch_")) else "rest"


def bytes_of(tables, group):
    return sum(n for name, (n, _) in tables.items() if group_of(name) == group)


class Programs:
    def __init__(self, bin):
        self.bin = bin.resolve()

    def run(self, program, *args):
        done = subprocess.run([self.bin / program, *map(str, args)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{program} {args}\n{done.stdout}{done.stderr}")
        return done.stdout


class Year(Programs):
    """Made where it is missing."""

    def __init__(self, bin, folder, tests, *more):
        super().__init__(bin)
        self.folder = folder
        if not folder.exists():
            self.run("imloop_sim", "--out", folder, "--tests", tests, "--cheats", "default", "--cheat-rate", "0.01", *more)
        self.records = sum(line.startswith(b'{"schema"') for file in folder.glob("**/*.ndjson") for line in file.open("rb"))


class Hub(Programs):
    """A hub of its own, in files or, where there is a server, in a database of it."""

    def __init__(self, bin, data, server=None):
        super().__init__(bin)
        self.data, self.server, self.process = data, server, None
        if server:
            server.sql(f"CREATE DATABASE {data.name}")
        self.ask("init", *(("--store", server.url(data.name)) if server else ()))

    def ask(self, *args):
        return self.run("hub", "--data", self.data, *args)

    @contextlib.contextmanager
    def serving(self):
        """Gives how long it took to be ready."""
        began = time.monotonic()
        self.process = subprocess.Popen([self.bin / "hub", "--data", self.data, "serve", "--port", "0", "--admin-port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            if not self.process.stdout.readline():
                sys.exit(f"the hub in {self.data} did not start")
            yield time.monotonic() - began
        finally:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
            self.process.stdout.close()

    def register(self, year):
        for s in json.loads((year.folder / "stations.json").read_text()):
            more = ("--writes-for", "610400") if s["id"] == "B610400-01" else ()
            self.ask("station", "add", s["id"], "--name", s["name"], "--county", s["county"], "--valid-from", s["valid_from"], "--public-key", year.folder / "keys" / f"{s['id']}.pub.pem", *more)

    def take(self, year):
        """How long until the year was there, and until the rules had seen it, too."""
        began = time.monotonic()
        self.ask("import", year.folder)
        imported = time.monotonic() - began
        self.ask("suspects", "list", "--limit", "1")
        return imported, time.monotonic() - began

    def peak_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024

    def tables(self):
        """Bytes and rows of each."""
        if self.server:
            size = "SELECT relname, pg_total_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND nspname = 'public'"
            found = dict(line.rsplit("|", 1) for line in self.server.sql(size, self.data.name).splitlines())
            return {name: (int(n), int(self.server.sql(f"SELECT COUNT(*) FROM {name}", self.data.name))) for name, n in found.items()}
        out = {}
        for file in (self.data / "hub.sqlite", self.data / "hub.watch.sqlite"):
            with contextlib.closing(sqlite3.connect(file)) as database:
                owner = dict(database.execute("SELECT name, tbl_name FROM sqlite_schema"))
                for name, n in database.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name"):
                    if (table := owner.get(name)) is None:
                        continue
                    rows = database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
                    out[table] = (out.get(table, (0, 0))[0] + n, rows)
        return out


def change(file, sql):
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute(sql)
        database.commit()


@contextlib.contextmanager
def server_of(engine):
    """A server of PostgreSQL; nothing for SQLite."""
    server = postgres.Server() if engine == "postgres" else None
    try:
        yield server
    finally:
        if server:
            server.close()


def engines_of(words):
    """Those that can be had here; of others it is said why not."""
    out = words.split(",")
    if "postgres" in out and (why := postgres.missing()):
        print(f"postgres: skipped, {why}", file=sys.stderr)
        out.remove("postgres")
    return out


@contextlib.contextmanager
def folder_of(kept):
    with contextlib.ExitStack() as stack:
        yield kept or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imloop-bench-")))


def measure(hub, year):
    with hub.serving():
        hub.register(year)
        imported, watched = hub.take(year)
        peak_mb = hub.peak_mb()
    with hub.serving() as start_s:
        pass
    return {"import_s": imported, "watched_s": watched, "peak_mb": peak_mb, "start_s": start_s, "tables": hub.tables()}


def arguments(words):
    parser = argparse.ArgumentParser(description=words, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin", help="where the programs are")
    parser.add_argument("--tests", type=int, default=20000, help="of the year")
    parser.add_argument("--year", type=pathlib.Path, help="one that imloop_sim made before; made there where it is missing")
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--folder", type=pathlib.Path, help="to keep the hubs in")
    parser.add_argument("--json", type=pathlib.Path, help="where to write what was measured")
    return parser


def main():
    args = arguments(__doc__).parse_args()
    out = {}
    with folder_of(args.folder) as folder:
        year = Year(args.bin, args.year or folder / "year", args.tests)
        for engine in engines_of(args.engines):
            with server_of(engine) as server:
                out[engine] = measure(Hub(args.bin, folder / f"hub_{engine}", server), year)
    report(year.records, out)
    if args.json:
        args.json.write_text(json.dumps({"records": year.records, "engines": out}, indent=1))


def report(records, engines):
    print(f"{records} records")
    print(f"{'':24}" + "".join(f"{name:>14}" for name in engines))
    line = lambda words, of, form="{:14.0f}": print(f"{words:24}" + "".join(form.format(of(e)) for e in engines.values()))
    line("records/s, import", lambda e: records / e["import_s"])
    line("records/s, and watched", lambda e: records / e["watched_s"])
    line("peak memory, MB", lambda e: e["peak_mb"])
    line("start, s", lambda e: e["start_s"], "{:14.2f}")
    for group in GROUPS:
        line(f"bytes a record: {group}", lambda e: bytes_of(e["tables"], group) / records)
    line("all but process data", lambda e: sum(bytes_of(e["tables"], group) for group in GROUPS[:-1]) / records)
    for name, engine in engines.items():
        print(f"\n{name}: table, bytes a record, rows a record, bytes a row")
        for table, (n, rows) in sorted(engine["tables"].items(), key=lambda t: -t[1][0]):
            if n / records >= 1:
                print(f"  {table:32}{n / records:8.0f}{rows / records:8.2f}{n / max(rows, 1):8.0f}")


if __name__ == "__main__":
    main()
