"""Runs the built programs on folders of their own, and stops what it started."""
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import time
import http.client
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["IMLOOP_BIN_DIR"])


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
        done = subprocess.run([BIN / program, *map(str, args)], capture_output=True, text=True, timeout=120, **more)
        self.assertEqual(done.returncode, expect, f"{program} {args}\n{done.stdout}\n{done.stderr}")
        return done.stdout if expect == 0 else done.stdout + done.stderr

    def hub(self, *args, name="hub", **more):
        return self.call("hub", "--data", self.dir / name, *args, **more)

    def station(self, id, *args, **more):
        return self.call("m_station" if id.startswith("M") else "i_station", "--config", self.dir / id / "station.toml", *args, **more)

    def start(self, program, *args):
        process = subprocess.Popen([BIN / program, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.running.append(process)
        return process

    def serve(self, port=0, name="hub"):
        """Starts the hub and waits until it says so."""
        process = self.start("hub", "--data", self.dir / name, "serve", "--port", port, "--admin-port", 0)
        line = process.stdout.readline()
        self.assertIn("https://", line)
        self.port = json.loads((self.dir / name / "serving.json").read_text())["port"]
        return process

    def add(self, id, port, name="hub", **more):
        self.hub("station", "add", id, "--name", id, "--valid-from", "2024-01-01", "--out", self.dir / id, "--url", f"https://127.0.0.1:{port}", name=name, **more)

    def request(self, method, path, body=b"", bundle=None, headers=None, raw=False):
        """(status, parsed body) of a request with a station's certificate, or none."""
        context = ssl.create_default_context(cafile=str(self.dir / "hub" / "ca.cert.pem"))
        context.check_hostname = False
        if bundle:
            context.load_cert_chain(self.dir / bundle / "station.cert.pem", self.dir / bundle / "station.key.pem")
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=40)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, text if raw else json.loads(text)
        finally:
            connection.close()


def inspection(station, number, verdict="fail", plate=None):
    at = "2026-03-02T09:00:00+08:00"
    out = {"schema": "imloop/inspection/1", "record_id": f"01940000-0000-7000-8000-{number:012d}", "station_id": station, "occurred_at": at,
           "vehicle": {"plate": plate or f"陕D{number % 100000:05d}", "plate_kind": "02"}, "report_no": f"R{number}", "line_id": "1", "inspector_id": "A1",
           "reason": "periodic", "started_at": at, "ended_at": at, "method": "obd_only", "readings": [], "verdict": verdict}
    if verdict == "fail":
        out["failed_items"] = ["obd"]
    return out
