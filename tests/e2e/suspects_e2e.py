"""Suspect records through the built programs: found, shown, proven, decided, drawn for a check."""
import json
import pathlib
import subprocess
import sys
import unittest

from programs import Programs, fast_test

TOOLS = pathlib.Path(__file__).resolve().parent.parent / "tools"


class Suspects(Programs):
    def setUp(self):
        super().setUp()
        self.hub("init", "--host", "127.0.0.1")
        self.serve()
        self.add("I610404-01", self.port)
        self.save("I610404-01", *(fast_test("I610404-01", n, plate=f"陕D0T00{n}", at=f"2026-03-09T09:{n:02d}:00+08:00") for n in (1, 2, 3)))
        self.station("I610404-01", "run", "--once")

    def flags(self, *filters):
        return json.loads(self.hub("suspects", "list", "--rule", "R04", "--json", *filters))["rows"]

    def test_from_list_to_decision(self):
        rows = self.flags()
        self.assertEqual(3, len(rows))
        flag = rows[0]["flag_id"]
        self.assertNotIn("0T001", json.dumps(rows, ensure_ascii=False))
        shown = self.hub("suspects", "show", flag)
        self.assertIn("回执 ✓", shown)
        self.assertIn("GB 18285-2018", self.hub("suspects", "explain", "R04"))
        self.hub("suspects", "decide", flag, "dismiss", "--reason", "只记录了采样段", "--officer", "魏岚")
        self.assertEqual([flag], [r["flag_id"] for r in self.flags("--state", "dismiss")])
        risk = json.loads(self.hub("suspects", "risk", "--json"))["rows"][0]
        self.assertEqual((2, 8), (risk["strong"], risk["left"]))
        self.assertTrue(json.loads(self.hub("verify"))["clean"])

    def test_the_evidence_file_is_verified_by_another_program(self):
        flag, page = self.flags()[0]["flag_id"], self.dir / "case.html"
        self.hub("suspects", "evidence", flag, "--out", page)
        check = [sys.executable, TOOLS / "verify_evidence.py", page]
        done = subprocess.run(check, capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn("1 of 1 hold", done.stdout)
        page.write_text(page.read_text().replace("A017", "A018"))
        changed = subprocess.run(check, capture_output=True, text=True)
        self.assertEqual(1, changed.returncode)
        self.assertIn("line: not the one in the chain", changed.stdout)

    def test_a_draw_is_run_again_by_another_program(self):
        for station in ("I610404-02", "I610428-01", "M610404-03", "M610428-01"):
            self.add(station, self.port)
        officers, drawn = self.dir / "officers.json", self.dir / "draw.json"
        officers.write_text(json.dumps([{"officer_id": "A01", "conflicts": ["I610404-01"]}, {"officer_id": "A02", "conflicts": []},
                                        {"officer_id": "A03", "conflicts": ["610428"]}]))
        self.hub("draw", "make", "--seed", "417", "--count", "3", "--officers", officers, "--out", drawn)
        document = json.loads(drawn.read_text())
        self.assertEqual(3, len(document["drawn"]))
        risk = {c["station_id"]: c["weight"] for c in document["candidates"]}
        self.assertGreater(risk["I610404-01"], 900)
        self.assertEqual(100, risk["M610428-01"])
        self.hub("draw", "check", drawn)
        again = subprocess.run([sys.executable, TOOLS / "redraw.py", drawn], capture_output=True, text=True)
        self.assertEqual(0, again.returncode, again.stdout)
        document["candidates"][0]["weight"] += 700
        document["seed"] = "418"
        drawn.write_text(json.dumps(document))
        self.assertIn("differs", self.hub("draw", "check", drawn, expect=4))


if __name__ == "__main__":
    unittest.main()
