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
        return [line for line in gateway.served() if re.search(pattern, line)]


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

    def test_tells_that_it_was_not_read_in_time(self):
        self.gateway("--vice", "answers-late=2000")

        done = self.pmp("discover", *ALL, "--json", "--timeout", "4s")

        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)["gateways"][0]
        self.assertEqual([each["protocol"] for each in found["protocols"]], ["pcp", "nat-pmp"])
        self.assertIn("not told in time: give it longer with --timeout", found["upnp_trouble"])
        self.assertEqual(done.stderr, f"pmp: warning: {found['upnp_trouble']}\n")

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

        self.check_failed(done, 1, r"external port 2222 is not free ")
        self.assertNotIn("718", done.stderr)
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

    def test_maps_again_where_what_was_mapped_by_is_spoken_no_more(self):
        for before in ("pcp", "nat-pmp"):
            with self.subTest(before):
                gateway = self.gateway("--protocols", before)
                self.check_done(self.pmp("map", 8080, "--quiet", *ALL))
                gateway.stop()
                gateway = self.gateway("--protocols", "upnp")
                began = time.monotonic()

                done = self.pmp("map", 8080, "--quiet", "--timeout", "4s", *ALL)

                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("  upnp\n", done.stdout)
                self.assertLess(time.monotonic() - began, 3)
                self.check_done(self.pmp("unmap", 8080, "--quiet", *ALL))
                gateway.stop()

    def test_that_another_program_made_is_not_deleted_and_told(self):
        self.gateway("--protocols", "upnp")
        for external, description in ((8080, "other"), (9090, "")):
            with self.subTest(external):
                self.take_by_upnp(external, 8080, "127.0.0.1", description)

                done = self.pmp("unmap", 8080, "--protocol", "tcp", *UPNP)

                self.assertEqual((done.returncode, done.stdout), (0, ""))
                self.assertEqual(self.entry(external)[:2], ("127.0.0.1", "8080"))
                self.assertNotIn("of this machine is left", done.stderr)
                self.assertIn(f"warning: the gateway's table shows tcp :{external} -> "
                              f"127.0.0.1:8080 ({description or 'no description'}): pmp has not "
                              "made that, and leaves it there\n", done.stderr)
                self.act("DeletePortMapping", RemoteHost="", ExternalPort=external, Protocol="TCP")

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
        self.assertRegex(running.errors.all()[0], "still busy .*; another interruption does not wait")

    def test_ends_at_once_where_it_is_interrupted_before_the_gateway_was_asked(self):
        self.gateway("--protocols", "upnp", "--vice", "http-slow=5")
        for verb in (["map", 8080], ["external-address"], ["discover"]):
            with self.subTest(verb):
                running = self.start(*verb, *UPNP)
                time.sleep(0.7)
                began = time.monotonic()

                running.signal(signal.SIGINT)

                self.assertEqual(running.exit_status(), 128 + signal.SIGINT)
                self.assertLess(time.monotonic() - began, 0.3)
                self.assertEqual(running.errors.all(), [])

    def test_ends_at_once_where_it_is_interrupted_before_anything_was_mapped(self):
        gateway = self.gateway("--protocols", "pcp,upnp", "--vice", "ignores-version-2")
        running = self.start("map", 8080, *ALL)
        gateway.lines.wait("upnp description")
        time.sleep(0.2)
        began = time.monotonic()

        running.signal(signal.SIGINT)

        self.assertEqual(running.exit_status(), 128 + signal.SIGINT)
        self.assertLess(time.monotonic() - began, 0.3)
        self.assertEqual(gateway.table(), {})

    def test_that_is_interrupted_twice_tells_what_may_be_left_and_can_be_ended(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "http-slow=1")
        running = self.start("map", 8080, 2222, *UPNP)
        gateway.lines.wait("upnp map tcp", timeout=20)
        running.signal(signal.SIGINT)
        running.errors.wait("still busy")
        gateway.perform("vice http-slow=5", "http-slow=5 on")
        began = time.monotonic()

        running.signal(signal.SIGINT)

        self.assertEqual(running.exit_status(), 128 + signal.SIGINT)
        self.assertLess(time.monotonic() - began, 0.3)
        self.assertRegex(running.errors.all()[-1], "has not confirmed that tcp port 8080 is closed again")
        gateway.perform("vice http-slow off", "http-slow off")
        self.assertEqual(self.pmp("unmap", 8080, *UPNP).returncode, 0)
        self.assertEqual((gateway.table(), self.remembered()), ({}, []))


class UnmapOfNothingRemembered(UpnpTest):
    """At a gateway that speaks UPnP alone, whose table tells what is there."""

    NONE = "pmp: asked to delete the mapping of tcp port 8080: none by pmp is left\n"

    def setUp(self):
        super().setUp()
        self.served = self.gateway("--protocols", "upnp")

    def unmap(self, *words):
        began = time.monotonic()
        done = self.pmp("unmap", 8080, "--protocol", "tcp", *words)
        self.assertLess(time.monotonic() - began, 4)
        return done

    def test_says_that_nothing_is_there(self):
        self.take_by_upnp(2222, 8080)
        for words in ([], ALL, UPNP):
            with self.subTest(words):
                done = self.unmap(*words)

                self.assertEqual((done.returncode, done.stdout), (0, ""))
                self.assertTrue(done.stderr.endswith(self.NONE), done.stderr)
                self.assertIs(json.loads(self.unmap(*words, "--json", "--quiet").stdout)["deleted"], False)
        self.assertIsNotNone(self.entry(2222))

    def test_deletes_what_pmp_made_at_whatever_external_port(self):
        self.take_by_upnp(2221, 8080, client="127.0.0.1", description="torrent")
        self.check_done(self.pmp("map", 8080, 2222, "--quiet"))
        self.memory.unlink()

        done = self.unmap()

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"pmp: deleted tcp :2222 -> 127\.0\.0\.1:8080\n")
        self.assertIsNone(self.entry(2222))
        self.assertIsNotNone(self.entry(2221))

    def test_leaves_what_others_made(self):
        for description in ("torrent", "pmpd web"):
            self.take_by_upnp(2222, 8080, client="127.0.0.1", description=description)
            for words in ([], ALL, UPNP):
                with self.subTest(description=description, words=words):
                    done = self.unmap(*words)

                    self.assertEqual((done.returncode, done.stdout), (0, ""))
                    self.assertIn(self.NONE, done.stderr)
                    self.assertIn(f"127.0.0.1:8080 ({description}): pmp has not made that", done.stderr)
            self.assertIsNotNone(self.entry(2222))

    def test_that_is_refused_is_told(self):
        self.take_by_upnp(2222, 8080, client="127.0.0.1", description="pmp tcp-8080")
        self.served.perform("vice refuses-deletions=606", "vice refuses-deletions")

        self.check_failed(self.unmap(*UPNP), 1, r"refused to delete the mapping of tcp port 8080: .*606")


class Unusable(UpnpTest):
    """What answers by UPnP, and is of no use."""

    VICES = {
        "foreign-location": "is at another host, which is not asked",
        "description-huge": "its description is too long",
        "description-bomb": "its description is too long, is cut off or can't be read",
        "http-cut": "its description is too long, is cut off or can't be read",
        "upnp-error=606": r"Action not authorized \(upnp 606\)",
        "upnp-error=501": r"Action Failed \(upnp 501\)",
        "upnp-error=401": r"Invalid Action \(upnp 401\)",
    }

    def each(self):
        for vice, words in self.VICES.items():
            gateway = self.gateway("--protocols", "upnp", "--vice", vice)
            with self.subTest(vice):
                yield words
            gateway.stop()

    def test_is_named_by_what_maps_and_asks(self):
        for words in self.each():
            for verb in (["external-address"], ["map", 8080]):
                done = self.pmp(*verb, "--timeout", "2s", *ALL)

                self.check_failed(done, 1, words)
                self.assertNotIn("5351", done.stderr)

    def test_that_refuses_every_action_is_told_at_once(self):
        self.gateway("--protocols", "upnp", "--vice", "upnp-error=606")
        verbs = ["external-address"], ["discover"], ["list"], ["map", 8080], ["unmap", 8080, "--quiet"]
        for protocols in (ALL, UPNP):
            for verb in verbs:
                with self.subTest(protocols=protocols, verb=verb):
                    began = time.monotonic()

                    done = self.pmp(*verb, *protocols)

                    self.check_failed(done, 1, r"Action not authorized \(upnp 606\)")
                    self.assertLess(time.monotonic() - began, 6)

    def test_that_hides_the_external_address_is_named(self):
        self.gateway("--protocols", "upnp", "--vice", "upnp-address-error=501")

        done = self.pmp("external-address", "--timeout", "3s", *UPNP)

        self.check_failed(done, 1, r"Action Failed \(upnp 501\)")

    def test_that_hides_the_external_address_maps_all_the_same(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "upnp-address-error=501")

        done = self.pmp("map", 8080, *UPNP)

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, "^tcp  :8080 -> ")
        self.assertIn("warning: the gateway does not tell its external address", done.stderr)
        self.assertIn(8080, gateway.table())

    def test_by_an_error_of_mappings_is_told_as_what_it_is(self):
        for code in (718, 725):
            gateway = self.gateway("--protocols", "upnp", "--vice", f"upnp-address-error={code}")

            done = self.pmp("external-address", "--timeout", "3s", *UPNP)

            self.check_failed(
                done, 1, rf"refused to tell its external address: .* \(upnp {code}\): an answer that does not belong")
            gateway.stop()

    def test_is_named_by_discover(self):
        for words in self.each():
            done = self.pmp("discover", "--timeout", "2s", *ALL)

            self.check_failed(done, 1, words)

    def test_is_told_as_soon_as_nothing_else_is_to_be_expected(self):
        for verb in (["external-address"], ["map", 8080], ["discover"], ["doctor"]):
            gateway = self.gateway("--protocols", "upnp", "--vice", "upnp-error=501")
            with self.subTest(verb):
                began = time.monotonic()

                done = self.pmp(*verb, *ALL)

                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertLess(time.monotonic() - began, 6)
            gateway.stop()

    def test_that_is_too_slow_is_named(self):
        self.gateway("--protocols", "upnp", "--vice", "http-slow")

        done = self.pmp("map", 8080, "--timeout", "2s", *UPNP)

        self.check_failed(done, 3, "its HTTP server does not answer in time")

    def test_is_not_told_where_another_protocol_answers(self):
        self.gateway("--vice", "description-bomb")

        self.check_done(self.pmp("external-address", *ALL), "203.0.113.7\n")


class Lifetime(UpnpTest):
    def test_that_is_the_default_of_others_is_asked_for_where_it_is_chosen(self):
        self.gateway("--protocols", "upnp")

        done = self.pmp("map", 8080, "--lifetime", "2h", *UPNP)

        self.check_done(done)
        self.assertRegex(done.stdout, r" 2 h +upnp\n$")

    def test_is_an_hour_where_none_is_chosen(self):
        self.gateway("--protocols", "upnp")

        done = self.pmp("map", 8080, *UPNP)

        self.check_done(done)
        self.assertRegex(done.stdout, r" 1 h +upnp\n$")

    def test_that_does_not_end_is_told(self):
        self.gateway("--protocols", "upnp", "--vice", "permanent-only")

        done = self.pmp("map", 8080, *UPNP)

        self.assertRegex(done.stdout, r" permanent +upnp\n$")
        self.assertEqual(
            done.stderr,
            "pmp: this gateway's mappings have no lifetime: it stays open until pmp unmap 8080\n")
        told = json.loads(self.pmp("map", 8081, "--json", *UPNP).stdout)
        self.assertEqual((told["permanent"], told["lifetime"], told["remaining"]), (True, None, None))


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
                    "description": "pmp tcp-8080", "permanent": False, "enabled": True,
                    "ours": True})
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
        self.check_failed(self.pmp("list", "--timeout", "1s"), 3, "did not answer: asked on UDP port 1900 by upnp for 1 s")
