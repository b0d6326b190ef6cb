# SPDX-License-Identifier: MIT
"""What pmpd held is held again after the gateway has forgotten it or has changed its address."""

import signal

from bounded import SLACK, until
from pmpd import JITTER
from scenario import Scenario, tcp, udp

SEVERAL = [tcp(8001), udp(8001), tcp(8002, external=40002), udp(8003, external="any")]
# An epoch that goes back to 0 from less than this looks like one that never ran.
OLD_ENOUGH = 4


class Recovery(Scenario):
    def setUp(self):
        super().setUp()
        self.gateway.start()
        until(lambda: self.gateway.epoch() >= OLD_ENOUGH, "the gateway is old enough", 10, 0.2)

    def test_makes_its_mappings_again_where_the_gateway_has_forgotten_them(self):
        pmpd = self.start([*SEVERAL, tcp(8004), udp(8005)])
        before = externals(pmpd)
        capture = self.capture()

        since = pmpd.mark()
        self.gateway.reboot()

        held = pmpd.wait_held(JITTER + SLACK, since)
        self.assertEqual(externals(pmpd), before)
        self.check_holds(pmpd)
        self.tell(f"announced, then held again after {self.delays(capture, held)}")

    def test_learns_from_the_next_answer_what_was_not_announced(self):
        # miniupnpd 2.3.1 announces its start by PCP alone.
        pmpd = self.start(SEVERAL, gateways={"default": {"protocols": ["nat-pmp"]}})
        before = externals(pmpd)
        self.gateway.reboot()

        since = pmpd.mark()
        pmpd.configure([*SEVERAL, tcp(8004)])
        pmpd.signal(signal.SIGHUP)

        pmpd.wait_held(JITTER + SLACK, since)
        self.assertEqual(externals(pmpd), {**before, "tcp-8004": f"{self.gateway.external}:8004"})
        self.check_holds(pmpd)

    def test_follows_the_gateway_to_another_external_address_by_pcp(self):
        self.follow_to_another_external_address(["pcp"])

    def test_follows_the_gateway_to_another_external_address_by_nat_pmp(self):
        self.follow_to_another_external_address(["nat-pmp"])

    def follow_to_another_external_address(self, protocols):
        pmpd = self.start(SEVERAL, gateways={"default": {"protocols": protocols}})
        capture = self.capture()

        since = pmpd.mark()
        self.gateway.change_external_address("11.22.33.44")

        pmpd.wait_for("external_address_changed", JITTER + SLACK, since,
                      external_address="11.22.33.44")
        held = pmpd.wait_held(JITTER + SLACK, since)
        self.check_holds(pmpd)
        self.tell(f"announced, then held there after {self.delays(capture, held)}")

    def test_two_daemons_of_one_host_both_recover(self):
        one = self.start(SEVERAL, name="one")
        other = self.start([tcp(8011), udp(8012)], name="other")
        before = [externals(each) for each in (one, other)]
        capture = self.capture()

        since = [each.mark() for each in (one, other)]
        self.gateway.reboot()

        held = [each.wait_held(JITTER + SLACK, mark)
                for each, mark in zip((one, other), since)]
        self.assertEqual([externals(each) for each in (one, other)], before)
        self.check_holds(one, other)
        self.tell(" and ".join(self.delays(capture, each) for each in held))

    def delays(self, capture, held):
        """From the first announcement to the first and the last of these lines."""
        announced = next(each.at for each in capture.datagrams()
                         if each.destination == ("224.0.0.1", 5350))
        after = sorted(max(line["at"] - announced, 0) for line in held.values())
        return f"{after[0]:.2f}-{after[-1]:.2f} s"


def externals(pmpd):
    return {name: row.external for name, row in pmpd.held().items()}
