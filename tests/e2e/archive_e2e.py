"""A shop's uploader posts to the archive's interface of a shop's program and of a department's bridge: the hub holds the
repair and the retest is cleared; sent again it counts once, changed it is a correction, and a kill loses nothing."""
import http.client
import http.server
import json
import signal
import threading
import unittest

from programs import Programs, inspection, program_of

CODE, PASSWORD, NAME = "610404000000001", "made-up-password", "渭城示例维修厂"
BASE = "/restservices/lcipprodatarest/{}/query"
BRIDGE, SHOP, TESTER = "B610400-02", "M610404-03", "I610404-01"


def message(number, plate="陕D00001", **basic):
    return {"basicInfo": json.dumps({"vehicleplatenumber": plate, "companyname": NAME, "vin": "无", "repairdate": "20260302", "repairmileage": "0",
                                     "settledate": "20260302", "faultdescription": "尾气超标", "costlistcode": number, **basic}, ensure_ascii=False),
            "vehiclePartsList": "[]", "repairProjectList": json.dumps([{"repairproject": "更换三元催化器", "workinghours": "380"}], ensure_ascii=False)}


def nested(levels):
    """What json.dumps itself can't write."""
    return b'{"a":' + b"[" * levels + b"]" * levels + b"}"


class Uploader:
    """What stands in a shop: a token a batch, then record after record."""

    def __init__(self, port):
        self.port = port
        answer = self.post("lcipprogetaccesstoken", {"companycode": CODE, "companypassword": PASSWORD})
        assert answer["code"] == "1", answer
        self.token = answer["access_token"]

    def post(self, service, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/archive" + BASE.format(service), body if isinstance(body, bytes) else json.dumps(body).encode(), {"Content-Type": "application/json;charset=UTF-8"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def send(self, body):
        return self.post("lcipprocarfixrecordadd", {"access_token": self.token, **body})


class Archive(Programs):
    def setUp(self):
        super().setUp()
        self.hub("init")
        self.hub_process = self.serve()
        for id in TESTER, SHOP:
            self.add(id, self.port)
        self.hub("station", "add", BRIDGE, "--writes-for", "610404,M610481-01", "--out", self.dir / BRIDGE, "--valid-from", "2024-01-01",
                 "--url", f"https://127.0.0.1:{self.port}")
        self.number = 0

    def configure(self, id, *more):
        shop = f'company_code = "{CODE}"\ncompany_password = "{PASSWORD}"\ncompany_name = "{NAME}"\n'
        with open(self.dir / id / "station.toml", "a") as out:
            out.write("\n[archive]\nport = 0\n" + (f'[[archive.shop]]\nstation_id = "{SHOP}"\n' if id == BRIDGE else "") + shop + "".join(more))

    def config(self, id):
        return "--config", self.dir / id / "station.toml"

    def run_program(self, id):
        program, more = program_of(id), [] if id == BRIDGE else ["--page-port", 0]
        process = self.start(program, *self.config(id), "run", *more)
        for line in process.stdout:
            if "archive interface" in line:
                return process, Uploader(int(line.rsplit(":", 1)[1].strip("/\n")))
        self.fail(f"{program} does not serve the archive")

    def fail_test(self, plate="陕D00001"):
        self.number += 1
        path = self.dir / "test.json"
        path.write_text(json.dumps(inspection(TESTER, self.number, plate=plate), ensure_ascii=False))
        self.station(TESTER, "submit", path)
        self.station(TESTER, "run", "--once")

    def clearance(self, plate="陕D00001"):
        status, answer = self.request("POST", "/api/v1/clearances", json.dumps({"plate": plate}).encode(), TESTER)
        self.assertEqual(status, 200)
        return answer["clearance"]

    def lines(self, id=BRIDGE):
        return self.status(id)["lines"]

    def test_the_bridge_of_a_department(self):
        self.configure(BRIDGE)
        self.fail_test()
        self.assertEqual(self.clearance(), "repair_required")
        _, shop = self.run_program(BRIDGE)
        self.assertIn("新增成功", shop.send(message("JS1"))["status"])
        self.wait(self.clearance, "cleared")
        self.assertEqual(shop.send(message("JS1"))["code"], "1")
        self.assertEqual(self.lines(), 1)
        record, = self.held(BRIDGE)
        self.assertEqual((record["station_id"], record["time_precision"], record["work_order_no"]), (SHOP, "day", "JS1"))
        self.assertNotIn("total_fee", record)
        self.assertNotIn("labour_hours", record["items"][0])
        # Another plate under the same number is another repair, withdrawn by itself.
        self.fail_test("陕D00002")
        self.assertEqual(shop.send(message("JS1", "陕D00002"))["code"], "1")
        self.wait(lambda: (self.clearance(), self.clearance("陕D00002")), ("cleared", "cleared"))
        self.assertEqual([r["schema"] for r in self.held(BRIDGE)], ["imloop/repair/1", "imloop/repair/1"])
        self.assertEqual(shop.send(message("JS1", "陕D00002", RecallResult="1"))["code"], "1")
        self.wait(lambda: (self.clearance(), self.clearance("陕D00002")), ("cleared", "repair_required"))
        self.assertEqual(self.lines(), 3)
        # What is not known is refused with a reason, and nothing is written.
        self.assertEqual(shop.send(message("无"))["code"], "0")
        shop.token = "made-up"
        self.assertEqual(shop.send(message("JS9"))["code"], "0")
        self.assertEqual(self.lines(), 3)
        self.assertTrue(json.loads(self.hub("verify"))["clean"])

    def test_a_shops_own_program(self):
        self.configure(SHOP)
        self.fail_test()
        _, shop = self.run_program(SHOP)
        self.assertIn("嵌套太深", shop.post("lcipprocarfixrecordadd", nested(100_000))["status"])
        answer = shop.send(message("JS1"))
        self.assertEqual(answer["code"], "0")
        self.assertIn("total_fee", answer["status"])
        self.assertEqual(shop.send(message("JS1", total_fee="1280"))["code"], "1")
        self.wait(self.clearance, "cleared")
        record, = self.held(SHOP)
        self.assertEqual(record["total_fee"], 1280)
        # What a person has corrected stays, whatever is sent again.
        self.save(SHOP, {"schema": "imloop/correction/1", "record_id": "01940000-0000-7000-8000-000000000077", "station_id": SHOP,
                         "occurred_at": "2026-03-03T09:00:00+08:00", "corrects": record["record_id"], "action": "replace", "reason": "金额录错",
                         "replacement": {**record, "total_fee": 980}})
        self.assertEqual(shop.send(message("JS1", total_fee="1280"))["code"], "1")
        self.assertEqual(shop.send(message("JS1", total_fee="1380"))["code"], "0")
        self.assertEqual(self.lines(SHOP), 2)

    def test_a_kill_after_the_answer_loses_nothing(self):
        self.configure(BRIDGE)
        sent = []
        for n in range(12):
            process, shop = self.run_program(BRIDGE)
            for k in range(n % 4 + 1):
                number = f"JS{n}-{k}"
                self.assertEqual(shop.send(message(number))["code"], "1")
                sent.append(number)
            process.send_signal(signal.SIGKILL)
            process.wait()
            if n == 4:
                self.hub_process.send_signal(signal.SIGKILL)
                self.hub_process.wait()
            if n == 8:
                self.hub_process = self.serve(self.port)
        # What was sent before a kill is sent again by software that never saw the answer.
        process, shop = self.run_program(BRIDGE)
        for number in sent[-3:]:
            self.assertEqual(shop.send(message(number))["code"], "1")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(), 0)
        self.station(BRIDGE, "run", "--once")
        self.assertEqual([r["work_order_no"] for r in self.held(BRIDGE)], sent)
        self.assertTrue(json.loads(self.hub("verify"))["clean"])

    def test_changes_go_out_into_files(self):
        self.configure(BRIDGE, '[feed]\nfolder = "out"\n')
        self.fail_test()
        process, shop = self.run_program(BRIDGE)
        shop.send(message("JS1"))
        schemas = lambda: {json.loads(line)["record"]["schema"] for file in (self.dir / BRIDGE / "out").glob("*.ndjson") for line in file.read_text().splitlines()}
        self.wait(lambda: {"imloop/inspection/1", "imloop/repair/1"} <= schemas(), True)
        process.send_signal(signal.SIGTERM)
        process.wait()
        count = lambda: sum(len(file.read_text().splitlines()) for file in (self.dir / BRIDGE / "out").glob("*.ndjson"))
        before = count()
        process, _ = self.run_program(BRIDGE)
        self.fail_test("陕D00002")
        self.wait(count, before + 1)

    def test_changes_go_out_to_a_platform(self):
        got, refuse = [], [1]

        class Platform(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                taken = not refuse
                if taken:
                    got.extend(map(json.loads, body.splitlines()))
                else:
                    refuse.pop()
                self.send_response(204 if taken else 500)
                self.end_headers()

            def log_message(self, *_):
                pass

        platform = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Platform)
        threading.Thread(target=platform.serve_forever, daemon=True).start()
        self.addCleanup(platform.server_close)
        self.addCleanup(platform.shutdown)
        self.fail_test()
        self.configure(BRIDGE, f'[feed]\nurl = "http://127.0.0.1:{platform.server_port}/in"\nform = "platform"\n')
        _, shop = self.run_program(BRIDGE)
        shop.send(message("JS1"))
        self.wait(lambda: [g["kind"] for g in got], ["failed_test", "repair"], seconds=90)
        self.assertEqual(got[0]["message"]["VLPN"], "陕D00001")
        self.assertEqual(got[1]["message"]["basicInfo"]["costlistcode"], "JS1")
        self.assertEqual(got[1]["message"]["basicInfo"]["companyname"], NAME)


if __name__ == "__main__":
    unittest.main(verbosity=2)
