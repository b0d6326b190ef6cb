# SPDX-License-Identifier: MIT
"""What a mapping can ask a real gateway for."""

from bounded import until
from scenario import Scenario, tcp, udp

BY_UPNP = {"default": {"protocols": ["upnp"]}}
BY_NAT_PMP = {"default": {"protocols": ["nat-pmp"]}}
BY_PCP = {"default": {"protocols": ["pcp"]}}
# A routing table that only a rule leads to.
TABLE = "100"
# What a VPN provider grants.
MINUTE = 60


class Wishes(Scenario):
    def neighbour(self):
        """The address of another host of the home."""
        address = f"{self.gateway.prefix}.3"
        self.lab.inside.ip("address", "add", f"{address}/24", "dev", "eth0")
        return address

    def test_maps_for_a_neighbour_where_the_gateway_allows_it(self):
        self.gateway.configure(third_parties=True)
        self.gateway.start()
        neighbour = self.neighbour()
        wishes = [tcp(8001, name="own"), tcp(8001, name="nas", external=40001, host=neighbour)]
        for gateways in (BY_PCP, BY_UPNP):
            with self.subTest(gateways):
                pmpd = self.pmpd(wishes, name=gateways["default"]["protocols"][0], gateways=gateways).start()

                held = pmpd.wait_held()

                self.assertEqual(held["nas"]["internal_address"], neighbour)
                self.check_open("tcp", (neighbour, 8001), (self.gateway.external, 40001))
                self.check_open("tcp", (self.lab.address, 8001), (self.gateway.external, 8001))
                pmpd.stop(within=5)
                self.assertEqual(self.gateway.mappings(), [])

    def test_says_that_the_gateway_maps_for_no_neighbour(self):
        self.gateway.start()
        for gateways in (BY_PCP, BY_NAT_PMP):
            with self.subTest(gateways):
                protocol = gateways["default"]["protocols"][0]
                wish = tcp(8001, host=f"{self.gateway.prefix}.3")
                pmpd = self.pmpd([wish], name=protocol, gateways=gateways).start()

                pmpd.wait_for("refused", error_name="no_third_party")

                self.assertEqual(self.gateway.mappings(), [])
                pmpd.stop(within=5)

    def test_lets_in_one_remote_host_by_upnp(self):
        self.gateway.start()
        visitor = f"{self.gateway.external_prefix}.9"
        pmpd = self.start([tcp(8001, allow=[visitor]), tcp(8002, allow=["11.22.99.9"])], gateways=BY_UPNP)

        outside = self.gateway.external
        self.check_open("tcp", (self.lab.address, 8001), (outside, 8001))
        self.check_closed("tcp", (self.lab.address, 8002), (outside, 8002))
        pmpd.stop(within=5)
        self.assertEqual(self.gateway.mappings(), [])

    def test_gets_one_number_for_both(self):
        self.gateway.start()
        self.take("udp", 8001)
        both = {"name": "game", "protocol": "both", "internal": 8001}
        for gateways in (BY_PCP, BY_NAT_PMP, BY_UPNP):
            with self.subTest(gateways):
                pmpd = self.pmpd([both], name=gateways["default"]["protocols"][0], gateways=gateways).start()

                held = pmpd.wait_held()

                ports = {each["external_port"] for each in held.values()}
                self.assertEqual(set(held), {"game-tcp", "game-udp"})
                self.assertEqual(len(ports), 1)
                self.assertNotEqual(ports, {8001})
                self.check_holds(pmpd)
                pmpd.stop(within=5)

    def test_keeps_the_lan_and_a_vpn_that_only_another_table_knows(self):
        vpn = self.lab.add_gateway()
        for each in (self.gateway, vpn):
            each.start()
        source = f"{vpn.prefix}.2"
        self.lab.inside.ip("route", "delete", vpn.network, "dev", "eth1")
        self.lab.inside.ip("route", "add", vpn.network, "dev", "eth1", "table", TABLE)
        self.lab.inside.ip("route", "add", "default", "via", vpn.address, "table", TABLE)
        self.lab.inside.ip("rule", "add", "from", source, "lookup", TABLE)
        pmpd = self.start(
            [tcp(8001), udp(8001, name="by-vpn", gateway="vpn", lifetime=MINUTE)],
            gateways={"default": {}, "vpn": {
                "address": vpn.address, "interface": "eth1", "source": source, "protocols": ["nat-pmp"]}})
        held = pmpd.wait_held()
        self.assertEqual(held["by-vpn"]["gateway_address"], vpn.address)
        self.assertEqual(held["by-vpn"]["lifetime"], MINUTE)
        self.assertEqual(held["tcp-8001"]["gateway_address"], self.gateway.address)
        self.check_open("udp", (source, 8001), (vpn.external, 8001))
        self.check_open("tcp", (self.lab.address, 8001), (self.gateway.external, 8001))

        since = pmpd.mark()
        vpn.kill()
        vpn.forget()
        pmpd.wait_for("lost", MINUTE + 10, mapping="by-vpn")
        self.check_open("tcp", (self.lab.address, 8001), (self.gateway.external, 8001))
        vpn.start()
        pmpd.wait_for("acquired", MINUTE + 10, since=since, mapping="by-vpn")
        self.check_open("udp", (source, 8001), (vpn.external, 8001))
        until(lambda: "tcp-8001" in pmpd.held(), "the LAN's is held")
        told = [each for each in pmpd.lines()[since:] if each.get("mapping") == "tcp-8001"]
        self.assertEqual(told, [])
