# SPDX-License-Identifier: MIT
"""UPnP at a real gateway: alone, and in the race with what is said by datagrams."""

from scenario import Scenario, tcp, udp

SEVERAL = [tcp(8001), udp(8001), tcp(8002, external=40002), udp(8003, external="any")]
BY_UPNP = {"default": {"protocols": ["upnp"]}}
BY_ALL = {"default": {"protocols": ["pcp", "nat-pmp", "upnp"]}}
# What a mapping may take where nothing but UPnP answers.
SOON = 5
EXIT_ORDERLY = 0


class Upnp(Scenario):
    def setUp(self):
        super().setUp()
        self.gateway.start()

    def forbid_datagrams(self, verdict):
        """What comes to port 5351 is dropped, or refused by ICMP."""
        self.gateway.namespace.run(
            "nft", "-f", "-",
            input="table inet deaf {\nchain input {\ntype filter hook input priority -10;\n"
                  f"udp dport 5351 {verdict}\n}}\n}}\n")

    def test_opens_every_port(self):
        pmpd = self.pmpd(SEVERAL, gateways=BY_UPNP).start()

        held = pmpd.wait_held()

        self.assertEqual({each["via"] for each in held.values()}, {"upnp"})
        self.check_holds(pmpd)
        self.tell(f"{len(held)} held after {pmpd.time_to(held):.3f} s")

    def test_finds_the_description_where_it_is_told(self):
        url = f"http://{self.gateway.address}:5000/rootDesc.xml"
        settings = {"default": {"protocols": ["upnp"], "description_url": url}}

        self.check_holds(self.start(SEVERAL, gateways=settings))

    def test_leaves_the_race_to_what_answers_datagrams(self):
        pmpd = self.pmpd(SEVERAL, gateways=BY_ALL).start()

        held = pmpd.wait_held()

        self.assertEqual({each["via"] for each in held.values()}, {"pcp"})
        self.check_holds(pmpd)

    def test_wins_the_race_where_datagrams_are_not_answered(self):
        for verdict in ("drop", "reject"):
            with self.subTest(verdict):
                self.forbid_datagrams(verdict)
                pmpd = self.pmpd(SEVERAL, name=f"pmpd-{verdict}", gateways=BY_ALL).start()

                held = pmpd.wait_held()

                self.assertEqual({each["via"] for each in held.values()}, {"upnp"})
                self.check_holds(pmpd)
                self.assertLess(pmpd.time_to(held), SOON)
                self.tell(f"{verdict}: {pmpd.time_to(held):.3f} s")
                pmpd.stop(within=SOON)
                self.gateway.namespace.run("nft", "delete", "table", "inet", "deaf")

    def test_closes_every_port_when_it_stops(self):
        pmpd = self.start(SEVERAL, gateways=BY_UPNP)

        status, seconds = pmpd.stop(within=SOON)

        self.assertEqual(status, EXIT_ORDERLY)
        self.assertEqual(self.gateway.mappings(), [])
        self.tell(f"released after {seconds:.3f} s")

    def test_keeps_its_ports_over_a_kill(self):
        pmpd = self.start(SEVERAL, gateways=BY_UPNP)
        before = pmpd.held()
        pmpd.kill()

        pmpd.start()
        pmpd.wait_held()

        self.assertEqual({name: row.external for name, row in pmpd.held().items()},
                         {name: row.external for name, row in before.items()})
        self.check_holds(pmpd)
