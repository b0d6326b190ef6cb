# SPDX-License-Identifier: MIT
import http.client
import json
import re
import signal
import time

from harness import wait_until
from pmp_harness import PmpTest

SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"
ALL = ("--protocols", "pcp,nat-pmp,upnp")
UPNP = ("--protocols", "upnp")


class UpnpTest(PmpTest):
    """What is done by UPnP, or beside it."""

    def act(self, action, **arguments):
        """Whatever another program asks of the gateway; returns the body of the answer."""
        inside = "".join(f"<New{name}>{value}</New{name}>" for name, value in arguments.items())
        body = (
            '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
            f'<s:Body><u:{action} xmlns:u="{SERVICE}">{inside}</u:{action}></s:Body></s:Envelope>'
        )
        connection = http.client.HTTPConnection(self.address, 5000, timeout=10)
        connection.request("POST", "/igd/ctl/ip", body, {"SOAPAction": f'"{SERVICE}#{action}"'})
        return connection.getresponse().read().decode()

    def take_by_upnp(self, port, internal, client="127.0.0.99", description="other"):
        self.act(
            "AddPortMapping", RemoteHost="", ExternalPort=port, Protocol="TCP",
            InternalPort=internal, InternalClient=client, Enabled=1,
            PortMappingDescription=description, LeaseDuration=3600,
        )

    def entry(self, port):
        """(internal client, internal port, description) of what the table shows."""
        text = self.act(
            "GetSpecificPortMappingEntry", RemoteHost="", ExternalPort=port, Protocol="TCP"
        )
        names = ("InternalClient", "InternalPort", "PortMappingDescription")
        found = [re.search(f"<New{name}>([^<]*)<", text) for name in names]
        return tuple(each[1] for each in found) if all(found) else None

    def heard(self, gateway, pattern):
        return [line for line in gateway.lines.all() if re.search(pattern, line)]


class ExternalAddress(UpnpTest):
    def test_is_told_by_a_gateway_that_speaks_upnp_alone(self):
        self.gateway("--protocols", "upnp")
        for protocols in (ALL, UPNP):
            with self.subTest(protocols):
                done = self.pmp("external-address", "--json", *protocols)

                self.check_done(done)
                told = json.loads(done.stdout)
                self.assertEqual(told["external_address"], "203.0.113.7")
                self.assertEqual((told["via"], told["epoch"]), ("upnp", None))

    def test_that_is_missing_is_told(self):
        self.gateway("--protocols", "upnp", "--external", "0.0.0.0")

        done = self.pmp("external-address", *UPNP)

        self.check_failed(done, 1, "check the gateway's own connection")

    def test_of_a_gateway_that_speaks_all_needs_no_upnp(self):
        gateway = self.gateway()

        self.check_done(self.pmp("external-address", *ALL), "203.0.113.7\n")

        self.assertFalse(self.heard(gateway, "upnp (description|status|map)"))

    def test_is_not_waited_for_where_nothing_is_found(self):
        self.gateway("--protocols", "pcp")

        done = self.pmp("external-address", *UPNP)

        self.check_failed(done, 3, "offers nothing by UPnP", "switch UPnP on")


class Discover(UpnpTest):
    def test_tells_of_a_device_of_version_2(self):
        self.gateway("--igd", "2")

        done = self.pmp("discover")

        self.check_done(done)
        self.assertIn(f"WANIPConnection:2 at http://{self.address}:5000/igd/ctl/ip", done.stdout)

    def test_finds_it_where_nothing_else_is_spoken(self):
        self.gateway("--protocols", "upnp")

        found = json.loads(self.pmp("discover", *ALL, "--json").stdout)["gateways"][0]

        self.assertEqual([each["protocol"] for each in found["protocols"]], ["upnp"])
        self.assertEqual(found["external_address"], "203.0.113.7")

    def test_does_not_wait_for_it_where_nothing_answers_a_search(self):
        self.gateway("--protocols", "pcp,nat-pmp")
        began = time.monotonic()

        done = self.pmp("discover", *ALL)

        self.check_done(done)
        self.assertLess(time.monotonic() - began, 3)

    def test_names_all_that_were_denied(self):
        self.gateway("--protocols", "pcp,nat-pmp", "--vice", "only-version-3")
        for words in (["external-address"], ["map", 8000], ["discover"]):
            with self.subTest(words):
                done = self.pmp(*words, *ALL)

                self.assertEqual(done.returncode, 1)
                self.assertIn("speaks neither version 2 of PCP nor NAT-PMP nor UPnP", done.stderr)


class Map(UpnpTest):
    def test_maps_and_unmaps(self):
        for version in ("1", "2"):
            with self.subTest(version):
                gateway = self.gateway("--protocols", "upnp", "--igd", version)

                done = self.pmp("map", 8080, 2222, "--json", "--lifetime", "1h", *ALL)

                self.check_done(done)
                lease = json.loads(done.stdout)
                self.assertEqual((lease["via"], lease["verified"]), ("upnp", "read_back"))
                self.assertEqual(lease["external"], {"address": "203.0.113.7", "port": 2222})
                self.assertEqual(gateway.table()[8080][0], 2222)
                self.assertEqual(self.pmp("unmap", 8080, *ALL).returncode, 0)
                self.assertEqual((gateway.table(), self.remembered()), ({}, []))
                gateway.stop()

    def test_keeps_to_the_first_that_answers(self):
        gateway = self.gateway()

        done = self.pmp("map", 8080, "--json", *ALL)

        self.assertEqual(json.loads(done.stdout)["via"], "pcp")
        self.assertFalse(self.heard(gateway, "upnp (description|status|map)"))

    def test_uses_it_at_once_where_the_others_are_denied(self):
        self.gateway("--vice", "only-version-3")
        began = time.monotonic()

        done = self.pmp("map", 8080, "--json", *ALL)

        self.assertEqual(json.loads(done.stdout)["via"], "upnp")
        self.assertLess(time.monotonic() - began, 3)

    def test_stays_with_what_made_it(self):
        self.gateway()
        self.assertEqual(self.pmp("map", 8080, *UPNP).returncode, 0)

        done = self.pmp("map", 8080, "--json", *ALL)

        self.assertEqual(json.loads(done.stdout)["via"], "upnp")

    def test_uses_it_where_it_is_asked_for(self):
        self.gateway()

        done = self.pmp("map", 8080, "--json", *UPNP)

        self.assertEqual(json.loads(done.stdout)["via"], "upnp")

    def test_is_described_and_unmapped_by_its_description(self):
        gateway = self.gateway("--protocols", "upnp")
        self.check_done(self.pmp("map", 8080, 2222, "--lifetime", "1h", "--description", "my web", *UPNP))
        self.assertEqual(self.entry(2222), ("127.0.0.1", "8080", "my web"))

        self.assertEqual(self.pmp("unmap", 8080, *UPNP).returncode, 0)

        self.assertEqual(gateway.table(), {})

    def test_takes_another_port_than_one_that_is_taken(self):
        self.gateway("--protocols", "upnp")
        self.take_by_upnp(2222, 9)

        done = self.pmp("map", 8080, 2222, "--json", "--lifetime", "1h", *UPNP)

        self.assertEqual(done.returncode, 0)
        self.assertNotEqual(json.loads(done.stdout)["external"]["port"], 2222)
        self.assertEqual(self.entry(2222), ("127.0.0.99", "9", "other"))

    def test_of_an_exact_port_that_is_taken_is_refused(self):
        self.gateway("--protocols", "upnp")
        self.take_by_upnp(2222, 9)

        done = self.pmp("map", 8080, 2222, "--exact", *UPNP)

        self.check_failed(done, 1, r"external port 2222 is not free .*\(\w+, upnp 718\)")
        self.assertEqual(self.entry(2222), ("127.0.0.99", "9", "other"))

    def test_leaves_what_others_have_put_in_its_place(self):
        self.gateway("--protocols", "upnp")
        self.check_done(self.pmp("map", 8080, 2222, "--lifetime", "1h", *UPNP))
        self.act("DeletePortMapping", RemoteHost="", ExternalPort=2222, Protocol="TCP")
        self.take_by_upnp(2222, 9)

        self.assertEqual(self.pmp("unmap", 8080, *UPNP).returncode, 0)

        self.assertEqual(self.entry(2222), ("127.0.0.99", "9", "other"))

    def test_of_what_was_never_mapped_deletes_nothing_of_others(self):
        self.gateway("--protocols", "upnp")
        self.take_by_upnp(8080, 8080, client="127.0.0.1")

        self.assertEqual(self.pmp("unmap", 8080, *UPNP).returncode, 0)

        self.assertEqual(self.entry(8080), ("127.0.0.1", "8080", "other"))

    def test_is_permanent_where_nothing_else_is_granted(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "permanent-only")
        self.assertEqual(self.pmp("map", 8080, *UPNP).returncode, 0)
        self.assertTrue(json.loads(self.memory.read_text())["leases"][0]["permanent"])

        self.assertEqual(self.pmp("unmap", 8080, *UPNP).returncode, 0)

        self.assertEqual(gateway.table(), {})

    def test_leads_to_another_host(self):
        self.gateway("--protocols", "upnp")

        done = self.pmp("map", 8080, "--host", "192.168.7.9", "--lifetime", "1h", *UPNP)

        self.check_done(done)
        self.assertEqual(self.entry(8080)[:2], ("192.168.7.9", "8080"))

    def test_maps_both_transports_to_one_number(self):
        gateway = self.gateway("--protocols", "upnp")

        done = self.pmp("map", 8080, 2222, "--protocol", "both", "--lifetime", "1h", *UPNP)

        self.check_done(done)
        self.assertEqual(done.stdout.count("203.0.113.7:2222"), 2)
        self.assertEqual(self.pmp("unmap", 8080, *UPNP).returncode, 0)
        self.assertEqual(gateway.table(), {})

    def test_is_kept_and_released(self):
        gateway = self.gateway("--protocols", "upnp")
        kept = self.start("map", 8080, 2222, "--keep", *UPNP)
        kept.output.wait("203.0.113.7:2222")

        kept.signal(signal.SIGINT)

        kept.exit_status()
        self.assertEqual(gateway.table(), {})

    def test_leaves_nothing_where_it_is_interrupted_half_way(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "http-slow=1")
        running = self.start("map", 8080, 2222, *UPNP)
        gateway.lines.wait("upnp map tcp", timeout=20)

        running.signal(signal.SIGINT)

        self.assertEqual(running.exit_status(), 128 + signal.SIGINT)
        wait_until(lambda: gateway.table() == {})


class List(UpnpTest):
    def test_shows_the_table_whoever_made_it(self):
        self.gateway()
        self.take_by_upnp(2223, 9)
        self.check_done(self.pmp("map", 8080, 2222, "--lifetime", "1h", "--description", "my web", *UPNP))

        done = self.pmp("list")

        self.check_done(done)
        self.assertEqual([line.split() for line in done.stdout.splitlines()], [
            ["PROTOCOL", "EXTERNAL", "INTERNAL", "FROM", "LEFT", "OURS", "DESCRIPTION"],
            ["tcp", "2222", "127.0.0.1:8080", "all", *done.stdout.splitlines()[1].split()[4:-3], "yes", "my", "web"],
            ["tcp", "2223", "127.0.0.99:9", "all", *done.stdout.splitlines()[2].split()[4:-2], "no", "other"],
        ])

    def test_shows_it_as_json(self):
        for version in ("1", "2"):
            with self.subTest(version):
                gateway = self.gateway("--igd", version)
                self.check_done(self.pmp("map", 8080, 2222, "--lifetime", "1h", *UPNP))

                told = json.loads(self.pmp("list", "--json").stdout)

                row, = told["mappings"]
                self.assertTrue(3500 <= row.pop("lifetime") <= 3600)
                self.assertEqual(told["gateway"], self.address)
                self.assertEqual(row, {
                    "protocol": "tcp", "external_port": 2222,
                    "internal": {"address": "127.0.0.1", "port": 8080}, "remote": None,
                    "description": "pmpd tcp-8080", "enabled": True, "ours": True})
                self.check_done(self.pmp("unmap", 8080, "--quiet"))
                gateway.stop()

    def test_of_an_empty_table_has_no_rows(self):
        self.gateway()

        self.assertEqual(json.loads(self.pmp("list", "--json").stdout)["mappings"], [])

    def test_counts_what_pmpd_keeps_as_ours(self):
        self.gateway()
        self.write_config(["name: web, protocol: tcp, internal: 80, external: 8080, description: mine"])
        self.config.write_text(self.config.read_text().replace("}}", ", protocols: [upnp]}}").replace(
            "source: 127.0.0.1}", "source: 127.0.0.1, protocols: [upnp]}"))
        self.keep_open("web")

        row, = json.loads(self.pmp("list", "--json", "--control", self.control).stdout)["mappings"]

        self.assertEqual((row["description"], row["ours"]), ("mine", True))

    def test_is_of_upnp_alone(self):
        self.gateway("--protocols", "pcp,nat-pmp")

        self.check_failed(self.pmp("list"), 3, "offers nothing by UPnP")
        self.check_failed(self.pmp("list", "--protocols", "pcp"), 2, "by upnp alone")

    def test_that_can_not_be_read_is_told(self):
        self.gateway("--vice", "upnp-read-error=501")

        self.check_failed(self.pmp("list"), 1, r"\(upnp 501\)")

    def test_shows_nothing_that_moves_a_cursor(self):
        self.gateway()
        self.take_by_upnp(2223, 9, description="a&#27;[2Jb")

        self.assertNotIn("\x1b", self.pmp("list").stdout)

    def test_says_what_it_was_asked_with_where_nobody_answers(self):
        self.check_failed(self.pmp("list", "--timeout", "1s"), 3, "did not answer: asked by upnp for 1 s")
