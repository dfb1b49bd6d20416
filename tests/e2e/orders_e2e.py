"""The shop's work list on the command line: what is listed, taken in, given back, chosen by an owner, and voided."""
import json
import unittest

from programs import Programs, inspection

INSPECTION, SHOP, RIVAL = "I610404-01", "M610404-03", "M610404-04"


class Orders(Programs):
    def setUp(self):
        super().setUp()
        self.hub("init")
        self.process = self.serve()
        for id in INSPECTION, SHOP, RIVAL:
            self.add(id, self.port)
        self.failure = inspection(INSPECTION, 1, plate="陕D0T001")
        self.send(INSPECTION, self.failure)

    def send(self, station, record):
        self.station(station, "submit", "-", input=json.dumps(record))
        self.station(station, "run", "--once")

    def lists(self, station, *more):
        return [order["list"] for order in json.loads(self.station(station, "orders", "--json", *more))]

    def test_a_vehicle_is_taken_in_by_number_and_given_back_by_id(self):
        said = self.station(SHOP, "orders")
        self.assertIn("本县待修 / In this county", said)
        self.assertIn("陕D·0T001", said)
        self.assertIn(self.failure["record_id"], said)
        self.station(SHOP, "orders", "take", "2", expect=2)
        self.assertIn("陕D·0T001", self.station(SHOP, "orders", "take", "1"))
        self.station(SHOP, "run", "--once")
        self.assertEqual(self.lists(SHOP), ["here"])
        self.assertEqual(self.lists(SHOP, "--list", "county"), [])
        self.assertEqual(self.lists(RIVAL), [])
        self.station(SHOP, "orders", "give-back", self.failure["record_id"])
        self.station(SHOP, "run", "--once")
        self.assertEqual(self.lists(RIVAL), ["county"])
        self.station(SHOP, "orders", "take", "陕D0T001", expect=2)

    def test_an_owner_chooses_and_the_choice_can_be_voided(self):
        said = self.station(INSPECTION, "choose", self.failure["record_id"], RIVAL)
        self.station(INSPECTION, "choose", "01940000-0000-7000-8000-000000000009", RIVAL, expect=2)
        self.station(INSPECTION, "run", "--once")
        self.assertEqual((self.lists(SHOP), self.lists(RIVAL)), ([], ["chosen"]))
        choice = said.split()[-1]
        self.send(INSPECTION, {"schema": "imloop/correction/1", "record_id": "01940000-0000-7000-8000-000000000077", "station_id": INSPECTION,
                               "occurred_at": "2026-03-03T09:00:00+08:00", "corrects": choice, "action": "void", "reason": "车主改了主意"})
        self.assertEqual((self.lists(SHOP), self.lists(RIVAL)), (["county"], ["county"]))

    def test_without_the_hub_there_is_no_list_but_an_id_is_written_down(self):
        self.process.kill()
        self.process.wait()
        self.assertIn("没有连上监管中心", self.station(SHOP, "orders", expect=1))
        self.station(SHOP, "orders", "take", self.failure["record_id"])
        self.assertEqual(json.loads(self.station(SHOP, "status", "--json"))["waiting"], 1)


if __name__ == "__main__":
    unittest.main()
