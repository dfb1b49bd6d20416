"""Runs the built programs on folders of their own, and stops what it started."""
import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import http.client
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["IMLOOP_BIN_DIR"])
# Their runtime must be loaded before any other library, and probes memory through pipes, which takes descriptors.
SANITIZED = any(word in (BIN / "hub").read_bytes() for word in (b"__asan_init", b"__tsan_init"))
PATIENCE = 600 if SANITIZED else 120  # with a command, in seconds


def kills(usual):
    """How often a test kills at random: IMLOOP_KILLS says it for a longer run."""
    return int(os.environ.get("IMLOOP_KILLS", usual))


def program_of(id):
    """A folder of another name is an inspection station's."""
    return {"M": "m_station", "B": "imloop-bridge"}.get(id[0], "i_station")


class Programs(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="imloop-e2e-"))
        self.running = []

    def tearDown(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def call(self, program, *args, expect=0, **more):
        done = subprocess.run([BIN / program, *map(str, args)], capture_output=True, text=True, timeout=PATIENCE, **more)
        self.assertEqual(done.returncode, expect, f"{program} {args}\n{done.stdout}\n{done.stderr}")
        return done.stdout if expect == 0 else done.stdout + done.stderr

    def hub(self, *args, name="hub", **more):
        return self.call("hub", "--data", self.dir / name, *args, **more)

    def told(self, *args, name="hub"):
        """Whether a command asked at this hub was answered with success."""
        return subprocess.run([BIN / "hub", "--data", self.dir / name, *args], capture_output=True, timeout=PATIENCE).returncode == 0

    def station(self, id, *args, **more):
        return self.call(program_of(id), "--config", self.dir / id / "station.toml", *args, **more)

    def start(self, program, *args, stderr=subprocess.DEVNULL, **more):
        process = subprocess.Popen([BIN / program, *map(str, args)], stdout=subprocess.PIPE, stderr=stderr, text=True, **more)
        self.running.append(process)
        return process

    def stop(self, process, how=signal.SIGTERM):
        process.send_signal(how)
        return process.wait(60)

    def serve(self, port=0, name="hub", **more):
        """Starts the hub and waits until it says so."""
        process = self.start("hub", "--data", self.dir / name, "serve", "--port", port, "--admin-port", 0, **more)
        line = process.stdout.readline()
        self.assertIn("https://", line)
        self.port = json.loads((self.dir / name / "serving.json").read_text())["port"]
        return process

    def metric(self, figure, name="hub"):
        """What the hub tells Prometheus; nothing where it can't."""
        port = json.loads((self.dir / name / "serving.json").read_text())["admin_port"]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/metrics")
            found = re.search(rf"^{figure} (\d+)$", connection.getresponse().read().decode(), re.M)
            return int(found[1]) if found else None
        finally:
            connection.close()

    def writes(self, name="hub"):
        """Whether this hub is the one that writes."""
        return self.metric("imloop_writes", name) == 1

    def add(self, id, port, name="hub", **more):
        self.hub("station", "add", id, "--name", id, "--valid-from", "2024-01-01", "--out", self.dir / id, "--url", f"https://127.0.0.1:{port}", name=name, **more)

    def start_station(self, id, **more):
        """Its service; a local page at any port, for two stations of one PC can't share one."""
        page = () if id.startswith("B") else ("--page-port", 0)
        return self.start(program_of(id), "--config", self.dir / id / "station.toml", "run", *page, **more)

    def run_station(self, id, **more):
        """Likewise, with its local page when it is there."""
        process = self.start_station(id, **more)
        return process, None if id.startswith("B") else Page(self.dir / id, process)

    def wait(self, what, wanted, seconds=30):
        end = time.monotonic() + seconds
        while (found := what()) != wanted and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(found, wanted)

    def file_of(self, records):
        path = self.dir / "records.ndjson"
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records))
        return path

    def save(self, id, *records, **more):
        """Through the command line: durable when it returns."""
        return self.station(id, "submit", self.file_of(records), **more)

    def save_some(self, id, first, count):
        records = [inspection(id, n) for n in range(first, first + count)]
        self.save(id, *records)
        return [r["record_id"] for r in records]

    def status(self, id, **more):
        return json.loads(self.station(id, "status", "--json", **more))

    def held(self, source):
        """Records of a source as the hub holds them."""
        self.hub("export", self.dir / "export")
        return self.exported(source)

    def exported(self, source):
        file = self.dir / "export" / "journals" / f"{source}.ndjson"
        return [json.loads(line) for line in file.read_text().splitlines() if line.startswith('{"schema"')] if file.exists() else []

    def hub_is_whole(self, source, ids):
        """The hub holds exactly these records, each once, in their order, and everything it holds is proven."""
        self.assertEqual([r["record_id"] for r in self.held(source)], list(ids))
        verified = json.loads(self.hub("verify"))
        self.assertTrue(verified["clean"], verified)

    def request(self, method, path, body=b"", bundle=None, headers=None, raw=False, port=None):
        """(status, parsed body) of a request with a station's certificate, or none."""
        context = ssl.create_default_context(cafile=str(self.dir / "hub" / "ca.cert.pem"))
        context.check_hostname = False
        if bundle:
            context.load_cert_chain(self.dir / bundle / "station.cert.pem", self.dir / bundle / "station.key.pem")
        connection = http.client.HTTPSConnection("127.0.0.1", port or self.port, context=context, timeout=40)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, text if raw else json.loads(text)
        finally:
            connection.close()


class Page:
    """The local page of a station that runs, asked by another program of its PC."""

    def __init__(self, folder, process):
        while "local page" not in (line := process.stdout.readline()):
            if not line:
                raise AssertionError("no local page")
        self.port = int(line.rsplit(":", 1)[1].strip("/\n"))
        self.key = (folder / "data" / "page.key").read_text().strip()

    def ask(self, method, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, headers={"X-Imloop-Key": self.key})
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def band(self):
        """The word for how things stand, and why."""
        found = re.search(r'big-word.*?<span>([^<]+)</span>.*?<p>(.*?)</p>', self.ask("GET", "/status"), re.S)
        return found.group(1), found.group(2)

    def word(self):
        return self.band()[0]


class Clock:
    """A clock that runs on, but may be put elsewhere: libfaketime under the programs that are started with it. Pauses go by
    real time."""
    library = None if SANITIZED else next(iter(sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)

    def __init__(self, folder, seconds=0):
        self.forget_the_killed()
        self.file = folder / "clock"
        self.put(seconds)
        self.env = {**os.environ, "LD_PRELOAD": str(self.library), "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
                    "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}

    @staticmethod
    def forget_the_killed():
        """The library names a lock by the process: one that was killed holding it would stop the next of that number for ever."""
        for left in pathlib.Path("/dev/shm").glob("*faketime_*_*"):
            if not pathlib.Path("/proc", left.name.rsplit("_", 1)[1]).exists():
                left.unlink(missing_ok=True)

    def put(self, seconds):
        """So many seconds before or behind the real time."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        fresh.rename(self.file)
        self.seconds = seconds

    def moment(self):
        return time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(time.time() + self.seconds + 8 * 3600))


def inspection(station, number, verdict="fail", plate=None, at="2026-03-02T09:00:00+08:00"):
    out = {"schema": "imloop/inspection/1", "record_id": f"01940000-0000-7000-8000-{number:012d}", "station_id": station, "occurred_at": at,
           "vehicle": {"plate": plate or f"陕D{number % 100000:05d}", "plate_kind": "02"}, "report_no": f"R{number}", "line_id": "1", "inspector_id": "A1",
           "reason": "periodic", "started_at": at, "ended_at": at, "method": "obd_only", "readings": [], "verdict": verdict}
    if verdict == "fail":
        out["failed_items"] = ["obd"]
    return out


def fast_test(station, number, **more):
    """A test of no duration: too fast by any method."""
    return {**inspection(station, number, "pass", **more), "method": "two_speed_idle", "inspector_id": "A017",
            "readings": [{"item": "co", "phase": "idle", "value": 0.2, "unit": "%", "limit": 0.6, "passed": True}]}
