"""What is kept safe: files that only their owner reads, sticks that may not write the register, a store that a disk changed or
lost, and what a station may ask of a hub that was put back."""
import json
import os
import shutil
import signal
import sqlite3
import stat
import unittest

from programs import Programs, inspection

ID = "I610404-01"
# Certificates and public keys are for everyone.
PUBLIC = {"ca.cert.pem", "tls.cert.pem", "hub.pub.pem", "station.cert.pem", "ca.pem"}


class Vault(Programs):
    def save(self, *numbers, id=ID):
        path = self.dir / "records.ndjson"
        path.write_text("".join(json.dumps(inspection(id, n), ensure_ascii=False) + "\n" for n in numbers))
        self.station(id, "submit", path)
        self.station(id, "run", "--once")

    def open_to_others(self, *folders):
        out = []
        for folder in folders:
            for path in [folder, *folder.rglob("*")]:
                mode = stat.S_IMODE(path.lstat().st_mode)
                if mode & 0o077 and path.name not in PUBLIC:
                    out.append(f"{path.relative_to(self.dir)} {mode:04o}")
        return out

    def said(self, *command):
        """What a command prints that ends with 4, without what else it says."""
        return json.JSONDecoder().raw_decode(self.hub(*command, expect=4))[0]

    def test_no_file_is_open_to_others_whatever_the_umask(self):
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        self.hub("init")
        self.serve()
        self.add(ID, self.port)
        code = self.hub("station", "invite", "M610404-03", "--name", "x", "--url", f"https://127.0.0.1:{self.port}").split()[0]
        self.call("m_station", "--config", self.dir / "shop" / "station.toml", "join", code)
        self.save(1, 2)
        run = self.start("i_station", "--config", self.dir / ID / "station.toml", "run", "--page-port", 0)
        run.stdout.readline()
        self.assertEqual(self.open_to_others(self.dir / ID), [])
        self.stop(run)
        self.station(ID, "queue", "export", self.dir / "sticks.ndjson")
        self.hub("backup", self.dir / "backup.sqlite")
        self.hub("export", self.dir / "export")
        self.assertEqual(self.open_to_others(self.dir / "hub", self.dir / ID, self.dir / "shop", self.dir / "export"), [])
        for name in ("backup.sqlite", "sticks.ndjson"):
            self.assertEqual(stat.S_IMODE((self.dir / name).stat().st_mode), 0o600, name)
        self.assertTrue((self.dir / "hub" / "hub.sqlite-wal").exists())

    def test_a_key_that_others_could_read_is_replaced_by_one_they_can_not(self):
        self.hub("init")
        self.serve()
        for name in ("tls.key.pem", "serving.json"):
            (self.dir / "hub" / name).chmod(0o644)
        self.hub("certificate", "--host", "127.0.0.1")
        self.stop(self.running[0], signal.SIGKILL)
        self.serve()
        self.assertEqual(self.open_to_others(self.dir / "hub"), [])

    def test_another_hubs_journal_on_a_stick(self):
        self.hub("init")
        self.hub("init", "--id", "H999999-99", name="other")
        for name in ("hub", "other"):
            self.hub("station", "add", ID, "--name", name, "--out", self.dir / name / "bundle", name=name)
        self.hub("export", self.dir / "export", name="other")
        before, stations = self.hub("verify"), self.hub("station", "list")
        said = self.hub("import", self.dir / "export", expect=1)
        self.assertIn("foreign_hub", said)
        self.assertIn("--restore", said)
        self.assertEqual(self.hub("verify"), before)
        self.assertEqual(self.hub("station", "list"), stations)
        # The same into an empty hub that is to become its copy.
        kid = json.loads(self.hub("export", self.dir / "export", name="other"))["kid"]
        self.hub("init", "--id", "H610400-02", name="copy")
        self.hub("import", self.dir / "export", "--restore", "0" * 32, name="copy", expect=1)
        self.hub("import", self.dir / "export", "--restore", kid, name="copy")
        self.assertIn(ID, self.hub("station", "list", name="copy"))
        self.assertTrue(json.loads(self.hub("verify", name="copy"))["clean"])
        self.assertIn("hub_not_empty", self.hub("import", self.dir / "export", "--restore", kid, expect=1))

    def change(self, table, column, where, at):
        with sqlite3.connect(self.dir / "hub" / "hub.sqlite") as database:
            ((whole,),) = database.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchall()
            changed = bytearray(whole)
            changed[at] ^= 1
            database.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (bytes(changed),))
        database.close()

    def test_one_byte_of_the_store(self):
        self.hub("init")
        hub = self.serve()
        self.add(ID, self.port)
        self.save(1, 2, 3)
        self.save(4, 5, 6)
        self.stop(hub)
        for column, at in (("receipt", 200), ("bytes", 300)):
            self.change("segments", column, f"source_id = '{ID}' AND first = 4", at)
            said = self.said("verify")
            (error,) = said["errors"]
            self.assertEqual((error["source"], error["first"], error["code"]), (ID, 4, "damaged"))
            self.assertTrue(error["epoch"])
            left_out = self.said("export", self.dir / "export")["left_out"]
            self.assertEqual([(o["source"], o["first"], o["last"]) for o in left_out], [(ID, 4, 6)])
            self.assertIn("damaged", self.hub("doctor", expect=1))
            hub = self.serve(self.port)
            self.save(7)
            self.assertEqual(json.loads(self.station(ID, "status", "--json"))["waiting"], 0)
            self.stop(hub)
            with sqlite3.connect(self.dir / "hub" / "hub.sqlite") as database:
                database.execute(f"DELETE FROM segments WHERE first = 7")
            database.close()
            self.change("segments", column, f"source_id = '{ID}' AND first = 4", at)
            self.assertTrue(json.loads(self.hub("verify"))["clean"])

    def test_a_lost_database_is_not_a_new_hub(self):
        self.hub("init")
        file = self.dir / "hub" / "hub.sqlite"
        for lose in (lambda: file.unlink(), lambda: file.write_bytes(b"")):
            kept = file.read_bytes()
            lose()
            for command in (["verify"], ["serve"], ["import", self.dir], ["export", self.dir / "out"], ["init"]):
                said = self.hub(*command, expect=1)
                self.assertIn("已", said)
            self.assertIn("--restore", self.hub("verify", expect=1))
            self.assertIn("hub.sqlite", self.hub("doctor", expect=1))
            file.write_bytes(kept)
        self.assertTrue(json.loads(self.hub("verify"))["clean"])

    def test_what_a_station_asks_of_a_hub_that_was_put_back(self):
        self.hub("init")
        hub = self.serve()
        self.add(ID, self.port)
        self.save(1, 2)
        backup = self.dir / "backup.sqlite"
        self.hub("backup", backup)
        self.assertIn("2", self.station(ID, "verify", "--hub"))
        self.save(3, 4)
        self.assertIn("前 4 条", self.station(ID, "verify", "--hub"))
        self.stop(hub)
        file = self.dir / "hub" / "hub.sqlite"
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        shutil.copy(backup, file)
        hub = self.serve(self.port)
        said = self.station(ID, "verify", "--hub", expect=4)
        self.assertIn("前 4 条的回执", said)
        self.assertIn("前 2 条", said)
        self.station(ID, "run", "--once")
        self.assertIn("前 4 条", self.station(ID, "verify", "--hub"))
        # A line that was changed here: neither its receipt nor the hub holds it.
        outbox = self.dir / ID / "data" / "outbox.sqlite"
        with sqlite3.connect(outbox) as database:
            ((line,),) = database.execute("SELECT bytes FROM lines WHERE seq = 2").fetchall()
            database.execute("UPDATE lines SET bytes = ? WHERE seq = 2", (bytes(line).replace(b'"fail"', b'"pass"'),))
        database.close()
        self.assertIn("前 4 条的内容与监管中心的不同", self.station(ID, "verify", "--hub", expect=4))
        self.stop(hub)
        self.station(ID, "verify", "--hub", expect=1)
        self.station(ID, "verify", expect=1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
