# SPDX-License-Identifier: MIT
"""What befalls the gateway and the way to it."""

import os
import subprocess
import time

from bounded import until
from fault import RECOVERY, SEVERAL, Fault, tcp
from loss import Loss
from pmpd import Pmpd
from programs import PMP

ADDRESSES = ("11.22.33.44", "11.22.33.45")
# RFC 6887 8.1.1 waits 3, 6, 12 s and so on: half of the tries are in vain, and the tenth comes after 25 minutes.
PATIENCE = 1800


class GatewayKilled(Fault):
    name = "gateway killed and flushed"

    def round(self):
        self.pause()
        self.daemon.turn_page()

        self.gateway.reboot()
        began = time.monotonic()

        until(lambda: len(self.gateway.mappings()) == len(SEVERAL), "all is made again", RECOVERY,
              0.02)
        self.followed = time.monotonic()
        self.measure("s until made again", self.followed - began)
        self.check_held()
        self.check_alive()


class AddressChanged(Fault):
    name = "external address changed"

    def round(self):
        self.pause()
        address = next(each for each in ADDRESSES if each != self.gateway.external)
        self.daemon.turn_page()

        self.gateway.change_external_address(address)
        began = time.monotonic()

        expected = {name: (address, port) for name, (_, port) in self.expected.items()}
        self.daemon.wait_for("external_address_changed", RECOVERY, external_address=address)
        self.check_held(externals=expected)
        self.followed = time.monotonic()
        self.measure("s until held there", self.followed - began)


class RouteMoved(Fault):
    name = "default route moved between two gateways"

    def make_ready(self):
        self.lab.add_gateway().start()
        super().make_ready()

    def round(self):
        self.gateway = next(each for each in self.lab.gateways if each is not self.gateway)
        self.daemon.turn_page()

        self.lab.inside.ip("route", "replace", "default", "via", self.gateway.address)
        began = time.monotonic()

        self.daemon.wait_held(RECOVERY)
        self.measure("s until held there", time.monotonic() - began)
        # Which number stands for "any" is each gateway's own choice.
        held = self.daemon.wait_externals()
        for name, (address, port) in held.items():
            if address != self.gateway.external or (
                    name != "udp-8003" and port != self.expected[name][1]):
                raise AssertionError(f"{name} is held at {address}:{port}")
        self.check_held(externals=held)


class DatagramsLost(Fault):
    """Beside the daemon, one mapping each by pmp, natpmpc and upnpc, which knows the description."""

    name = "30 % lost each way"

    def make_ready(self):
        self.gateway.start()
        for namespace, which in ((self.gateway.namespace, "iifname lan"),
                                 (self.lab.inside, f"ip saddr {self.gateway.address}")):
            Loss(namespace, which, by="random")
        self.number = 0
        self.state = str(self.lab.directory / "pmp")

    def round(self):
        self.number += 1
        description = f"http://{self.gateway.address}:5000/rootDesc.xml"
        port = str(20000 + self.number)
        natpmpc = self.run("natpmpc", "-g", self.gateway.address, "-a", port, port, "udp", "3600")
        upnpc = self.run("upnpc", "-u", description, "-a", self.lab.address, port, port, "tcp",
                         "3600")
        for name, seconds in (("natpmpc", natpmpc), ("upnpc", upnpc)):
            self.measure(f"{name} failed", seconds is None)
            if seconds is not None:
                self.measure(f"{name} s", seconds)
        # As new: what pmp remembers would spare it a question.
        pmp = self.run(PMP, "map", port, "--protocol", "tcp", "--timeout", f"{PATIENCE}s")
        if pmp is None:
            raise AssertionError(f"pmp did not map {port}")
        self.measure("pmp s", pmp)
        self.measure("pmpd s", self.start_and_kill())

    def run(self, *command):
        """Seconds until it had done what it should, or None."""
        began = time.monotonic()
        with self.lab.inside.entered():
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                text=True, errors="replace", env={**os.environ, "XDG_STATE_HOME": self.state}, timeout=PATIENCE)
        failed = done.returncode != 0 or "failed" in done.stdout + done.stderr
        return None if failed else time.monotonic() - began

    def start_and_kill(self):
        daemon = Pmpd(self.lab, [tcp(30000 + self.number)], name=f"pmpd-{self.number}").start()
        began = time.monotonic()
        daemon.wait_externals(PATIENCE)
        taken = time.monotonic() - began
        daemon.kill()
        return taken

    def figures(self):
        failed = {what: sum(self.measured.pop(what, [])) for what in list(self.measured)
                  if what.endswith(" failed")}
        return super().figures() + [f"{what}: {count}" for what, count in failed.items() if count]
