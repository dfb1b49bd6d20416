"""The units under a live systemd: it is booted as process 1 of new namespaces, over a copy of this system that is thrown away
(overlayfs, a network of its own), and the packages are installed there as an administrator does. Skipped aloud where that can't be done."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from package_e2e import PACKAGES, make_packages
from programs import SANITIZED, inspection

TOOLS = ["dpkg", "dpkg-deb", "dpkg-shlibdeps", "file", "useradd", "unshare", "nsenter", "pivot_root", "ip", "systemctl"]
SYSTEMD = pathlib.Path("/lib/systemd/systemd")
TARGETS = ["basic", "sysinit", "network-online", "time-sync", "shutdown", "multi-user"]

# $1: an empty folder. A control group of its own, so that the machine's own are left alone.
OUTSIDE = r"""
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
cd "$1"
mkdir groups upper work root
mount -t cgroup2 cgroup2 groups
mkdir groups/imloop-$$
echo $$ > groups/imloop-$$/cgroup.procs
unshare --pid --fork --kill-child --mount --uts --ipc --net --cgroup sh -c "$2" sh "$3" || true
echo $$ > groups/cgroup.procs
find groups/imloop-$$ -depth -type d -exec rmdir {} +
"""
# $1: the packages. Of this system's units none is there: nothing but the packages' is started.
INSIDE = r"""
set -e
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
cd root
mount -t proc proc proc
mount --rbind /dev dev
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mkdir run/packages
mount --bind "$1" run/packages
for folder in usr/lib/systemd/system etc/systemd/system usr/lib/systemd/system-generators; do
  mkdir -p "$folder"
  mount -t tmpfs tmpfs "$folder"
done
for target in """ + " ".join(TARGETS) + r"""; do
  printf '[Unit]\nDescription=%s\nDefaultDependencies=no\n' $target > usr/lib/systemd/system/$target.target
done
ip link set lo up
mkdir -p run/old
pivot_root . run/old
umount -l run/old
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=imloop /lib/systemd/systemd --system --unit=multi-user.target --log-target=null --show-status=no
"""


def why_not():
    if os.geteuid() != 0:
        return "not root"
    if SANITIZED:
        return "a sanitizer's leak check is not among the calls a unit may make"
    missing = [tool for tool in TOOLS if not shutil.which(tool)] + ([] if SYSTEMD.exists() else ["systemd"])
    return "without " + ", ".join(missing) if missing else ""


class Booted:
    def __init__(self, folder, packages):
        self.outside = subprocess.Popen(["unshare", "--mount", "sh", "-c", OUTSIDE, "sh", folder, INSIDE, packages], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.process = None

    def comes_up(self):
        """Whether systemd answers."""
        for _ in range(200):
            if self.outside.poll() is not None:
                return False
            if self.process is None:
                self.process = self.first_process()
            elif subprocess.run(self.words("systemctl", "show-environment"), capture_output=True).returncode == 0:
                return True
            time.sleep(0.1)
        return False

    def first_process(self):
        """systemd, seen from here: the child of the second unshare."""
        found = self.outside.pid
        for _ in range(2):
            children = pathlib.Path(f"/proc/{found}/task/{found}/children").read_text().split()
            if not children:
                return None
            found = int(children[0])
        return found if pathlib.Path(f"/proc/{found}/comm").read_text().strip() == "systemd" else None

    def words(self, *words, user=None):
        run_as = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        return ["nsenter", "-t", str(self.process), "-a", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *run_as, *map(str, words)]

    def run(self, *words, expect=0, user=None):
        done = subprocess.run(self.words(*words, user=user), capture_output=True, text=True, timeout=120)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout + done.stderr

    def end(self):
        if self.process:
            os.kill(self.process, signal.SIGKILL)
        else:
            self.outside.kill()
        said = self.outside.communicate(timeout=60)[0]
        return said


class Units(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="imloop-systemd-"))
        cls.debs = make_packages(cls.dir / "packages")
        (cls.dir / "system").mkdir()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir, ignore_errors=True)

    def setUp(self):
        self.system = Booted(self.dir / "system", self.dir / "packages")
        if not self.system.comes_up():
            said = self.system.end()
            self.skipTest("SKIPPED: systemd does not boot here: " + said.strip()[-300:])

    def tearDown(self):
        self.system.end()

    def show(self, package, member):
        return self.system.run("systemctl", "show", "--value", "-p", member, package).strip()

    def is_active(self, package):
        return self.system.run("systemctl", "is-active", package, expect=None).strip()

    def wait(self, what, wanted, seconds=60):
        end = time.monotonic() + seconds
        while (found := what()) != wanted and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual(found, wanted)

    def install(self, *packages):
        self.system.run("dpkg", "--force-confold", "-i", *("/run/packages/" + self.debs[p].name for p in packages))

    def drop_in(self, package, text):
        file = f"/run/systemd/system/{package}.service.d/test.conf"
        self.system.run("sh", "-c", f"mkdir -p {pathlib.Path(file).parent} && printf '{text}' > {file} && systemctl daemon-reload")

    def as_hub(self, *words):
        return self.system.run("hub", "--data", "/var/lib/imloop-hub", *words, user="imloop-hub")

    def as_station(self, *words, expect=0):
        return self.system.run("i_station", "--config", "/var/lib/imloop-i-station/station.toml", *words, user="imloop-i-station", expect=expect)

    def test_from_installing_to_removing(self):
        self.install(*PACKAGES)
        self.assertEqual([self.is_active(p) for p in PACKAGES], ["inactive"] * 4)
        self.as_hub("init", "--host", "127.0.0.1")
        self.system.run("systemctl", "enable", "--now", "imloop-hub")  # returns when the work can begin
        self.as_hub("doctor")
        code = self.as_hub("station", "invite", "I610404-01", "--name", "渭城一站", "--valid-from", "2024-01-01", "--url", "https://127.0.0.1:8443").splitlines()[0]
        self.as_station("join", code)
        self.system.run("systemctl", "enable", "--now", "imloop-i-station")
        self.as_hub("station", "add", "B610400-02", "--writes-for", "610404", "--out", "/var/lib/imloop-hub/bridge", "--url", "https://127.0.0.1:8443")
        self.system.run("sh", "-c", "mv /var/lib/imloop-hub/bridge/* /var/lib/imloop-bridge/ && chown imloop-bridge:imloop-bridge /var/lib/imloop-bridge/* && "
                        "cat /usr/share/doc/imloop-bridge/examples/bridge.toml >> /var/lib/imloop-bridge/station.toml")
        self.system.run("systemctl", "start", "imloop-bridge")
        self.wait(lambda: [self.is_active(p) for p in PACKAGES], ["active", "active", "inactive", "active"])
        self.system.run("sh", "-c", f"echo '{json.dumps(inspection('I610404-01', 1))}' > /run/record.json")
        self.as_station("submit", "/run/record.json")
        self.wait(lambda: json.loads(self.as_station("status", "--json"))["accepted"], 1)
        self.as_station("doctor")
        self.wait(lambda: "imloop/inspection/1" in self.system.run("sh", "-c", "cat /var/lib/imloop-bridge/out/*", expect=None), True)

        # What its unit keeps it from: its own folder alone is writable.
        process = self.show("imloop-i-station", "MainPID")
        self.assertIn("Read-only file system", self.system.run("nsenter", "-t", process, "-m", "touch", "/usr/x", expect=1))
        self.system.run("nsenter", "-t", process, "-m", "touch", "/var/lib/imloop-i-station/x")
        self.assertEqual(self.system.run("ps", "-o", "user:20=", "-p", process).strip(), "imloop-i-station")

        # Killed, and hanging: both times it is started anew. Drop-ins shorten what takes minutes.
        for package, end in (("imloop-hub", "KILL"), ("imloop-i-station", "STOP")):
            self.drop_in(package, "[Service]\\nRestartSec=1\\nWatchdogSec=2\\n")
            self.system.run("systemctl", "restart", package)
            first = self.show(package, "MainPID")
            self.system.run("kill", f"-{end}", first)
            self.wait(lambda: (self.show(package, "NRestarts"), self.is_active(package)), ("1", "active"))
            self.assertNotEqual(self.show(package, "MainPID"), first)

        # An upgrade restarts what runs, and starts nothing else.
        first = self.show("imloop-i-station", "MainPID")
        self.install("imloop-i-station", "imloop-m-station")
        self.wait(lambda: (self.show("imloop-i-station", "MainPID") != first, self.is_active("imloop-i-station")), (True, "active"))
        self.assertEqual(self.is_active("imloop-m-station"), "inactive")

        self.system.run("systemctl", "stop", "imloop-bridge")
        self.assertEqual((self.show("imloop-bridge", "Result"), self.show("imloop-bridge", "ExecMainStatus")), ("success", "0"))
        self.system.run("dpkg", "-r", *PACKAGES)
        self.assertNotIn("imloop", self.system.run("systemctl", "list-units", "--no-legend", "--state=active", "imloop*"))
        self.system.run("test", "-f", "/var/lib/imloop-i-station/data/outbox.sqlite")
        self.system.run("dpkg", "-P", *PACKAGES)
        self.system.run("test", "!", "-e", "/var/lib/imloop-i-station")


if __name__ == "__main__":
    reason = why_not()
    if reason:
        print(f"SKIPPED: {reason}")
        sys.exit(77)
    unittest.main(verbosity=2)
