"""The whole loop through the built programs over TLS: a year imported and uploaded live agrees with the oracle, the second
verifier, a rebuild and a second hub; the retest gate; what is not let in."""
import json
import socket
import ssl
import subprocess
import sys
import unittest

from programs import ROOT, Programs, inspection

sys.path.insert(0, str(ROOT / "tests" / "tools"))
import read_process_data  # noqa: E402

PERIOD = ["--from", "2025-01-01", "--to", "2025-12-31", "--as-of", "2025-12-31"]


def figures(report):
    """Without its places, which each hub names in its own log."""
    return {name: value for name, value in json.loads(report).items() if name not in ("position", "watched_to")}


class Loop(Programs):
    def test_a_year(self):
        year = self.dir / "year"
        live = ["I610402-01", "M610402-01"]
        self.call("imloop_sim", "--out", year, "--tests", 4000, "--seed", 5, "--live", *live)
        # Of other deadlines than the built-in ones: a copy, which has none of the file, must have them of the journal.
        (self.dir / "hub").mkdir()
        own = {s["county"]: {} for s in json.loads((year / "stations.json").read_text()) if s["county"] != "610431"}
        own["610404"] = {"repair_days": 12, "repair_rate_target": 0.2}
        (self.dir / "hub" / "policy.json").write_text(json.dumps({"repair_days": 20, "retest_days": 9, "repair_rate_target": 0.8, "counties": own}))
        self.hub("init")
        self.serve()
        for s in json.loads((year / "stations.json").read_text()):
            more = ["--writes-for", "610400"] if s["id"].startswith("B") else []
            self.hub("station", "add", s["id"], "--name", s["name"], "--county", s["county"], "--valid-from", s["valid_from"],
                     "--public-key", year / "keys" / f"{s['id']}.pub.pem", *more)
        self.hub("import", year)
        for id in live:
            self.add(id, self.port)
            self.station(id, "submit", year / "live" / f"{id}.ndjson")
            self.station(id, "run", "--once")
            status = json.loads(self.station(id, "status", "--json"))
            self.assertEqual((status["waiting"], status["rejected"]), (0, 0))
            self.assertEqual(status["accepted"], len((year / "live" / f"{id}.ndjson").read_text().splitlines()))
        report = self.hub("report", "counties", *PERIOD, "--json")
        self.assertTrue(json.loads(self.hub("verify"))["clean"])
        self.assertTrue(json.loads(self.hub("rebuild"))["same"])
        export = self.dir / "export"
        kid = json.loads(self.hub("export", export))["kid"]

        # A second program, written from docs/identity.md and docs/episodes.md alone, finds the same figures.
        for view in ("station", "registered"):
            asked = [*PERIOD, "--view", view]
            (self.dir / "report.json").write_text(self.hub("report", "counties", *asked, "--json"))
            oracle = subprocess.run([sys.executable, ROOT / "tests/oracle/oracle.py", export, *asked], capture_output=True, text=True, check=True)
            (self.dir / "oracle.json").write_text(oracle.stdout)
            compared = subprocess.run([sys.executable, ROOT / "tests/oracle/compare.py", self.dir / "report.json", self.dir / "oracle.json"], capture_output=True, text=True)
            self.assertEqual(compared.returncode, 0, compared.stdout)
        rows = {r["county"]: r for r in json.loads(report)["rows"]}
        self.assertLess(rows["all"]["repair_rate"], 1 / 3)
        self.assertTrue(rows["610428"]["zero"] and rows["610429"]["zero"])

        # And a second verifier the same chains.
        journals = sorted((export / "journals").glob("*.ndjson"))
        verified = subprocess.run([sys.executable, ROOT / "tests/tools/verify_journal.py", *journals], capture_output=True, text=True)
        self.assertEqual(verified.returncode, 0, verified.stdout)
        chains = json.loads(verified.stdout)
        self.assertEqual(sum(c["lines"] for c in chains), json.loads(self.hub("verify"))["lines"])
        forged = self.dir / "forged.ndjson"
        forged.write_bytes((export / "journals/I610404-01.ndjson").read_bytes().replace(b'"verdict":"fail"', b'"verdict":"pass"', 1))
        found = subprocess.run([sys.executable, ROOT / "tests/tools/verify_journal.py", export / "journals/H610400-01.ndjson", forged], capture_output=True, text=True)
        self.assertEqual(found.returncode, 1)

        # An empty hub that imports the export stands where this one stands.
        self.hub("init", "--id", "H610400-02", name="copy")
        self.hub("import", export, "--restore", kid, name="copy")
        self.assertEqual(figures(self.hub("report", "counties", *PERIOD, "--json", name="copy")), figures(report))
        self.assertEqual(figures(self.hub("report", "review", "--json", name="copy")), figures(self.hub("report", "review", "--json")))
        self.assertTrue(json.loads(self.hub("verify", name="copy"))["clean"])
        traces = sorted((export / "traces").glob("*.csv"))
        self.assertEqual(len(traces), len(list((year / "traces").glob("*.csv"))))
        # A second reader of what the database holds of them, by columns.
        for csv in traces[::100]:
            self.assertEqual(read_process_data.read(self.dir / "hub" / "hub.sqlite", csv.stem), csv.read_bytes())

        story = json.loads((year / "story.json").read_text())
        rows = json.loads(self.hub("report", "vehicle", "--plate", story["plate"], "--as-of", "2025-12-31", "--json"))
        self.assertTrue(rows["rows"] and all(r["receipt"] == "✓" for r in rows["rows"]))
        self.assertNotIn(story["vin"], json.dumps(rows))
        self.assertIn(story["vin"], self.hub("report", "vehicle", "--vin", story["vin"], "--as-of", "2025-12-31", "--unmasked"))

    def test_the_gate_and_the_operators_commands(self):
        self.hub("init")
        self.hub("init", expect=1)
        self.serve()
        self.add("I610404-01", self.port)
        self.add("M610404-03", self.port)
        ask = ("clearance", "--plate", "陕D·0T001")
        record = inspection("I610404-01", 1, plate="陕D0T001")
        path = self.dir / "test.json"
        path.write_text(json.dumps(record, ensure_ascii=False, indent=2))
        self.assertIn("no_open_episode", self.station("I610404-01", *ask))
        self.assertIn("已保存", self.station("I610404-01", "submit", path))
        self.assertIn("早已保存", self.station("I610404-01", "submit", path))
        self.assertIn("no_open_episode", self.station("I610404-01", *ask))
        self.station("I610404-01", "run", "--once")
        self.assertIn("repair_required", self.station("I610404-01", *ask, expect=3))
        record["verdict"] = "ok"
        path.write_text(json.dumps(record, ensure_ascii=False))
        self.assertIn("/verdict", self.station("I610404-01", "check", path, expect=2))
        self.assertIn("unknown_code", self.station("I610404-01", "submit", path, expect=2))
        at = "2026-03-05T15:00:00+08:00"
        path.write_text(json.dumps({"schema": "imloop/repair/1", "record_id": "01940000-0000-7000-8000-0000000000ff", "station_id": "M610404-03", "occurred_at": at,
                                    "vehicle": {"plate": "陕D0T001"}, "work_order_no": "W1", "received_at": at, "settled_at": at, "items": [{"code": "EMI-CAT"}],
                                    "total_fee": 800, "outcome": "repaired"}, ensure_ascii=False))
        self.station("M610404-03", "submit", path)
        self.station("M610404-03", "run", "--once")
        self.assertIn('"cleared"', self.station("I610404-01", *ask))
        # What a stick carries is what the wire carries.
        stick = self.dir / "stick.ndjson"
        self.station("I610404-01", "queue", "export", stick)
        self.assertIn("全部成立", self.station("I610404-01", "verify", stick))
        self.hub("import", stick)
        self.assertTrue(json.loads(self.hub("verify"))["clean"])
        backup = self.dir / "backup.sqlite"
        self.hub("backup", backup)
        self.assertGreater(backup.stat().st_size, 4096)
        # A revoked station is told so once and stops.
        self.hub("station", "revoke", "I610404-01", "--reason", "伪造检验结果")
        path.write_text(json.dumps(inspection("I610404-01", 7), ensure_ascii=False))
        self.station("I610404-01", "submit", path)
        self.assertIn("source_revoked", self.station("I610404-01", "run", "--once", expect=1))
        self.assertIn("source_revoked", self.station("I610404-01", "status", expect=4))

    def test_the_real_folder(self):
        folder = ROOT.parent / "shared/data/equipment/nha"
        if not folder.is_dir():
            self.skipTest(f"no real equipment data at {folder}")
        self.hub("init")
        self.serve()
        self.add("I610404-01", self.port)
        self.assertIn("已保存", self.station("I610404-01", "ingest", folder))
        self.assertIn("早已保存", self.station("I610404-01", "ingest", folder))
        self.station("I610404-01", "run", "--once")
        sent = json.loads(self.station("I610404-01", "queue", "show", 1))
        status, csv = self.request("GET", "/api/v1/traces/" + sent["trace"]["sha256"], bundle="I610404-01", raw=True)
        self.assertEqual((status, csv.count(b"\n")), (200, 91))
        self.assertEqual(json.loads(self.station("I610404-01", "status", "--json"))["accepted"], 1)

    def test_who_is_not_let_in(self):
        self.hub("init")
        self.hub("init", name="other")
        self.serve()
        self.add("I610404-01", self.port)
        self.add("I610404-02", self.port, name="other")
        self.hub("station", "add", "I610404-03", "--days", 0, "--out", self.dir / "I610404-03", "--valid-from", "2024-01-01")
        before = json.loads(self.hub("verify"))
        code = lambda answer: (answer[0], answer[1]["code"])
        self.assertEqual(code(self.request("POST", "/api/v1/journal", b"x")), (401, "certificate_missing"))
        self.assertEqual(code(self.request("POST", "/api/v1/journal", b"x", "I610404-02")), (401, "certificate_foreign"))
        self.assertEqual(code(self.request("POST", "/api/v1/journal", b"x", "I610404-03")), (401, "certificate_expired"))
        self.assertEqual(code(self.request("POST", "/api/v1/journal", b"x", "I610404-01")), (400, "malformed_segment"))
        self.assertEqual(code(self.request("POST", "/api/v1/journal", b"", "I610404-01")), (400, "malformed_segment"))
        self.assertEqual(code(self.request("POST", "/api/v1/journal", b"x", "I610404-01", {"Content-Encoding": "br"})), (415, "unsupported_encoding"))
        self.assertEqual(code(self.request("DELETE", "/api/v1/journal", b"", "I610404-01")), (405, "method_not_allowed"))
        self.assertEqual(code(self.request("GET", "/api/v1/nothing", b"", "I610404-01")), (404, "not_found"))
        self.assertEqual(code(self.request("POST", "/api/v1/clearances", b"[", "I610404-01")), (400, "malformed_request"))
        self.assertEqual(code(self.request("PUT", "/api/v1/traces/" + "0" * 64, b"time_s\n0\n", "I610404-01")), (422, "digest_mismatch"))
        self.assertEqual(code(self.request("GET", "/api/v1/traces/" + "0" * 64, b"", "I610404-01")), (404, "trace_not_found"))
        self.assertEqual(code(self.raw("I610404-01", b"GET /api/v1/journal?epoch=\xff\xfe HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n")), (400, "bad_request"))
        self.assertEqual(code(self.request("GET", "/api/v1/journal?epoch=%ff", b"", "I610404-01")), (400, "bad_request"))
        # Without a certificate the head is answered, and its body is never waited for.
        self.assertEqual(code(self.raw(None, b"POST /api/v1/journal HTTP/1.1\r\nHost: hub\r\nContent-Length: 8000000\r\n\r\n")), (401, "certificate_missing"))
        status, answer = self.request("POST", "/api/v1/journal", b"x" * (9 * 1024 * 1024), "I610404-01")
        self.assertEqual((status, answer["code"]), (413, "too_large"))
        self.assertTrue(answer["request_id"])
        # A client that never ends its request is closed, and others are served meanwhile.
        context = ssl.create_default_context(cafile=str(self.dir / "hub/ca.cert.pem"))
        context.check_hostname = False
        context.load_cert_chain(self.dir / "I610404-01/station.cert.pem", self.dir / "I610404-01/station.key.pem")
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as plain, context.wrap_socket(plain) as slow:
            slow.sendall(b"POST /api/v1/journal HTTP/1.1\r\nHost: hub\r\n")
            self.assertEqual(self.request("GET", "/api/v1/stations", b"", "I610404-01")[0], 200)
            try:
                self.assertEqual(slow.recv(1), b"")
            except (ssl.SSLError, ConnectionError):
                pass
        after = json.loads(self.hub("verify"))
        self.assertEqual(after, before)

    def raw(self, bundle, bytes):
        """(status, parsed body) of what is sent as it stands."""
        context = ssl.create_default_context(cafile=str(self.dir / "hub/ca.cert.pem"))
        context.check_hostname = False
        if bundle:
            context.load_cert_chain(self.dir / bundle / "station.cert.pem", self.dir / bundle / "station.key.pem")
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as plain, context.wrap_socket(plain) as client:
            client.sendall(bytes)
            head, _, body = b"".join(iter(lambda: client.recv(4096), b"")).partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body)

    def test_what_is_refused_again_and_again_is_counted_in_the_log(self):
        self.hub("init")
        words = open(self.dir / "words", "w+")
        self.addCleanup(words.close)
        self.serve(stderr=words)
        for number in range(100):
            self.assertEqual(self.request("GET", f"/{'x' * 7000}/LTEST{number}")[0], 401)
        words.seek(0)
        said = words.read().splitlines()
        self.assertEqual([line.rsplit("×", 1)[1].split()[0] for line in said], ["1", "2", "4", "8", "16", "32", "64"])
        self.assertLess(sum(map(len, said)), 2000)
        self.assertNotIn("LTEST", "".join(said))
        self.assertEqual(self.request("POST", "/api/v1/enrolments", b"{}")[0], 400)
        words.seek(0)
        self.assertIn("? POST /api/v1/enrolments: 400 malformed_request ", words.read().splitlines()[-1])

    def test_what_is_printed_moves_no_cursor(self):
        name = "渭城\x1b[2J\u202e一\x9b\r\n站"
        self.hub("init")
        said = self.hub("station", "add", "I610404-01", "--name", name, "--valid-from", "2024-01-01", "--out", self.dir / "a\x1b[2Jb")
        listed = self.hub("station", "list")
        missing = self.call("hub", "--data", self.dir / "none\x1b[31m\u202e", "doctor", expect=1) + self.call("hub", "--data", self.dir / "none\x1b[31m", "verify", expect=1)
        config = self.call("i_station", "--config", self.dir / "none\x1b[31m\u202e.toml", "status", expect=1)
        for text in (said, listed, missing, config):
            for acts in "\x1b\u202e\x9b\r":
                self.assertNotIn(acts, text)
        self.assertIn("a\\u001b[2Jb", said)
        self.assertEqual({s["name"] for s in json.loads(listed)} - {"机动车排放检验与维护监管中心"}, {name})

    def test_refuses_old_tls(self):
        self.hub("init")
        self.serve()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as plain, self.assertRaises(ssl.SSLError):
            context.wrap_socket(plain)


if __name__ == "__main__":
    unittest.main(verbosity=2)
