"""Tests by where the hub keeps its store: a file, or a PostgreSQL server of the test's own. What holds for both has one body
and two classes: `class OfAFile(Body, FileStore)`, `class OfAServer(Body, ServerStore)`."""
import contextlib
import sqlite3
import subprocess
import sys
import unittest

from programs import ROOT, Programs

sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgres  # noqa: E402


class FileStore(Programs):
    def setUp(self):
        super().setUp()
        self.place = self.dir / "hub" / "hub.sqlite"
        self.watch_place = self.place.with_suffix(".watch.sqlite")
        self.hub("init")

    def sql(self, text, place=None):
        """The rows as psql prints them. Whoever only reads leaves a killed program's write-ahead file as it is."""
        with contextlib.closing(sqlite3.connect(f"file:{place or self.place}?mode=ro", uri=True)) as database:
            return "\n".join("|".join(map(str, row)) for row in database.execute(text))

    def watch_sql(self, text):
        return self.sql(text, self.watch_place)

    @contextlib.contextmanager
    def watch_held(self):
        """Meanwhile the watch can keep nothing; all else goes on."""
        with contextlib.closing(sqlite3.connect(self.watch_place, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            yield


class ServerStore(Programs):
    def setUp(self):
        if why := postgres.missing():
            self.skipTest(why)
        super().setUp()
        self.server = postgres.Server()
        self.addCleanup(self.server.close)
        self.server.sql("CREATE DATABASE imloop")
        self.place = self.server.url()
        self.hub("init", "--store", self.place)

    def sql(self, text):
        return self.server.sql(text, "imloop")

    watch_sql = sql

    @contextlib.contextmanager
    def watch_held(self):
        """Meanwhile the watch can keep nothing; all else goes on. A server that is killed lets go."""
        psql = subprocess.Popen([postgres.PROGRAMS / "psql", "-d", self.place, "-XAtq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.running.append(psql)
        psql.stdin.write("BEGIN; LOCK TABLE watch_cursor IN EXCLUSIVE MODE; SELECT 'held';\n")
        psql.stdin.flush()
        self.assertEqual(psql.stdout.readline(), "held\n")
        try:
            yield
        finally:
            psql.communicate(timeout=60)


def main():
    """Of tests that are nothing without a server."""
    if why := postgres.missing():
        print("skipped:", why)
        sys.exit(77)
    unittest.main(verbosity=2)
