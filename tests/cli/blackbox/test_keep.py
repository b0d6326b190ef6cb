# SPDX-License-Identifier: MIT
import json
import os
import signal
import subprocess
import time

from harness import wait_until
from pmp_harness import PmpTest


def grants(gateway, protocol="pcp"):
    """How often the mapping was asked for."""
    return len([line for line in gateway.served() if f" {protocol} map tcp " in line])


class Keep(PmpTest):
    def test_holds_until_it_is_interrupted(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1,
                       signal.SIGUSR2, signal.SIGALRM, signal.SIGVTALRM):
            with self.subTest(number):
                gateway = self.gateway()
                kept = self.start("map", 8080, 2222, "--keep")
                kept.output.wait(r"^tcp  203\.0\.113\.7:2222 -> 127\.0\.0\.1:8080  2 h  pcp$")
                self.assertEqual(gateway.table()[8080][0], 2222)

                kept.signal(number)

                self.assertEqual(kept.exit_status(), 0)
                self.assertEqual(gateway.table(), {})
                self.assertEqual(self.remembered(), [])
                self.assertEqual(len(kept.output.all()), 1)
                self.assertEqual(kept.errors.all(), [])
                gateway.stop()

    def test_keeps_its_port_from_other_runs(self):
        gateway = self.gateway()
        kept = self.start("map", 8080, "--keep")
        kept.output.wait("^tcp")

        for words in (["unmap", 8080], ["map", 8080], ["map", 8080, "--", "true"]):
            with self.subTest(words):
                done = self.pmp(*words)

                self.check_failed(
                    done, 1, f"pmp keeps tcp port 8080 open in process {kept.process.pid}")
                self.assertIn(8080, gateway.table())
        self.check_local_error(self.pmp("unmap", 8080, "--json"), 1, "kept_by_pmp")
        self.check_done(self.pmp("map", 8081, "--quiet", "--", "true"))

    def test_ends_where_nobody_reads_what_it_says(self):
        gateway = self.gateway()
        reader, writer = os.pipe()
        os.close(reader)

        done = subprocess.run(self.command("map", 8080, "--keep"), stdout=writer, stderr=subprocess.PIPE,
                              text=True, env=self.env, timeout=30, check=False)
        os.close(writer)

        self.assertEqual(done.returncode, 1)
        self.assertEqual(gateway.table(), {})

    def test_goes_on_where_a_pipe_is_closed(self):
        gateway = self.gateway()
        kept = self.start("map", 8080, "--keep")
        kept.output.wait("^tcp")

        kept.signal(signal.SIGPIPE)
        kept.signal(signal.SIGINT)

        self.assertEqual(kept.exit_status(), 0)
        self.assertEqual(gateway.table(), {})

    def test_tells_that_it_ends_what_was_mapped_before(self):
        gateway = self.gateway()
        self.check_done(self.pmp("map", 8080))
        kept = self.start("map", 8080, "--keep")
        kept.errors.wait("mapped by an earlier pmp map as well: that ends with this")

        kept.signal(signal.SIGINT)

        self.assertEqual(kept.exit_status(), 0)
        self.assertEqual(gateway.table(), {})

    def test_that_can_say_nothing_leaves_what_was_mapped_before_and_does_not_say_otherwise(self):
        gateway = self.gateway()
        self.check_done(self.pmp("map", 8080))

        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(self.command("map", 8080, "--keep"), stdout=full, stderr=subprocess.PIPE,
                                  text=True, env=self.env, timeout=30, check=False)

        self.assertEqual(done.returncode, 1)
        self.assertNotIn("that ends with this", done.stderr)
        self.assertIn(8080, gateway.table())

    def test_says_nothing_of_what_was_mapped_before_and_has_ended(self):
        gateway = self.gateway("--vice", "short-leases=1")
        self.check_done(self.pmp("map", 8080, "--quiet"))
        gateway.perform("vice short-leases off", "short-leases off")
        time.sleep(1.2)

        kept = self.start("map", 8080, "--keep")
        kept.output.wait("^tcp")
        kept.signal(signal.SIGINT)

        self.assertEqual(kept.exit_status(), 0)
        self.assertEqual(kept.errors.all(), [])

    def test_says_where_the_gateway_did_not_confirm_the_end(self):
        for protocol in ("pcp", "nat-pmp"):
            with self.subTest(protocol):
                gateway = self.gateway("--protocols", protocol)
                kept = self.start("map", 8080, "--keep")
                kept.output.wait("^tcp")
                gateway.perform("vice silent on", "vice silent on")
                # By its answer it has heard that.
                gateway.table()

                kept.signal(signal.SIGQUIT)

                self.assertEqual(kept.exit_status(), 1)
                said = [line for line in kept.errors.all() if "warning" in line]
                self.assertEqual(len(said), 1, said)
                self.assertRegex(said[0], "has not confirmed.*; pmp unmap 8080")
                gateway.stop()

    def test_warns_where_the_external_address_is_not_public_any_more(self):
        gateway = self.gateway()
        kept = self.start("map", 8080, "--keep")
        kept.output.wait("203.0.113.7:8080")

        gateway.command("address 100.64.7.7")

        kept.output.wait("^tcp .*100.64.7.7:8080")
        kept.errors.wait("carrier-grade NAT")

    def test_asks_once_for_what_it_then_keeps(self):
        for protocol in ("pcp", "nat-pmp", "upnp"):
            with self.subTest(protocol):
                gateway = self.gateway("--protocols", protocol)
                kept = self.start("map", 8080, 2222, "--keep", "--protocols", "pcp,nat-pmp,upnp")
                kept.output.wait("^tcp .*:2222")
                time.sleep(1)

                self.assertEqual(grants(gateway, protocol), 1, gateway.served())
                kept.signal(signal.SIGINT)
                self.assertEqual(kept.exit_status(), 0)
                self.assertEqual((gateway.table(), self.remembered()), ({}, []))
                self.assertEqual(kept.errors.all(), [])
                gateway.stop()

    def test_asks_once_for_each_of_both(self):
        gateway = self.gateway()
        kept = self.start("map", 8080, 2222, "--protocol", "both", "--keep")
        kept.output.wait("^udp  203.0.113.7:2222")
        time.sleep(1)

        asked = [line for line in gateway.served() if " pcp map " in line]

        self.assertEqual(len(asked), 2, asked)
        kept.signal(signal.SIGINT)
        self.assertEqual(kept.exit_status(), 0)
        self.assertEqual(gateway.table(), {})

    def test_renews(self):
        gateway = self.gateway("--vice", "short-leases=8")
        kept = self.start("map", 8080, "--keep")
        kept.output.wait("^tcp")

        wait_until(lambda: grants(gateway) >= 3, patience=30)

        self.assertEqual(len(kept.output.all()), 1)
        kept.signal(signal.SIGINT)
        self.assertEqual(kept.exit_status(), 0)

    def test_prints_each_change(self):
        gateway = self.gateway()
        kept = self.start("map", 8080, "--keep")
        kept.output.wait("203.0.113.7:8080")

        gateway.command("address 198.51.100.4")

        kept.output.wait(r"^tcp  198\.51\.100\.4:8080 -> ")
        kept.signal(signal.SIGINT)
        self.assertEqual(kept.exit_status(), 0)
        self.assertEqual(len(kept.output.all()), 2)

    def test_prints_each_change_as_json(self):
        gateway = self.gateway()
        kept = self.start("map", 8080, "--keep", "--json")
        kept.output.wait("203.0.113.7")

        gateway.command("address 198.51.100.4")

        kept.output.wait("198.51.100.4")
        kept.signal(signal.SIGINT)
        self.assertEqual(kept.exit_status(), 0)
        lines = [json.loads(line) for line in kept.output.all()]
        self.assertEqual(
            [line["external"]["address"] for line in lines], ["203.0.113.7", "198.51.100.4"]
        )
        self.assertEqual({line["state"] for line in lines}, {"held"})

    def test_makes_the_mapping_again_at_a_gateway_that_restarts(self):
        gateway = self.gateway()
        kept = self.start("map", 8080, "--keep")
        kept.output.wait("^tcp")
        time.sleep(4)  # the epoch of a younger gateway can't tell that it restarted

        gateway.perform("reboot", "^rebooted|rebooted, forgot")

        kept.errors.wait("restarted; mapping again")
        wait_until(lambda: 8080 in gateway.table())
        kept.signal(signal.SIGINT)
        self.assertEqual(kept.exit_status(), 0)

    def test_keeps_both_by_one_number(self):
        gateway = self.gateway()
        kept = self.start("map", 8080, 2222, "--protocol", "both", "--keep")
        kept.output.wait("^udp  203.0.113.7:2222")

        kept.signal(signal.SIGINT)

        self.assertEqual(kept.exit_status(), 0)
        self.assertEqual(gateway.table(), {})

    def test_leaves_alone_what_was_mapped_before(self):
        gateway = self.gateway()
        self.check_done(self.pmp("map", 9090))
        kept = self.start("map", 8080, "--keep")
        kept.output.wait("^tcp")

        kept.signal(signal.SIGINT)

        self.assertEqual(kept.exit_status(), 0)
        self.assertEqual(list(gateway.table()), [9090])
        self.assertEqual(self.remembered(), [("tcp", 9090)])

    def test_that_is_killed_leaves_what_unmap_can_end(self):
        gateway = self.gateway()
        kept = self.start("map", 8080, "--keep")
        kept.output.wait("^tcp")
        kept.kill()

        self.assertEqual(self.pmp("unmap", 8080).returncode, 0)

        self.assertEqual(gateway.table(), {})

    def test_fails_at_once_where_it_is_refused(self):
        self.gateway("--vice", "refuses=2:1000")

        self.check_failed(self.pmp("map", 8080, "--keep"), 1, "NOT_AUTHORIZED")

    def test_ends_in_time_at_a_gateway_that_falls_silent(self):
        gateway = self.gateway()
        kept = self.start("map", 8080, "--keep")
        kept.output.wait("^tcp")
        gateway.perform("vice silent on", "silent on$")

        kept.signal(signal.SIGINT)

        self.assertEqual(kept.exit_status(timeout=5), 1)
        self.assertEqual(self.remembered(), [("tcp", 8080)])

    def test_releases_where_nobody_reads_its_output_any_more(self):
        gateway = self.gateway()
        ours, theirs = os.pipe()
        kept = subprocess.Popen(
            self.command("map", 8080, "--keep"),
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.DEVNULL,
            env=self.env,
        )
        self.addCleanup(kept.kill)
        os.close(theirs)
        self.assertTrue(os.read(ours, 100))
        os.close(ours)

        gateway.command("address 198.51.100.4")

        self.assertEqual(kept.wait(10), 1)
        self.assertEqual(gateway.table(), {})
