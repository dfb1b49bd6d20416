"""What analysts read: a simulated year's figures reckoned by SQL from the records alone, and the views, under a role that reads
nothing else, are those of the hub's reports, on both engines; and stay so when all is made anew and copied."""
import datetime
import json
import sqlite3
import subprocess
import sys
import unittest

from programs import ROOT
from stores import FileStore, ServerStore, postgres

MEASURES = ["failed", "repaired", "retested", "closed_repaired", "closed_unrepaired", "passed_elsewhere", "in_time", "non_return_not_repaired",
            "non_return_not_retested", "waived", "scrapped", "transferred_out"]
YEAR = ["--from", "2025-01-01", "--to", "2025-12-31"]
TODAY = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date().isoformat()


class Analysts:
    def year(self):
        year = self.dir / "year"
        self.call("imloop_sim", "--out", year, "--tests", 3000, "--seed", 8)
        self.serve()
        for s in json.loads((year / "stations.json").read_text()):
            more = ["--writes-for", "610400"] if s["id"].startswith("B") else []
            self.hub("station", "add", s["id"], "--name", s["name"], "--county", s["county"], "--valid-from", s["valid_from"],
                     "--public-key", year / "keys" / f"{s['id']}.pub.pem", *more)
        self.hub("import", year)
        return year

    def report(self, name, *more):
        return json.loads(self.hub("report", name, *YEAR, *more, "--json"))["rows"]

    def second_reading_agrees(self, place):
        for as_of in ("2025-12-31", TODAY):
            for view in ("station", "registered"):
                asked = [*YEAR, "--as-of", as_of, "--view", view]
                (self.dir / "report.json").write_text(self.hub("report", "counties", *asked, "--json"))
                by_sql = subprocess.run([sys.executable, ROOT / "tests/oracle/by_sql.py", place, *asked], capture_output=True, text=True)
                self.assertEqual(by_sql.returncode, 0, by_sql.stderr)
                (self.dir / "by_sql.json").write_text(by_sql.stdout)
                compared = subprocess.run([sys.executable, ROOT / "tests/oracle/compare.py", self.dir / "report.json", self.dir / "by_sql.json"], capture_output=True, text=True)
                self.assertEqual(compared.returncode, 0, compared.stdout)

    def views_agree(self, ask, flags_too=True):
        """`ask` gives the rows of a SELECT."""
        sums = ", ".join(f"SUM({m})" for m in MEASURES)
        in_year = "failed_on >= '2025-01-01' AND failed_on <= '2025-12-31'"
        for view in ("station", "registered"):
            rows = {str(r[0]): [int(n) for n in r[1:]] for r in ask(f"SELECT county, {sums} FROM v_counties WHERE view = '{view}' AND {in_year} GROUP BY county")}
            for want in self.report("counties", "--view", view):
                if want["county"] not in ("outside", "all"):
                    self.assertEqual(rows.get(want["county"], [0] * len(MEASURES)), [want[m] for m in MEASURES], want["county"])
        rows = {r[0]: [int(n) for n in r[1:]] for r in ask(f"SELECT station_id, {sums} FROM v_stations WHERE {in_year} GROUP BY station_id")}
        stations = self.report("stations")
        self.assertGreater(len(stations), 20)
        self.assertEqual(rows, {r["station_id"]: [r[m] for m in MEASURES] for r in stations})
        self.assertEqual(ask(f"SELECT COUNT(*) FROM v_episodes WHERE {in_year}")[0][0], self.report("counties")[-1]["failed"])

    def flags_agree(self, ask):
        flags = json.loads(self.hub("suspects", "list", "--json"))["rows"]
        self.assertGreater(len(flags), 10)
        self.assertEqual({(r[0], r[1], r[2], r[3]) for r in ask("SELECT flag_id, rule, grade, state FROM v_flags")},
                         {(f["flag_id"], f["rule"], f["grade"], f["state"]) for f in flags})
        return flags

    def nothing_personal(self, ask, year):
        story = json.loads((year / "story.json").read_text())
        for table in ("records", "registrations", "episodes", "episode_shops"):
            text = str(ask(f"SELECT * FROM {table}"))
            self.assertNotIn(story["vin"], text)
            self.assertNotIn(story["plate"], text)


class OfAFile(Analysts, FileStore):
    def test_of_a_file(self):
        year = self.year()

        def ask(sql, file=self.place):
            with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
                return database.execute(sql).fetchall()

        self.second_reading_agrees(self.place)
        self.views_agree(ask)
        self.flags_agree(lambda sql: ask(sql, self.watch_place))
        self.nothing_personal(ask, year)
        self.assertTrue(json.loads(self.hub("verify"))["clean"])
        self.assertTrue(json.loads(self.hub("rebuild"))["same"])
        self.views_agree(ask)
        self.assertIn("roles are PostgreSQL's", self.hub("store", "analyst-role", expect=1))


class OfAServer(Analysts, ServerStore):
    def test_of_a_server(self):
        try:
            import psycopg2
        except ImportError:
            self.skipTest("python3-psycopg2 is not installed")
        server = self.server
        server.sql("CREATE DATABASE copied")
        year = self.year()
        self.assertIn("imloop_analyst", self.hub("store", "analyst-role"))
        server.sql("CREATE ROLE alice LOGIN IN ROLE imloop_analyst")

        def asked_as(user, database="imloop"):
            def ask(sql):
                with psycopg2.connect(server.url(database, user)) as connection, connection.cursor() as cursor:
                    cursor.execute(sql)
                    return cursor.fetchall()
            return ask

        self.second_reading_agrees(self.place)
        alice = asked_as("alice")
        self.views_agree(alice)
        flags = {f["flag_id"]: f for f in self.flags_agree(alice)}
        for flag_id, county in alice("SELECT flag_id, county FROM v_flags"):
            self.assertEqual(str(county or ""), flags[flag_id]["county"], flag_id)
        self.nothing_personal(asked_as("imloop"), year)

        # Another client, and what the role may not.
        psql = [postgres.PROGRAMS / "psql", "-d", server.url("imloop", "alice"), "-XAtqc"]
        total = subprocess.run([*psql, "SELECT SUM(failed) FROM v_counties WHERE view = 'station'"], capture_output=True, text=True, check=True).stdout.strip()
        self.assertEqual(int(total), len(alice("SELECT 1 FROM v_episodes")))
        tables = self.sql("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace").split()
        self.assertGreater(len(tables), 40)
        for table in tables:
            with self.assertRaises(psycopg2.errors.InsufficientPrivilege, msg=table):
                alice(f"SELECT * FROM {table} LIMIT 1")
        for change in ("DELETE FROM v_flags", "CREATE TABLE own (a int)", "UPDATE v_counties SET failed = 0"):
            refused = subprocess.run([*psql, change], capture_output=True, text=True)
            self.assertNotEqual(refused.returncode, 0, change)

        # A view of an analyst's own holds neither a rebuild up nor is it lost.
        self.sql("CREATE SCHEMA alice AUTHORIZATION alice")
        subprocess.run([*psql, "CREATE VIEW alice.own AS SELECT county, failed FROM v_counties"], capture_output=True, text=True, check=True)
        self.assertTrue(json.loads(self.hub("verify"))["clean"])
        self.assertTrue(json.loads(self.hub("rebuild"))["same"])
        self.views_agree(alice)
        self.assertEqual(alice("SELECT SUM(failed) FROM alice.own"), alice("SELECT SUM(failed) FROM v_counties"))

        # The copy of it makes the same.
        self.hub("store", "copy", self.place, server.url("copied"))
        self.stop(self.running[0])
        self.assertTrue(json.loads(self.hub("verify", "--store", server.url("copied")))["clean"])
        self.hub("report", "counties", "--store", server.url("copied"))
        self.assertEqual(asked_as("imloop", "copied")("SELECT * FROM v_counties ORDER BY 1, 2, 3"), asked_as("imloop")("SELECT * FROM v_counties ORDER BY 1, 2, 3"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
