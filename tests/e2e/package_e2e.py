"""The Debian packages: what is in them, that their units hold, and that one really installs, runs from where it was
installed and goes again without its data. Takes nothing that was there before: where a package of the project or its data
is on this system already, it is left alone."""
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from doctor_e2e import Supervisor

BIN = pathlib.Path(os.environ["IMLOOP_BIN_DIR"])
PACKAGES = {"imloop-hub": "hub", "imloop-i-station": "i_station", "imloop-m-station": "m_station", "imloop-bridge": "imloop-bridge"}
TOOLS = ["dpkg", "dpkg-deb", "dpkg-shlibdeps", "file", "useradd", "userdel"]


def why_not():
    if os.geteuid() != 0:
        return "not root"
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        return "without " + ", ".join(missing)
    there = [p for p in PACKAGES if pathlib.Path("/var/lib", p).exists() or subprocess.run(["dpkg", "-s", p], capture_output=True).returncode == 0]
    there += [str(p) for p in map(pathlib.Path, ["/etc/imloop", *("/usr/bin/" + program for program in PACKAGES.values())]) if p.exists()]
    return "here already: " + ", ".join(there) if there else ""


def run(*words, expect=0, **more):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=300, **more)
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


def dpkg(*words):
    """Waits while another dpkg holds the lock."""
    for _ in range(60):
        done = subprocess.run(["dpkg", *map(str, words)], capture_output=True, text=True, timeout=300)
        if "lock" not in done.stderr or done.returncode == 0:
            break
        time.sleep(1)
    if done.returncode != 0:
        raise AssertionError(f"dpkg {words}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def make_packages(folder):
    folder.mkdir(exist_ok=True)
    run(os.environ.get("IMLOOP_CPACK", "cpack"), "-G", "DEB", "-B", folder, "--config", BIN.parent / "CPackConfig.cmake", cwd=folder)
    return {p: next(folder.glob(f"{p}_*.deb")) for p in PACKAGES}


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="imloop-package-"))
        cls.dir.chmod(0o755)
        cls.debs = make_packages(cls.dir)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir, ignore_errors=True)

    def test_contents(self):
        for package, program in PACKAGES.items():
            name = package.removeprefix("imloop-")
            contents = run("dpkg-deb", "-c", self.debs[package])
            for path in (f"./usr/bin/{program}", f"./usr/lib/systemd/system/{package}.service", f"./etc/imloop/{name}.env"):
                self.assertIn(path, contents)
            if package != "imloop-hub":
                self.assertIn(f"./usr/share/doc/{package}/examples/station.toml", contents)
            self.assertNotRegex(contents, r"/(work|tmp|home|root|build)/")
            for line in contents.splitlines():
                self.assertIn(" root/root ", line)
            depends = run("dpkg-deb", "-f", self.debs[package], "Depends")
            for library in ("libc6", "libssl3", "libsqlite3-0", "passwd"):
                self.assertIn(library, depends)
            control = self.dir / f"{package}.control"
            run("dpkg-deb", "-e", self.debs[package], control)
            self.assertEqual((control / "conffiles").read_text(), f"/etc/imloop/{name}.env\n")
            for script in ("postinst", "prerm", "postrm"):
                self.assertEqual((control / script).stat().st_mode & 0o777, 0o755)
                run("sh", "-n", control / script)

    def test_install_run_remove_purge(self):
        data = pathlib.Path("/var/lib/imloop-hub")
        try:
            dpkg("-i", *self.debs.values())
            if shutil.which("systemd-analyze"):
                for package in PACKAGES:
                    said = run("systemd-analyze", "verify", f"/usr/lib/systemd/system/{package}.service", expect=None)
                    self.assertEqual([line for line in said.splitlines() if "imloop" in line], [], said)
                self.exposure()
            else:
                print("units not judged: no systemd-analyze here")
            user = pwd.getpwnam("imloop-hub")
            self.assertEqual((data.stat().st_uid, data.stat().st_mode & 0o777), (user.pw_uid, 0o700))
            as_hub = {"user": "imloop-hub", "group": "imloop-hub", "extra_groups": [], "cwd": "/"}
            environment = dict(line.split("=", 1) for line in pathlib.Path("/etc/imloop/hub.env").read_text().splitlines() if line and line[0] != "#")
            self.assertEqual(environment["IMLOOP_HUB_DATA"], str(data))
            environment.update(IMLOOP_HUB_PORT="0", IMLOOP_HUB_ADMIN_PORT="0", IMLOOP_HUB_ADDRESS="127.0.0.1")
            run("/usr/bin/hub", "init", env=environment, **as_hub)
            self.serve(environment, as_hub)

            # Upgrade in place, with a setting of the operator's: it stays.
            settings = pathlib.Path("/etc/imloop/hub.env")
            settings.write_text(settings.read_text() + "# mine\n")
            dpkg("-i", self.debs["imloop-hub"])
            self.assertIn("# mine", settings.read_text())
            self.serve(environment, as_hub)

            dpkg("-r", *PACKAGES)
            for program in PACKAGES.values():
                self.assertFalse(pathlib.Path("/usr/bin", program).exists())
            self.assertTrue((data / "hub.sqlite").exists())
            self.assertTrue(settings.exists())
            dpkg("-P", *PACKAGES)
            self.assertFalse(data.exists())
            self.assertFalse(pathlib.Path("/etc/imloop").exists())
        finally:
            subprocess.run(["dpkg", "-P", *PACKAGES], capture_output=True)
            for package in PACKAGES:
                subprocess.run(["userdel", package], capture_output=True)

    def exposure(self):
        """systemd's own judgement of the units' fences, of 10; the unit of a usual service has 9.6."""
        for package in PACKAGES:
            unit = f"/usr/lib/systemd/system/{package}.service"
            said = run("systemd-analyze", "security", "--offline=yes", "--no-pager", unit, expect=None)
            found = re.search(r"exposure level for \S+: ([0-9.]+)", said)
            self.assertTrue(found, said)
            self.assertLess(float(found.group(1)), 2.5, said)

    def bridge(self, environment, as_hub):
        """As its user, with the bundle that the hub makes and the example that comes with the package."""
        bundle, data = pathlib.Path(environment["IMLOOP_HUB_DATA"], "bundle"), pathlib.Path("/var/lib/imloop-bridge")
        port = json.loads(pathlib.Path(environment["IMLOOP_HUB_DATA"], "serving.json").read_text())["port"]
        run("/usr/bin/hub", "station", "add", "B610400-02", "--writes-for", "610404", "--out", bundle, "--url", f"https://127.0.0.1:{port}", env=environment, **as_hub)
        for file in bundle.iterdir():
            run("install", "-o", "imloop-bridge", "-g", "imloop-bridge", "-m", "0600", file, data)
        example = pathlib.Path("/usr/share/doc/imloop-bridge/examples/bridge.toml").read_text()
        with open(data / "station.toml", "a") as settings:
            settings.write(example.replace("7621", "0"))
        as_bridge = {**as_hub, "user": "imloop-bridge", "group": "imloop-bridge", "cwd": data}
        own = dict(line.split("=", 1) for line in pathlib.Path("/etc/imloop/bridge.env").read_text().splitlines() if line and line[0] != "#")
        self.assertIn("✓", run("/usr/bin/imloop-bridge", "config", "check", env=own, **as_bridge))
        supervisor = Supervisor(self.dir / "notify-bridge")
        os.chmod(self.dir / "notify-bridge", 0o777)
        process = subprocess.Popen(["/usr/bin/imloop-bridge", "run"], env={**own, "NOTIFY_SOCKET": str(supervisor.path)}, stdout=subprocess.DEVNULL, **as_bridge)
        try:
            self.assertEqual(supervisor.word(), "READY=1")
            process.send_signal(signal.SIGTERM)
            self.assertEqual(supervisor.word(), "STOPPING=1")
            self.assertEqual(process.wait(60), 0)
        finally:
            process.kill()
            process.wait()
            supervisor.socket.close()
            supervisor.path.unlink()

    def serve(self, environment, as_hub):
        supervisor = Supervisor(self.dir / "notify")
        os.chmod(self.dir / "notify", 0o777)
        try:
            process = subprocess.Popen(["/usr/bin/hub", "serve"], env={**environment, "NOTIFY_SOCKET": str(supervisor.path)}, stdout=subprocess.DEVNULL, **as_hub)
            try:
                self.assertEqual(supervisor.word(), "READY=1")
                self.assertIn("✓", run("/usr/bin/hub", "doctor", env=environment, **as_hub))
                self.bridge(environment, as_hub)
                process.send_signal(signal.SIGTERM)
                self.assertEqual(supervisor.word(), "STOPPING=1")
                self.assertEqual(process.wait(60), 0)
            finally:
                process.kill()
                process.wait()
        finally:
            supervisor.socket.close()
            supervisor.path.unlink()


if __name__ == "__main__":
    reason = why_not()
    if reason:
        print(f"SKIPPED: {reason}")
        sys.exit(77)
    unittest.main(verbosity=2)
