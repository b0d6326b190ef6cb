# SPDX-License-Identifier: MIT
import json
import signal
import stat

from harness import DaemonTest

SSH = "name: ssh, protocol: tcp, internal: 22, external: any"
WEB = "name: web, protocol: tcp, internal: 80, external: any"


class Restart(DaemonTest):
    def kill(self, daemon):
        daemon.signal(signal.SIGKILL)
        daemon.exit_status()

    def test_after_a_kill_keeps_ports_and_nonces(self):
        gateway = self.gateway()
        self.write_config([SSH, WEB])
        self.kill(self.keep_open("ssh", "web"))
        before = gateway.table()

        self.keep_open("ssh", "web")

        self.assertEqual(set(before), {22, 80})
        self.assertEqual(gateway.table(), before)

    def test_after_a_reboot_of_the_gateway_keeps_ports(self):
        gateway = self.gateway()
        self.write_config([SSH])
        self.kill(self.keep_open("ssh"))
        before = gateway.table()
        gateway.perform("reboot", "rebooted")

        self.keep_open("ssh")

        self.assertEqual(gateway.table(), before)

    def test_releases_what_is_not_wanted_any_more(self):
        gateway = self.gateway()
        self.write_config([SSH, WEB])
        self.kill(self.keep_open("ssh", "web"))
        self.write_config([WEB])

        daemon = self.keep_open("web")

        daemon.log.wait("released ssh")
        self.assertEqual(set(gateway.table()), {80})

    def test_with_a_damaged_state_file_sets_it_aside(self):
        self.gateway()
        self.write_config([SSH])
        self.state.write_text('{"version":1,"secret":"00')

        daemon = self.keep_open("ssh")

        daemon.log.wait(r" warn .*state\.json can't be used: it is not JSON")
        bad = self.state.with_name("state.json.bad")
        self.assertEqual(bad.read_text(), '{"version":1,"secret":"00')
        self.assertEqual(daemon.terminate(), 0)
        self.assertEqual(json.loads(self.state.read_text())["version"], 1)


class StateFile(DaemonTest):
    def test_is_on_disk_before_the_first_answer_and_private(self):
        self.gateway("--vice", "silent")
        self.write_config([SSH])

        self.keep().log.wait("keeps 1 mapping open")

        self.assertRegex(json.loads(self.state.read_text())["secret"], "^[0-9a-f]{32}$")
        self.assertEqual(stat.S_IMODE(self.state.stat().st_mode), 0o600)

    def test_that_cannot_be_written_costs_one_warning(self):
        gateway = self.gateway()
        self.write_config([SSH, WEB])
        self.state = self.config / "state.json"

        daemon = self.keep_open("ssh", "web")

        self.assertEqual(set(gateway.table()), {22, 80})
        self.assertEqual(daemon.terminate(), 0)
        warnings = [line for line in daemon.log.all() if "the state can't be kept" in line]
        self.assertEqual(len(warnings), 1)

    def test_belongs_to_one_daemon(self):
        self.gateway()
        self.write_config([SSH])
        first = self.keep_open("ssh")

        second = self.keep()

        self.assertEqual(second.exit_status(), 1)
        self.assertRegex("\n".join(second.log.all()), "^pmpd: another pmpd runs with .*state.json")
        self.assertIsNone(first.process.poll())

    def test_is_where_systemd_says(self):
        self.gateway()
        self.write_config([SSH])

        daemon = self.daemon(env={"STATE_DIRECTORY": str(self.dir)})

        daemon.log.wait("acquired ssh")
        self.assertTrue(self.state.exists())
