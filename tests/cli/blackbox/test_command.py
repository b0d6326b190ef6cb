# SPDX-License-Identifier: MIT
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

from harness import wait_until
from pmp_harness import PmpTest

# Tells each signal that it gets, and ends by "quit".
TELL = """
import signal, sys
def tell(number, frame):
    print(signal.Signals(number).name, flush=True)
for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1,
             signal.SIGWINCH, signal.SIGCONT):
    signal.signal(each, tell)
print("ready", flush=True)
while sys.stdin.readline() != "quit\\n":
    pass
"""


class Command(PmpTest):
    def test_runs_while_its_port_is_open(self):
        gateway = self.gateway()

        done = self.pmp(
            "map", 8080, 2222, "--",
            "sh", "-c", 'echo "$PMP_EXTERNAL_ADDRESS $PMP_EXTERNAL_PORT"; read go; exit 7',
            stdin=None, input="\n")

        self.assertEqual((done.returncode, done.stdout), (7, "203.0.113.7 2222\n"))
        self.assertEqual(
            done.stderr, "tcp  203.0.113.7:2222 -> 127.0.0.1:8080  2 h  pcp\n")
        self.assertEqual(gateway.table(), {})
        self.assertEqual(self.remembered(), [])

    def test_has_the_port_open_while_it_runs(self):
        gateway = self.gateway()
        flag = self.dir / "go"
        running = self.start(
            "map", 8080, "--", "sh", "-c", f"echo up; while ! test -e {flag}; do sleep 0.05; done")
        running.output.wait("^up$")

        self.assertIn(8080, gateway.table())

        flag.touch()
        self.assertEqual(running.exit_status(), 0)
        self.assertEqual(gateway.table(), {})

    def test_is_alone_on_standard_output(self):
        self.gateway()

        done = self.pmp("map", 8080, "--json", "--", "echo", "hello")

        self.assertEqual(done.stdout, "hello\n")
        self.assertTrue(done.stderr.startswith('{"mapping":"tcp-8080"'))

    def test_is_alone_where_pmp_is_quiet(self):
        self.gateway()

        done = self.pmp("map", 8080, "--quiet", "--", "echo", "hello")

        self.check_done(done, "hello\n")

    def test_takes_its_own_options(self):
        self.gateway()

        done = self.pmp("map", 8080, "--quiet", "--", "printf", "%s|", "--json", "--", "a b", "")

        self.check_done(done, "--json|--|a b||")

    def test_that_is_killed_tells_by_which_signal(self):
        gateway = self.gateway()

        done = self.pmp("map", 8080, "--quiet", "--", "sh", "-c", "kill -KILL $$")

        self.assertEqual(done.returncode, 128 + signal.SIGKILL)
        self.assertEqual(gateway.table(), {})

    def test_that_does_not_exist_is_not_mapped_for(self):
        gateway = self.gateway()

        done = self.pmp("map", 8080, "--", "no-such-program-here", "x")

        self.check_failed(done, 127, "there is no command 'no-such-program-here'")
        told = self.pmp("map", 8080, "--json", "--", "no-such-program-here")
        self.assertEqual((told.returncode, told.stdout), (127, ""))
        self.assertEqual(json.loads(told.stderr.splitlines()[0])["error"]["name"], "no_command")
        self.assertFalse([line for line in gateway.served() if " map " in line])

    def test_whose_interpreter_is_missing_ends_what_was_mapped_for_it(self):
        gateway = self.gateway()
        script = self.dir / "script"
        script.write_text("#!/no/such/interpreter\n")
        script.chmod(0o755)

        done = self.pmp("map", 8080, "--", script)

        self.assertEqual(done.returncode, 127)
        self.assertIn("what its first line names does not exist; what was mapped for it is closed again", done.stderr)
        self.assertEqual(gateway.table(), {})

    def test_that_cannot_be_executed_is_not_mapped_for(self):
        gateway = self.gateway()
        plain = self.dir / "plain"
        plain.write_text("#!/bin/sh\n")

        done = self.pmp("map", 8080, "--", plain)

        self.check_failed(done, 126, "can't be executed: Permission denied")
        self.assertFalse([line for line in gateway.served() if " map " in line])

    def test_that_the_system_rejects_leaves_no_mapping(self):
        gateway = self.gateway()
        nonsense = self.dir / "nonsense"
        nonsense.write_bytes(b"\0\1\2")
        nonsense.chmod(0o755)

        done = self.pmp("map", 8080, "--quiet", "--", nonsense)

        self.check_failed(done, 126, "Exec format error")
        self.assertEqual(gateway.table(), {})
        self.assertEqual(self.remembered(), [])

    def test_is_not_started_where_the_gateway_refuses(self):
        self.gateway("--vice", "refuses=2:1000")

        self.check_failed(self.pmp("map", 8080, "--", "echo", "started"), 1, "NOT_AUTHORIZED")

    def test_keeps_its_port_for_longer_than_a_lease(self):
        gateway = self.gateway("--vice", "short-leases=8")
        running = self.start("map", 8080, "--", "sleep", "9")

        self.assertEqual(running.exit_status(), 0)

        self.assertFalse([line for line in gateway.served() if "expired" in line])
        self.assertEqual(len(running.errors.all()), 1)

    def test_is_warned_of_where_its_endpoint_changes(self):
        gateway = self.gateway()
        running = self.start("map", 8080, "--", "sleep", "30")
        running.errors.wait("^tcp")

        gateway.command("address 198.51.100.4")

        running.errors.wait("the command was told another external endpoint than 198.51.100.4:8080")
        running.signal(signal.SIGTERM)
        self.assertEqual(running.exit_status(), 128 + signal.SIGTERM)

    def test_ends_with_pmp_where_it_is_told_to(self):
        gateway = self.gateway()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
            with self.subTest(number):
                running = self.start("map", 8080, "--", "sh", "-c", "echo up; exec sleep 30")
                running.output.wait("^up$")
                time.sleep(0.2)

                running.signal(number)

                self.assertEqual(running.exit_status(), 128 + number)
                self.assertEqual(gateway.table(), {})


def state_of(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def children_of(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Signals(PmpTest):
    """The child tells what it hears; it is asked to end in the end."""

    def start_telling(self):
        process = subprocess.Popen(
            self.command("map", 8080, "--quiet", "--", sys.executable, "-c", TELL),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            # A group that has a parent outside of it: only such a one can be stopped.
            preexec_fn=os.setpgrp, text=True, env=self.env)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def test_are_passed_on_once_each(self):
        self.gateway()
        process = self.start_telling()

        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGWINCH", "SIGCONT"):
            process.send_signal(signal.Signals[name])
            self.assertEqual(process.stdout.readline(), name + "\n")

        process.stdin.write("quit\n")
        process.stdin.close()
        self.assertEqual(process.stdout.read(), "")
        self.assertEqual(process.wait(10), 0)

    def test_to_the_whole_group_leave_time_for_the_release(self):
        gateway = self.gateway("--vice", "answers-late=200")
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"):
            with self.subTest(name):
                process = subprocess.Popen(
                    self.command("map", 8080, "--", "sh", "-c", "echo up; exec sleep 30"),
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0, text=True, env=self.env)
                self.assertIn("up\n", iter(process.stdout.readline, ""))
                time.sleep(0.1)

                os.killpg(process.pid, signal.Signals[name])

                _, errors = process.communicate(timeout=10)
                self.assertNotIn("not confirmed", errors)
                self.assertEqual(gateway.table(), {})

    def test_to_stop_stop_both_until_both_go_on(self):
        self.gateway()
        process = self.start_telling()
        child = children_of(process.pid)[0]

        process.send_signal(signal.SIGTSTP)

        wait_until(lambda: state_of(process.pid) == state_of(child) == "T")
        process.send_signal(signal.SIGCONT)
        self.assertEqual(process.stdout.readline(), "SIGCONT\n")
        process.stdin.write("quit\n")
        process.stdin.close()
        self.assertEqual(process.wait(10), 0)

    def test_that_are_typed_reach_the_command_once(self):
        gateway = self.gateway()
        child, terminal = pty.fork()
        if child == 0:
            os.execve(
                self.command("map", 8080)[0],
                self.command("map", 8080, "--quiet", "--", sys.executable, "-c", TELL),
                self.env)
        told = b""

        def read_until(word):
            nonlocal told
            while word not in told:
                told += os.read(terminal, 1024)

        read_until(b"ready")
        os.write(terminal, b"\x03")
        read_until(b"SIGINT\r\n")
        self.assertIn(8080, gateway.table())
        time.sleep(0.3)
        os.write(terminal, b"quit\n")
        try:
            while more := os.read(terminal, 1024):
                told += more
        except OSError:
            pass  # the terminal is closed
        _, status = os.waitpid(child, 0)
        os.close(terminal)

        self.assertEqual(os.waitstatus_to_exitcode(status), 0)
        self.assertEqual(told.count(b"SIGINT"), 1)
        wait_until(lambda: gateway.table() == {})
