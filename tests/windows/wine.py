# SPDX-License-Identifier: MIT
"""Runs pmp.exe, pmpd.exe and pmp-gateway.exe under wine, all on 127.0.0.1: wine binds a datagram
socket to the interface of an address, and sends from the first address of that."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PMP = os.environ["PMP"]
PMPD = os.environ["PMPD"]
PMP_GATEWAY = os.environ["PMP_GATEWAY"]
WINE = os.environ["WINE"]
PREFIX = pathlib.Path(os.environ.get("WINEPREFIX") or pathlib.Path.home() / ".cache/pmp/wine")

# The lines that the black-box tests of the other systems wait for.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "daemon/blackbox"))
from harness import PATIENCE, Lines, wait_until  # noqa: E402,F401

ADDRESS = "127.0.0.1"
PIPE = f"\\\\.\\pipe\\pmpd-test-{os.getpid()}"
# wine takes half a second to begin where nothing runs yet.
SLOW = 3 * PATIENCE


def windows_path(path):
    """As Windows sees a path of this system."""
    return "Z:" + str(path).replace("/", "\\")


def run(program, *arguments):
    """A program from its start to its end."""
    return subprocess.run(
        [WINE, program, *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=SLOW, check=False, encoding="utf-8",
    )


class Program:
    """A program that runs: what it writes, and Ctrl-C."""

    def __init__(self, program, *arguments):
        self.process = subprocess.Popen(
            [WINE, program, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )
        self.lines = Lines(self.process.stdout)

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(SLOW)
        self.lines.to_end()
        return status

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.stdin.close()
        self.process.wait(SLOW)
        self.lines.to_end()


def begin_windows():
    """Windows' own programs begin with the first one, and would keep what reads the outputs of that."""
    subprocess.run([WINE, "cmd", "/c", "exit"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


class WineTest(unittest.TestCase):
    def setUp(self):
        begin_windows()
        # A name that no code page of one language holds.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pmp-ä-ж-中-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def gateway(self, *arguments):
        started = Program(PMP_GATEWAY, "--listen", ADDRESS, *arguments)
        self.addCleanup(started.stop)
        started.lines.wait(r"pmp-gateway .* is 127\.0\.0\.1", timeout=SLOW)
        return started

    def pmp(self, *arguments):
        return run(PMP, *arguments)

    def config(self, text, newline="\n"):
        path = self.folder / "pmpd.yaml"
        path.write_bytes(text.replace("\n", newline).encode())
        return path

    def daemon_arguments(self, config):
        return ("--config", windows_path(config), "--state", windows_path(self.folder / "state.json"), "--control", PIPE)

    def pmpd(self, config, *arguments):
        started = Program(PMPD, *self.daemon_arguments(config), *arguments)
        self.addCleanup(started.stop)
        return started


CONFIG = f"""gateways:
  default: {{address: {ADDRESS}, protocols: [pcp, nat-pmp]}}
mappings:
  - {{name: ssh, protocol: tcp, internal: 22, external: 2222}}
"""
