#!/usr/bin/env python3
"""The local pages without script, as forms are really sent: twice, from two windows, after a restart, with slips of the hand."""
import contextlib
import csv
import datetime
import html
import io
import json
import re
import signal
import sqlite3
import stat
import time
import unittest
import urllib.parse

from forms import Reader, Window
from programs import Programs, inspection

INSPECTION, SHOP = "I610404-01", "M610404-03"
PLATE = "陕D0T001"


class Pages(Programs):
    def setUp(self):
        super().setUp()
        self.hub("init")
        self.serve()
        for id in (INSPECTION, SHOP):
            self.add(id, self.port)

    def open_station(self, id):
        self.process, page = self.run_station(id)
        return Window(page.port)

    def restart(self, id, window, how=signal.SIGTERM):
        """The same program on the same port: the window stays open."""
        self.stop(self.process, how)
        program = {"M": "m_station", "I": "i_station"}[id[0]]
        self.process = self.start(program, "--config", self.dir / id / "station.toml", "run", "--page-port", window.port)
        while "local page" not in self.process.stdout.readline():
            pass

    def lines(self, id, kind):
        """Records of a kind in a station's outbox."""
        file = self.dir / id / "data" / "outbox.sqlite"
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            records = [json.loads(line) for (line,) in database.execute("SELECT bytes FROM lines ORDER BY seq")]
        return [r for r in records if r["schema"] == f"imloop/{kind}/1"]

    def failed_here(self, number=1, plate=PLATE):
        """A failed test that the hub has."""
        self.save(INSPECTION, {**inspection(INSPECTION, number, plate=plate), "obd": {"dtcs": ["P0420"], "mil_on": True}})
        service, _ = self.run_station(INSPECTION)
        self.wait(lambda: len(self.held(INSPECTION)), number)
        self.stop(service)

    def open_order(self, window, number=1):
        id = f"01940000-0000-7000-8000-{number:012d}"
        self.wait(lambda: "/repair" in [f["action"] for f in window.open("/orders?order=" + id).page.forms], True)
        return window

    REPAIR = {"kind_0": "item", "code_0": "EMI-CAT", "price_0": "1,280", "quantity_0": "1"}


class EveryPost(Pages):
    def test_every_form_of_both_programs_leads_on(self):
        for id, paths in ((INSPECTION, ["/status", "/gate", "/failed", "/files", "/files/mapping", "/settings", "/records"]),
                          (SHOP, ["/orders", "/prices", "/import", "/status", "/done", "/records"])):
            window = self.open_station(id)
            seen = set()
            for path in paths:
                for form in window.open(path).page.forms:
                    self.assertEqual(form["method"], "post")
                    seen.add(form["action"])
                    self.assertEqual(window.send(form["action"])[0], 303, form["action"])
            self.assertTrue(seen)
            token = window.open(paths[1]).form(next(iter(f["action"] for f in window.page.forms)))["fields"]["token"]
            for act in ("/retry", "/export", "/correct"):
                window.page.forms.append({"action": act, "fields": {"token": token, "seq": "1"}, "method": "post"})
                self.assertEqual(window.send(act)[0], 303, act)
                self.assertEqual(window.ask("GET", act)[0] in (303, 404), True, act)
            self.stop(self.process)


class Repairs(Pages):
    def test_a_form_that_is_sent_twice_is_one_repair(self):
        self.failed_here()
        window = self.open_order(self.open_station(SHOP))
        second = Window(window.port).open(window.path)
        first = window.send("/repair", **self.REPAIR)
        self.assertEqual(first[0], 303)
        for again in (window, second):
            status, to = again.send("/repair", **self.REPAIR)
            self.assertEqual(status, 303)
            self.assertIn("只记了一次", Window(window.port).open(to).text)
        self.assertEqual([r["total_fee"] for r in self.lines(SHOP, "repair")], [1280])
        back = Window(window.port).open(window.path)
        self.assertIn("本店已为这次不合格提交过维修", back.text)
        self.assertNotIn("/repair", [f["action"] for f in back.page.forms])
        further = back.open(window.path + "&again=1").submit("/repair", **self.REPAIR)
        self.assertTrue(further.path.startswith("/done"))
        self.assertEqual(len({r["record_id"] for r in self.lines(SHOP, "repair")}), 2)

    def test_taking_in_twice_is_one_claim(self):
        self.failed_here()
        window = self.open_order(self.open_station(SHOP))
        second = Window(window.port).open(window.path)
        for one in (window, window, second):
            self.assertEqual(one.send("/claim")[0], 303)
        self.assertEqual([c["action"] for c in self.lines(SHOP, "claim")], ["take_in"])

    def test_a_draft_of_a_vehicle_on_no_list_is_kept_over_a_restart_with_the_window_open(self):
        window = self.open_station(SHOP).open("/orders").submit("/scan", find=PLATE)
        self.assertNotIn(PLATE, window.path)
        fields = {**window.fields("/repair"), **self.REPAIR, "fault_description": "三元失效"}
        window.form("/repair")["fields"] = fields
        window.page.forms.append({"action": "/draft", "fields": fields, "method": "post"})
        self.assertEqual(window.send("/draft")[0], 200)
        self.restart(SHOP, window, signal.SIGKILL)
        fresh = Window(window.port).open("/orders")
        self.assertIn("草稿", fresh.text)
        fresh.open(window.path.split("&kept")[0])
        self.assertEqual(fresh.fields("/repair")["fault_description"], "三元失效")
        # The window that was open all the time still submits.
        self.assertTrue(window.submit("/repair").path.startswith("/done"))
        self.assertEqual([r["vehicle"] for r in self.lines(SHOP, "repair")], [{"plate": PLATE}])
        token = self.dir / SHOP / "data" / "page.token"
        self.assertEqual(stat.S_IMODE(token.stat().st_mode), 0o600)

    def test_a_lost_token_is_said_and_what_was_typed_can_be_sent_again(self):
        window = self.open_station(SHOP).open("/orders").submit("/scan", find=PLATE)
        (self.dir / SHOP / "data" / "page.token").unlink()
        self.restart(SHOP, window)
        status, _ = window.send("/repair", **self.REPAIR)
        self.assertEqual(status, 403)
        self.assertIn("填写的内容都在下面", window.answer)
        window.page = Reader(window.answer)
        self.assertTrue(window.submit("/repair").path.startswith("/done"))

    def test_two_windows_are_told_of_each_other_and_nothing_is_lost(self):
        self.failed_here()
        window = self.open_order(self.open_station(SHOP))
        second = Window(window.port).open(window.path)
        for one, fault in ((window, "甲写的"), (second, "乙写的")):
            fields = {**one.fields("/repair"), "fault_description": fault}
            one.page.forms.append({"action": "/draft", "fields": fields, "method": "post"})
        self.assertEqual(window.send("/draft")[0], 200)
        self.assertEqual(second.send("/draft")[0], 409)
        self.assertIn("另一个窗口", second.answer)
        second.submit("/repair", fault_description="乙写的")  # without a repair: it would not be submitted anyhow
        self.assertIn("另一个窗口", second.text)
        self.assertEqual(second.fields("/repair")["fault_description"], "乙写的")
        self.assertEqual(Window(window.port).open(window.path).fields("/repair")["fault_description"], "甲写的")
        self.assertEqual(self.lines(SHOP, "repair"), [])
        self.assertTrue(second.submit("/repair", **self.REPAIR).path.startswith("/done"))
        self.assertEqual(self.lines(SHOP, "repair")[0]["fault_description"], "乙写的")

    def test_what_is_no_vehicle_becomes_none(self):
        window = self.open_station(SHOP).open("/orders")
        for text, word in (("01940000-0000-7000", "二维码没有读全"), ("https://example.cn/q", "这是网址"), ("8K3Q7", "省份简称"),
                           ("LSVAA49J13200001", "只有 16 位")):
            window.submit("/scan", find=text)
            self.assertIn(word, window.text)
            self.assertEqual(window.fields("/scan")["find"], text)
            self.assertNotIn("/repair", [f["action"] for f in window.page.forms])
        window.submit("/scan", find="LSVAA49J132000017").submit("/repair", **self.REPAIR)
        self.assertEqual([r["vehicle"] for r in self.lines(SHOP, "repair")], [{"vin": "LSVAA49J132000017"}])

    def test_a_work_order_number_is_one_repair_of_a_vehicle_by_whichever_door_it_came(self):
        window = self.open_station(SHOP).open("/orders").submit("/scan", find=PLATE)
        window.submit("/repair", **self.REPAIR, work_order_no="SL-1")
        self.assertTrue(window.path.startswith("/done"))
        window.open("/orders").submit("/scan", find=PLATE).open(window.path.split("&")[0] + "&again=1")
        window.submit("/repair", **self.REPAIR, work_order_no="SL-1")
        self.assertIn("这个工单号已记过这辆车的一次维修", window.text)
        self.assertEqual(len(self.lines(SHOP, "repair")), 1)
        self.assertTrue(window.submit("/repair", work_order_no="SL-2").path.startswith("/done"))

    def test_amounts_are_read_strictly_and_said_beside_their_field(self):
        window = self.open_station(SHOP).open("/orders").submit("/scan", find=PLATE)
        window.submit("/repair", **{**self.REPAIR, "price_0": "1.5.0", "quoted_fee": "1,5"})
        self.assertEqual(window.fields("/repair")["price_0"], "1.5.0")
        for field in ("price_0", "quoted_fee"):
            self.assertIn(f'id="{field}-error"', window.body)
        self.assertEqual(self.lines(SHOP, "repair"), [])


class Prices(Pages):
    def test_a_second_save_keeps_the_first_and_a_slip_is_said(self):
        window = self.open_station(SHOP).open("/prices")
        stale = Window(window.port).open("/prices")
        window.submit("/prices", **{"EMI-CAT": "1,280"})
        self.assertEqual(window.fields("/prices")["EMI-CAT"], "1280.00")
        stale.submit("/prices", **{"EMI-EGR": "３"})
        self.assertEqual([i.get("labour_fee") for i in self.lines(SHOP, "price_list")[-1]["items"]], [1280, 3])
        window.open("/prices").submit("/prices", **{"EMI-EGR": "1.5.0", "EMI-CAT": "99"})
        self.assertEqual((window.fields("/prices")["EMI-EGR"], window.fields("/prices")["EMI-CAT"]), ("1.5.0", "99"))
        self.assertIn("EMI-EGR-error", window.body)
        self.assertEqual(len(self.lines(SHOP, "price_list")), 2)
        window.submit("/prices", **{"EMI-EGR": "1.5"})
        self.assertEqual([i.get("labour_fee") for i in self.lines(SHOP, "price_list")[-1]["items"]], [99, 1.5])
        self.assertEqual(window.send("/prices")[0], 303)
        self.assertEqual(len(self.lines(SHOP, "price_list")), 3)


class Gate(Pages):
    def test_what_can_be_no_vehicle_is_said_not_asked(self):
        window = self.open_station(INSPECTION).open("/gate")
        for field, text, word in (("plate", "LSVAA49J132000017", "这里填的是 VIN"), ("plate", "8K3Q7", "省份简称"),
                                  ("plate", "黑色轿车", "这不是车牌号"), ("plate", "a.cn/陕D0T001", "这是网址"),
                                  ("vin", "01940000-0000-7000-8000-000000000001", "告知书的二维码"), ("vin", "LSVAA49J13200001", "只有 16 位")):
            window.open("/gate").submit("/gate", **{field: text})
            self.assertIn(word, window.text)
            self.assertEqual(window.fields("/gate")[field], text)
            self.assertNotIn("不是复检", window.text)
        window.open("/gate").submit("/gate", plate=PLATE)
        self.assertIn("不是复检", window.text)
        self.assertNotIn(PLATE, window.path)

    def test_going_on_is_one_record_however_often_it_is_sent_and_can_be_corrected(self):
        self.failed_here()
        window = self.open_station(INSPECTION).open("/gate").submit("/gate", plate=PLATE)
        self.assertIn("需先维修", window.text)
        window.submit("/override", reason="太短")
        self.assertIn("至少 10 个字", window.text)
        self.assertIn("需先维修", window.text)
        given = {"reason_code": "settlement_shown", "reason": "结算清单号 YS-06，已拍照留存。", "approved_by": "甲"}
        second = Window(window.port).open(window.path)
        third = Window(window.port).open("/gate").submit("/gate", plate=PLATE)
        for one in (window, window, second, third):
            self.assertEqual(one.send("/override", **given)[0], 303)
        records = self.lines(INSPECTION, "override")
        self.assertEqual([r["vehicle"] for r in records], [{"plate": PLATE}])
        seq = next(m for m in re.findall(r"/record\?seq=(\d+)", window.open("/status").body))
        window.open("/correct?seq=" + seq)
        self.assertEqual(window.fields("/correct")["at/reason"], given["reason"])
        form = {"reason": "单号看错", "at/reason": "结算清单号 YS-07，已拍照留存。", "action": "replace"}
        stale = Window(window.port).open(window.path)
        for one in (window, window):
            self.assertEqual(one.send("/correct", **form)[0], 303)
        corrections = self.lines(INSPECTION, "correction")
        self.assertEqual([c["replacement"] for c in corrections], [{**records[0], "reason": form["at/reason"]}])
        stale.submit("/correct", **{**form, "at/reason": "结算清单号 YS-08，已拍照留存。"})
        self.assertIn("刚才更正过", stale.text)
        self.assertEqual(stale.fields("/correct")["at/reason"], "结算清单号 YS-08，已拍照留存。")
        self.assertEqual(len(self.lines(INSPECTION, "correction")), 1)
        stale.submit("/correct")
        self.assertEqual(len(self.lines(INSPECTION, "correction")), 2)

    def test_a_correction_leaves_what_no_list_knows(self):
        record = inspection(INSPECTION, 1, plate=PLATE)
        record["vehicle"].update({"plate_kind": "99", "fuel": "hydrogen-9"})
        self.save(INSPECTION, record)
        window = self.open_station(INSPECTION).open("/correct?seq=1")
        self.assertEqual(window.fields("/correct")["at/vehicle/plate_kind"], "99")
        window.submit("/correct", **{"reason": "报告号录错", "at/report_no": "R-2", "action": "replace"})
        self.assertEqual(self.lines(INSPECTION, "correction")[0]["replacement"], {**record, "report_no": "R-2"})

    def test_what_a_correction_contradicts_is_said_beside_its_member(self):
        record = inspection(INSPECTION, 1, plate=PLATE)
        record.update({"method": "two_speed_idle", "failed_items": ["co/idle"],
                       "readings": [{"item": "co", "phase": "idle", "value": 1.4, "unit": "%", "limit": 0.6, "passed": False}]})
        self.save(INSPECTION, record)
        window = self.open_station(INSPECTION).open("/correct?seq=1")
        window.submit("/correct", **{"reason": "录错", "at/readings/0/value": "0.4", "action": "replace"})
        self.assertIn("at/readings/0/passed-error", window.body)
        self.assertNotIn("/replacement", window.text)
        self.assertEqual(window.fields("/correct")["at/readings/0/value"], "0.4")
        self.assertEqual(self.lines(INSPECTION, "correction"), [])

    def test_a_choice_sent_twice_is_one_claim(self):
        self.failed_here()
        window = self.open_station(INSPECTION)
        notice = f"/notice?record=01940000-0000-7000-8000-{1:012d}"
        self.wait(lambda: SHOP in window.open(notice).body, True)
        second = Window(window.port).open(notice)
        for one in (window, window, second):
            self.assertEqual(one.send("/choose", shop=SHOP)[0], 303)
        self.assertEqual([c["chosen_station_id"] for c in self.lines(INSPECTION, "claim")], [SHOP])



class Records(Pages):
    def test_own_records_are_found_counted_and_taken_along(self):
        now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
        today = now.strftime("%Y-%m-%dT%H:%M:%S+08:00")
        months_ago = (now - datetime.timedelta(days=100)).strftime("%Y-%m-%dT09:00:00+08:00")
        self.save(INSPECTION, inspection(INSPECTION, 1, plate="陕D8K3Q7", at=today), inspection(INSPECTION, 2, "pass", plate="陕D0T002", at=today),
                  inspection(INSPECTION, 3, plate="陕D0T003", at=months_ago), {**inspection(INSPECTION, 4, plate="陕D0T004", at=months_ago), "line_id": "=1+1"})
        window = self.open_station(INSPECTION).open("/records")
        self.assertIn("共 4 条", window.text)
        self.assertIn("检验 2 2 0 不合格 1 (50.0%) 1 (50.0%) 0", window.text)
        self.assertEqual(window.ask("GET", "/news")[2], "1")
        found = window.submit("/records", text="陕d·8k3q7")
        self.assertNotIn("8K3Q7", urllib.parse.unquote(found.path).upper())
        self.assertEqual(found.fields("/records")["text"], "陕d·8k3q7")
        self.assertIn("共 1 条", found.text)
        self.assertIn("陕D·8K3Q7", found.text)
        self.assertNotIn("0T002", found.text)
        self.assertIn("没有符合条件的记录", window.open("/records").submit("/records", text="京A00000").text)
        self.assertIn("日期写成", window.open("/records").submit("/records", **{"from": "上周"}).text)
        old = window.open("/records").submit("/records", to=months_ago[:10], show="failed")
        self.assertIn("共 2 条", old.text)
        status, _, table = old.ask("GET", re.search(r'href="(/records/file[^"]*)"', old.body)[1])
        rows = list(csv.DictReader(io.StringIO(table.lstrip("\ufeff"))))
        self.assertEqual([status, [r["车牌"] for r in rows], [r["结果"] for r in rows]], [200, ["陕D·0T004", "陕D·0T003"], ["不合格", "不合格"]])
        self.assertEqual([r["记录编号"][-2:] for r in rows], ["04", "03"])

    def test_ten_thousand_records_answer_soon_and_the_oldest_is_within_reach(self):
        at = "2026-03-02T09:00:00+08:00"
        for first in range(1, 10001, 1000):
            self.save(INSPECTION, *(inspection(INSPECTION, n, "pass" if n % 5 else "fail", at=at) for n in range(first, first + 1000)))
        window = self.open_station(INSPECTION)
        for path in ("/records", "/status", "/failed", "/news"):
            began = time.monotonic()
            window.open(path)
            print(f"  10,000 records, {path}: {1000 * (time.monotonic() - began):.0f} ms, {len(window.body) // 1000} kB")
            self.assertLess(len(window.body), 100_000, path)
        found = window.open("/records").submit("/records", show="failed")
        self.assertIn("共 2000 条", found.text)
        seen = set()
        while True:
            seen |= set(re.findall(r'/record\?seq=(\d+)', found.body))
            older = re.search(r'href="(/records\?kept[^"]*before=\d+)"', found.body)
            if not older:
                break
            found = found.open(html.unescape(older[1]))
        self.assertEqual(seen, {str(n) for n in range(5, 10001, 5)})

    def test_what_is_exported_can_be_saved_from_the_page_and_nothing_else(self):
        self.save_some(INSPECTION, 1, 3)
        window = self.open_station(INSPECTION).open("/records")
        window.page.forms.append({"action": "/export", "fields": {"token": window.fields("/records")["token"]}, "method": "post"})
        done = window.submit("/export")
        status, _, text = done.ask("GET", re.search(r'href="(/export/file[^"]*)"', done.body)[1])
        self.assertEqual([status, len([line for line in text.splitlines() if line.startswith('{"schema"')])], [200, 3])
        for name in ("", "../station.key.pem", "..%2Fdata%2Foutbox.sqlite", "none.ndjson"):
            self.assertEqual(window.ask("GET", "/export/file?name=" + name)[0], 404, name)

if __name__ == "__main__":
    unittest.main()
