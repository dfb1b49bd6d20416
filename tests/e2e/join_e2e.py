"""Joining with a one-time code, through the built programs over TLS: what works once, what is refused, and that a station
that joins again keeps its journal."""
import json
import os
import stat
import unittest

from programs import Programs, inspection


class Join(Programs):
    def setUp(self):
        super().setUp()
        self.hub("init")
        self.serving = self.serve()

    def invite(self, id, *more):
        text = self.hub("station", "invite", id, "--name", "渭城一站", "--valid-from", "2024-01-01", "--url", f"https://127.0.0.1:{self.port}", *more)
        return text.splitlines()[0]

    def join(self, folder, code, **more):
        (self.dir / folder).mkdir(exist_ok=True)
        return self.call("i_station", "--config", self.dir / folder / "station.toml", "join", code, **more)

    def submit(self, folder, number):
        record = self.dir / f"{number}.json"
        record.write_text(json.dumps(inspection("I610404-01", number)))
        return self.station(folder, "submit", record)

    def test_a_code_works_once_and_the_key_never_leaves(self):
        code = self.invite("I610404-01")
        said = self.join("pc", code.lower().replace("-", " "))
        self.assertEqual(said.count("✓"), 4)
        key = self.dir / "pc" / "station.key.pem"
        self.assertEqual(stat.S_IMODE(os.stat(key).st_mode), 0o600)
        self.submit("pc", 1)
        self.station("pc", "run", "--once")
        self.assertEqual(json.loads(self.station("pc", "status", "--json"))["accepted"], 1)
        self.assertIn("code_refused", self.join("second", code, expect=1))
        stations = {s["id"]: s for s in json.loads(self.hub("station", "list"))}
        self.assertEqual((stations["I610404-01"]["name"], stations["I610404-01"]["epochs"], len(stations["I610404-01"]["keys"])), ("渭城一站", 1, 1))
        stored = (self.dir / "hub" / "hub.sqlite").read_bytes() + (self.dir / "hub" / "hub.sqlite-wal").read_bytes()
        for part in (code.split("@")[0], code.split("@")[0].replace("-", "")[:16]):
            self.assertNotIn(part.encode(), stored)

    def test_joining_again_keeps_the_journal_and_another_pc_begins_an_epoch(self):
        self.join("pc", self.invite("I610404-01"))
        self.submit("pc", 1)
        self.join("pc", self.invite("I610404-01"))
        self.submit("pc", 2)
        self.station("pc", "run", "--once")
        self.assertEqual(json.loads(self.station("pc", "status", "--json"))["accepted"], 2)
        self.join("new-pc", self.invite("I610404-01"))
        self.submit("new-pc", 2)
        self.submit("new-pc", 3)
        self.station("new-pc", "run", "--once")
        status = json.loads(self.station("new-pc", "status", "--json"))
        self.assertEqual((status["accepted"], status["duplicate"]), (1, 1))
        stations = {s["id"]: s for s in json.loads(self.hub("station", "list"))}
        self.assertEqual((stations["I610404-01"]["epochs"], len(stations["I610404-01"]["keys"])), (2, 2))

    def test_what_is_refused(self):
        code = self.invite("I610404-01")
        self.assertIn("bad_join_code", self.join("pc", "K7QF@127.0.0.1:1", expect=1))
        secret, rest = code[:19], code[19:]
        letter = "0" if rest[1] != "0" else "1"
        self.assertIn("authority_differs", self.join("pc", secret + rest[0] + letter + rest[2:], expect=1))
        self.assertFalse((self.dir / "pc" / "station.key.pem").exists())
        other = ("1" if secret[0] != "1" else "2") + secret[1:]
        self.assertIn("code_refused", self.join("pc", other + rest, expect=1))
        self.join("pc", code)
        self.assertIn("key_refused", self.join("pc", self.invite("I610402-01"), expect=1))
        self.assertEqual(self.request("POST", "/api/v1/enrolments", json.dumps({"code": "x", "csr": "y"}).encode())[0], 422)
        codes = [self.request("POST", "/api/v1/enrolments", b"{}") for _ in range(12)]
        self.assertIn((429, "too_many_attempts"), [(status, body["code"]) for status, body in codes])
        # Who knows a code is not shut out with who guesses, and a request that is wrong uses none up.
        code = self.invite("I610403-01")
        wrong = json.dumps({"code": code.split("@")[0].replace("-", "")[:16], "csr": "y"}).encode()
        self.assertEqual(self.request("POST", "/api/v1/enrolments", wrong)[0], 429)
        self.join("third", code)

    def test_a_revoked_station_is_told(self):
        self.join("pc", self.invite("I610404-01"))
        self.hub("station", "revoke", "I610404-01", "--reason", "伪造检验结果")
        self.submit("pc", 1)
        self.assertIn("source_revoked", self.station("pc", "run", "--once", expect=1))
        self.assertIn("source_revoked", self.station("pc", "status", expect=4))


if __name__ == "__main__":
    unittest.main()
