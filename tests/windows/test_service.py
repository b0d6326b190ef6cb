# SPDX-License-Identifier: MIT
"""pmpd as a service of wine's service control manager. What that lacks stands in tests/README.md."""
import hashlib
import os
import pathlib
import struct
import subprocess
import unittest

from wine import CONFIG, PMP, PMPD, PREFIX, SLOW, WINE, WineTest, run, wait_until

FOLDER = PREFIX / "drive_c/ProgramData/pmpd"


def service(verb):
    return run(PMPD, "service", verb)


class Service(WineTest):
    def setUp(self):
        # Without it the server of wine ends with the last program, and its services with it.
        subprocess.run(["wineserver", "-p"], env={**os.environ, "WINEPREFIX": str(PREFIX)}, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        super().setUp()
        self.addCleanup(subprocess.run, ["wineserver", "-p3"], env={**os.environ, "WINEPREFIX": str(PREFIX)}, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.tidy)
        self.tidy()
        FOLDER.mkdir(parents=True)
        (FOLDER / "pmpd.yaml").write_text(CONFIG)

    def tidy(self):
        service("uninstall")
        for each in FOLDER.glob("*"):
            each.unlink()
        if FOLDER.is_dir():
            FOLDER.rmdir()

    def log(self):
        file = FOLDER / "pmpd.log"
        return file.read_text() if file.exists() else ""

    def test_is_installed_started_reloaded_stopped_and_removed(self):
        self.gateway()

        installed = service("install")
        started = service("start")
        wait_until(lambda: "2222" in self.log(), SLOW)
        running = service("status")
        (FOLDER / "pmpd.yaml").write_text(CONFIG + "  - {name: web, protocol: tcp, internal: 80, external: 8080}\n")
        reloaded = service("reload")
        wait_until(lambda: "8080" in self.log(), SLOW)
        asked = run(PMP, "status")
        stopped = service("stop")
        after = service("status")
        removed = service("uninstall")

        for each in (installed, started, running, reloaded, asked, stopped, removed):
            self.assertEqual(each.returncode, 0, each)
        self.assertTrue(running.stdout.startswith("running, process "), running)
        self.assertIn("web", asked.stdout)
        self.assertEqual((after.returncode, after.stdout.strip()), (1, "stopped"))
        self.assertIn("stopped", self.log())
        self.assertEqual(service("status").stdout.strip(), "not installed")

    def test_releases_its_ports_when_it_is_stopped(self):
        gateway = self.gateway()
        service("install")
        service("start")
        wait_until(lambda: "2222" in self.log(), SLOW)

        service("stop")

        gateway.process.stdin.write("table\n")
        gateway.process.stdin.flush()
        gateway.lines.wait("^0 mappings$")

    def test_does_not_start_with_a_configuration_that_is_wrong(self):
        (FOLDER / "pmpd.yaml").write_text("mapings: []\n")
        service("install")

        started = service("start")

        self.assertEqual(started.returncode, 1, started)
        self.assertIn("78", started.stderr)

    def test_gets_an_empty_configuration_where_there_is_none(self):
        (FOLDER / "pmpd.yaml").unlink()

        service("install")

        self.assertIn("mappings", (FOLDER / "pmpd.yaml").read_text())

    def test_starts_with_the_system_in_an_account_that_may_do_little(self):
        service("install")

        keys = subprocess.run(
            [WINE, "reg", "query", r"HKLM\SYSTEM\CurrentControlSet\Services\pmpd"],
            capture_output=True, encoding="utf-8", check=False, timeout=SLOW,
        ).stdout

        self.assertRegex(keys, r"(?i)ObjectName\s+REG_SZ\s+NT AUTHORITY\\LocalService")
        self.assertRegex(keys, r"Start\s+REG_DWORD\s+0x2")
        self.assertRegex(keys, r'ImagePath\s+REG_(EXPAND_)?SZ\s+".*pmpd\.exe" service run')

    def test_its_folder_is_its_own(self):
        # As Windows makes the identifier of a service from its name.
        digest = hashlib.sha1("PMPD".encode("utf-16-le")).digest()
        own = "S-1-5-80-" + "-".join(str(each) for each in struct.unpack("<5I", digest))

        source = pathlib.Path(__file__).parents[2] / "windows-service/folder.cpp"

        self.assertIn(f";;;{own})", source.read_text())

    def test_words_that_are_no_verbs_are_refused(self):
        for arguments in ((), ("begin",), ("start", "now")):
            self.assertEqual(run(PMPD, "service", *arguments).returncode, 2, arguments)


if __name__ == "__main__":
    unittest.main()
