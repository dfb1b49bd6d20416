"""A hub whose store is PostgreSQL: its server stopped while it serves, copies of its store, what its commands say. Kills: kill_e2e.py."""
import json

from stores import ServerStore, main

ID = "I610404-01"


class Postgres(ServerStore):
    def test_backup_and_doctor_where_there_is_no_file(self):
        hub = self.serve()
        self.add(ID, self.port)
        saved = self.save_some(ID, 1, 3)
        self.station(ID, "run", "--once")
        self.hub_is_whole(ID, saved)
        self.hub("backup", self.dir / "backup.sqlite")
        self.stop(hub)
        self.assertIn('"database"', self.hub("doctor", "--json", expect=4))
        self.assertFalse((self.dir / "hub" / "hub.sqlite").exists())

    def test_a_server_that_stops_is_503_until_it_is_back(self):
        self.serve()
        self.add(ID, self.port)
        saved = self.save_some(ID, 1, 3)
        self.station(ID, "run", "--once")
        self.server.stop()
        saved += self.save_some(ID, 4, 3)
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

    def test_a_store_is_copied_there_and_back_while_it_is_served(self):
        """From SQLite to the server and back: reports are the same, all is proven, and the hub goes on."""
        self.server.sql("CREATE DATABASE second")
        there, back = self.server.url("second"), self.dir / "back.sqlite"
        self.hub("init", name="small")
        hub = self.serve(name="small")
        port = self.port
        self.add(ID, port, name="small")
        saved = self.save_some(ID, 1, 30)
        self.station(ID, "run", "--once")

        def counties(*store):
            report = json.loads(self.hub("report", "counties", "--from", "2020-01-01", "--json", *store, name="small"))
            return report["rows"], report["position"].split(".")[1]

        def copy(source, to, **more):
            return self.call("hub", "store", "copy", source, to, **more)

        first = self.dir / "small" / "hub.sqlite"
        self.assertIn("Copied", copy(first, there))
        saved += self.save_some(ID, 31, 5)
        self.station(ID, "run", "--once")
        self.stop(hub)
        self.assertIn("Copied", copy(first, there))
        before = counties()
        self.assertEqual(counties("--store", there), before)
        self.assertIn("holds a hub already", copy(first, there, expect=1))  # served since: a hub of its own now

        hub = self.start("hub", "--data", self.dir / "small", "serve", "--store", there, "--port", port, "--admin-port", 0)
        hub.stdout.readline()
        saved += self.save_some(ID, 36, 2)
        self.station(ID, "run", "--once")
        self.assertIn("Copied", copy(there, back))
        self.stop(hub)
        for store in (there, back):
            self.assertTrue(json.loads(self.hub("verify", "--store", store, name="small"))["clean"])
        self.assertEqual(counties("--store", back), counties("--store", there))
        self.assertGreater(int(counties("--store", back)[1]), int(before[1]))

    def test_what_stands_against_a_store_is_said(self):
        data = self.dir / "other"
        for store, words in (("mysql://x/y", "unknown database mysql://"), (self.server.url("nowhere"), "can't connect"),
                             (self.place, "holds a hub already")):
            self.assertIn(words, self.call("hub", "--data", data, "init", "--store", store, expect=1))
            self.assertFalse((data / "hub.key.pem").exists())
        self.hub("init", name="other")
        serve = ("serve", "--port", 0, "--admin-port", 0)
        self.assertIn("another hub", self.call("hub", "--data", data, "--store", self.place, *serve, expect=1))
        self.server.sql("CREATE ROLE clerk LOGIN")
        self.assertIn("lacks rights", self.hub("--store", self.server.url(user="clerk"), *serve, expect=1))
        self.sql("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
        self.assertIn("newer program", self.hub(*serve, expect=1))


if __name__ == "__main__":
    main()
