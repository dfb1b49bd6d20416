"""SIGKILL of hub, stations and the server of the store at random moments, on either engine: nothing acknowledged is lost, nothing
is there twice, verify is clean, and what the rules find is what a hub finds that was never killed."""
import json
import random
import signal
import time
import unittest

from programs import fast_test, inspection, kills
from stores import FileStore, ServerStore

STATIONS = ["I610402-01", "I610404-01", "I610481-01"]


class Kills:
    def setUp(self):
        super().setUp()
        self.chance = random.Random(11)
        self.served = self.serve()
        self.at = self.port
        for id in STATIONS:
            self.add(id, self.at)
        self.uploaders, self.tried, self.saved = {}, {id: [] for id in STATIONS}, {id: [] for id in STATIONS}
        self.lines = 0

    def records(self, id, count):
        """One in five is flagged."""
        first = 1 + sum(map(len, self.tried.values()))
        out = [(inspection if n % 5 else fast_test)(id, n) for n in range(first, first + count)]
        self.tried[id] += [r["record_id"] for r in out]
        return out

    def save_more(self, id, count):
        records = self.records(id, count)
        self.save(id, *records)
        self.saved[id] += [r["record_id"] for r in records]

    def save_and_be_killed(self, id, count):
        """Only what it had said counts."""
        saver = self.start("i_station", "--config", self.dir / id / "station.toml", "submit", self.file_of(self.records(id, count)))
        said = [saver.stdout.readline() for _ in range(self.chance.randint(0, count - 1))]
        saver.kill()
        said += saver.stdout.readlines()
        saver.wait()
        self.saved[id] += [line.split()[-1] for line in said if line.startswith("已保存") and line.endswith("\n")]

    def upload(self):
        for id in STATIONS:
            if id not in self.uploaders:
                self.uploaders[id] = self.start_station(id)

    def have_more_lines(self):
        lines = self.metric("imloop_lines_total") or 0
        more, self.lines = lines > self.lines, max(lines, self.lines)
        return more

    def end(self, process):
        self.assertIsNone(process.poll(), "it had ended by itself")
        self.stop(process, signal.SIGKILL)

    def kill_hub(self):
        self.end(self.served)
        self.served = self.serve(self.at)

    def kill_station(self):
        self.end(self.uploaders.pop(self.chance.choice(list(self.uploaders))))

    def test_kills_at_random(self):
        for kill in range(self.times):
            self.upload()
            id, count = self.chance.choice(STATIONS), self.chance.randint(1, 30)
            if self.chance.random() < 0.25:
                self.save_and_be_killed(id, count)
                continue
            self.have_more_lines()
            self.save_more(id, count)
            if self.chance.random() < 0.5:
                self.wait(self.have_more_lines, True, 120)  # behind a failure a station pauses
            time.sleep(self.chance.random() * 0.2)  # where in its work the victim is killed; nothing waits on it
            self.chance.choice(self.ways)(self)
        for uploader in self.uploaders.values():
            self.assertEqual(self.stop(uploader), 0)
        self.all_is_there()
        print(f"{self.times} kills, {sum(map(len, self.saved.values()))} records, {self.sql('SELECT COUNT(*) FROM segments')} segments")

    def test_a_watch_that_is_killed_behind_the_loop_catches_up(self):
        self.flags()  # it has begun
        for way in self.ways_behind:
            before = self.watch_sql("SELECT COUNT(*) FROM flags")
            with self.watch_held():
                for id in STATIONS:
                    self.save_more(id, 200)
                    self.station(id, "run", "--once")
                way(self)
                self.assertEqual(self.watch_sql("SELECT COUNT(*) FROM flags"), before)
            time.sleep(self.chance.random() * 0.5)  # how far it comes until the next one
            way(self)
        self.all_is_there()

    def flags(self, **more):
        return json.loads(self.hub("suspects", "list", "--json", **more))["rows"]

    def all_is_there(self):
        for id in STATIONS:
            self.save_more(id, 1)  # that it is taken says that the hub is at work again
            self.station(id, "run", "--once")
            status = self.status(id)
            self.assertEqual((status["waiting"], status["accepted"]), (0, status["lines"]))
        self.wait(lambda: self.told("suspects", "list"), True)  # the watch has a connection of its own
        flags = self.flags()
        self.assertIn("R04", {f["rule"] for f in flags})
        kid = json.loads(self.hub("export", self.dir / "export"))["kid"]
        for id in STATIONS:
            found = [r["record_id"] for r in self.exported(id)]
            self.assertEqual(len(found), len(set(found)), "a record stands twice")
            saved = set(self.saved[id])
            self.assertEqual([r for r in found if r in saved], self.saved[id], "an acknowledged record is lost")
            self.assertLessEqual(set(found), set(self.tried[id]))
        self.assertEqual(self.sql("SELECT COUNT(*) - COUNT(DISTINCT position) FROM segments"), "0")
        self.hub("init", "--id", "H610400-02", name="fresh")
        self.hub("import", self.dir / "export", "--restore", kid, name="fresh")
        self.assertEqual(flags, self.flags(name="fresh"))
        self.end(self.served)
        for name in ("hub", "fresh"):
            verified = json.loads(self.hub("verify", name=name))
            self.assertTrue(verified["clean"], verified)


class OfAFile(Kills, FileStore):
    times = kills(60)
    ways = [Kills.kill_hub, Kills.kill_station]
    ways_behind = [Kills.kill_hub] * 2


class OfAServer(Kills, ServerStore):
    times = kills(25)

    def kill_server(self):
        self.server.kill()
        self.assertIn("automatic recovery", self.server.start())

    def kill_both(self):
        self.end(self.served)
        self.kill_server()
        self.served = self.serve(self.at)

    ways = [Kills.kill_hub, Kills.kill_station, kill_server, kill_both]
    ways_behind = [Kills.kill_hub, kill_server]


if __name__ == "__main__":
    unittest.main(verbosity=2)
