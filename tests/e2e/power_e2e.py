"""Power cuts at every write: each time the programs run under strace they are killed at their next system call that changes a
file or sends, the 1st, the 2nd, and so on until they come through. What was said to be saved is there, the database is whole,
and the hub holds every record once."""
import itertools
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import unittest

from archive_e2e import BRIDGE, CODE, NAME, PASSWORD, SHOP, Uploader, message
from programs import BIN, Programs, inspection

ID = "I610404-01"
WRITES = "pwrite64,write,fsync,fdatasync,ftruncate,rename,unlink,sendmsg,sendto"


def why_not():
    if not shutil.which("strace"):
        return "no strace"
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(killed_at(1, "touch", folder + "/x"), capture_output=True)
    return "" if done.returncode == 0 else "no tracing of processes here"


def killed_at(n, *command):
    """Of each thread, counted by itself."""
    return ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={WRITES}", "-e", f"inject={WRITES}:signal=SIGKILL:when={n}", *map(str, command)]


class Power(Programs):
    def setUp(self):
        super().setUp()
        self.hub("init")
        self.serve()

    def whole(self, id):
        with sqlite3.connect(self.dir / id / "data" / "outbox.sqlite", timeout=20) as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            return [row[0] for row in database.execute("SELECT record_id FROM lines ORDER BY seq")]

    def cut(self, n, *words):
        """Runs until its n-th write; what it said, and whether it came through."""
        done = subprocess.run(killed_at(n, BIN / "i_station", "--config", self.dir / ID / "station.toml", *words), capture_output=True, text=True, timeout=120)
        self.assertIn(done.returncode, (0, -signal.SIGKILL), done.stderr)
        return done.stdout, done.returncode == 0

    def test_a_station_that_saves_and_sends(self):
        self.add(ID, self.port)
        path = self.dir / "record.json"
        number, cuts, saved = 0, 0, []
        for words in (["submit", path], ["run", "--once"]):
            for n in itertools.count(1):
                number += 1
                path.write_text(json.dumps(inspection(ID, number)))
                if words[0] == "run":
                    self.station(ID, "submit", path)
                    saved.append(number)
                said, through = self.cut(n, *words)
                if "已保存" in said:
                    saved.append(number)
                cuts += not through
                there = self.whole(ID)
                self.assertEqual(len(there), len(set(there)))
                self.assertEqual([i for i in (inspection(ID, s)["record_id"] for s in saved) if i not in there], [])
                if through:
                    break
            self.assertGreater(n, 5)
        self.station(ID, "run", "--once")
        status = self.status(ID)
        self.assertEqual((status["accepted"], status["duplicate"], status["waiting"]), (status["lines"], 0, 0))
        self.hub_is_whole(ID, self.whole(ID))
        print(f"{cuts} cuts of a station")

    def test_a_bridge_that_takes_sends_and_hands_on(self):
        self.add(ID, self.port)
        self.hub("station", "add", BRIDGE, "--writes-for", "610404", "--out", self.dir / BRIDGE, "--valid-from", "2024-01-01", "--url", f"https://127.0.0.1:{self.port}")
        with open(self.dir / BRIDGE / "station.toml", "a") as more:
            more.write(f'\n[archive]\nport = 0\n[[archive.shop]]\nstation_id = "{SHOP}"\ncompany_code = "{CODE}"\ncompany_password = "{PASSWORD}"\n'
                       f'company_name = "{NAME}"\n[feed]\nfolder = "out"\n')
        answered, cuts = [], 0
        for n in itertools.count(1):
            process = subprocess.Popen(killed_at(n, BIN / "imloop-bridge", "--config", self.dir / BRIDGE / "station.toml", "run"), stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
            self.running.append(process)
            for line in process.stdout:
                if "archive interface" in line:
                    self.batch(int(line.rsplit(":", 1)[1].strip("/\n")), n, answered, process)
                    break
            through = process.poll() is None
            if through:
                os.kill(next(iter(self.children(process.pid))), signal.SIGTERM)
            process.wait(60)
            process.stdout.close()
            cuts += not through
            self.whole(BRIDGE)
            if through:
                break
        self.assertGreater(n, 10)
        self.station(BRIDGE, "run", "--once")
        held = self.held(BRIDGE)
        numbers = [r["work_order_no"] for r in held]
        self.assertEqual(len(numbers), len(set(numbers)), "a record stands twice")
        self.assertEqual(set(answered) - set(numbers), set(), "an answered record is lost")
        self.hub_is_whole(BRIDGE, self.whole(BRIDGE))
        # Handed on: each at least once, and what a cut left of a line stays a line of its own.
        self.run_station(BRIDGE)
        self.wait(lambda: set(r["record_id"] for r in held) - self.handed_on(), set(), seconds=60)
        print(f"{cuts} cuts of a bridge")

    def batch(self, port, n, answered, process):
        """A shop's software sends two repairs, until they are with the hub or the power is gone."""
        try:
            shop = Uploader(port)
            for k in range(2):
                if shop.send(message(f"JS{n}-{k}"))["code"] == "1":
                    answered.append(f"JS{n}-{k}")
        except (OSError, ValueError, AssertionError):
            process.wait(60)
            return
        for _ in range(200):
            if process.poll() is not None or self.status(BRIDGE)["waiting"] == 0:
                return

    def children(self, pid):
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(p) for p in file.read().split()]

    def handed_on(self):
        out = set()
        for file in (self.dir / BRIDGE / "out").glob("*.ndjson"):
            for line in file.read_bytes().splitlines():
                try:
                    out.add(json.loads(line)["record"]["record_id"])
                except ValueError:
                    pass
        return out


if __name__ == "__main__":
    reason = why_not()
    if reason:
        print(f"SKIPPED: {reason}")
        raise SystemExit(77)
    unittest.main(verbosity=2)
