# SPDX-License-Identifier: MIT
"""What every fault of the lab has: a home of its own, and a way to see that all is well."""

import json
import random
import statistics
import time

import crossing
from bounded import SLACK, until
from capture import Capture
from lab import Lab
from nat_gateway import Mapping
from pmpd import JITTER, Pmpd

# An epoch that goes back to 0 from less than this looks like one that never ran.
OLD_ENOUGH = 4
RECOVERY = JITTER + SLACK
# Whatever is announced, all is asked for again no more than once in so many seconds.
PACE = 10
# A machine that stalls makes epochs look wrong.
SETTLED = PACE + RECOVERY


def tcp(port, **settings):
    return {"protocol": "tcp", "internal": port, **settings}


def udp(port, **settings):
    return {"protocol": "udp", "internal": port, **settings}


SEVERAL = [tcp(8001), udp(8001), tcp(8002, external=40002), udp(8003, external="any")]


class Fault:
    """`round` is done again and again, and fails where the daemon does not survive."""

    name = ""
    mappings = SEVERAL
    settings = {}

    def __init__(self, seed):
        self.random = random.Random(f"{self.name} {seed}")
        self.measured = {}
        # When all was last asked for again, at the latest.
        self.followed = -PACE

    def prepare(self):
        self.lab = Lab()
        self.lab.up()
        self.gateway = self.lab.gateway
        self.make_ready()

    def make_ready(self):
        self.gateway.start()
        self.start()
        self.expected = self.daemon.externals()

    def clean_up(self):
        self.lab.down()

    def start(self):
        self.daemon = Pmpd(self.lab, self.mappings, **self.settings).start()
        self.daemon.wait_externals(RECOVERY)

    def round(self):
        raise NotImplementedError

    def measure(self, what, value):
        self.measured.setdefault(what, []).append(value)

    def figures(self):
        return [f"{what} {statistics.median(values):.3g} (p90 {ninetieth(values):.3g})"
                for what, values in self.measured.items()]

    def pause(self):
        """Until what is announced is followed without delay again, and the epoch is old enough."""
        left = self.followed + PACE + 0.5 - time.monotonic()
        time.sleep(max(left, 0))
        until(lambda: self.gateway.epoch() >= OLD_ENOUGH, "the gateway is old enough", 10, 0.2)

    def check_held(self, gateway=None, seconds=SETTLED, externals=None):
        """Fails unless all is held as it was before, at the gateway too, and bytes cross through
        one of them."""
        gateway = gateway or self.gateway
        expected = self.expected if externals is None else externals
        until(lambda: self.daemon.externals() == expected,
              lambda: f"{expected} is held and not {self.daemon.externals()}", seconds)
        until(lambda: gateway.mappings() == self.told_made(),
              lambda: f"{self.told_made()} is made and not {gateway.mappings()}")
        lease = self.daemon.status()[self.random.choice(sorted(expected))]
        crossing.check_open(self.lab.inside, self.lab.outside, lease["protocol"],
                            tuple(lease["internal"].values()), tuple(lease["external"].values()))

    def told_made(self):
        """What its control socket tells, in the words of a gateway's table."""
        return sorted(Mapping(each["protocol"], each["external"]["port"],
                              *each["internal"].values()) for each in self.daemon.status().values())

    def check_state_file(self):
        """Fails unless it is whole, and none was ever set aside."""
        if self.daemon.state_file.exists():
            json.loads(self.daemon.state_file.read_text())
        bad = self.daemon.state_file.with_name("state.json.bad")
        if bad.exists():
            raise AssertionError(f"a damaged state file: {bad.read_text()!r}")

    def check_alive(self):
        status = self.daemon.process.poll()
        if status is not None:
            raise AssertionError(f"pmpd has ended with {status}")

    def capture(self):
        return Capture(self.lab.inside, "eth0")


def ninetieth(values):
    return sorted(values)[round(0.9 * (len(values) - 1))]
