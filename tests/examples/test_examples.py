# SPDX-License-Identifier: MIT
"""Runs the examples against the real pmp-gateway on loopback addresses."""
import os
import re
import signal
import socket
import subprocess
import unittest
from pathlib import Path

EXAMPLES = Path(os.environ["EXAMPLES"])
PMP_GATEWAY = os.environ["PMP_GATEWAY"]
PATIENCE = 20

# Each process that runs tests has a block of its own, each test an address of its own in it.
_addresses = (f"127.{200 + os.getpid() // 250 % 50}.{1 + os.getpid() % 250}.{1 + n}" for n in range(250))


class Program:
    """A child whose lines are read one by one; a line that never comes ends the child."""

    def __init__(self, *command):
        self.process = subprocess.Popen(
            ["timeout", str(PATIENCE), *map(str, command)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def wait_for(self, pattern):
        """Passes over lines until one matches."""
        passed = []
        for line in self.process.stdout:
            if found := re.search(pattern, line):
                return found
            passed.append(line)
        raise AssertionError(f"no line matches {pattern!r}; there are:\n" + "".join(passed))

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE)
        self.process.stdin.close()
        self.process.stdout.close()
        return status


class Examples(unittest.TestCase):
    def setUp(self):
        self.address = next(_addresses)

    def start(self, *command):
        program = Program(*command)
        self.addCleanup(program.stop)
        return program

    def gateway(self, *options):
        gateway = self.start(PMP_GATEWAY, "--listen", self.address, "--external", "203.0.113.9", *options)
        gateway.wait_for(r"pmp-gateway \S+ is " + re.escape(self.address))
        return gateway

    def example(self, name):
        return self.start(EXAMPLES / name, self.address)

    def mappings_at(self, gateway):
        gateway.say("table")
        return int(gateway.wait_for(r"^(\d+) mappings?$")[1])

    def test_external_address_prints_what_a_pcp_gateway_tells(self):
        self.gateway("--protocols", "pcp")

        asking = self.example("external_address")

        asking.wait_for(r"^203\.0\.113\.9$")
        self.assertEqual(asking.process.wait(PATIENCE), 0)

    def test_external_address_prints_what_a_nat_pmp_gateway_tells(self):
        self.gateway("--protocols", "nat-pmp")

        asking = self.example("external_address")

        asking.wait_for(r"^203\.0\.113\.9$")
        self.assertEqual(asking.process.wait(PATIENCE), 0)

    def test_external_address_says_why_there_is_none(self):
        asking = self.example("external_address")

        asking.wait_for(r"closed its port 5351")
        self.assertEqual(asking.process.wait(PATIENCE), 1)

    def test_map_and_serve_greets_a_visitor_and_leaves_nothing_behind(self):
        gateway = self.gateway()
        serving = self.example("map_and_serve")
        where = serving.wait_for(r"reachable as 203\.0\.113\.9:\d+, internally as (127\.[0-9.]+):(\d+)")
        before = self.mappings_at(gateway)

        with socket.create_connection((where[1], int(where[2])), PATIENCE) as visitor:
            greeting = visitor.makefile().readline()

        self.assertEqual(greeting, "welcome\n")
        self.assertEqual(serving.process.wait(PATIENCE), 0)
        self.assertEqual((before, self.mappings_at(gateway)), (1, 0))

    def test_keep_holds_both_mappings_until_it_is_interrupted(self):
        gateway = self.gateway()
        keeping = self.example("keep")
        keeping.wait_for(r"^acquired ssh: 203\.0\.113\.9:2222 for 7200 s by pcp")
        keeping.wait_for(r"^acquired wireguard: 203\.0\.113\.9:\d+ ")
        held = self.mappings_at(gateway)

        keeping.process.send_signal(signal.SIGINT)

        keeping.wait_for(r"^released ssh")
        keeping.wait_for(r"^released wireguard")
        self.assertEqual(keeping.process.wait(PATIENCE), 0)
        self.assertEqual((held, self.mappings_at(gateway)), (2, 0))


if __name__ == "__main__":
    unittest.main()
