# SPDX-License-Identifier: MIT
"""Runs the real pmp against the real pmp-gateway on loopback addresses."""
import contextlib
import json
import os
import re
import socket
import struct
import subprocess
import threading
from pathlib import Path

from harness import PATIENCE, DaemonTest, Lines

PMP = os.environ["PMP"]
GOLDEN = Path(__file__).parent / "golden"


def run(*arguments, **how):
    """For what asks no gateway."""
    return subprocess.run(
        [PMP, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        **how,
    )


class Running:
    """A pmp that goes on."""

    def __init__(self, command, env):
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
        )
        self.output = Lines(self.process.stdout)
        self.errors = Lines(self.process.stderr)

    def exit_status(self, timeout=PATIENCE):
        status = self.process.wait(timeout)
        self.output.to_end()
        self.errors.to_end()
        return status

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.exit_status()


class PmpTest(DaemonTest):
    """A test with a gateway's address and a state directory of its own."""

    def setUp(self):
        super().setUp()
        self.memory = self.dir / "pmp" / "memory.json"
        self.env = {**os.environ, "XDG_STATE_HOME": str(self.dir), "LC_ALL": "C"}
        self.env.pop("NO_COLOR", None)

    def command(self, verb, *arguments):
        """Always at the gateway of this test."""
        return [PMP, verb, "--gateway", self.address, *map(str, arguments)]

    def pmp(self, verb, *arguments, **how):
        how = {"stdin": subprocess.DEVNULL, "timeout": 30, "env": self.env, **how}
        return subprocess.run(
            self.command(verb, *arguments), capture_output=True, text=True, check=False, **how
        )

    def start(self, verb, *arguments, **env):
        running = Running(self.command(verb, *arguments), {**self.env, **env})
        self.addCleanup(running.kill)
        return running

    def check_done(self, done, output=None, errors=""):
        self.assertEqual((done.returncode, done.stderr), (0, errors), done.stdout)
        if output is not None:
            self.assertEqual(done.stdout, output)

    def check_failed(self, done, status, *patterns):
        """One sentence on standard error, and nothing on standard output."""
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertRegex(done.stderr, r"^pmp: error: [^\n]+\n$")
        for pattern in patterns:
            self.assertRegex(done.stderr, pattern)

    def check_failed_in_json(self, done, status, category, code):
        """The same, and one object on standard output."""
        self.assertEqual(done.returncode, status, done.stderr)
        error = json.loads(done.stdout)["error"]
        self.assertEqual((error["category"], error["code"]), (category, code))
        self.assertEqual(done.stderr, f"pmp: error: {error['message']}\n")

    def check_local_error(self, done, status, name):
        """One object on standard output, and what is wrong is nobody else's fault."""
        self.assertEqual(done.returncode, status, done.stderr)
        error = json.loads(done.stdout)["error"]
        self.assertEqual((error["category"], error["code"], error["name"]), ("local", None, name))
        return error

    def check_golden(self, name, text):
        """Equal to the file but for this test's address and what time changes."""
        text = text.replace(self.address, "GATEWAY")
        text = re.sub(r'"(epoch|remaining)":\d+', r'"\1":0', text)
        text = re.sub(r"epoch \d+ s", "epoch 0 s", text)
        file = GOLDEN / name
        if "PMP_WRITE_GOLDEN" in os.environ:
            file.write_text(text)
        self.assertEqual(text, file.read_text())

    def take(self, protocol, port):
        """Another host maps this external port."""
        opcode = {"udp": 1, "tcp": 2}[protocol]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.settimeout(PATIENCE)
            stranger.bind(("127.0.0.99", 0))
            stranger.connect((self.address, 5351))
            stranger.send(struct.pack("!BBHHHI", 0, opcode, 0, 9, port, 7200))
            assert struct.unpack("!H", stranger.recv(64)[10:12])[0] == port

    @contextlib.contextmanager
    def denying_gateway(self, answer):
        """Answers everything by the same octets."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gateway:
            gateway.bind((self.address, 5351))

            def serve():
                while heard := gateway.recvfrom(2048):
                    if not heard[0]:
                        return
                    gateway.sendto(answer, heard[1])

            server = threading.Thread(target=serve)
            server.start()
            try:
                yield
            finally:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                    end.sendto(b"", gateway.getsockname())
                server.join()

    def remembered(self):
        """(protocol, internal port) of what a later unmap knows."""
        if not self.memory.exists():
            return []
        leases = json.loads(self.memory.read_text())["leases"]
        return sorted((each["protocol"], each["internal_port"]) for each in leases)
