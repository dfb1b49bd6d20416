"""Power cuts at every write: each time the programs run under strace they are killed at their next system call that changes a
file or sends, the 1st, the 2nd, and so on until they come through. What was said to be saved is there, the database is whole,
and the hub holds every record once."""
import http.client
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
from programs import BIN, SANITIZED, Programs, inspection

ID = "I610404-01"
WRITES = ["pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "rename", "write", "sendmsg"]


def why_not():
    if SANITIZED:
        return "a sanitizer's leak check does not work under strace"
    if not shutil.which("strace"):
        return "no strace"
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(killed_at("unlink", 1, "touch", folder + "/x"), capture_output=True)
    return "" if done.returncode == 0 else "no tracing of processes here"


def killed_at(call, n, *command):
    """Before the n-th such call of any thread."""
    return ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={n}", *map(str, command)]


class Power(Programs):
    def setUp(self):
        super().setUp()
        self.hub("init")
        self.hub_process = self.serve()

    def whole(self, id):
        """The record ids in a copy of the outbox: the program itself finds it as the cut left it."""
        copy = self.dir / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for file in (self.dir / id / "data").glob("outbox.sqlite*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, copy)
        database = sqlite3.connect(copy / "outbox.sqlite")
        self.addCleanup(database.close)
        self.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        made = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'lines'").fetchone()
        return [row[0] for row in database.execute("SELECT record_id FROM lines ORDER BY seq")] if made else []

    def cut(self, call, n, *words):
        """What it said until then, and whether it came through."""
        done = subprocess.run(killed_at(call, n, BIN / "i_station", "--config", self.dir / ID / "station.toml", *words), capture_output=True, text=True, timeout=120)
        self.assertIn(done.returncode, (0, -signal.SIGKILL), done.stderr)
        return done.stdout, done.returncode == 0

    def test_a_station_that_saves_and_sends(self):
        self.add(ID, self.port)
        path = self.dir / "record.json"
        number, cuts, saved = 0, 0, []
        for words, call in itertools.product((["submit", path], ["run", "--once"]), WRITES):
            for n in itertools.count(1):
                number += 1
                path.write_text(json.dumps(inspection(ID, number)))
                if words[0] == "run":
                    self.station(ID, "submit", path)
                    saved.append(number)
                said, through = self.cut(call, n, *words)
                if "已保存" in said:
                    saved.append(number)
                there = self.whole(ID)
                self.assertEqual(len(there), len(set(there)))
                self.assertEqual([i for i in (inspection(ID, s)["record_id"] for s in saved) if i not in there], [])
                if through:
                    break
                cuts += 1
        self.assertGreater(cuts, 60)
        self.station(ID, "run", "--once")
        status = self.status(ID)
        self.assertEqual((status["accepted"], status["duplicate"], status["waiting"]), (status["lines"], 0, 0))
        self.hub_is_whole(ID, self.whole(ID))
        print(f"{cuts} cuts of a station")

    def test_a_bridge_that_takes_sends_and_hands_on(self):
        self.add(SHOP, self.port)
        self.hub("station", "add", BRIDGE, "--writes-for", "610404", "--out", self.dir / BRIDGE, "--valid-from", "2024-01-01", "--url", f"https://127.0.0.1:{self.port}")
        with open(self.dir / BRIDGE / "station.toml", "a") as more:
            more.write(f'\n[archive]\nport = 0\n[[archive.shop]]\nstation_id = "{SHOP}"\ncompany_code = "{CODE}"\ncompany_password = "{PASSWORD}"\n'
                       f'company_name = "{NAME}"\n[feed]\nfolder = "out"\n')
        answered = []
        self.cuts_of_a_bridge(["pwrite64", "write", "fsync", "rename", "sendmsg"], answered, sends=True)
        # Without the hub, whose uploads would otherwise always come first: cuts between saving and answering.
        self.stop(self.hub_process)
        self.cuts_of_a_bridge(["fdatasync", "sendmsg"], answered, sends=False)
        self.serve(self.port)
        self.station(BRIDGE, "run", "--once")
        held = self.held(BRIDGE)
        numbers = [r["work_order_no"] for r in held]
        self.assertEqual(len(numbers), len(set(numbers)), "a record stands twice")
        self.assertEqual(set(answered) - set(numbers), set(), "an answered record is lost")
        self.hub_is_whole(BRIDGE, self.whole(BRIDGE))
        # Handed on: each at least once, and what a cut left of a line stays a line of its own.
        self.run_station(BRIDGE)
        self.wait(lambda: set(r["record_id"] for r in held) - self.handed_on(), set(), seconds=60)
        print(f"{len(answered)} of {len(numbers)} repairs answered")
        self.assertGreater(len(answered), 16)
        self.assertGreater(len(numbers), len(answered), "no cut came between saving and answering")

    def cuts_of_a_bridge(self, calls, answered, sends):
        cuts = 0
        for call, n in self.points(calls):
            process = subprocess.Popen(killed_at(call, n, BIN / "imloop-bridge", "--config", self.dir / BRIDGE / "station.toml", "run"), stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
            self.running.append(process)
            through = False
            for line in process.stdout:
                if "archive interface" in line:
                    through = self.batch(int(line.rsplit(":", 1)[1].strip("/\n")), f"{call}-{n}-{sends}", answered, process, sends)
                    break
            left = self.children(process.pid) if through else []
            for child in left:
                os.kill(child, signal.SIGTERM)
            through = process.wait(60) == 0
            process.stdout.close()
            self.whole(BRIDGE)
            cuts += not through
            self.came_through = through
        print(f"{cuts} cuts of a bridge")

    def points(self, calls):
        """Calls of every kind, as long as there is one. A bridge takes a second to start and makes 250: every fourth."""
        for call in calls:
            for n in itertools.count(1, int(os.environ.get("IMLOOP_CUT_STEP", "4"))):
                yield call, n
                if self.came_through:
                    break

    def batch(self, port, name, answered, process, sends):
        """A shop's software sends repairs; whether all were answered, and came to the hub, before the power was gone."""
        try:
            shop = Uploader(port)
            for k in range(8):
                if shop.send(message(f"{name}-{k}"))["code"] == "1":
                    answered.append(f"{name}-{k}")
        except (OSError, ValueError, http.client.HTTPException):
            return False
        while process.poll() is None:
            if not sends or self.status(BRIDGE)["waiting"] == 0:
                return True
        return False

    def children(self, pid):
        try:
            with open(f"/proc/{pid}/task/{pid}/children") as file:
                return [int(p) for p in file.read().split()]
        except OSError:
            return []

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
