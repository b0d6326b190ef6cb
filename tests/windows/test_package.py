# SPDX-License-Identifier: MIT
"""The installer and the ZIP, as cpack makes them of this build. wine has no firewall: a program in
the place of netsh writes down what it is told."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import zipfile

from wine import PREFIX, SLOW, WINE, begin_windows, run, wait_until

BUILD = pathlib.Path(os.environ["BUILD"])
PLACE = PREFIX / "drive_c/Program Files/pmp"
PROGRAM = PLACE / "bin/pmpd.exe"
DATA = PREFIX / "drive_c/ProgramData/pmpd"
NETSH = PREFIX / "drive_c/windows/system32/netsh.exe"
CALLS = NETSH.with_name("calls.txt")
RULE = 'name="pmpd announcements"'
SHIPPED = {"bin/pmp.exe", "bin/pmpd.exe", "bin/pmpd.yaml", "bin/pmpd.schema.json", "LICENSE", "windows.md"}


def status():
    return run(str(PROGRAM), "service", "status").stdout.strip()


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        subprocess.run([os.environ["CPACK"], "-B", cls.folder], cwd=BUILD, check=True,
                       stdout=subprocess.DEVNULL)

    def setUp(self):
        # Without it the server of wine ends with the last program, and its services with it.
        self.tell_server("-p")
        self.addCleanup(self.tell_server, "-p3")
        begin_windows()

    def tell_server(self, patience):
        subprocess.run(["wineserver", patience], env={**os.environ, "WINEPREFIX": str(PREFIX)}, check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def package(self, ending):
        found, = self.folder.glob(f"pmp-*{ending}")
        return found

    def record_netsh(self):
        """From now on; what was linked into this Windows stays as it is."""
        original = NETSH.read_bytes() if NETSH.exists() else None
        NETSH.unlink(missing_ok=True)
        shutil.copy(os.environ["RECORDER"], NETSH)
        # Otherwise wine takes its own, whatever lies there.
        os.environ["WINEDLLOVERRIDES"] = "netsh.exe=n"

        def put_back():
            del os.environ["WINEDLLOVERRIDES"]
            NETSH.unlink()
            CALLS.unlink(missing_ok=True)
            if original is not None:
                NETSH.write_bytes(original)
        self.addCleanup(put_back)

    def install(self):
        # The installer ends before the service runs.
        done = run(str(self.package(".exe")), "/S")
        self.assertEqual(done.returncode, 0, done)
        self.addCleanup(self.uninstall)
        wait_until(lambda: status().startswith("running"), SLOW)

    def uninstall(self):
        if (PLACE / "Uninstall.exe").exists():
            run(str(PLACE / "Uninstall.exe"), "/S")
            # It goes on as a copy of itself.
            wait_until(lambda: not PLACE.exists(), SLOW)
        shutil.rmtree(DATA, ignore_errors=True)

    def service_key(self):
        return subprocess.run([WINE, "reg", "query", r"HKLM\SYSTEM\CurrentControlSet\Services\pmpd"],
                              capture_output=True, check=False, timeout=SLOW, encoding="utf-8")

    def test_the_zip_holds_the_programs_and_nothing_of_this_machine(self):
        with zipfile.ZipFile(self.package(".zip")) as made:
            names = {pathlib.PurePath(each) for each in made.namelist() if not each.endswith("/")}
            programs = b"".join(made.read(str(each)) for each in names if each.suffix == ".exe")

        self.assertEqual({str(pathlib.PurePath(*each.parts[1:])) for each in names}, SHIPPED)
        self.assertNotIn(b"libstdc++", programs)
        self.assertNotIn(b"libgcc_s", programs)

    def test_the_shipped_configuration_is_right(self):
        with zipfile.ZipFile(self.package(".zip")) as made:
            name, = (each for each in made.namelist() if each.endswith("pmpd.yaml"))
            made.extract(name, self.folder)
        file = "Z:" + str(self.folder / name).replace("/", "\\")

        done = run(os.environ["PMPD"], "--check", "--config", file)

        self.assertEqual((done.returncode, done.stdout.strip()), (0, "ok: 0 mappings"), done)

    def test_the_shipped_schema_takes_the_names_of_interfaces_that_windows_has(self):
        with zipfile.ZipFile(self.package(".zip")) as made:
            name, = (each for each in made.namelist() if each.endswith("pmpd.schema.json"))
            schema = json.loads(made.read(name))

        allowed = schema["$defs"]["gateway"]["properties"]["interface"]["pattern"]

        self.assertRegex("vEthernet (Default Switch)", allowed)
        self.assertNotRegex("x" * 257, allowed)

    def test_the_shipped_schema_takes_the_log_that_windows_has(self):
        with zipfile.ZipFile(self.package(".zip")) as made:
            name, = (each for each in made.namelist() if each.endswith("pmpd.schema.json"))
            schema = json.loads(made.read(name))

        allowed = schema["$defs"]["log"]["properties"]["target"]["pattern"]

        self.assertRegex("eventlog", allowed)
        self.assertNotRegex("journald", allowed)

    def test_the_installer_leaves_a_service_that_runs_and_takes_it_away_again(self):
        self.install()
        command = self.service_key().stdout

        self.uninstall()

        self.assertIn(r'"C:\Program Files\pmp\bin\pmpd.exe" service run', command)
        self.assertNotEqual(self.service_key().returncode, 0)
        self.assertFalse(PLACE.exists())

    def test_the_installer_replaces_what_runs(self):
        self.install()
        before = status()

        self.install()

        wait_until(lambda: status().startswith("running") and status() != before, SLOW)

    def test_the_configuration_outlives_the_program(self):
        self.install()
        (DATA / "pmpd.yaml").write_text("mappings: []  # mine\n")

        run(str(PLACE / "Uninstall.exe"), "/S")
        wait_until(lambda: not PLACE.exists(), SLOW)

        self.assertIn("mine", (DATA / "pmpd.yaml").read_text())

    def test_the_firewall_lets_announcements_in_as_long_as_it_is_installed(self):
        self.record_netsh()
        self.install()
        added = CALLS.read_text()

        self.uninstall()

        deleted = CALLS.read_text()[len(added):]
        self.assertIn(f"advfirewall firewall add rule {RULE} dir=in action=allow protocol=UDP localport=5350 "
                      r'remoteip=localsubnet program="C:\Program Files\pmp\bin\pmpd.exe"', added)
        self.assertIn(f"advfirewall firewall delete rule {RULE}", deleted)


if __name__ == "__main__":
    unittest.main()
