"""Importing what shop software exports, through the built program: nothing without a yes, what is right with it, once."""
import json
import os
import unittest

from programs import Programs

HEADER = "工单号,车牌号,进厂时间,结算时间,送修人,维修项目,总费用\n"
RIGHT = "WO1,陕D0T001,2026/3/1 9:05,2026/3/1 16:20,某人,更换三元催化器,1280\n"
WRONG = "WO2,陕D0T002,2026/3/2 9:05,2026/3/2 16:20,某人,清洗节气门,不详\n"


class Import(Programs):
    def setUp(self):
        super().setUp()
        folder = self.dir / "M610404-03"
        folder.mkdir()
        (folder / "station.toml").write_text('station_id = "M610404-03"\n[hub]\nurl = "https://127.0.0.1:1"\n')

    def load(self, text, *more, encoding="gb18030", **expect):
        file = self.dir / "a.csv"
        file.write_bytes(text.encode(encoding))
        return self.station("M610404-03", "import", file, *more, stdin=-3, **expect)

    def lines(self):
        return json.loads(self.station("M610404-03", "status", "--json"))["lines"]

    def test_nothing_is_saved_without_a_yes(self):
        for more in [], ["--dry-run"], ["--dry-run", "--yes"]:
            said = self.load(HEADER + RIGHT, *more)
            self.assertIn("✓", said)
            self.assertNotIn("某人", said)
            self.assertEqual(self.lines(), 0)

    def test_what_is_right_is_saved_once_and_the_rest_comes_back(self):
        back = self.dir / "back.csv"
        said = self.load(HEADER + RIGHT + WRONG, "--yes", "--rejected", back, expect=2)
        self.assertIn("第 3 行「总费用」", said)
        self.assertEqual(self.lines(), 1)
        self.load(HEADER + RIGHT, "--yes", encoding="utf-8-sig")
        self.assertEqual(self.lines(), 1)
        mended = back.read_bytes().decode("utf-8-sig").replace(",不详", ",80")
        self.load(mended, "--yes")
        self.assertEqual(self.lines(), 2)

    def test_a_changed_order_is_offered_as_a_correction(self):
        self.load(HEADER + RIGHT, "--yes")
        offered = self.dir / "corrections.ndjson"
        self.load(HEADER + RIGHT.replace("1280", "1380"), "--yes", "--corrections", offered, expect=2)
        self.assertEqual(self.lines(), 1)
        correction = json.loads(offered.read_text())
        self.assertEqual(correction["replacement"]["record_id"], correction["corrects"])
        self.assertEqual(correction["replacement"]["total_fee"], 1380)
        self.station("M610404-03", "submit", offered)
        self.assertEqual(self.lines(), 2)

    def test_a_dry_run_says_what_the_run_would_do(self):
        self.assertIn("1 张早已保存", self.load(HEADER + RIGHT, "--yes") + self.load(HEADER + RIGHT, "--dry-run"))
        changed = self.load(HEADER + RIGHT.replace("1280", "1380"), "--dry-run", expect=2)
        self.assertIn("≠", changed)
        self.assertEqual(self.lines(), 1)

    def test_an_order_counts_once_however_precise_its_times_are(self):
        self.load(HEADER + RIGHT, "--yes")
        days = RIGHT.replace(" 9:05", "").replace(" 16:20", "")
        self.assertIn("1 张早已保存", self.load(HEADER + days, "--yes"))
        self.assertEqual(self.lines(), 1)

    def test_what_is_asked_is_answered_by_the_command(self):
        header, row = HEADER[:-1] + ",工单状态\n", RIGHT[:-1] + ",转店\n"
        self.assertIn("--answer 'status:转店=finished'", self.load(header + row, "--yes", expect=2))
        self.assertEqual(self.lines(), 0)
        self.load(header + row, "--yes", "--answer", "status:转店=finished")
        self.assertEqual(self.lines(), 1)

    def test_files_that_are_no_table_say_so(self):
        self.assertIn("no_header", self.load("甲,乙\n1,2\n", expect=2))
        self.assertIn("html_table", self.load("<html><table></table></html>", expect=2))
        self.station("M610404-03", "import", self.dir / "none.csv", expect=1)
        os.mkfifo(self.dir / "pipe.csv")
        self.station("M610404-03", "import", self.dir / "pipe.csv", expect=1)


if __name__ == "__main__":
    unittest.main()
