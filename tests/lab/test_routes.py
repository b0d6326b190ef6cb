# SPDX-License-Identifier: MIT
"""What pmpd does when the way to the gateway comes, goes or leads elsewhere."""

from bounded import SLACK, until
from programs import PMP_GATEWAY
from scenario import Scenario, tcp, udp

SEVERAL = [tcp(8001), udp(8002, external=40002)]
# How long a gateway is searched for UPnP in vain.
SEARCH = 8
# So long a gateway is left alone at first that has answered with an ICMP error.
CLOSED_PAUSE = 10
# A routing table that only a rule leads to.
TABLE = "100"


class Routes(Scenario):
    def route(self, *arguments):
        self.lab.inside.ip("route", *arguments)

    def test_holds_again_what_it_held_before_the_default_route_was_gone(self):
        self.gateway.start()
        pmpd = self.start(SEVERAL)

        self.route("delete", "default")

        pmpd.wait_for("gateway_lost")
        until(lambda: not pmpd.held(), "nothing is held")
        since = pmpd.mark()
        self.route("add", "default", "via", self.gateway.address)
        held = pmpd.wait_held(since=since)
        self.assertEqual({each["event"] for each in held.values()}, {"acquired"})
        self.check_holds(pmpd)

    def test_follows_the_default_route_to_another_gateway(self):
        other = self.lab.add_gateway()
        for each in (self.gateway, other):
            each.start()
        pmpd = self.start(SEVERAL)

        since = pmpd.mark()
        self.route("replace", "default", "via", other.address)

        held = pmpd.wait_held(since=since)
        self.assertEqual({each["gateway_address"] for each in held.values()}, {other.address})
        self.check_holds(pmpd, gateway=other)

    def test_uses_a_gateway_that_only_another_routing_table_knows(self):
        other = self.lab.add_gateway()
        for each in (self.gateway, other):
            each.start()
        source = f"{other.prefix}.2"
        self.route("delete", other.network, "dev", "eth1")
        self.route("add", other.network, "dev", "eth1", "table", TABLE)
        self.route("add", "default", "via", other.address, "table", TABLE)
        self.lab.inside.ip("rule", "add", "from", source, "lookup", TABLE)

        pmpd = self.start(
            [tcp(8001, gateway="vpn"), udp(8002, gateway="vpn")],
            gateways={"vpn": {"address": other.address, "source": source}})

        self.check_holds(pmpd, gateway=other)
        self.assertEqual(self.gateway.mappings(), [])

    def test_waits_for_a_default_route(self):
        self.gateway.start()
        self.route("delete", "default")
        pmpd = self.pmpd(SEVERAL).start()
        self.assertEqual(pmpd.held(), {})

        self.route("add", "default", "via", self.gateway.address)

        pmpd.wait_held()
        self.check_holds(pmpd)

    def test_waits_for_a_gateway_that_starts_later(self):
        pmpd = self.pmpd(SEVERAL).start()
        pmpd.wait_for("refused", SEARCH + SLACK, mapping="tcp-8001")

        self.gateway.start()

        held = pmpd.wait_held(CLOSED_PAUSE + SLACK)
        self.check_holds(pmpd)
        self.tell(f"held {pmpd.time_to(held):.2f} s after it began to ask")

    def test_falls_back_at_once_where_the_gateway_speaks_nat_pmp_alone(self):
        with open(self.lab.directory / "pmp-gateway.log", "wb") as log:
            self.gateway.namespace.spawn(
                [PMP_GATEWAY, "--listen", self.gateway.address, "--external", self.gateway.external,
                 "--protocols", "nat-pmp"], log)
        until(self.gateway.listens, "pmp-gateway listens")

        pmpd = self.pmpd(SEVERAL).start()

        held = pmpd.wait_held()
        self.assertEqual({each["via"] for each in held.values()}, {"nat-pmp"})
        self.tell(f"{len(held)} held after {pmpd.time_to(held):.3f} s")
