# SPDX-License-Identifier: MIT
"""A host with a public address, before which no gateway answers."""

from scenario import Scenario, tcp, udp

# How long a gateway has to answer, and to be searched for.
PATIENCE = 10
EXIT_ORDERLY = 0


class Direct(Scenario):
    def setUp(self):
        super().setUp()
        # The one outside is the host; who visits it is behind its provider's router, which maps
        # nothing: no miniupnpd runs there.
        self.lab.inside.ip("route", "delete", "default")
        self.lab.inside, self.lab.outside = self.lab.outside, self.lab.inside
        self.own = f"{self.gateway.external_prefix}.9"
        self.settings = {"default": {"address": self.gateway.external}}

    def let_visit(self):
        self.lab.outside.ip("route", "add", f"{self.own}/32", "via", self.gateway.address)

    def test_holds_its_ports_as_they_are(self):
        pmpd = self.pmpd([tcp(8001), udp(8002)], gateways=self.settings).start()

        held = pmpd.wait_held(PATIENCE)

        self.assertEqual({each["via"] for each in held.values()}, {"direct"})
        self.assertEqual({row.external for row in pmpd.held().values()},
                         {f"{self.own}:8001", f"{self.own}:8002"})
        self.tell(f"held after {pmpd.time_to(held):.3f} s")
        self.let_visit()
        self.check_open("tcp", (self.own, 8001), (self.own, 8001))
        self.check_open("udp", (self.own, 8002), (self.own, 8002))

    def test_ends_without_asking_anybody(self):
        pmpd = self.pmpd([tcp(8001)], gateways=self.settings).start()
        pmpd.wait_held(PATIENCE)

        status, seconds = pmpd.stop(within=1)

        self.assertEqual(status, EXIT_ORDERLY)
        self.assertLess(seconds, 1)

    def test_tells_what_it_can_not_have_and_ends_at_once_all_the_same(self):
        exact = tcp(8001, external=80, exact=True)
        pmpd = self.pmpd([exact, tcp(8002)], gateways=self.settings).start()

        pmpd.wait_for("refused", PATIENCE, mapping="tcp-8001", error_name="needs_gateway")

        status, seconds = pmpd.stop(within=2)
        self.assertEqual(status, EXIT_ORDERLY)
        self.assertLess(seconds, 1)
        self.assertFalse([line for line in pmpd.lines() if "release of" in line["message"]])
