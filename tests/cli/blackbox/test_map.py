# SPDX-License-Identifier: MIT
import json
import shutil
import stat
import subprocess

from harness import wait_until
from pmp_harness import PmpTest


class Map(PmpTest):
    def test_prints_what_was_assigned(self):
        gateway = self.gateway()

        done = self.pmp("map", 8080, 2222, "--lifetime", "1h")

        self.check_done(done, "tcp  203.0.113.7:2222 -> 127.0.0.1:8080  1 h  pcp\n")
        self.assertEqual(gateway.table()[8080][0], 2222)

    def test_prints_json(self):
        self.gateway()

        done = self.pmp("map", 8080, 2222, "--json")

        self.check_done(done)
        self.check_golden("map.json", done.stdout)

    def test_suggests_the_internal_port(self):
        gateway = self.gateway()

        self.check_done(self.pmp("map", 8080))

        self.assertEqual(gateway.table()[8080][0], 8080)

    def test_leaves_the_choice_to_the_gateway(self):
        gateway = self.gateway()

        self.check_done(self.pmp("map", 8080, "any"))

        self.assertNotEqual(gateway.table()[8080][0], 0)

    def test_maps_for_another_host(self):
        gateway = self.gateway("--third-party")

        done = self.pmp("map", 8080, "--host", "192.0.2.20")

        self.check_done(done, "tcp  203.0.113.7:8080 -> 192.0.2.20:8080  2 h  pcp\n")
        self.assertEqual(gateway.table()[8080][0], 8080)

    def test_tells_ports_of_hosts_apart(self):
        gateway = self.gateway("--third-party")
        self.check_done(self.pmp("map", 8080, "--host", "192.0.2.20"))
        self.check_done(self.pmp("map", 8080, 8081))

        done = self.pmp("unmap", 8080)

        self.check_done(done, "", "pmp: deleted tcp 203.0.113.7:8081 -> 127.0.0.1:8080\n")
        self.assertEqual(gateway.table()[8080][0], 8080)
        self.check_done(
            self.pmp("unmap", 8080, "--host", "192.0.2.20"), "",
            "pmp: deleted tcp 203.0.113.7:8080 -> 192.0.2.20:8080\n",
        )
        self.assertEqual(gateway.table(), {})

    def test_says_where_the_gateway_maps_for_no_other_host(self):
        self.gateway("--protocols", "pcp,nat-pmp")

        done = self.pmp("map", 8080, "--host", "192.0.2.20")

        self.check_failed(done, 1, "map tcp port 8080 of 192.0.2.20", "run pmp on that machine")

    def test_describes_the_mapping(self):
        self.gateway()

        self.check_done(self.pmp("map", 8080, "--description", "a server"))

    def test_for_longer_than_is_believed_says_that_it_may_be_longer(self):
        self.gateway("--vice", "lifetime-max")

        done = self.pmp("map", 8080, "--lifetime", "36h")

        self.check_done(done, errors="pmp: it was asked for 1 d 12 h: the gateway granted 1 d or more\n")

    def test_leaves_a_mapping_alone_where_another_exact_port_is_wished(self):
        gateway = self.gateway()
        self.check_done(self.pmp("map", 8080, 9000))

        done = self.pmp("map", 8080, 9500, "--exact")

        self.check_failed(done, 1, "mapped already, to external port 9000; pmp unmap 8080")
        self.assertEqual(gateway.table()[8080][0], 9000)

    def test_obeys_the_order_of_protocols_whatever_worked_before(self):
        self.gateway()
        self.check_done(self.pmp("map", 8080, "--protocols", "nat-pmp"))

        self.assertIn("  pcp\n", self.pmp("map", 8081).stdout)
        self.assertIn("  nat-pmp\n", self.pmp("map", 8082, "--protocols", "nat-pmp,pcp").stdout)

    def test_leaves_a_file_alone_that_it_cannot_read(self):
        self.gateway()
        self.memory.parent.mkdir(exist_ok=True)
        self.memory.mkdir()

        done = self.pmp("map", 8080)

        self.assertEqual(done.returncode, 0)
        self.assertIn("is not a regular file", done.stderr)
        self.assertTrue(self.memory.is_dir())

    def test_maps_by_nat_pmp(self):
        gateway = self.gateway("--protocols", "nat-pmp")

        done = self.pmp("map", 8080, "--protocol", "udp")

        self.check_done(done, "udp  203.0.113.7:8080 -> 127.0.0.1:8080  2 h  nat-pmp\n")
        self.assertEqual(gateway.table()[8080][0], 8080)

    def test_says_where_another_port_was_assigned(self):
        self.gateway()
        self.take("tcp", 2222)

        done = self.pmp("map", 8080, 2222)

        self.assertEqual(done.returncode, 0)
        self.assertRegex(
            done.stderr,
            r"^pmp: external port 2222 was not to be had: the gateway assigned \d+\n$",
        )

    def test_says_where_it_is_mapped_to_another_port_already(self):
        for protocols in ("pcp", "nat-pmp", "upnp"):
            with self.subTest(protocols):
                gateway = self.gateway("--protocols", protocols)
                self.check_done(self.pmp("map", 8080, "--quiet"))

                done = self.pmp("map", 8080, 2222)

                self.check_done(
                    done, None,
                    "pmp: tcp port 8080 is mapped already, to external port 8080, and is renewed as it is; "
                    "for external port 2222 end that first: pmp unmap 8080\n",
                )
                self.assertIn("203.0.113.7:8080 -> ", done.stdout)
                self.assertEqual(list(gateway.table()), [8080])
                self.pmp("unmap", 8080)
                self.assertEqual(gateway.table(), {})
                gateway.stop()

    def test_says_where_another_program_may_have_mapped_it(self):
        self.gateway("--protocols", "nat-pmp")
        self.check_done(self.pmp("map", 8080, "--quiet"))
        self.memory.unlink()

        done = self.pmp("map", 8080, 2222)

        self.check_done(
            done, None,
            "pmp: external port 2222 was not to be had: the gateway assigned 8080, "
            "or another program of this machine has mapped the port there already\n",
        )

    def test_refused_for_another_nonce_says_how_that_comes(self):
        self.gateway("--protocols", "pcp")
        self.check_done(self.pmp("map", 8080, "--quiet"))
        shutil.rmtree(self.memory.parent)

        done = self.pmp("map", 8080)

        self.check_failed(
            done, 1, r"NOT_AUTHORIZED \(pcp 2\): its policy forbids it, or port 8080 is mapped already, "
            "by another program or by pmp with a memory that is lost; such a mapping ends with its lease",
        )

    def test_keeps_a_secret_for_its_owner_alone(self):
        self.gateway()

        self.check_done(self.pmp("map", 8080))

        self.assertEqual(stat.S_IMODE(self.memory.stat().st_mode), 0o600)
        self.assertEqual(self.remembered(), [("tcp", 8080)])

    def test_twice_is_one_mapping(self):
        gateway = self.gateway()

        first = self.pmp("map", 8080, "any")
        second = self.pmp("map", 8080, "any")

        self.assertEqual(first.stdout, second.stdout)
        self.assertEqual(len(gateway.table()), 1)

    def test_works_where_nothing_can_be_kept(self):
        gateway = self.gateway()
        (self.dir / "pmp").write_text("a file where the directory belongs")

        done = self.pmp("map", 8080)

        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r'^pmp: warning: what a later "pmp unmap" needs [^\n]+\n$')
        self.assertIn(8080, gateway.table())

    def test_writes_its_lines_nowhere_else_where_they_have_no_place(self):
        gateway = self.gateway()

        done = subprocess.run(
            ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *self.command("map", 8080)],
            env=self.env,
            timeout=20,
            check=False,
        )

        self.assertEqual(done.returncode, 1)
        self.assertIn(8080, gateway.table())

    def test_warns_of_another_nat(self):
        self.gateway("--external", "100.64.0.9")

        done = self.pmp("map", 8080)

        self.assertEqual(done.returncode, 0)
        self.assertIn("carrier-grade NAT", done.stderr)


    def test_tells_another_nat_in_json(self):
        for external, expected in (("100.64.0.9", True), ("203.0.113.7", False)):
            with self.subTest(external):
                gateway = self.gateway("--external", external)

                told = json.loads(self.pmp("map", 8080, "--json").stdout)

                self.assertIs(told["double_nat"], expected)
                gateway.stop()

    def test_says_where_another_lifetime_was_granted(self):
        self.gateway()

        done = self.pmp("map", 8080, "--lifetime", "90s")

        self.assertEqual(done.returncode, 0)
        self.assertEqual(
            done.stderr, "pmp: it was asked for 1 min 30 s: the gateway granted 2 min\n"
        )

    def test_that_cannot_tell_what_was_assigned_says_how_to_close_it(self):
        gateway = self.gateway()
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                self.command("map", 8080), stdout=full, stderr=subprocess.PIPE,
                text=True, env=self.env, timeout=20, check=False)

        self.assertEqual(done.returncode, 1)
        self.assertIn("port 8080 is mapped all the same: pmp unmap 8080 closes it", done.stderr)
        self.assertIn(8080, gateway.table())


class Both(PmpTest):
    def rows(self, done):
        return [line.split()[:2] for line in done.stdout.splitlines()]

    def test_transports_have_one_number(self):
        self.gateway()

        done = self.pmp("map", 8080, 2222, "--protocol", "both")

        self.check_done(done)
        self.assertEqual(
            self.rows(done), [["tcp", "203.0.113.7:2222"], ["udp", "203.0.113.7:2222"]]
        )
        self.assertEqual(self.remembered(), [("tcp", 8080), ("udp", 8080)])

    def test_are_two_lines_of_json(self):
        self.gateway()

        done = self.pmp("map", 8080, "any", "--protocol", "both", "--json")

        tcp, udp = map(json.loads, done.stdout.splitlines())
        self.assertEqual((tcp["protocol"], udp["protocol"]), ("tcp", "udp"))
        self.assertEqual(tcp["external"], udp["external"])


class Refused(PmpTest):
    def check_refused(self, vice, arguments, *patterns):
        gateway = self.gateway("--vice", vice)

        done = self.pmp("map", 8080, *arguments)

        self.check_failed(done, 1, *patterns)
        self.assertEqual(gateway.table(), {})
        self.assertEqual(self.remembered(), [])

    def test_by_policy(self):
        self.check_refused(
            "refuses=2:1000",
            [],
            rf"gateway {self.address} refused to map tcp port 8080: NOT_AUTHORIZED \(pcp 2\): ",
            "; allow it in the gateway's settings",
            r"; for the next 1[678] min( \d+ s)? it will say the same\n$",
        )

    def test_tells_in_json_how_long_that_will_last(self):
        self.gateway("--vice", "refuses=2:1000")

        done = self.pmp("map", 8080, "--json")

        self.check_failed_in_json(done, 1, "pcp", 2)
        # Up to a tenth longer than what the gateway said.
        self.assertIn(json.loads(done.stdout)["error"]["retry_in"], range(1000, 1101))

    def test_by_nat_pmp(self):
        self.check_refused(
            "refuses=2", ["--protocols", "nat-pmp"], r"Not Authorized/Refused \(nat-pmp 2\): "
        )

    def test_for_want_of_room(self):
        self.check_refused("refuses=8:1000", [], r"NO_RESOURCES \(pcp 8\)", "; try again")

    def test_by_a_gateway_without_a_connection(self):
        self.check_refused("refuses=7:1000", [], r"NETWORK_FAILURE", "; check the gateway's own")

    def test_for_a_port_that_was_only_suggested(self):
        self.check_refused(
            "refuses=11:1000",
            [],
            r"external port 8080 is not free at gateway \S+ \(CANNOT_PROVIDE_EXTERNAL, pcp 11\); ",
            "; choose another one, or write any to take",
        )

    def test_by_an_unknown_result(self):
        self.check_refused(
            "refuses=77:1000", [], "refused to map tcp port 8080: result 77 of pcp, which is not"
        )

    def test_by_a_grant_of_no_time(self):
        self.check_refused("grants-zero-lifetime", [], "did not map .* it answers, but not usably")

    def test_for_another_port_than_the_exact_one(self):
        for protocols in ("pcp", "nat-pmp"):
            with self.subTest(protocols):
                gateway = self.gateway()
                self.take("tcp", 2222)

                done = self.pmp("map", 8080, 2222, "--exact", "--protocols", protocols)

                self.check_failed(
                    done, 1, rf"external port 2222 is not free at gateway {self.address}; choose"
                )
                wait_until(lambda g=gateway: list(g.table()) == [9])
                self.assertEqual(self.remembered(), [])
                gateway.stop()

    def test_for_another_port_than_the_exact_one_by_a_gateway_of_nat_pmp_alone(self):
        gateway = self.gateway("--protocols", "nat-pmp", "--vice", "grants-other-port")

        done = self.pmp("map", 8080, 2222, "--exact")

        self.check_failed(done, 1, "external port 2222 is not free")
        wait_until(lambda: not gateway.table())


class OneOfBoth(PmpTest):
    def test_is_not_left_where_the_other_cannot_have_the_exact_number(self):
        gateway = self.gateway()
        self.take("udp", 2222)

        done = self.pmp("map", 8080, 2222, "--protocol", "both", "--exact")

        self.check_failed(done, 1, "external port 2222 is not free")
        wait_until(lambda g=gateway: list(g.table()) == [9])
        self.assertEqual(self.remembered(), [])

    def test_follows_the_other_to_a_number_that_is_free_for_the_two(self):
        for taken in ("tcp", "udp"):
            with self.subTest(taken):
                gateway = self.gateway()
                self.take(taken, 2222)

                done = self.pmp("map", 8080, 2222, "--protocol", "both", "--json")

                tcp, udp = map(json.loads, done.stdout.splitlines())
                self.assertEqual((tcp["protocol"], udp["protocol"]), ("tcp", "udp"))
                self.assertEqual(tcp["external"], udp["external"])
                self.assertNotEqual(tcp["external"]["port"], 2222)
                self.assertEqual(self.pmp("unmap", 8080).returncode, 0)
                gateway.stop()
