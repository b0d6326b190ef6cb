# SPDX-License-Identifier: MIT
import json
import os
import pty
import re
import select
import signal
import subprocess
import time

from control import Control
from harness import PATIENCE, wait_until
from pmp_harness import PMP, PmpTest, Running, run

SSH = "name: ssh, protocol: tcp, internal: 22, external: 2222"
WEB = "name: web, protocol: tcp, internal: 80, external: 8080"


class DaemonVerbs(PmpTest):
    def hold(self, *mappings):
        self.gateway()
        self.write_config(mappings or [SSH])
        return self.keep_open("ssh")

    def tell(self, verb, *arguments):
        return run(verb, "--control", self.control, *arguments, env=self.env)

    def test_status_shows_the_table(self):
        self.hold()

        said = self.tell("status")

        self.assertEqual((said.returncode, said.stderr), (0, ""))
        heading, row = said.stdout.splitlines()
        self.assertRegex(heading, "^MAPPING +STATE +PROTOCOL +INTERNAL +EXTERNAL +REMAINING")
        self.assertRegex(
            row,
            r"^ssh +held +tcp +127\.0\.0\.1:22 +203\.0\.113\.7:2222 +[12]:\d\d:\d\d +\d:?\d\d:\d\d "
            r"+pcp +default +-$",
        )

    def test_status_in_json_is_what_the_daemon_says(self):
        self.hold()

        said = json.loads(self.tell("status", "--json").stdout)

        self.assertEqual(said["config"], str(self.config))
        self.assertEqual([lease["mapping"] for lease in said["leases"]], ["ssh"])
        self.assertNotIn("ok", said)

    def test_reload_puts_the_file_in_force(self):
        self.hold()
        self.write_config([SSH, WEB])

        self.assertEqual(self.tell("reload").returncode, 0)

        self.assertEqual(len(json.loads(self.tell("status", "--json").stdout)["leases"]), 2)

    def test_reload_of_a_broken_file_tells_every_error(self):
        self.hold()
        self.write_config([SSH, "prtocol: tcp", "protocol: tcp, internal: http"])

        said = self.tell("reload")

        self.assertEqual((said.returncode, said.stdout), (78, ""))
        self.assertGreaterEqual(said.stderr.count(f"{self.config}:"), 3)

    def test_renew_is_passed_on(self):
        self.hold()

        self.assertEqual(self.tell("renew", "ssh").returncode, 0)
        self.assertEqual(self.tell("renew").returncode, 0)

    def test_renew_by_a_common_name_asks_for_each_of_its_mappings(self):
        gateway = self.gateway()
        self.write_config([SSH, "name: game, protocol: both, internal: 27015-27016"])
        self.keep_open("ssh", "game-27016-tcp")
        time.sleep(4)  # more often than that no gateway is asked
        before = len(gateway.served())

        self.assertEqual(self.tell("renew", "game").returncode, 0)

        def asked():
            return sorted(line.split(" map ")[1].split()[:2]
                          for line in gateway.served()[before:] if " map " in line)
        wait_until(lambda: len(asked()) >= 4)
        time.sleep(0.3)
        self.assertEqual(len(asked()), 4, asked())
        self.assertNotIn(["tcp", "127.0.0.1:22"], asked())

    def test_renew_of_an_unknown_mapping_is_refused(self):
        self.hold()

        said = self.tell("renew", "shs")

        self.assertEqual(said.returncode, 1)
        self.assertEqual(said.stderr, 'pmp: error: there is no mapping "shs"\n')

    def test_reload_says_what_has_changed(self):
        self.hold()
        self.write_config([SSH, WEB])

        said = self.tell("reload")

        self.assertEqual(said.stderr, "pmp: pmpd has read its file again: 1 mapping added\n")
        self.assertIn("nothing changed", self.tell("reload").stderr)

    def test_failures_in_json_are_the_object_of_the_other_verbs(self):
        nobody = [self.tell(verb, "--json") for verb in ("status", "watch", "reload", "renew")]
        self.hold()
        self.write_config(["prtocol: tcp"])
        said = [*nobody, self.tell("renew", "shs", "--json"), self.tell("reload", "--json")]

        for each in said:
            with self.subTest(each.args):
                error = json.loads(each.stdout)["error"]
                self.assertEqual(set(error), {"category", "code", "name", "message", "retry_in"})
                self.assertIn(error["message"], each.stderr)
        self.assertTrue(json.loads(said[-1].stdout)["errors"])

    def test_one_too_many_is_told_why(self):
        self.hold()
        clients = [Control(self.control) for _ in range(256)]
        for client in clients:
            self.addCleanup(client.socket.close)
            client.ask("watch")

        for verb in ("status", "watch", "reload", "renew"):
            said = self.tell(verb)

            self.assertIn("too many clients", said.stderr)
            self.assertNotIn("Broken pipe", said.stderr)
            self.assertNotEqual(said.returncode, 0)

    def test_status_warns_of_another_nat(self):
        self.gateway("--external", "100.64.3.2")
        self.write_config([SSH])
        self.keep_open("ssh")

        said = self.tell("status")

        self.assertIn("100.64.3.2 is shared among the provider's customers", said.stderr)

    def test_without_a_daemon_the_status_is_4(self):
        for verb in ("status", "watch", "reload", "renew"):
            said = self.tell(verb)

            self.assertEqual((said.returncode, said.stdout), (4, ""))
            self.assertEqual(
                said.stderr,
                f"pmp: error: pmpd can't be reached at {self.control}: "
                "nobody listens there; is it running?\n",
            )

    def test_a_daemon_that_does_not_answer_costs_its_time(self):
        daemon = self.hold()
        daemon.signal(signal.SIGSTOP)
        self.addCleanup(daemon.signal, signal.SIGCONT)

        said = self.tell("status", "--timeout", "1s")

        self.assertEqual(said.returncode, 3)
        self.assertIn("does not answer in time", said.stderr)
        daemon.signal(signal.SIGCONT)

    def test_unmap_names_the_file_of_a_running_daemon(self):
        self.hold()

        said = self.pmp("unmap", "22", "--control", self.control)

        self.assertEqual(said.returncode, 1)
        self.assertIn("pmpd keeps tcp port 22 open as 'ssh'", said.stderr)
        self.assertIn(str(self.config), said.stderr)
        self.assertEqual(len(json.loads(self.tell("status", "--json").stdout)["leases"]), 1)


    def test_map_names_a_running_daemon_that_keeps_the_port(self):
        self.hold()

        said = self.pmp("map", "22", "2300", "--control", self.control)

        self.check_failed(said, 1, "pmpd keeps tcp port 22 open as 'ssh'", "pmp status")


class Watch(PmpTest):
    def setUp(self):
        super().setUp()
        self.gateway()
        self.write_config([SSH])
        self.daemon_ = self.keep_open("ssh")

    def reload(self, *mappings):
        self.write_config(mappings)
        run("reload", "--control", self.control, env=self.env)

    def test_into_a_pipe_is_a_json_object_a_line(self):
        watching = Running([PMP, "watch", "--control", self.control], self.env)
        self.addCleanup(watching.kill)
        watching.output.wait('"leases"')

        self.reload(SSH, WEB)

        watching.output.wait('"event":"acquired"')
        first, *events = map(json.loads, watching.output.all())
        self.assertEqual([lease["mapping"] for lease in first["leases"]], ["ssh"])
        self.assertEqual((events[-1]["mapping"], events[-1]["lease"]["state"]), ("web", "held"))

    def test_ends_with_the_daemon(self):
        watching = Running([PMP, "watch", "--control", self.control], self.env)
        self.addCleanup(watching.kill)
        watching.output.wait('"leases"')

        self.daemon_.terminate()

        self.assertEqual(watching.exit_status(), 4)
        watching.errors.wait("has ended the connection")

    def test_into_a_full_disk_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [PMP, "watch", "--control", self.control], stdout=full,
                stderr=subprocess.PIPE, text=True, env=self.env, check=False, timeout=30)

        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left on device", done.stderr)

    def test_on_a_terminal_is_a_table_that_runs_down(self):
        screen = self.on_terminal()
        first = screen.wait(r"ssh +\x1b\[32mheld\x1b\[0m .*?(\d:\d\d:\d\d)")

        later = screen.wait(r"ssh +\x1b\[32mheld\x1b\[0m .*?(\d:\d\d:\d\d)", first.group(1))
        self.reload(SSH, WEB)
        screen.wait(r"web +\x1b\[32mheld")
        screen.wait(r"\d\d:\d\d:\d\d  acquired web: ")

        self.assertNotEqual(first.group(1), later.group(1))

    def test_on_a_terminal_without_colours_has_none(self):
        self.env["NO_COLOR"] = "1"
        screen = self.on_terminal()

        screen.wait("ssh +held ")

        self.assertNotIn("\x1b[32m", screen.text)

    def test_on_a_terminal_that_can_only_print_prints_lines(self):
        screen = self.on_terminal("dumb")

        screen.wait(r'"leases":\[')

        self.assertNotIn("\x1b", screen.text)

    def on_terminal(self, kind="xterm"):
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [PMP, "watch", "--control", self.control],
            stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
            env={**self.env, "TERM": kind},
        )
        os.close(slave)
        self.addCleanup(os.close, master)
        self.addCleanup(process.wait, PATIENCE)
        self.addCleanup(process.kill)
        return Screen(master)


class Screen:
    """What a terminal is sent."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.text = ""

    def wait(self, pattern, other_than=None):
        """For a match; whose group is not that one."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for found in re.finditer(pattern, self.text):
                if other_than is None or found.group(1) != other_than:
                    return found
            if select.select([self.descriptor], [], [], 0.2)[0]:
                self.text += os.read(self.descriptor, 1 << 16).decode()
        raise AssertionError(f"no {pattern!r} in {self.text!r}")
