"""Three hubs on one database: killed at random under load, stopped and woken; nothing acknowledged is lost, nothing is there twice,
and whoever asks is answered all the while."""
import http.client
import json
import pathlib
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import unittest

from programs import ROOT, kills
from stores import ServerStore, main

KILLS = kills(5)
HAPROXY = shutil.which("haproxy") or next(iter(pathlib.Path("/usr/sbin").glob("haproxy")), None)
HUBS = ["hub", "hub2", "hub3"]
STATIONS = ["I610402-01", "I610404-01", "I610481-01"]
ASKED = ("POST", "/api/v1/clearances", b'{"plate": "\xe9\x99\x95D0T001", "plate_kind": "02"}')


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Hubs(ServerStore):
    def setUp(self):
        super().setUp()
        for name in HUBS[1:]:
            shutil.copytree(self.dir / "hub", self.dir / name)
        self.hubs, self.ports = {}, {}
        for name in HUBS:
            self.hubs[name] = self.serve(name=name)
            self.ports[name] = self.port

    def tearDown(self):
        for hub in self.hubs.values():
            hub.send_signal(signal.SIGCONT)
        super().tearDown()

    def again(self, name):
        self.hubs[name] = self.serve(self.ports[name], name=name)

    def writer(self, among=HUBS):
        return next((name for name in among if self.writes(name)), None)

    def database_is_whole(self):
        """One chain a source, one order of positions without gaps, and no journal that was said to fork."""
        self.assertEqual(self.sql("SELECT COUNT(*) = COUNT(DISTINCT position) AND COUNT(*) = MAX(position) FROM segments"), "t")
        self.assertEqual(self.sql("SELECT COUNT(*) FROM (SELECT first, LAG(last, 1, 0::bigint) OVER (PARTITION BY source_id, epoch ORDER BY last) AS before FROM segments) s WHERE first <> before + 1"), "0")
        self.assertEqual(self.sql("SELECT COUNT(DISTINCT epoch) - COUNT(DISTINCT source_id) FROM segments"), "0")
        self.assertEqual(self.sql("SELECT COUNT(*) FROM alarms"), "0")

    def test_a_holder_that_is_stopped_commits_nothing_when_it_wakes(self):
        holder = self.writer()
        front, third = (name for name in HUBS if name != holder)
        mine, other = STATIONS[:2]
        self.add(mine, self.ports[holder], name=front)  # asked at a hub that does not write
        self.add(other, self.ports[front])
        saved = {id: self.save_some(id, 1 + 1000 * n, 5) for n, id in enumerate((mine, other))}
        for id in (mine, other):
            self.station(id, "run", "--once")
        self.hubs[holder].send_signal(signal.SIGSTOP)
        for id, first in ((mine, 100), (other, 1100)):
            saved[id] += self.save_some(id, first, 5)
        sends = self.start("i_station", "--config", self.dir / mine / "station.toml", "run", "--once")
        self.station(other, "run", "--once")  # committed by another
        self.assertEqual(self.status(other)["waiting"], 0)
        self.assertIn(self.writer([front, third]), (front, third))
        self.hubs[holder].send_signal(signal.SIGCONT)
        self.wait(lambda: self.writes(holder), False)
        sends.wait(60)
        self.station(mine, "run", "--once")  # by the woken one, which stands before another now
        self.assertEqual(self.status(mine)["waiting"], 0)
        for id in (mine, other):
            self.hub_is_whole(id, saved[id])
        self.database_is_whole()

    def test_an_orderly_stop_is_followed_at_once_and_a_key_revoked_at_one_is_refused_at_all(self):
        holder = self.writer()
        front, third = (name for name in HUBS if name != holder)
        id = STATIONS[0]
        self.add(id, self.ports[front], name=third)
        saved = self.save_some(id, 1, 3)
        self.assertEqual(self.stop(self.hubs[holder]), 0)
        self.station(id, "run", "--once")
        self.assertIn(self.writer([front, third]), (front, third))
        self.again(holder)
        self.hub_is_whole(id, saved)
        self.hub("station", "revoke", id, name=holder)
        for name in HUBS:
            self.wait(lambda: self.request(*ASKED, bundle=id, port=self.ports[name])[0], 403)
        self.database_is_whole()

    @unittest.skipIf(HAPROXY is None, "no haproxy is installed")
    def test_hubs_killed_at_random_lose_nothing_and_readers_are_answered(self):
        chance = random.Random(5)
        front = free_port()
        config = re.sub(r"bind :8443", f"bind 127.0.0.1:{front}", (ROOT / "packaging/etc/haproxy.cfg").read_text())
        for n, name in enumerate(HUBS, 1):
            config = config.replace(f"192.0.2.1{n}:8443", f"127.0.0.1:{self.ports[name]}")
        (self.dir / "haproxy.cfg").write_text(config)
        self.running.append(subprocess.Popen([HAPROXY, "-db", "-f", self.dir / "haproxy.cfg"], stderr=subprocess.DEVNULL))
        for id in STATIONS:
            self.add(id, front)
        answers, ended = [], threading.Event()
        reader = threading.Thread(target=self.ask_until, args=(front, ended, answers), daemon=True)
        reader.start()
        uploaders = [self.start_station(id) for id in STATIONS]
        saved, number, phones = {id: [] for id in STATIONS}, 1, []
        for kill in range(KILLS):
            for id in STATIONS:
                count = chance.randint(1, 20)
                saved[id] += self.save_some(id, number, count)
                number += count
            if self.told("station", "describe", STATIONS[0], "--phone", f"029-{kill}", name=chance.choice(HUBS)):
                phones.append(f"029-{kill}")
            victims = chance.sample(HUBS, chance.choice([1, 1, 2]))
            for name in victims:
                self.hubs[name].send_signal(signal.SIGKILL)
                self.hubs[name].wait()
            read = len(answers)
            self.wait(lambda: len(answers) > read, True)  # by who is left
            for name in victims:
                self.again(name)
        ended.set()
        reader.join(60)
        self.assertFalse(reader.is_alive())
        for uploader in uploaders:
            self.assertEqual(self.stop(uploader), 0)
        for id in STATIONS:
            self.station(id, "run", "--once")
            self.assertEqual(self.status(id)["waiting"], 0)
            self.hub_is_whole(id, saved[id])
        self.database_is_whole()
        own = (self.dir / "export" / "journals" / "H610400-01.ndjson").read_text().splitlines()
        said = [json.loads(line).get("phone") for line in own if '"imloop/registration/1"' in line]
        for phone in phones:
            self.assertEqual(said.count(phone), 1, "an officer's word is lost or stands twice")
        self.assertEqual(set(answers), {"answered"})
        print(f"{KILLS} kills, {number - 1} records, {len(phones)} commands, {len(answers)} clearances")

    def ask_until(self, front, ended, answers):
        """Over one connection; where it breaks with its hub it is asked again over the next, as stations do."""
        context = ssl.create_default_context(cafile=str(self.dir / "hub" / "ca.cert.pem"))
        context.check_hostname = False
        context.load_cert_chain(self.dir / STATIONS[0] / "station.cert.pem", self.dir / STATIONS[0] / "station.key.pem")
        connection = http.client.HTTPSConnection("127.0.0.1", front, context=context, timeout=40)
        while not ended.is_set():
            try:
                connection.request(*ASKED)
                answer = connection.getresponse()
                body = answer.read()
                answers.append("answered" if answer.status == 200 else body.decode())
            except (OSError, http.client.HTTPException):
                connection.close()
        connection.close()


if __name__ == "__main__":
    main()
