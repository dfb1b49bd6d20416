"""SIGKILL of hub and stations at random moments: nothing acknowledged is lost, nothing is there twice, verify is clean."""
import json
import random
import signal
import time
import unittest

from programs import Programs, inspection

KILLS = 100
STATIONS = ["I610402-01", "I610404-01", "I610481-01"]


class Kills(Programs):
    def test_a_hundred_kills(self):
        chance = random.Random(11)
        self.hub("init")
        hub = self.serve()
        port = self.port
        for id in STATIONS:
            self.add(id, port)
        uploaders, saved, number = {}, {id: [] for id in STATIONS}, 0
        path = self.dir / "records.ndjson"
        for kill in range(KILLS):
            for id in STATIONS:
                if id not in uploaders:
                    uploaders[id] = self.start("i_station", "--config", self.dir / id / "station.toml", "run")
            id = chance.choice(STATIONS)
            records = [inspection(id, number + n) for n in range(1, chance.randint(2, 30))]
            number += len(records)
            path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records))
            if chance.random() < 0.3:
                # Killed while saving: only what it had said counts.
                saver = self.start("i_station", "--config", self.dir / id / "station.toml", "submit", path)
                said = []
                for _ in range(chance.randint(0, len(records) - 1)):
                    said.append(saver.stdout.readline())
                saver.send_signal(signal.SIGKILL)
                said += saver.stdout.readlines()
                saver.wait()
                saved[id] += [line.split()[-1] for line in said if line.startswith("已保存") and line.endswith("\n")]
                continue
            self.station(id, "submit", path)
            saved[id] += [r["record_id"] for r in records]
            time.sleep(chance.random() * 0.2)  # where in its work the victim is killed; nothing waits on it
            if chance.random() < 0.5:
                hub.send_signal(signal.SIGKILL)
                hub.wait()
                hub = self.serve(port)
            else:
                victim = uploaders.pop(chance.choice(list(uploaders)))
                victim.send_signal(signal.SIGKILL)
                victim.wait()
        for process in uploaders.values():
            process.send_signal(signal.SIGTERM)
            process.wait()
        for id in STATIONS:
            self.station(id, "run", "--once")
            status = json.loads(self.station(id, "status", "--json"))
            self.assertEqual(status["waiting"], 0)
            self.assertEqual(status["accepted"], status["lines"])
        self.hub("export", self.dir / "export")
        for id in STATIONS:
            found = [json.loads(line)["record_id"] for line in (self.dir / "export/journals" / f"{id}.ndjson").read_text().splitlines() if line.startswith('{"schema"')]
            self.assertEqual(len(found), len(set(found)), "a record stands twice")
            self.assertEqual(set(saved[id]) - set(found), set(), "an acknowledged record is lost")
        hub.send_signal(signal.SIGKILL)
        hub.wait()
        verified = json.loads(self.hub("verify"))
        self.assertTrue(verified["clean"], verified)
        print(f"{KILLS} kills, {number} records, {verified['segments']} segments")


if __name__ == "__main__":
    unittest.main(verbosity=2)
