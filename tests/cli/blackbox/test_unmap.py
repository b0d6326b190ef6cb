# SPDX-License-Identifier: MIT
import json

from pmp_harness import PmpTest, run


class Unmap(PmpTest):
    def test_ends_what_map_began(self):
        for protocols in ("pcp", "nat-pmp"):
            with self.subTest(protocols):
                gateway = self.gateway("--protocols", protocols)
                self.check_done(self.pmp("map", 8080, 2222))

                done = self.pmp("unmap", 8080)

                self.assertEqual((done.returncode, done.stdout), (0, ""))
                self.assertRegex(
                    done.stderr, r"^pmp: deleted tcp \S*:2222 -> 127\.0\.0\.1:8080\n$"
                )
                self.assertEqual(gateway.table(), {})
                self.assertEqual(self.remembered(), [])
                gateway.stop()

    def test_says_nothing_where_it_is_quiet(self):
        self.gateway()
        self.pmp("map", 8080)

        self.check_done(self.pmp("unmap", 8080, "--quiet"), "")

    def test_ends_both_transports(self):
        gateway = self.gateway()
        self.check_done(self.pmp("map", 8080, "--protocol", "both"))

        self.assertEqual(self.pmp("unmap", 8080).returncode, 0)

        self.assertEqual(gateway.table(), {})

    def test_ends_one_of_two_transports(self):
        self.gateway()
        self.check_done(self.pmp("map", 8080, "--protocol", "both"))

        self.assertEqual(self.pmp("unmap", 8080, "--protocol", "udp").returncode, 0)

        self.assertEqual(self.remembered(), [("tcp", 8080)])

    def test_asks_the_gateway_that_it_was_mapped_at(self):
        gateway = self.gateway()
        self.check_done(self.pmp("map", 8080))

        done = run("unmap", "8080", env=self.env)

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(gateway.table(), {})

    def test_leaves_other_ports_alone(self):
        gateway = self.gateway()
        for port in (8080, 8081):
            self.check_done(self.pmp("map", port))

        self.assertEqual(self.pmp("unmap", 8080).returncode, 0)

        self.assertEqual(list(gateway.table()), [8081])
        self.assertEqual(self.remembered(), [("tcp", 8081)])

    def test_of_what_was_never_mapped_does_not_ask_by_nat_pmp(self):
        gateway = self.gateway()

        done = self.pmp("unmap", 8080)

        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("no mapping of port 8080 is remembered: asks by pcp and upnp alone", done.stderr)
        self.assertFalse([line for line in gateway.served() if "nat-pmp delete" in line])

    def test_is_told_in_json(self):
        self.gateway()
        self.check_done(self.pmp("map", 8080, 2222))

        done = self.pmp("unmap", 8080, "--json", "--quiet")

        self.check_done(done)
        self.assertEqual(json.loads(done.stdout), {
            "deleted": True,
            "protocol": "tcp",
            "internal": {"address": "127.0.0.1", "port": 8080},
            "external": {"address": "203.0.113.7", "port": 2222},
        })

    def test_of_what_was_never_mapped_does_not_tell_json_that_something_was_deleted(self):
        self.gateway()

        done = self.pmp("unmap", 8080, "--protocol", "tcp", "--json", "--quiet")

        self.check_done(done)
        self.assertEqual(json.loads(done.stdout), {
            "deleted": None,
            "protocol": "tcp",
            "internal": {"address": None, "port": 8080},
            "external": None,
        })

    def test_of_what_was_never_mapped_says_that_it_asked(self):
        gateway = self.gateway("--protocols", "nat-pmp")
        self.check_done(self.pmp("map", 8080))
        self.memory.unlink()

        done = self.pmp("unmap", 8080, "--protocols", "nat-pmp", "--protocol", "tcp")

        self.check_done(
            done, "",
            "pmp: asked to delete the mapping of tcp port 8080: none of this machine is left, "
            "whichever program made it (nat-pmp)\n",
        )
        self.assertEqual(gateway.table(), {})

    def test_of_what_was_never_mapped_names_no_protocol_that_is_not_used(self):
        self.gateway()

        done = self.pmp("unmap", 8080, "--protocols", "pcp", "--protocol", "tcp")

        self.assertEqual(done.returncode, 0)
        self.assertNotIn("nat-pmp", done.stderr)

    def test_of_what_was_never_mapped_where_nat_pmp_is_spoken_tells_how_to_go_on(self):
        gateway = self.gateway("--protocols", "nat-pmp")
        self.check_done(self.pmp("map", 8080))
        self.memory.unlink()

        done = self.pmp("unmap", 8080, "--protocol", "tcp", "--quiet")

        self.check_failed(
            done, 1, "pmp remembers no mapping of tcp port 8080",
            "pmp unmap 8080 --protocols nat-pmp deletes it, whichever program made it")
        self.assertIn(8080, gateway.table())

    def test_that_is_forbidden_for_what_pmp_made_blames_nobody(self):
        self.gateway("--vice", "refuses-deletions=2:1000")
        self.check_done(self.pmp("map", 8080))

        done = self.pmp("unmap", 8080)

        self.check_failed(
            done, 1, r"NOT_AUTHORIZED \(pcp 2\): another client or the administrator holds",
            "; delete it in the gateway's settings, or let it expire",
        )

    def test_goes_by_another_protocol_where_the_gateway_speaks_that_alone_by_now(self):
        every = ("--protocols", "pcp,nat-pmp,upnp")
        for made_by, spoken in (("pcp", "nat-pmp"), ("pcp", "upnp"), ("nat-pmp", "upnp"), ("upnp", "pcp"),
                                ("upnp", "nat-pmp")):
            with self.subTest(made_by=made_by, spoken=spoken):
                gateway = self.gateway("--protocols", made_by)
                self.check_done(self.pmp("map", 8080, "--quiet", *every))
                gateway.stop()
                gateway = self.gateway("--protocols", spoken)
                if spoken != "pcp":
                    # It has kept it; PCP would know its nonce.
                    other = {**self.env, "XDG_STATE_HOME": str(self.dir / "other")}
                    self.check_done(self.pmp("map", 8080, "--quiet", *every, env=other))

                done = self.pmp("unmap", 8080, "--quiet")

                self.check_done(done)
                self.assertEqual((gateway.table(), self.remembered()), ({}, []))
                gateway.stop()

    def test_that_is_refused_says_so_and_remembers(self):
        self.gateway("--vice", "refuses-deletions=7:1000")
        self.check_done(self.pmp("map", 8080))

        done = self.pmp("unmap", 8080)

        self.check_failed(
            done, 1, r"refused to delete the mapping of tcp port 8080: NETWORK_FAILURE \(pcp 7\)"
        )
        self.assertEqual(self.remembered(), [("tcp", 8080)])

    def test_at_a_silent_gateway_remembers(self):
        gateway = self.gateway()
        self.check_done(self.pmp("map", 8080))
        gateway.perform("vice silent on", "silent on$")

        done = self.pmp("unmap", 8080, "--timeout", "1s")

        self.check_failed(done, 3, "did not answer")
        self.assertEqual(self.remembered(), [("tcp", 8080)])


class AtTheSameTime(PmpTest):
    def test_many_know_what_each_did(self):
        gateway = self.gateway()
        ports = range(8080, 8100)

        started = [self.start("map", port) for port in ports]

        self.assertEqual([each.exit_status(30) for each in started], [0] * len(ports))
        self.assertEqual(self.remembered(), [("tcp", port) for port in ports])
        for port in ports:
            self.assertEqual(self.pmp("unmap", port).returncode, 0)
        self.assertEqual(gateway.table(), {})


class BesideTheDaemon(PmpTest):
    def test_never_deletes_what_it_keeps(self):
        for protocols in ("pcp,nat-pmp", "nat-pmp"):
            with self.subTest(protocols):
                gateway = self.gateway("--protocols", protocols)
                self.write_config(["name: web, protocol: tcp, internal: 8080"])
                daemon = self.keep_open("web")

                done = self.pmp("unmap", 8080)

                self.assertNotEqual(done.returncode, 0)
                self.assertIn(8080, gateway.table())
                if protocols != "nat-pmp":
                    self.assertIn("/etc/pmpd/pmpd.yaml", done.stderr)
                daemon.terminate()
                gateway.stop()
