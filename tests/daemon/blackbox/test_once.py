# SPDX-License-Identifier: MIT
import json
import subprocess

from harness import PATIENCE, PMPD, DaemonTest


class Once(DaemonTest):
    def test_opens_the_ports_and_leaves_them(self):
        gateway = self.gateway()
        self.write_config(
            [
                "name: ssh, protocol: tcp, internal: 22, external: 2222",
                "name: wg, protocol: udp, internal: 51820",
            ]
        )

        daemon = self.keep("--once")

        self.assertEqual(daemon.exit_status(), 0)
        heading, ssh, wg = daemon.output.all()
        self.assertRegex(heading, r"^MAPPING +STATE +PROTOCOL ")
        self.assertRegex(ssh, r"^ssh +held +tcp +127\.0\.0\.1:22 +203\.0\.113\.7:2222 +2h ")
        self.assertRegex(wg, r"^wg +held +udp +127\.0\.0\.1:51820 +203\.0\.113\.7:51820 +2h ")
        self.assertEqual(
            {internal: external for internal, (external, _) in gateway.table().items()},
            {22: 2222, 51820: 51820},
        )

    def test_whose_table_cannot_be_written_fails(self):
        self.gateway()
        self.write_config(["name: ssh, protocol: tcp, internal: 22"])
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [PMPD, "--once", "--config", self.config, "--state", self.state], stdout=full,
                stderr=subprocess.PIPE, text=True, check=False, timeout=PATIENCE)

        self.assertEqual(done.returncode, 1)
        self.assertIn("can't be written to standard output", done.stderr)

    def test_leaves_what_the_daemon_then_goes_on_with(self):
        gateway = self.gateway()
        self.write_config(["name: ssh, protocol: tcp, internal: 22, external: any"])
        self.assertEqual(self.keep("--once").exit_status(), 0)
        before = gateway.table()

        self.keep_open("ssh")

        self.assertEqual(gateway.table(), before)
        saved = json.loads(self.state.read_text())
        self.assertEqual([each["mapping"] for each in saved["leases"]], ["ssh"])

    def test_fails_when_a_mapping_is_refused(self):
        gateway = self.gateway("--vice", "refuses=8:1000")
        self.write_config(["name: ssh, protocol: tcp, internal: 22"])

        daemon = self.keep("--once")

        self.assertEqual(daemon.exit_status(), 1)
        self.assertRegex(daemon.output.all()[1], r"^ssh +waiting .* \(pcp NO_RESOURCES 8\)")
        self.assertEqual(gateway.table(), {})

    def test_fails_at_once_when_the_gateway_has_closed_its_port(self):
        self.write_config(["name: ssh, protocol: tcp, internal: 22"])
        self.config.write_text(self.config.read_text().replace("1}", "1, protocols: [pcp, nat-pmp]}"))

        daemon = self.keep("--once")

        self.assertEqual(daemon.exit_status(timeout=5), 1)
        self.assertRegex(daemon.output.all()[1], r"^ssh .* it offers neither PCP nor NAT-PMP")

    def test_of_nothing_is_done(self):
        self.write_config([])

        daemon = self.keep("--once")

        self.assertEqual(daemon.exit_status(), 0)
        self.assertEqual(len(daemon.output.all()), 1)
