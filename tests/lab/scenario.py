# SPDX-License-Identifier: MIT
"""What every test of the lab begins and ends with."""

import contextlib
import sys
import unittest

import crossing
from bounded import until
from capture import Capture
from lab import Lab
from loss import Loss
from nat_gateway import Mapping
from pmpd import Pmpd, endpoint, to_mapping

STRANGER_PORT = 9999


def tcp(port, **settings):
    return {"protocol": "tcp", "internal": port, **settings}


def udp(port, **settings):
    return {"protocol": "udp", "internal": port, **settings}


class Scenario(unittest.TestCase):
    """A lab of its own for each test, whose logs are shown where the test fails."""

    def setUp(self):
        self.lab = Lab()
        self.addCleanup(self.lab.down)
        self.lab.up()
        self.gateway = self.lab.gateway
        self.strangers = []

    def run(self, result=None):
        known = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > known:
            sys.stderr.write(self.lab.last_words)

    def tell(self, what):
        """Something measured, beside the name of the test."""
        sys.stderr.write(f"{what} ... ")

    def capture(self, namespace=None, interface="eth0"):
        made = Capture(namespace or self.lab.inside, interface)
        self.addCleanup(made.close)
        return made

    def lose_30_percent(self):
        """Of the requests, and of the answers."""
        return (Loss(self.gateway.namespace, "udp dport 5351"),
                Loss(self.lab.inside, f"ip daddr {self.lab.address} udp sport 5351"))

    def pmpd(self, mappings, **settings):
        return Pmpd(self.lab, mappings, **settings)

    def check_open(self, protocol, internal, assigned):
        crossing.check_open(self.lab.inside, self.lab.outside, protocol, internal, assigned)

    def check_closed(self, protocol, internal, assigned):
        crossing.check_closed(self.lab.inside, self.lab.outside, protocol, internal, assigned)

    def start(self, mappings, **settings):
        """A daemon that holds all of these."""
        daemon = Pmpd(self.lab, mappings, **settings).start()
        daemon.wait_held()
        return daemon

    def take(self, protocol, port):
        """Somebody else maps this external port."""
        self.lab.inside.run("natpmpc", "-g", self.gateway.address, "-a", str(port),
                            str(STRANGER_PORT), protocol, "7200")
        self.strangers.append(Mapping(protocol, port, self.lab.address, STRANGER_PORT))

    def check_holds(self, *daemons, gateway=None):
        """Fails unless each daemon holds all that it was told to, the gateway and the state files
        know exactly that, and bytes cross through every single mapping."""
        gateway = gateway or self.gateway
        wanted = list(self.strangers)
        for each in daemons:
            # What the gateway announces more than once may still make it ask again.
            held = each.wait_table_held()
            of_this = sorted(to_mapping(row) for row in held.values())
            until(lambda: each.remembered(gateway) == of_this,
                  lambda: f"the state file tells {of_this} and not {each.remembered(gateway)}")
            for row in held.values():
                self.assertEqual(endpoint(row.external)[0], gateway.external)
                self.check_open(row.protocol, endpoint(row.internal), endpoint(row.external))
            wanted += of_this
        self.assertEqual(gateway.mappings(), sorted(wanted))
        self.assertEqual(gateway.leases(), sorted(wanted))
