"""Running it, through the built programs: what doctor and config check say of an installation that is fine and of ones that
are not, and the words to the supervisor."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import unittest

from programs import BIN, Programs, inspection

ID = "I610404-01"


class Supervisor:
    """The socket a service manager listens on."""

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(60)

    def environment(self, watchdog_usec):
        return {**os.environ, "NOTIFY_SOCKET": str(self.path), "WATCHDOG_USEC": str(watchdog_usec)}

    def word(self):
        return self.socket.recv(100).decode()


class Doctor(Programs):
    def setUp(self):
        super().setUp()
        self.hub("init")
        self.serving = self.serve()

    def doctor(self, expect, id=ID):
        text = self.station(id, "doctor", "--json", expect=expect)
        found = json.loads(text)
        self.assertEqual(found["exit_code"], expect)
        return {c["check"]: c for c in found["checks"]}

    def verdicts(self, checks):
        return {name: c["verdict"] for name, c in checks.items() if c["verdict"] != "fine"}

    def test_all_fine(self):
        self.add(ID, self.port)
        checks = self.doctor(0)
        self.assertEqual(list(checks), ["configuration", "key", "certificate", "authority", "disk", "outbox", "upload", "hub", "clock"])
        said = self.station(ID, "doctor")
        self.assertEqual(said.count("✓"), 9)
        for line in said.splitlines():
            self.assertRegex(line, r"^✓ .+：.+ / .+: .+$")
        record = self.dir / "record.json"
        record.write_text(json.dumps(inspection(ID, 1)))
        self.station(ID, "submit", record)
        self.assertEqual(self.verdicts(self.doctor(4)), {"upload": "look"})
        self.station(ID, "run", "--once")
        self.assertIn("1 saved, 0 waiting", self.doctor(0)["outbox"]["en"])
        shown = self.station(ID, "config", "show")
        self.assertNotIn("PRIVATE", shown)
        self.assertIn(f'url = "https://127.0.0.1:{self.port}"', shown)

    def test_hub_down(self):
        self.add(ID, self.port)
        self.serving.send_signal(signal.SIGTERM)
        self.serving.wait()
        checks = self.doctor(1)
        self.assertEqual(self.verdicts(checks), {"hub": "broken"})
        self.assertNotIn("clock", checks)
        self.assertTrue(checks["hub"]["todo_zh"])

    def test_key_others_may_read_and_another_key(self):
        self.add(ID, self.port)
        key = self.dir / ID / "station.key.pem"
        key.chmod(0o644)
        checks = self.doctor(4)
        self.assertEqual(self.verdicts(checks), {"key": "look"})
        self.assertIn("0644", checks["key"]["zh"])
        self.assertIn("chmod 600", checks["key"]["todo_en"])
        self.add("I610404-02", self.port)
        key.write_bytes((self.dir / "I610404-02" / "station.key.pem").read_bytes())
        key.chmod(0o600)
        self.assertEqual(self.doctor(1)["certificate"]["en"], "is not of this key")
        key.unlink()
        self.assertEqual(self.doctor(1)["key"]["verdict"], "broken")

    def test_certificate_over_or_anothers(self):
        self.hub("station", "add", ID, "--name", ID, "--valid-from", "2024-01-01", "--out", self.dir / ID, "--url", f"https://127.0.0.1:{self.port}", "--days", "0")
        checks = self.doctor(1)
        self.assertEqual(checks["certificate"]["verdict"], "broken")
        self.assertIn("expired", checks["certificate"]["en"])
        self.assertIn("certificate_expired", checks["hub"]["en"])
        self.assertEqual(checks["clock"]["verdict"], "fine")
        self.add("I610404-02", self.port)
        (self.dir / ID / "station.cert.pem").write_bytes((self.dir / "I610404-02" / "station.cert.pem").read_bytes())
        self.assertIn("I610404-02", self.doctor(1)["certificate"]["zh"])

    def test_damaged_outbox_and_stopped_uploading(self):
        self.add(ID, self.port)
        record = self.dir / "record.json"
        record.write_text(json.dumps(inspection(ID, 1)))
        self.station(ID, "submit", record)
        self.hub("station", "revoke", ID, "--reason", "x")
        self.station(ID, "run", "--once", expect=1)
        checks = self.doctor(1)
        self.assertEqual(self.verdicts(checks), {"outbox": "look", "upload": "look", "hub": "broken"})
        self.assertIn("source_revoked", checks["hub"]["en"])
        data = self.dir / ID / "data"
        for name in ("outbox.sqlite-wal", "outbox.sqlite-shm"):
            (data / name).unlink(missing_ok=True)
        (data / "outbox.sqlite").write_bytes(b"not a database, but longer than its header would be" * 10)
        self.assertEqual(self.doctor(1)["outbox"]["verdict"], "broken")

    def test_config_check(self):
        self.add(ID, self.port)
        self.assertIn("✓", self.station(ID, "config", "check"))
        file = self.dir / ID / "station.toml"
        right = file.read_text()
        file.write_text(right + 'colour = "red"\n')
        self.assertIn("intake.colour", self.station(ID, "config", "check", expect=4))
        file.write_text(right.replace("https://", "http://"))
        said = self.station(ID, "config", "check", expect=2)
        self.assertIn("hub.url", said)
        self.assertRegex(said, r"第 \d+ 行")
        self.assertEqual(self.verdicts(self.doctor(1)), {"configuration": "broken"})
        file.unlink()
        self.station(ID, "config", "check", expect=2)

    def test_the_hubs_own_doctor(self):
        self.assertEqual(self.hub("doctor").count("✓"), 9)
        (self.dir / "hub" / "ca.key.pem").chmod(0o640)
        self.assertIn("0640", self.hub("doctor", expect=4))
        (self.dir / "hub" / "ca.key.pem").chmod(0o600)
        self.hub("certificate", "--host", "127.0.0.1", "--host", "localhost")
        self.serving.send_signal(signal.SIGTERM)
        self.serving.wait()
        found = json.loads(self.hub("doctor", "--json", expect=4))
        self.assertEqual([c["check"] for c in found["checks"] if c["verdict"] != "fine"], ["serving"])
        self.serving = self.serve()
        self.add(ID, self.port)
        self.doctor(0)
        (self.dir / "hub" / "tls.cert.pem").write_text("x")
        self.assertIn("✗", self.hub("doctor", expect=1))
        self.assertIn("hub init", self.hub("doctor", name="none", expect=1))

    def test_words_to_the_supervisor(self):
        self.add(ID, self.port)
        self.serving.send_signal(signal.SIGTERM)
        self.serving.wait()
        for arguments in (["hub", "--data", self.dir / "hub", "serve", "--port", "0", "--admin-port", "0"],
                          ["i_station", "--config", self.dir / ID / "station.toml", "run"]):
            supervisor = Supervisor(self.dir / f"{arguments[0]}.notify")
            self.addCleanup(supervisor.socket.close)
            process = subprocess.Popen([BIN / arguments[0], *map(str, arguments[1:])], stdout=subprocess.DEVNULL, env=supervisor.environment(100_000))
            self.running.append(process)
            self.assertEqual([supervisor.word() for _ in range(4)], ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"])
            if arguments[0] == "i_station":
                self.assertEqual(self.doctor(1)["upload"]["en"], "is running")
            process.send_signal(signal.SIGTERM)
            word = supervisor.word()
            while word == "WATCHDOG=1":
                word = supervisor.word()
            self.assertEqual(word, "STOPPING=1")
            self.assertEqual(process.wait(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
