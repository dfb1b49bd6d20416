#!/usr/bin/env python3
"""A PostgreSQL server of a test's own: a fresh cluster in a short temporary folder, reached by its socket alone, run by an
unprivileged user. As a program it prints its address and stops when its input ends, also where who started it was killed."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

PROGRAMS = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), default=None)


def missing():
    """Why there can be no server here; nothing where there can."""
    if PROGRAMS is None or not (PROGRAMS / "initdb").exists():
        return "no PostgreSQL server is installed: cmake/install-packages.sh cmake/test-packages.txt"
    if os.getuid() == 0 and not any(u.pw_name == "postgres" for u in pwd.getpwall()):
        return "there is no user postgres to run a server as"
    return None


class Server:
    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="impg-", dir="/tmp"))  # a socket's path has 107 bytes
        self.process = None
        self.become = []
        if os.getuid() == 0:
            shutil.chown(self.dir, "postgres", "postgres")
            self.become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        try:
            subprocess.run([*self.become, PROGRAMS / "initdb", "-D", self.dir / "data", "-U", "imloop", "-A", "trust", "-E", "UTF8",
                            "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True, cwd="/")
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self):
        """Gives what it said until it was ready."""
        self.process = subprocess.Popen([*self.become, PROGRAMS / "postgres", "-D", self.dir / "data", "-k", self.dir, "-c", "listen_addresses=", "-c", "fsync=on", "-c", "recovery_init_sync_method=syncfs"],
                                        stderr=subprocess.PIPE, text=True, cwd="/", env={**os.environ, "LC_MESSAGES": "C"}, start_new_session=True)
        seen = []
        for line in self.process.stderr:
            seen.append(line)
            if "ready to accept connections" in line:
                break
        else:
            raise RuntimeError("the server did not start\n" + "".join(seen))
        self.rest = threading.Thread(target=self.process.communicate, daemon=True)
        self.rest.start()
        return "".join(seen)

    def url(self, database="imloop", user="imloop"):
        return f"postgresql:///{database}?host={self.dir}&user={user}"

    def sql(self, text, database="postgres"):
        """What psql prints for it, bare."""
        return subprocess.run([PROGRAMS / "psql", "-d", self.url(database), "-XAtqc", text, "-v", "ON_ERROR_STOP=1"], check=True, capture_output=True, text=True).stdout.strip()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def kill(self):
        """As a crash: nothing is put in order, and what it was at breaks off. Its processes hold its stderr open and end
        without it; as long as one is left no other server may begin."""
        self.process.kill()
        self.process.wait()
        self.rest.join(60)

    def close(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)


if __name__ == "__main__":
    if why := missing():
        print("missing", why, flush=True)
        sys.exit(0)
    server = Server()
    try:
        print(server.dir, flush=True)
        sys.stdin.read()
    finally:
        server.close()
