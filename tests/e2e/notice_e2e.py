#!/usr/bin/env python3
"""The notice on paper: printed by chromium, read back from the PDF. One A4 page in both languages, with what the hub says."""
import datetime
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import urllib.parse

from forms import Window
from programs import Programs, inspection

STATION = "I610404-01"
CHROMIUM = "/usr/bin/chromium"
NAME = "咸阳市渭城区朝阳三路十八号永顺汽车维修服务有限责任公司"[:25]
READINGS = [(item, phase, unit, value) for phase in ("5025", "2540") for item, unit, value in (("co", "%", 1.42), ("hc", "ppm", 160), ("no", "ppm", 1612))]


@unittest.skipUnless(pathlib.Path(CHROMIUM).exists() and shutil.which("pdfinfo"), "chromium and poppler-utils are needed")
class Notice(Programs):
    def setUp(self):
        super().setUp()
        (self.dir / "hub").mkdir()
        (self.dir / "hub" / "policy.json").write_text(json.dumps({"repair_days": 20, "retest_days": 10}))
        self.hub("init")
        self.serve()
        self.add(STATION, self.port)

    def failed(self, number, items, **more):
        record = inspection(STATION, number, at="2026-03-02T09:00:00+08:00")
        record.update({"method": "asm", "readings": [{"item": i, "phase": p, "unit": u, "value": v, "limit": v / 2, "passed": False} for i, p, u, v in items],
                       "failed_items": [f"{i}/{p}" for i, p, *_ in items]})
        record["vehicle"].update({"vin": "LSVAA49J132000017", "model": "远途 YT6440", "fuel": "petrol", "emission_stage": "国V"})
        record.update(more)
        self.save(STATION, record)
        return record

    def shops(self, count):
        for n in range(1, count + 1):
            id = f"M610404-{n:02d}"
            self.hub("station", "add", id, "--name", NAME, "--valid-from", "2024-01-01", "--out", self.dir / id, "--url", f"https://127.0.0.1:{self.port}")
            self.hub("station", "describe", id, "--location", f"34.36,108.{n + 70}", "--class", "二类", "--phone", "029-33001803",
                     "--address", "渭城区朝阳三路18号院内东侧二层（高速路口往北200米）")

    def printed(self, number, lang="zh"):
        """(pages, text) of the PDF."""
        path = f"/notice?record=01940000-0000-7000-8000-{number:012d}"
        address = f"http://127.0.0.1:{self.page.port}/lang?to={lang}&back={urllib.parse.quote(path, safe='')}"
        pdf = self.dir / "notice.pdf"
        subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={self.dir / 'chromium'}",
                        f"--print-to-pdf={pdf}", address], check=True, capture_output=True, timeout=120)
        info = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
        text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
        self.assertIn("A4", info)
        return int(next(line for line in info.splitlines() if line.startswith("Pages:")).split()[1]), text

    def has(self, text, *words):
        """Lines break where they must."""
        for word in words:
            self.assertIn("".join(word.split()), "".join(text.split()))

    def asked(self, number):
        return Window(self.page.port).open(f"/notice?record=01940000-0000-7000-8000-{number:012d}")

    def test_eight_items_and_eight_shops_of_long_names_are_one_page_with_the_hubs_deadline(self):
        self.shops(8)
        self.failed(1, READINGS, failed_items=[f"{i}/{p}" for i, p, *_ in READINGS] + ["obd", "appearance"],
                    obd={"dtcs": [f"P03{n:02d}" for n in range(12)], "mil_on": True})
        _, self.page = self.run_station(STATION)
        self.wait(lambda: self.asked(1).body.count(NAME) >= 8, True)
        pages, text = self.printed(1)
        self.assertEqual(pages, 1)
        self.has(text, "第 1 页，共 1 页", "2026 年 3 月 22 日", "2026 年 3 月 2 日 09:00", "P0300", "另有 4 个", "外观检验")
        self.assertEqual("".join(text.split()).count("029-33001803"), 8)
        pages, text = self.printed(1, "en")
        self.assertEqual(pages, 1)
        self.has(text, "page 1 of 1", "22 Mar 2026", "2 Mar 2026 09:00")

    def test_a_station_without_the_hubs_policy_says_so_and_invents_no_deadline(self):
        self.stop(self.running[0])
        self.failed(1, READINGS[:1])
        _, self.page = self.run_station(STATION)
        text = self.asked(1).text
        self.assertIn("本站还没有收到监管中心的规定", text)
        self.assertNotIn("2026 年 4 月 1 日", text)

    def test_what_the_hub_said_last_is_kept_for_when_it_is_away(self):
        self.failed(1, READINGS[:1])
        service, self.page = self.run_station(STATION)
        self.wait(lambda: "2026 年 3 月 22 日" in self.asked(1).text, True)
        self.stop(service)
        self.stop(self.running[0])
        _, self.page = self.run_station(STATION)
        self.assertIn("2026 年 3 月 22 日", self.asked(1).text)

    def test_a_rule_that_came_later_does_not_change_the_deadline_of_an_earlier_failure(self):
        cars = [{"plate": f"陕D0T90{n}", "plate_kind": "02"} for n in range(3)]
        self.failed(1, READINGS[:1], vehicle=cars[0])
        service, self.page = self.run_station(STATION)
        self.wait(lambda: "2026 年 3 月 22 日" in self.asked(1).text, True)
        today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date().isoformat()
        proposed = self.hub("policy", "set", "--officer", "魏岚", "--valid-from", today, "repair_days=5")
        self.hub("policy", "confirm", re.search(r"id: (\S+)", proposed)[1], "--officer", "孟佳")
        self.failed(2, READINGS[:1], vehicle=cars[1], occurred_at=today + "T00:00:00+08:00", started_at=today + "T00:00:00+08:00", ended_at=today + "T00:00:00+08:00")
        due = datetime.date.fromisoformat(today) + datetime.timedelta(days=5)
        self.wait(lambda: f"{due.year} 年 {due.month} 月 {due.day} 日" in self.asked(2).text, True)
        self.assertIn("2026 年 3 月 22 日", self.asked(1).text)
        # One that the hub has not listed yet: which rule held then is not known here.
        self.stop(service)
        self.stop(self.running[0])
        self.failed(3, READINGS[:1], vehicle=cars[2])
        _, self.page = self.run_station(STATION)
        self.assertIn("现行规定晚于这次检测", self.asked(3).text)
        self.assertIn("2026 年 3 月 22 日", self.asked(1).text)

    def test_the_lamp_with_its_codes_is_printed_where_obd_itself_did_not_fail(self):
        self.failed(1, READINGS[:1], obd={"dtcs": ["P0420"], "mil_on": True})
        self.failed(2, READINGS[:1], obd={"dtcs": ["P0420"], "mil_on": False})
        _, self.page = self.run_station(STATION)
        self.assertIn("故障灯亮，故障码 P0420。", self.asked(1).text)
        self.assertNotIn("P0420", self.asked(2).text)

    def test_corrections_count_and_a_void_record_has_no_notice(self):
        record = self.failed(1, READINGS[:1])
        self.failed(2, READINGS[:1])
        _, self.page = self.run_station(STATION)
        window = Window(self.page.port)
        window.open("/correct?seq=1").submit("/correct", **{"reason": "车型录错", "at/vehicle/model": "近途 JT1", "action": "replace"})
        self.assertIn("近途 JT1", self.asked(1).text)
        self.assertNotIn(record["vehicle"]["model"], self.asked(1).text)
        window.open("/correct?seq=2").submit("/correct", **{"reason": "重复", "action": "void"})
        self.assertEqual(self.asked(2).status, 404)
        self.assertNotIn("/notice", window.open("/record?seq=2").body)


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    sys.exit(0 if result.wasSuccessful() and len(result.skipped) < result.testsRun else 1 if result.failures or result.errors else 77)
