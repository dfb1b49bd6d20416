"""Equipment files through the built program: a dry run says what saving says, exit codes tell all from some, a pipe stops nothing."""
import json
import os
import time
import unittest

from programs import Programs

XML = """<?xml version='1.0' encoding='utf-8'?>
<result>
<result_data>
<check_id>{number}</check_id><check_type>1</check_type><check_method>1</check_method>
<vin>LTESTAAA4T0000102</vin><plate>陕D0T102</plate><check_date>2026-03-11</check_date>
<start_time>2026-03-11 09:20:00</start_time><end_time>2026-03-11 09:23:40</end_time>
<low_co_limit>0.60</low_co_limit><low_co>0.11</low_co><low_co_passed>1</low_co_passed>
<high_hc_limit>50</high_hc_limit><high_hc>{hc}</high_hc><high_hc_passed>{passed}</high_hc_passed>
<passed>{passed}</passed>
</result_data>
</result>
"""
RIGHT = XML.format(number="R1", hc=74, passed=0)
WRONG = XML.format(number="R2", hc=170, passed=1)  # beyond its limit, marked as passed
OTHER = "<note>nothing</note>"


class Ingest(Programs):
    def setUp(self):
        super().setUp()
        self.home = self.dir / "I610404-01"
        self.files = self.dir / "in"
        self.files.mkdir()
        self.hub("init", "--host", "127.0.0.1")
        self.hub("station", "add", "I610404-01", "--name", "一站", "--out", self.home, "--url", "https://127.0.0.1:1")
        with open(self.home / "station.toml", "a") as settings:
            settings.write(f'\n[[intake.folder]]\npath = "{self.files}"\nsettle_seconds = 0\npoll_seconds = 1\n')

    def put(self, **files):
        for old in self.files.iterdir():
            old.unlink()
        for name, text in files.items():
            (self.files / f"{name}.xml").write_text(text)

    def ingest(self, *more, **expect):
        return self.station("I610404-01", "ingest", self.files, *more, **expect)

    def lines(self):
        return json.loads(self.station("I610404-01", "status", "--json"))["lines"]

    def test_exit_codes_tell_all_from_some_and_a_dry_run_has_the_same(self):
        for files, code in ({"a": RIGHT}, 0), ({"a": RIGHT, "b": WRONG}, 4), ({"a": WRONG}, 2), ({"a": OTHER}, 2), ({}, 2):
            self.put(**files)
            self.ingest("--dry-run", expect=code)
            self.ingest(expect=code)
        self.assertEqual(self.lines(), 1)

    def test_a_dry_run_saves_nothing_and_says_what_is_there_and_what_is_wrong(self):
        self.put(a=RIGHT)
        self.assertIn("would be saved", self.ingest("--dry-run"))
        self.assertFalse((self.home / "data").exists())
        self.ingest()
        self.assertIn("already there", self.ingest("--dry-run"))
        self.put(a=RIGHT.replace("0.11", "0.12"))
        self.assertIn("record_id_reused", self.ingest("--dry-run", expect=2))
        self.assertIn("record_id_reused", self.ingest(expect=2))
        self.put(a=WRONG)
        self.assertIn("verdict_contradicts_readings", self.ingest("--dry-run", expect=2))

    def test_a_pipe_in_a_watched_folder_stops_neither_the_others_nor_the_end(self):
        os.mkfifo(self.files / "x.ini")
        os.mkfifo(self.files / "y.xml")
        (self.files / "TestLog.ini").write_text("[TestLog]\nReportNumber=1\n")
        (self.files / "a.xml").write_text(RIGHT)
        service = self.start("i_station", "--config", self.home / "station.toml", "run", "--page-port", "0")
        end = time.monotonic() + 60
        while self.lines() < 1 and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(self.lines(), 1)
        self.assertEqual(self.stop(service), 0)


if __name__ == "__main__":
    unittest.main()
