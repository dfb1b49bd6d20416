"""Certificates in the course of time, through the built programs under a clock that is put forward: renewed by itself with the
same key and without a restart, late only with a new code, refused in words."""
import json
import subprocess
import sys
import unittest

from programs import Clock, Programs, inspection

ID = "I610404-01"
DAY = 86400


class Renewal(Programs):
    def setUp(self):
        super().setUp()
        self.clock = Clock(self.dir)
        self.hub("init", env=self.clock.env)
        self.serving = self.serve(env=self.clock.env)
        self.join()

    def join(self):
        code = self.hub("station", "invite", ID, "--name", "渭城一站", "--valid-from", "2024-01-01", "--url", f"https://127.0.0.1:{self.port}",
                        env=self.clock.env).splitlines()[0]
        (self.dir / ID).mkdir(exist_ok=True)
        self.station(ID, "join", code, env=self.clock.env)

    def certificate(self):
        return (self.dir / ID / "station.cert.pem").read_text()

    def key_in(self, certificate):
        return subprocess.run(["openssl", "x509", "-pubkey", "-noout"], input=certificate, capture_output=True, text=True, check=True).stdout

    def record(self, number):
        self.save(ID, inspection(ID, number, at=self.clock.moment()), env=self.clock.env)

    def accepted(self):
        return self.status(ID, env=self.clock.env)["accepted"]

    def findings(self, expect):
        return {c["check"]: c for c in json.loads(self.station(ID, "doctor", "--json", env=self.clock.env, expect=expect))["checks"]}

    def keys(self):
        return [k["status"] for s in json.loads(self.hub("station", "list", env=self.clock.env)) if s["id"] == ID for k in s["keys"]]

    def test_renewed_by_itself_with_the_same_key_and_without_a_restart(self):
        first = self.certificate()
        _, page = self.run_station(ID, env=self.clock.env)
        self.record(1)
        self.wait(self.accepted, 1)
        self.clock.put(119 * DAY)
        self.record(2)
        self.wait(self.accepted, 2)
        self.assertEqual(self.certificate(), first)
        self.clock.put(121 * DAY)
        self.wait(lambda: self.certificate() == first, False)
        second = self.certificate()
        self.assertEqual(self.key_in(second), self.key_in(first))
        self.wait(self.keys, ["renewed"])
        # Past the end of the first one: the service shows the second, and later a third.
        self.clock.put(200 * DAY)
        self.record(3)
        self.wait(self.accepted, 3)
        self.clock.put(250 * DAY)
        self.wait(lambda: self.certificate() == second, False)
        self.clock.put(310 * DAY)
        self.record(4)
        self.wait(self.accepted, 4)
        self.assertEqual(page.word(), "正常")
        self.assertEqual(self.findings(0)["certificate"]["verdict"], "fine")
        self.assertEqual(self.keys(), ["renewed"])
        self.hub_is_whole(ID, [inspection(ID, n)["record_id"] for n in range(1, 5)])

    def test_a_wrong_clock_of_the_station_renews_nothing_and_a_right_one_renews_after_it(self):
        first = self.certificate()
        (self.dir / "own").mkdir()
        own = Clock(self.dir / "own")
        _, page = self.run_station(ID, env=own.env)
        for number, days in enumerate([130, 600, -3000, 20000, 900, -12000, 365, 5000], 1):
            own.put(days * DAY)
            self.save(ID, inspection(ID, number, at=min(own.moment(), self.clock.moment())), env=own.env)
            page.ask("POST", "/retry")
            self.wait(lambda: self.status(ID, env=own.env)["accepted"], number)
            self.wait(page.word, "时钟不准")
            self.assertEqual(self.certificate(), first)
        self.assertEqual(self.keys(), ["issued"])
        # The clock was ahead by years; put right, it goes on to look and to renew.
        own.put(121 * DAY)
        self.clock.put(121 * DAY)
        self.wait(lambda: self.certificate() == first, False)
        self.wait(self.keys, ["renewed"])

    def test_a_late_one_needs_a_new_code(self):
        first = self.certificate()
        self.clock.put(181 * DAY)
        self.record(1)
        self.assertIn("certificate_expired: 客户端证书已过期", self.station(ID, "run", "--once", env=self.clock.env, expect=1))
        finding = self.findings(1)["certificate"]
        self.assertIn("过期", finding["zh"])
        self.assertEqual(finding["todo_zh"], "用新的加入码运行 join")
        self.assertEqual(self.certificate(), first)
        self.join()
        self.assertEqual(self.key_in(self.certificate()), self.key_in(first))
        self.station(ID, "run", "--once", env=self.clock.env)
        self.assertEqual(self.accepted(), 1)

    def test_a_late_one_that_is_idle_says_so_on_its_page_and_goes_on_after_joining(self):
        self.clock.put(181 * DAY)
        _, page = self.run_station(ID, env=self.clock.env)
        self.wait(page.word, "已停用")
        self.assertIn("客户端证书已过期", page.band()[1])
        self.join()
        self.wait(page.word, "正常")
        self.record(1)
        self.wait(self.accepted, 1)

    def test_a_revoked_station_is_told_instead_of_renewed(self):
        first = self.certificate()
        self.hub("station", "revoke", ID, "--reason", "伪造检验结果", env=self.clock.env)
        self.clock.put(121 * DAY)
        service, page = self.run_station(ID, env=self.clock.env)
        self.wait(page.word, "已停用")
        self.assertIn("这个来源已被停用", page.band()[1])
        self.assertIn("证书续期未成，稍后再试 / renewal failed, tried again later: source_revoked", service.stdout.readline())
        self.assertEqual(self.certificate(), first)
        self.record(1)
        stopped = json.loads(self.station(ID, "status", "--json", env=self.clock.env, expect=4))
        self.assertEqual((stopped["lines"], stopped["accepted"]), (1, 0))


if __name__ == "__main__":
    if not Clock.library:
        print("SKIPPED: without libfaketime, or under a sanitizer")
        sys.exit(77)
    unittest.main(verbosity=2)
