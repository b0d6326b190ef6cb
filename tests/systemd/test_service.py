# SPDX-License-Identifier: MIT
"""The packages, installed into a booted systemd, and the service that they bring, beside a gateway."""
import os
import pathlib
import subprocess
import time
import unittest

from box import Box, Gateway, obstacle

PACKAGES = pathlib.Path(os.environ["PMP_PACKAGES"])
CONFIG = "/etc/pmpd/pmpd.yaml"
ADDRESS = "127.0.0.9"


def keeping(*ports):
    mappings = "".join(f"  - {{name: port-{port}, protocol: tcp, internal: {port}, external: {port + 1}}}\n" for port in ports)
    return f"gateways: {{default: {{address: {ADDRESS}}}}}\nmappings:\n{mappings}"


OBSTACLE = obstacle()


@unittest.skipIf(OBSTACLE, OBSTACLE)
class Service(unittest.TestCase):
    def setUp(self):
        debs = {f"/opt/{each.name}": each for each in PACKAGES.glob("*.deb")}
        self.box = Box({**debs, "/opt/pmp-gateway": os.environ["PMP_GATEWAY"]})
        self.addCleanup(self.box.close)
        self.box.run("sh", "-c", "dpkg --install /opt/*.deb")
        self.gateway = Gateway(self.box, ADDRESS, "--external", "198.18.0.1")
        self.addCleanup(self.gateway.close)

    def start(self, *ports):
        self.box.write(CONFIG, keeping(*ports))
        self.box.run("systemctl", "restart", "pmpd")
        self.box.wait_for("pmpd", "StatusText", self.held(*ports))

    @staticmethod
    def held(*ports):
        return f"{len(ports)} of {len(ports)} held, 198.18.0.1 by pcp"

    def external_ports(self):
        return sorted(int(line.split()[2].rpartition(":")[2]) for line in self.gateway.table())

    def test_is_enabled_runs_and_does_nothing_once_installed(self):
        self.assertEqual(self.box.run("systemctl", "is-enabled", "pmpd").strip(), "enabled")
        self.assertEqual(self.box.run("systemctl", "is-active", "pmpd").strip(), "active")
        self.box.wait_for("pmpd", "StatusText", "no mappings")

    def test_shows_what_it_holds_in_its_status(self):
        self.start(2022)

        text = self.box.run("systemctl", "status", "pmpd")

        self.assertIn('Status: "1 of 1 held, 198.18.0.1 by pcp"', text)

    def test_takes_an_edit_by_systemctl_reload(self):
        self.start(2022)

        self.box.write(CONFIG, keeping(2022, 2080))
        self.box.run("systemctl", "reload", "pmpd")

        self.box.wait_for("pmpd", "StatusText", self.held(2022, 2080))
        self.assertEqual(self.box.show("pmpd", "NRestarts"), "0")

    def test_makes_systemctl_reload_fail_where_the_file_is_broken(self):
        self.start(2022)

        self.box.write(CONFIG, "mappings: [{protocol: tcq, internal: 22}]\n")
        self.box.run("systemctl", "reload", "pmpd", status=1)

        self.assertIn("tcq", self.box.run("journalctl", "--unit", "pmpd", "--no-pager"))
        self.assertEqual(self.box.run("systemctl", "is-active", "pmpd").strip(), "active")
        self.assertEqual(
            self.box.show("pmpd", "StatusText"), f"{self.held(2022)}; the file has errors and is not in force: see the log")

    def test_comes_back_on_the_same_ports_after_a_crash(self):
        self.start(2022)
        before = self.gateway.table()

        self.box.run("systemctl", "kill", "--signal=KILL", "pmpd")

        self.box.wait_for("pmpd", "NRestarts", "1")
        self.box.wait_for("pmpd", "StatusText", self.held(2022))
        self.assertEqual(self.external_ports(), [2023])
        self.assertEqual(len(self.gateway.table()), len(before))

    def test_is_restarted_when_its_loop_stands_still(self):
        self.box.run("mkdir", "-p", "/run/systemd/system/pmpd.service.d")
        self.box.write("/run/systemd/system/pmpd.service.d/watchdog.conf", "[Service]\nWatchdogSec=2s\n")
        self.box.run("systemctl", "daemon-reload")
        self.start(2022)

        self.box.run("systemctl", "kill", "--signal=STOP", "pmpd")

        self.box.wait_for("pmpd", "NRestarts", "1")
        self.assertIn("Watchdog timeout", self.box.run("journalctl", "--unit", "pmpd", "--no-pager"))

    def test_feeds_the_watchdog(self):
        self.box.run("mkdir", "-p", "/run/systemd/system/pmpd.service.d")
        self.box.write("/run/systemd/system/pmpd.service.d/watchdog.conf", "[Service]\nWatchdogSec=1s\n")
        self.box.run("systemctl", "daemon-reload")
        self.start(2022)

        time.sleep(2.5)

        self.assertEqual(self.box.show("pmpd", "NRestarts"), "0")

    def test_leaves_nothing_at_the_gateway_when_it_is_stopped(self):
        self.start(2022, 2080)
        self.assertEqual(self.external_ports(), [2023, 2081])

        self.box.run("systemctl", "stop", "pmpd")

        self.assertEqual(self.external_ports(), [])

    def test_says_why_it_does_not_start_with_a_broken_file_and_does_not_try_again(self):
        self.box.run("systemctl", "stop", "pmpd")
        self.box.write(CONFIG, "mappings: [{protocol: tcq, internal: 22}]\n")

        self.box.run("systemctl", "start", "pmpd", status=1)

        text = self.box.run("systemctl", "status", "pmpd", status=3)
        self.assertIn("status=78", text)
        self.assertIn(f"{CONFIG}:1:23: mappings[0].protocol: 'tcq'", text)
        self.assertEqual(self.box.show("pmpd", "NRestarts"), "0")
        self.assertEqual(self.box.run("systemctl", "is-failed", "pmpd").strip(), "failed")

    def test_logs_fields_of_their_own_to_the_journal(self):
        self.start(2022)

        found = self.box.run("journalctl", "PMP_MAPPING=port-2022", "PMP_EVENT=acquired", "PRIORITY=6", "--output=cat")

        self.assertIn("acquired port-2022", found)

    def test_has_units_that_systemd_finds_nothing_wrong_with(self):
        said = self.box.run("systemd-analyze", "verify", "--recursive-errors=yes", "--man=no", "pmpd.service")

        self.assertEqual(said, "")

    def test_exposes_the_system_to_next_to_nothing(self):
        self.box.run("systemd-analyze", "security", "--no-pager", "--threshold=12", "pmpd.service")

    def test_runs_without_any_privilege(self):
        self.start(2022)
        pid = self.box.show("pmpd", "MainPID")

        text = self.box.run("cat", f"/proc/{pid}/status")

        for line in ("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"):
            self.assertIn(line, text)
        self.assertNotIn("Uid:\t0", text)

    def test_runs_hooks_that_may_write_to_its_state_and_nowhere_else(self):
        self.box.write("/usr/local/bin/hook", "#!/bin/sh\n"
                       "echo $PMP_EXTERNAL_PORT >/var/lib/pmpd/port\n"
                       "echo /tmp/own >/tmp/own\n"
                       "chown root /var/lib/pmpd/port || echo no chown >>/var/lib/pmpd/port\n"
                       "touch /etc/pmpd/port || echo not there >>/var/lib/pmpd/port\n")
        self.box.run("chmod", "755", "/usr/local/bin/hook")
        self.box.write(CONFIG, keeping(2022) + "hooks: [{on: [acquired], run: [/usr/local/bin/hook]}]\n")

        self.box.run("systemctl", "restart", "pmpd")

        self.box.wait_to_read("/var/lib/pmpd/port", "2023\nno chown\nnot there\n")
        self.box.run("test", "-e", "/tmp/own", status=1)

    def test_opens_the_firewall_by_the_example_of_a_privileged_hook(self):
        self.start(2022)
        self.box.run("nft", "add table inet filter; add set inet filter pmpd { type inet_proto . inet_service; }")
        examples = "/usr/share/doc/pmpd/examples"
        self.box.run("install", f"{examples}/watch/pmpd-firewall", "/usr/local/sbin/pmpd-firewall")
        self.box.run("cp", f"{examples}/pmpd-hooks.service", "/etc/systemd/system/")

        self.box.run("systemctl", "enable", "--now", "pmpd-hooks")

        self.box.wait_to_say("tcp . 2022", "nft", "list", "set", "inet", "filter", "pmpd")
        self.box.run("systemctl", "stop", "pmpd")
        self.box.wait_for("pmpd-hooks", "ActiveState", "inactive")
        self.box.wait_to_say("}", "nft", "list", "set", "inet", "filter", "pmpd")
        self.assertNotIn("tcp . 2022", self.box.run("nft", "list", "set", "inet", "filter", "pmpd"))

    def test_lets_its_group_use_the_control_socket_and_nobody_else(self):
        self.start(2022)

        self.assertEqual(self.box.run("stat", "--format=%a %U %G", "/run/pmpd/control.sock").strip(), "660 pmpd pmpd")
        self.assertIn("port-2022", self.box.run("setpriv", "--reuid=65534", "--regid=pmpd", "--clear-groups", "pmp", "status"))
        self.box.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "pmp", "status", status=4)

    def test_leaves_nothing_behind_when_it_is_purged(self):
        self.start(2022)

        self.box.run("dpkg", "--purge", "pmpd")

        for path in ("/etc/pmpd", "/var/lib/pmpd", "/run/pmpd", "/etc/systemd/system/multi-user.target.wants/pmpd.service"):
            self.box.run("test", "-e", path, status=1)
        self.assertEqual(self.external_ports(), [])


if __name__ == "__main__":
    unittest.main()
