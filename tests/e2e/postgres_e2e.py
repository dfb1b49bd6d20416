"""A hub whose store is PostgreSQL: killed, and its server stopped while it serves; nothing is lost, nothing is there twice."""
import signal
import sys
import unittest

from programs import ROOT, Programs, inspection

sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgres  # noqa: E402

ID = "I610404-01"


class Postgres(Programs):
    def setUp(self):
        super().setUp()
        self.server = postgres.Server()
        self.addCleanup(self.server.close)
        self.server.sql("CREATE DATABASE imloop")
        self.hub("init", "--store", self.server.url())

    def save_some(self, first, count):
        records = [inspection(ID, n) for n in range(first, first + count)]
        self.save(ID, *records)
        return [r["record_id"] for r in records]

    def test_a_killed_hub_loses_nothing_and_holds_nothing_twice(self):
        hub = self.serve()
        port = self.port
        self.add(ID, port)
        saved = []
        for kill in range(5):
            saved += self.save_some(1 + 40 * kill, 40)
            uploader = self.start("i_station", "--config", self.dir / ID / "station.toml", "run", "--once")
            hub.send_signal(signal.SIGKILL)
            hub.wait()
            uploader.kill()
            uploader.wait()
            hub = self.serve(port)
        self.station(ID, "run", "--once")
        self.assertEqual(self.status(ID)["waiting"], 0)
        self.hub_is_whole(ID, saved)
        self.assertEqual(self.server.sql("SELECT COUNT(*) = COUNT(DISTINCT position) AND COUNT(*) > 0 FROM segments", "imloop"), "t")
        self.hub("backup", self.dir / "backup.sqlite")
        self.stop(hub)
        self.assertIn('"database"', self.hub("doctor", "--json", expect=4))
        self.assertFalse((self.dir / "hub" / "hub.sqlite").exists())

    def test_a_server_that_stops_is_503_until_it_is_back(self):
        self.serve()
        self.add(ID, self.port)
        saved = self.save_some(1, 3)
        self.station(ID, "run", "--once")
        self.server.stop()
        saved += self.save_some(4, 3)
        where = f"/api/v1/journal?epoch={self.status(ID).get('epoch', 'x')}"
        asked = ("POST", "/api/v1/clearances", b'{"plate": "\xe9\x99\x95D0T001", "plate_kind": "02"}')
        self.assertEqual(self.request(*asked, bundle=ID)[0], 503)
        status, answer = self.request("GET", where, bundle=ID)
        self.assertEqual((status, answer["code"]), (503, "store_lost"))
        self.assertEqual(self.status(ID)["waiting"], 3)
        self.server.start()
        self.wait(lambda: self.request("GET", where, bundle=ID)[0], 200)
        self.station(ID, "run", "--once")
        self.hub_is_whole(ID, saved)

    def test_what_stands_against_a_store_is_said(self):
        data = self.dir / "other"
        for store, words in (("mysql://x/y", "unknown database mysql://"), (self.server.url("nowhere"), "can't connect"),
                             (self.server.url(), "holds a hub already")):
            self.assertIn(words, self.call("hub", "--data", data, "init", "--store", store, expect=1))
            self.assertFalse((data / "hub.key.pem").exists())


if __name__ == "__main__":
    if why := postgres.missing():
        print("skipped:", why)
        sys.exit(77)
    unittest.main(verbosity=2)
