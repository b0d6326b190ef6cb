# SPDX-License-Identifier: MIT
"""pmpd.exe and pmp.exe at a real gateway that they find by the default route."""

import json

import windows
from bounded import SLACK, until
from pmpd import JITTER
from scenario import Scenario, tcp, udp
from windows import PMP, PIPE, WindowsPmpd

PROTOCOLS = ("pcp", "nat-pmp", "upnp")
SEVERAL = [tcp(8001), udp(8001), tcp(8002, external=40002), udp(8003, external="any")]
EXIT_ORDERLY = 0
# An epoch that goes back to 0 from less than this looks like one that never ran.
OLD_ENOUGH = 4
# wine begins slowly.
START = 20


class OnWindows(Scenario):
    def setUp(self):
        if reason := windows.obstacle():
            self.skipTest(reason)
        super().setUp()
        self.gateway.start()
        self.lab.check_confined()
        self.windows = windows.Windows(self.lab)
        self.addCleanup(self.windows.end)

    def hold(self, mappings, **settings):
        pmpd = WindowsPmpd(self.windows, mappings, **settings).start()
        pmpd.wait_held(START)
        return pmpd

    def check_crossing(self, held):
        """Fails unless the gateway has these, and bytes cross through each."""
        for each in held.values():
            self.check_open(each["protocol"], (each["internal_address"], each["internal_port"]),
                            (each["external_address"], each["external_port"]))
        self.assertEqual(
            {(each.protocol, each.assigned_port) for each in self.gateway.mappings()},
            {(each["protocol"], each["external_port"]) for each in held.values()})

    def test_pmpd_opens_every_port_by_each_protocol(self):
        for by in PROTOCOLS:
            pmpd = self.hold(SEVERAL, name=f"pmpd-{by}", gateways={"default": {"protocols": [by]}})

            held = pmpd.told_held()
            self.assertEqual({each["via"] for each in held.values()}, {by})
            self.check_crossing(held)
            status, seconds = pmpd.stop(within=SLACK)

            self.assertEqual((status, self.gateway.mappings()), (EXIT_ORDERLY, []))
            self.tell(f"{by}: {pmpd.time_to(held):.2f} s, released after {seconds:.2f} s")

    def test_pmpd_hears_that_the_gateway_was_restarted(self):
        until(lambda: self.gateway.epoch() >= OLD_ENOUGH, "the gateway is old enough", 10, 0.2)
        pmpd = self.hold(SEVERAL)
        before = {name: each["external_port"] for name, each in pmpd.told_held().items()}

        since = pmpd.mark()
        self.gateway.reboot()

        held = pmpd.wait_held(JITTER + SLACK, since)
        self.assertEqual({name: each["external_port"] for name, each in held.items()}, before)
        self.check_crossing(held)

    def test_pmp_asks_pmpd_by_its_pipe(self):
        self.hold(SEVERAL)

        done = self.windows.run(PMP, "status", "--json", "--control", PIPE)

        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn('"held"', done.stdout)

    def test_pmp_discovers_maps_and_unmaps(self):
        found = json.loads(self.windows.run(PMP, "discover", "--json").stdout)["gateways"][0]
        self.assertEqual((found["address"], found["interface"], found["external_address"]),
                         (self.gateway.address, "eth0", self.gateway.external))
        for by in PROTOCOLS:
            done = self.windows.run(PMP, "map", 8001, 40001, "--protocols", by, "--json")

            self.assertEqual((done.returncode, done.stderr), (0, ""))
            told = json.loads(done.stdout)
            self.assertEqual(told["via"], by)
            inside, outside = (self.lab.address, 8001), (self.gateway.external, 40001)
            self.check_open("tcp", inside, outside)
            self.assertEqual(self.windows.run(PMP, "unmap", 8001).returncode, 0)
            self.check_closed("tcp", inside, outside)
