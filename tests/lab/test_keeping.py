# SPDX-License-Identifier: MIT
"""What pmpd opens is open, stays open, and is closed when it has to be."""

import signal

from bounded import SLACK, until
from pmpd import endpoint, to_mapping
from scenario import Scenario, tcp, udp

SEVERAL = [tcp(8001), udp(8001), tcp(8002, external=40002), udp(8003, external="any")]
BY_NAT_PMP = {"default": {"protocols": ["nat-pmp"]}}
# RFC 6887 8.1.1: after 3, 6 and 12 s, each a tenth longer at the most.
FOURTH_TRY = 21 * 1.1
EXIT_ORDERLY = 0
EXIT_FAILURE = 1


class Keeping(Scenario):
    def setUp(self):
        super().setUp()
        self.gateway.start()

    def test_opens_every_port_by_pcp(self):
        pmpd = self.pmpd(SEVERAL).start()

        held = pmpd.wait_held()

        self.assertEqual({each["via"] for each in held.values()}, {"pcp"})
        self.check_holds(pmpd)
        self.tell(f"{len(held)} held after {pmpd.time_to(held):.3f} s")

    def test_opens_every_port_by_nat_pmp(self):
        pmpd = self.pmpd(SEVERAL, gateways=BY_NAT_PMP).start()

        held = pmpd.wait_held()

        self.assertEqual({each["via"] for each in held.values()}, {"nat-pmp"})
        self.check_holds(pmpd)
        self.tell(f"{len(held)} held after {pmpd.time_to(held):.3f} s")

    def test_tells_what_natpmpc_is_told(self):
        pmpd = self.start([tcp(8001, external=40001)], gateways=BY_NAT_PMP)

        told = self.lab.inside.run(
            "natpmpc", "-g", self.gateway.address, "-a", "40001", "8001", "tcp", "7200")

        self.assertIn(f"Public IP address : {self.gateway.external}\n", told)
        self.assertIn("Mapped public port 40001 protocol TCP to local port 8001", told)
        self.check_holds(pmpd)

    def test_opens_another_port_where_the_one_it_wants_is_taken(self):
        self.take("tcp", 40001)

        pmpd = self.start([tcp(8001, external=40001)])

        assigned = endpoint(pmpd.held()["tcp-8001"].external)
        self.assertNotEqual(assigned[1], 40001)
        self.check_holds(pmpd)

    def test_renews_before_a_lease_ends(self):
        pmpd = self.start([tcp(8001), udp(8002)], gateways=BY_NAT_PMP, lifetime="10s")

        # By then the gateway has ended what was not renewed.
        until(lambda: self.gateway.epoch() >= 14, "14 s pass", 20, 0.2)

        self.check_holds(pmpd)
        self.assertNotIn("lost", [line.get("event") for line in pmpd.lines()])

    def test_holds_everything_in_spite_of_30_percent_lost_each_way(self):
        losses = self.lose_30_percent()

        pmpd = self.pmpd(SEVERAL).start()

        held = pmpd.wait_held(FOURTH_TRY + SLACK)
        for came, lost in (each.counted() for each in losses):
            self.assertGreater(lost, 0, f"of {came}")
        self.check_holds(pmpd)
        self.tell(f"{len(held)} held after {pmpd.time_to(held):.3f} s")

    def test_keeps_its_ports_when_it_is_killed_and_started_again(self):
        self.take("tcp", 40001)
        capture = self.capture()
        pmpd = self.start([tcp(8001, external=40001), udp(8002), udp(8003, external="any")])
        before = {name: row.external for name, row in pmpd.held().items()}
        nonces = {each.nonce for each in capture.requests(self.lab.address)}

        pmpd.kill()
        pmpd.start()
        pmpd.wait_held()

        after = {name: row.external for name, row in pmpd.held().items()}
        self.assertEqual(after, before)
        self.assertEqual({each.nonce for each in capture.requests(self.lab.address)}, nonces)
        self.check_holds(pmpd)

    def test_asks_only_for_what_a_reload_changes(self):
        kept = [tcp(8001), udp(8001)]
        pmpd = self.start([*kept, udp(8002), tcp(8003, external=40003)])
        capture = self.capture()
        since = pmpd.mark()

        pmpd.configure([*kept, tcp(8003, external=40033), udp(8004)])
        pmpd.signal(signal.SIGHUP)

        pmpd.wait_for("released", mapping="udp-8002", since=since)
        pmpd.wait_for("acquired", mapping="udp-8004", since=since)
        pmpd.wait_for_port(40033, since=since)
        asked = {(each.protocol, each.port) for each in capture.requests(self.lab.address)}
        self.assertEqual(asked, {("udp", 8002), ("tcp", 8003), ("udp", 8004)})
        self.check_holds(pmpd)
        self.check_closed("udp", (self.lab.address, 8002), (self.gateway.external, 8002))
        self.check_closed("tcp", (self.lab.address, 8003), (self.gateway.external, 40003))

    def test_closes_everything_when_it_is_told_to_stop(self):
        pmpd = self.start(SEVERAL)
        held = pmpd.held().values()

        status, seconds = pmpd.stop(within=2)

        self.assertEqual(status, EXIT_ORDERLY)
        self.assertEqual(self.gateway.mappings(), [])
        self.assertEqual(self.gateway.leases(), [])
        for row in held:
            self.check_closed(row.protocol, endpoint(row.internal), endpoint(row.external))
        self.tell(f"stopped after {seconds:.3f} s")

    def test_opens_once_and_leaves(self):
        pmpd = self.pmpd(SEVERAL)

        status, rows = pmpd.run_once()

        self.assertEqual(status, EXIT_ORDERLY)
        self.assertEqual({row.mapping: row.state for row in rows},
                         {name: "held" for name in pmpd.names()})
        self.assertEqual(self.gateway.mappings(), sorted(map(to_mapping, rows)))
        for row in rows:
            self.check_open(row.protocol, endpoint(row.internal), endpoint(row.external))

    def test_fails_once_where_the_gateway_is_closed(self):
        self.gateway.kill()

        status, rows = self.pmpd([tcp(8001)]).run_once()

        self.assertEqual(status, EXIT_FAILURE)
        self.assertEqual([row.mapping for row in rows], ["tcp-8001"])
