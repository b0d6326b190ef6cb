# SPDX-License-Identifier: MIT
"""pmp.exe and pmpd.exe beside pmp-gateway.exe."""
import json
import os
import unittest

from wine import ADDRESS, CONFIG, PMP, PMP_GATEWAY, PMPD, PREFIX, SLOW, WineTest, run, windows_path


class Programs(WineTest):
    def test_each_tells_its_version(self):
        for program, name in ((PMP, "pmp "), (PMPD, "pmpd "), (PMP_GATEWAY, "pmp-gateway ")):
            done = run(program, "--version")

            self.assertEqual(done.returncode, 0, done)
            self.assertTrue(done.stdout.startswith(name), done)

    def test_pmp_asks_for_the_external_address(self):
        self.gateway("--external", "203.0.113.9")

        done = self.pmp("external-address", "--gateway", ADDRESS)

        self.assertEqual((done.returncode, done.stdout.strip()), (0, "203.0.113.9"), done)

    def test_pmp_maps_and_unmaps(self):
        gateway = self.gateway()

        mapped = self.pmp("map", "22", "2222", "--gateway", ADDRESS, "--json")
        ended = self.pmp("unmap", "22", "--gateway", ADDRESS)

        self.assertEqual(mapped.returncode, 0, mapped)
        self.assertEqual(json.loads(mapped.stdout)["external"]["port"], 2222, mapped)
        self.assertEqual(ended.returncode, 0, ended)
        self.assertTrue(list(PREFIX.glob("drive_c/users/*/AppData/Local/pmp/memory.json")))
        gateway.process.stdin.write("table\n")
        gateway.process.stdin.flush()
        gateway.lines.wait("^0 mappings$")

    def test_pmp_knows_no_gateway_by_half_an_address(self):
        for text in ("127.1", "127.0.0.1:5351", "0177.0.0.1"):
            self.assertEqual(self.pmp("external-address", "--gateway", text).returncode, 2, text)

    def test_pmpd_checks_a_file_whose_lines_end_as_on_windows(self):
        config = self.config(CONFIG, newline="\r\n")

        done = run(PMPD, "--config", windows_path(config), "--check")

        self.assertEqual((done.returncode, done.stdout.strip()), (0, "ok: 1 mapping"), done)

    def test_pmpd_names_the_file_that_is_wrong_in_all_its_letters(self):
        config = self.config("mapings: []\n")

        done = run(PMPD, "--config", windows_path(config), "--check")

        self.assertEqual(done.returncode, 78, done)
        self.assertIn(windows_path(config) + ":1:1:", done.stderr)

    def test_pmpd_takes_the_names_of_interfaces_that_windows_has(self):
        for name in ("Ethernet 2", "vEthernet (Default Switch)", "Büro-LAN", "イーサネット 2"):
            config = self.config(f'gateways: {{default: {{interface: "{name}"}}}}\n')

            done = run(PMPD, "--config", windows_path(config), "--check")

            self.assertEqual(done.returncode, 0, done)

    def test_pmp_looks_for_an_interface_by_the_name_that_it_was_given(self):
        done = self.pmp("external-address", "--interface", "Büro LAN 中", "--timeout", "1s")

        self.assertNotEqual(done.returncode, 0, done)
        self.assertIn('there is no interface Büro LAN 中; "netsh interface show interface" lists them', done.stderr)

    def test_help_names_the_places_of_windows(self):
        helps = {"pmpd": run(PMPD, "--help").stdout}
        for verb in ("map", "unmap", "status", "reload", "doctor"):
            helps[verb] = self.pmp(verb, "--help").stdout

        for name, text in helps.items():
            self.assertIn("\\\\.\\pipe\\pmpd", text, name)
            self.assertNotRegex(text, "/etc|/run|/var|SIG[A-Z]", name)

    def test_pmpd_tells_the_event_log_where_it_is_asked_to(self):
        self.gateway()
        # So wine shows what it takes for the event log.
        os.environ["WINEDEBUG"] = "-all,+eventlog"
        self.addCleanup(os.environ.pop, "WINEDEBUG")

        daemon = self.pmpd(self.config(CONFIG + "log: {target: eventlog}\n"))

        daemon.lines.wait(r'eventlog:ReportEventW L"acquired ssh: tcp .*:2222', timeout=SLOW)
        self.assertFalse([line for line in daemon.lines.all() if " info  " in line])

    def test_pmpd_opens_the_ports_once(self):
        self.gateway()
        config = self.config(CONFIG)

        done = run(PMPD, *self.daemon_arguments(config), "--once")

        self.assertEqual(done.returncode, 0, done)
        self.assertIn("2222", done.stdout)

    def test_pmpd_keeps_ports_open_until_ctrl_c(self):
        gateway = self.gateway()
        daemon = self.pmpd(self.config(CONFIG))
        daemon.lines.wait("ssh", timeout=SLOW)
        gateway.lines.wait("tcp", timeout=SLOW)

        status = daemon.interrupt()

        self.assertEqual(status, 0, daemon.lines.all())
        daemon.lines.wait("stopped")
        self.assertTrue((self.folder / "state.json").exists())


if __name__ == "__main__":
    unittest.main()
