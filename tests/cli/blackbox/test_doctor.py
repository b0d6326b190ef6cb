# SPDX-License-Identifier: MIT
import json
import re
import signal
import subprocess
import time
import unittest

from harness import wait_until
from pmp_harness import PMP, PmpTest

# What this machine itself is like makes no difference to a test.
OF_THIS_MACHINE = {"announcements", "firewall"}


class Doctor(PmpTest):
    def doctor(self, *arguments):
        return self.pmp("doctor", "--control", self.control, "--timeout", "2s", *arguments)

    def diagnose(self, *arguments):
        done = self.doctor("--json", *arguments)
        self.assertEqual(done.stderr, "")
        told = json.loads(done.stdout)
        return done.returncode, told, {each["step"]: each for each in told["steps"]}

    def check_verdict(self, name, status, *patterns, arguments=()):
        code, told, steps = self.diagnose(*arguments)
        self.assertEqual((told["verdict"]["name"], code), (name, status), told)
        for pattern in patterns:
            self.assertRegex(told["verdict"]["sentence"], pattern)
        return told, steps

    def test_ticks_every_step_of_a_sound_gateway(self):
        self.gateway()

        code, told, steps = self.diagnose()

        self.assertEqual(code, 0, told)
        self.assertIn(told["verdict"]["name"], ("open", "open_with_remarks"))
        self.assertEqual(told["gateway"], self.address)
        self.assertEqual(told["external_address"], "203.0.113.7")
        results = {name: each["result"] for name, each in steps.items()
                   if name not in OF_THIS_MACHINE | {"ssdp", "upnp"}}
        self.assertEqual(results, {
            "interface": "ok", "route": "ok", "gateway": "ok", "pcp": "ok", "nat-pmp": "ok",
            "epoch": "ok", "external_address": "ok", "trial": "ok", "daemon": "skipped"})

    def test_does_where_upnp_alone_is_spoken(self):
        gateway = self.gateway("--protocols", "upnp")

        code, told, steps = self.diagnose("--protocols", "pcp,nat-pmp,upnp")

        self.assertEqual(code, 0, told)
        self.assertEqual(steps["ssdp"]["result"], "ok", told)
        self.assertRegex(
            steps["ssdp"]["summary"],
            r"repl(y|ies); WANIPConnection:1 is the only one that maps ports$")
        self.assertRegex(steps["upnp"]["summary"], rf"^WANIPConnection:1 of .*http://{self.address}:")
        self.assertRegex(
            steps["trial"]["summary"], "made by UPnP, read back, confirmed and deleted$")
        self.assertEqual({steps[each]["result"] for each in ("pcp", "nat-pmp")}, {"skipped"})
        self.assertEqual(told["external_address"], "203.0.113.7")
        self.assertNotIn("epoch", steps)
        self.assertTrue([line for line in gateway.served() if "upnp delete" in line])
        self.assertEqual((gateway.table(), self.remembered()), ({}, []))

    def test_sees_what_a_gateway_of_upnp_does_otherwise(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "permanent-only")

        _, steps = self.check_verdict("open_with_remarks", 0, arguments=["--protocols", "upnp"])

        self.assertRegex(steps["trial"]["summary"], "mappings have no lifetime")
        self.assertEqual(gateway.table(), {})

    def test_looks_like_this(self):
        self.gateway("--protocols", "upnp")

        done = self.doctor("--protocols", "upnp")

        # But for what this machine is like, and what may be advised for that.
        text = re.sub(r"(?m)^. (announcements|host firewall) .*\n( {20}.*\n)*", "", done.stdout)
        text = re.sub(r"(?s)\n\n.*", "\n", text)
        text = re.sub(r"one reply|\d+ replies", "2 replies", text)
        text = re.sub(r":\d{4,5} made", ":PORT made", text)
        self.check_golden("doctor.txt", text)

    def test_leaves_nothing_at_the_gateway(self):
        gateway = self.gateway()

        self.doctor()

        self.assertEqual(gateway.table(), {})
        self.assertEqual(self.remembered(), [])

    def test_maps_nothing_where_no_trial_is_wanted(self):
        gateway = self.gateway("--protocols", "nat-pmp")

        code, told, steps = self.diagnose("--no-trial")

        self.assertEqual((code, steps["trial"]["result"]), (0, "skipped"), told)
        self.assertRegex(told["verdict"]["sentence"], "not tried")
        self.assertFalse([line for line in gateway.served() if " map " in line])

    def test_tells_a_silent_gateway(self):
        self.gateway("--vice", "silent")

        told, steps = self.check_verdict("gateway_silent", 3, "did not answer")

        self.assertEqual(steps["gateway"]["result"], "failed")
        self.assertRegex(told["verdict"]["advice"], "switch")

    def test_tells_a_gateway_whose_answers_are_of_no_use(self):
        with self.denying_gateway(b"\x02\x81"):
            told, _ = self.check_verdict("gateway_unusable", 1, "but not usably: the message ends too early")

        self.assertRegex(told["verdict"]["advice"], "restart")

    def test_tells_a_gateway_that_is_closed(self):
        self.check_verdict("gateway_closed", 3, "has closed")

    def test_tells_that_there_is_another_nat(self):
        self.gateway("--external", "192.168.0.2")

        self.check_verdict("double_nat", 1, "192.168.0.2 is a private one")

    def test_tells_a_carrier_grade_nat(self):
        self.gateway("--external", "100.64.3.4")

        self.check_verdict("carrier_grade_nat", 1, "carrier-grade NAT")

    def test_tells_that_the_gateway_is_not_connected(self):
        self.gateway("--external", "0.0.0.0")

        self.check_verdict("no_external_address", 1, "no connection|external address")

    def test_tells_what_the_gateway_refuses(self):
        self.gateway("--vice", "refuses=2")

        _, steps = self.check_verdict("refused", 1, "NOT_AUTHORIZED")

        self.assertEqual(steps["trial"]["result"], "failed")

    def test_tells_a_stuck_epoch(self):
        self.gateway("--vice", "epoch-stands-still")

        _, steps = self.check_verdict("open_with_remarks", 0)

        self.assertRegex(steps["epoch"]["summary"], "stands still")

    def test_tells_that_each_renewal_has_another_port(self):
        self.gateway("--vice", "grants-other-port-each-renewal")

        self.check_verdict("unsteady", 1, "another port each time")

    def test_tells_of_an_interface_that_is_not_there(self):
        self.check_verdict("not_connected", 3, "no interface nope0",
                           arguments=["--interface", "nope0"])

    def test_asks_only_by_the_protocols_that_are_named(self):
        self.gateway()

        _, _, steps = self.diagnose("--protocols", "nat-pmp")

        self.assertNotIn("pcp", steps)
        self.assertEqual(steps["trial"]["result"], "ok", steps)

    def test_ends_with_a_sentence_for_people(self):
        self.gateway()

        done = self.doctor()

        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.isascii())
        self.assertRegex(done.stdout, r"(?m)^\+ trial mapping     UDP 203\.0\.113\.7:\d+ made by PCP")
        # Whether its firewall lets in what arrives is this machine's own affair.
        end = " ".join(done.stdout.partition("\n\n")[2].split())
        self.assertRegex(end, r"^(Nothing wrong was found: p|P)orts can be opened by PCP"
                              r"(, and the internet reaches them)? at 203\.0\.113\.7[.,;]")
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)

    def test_shows_ticks_where_the_locale_has_them(self):
        self.gateway()
        self.env["LC_ALL"] = "C.UTF-8"

        self.assertRegex(self.doctor().stdout, "(?m)^✓ gateway ")

    def test_shows_the_daemons_view_beside_its_own(self):
        self.gateway()
        self.write_config(["name: ssh, protocol: tcp, internal: 22, external: 2222"])
        self.keep_open("ssh")

        _, told, steps = self.diagnose()

        self.assertEqual(steps["daemon"]["result"], "ok", told)
        self.assertEqual(steps["daemon"]["summary"], "holds 1 of 1 mapping")

    def test_tells_what_the_daemon_does_not_hold(self):
        gateway = self.gateway("--vice", "refuses=2")
        self.write_config(["name: ssh, protocol: tcp, internal: 22, external: 2222"])
        self.daemon().log.wait("refused")
        gateway.perform("vice refuses off", "vice refuses off")

        _, steps = self.check_verdict("not_held", 1, "holds 0 of 1 mapping: ssh is not open")

        self.assertEqual(steps["trial"]["result"], "ok")


class Interrupted(PmpTest):
    def test_the_trial_is_deleted_whenever_it_ends(self):
        gateway = self.gateway("--vice", "answers-late=700")
        for patience in (1.0, 1.8, 2.5):
            with self.subTest(patience):
                waiting = self.start("doctor", "--control", self.control)
                time.sleep(patience)

                waiting.signal(signal.SIGINT)

                self.assertEqual(waiting.exit_status(), 130)
                self.assertEqual(waiting.output.all(), [])
                wait_until(lambda: gateway.table() == {}, patience=0.2)


class Output(PmpTest):
    def test_that_cannot_be_written_is_a_failure(self):
        self.gateway()
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [PMP, "doctor", "--gateway", self.address, "--no-trial"], stdout=full,
                stderr=subprocess.PIPE, text=True, env=self.env, check=False, timeout=30)

        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left on device", done.stderr)


if __name__ == "__main__":
    unittest.main()
