"""What must hold in the field, through the built programs: a week without network, full disks, clocks that are off, a hub put
back from a backup, two programs on one outbox. Nothing is lost, nothing counts twice, and the operator is told in words."""
import http.client
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import unittest

from programs import SANITIZED, Clock, Page, Programs, inspection

ID, BRIDGE = "I610404-01", "B610400-02"
DAY = 86400
IN_USE = "另一个程序正在使用这份数据，本程序已停止，没有写入任何内容。 / Another program is using this data; this one has stopped and wrote nothing."


class Field(Programs):
    def ids(self, count):
        return [inspection(ID, n)["record_id"] for n in range(1, count + 1)]

    @unittest.skipUnless(Clock.library, "SKIPPED: without libfaketime, or under a sanitizer")
    def test_a_week_without_network(self):
        clock = Clock(self.dir, -8 * DAY)
        self.hub("init", env=clock.env)
        hub = self.serve(env=clock.env)
        self.add(ID, self.port, env=clock.env)
        service, page = self.run_station(ID, env=clock.env)
        number = 0

        def a_days_work(count):
            nonlocal number
            records = [inspection(ID, number + n, at=clock.moment()) for n in range(1, count + 1)]
            number += count
            self.save(ID, *records, env=clock.env)

        a_days_work(3)
        self.wait(page.word, "正常")
        self.stop(hub, signal.SIGKILL)
        for day in range(7, 0, -1):
            clock.put(-day * DAY)
            a_days_work(5)
            self.wait(page.word, "离线")
            self.assertIn("记录都存在本机", page.band()[1])
            self.assertEqual(self.status(ID, env=clock.env)["waiting"], number - 3)
            if day == 4:  # the power too
                self.stop(service, signal.SIGKILL)
                service, page = self.run_station(ID, env=clock.env)
        clock.put(0)
        hub = self.serve(self.port, env=clock.env)
        self.assertNotIn("✗", self.station(ID, "doctor", env=clock.env))
        page.ask("POST", "/retry")
        self.wait(page.word, "正常")
        status = self.status(ID)
        self.assertEqual((status["lines"], status["accepted"], status["duplicate"], status["waiting"]), (38, 38, 0, 0))
        self.hub_is_whole(ID, self.ids(38))

    @unittest.skipUnless(Clock.library, "SKIPPED: without libfaketime, or under a sanitizer")
    def test_a_clock_an_hour_off(self):
        self.hub("init")
        self.serve()
        for number, (id, hours, words) in enumerate([(ID, 1, ("快了 60 分钟", "ahead of")), ("I610404-02", -2, ("慢了 120 分钟", "behind"))], 1):
            clock = Clock(self.dir, hours * 3600 + (30 if hours > 0 else -30))
            self.add(id, self.port)
            service, page = self.run_station(id, env=clock.env)
            self.save(id, inspection(id, number, at=clock.moment()), env=clock.env)
            self.wait(lambda: self.status(id)["accepted"], 1)
            self.wait(page.word, "时钟不准")
            self.assertIn(words[0], page.band()[1])
            checks = {c["check"]: c for c in json.loads(self.station(id, "doctor", "--json", env=clock.env, expect=1))["checks"]}
            self.assertEqual({name for name, c in checks.items() if c["verdict"] == "broken"}, {"clock"})
            self.assertIn(words[1], checks["clock"]["en"])
            self.stop(service)

    @unittest.skipUnless(Clock.library, "SKIPPED: without libfaketime, or under a sanitizer")
    def test_a_clock_decades_off(self):
        """The hub's certificate does not hold by such a clock: its dates are judged by the hub's own."""
        self.hub("init")
        self.serve()
        for number, (id, years, words) in enumerate([(ID, -30, "慢了 10950 天"), ("I610404-02", 60, "快了 21900 天")], 1):
            clock = Clock(self.dir, years * 365 * DAY + (30 if years > 0 else -30))
            self.add(id, self.port)
            service, page = self.run_station(id, env=clock.env)
            at = clock.moment() if years < 0 else "2026-03-02T09:00:00+08:00"  # what is to come is refused here and there
            self.save(id, inspection(id, number, at=at), env=clock.env)
            self.wait(lambda: self.status(id)["accepted"], 1)
            self.wait(page.word, "时钟不准")
            self.assertIn(words, page.band()[1])
            checks = {c["check"]: c for c in json.loads(self.station(id, "doctor", "--json", env=clock.env, expect=1))["checks"]}
            self.assertEqual({name for name, c in checks.items() if c["verdict"] == "broken"}, {"clock"})
            clock.put(0)
            page.ask("POST", "/retry")
            self.wait(page.word, "正常")
            self.stop(service)

    @unittest.skipUnless(Clock.library, "SKIPPED: without libfaketime, or under a sanitizer")
    def test_another_hub_is_not_believed_by_any_clock(self):
        self.hub("init")
        self.serve()
        self.add(ID, self.port)
        (self.dir / ID / "ca.pem").write_text(subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.dir / "other.key",
             "-subj", "/CN=another hub", "-days", "3650"], capture_output=True, text=True, check=True).stdout)
        for years in 0, -40, 60:
            clock = Clock(self.dir, years * 365 * DAY)
            checks = {c["check"]: c for c in json.loads(self.station(ID, "doctor", "--json", env=clock.env, expect=1))["checks"]}
            self.assertIn("certificate verify failed", checks["hub"]["en"])
            self.assertNotIn("clock", checks)

    def small_disk(self, folder, mebibytes):
        """A disk of its own under a folder; taken away when the test is over."""
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=700", "tmpfs", folder], capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest("SKIPPED: no disk may be mounted here: " + done.stderr.strip())
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=True)

    def enlarge(self, folder, mebibytes):
        subprocess.run(["mount", "-o", f"remount,size={mebibytes}m", folder], check=True)

    def tearDown(self):
        for process in self.running:
            process.kill()
        self.doCleanups()  # a disk goes before the folder it stands in
        super().tearDown()

    def large(self, number):
        return {**inspection(ID, number), "remark": os.urandom(60_000).hex()}

    def test_a_full_disk_at_a_station(self):
        self.hub("init")
        self.serve()
        self.add(ID, self.port)
        data = self.dir / ID / "data"
        self.small_disk(data, 4)
        self.stop(self.run_station(ID)[0])
        said = []
        for number in range(1, 100):
            path = self.dir / "record.json"
            path.write_text(json.dumps(self.large(number)))
            done = subprocess.run([pathlib.Path(os.environ["IMLOOP_BIN_DIR"]) / "i_station", "--config", self.dir / ID / "station.toml", "submit", path],
                                  capture_output=True, text=True)
            if done.returncode != 0:
                break
            said.append(number)
        self.assertEqual(done.returncode, 1)
        self.assertIn("磁盘已满", done.stderr)
        self.assertIn("the disk is full, nothing was written", done.stderr)
        self.assertGreater(len(said), 10)
        self.assertEqual(self.status(ID)["lines"], len(said))
        service, page = self.run_station(ID)
        self.wait(page.word, "磁盘将满")
        checks = {c["check"]: c["verdict"] for c in json.loads(self.station(ID, "doctor", "--json", expect=1))["checks"]}
        self.assertEqual((checks["disk"], checks["outbox"], checks["hub"]), ("broken", "fine", "fine"))
        self.enlarge(data, 64)
        self.wait(lambda: self.status(ID)["accepted"], len(said))
        self.save(ID, self.large(len(said) + 1))
        self.wait(lambda: self.status(ID)["accepted"], len(said) + 1)
        self.hub_is_whole(ID, self.ids(len(said) + 1))

    def test_a_disk_that_is_full_at_the_first_start(self):
        self.hub("init")
        self.serve()
        self.add(ID, self.port)
        data = self.dir / ID / "data"
        self.small_disk(data, 4)
        filler = data / "filler"
        with self.assertRaises(OSError), open(filler, "wb", buffering=0) as f:
            while True:
                f.write(bytes(65536))
        service = self.start("i_station", "--config", self.dir / ID / "station.toml", "run", "--page-port", 0)
        port = next(int(line.rsplit(":", 1)[1].strip("/\n")) for line in service.stdout if "local page" in line)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/status")
        answer = connection.getresponse()
        said = answer.read().decode()
        connection.close()
        self.assertEqual(answer.status, 503)
        self.assertIn("磁盘已满", said)
        self.assertIn("请腾出磁盘空间", said)
        filler.unlink()
        page = Page(self.dir / ID, service)
        self.assertEqual(page.port, port)
        self.save(ID, inspection(ID, 1))
        self.wait(lambda: self.status(ID)["accepted"], 1)
        self.hub_is_whole(ID, self.ids(1))

    def test_a_full_disk_at_the_hub(self):
        data = self.dir / "hub"
        self.small_disk(data, 3)
        self.hub("init")
        words = open(self.dir / "words", "w+")
        self.addCleanup(words.close)
        hub = self.serve(stderr=words)
        self.add(ID, self.port)
        service, page = self.run_station(ID)
        number = 0
        while hub.poll() is None and number < 100:
            number += 1
            self.save(ID, self.large(number))
        self.assertEqual(hub.wait(60), 3)
        words.seek(0)
        said = words.read()
        self.assertIn("写入数据库失败，程序停止", said)
        self.assertIn("the disk is full", said)
        self.wait(page.word, "离线")
        status = self.status(ID)
        self.assertEqual((status["lines"], status["stopped"]), (number, None))
        self.assertGreater(status["waiting"], 0)
        self.enlarge(data, 64)
        self.serve(self.port)
        page.ask("POST", "/retry")
        self.wait(lambda: self.status(ID)["accepted"], number)
        self.hub_is_whole(ID, self.ids(number))

    def test_a_full_disk_at_the_hub_and_no_room_for_its_last_words(self):
        data = self.dir / "hub"
        self.small_disk(data, 3)
        self.hub("init")
        full = open("/dev/full", "w")
        self.addCleanup(full.close)
        hub = self.serve(stderr=full)
        self.add(ID, self.port)
        self.assertEqual(self.request("GET", "/api/v1/stations")[0], 401)  # what is said of it can't be written either
        self.run_station(ID)
        for number in range(1, 100):
            if hub.poll() is not None:
                break
            self.save(ID, self.large(number))
        self.assertEqual(hub.wait(60), 3)

    def feed(self):
        return {json.loads(line)["record"]["record_id"] for file in (self.dir / BRIDGE / "out").glob("*.ndjson") for line in file.read_text().splitlines()}

    def put_back(self, backup):
        data = self.dir / "hub"
        for name in ("hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm"):
            (data / name).unlink(missing_ok=True)
        (data / "hub.sqlite").write_bytes(backup.read_bytes())

    def test_a_hub_put_back_from_a_backup(self):
        self.hub("init")
        hub = self.serve()
        self.add(ID, self.port)
        self.hub("station", "add", BRIDGE, "--writes-for", "610404", "--out", self.dir / BRIDGE, "--url", f"https://127.0.0.1:{self.port}")
        with open(self.dir / BRIDGE / "station.toml", "a") as more:
            more.write('\n[feed]\nfolder = "out"\n')
        _, page = self.run_station(ID)
        self.run_station(BRIDGE)
        ids = self.ids(12)
        backup = self.dir / "backup.sqlite"
        # The same backup twice: what was given out after the first time it was put back is of no worth after the second.
        for known, life in ((4, None), (8, "first"), (12, "second")):
            if life:
                self.stop(hub)
                self.put_back(backup)
                hub = self.serve(self.port)
                page.ask("POST", "/retry")
            self.save(ID, *[inspection(ID, n) for n in range(known - 3, known + 1)])
            self.wait(lambda: self.feed(), set(ids[:known]), seconds=60)
            if not life:
                self.hub("backup", backup)
                # What comes after the backup: new stations, new records, places in the feed ahead of it.
            self.add(f"I610404-{known:02}", self.port)
            self.wait(lambda: self.status(ID)["accepted"], known)
        self.hub_is_whole(ID, ids)
        status = self.status(ID)
        self.assertEqual((status["accepted"], status["duplicate"], status["stopped"]), (12, 0, None))
        self.stop(hub)
        with sqlite3.connect(self.dir / "hub" / "hub.sqlite") as database:
            self.assertEqual(database.execute("SELECT COUNT(*) FROM alarms").fetchone(), (0,))
        # The journals as they stand now make a new hub.
        self.hub("init", name="other")
        kid = json.loads(self.hub("export", self.dir / "export"))["kid"]
        self.hub("import", self.dir / "export", "--restore", kid, name="other")
        self.assertTrue(json.loads(self.hub("verify", name="other"))["clean"])

    def test_an_idle_station_sends_again_what_a_hub_lost(self):
        self.hub("init")
        hub = self.serve()
        self.add(ID, self.port)
        self.save(ID, inspection(ID, 1))
        self.station(ID, "run", "--once")
        backup = self.dir / "backup.sqlite"
        self.hub("backup", backup)
        self.save(ID, inspection(ID, 2), inspection(ID, 3))
        self.station(ID, "run", "--once")
        self.stop(hub)
        self.put_back(backup)
        self.serve(self.port)
        self.assertEqual(len(self.held(ID)), 1)
        self.assertEqual(self.status(ID)["waiting"], 0)
        self.run_station(ID)
        self.wait(lambda: len(self.held(ID)), 3)
        self.hub_is_whole(ID, self.ids(3))

    def test_a_station_put_back_from_a_backup(self):
        self.hub("init")
        self.serve()
        self.add(ID, self.port)
        data = self.dir / ID / "data"
        backup = self.dir / "backup"
        self.save(ID, inspection(ID, 1), inspection(ID, 2))
        self.station(ID, "run", "--once")
        shutil.copytree(data, backup)
        self.save(ID, *[inspection(ID, n) for n in range(3, 6)])
        self.station(ID, "run", "--once")
        before = self.status(ID)["epoch"]
        # Once noticed by the hub's standing, once, with more records saved in the mean time, by its refusal.
        for saved in (0, 4):
            shutil.rmtree(data)
            shutil.copytree(backup, data)
            more = [inspection(ID, 10 + n) for n in range(saved)]
            if more:
                self.save(ID, *more)
            service, page = self.run_station(ID)
            self.wait(lambda: (self.status(ID)["epoch"] != before, self.status(ID)["waiting"]), (True, 0))
            self.wait(page.word, "正常")
            status = self.status(ID)
            self.assertEqual((status["accepted"], status["duplicate"], status["rejected"], status["stopped"]), (saved, 2, 0, None))
            self.assertTrue((data / f"outbox-{before}.sqlite").exists())
            # What was lost here is typed in again: it is known.
            self.save(ID, inspection(ID, 4))
            self.wait(lambda: self.status(ID)["duplicate"], 3)
            self.stop(service)
        ids = [inspection(ID, n)["record_id"] for n in (1, 2, 3, 4, 5, 10, 11, 12, 13)]
        report = json.loads(self.hub("verify"))
        self.assertTrue(report["clean"], report)
        self.assertEqual(sorted({r["record_id"] for r in self.held(ID)}), sorted(ids))

    @unittest.skipIf(SANITIZED, "SKIPPED: a sanitizer needs descriptors of its own")
    def test_a_hub_that_runs_out_of_file_descriptors_goes_on(self):
        self.hub("init")
        self.serve(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)))
        self.add(ID, self.port)
        many = [socket.create_connection(("127.0.0.1", self.port), timeout=60) for _ in range(60)]
        many[-1].settimeout(1)
        with self.assertRaises(TimeoutError):  # whom it has no descriptor for waits
            ssl._create_unverified_context().wrap_socket(many[-1])
        for one in many:
            one.close()
        self.save(ID, inspection(ID, 1))
        self.station(ID, "run", "--once")
        self.assertEqual(self.status(ID)["accepted"], 1)

    def test_a_port_that_is_taken_holds_no_record_up(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            self.hub("init")
            self.assertIn(f"端口 {port} 用不了", self.hub("serve", "--port", port, "--admin-port", 0, expect=1))
            self.serve()
            self.add(ID, self.port)
            service = self.start("i_station", "--config", self.dir / ID / "station.toml", "run", "--page-port", port)
            self.save(ID, inspection(ID, 1))
            self.wait(lambda: self.status(ID)["waiting"], 0)
        self.wait(Page(self.dir / ID, service).word, "正常")

    def test_two_programs_on_one_outbox(self):
        self.hub("init")
        self.serve()
        self.add(ID, self.port)
        self.hub("station", "add", BRIDGE, "--writes-for", "610404", "--out", self.dir / BRIDGE, "--url", f"https://127.0.0.1:{self.port}")
        _, page = self.run_station(ID)
        self.save(ID, inspection(ID, 1))  # saving is no second uploader
        self.wait(lambda: self.status(ID)["accepted"], 1)
        for words in (["run"], ["run", "--page-port", "0"], ["run", "--once"], ["queue", "export", self.dir / "x.ndjson"]):
            self.assertEqual(self.station(ID, *words, expect=1).strip(), IN_USE)
        self.assertFalse((self.dir / "x.ndjson").exists())
        self.assertEqual(page.word(), "正常")
        bridge, _ = self.run_station(BRIDGE)
        self.wait(lambda: (self.dir / BRIDGE / "data" / "upload.lock").exists(), True)
        self.assertEqual(self.station(BRIDGE, "run", expect=1).strip(), IN_USE)
        self.assertIsNone(bridge.poll())


if __name__ == "__main__":
    unittest.main(verbosity=2)
