"""How each row of targets.py is measured: functions that give rows with their values, or with the reason why there is none."""
import copy
import functools
import http.client
import json
import pathlib
import re
import shutil
import signal
import statistics
import time

import store_bench
from store_bench import GROUPS, Hub, Programs, Year, bytes_of

BESIDE = ("verify", "rebuild", "sweep", "export", "backup", "twenty readers")


def timed(act, *args):
    began = time.monotonic()
    act(*args)
    return time.monotonic() - began


def percentile(times, share):
    return sorted(times)[min(int(share * len(times)), len(times) - 1)]


def request(hub, method, path, body=None):
    """At the operators' listener."""
    serving = json.loads((hub.data / "serving.json").read_text())
    connection = http.client.HTTPConnection("127.0.0.1", serving["admin_port"], timeout=60)
    try:
        connection.request(method, path, body and json.dumps(body), {"X-Admin-Token": serving["token"]})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(text.decode())
        return text
    finally:
        connection.close()


def admission(run):
    yield "admission, one core", 1000 * float(re.search(r"^admitted .* ([\d.]+) k/s", run.admission, re.M)[1])


def uploads(run):
    store = lambda name: ("--store", run.new_database(name)) if run.server else ()
    words = run.programs.run("imloop_bench", "--lines", run.args.tests // 10, "--size", 1, "--connections", 64, *store("single"))
    yield "single lines, 64 connections, p99", float(re.search(r"p99 ([\d.]+) ms", words)[1])
    words = run.programs.run("imloop_bench", "--lines", run.args.tests, "--size", 100, "--connections", 16, *store("segments"))
    rate = run.rates[run.engine] = float(re.search(r": ([\d.]+) lines/s", words)[1])
    yield "segments of 100 over TLS", rate
    raw = re.search(r"ratio ([\d.]+)", words)
    yield "segments of 100 over TLS, 16 connections, to raw", float(raw[1]) if raw else "raw is measured with SQLite"
    yield "segments of 100 over TLS, PostgreSQL to SQLite", rate / run.rates["sqlite"] if run.server and "sqlite" in run.rates else "is PostgreSQL's, beside SQLite"


def beside(run):
    store = ("--store", run.new_database("beside")) if run.server else ()
    words = run.programs.run("beside_bench", "--lines", run.args.tests, "--watch-rate", int(run.watch_rate), *store)
    found = {what: {name: float(ms) for name, ms in re.findall(r"(\w+) ([\d.]+) ms", times)} for what, times in re.findall(r"^(.*?): (.*)$", words, re.M)}
    for what in ("clearance at full load", "work-list page at full load"):
        for share in ("p50", "p99"):
            yield f"{what}, {share}", found[what][share]
    quiet = found["upload quiet"]["p99"]
    yield "upload quiet, p99", quiet
    for what in BESIDE:
        p99 = found[f"upload beside {what}"]["p99"]
        yield f"upload beside {what}, p99", p99
        yield f"upload beside {what}, p99 to quiet", p99 / quiet
    yield "behind the journal, at half of the watch's rate", found["behind the journal"]["most"] / 1000 if run.watch_rate else "the watch's rate was not measured"


def watch_anew(hub):
    """Seconds, from a start without anything that rules keep or that was drawn from process data."""
    if hub.server:
        hub.server.sql("DELETE FROM watch_cursor; DELETE FROM trace_figures", hub.data.name)
    else:
        for file in hub.data.glob("hub.watch.sqlite*"):
            file.unlink()
        store_bench.change(hub.data / "hub.sqlite", "DELETE FROM trace_figures")
    with hub.serving():
        return timed(hub.ask, "suspects", "list", "--limit", "1")


def peak_of(hub, command):
    """How long it takes, and the most memory meanwhile."""
    pathlib.Path(f"/proc/{hub.process.pid}/clear_refs").write_text("5")
    return timed(hub.ask, command), hub.peak_mb()


def stored(run):
    hub, year = Hub(run.args.bin, run.folder / f"hub_{run.engine}", run.server), run.year()
    with hub.serving():
        hub.register(year)
        imported, watched = hub.take(year)
        yield "import", year.records / imported
        yield "import and watch", year.records / watched
        yield "memory at the peak", hub.peak_mb()
        times = [1000 * timed(request, hub, "POST", "/admin/report", {"report": "counties", "from": "2025-01-01", "to": "2025-12-31", "as_of": "2025-12-31"}) for _ in range(200)]
        yield "all counties of a year, p50", percentile(times, 0.5)
        yield "all counties of a year, p99", percentile(times, 0.99)
        rebuild, rebuild_mb = peak_of(hub, "rebuild")
        yield "rebuild of the loop view", year.records / rebuild
        hub.ask("suspects", "list", "--limit", "1")  # begun anew, as the loop's rows were
        verify, verify_mb = peak_of(hub, "verify")
        yield "verify, time to a rebuild's", verify / rebuild
        yield "verify, memory to a rebuild's", verify_mb / rebuild_mb
    starts = []
    for _ in range(3):
        with hub.serving() as start_s:
            starts.append(start_s)
    yield "start to ready", statistics.median(starts)
    tables = hub.tables()
    room = {group: bytes_of(tables, group) / year.records for group in GROUPS[:-1]}
    yield "disk a record, without process data", sum(room.values())
    for group, n in room.items():
        yield f"disk a record: {group}", n
    run.watch_rate = year.records / watch_anew(hub)
    yield "watch alone", run.watch_rate


def traced(run):
    hub, year = Hub(run.args.bin, run.folder / f"traced_{run.engine}", run.server), run.traced_year()
    with hub.serving():
        hub.register(year)
        hub.take(year)
    csv = sum(file.stat().st_size for file in (year.folder / "traces").iterdir())
    yield "process data, of its CSV", hub.tables()["traces"][0] / csv
    yield "watch with process data", year.records / watch_anew(hub)


def takeover(run):
    if not run.server:
        yield "takeover after SIGKILL, the longest", "several hubs need PostgreSQL"
        return
    one = Hub(run.args.bin, run.folder / "takeover", run.server)
    other = copy.copy(one)
    other.data = run.folder / "takeover_too"
    shutil.copytree(one.data, other.data)
    writes = lambda hub: b"imloop_writes 1\n" in request(hub, "GET", "/metrics")
    took = []
    for _ in range(run.args.kills):
        with one.serving(), other.serving():
            killed, left = (one, other) if writes(one) else (other, one)
            killed.process.send_signal(signal.SIGKILL)
            began = time.monotonic()
            while not writes(left):
                time.sleep(0.01)
            took.append(time.monotonic() - began)
    yield "takeover after SIGKILL, the longest", max(took)


# What is measured together, and the beginnings of the rows that it gives; in an order in which each has what it needs.
MEASURED = [
    (admission, ("admission",)),
    (uploads, ("segments", "single")),
    (stored, ("import", "memory at", "all counties", "rebuild", "verify", "start", "disk", "watch alone", "behind")),
    (traced, ("process data", "watch with")),
    (beside, ("clearance", "work-list", "upload", "behind")),
    (takeover, ("takeover",)),
]


class Run:
    """What the measurements share."""

    def __init__(self, args, folder):
        self.args, self.folder, self.programs = args, folder, Programs(args.bin)
        self.rates, self.watch_rate, self.engine, self.server = {}, 0, None, None

    @functools.cached_property
    def admission(self):
        """No engine has a part in it."""
        return self.programs.run("admission_bench", self.args.tests)

    def year(self):
        return Year(self.args.bin, self.args.year or self.folder / "year", self.args.tests)

    def traced_year(self):
        """Of tests whose seconds are all handed in."""
        return Year(self.args.bin, self.folder / "traced_year", self.args.tests // 5, "--trace-share", "1")

    def new_database(self, name):
        self.server.sql(f"CREATE DATABASE {name}")
        return self.server.url(name)

    def of_engine(self, engine, wanted):
        found = {}
        with store_bench.server_of(engine) as server:
            self.engine, self.server, self.watch_rate = engine, server, 0
            for measure, beginnings in MEASURED:
                rows = [row for row in wanted if row.startswith(beginnings)]
                try:
                    for row, value in measure(self) if rows else ():
                        found[row] = value
                except FileNotFoundError as e:
                    found |= {row: f"{pathlib.Path(e.filename).name} is not built" for row in rows if row not in found}
                except (RuntimeError, SystemExit) as e:  # what was measured before it is told all the same
                    found |= {row: f"failed: {' '.join(str(e).split())}" for row in rows if row not in found}
        return found
