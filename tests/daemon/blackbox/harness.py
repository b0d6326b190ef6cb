# SPDX-License-Identifier: MIT
"""Runs the real pmpd against the real pmp-gateway on loopback addresses."""
import io
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

PMPD = os.environ["PMPD"]
PMP_GATEWAY = os.environ["PMP_GATEWAY"]

# Each process that runs tests has a block of its own, each test an address of its own in it.
_addresses = (
    f"127.{64 + os.getpid() // 250 % 128}.{1 + os.getpid() % 250}.{1 + 2 * n}" for n in range(120)
)

PATIENCE = 10


def wait_until(condition, patience=PATIENCE):
    """For what announces itself by no line. What is not there yet, or does not listen, is no failure."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (FileNotFoundError, ConnectionRefusedError):
            pass
        time.sleep(0.02)
    raise AssertionError("it did not happen")


class Lines:
    """The lines that a child writes, as they come."""

    def __init__(self, stream):
        self._lines = []
        self._ended = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._reader.start()

    def _read(self, stream):
        for line in stream:
            with self._changed:
                self._lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        stream.close()

    def all(self):
        with self._changed:
            return list(self._lines)

    def wait(self, pattern, start=0, timeout=PATIENCE):
        """Waits for a line that matches, and returns the match; `start`: lines to pass over."""
        deadline = time.monotonic() + timeout
        at = start
        with self._changed:
            while True:
                for line in self._lines[at:]:
                    if found := re.search(pattern, line):
                        return found
                at = len(self._lines)
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    raise AssertionError(
                        f"no line matches {pattern!r}; there are:\n" + "\n".join(self._lines)
                    )
                self._changed.wait(left)

    def to_end(self):
        self._reader.join(PATIENCE)
        return self.all()


class Gateway:
    """A pmp-gateway at an address of its own."""

    def __init__(self, address, *arguments):
        self.address = address
        self.process = subprocess.Popen(
            [PMP_GATEWAY, "--listen", address, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = Lines(self.process.stdout)
        self.lines.wait(re.escape(address))

    def command(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def perform(self, line, answer):
        """Gives a command and waits for the line that answers it."""
        start = len(self.lines.all())
        self.command(line)
        return self.lines.wait(answer, start)

    def served(self):
        """The lines of all that it did until now: they come later than its answers on the wire."""
        self.perform("help", r"^reboot \[keep\] \|")
        return [line for line in self.lines.all() if not line.startswith("reboot [keep] |")]

    def table(self):
        """Internal port -> (external port, nonce), of what it holds."""
        start = len(self.lines.all())
        self.perform("table", r"^\d+ mappings?$")
        rows = [line.split() for line in self.lines.all()[start:]]
        return {
            int(row[1].rsplit(":", 1)[1]): (int(row[2].rsplit(":", 1)[1]), row[5])
            for row in rows
            if row[0] in ("tcp", "udp")
        }

    def stop(self):
        self.process.stdin.close()
        self.process.kill()
        self.process.wait(PATIENCE)
        self.lines.to_end()


class Daemon:
    """A pmpd whose log goes to its standard error."""

    def __init__(self, *arguments, env=None, stderr=subprocess.PIPE):
        self.process = subprocess.Popen(
            [PMPD, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env=env,
        )
        self.output = Lines(self.process.stdout)
        self.log = Lines(self.process.stderr or io.StringIO())

    def signal(self, number):
        self.process.send_signal(number)

    def exit_status(self, timeout=PATIENCE):
        status = self.process.wait(timeout)
        self.output.to_end()
        self.log.to_end()
        return status

    def terminate(self, timeout=PATIENCE):
        self.signal(signal.SIGTERM)
        return self.exit_status(timeout)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.exit_status()


class DaemonTest(unittest.TestCase):
    """A test with a directory, an address and children of its own."""

    maxDiff = None

    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="pmpd-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.address = next(_addresses)
        self.config = self.dir / "pmpd.yaml"
        self.state = self.dir / "state.json"
        self.control = self.dir / "control.sock"

    def write_config(self, mappings, settings=""):
        """`mappings`: one flow mapping of YAML each. The gateway is always an explicit one."""
        lines = "".join(f"  - {{{each}}}\n" for each in mappings)
        self.config.write_text(
            settings
            + f"gateways:\n  default: {{address: {self.address}, source: 127.0.0.1}}\n"
            + (f"mappings:\n{lines}" if lines else "")
        )

    def gateway(self, *arguments):
        gateway = Gateway(self.address, *arguments)
        self.addCleanup(gateway.stop)
        return gateway

    def daemon(self, *arguments, control=True, **how):
        """Only with a configuration that names a gateway on loopback. Its control socket is that
        of this test, unless the configuration names one."""
        text = self.config.read_text() if self.config.exists() else "address: 127."
        assert "address: 127." in text or "address: '::1'" in text
        if control:
            arguments = ("--control", self.control, *arguments)
        daemon = Daemon("--config", self.config, *arguments, **how)
        self.addCleanup(daemon.kill)
        return daemon

    def keep(self, *arguments, **how):
        """A daemon with the state file of this test."""
        return self.daemon("--state", self.state, *arguments, **how)

    def keep_open(self, *names):
        """A daemon that holds these mappings."""
        daemon = self.keep()
        for name in names:
            daemon.log.wait(f"acquired {name}:")
        return daemon
