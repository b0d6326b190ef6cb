# SPDX-License-Identifier: MIT
import json
import os
import pty
import struct
import subprocess
import time

from harness import wait_until
from pmp_harness import PmpTest, run


class ExternalAddress(PmpTest):
    def test_is_printed(self):
        self.gateway()

        self.check_done(self.pmp("external-address"), "203.0.113.7\n")

    def test_is_printed_as_json(self):
        self.gateway()

        done = self.pmp("external-address", "--json")

        self.check_done(done)
        self.check_golden("external-address.json", done.stdout)

    def test_is_told_by_a_gateway_that_speaks_nat_pmp_alone(self):
        self.gateway("--protocols", "nat-pmp")

        done = self.pmp("external-address", "--json")

        self.check_done(done)
        self.assertEqual(json.loads(done.stdout)["via"], "nat-pmp")

    def test_is_told_by_a_gateway_that_speaks_pcp_alone(self):
        gateway = self.gateway("--protocols", "pcp")

        self.check_done(self.pmp("external-address"), "203.0.113.7\n")

        wait_until(lambda: gateway.table() == {})

    def test_is_denied_by_a_gateway_of_another_version_of_nat_pmp(self):
        with self.denying_gateway(struct.pack("!BBHI", 0, 128, 1, 9)):
            for verb in (("external-address",), ("map", 8080)):
                done = self.pmp(*verb, "--protocols", "nat-pmp")

                self.check_failed(done, 1, "does not speak NAT-PMP; try --protocols pcp")

    def test_that_comes_in_an_unusable_answer_is_told_from_silence(self):
        for answer, flaw in ((b"\x02", "truncated"), (b"\x09\x81" * 30, "bad_version"),
                             (struct.pack("!BBHI", 0, 128, 0, 9), "truncated")):
            with self.subTest(answer), self.denying_gateway(answer):
                for verb in (("external-address",), ("map", 8080), ("discover",)):
                    done = self.pmp(*verb, "--timeout", "1s", "--json")

                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertEqual(json.loads(done.stdout)["error"]["name"], flaw)
                    self.assertRegex(
                        done.stderr, "did not .*: it answers by PCP or NAT-PMP, but not usably: .*; restart")

    def test_with_another_nonce_is_told_from_silence(self):
        self.gateway("--protocols", "pcp", "--vice", "answers-other-nonce")
        for verb in (("external-address",), ("map", 8080)):
            done = self.pmp(*verb, "--timeout", "1s", "--protocols", "pcp")

            self.check_failed(done, 1, "it answers, but not usably: a field of its answer, such as the nonce")

    def test_is_warned_of_where_it_belongs_to_another_nat(self):
        for external, what in (("192.168.0.5", "a private one"), ("100.64.7.7", "shared")):
            with self.subTest(external):
                gateway = self.gateway("--external", external)

                done = self.pmp("external-address", "--json")

                self.assertEqual(done.returncode, 0)
                self.assertTrue(json.loads(done.stdout)["double_nat"])
                self.assertRegex(done.stderr, rf"^pmp: warning: .*{external} is {what}.*\n$")
                quiet = self.pmp("external-address", "--quiet")
                self.check_done(quiet, external + "\n")
                gateway.stop()

    def test_is_warned_of_where_no_internet_reaches_it(self):
        self.gateway("--external", "169.254.3.4")

        done = self.pmp("external-address", "--json")

        self.assertEqual(done.returncode, 0)
        told = json.loads(done.stdout)
        self.assertEqual((told["double_nat"], told["public"]), (False, False))
        self.assertRegex(done.stderr, r"^pmp: warning: .*169\.254\.3\.4 is a link-local one: .*\n$")

    def test_that_is_refused_is_told_without_words_of_mappings(self):
        self.gateway("--protocols", "pcp", "--vice", "refuses=2:1000")

        done = self.pmp("external-address")

        self.check_failed(done, 1, r"NOT_AUTHORIZED \(pcp 2\): its policy forbids it; switch port")

    def test_writes_nothing(self):
        self.gateway()

        self.check_done(self.pmp("external-address"))

        self.assertEqual(list(self.dir.iterdir()), [])


class Discover(PmpTest):
    def test_tells_what_a_gateway_speaks(self):
        self.gateway()

        done = self.pmp("discover")

        self.check_done(done)
        self.check_golden("discover.txt", done.stdout)

    def test_tells_it_as_json(self):
        self.gateway()

        done = self.pmp("discover", "--json")

        self.check_done(done)
        self.check_golden("discover.json", done.stdout)

    def test_tells_one_protocol_where_there_is_one(self):
        for protocol in ("pcp", "nat-pmp"):
            with self.subTest(protocol):
                gateway = self.gateway("--protocols", protocol)

                found = json.loads(self.pmp("discover", "--json").stdout)

                spoken = found["gateways"][0]["protocols"]
                self.assertEqual([each["protocol"] for each in spoken], [protocol])
                gateway.stop()


    def test_says_that_no_address_is_told(self):
        self.gateway("--protocols", "pcp", "--vice", "refuses=2:1000")

        self.assertIn("  external address  not told\n", self.pmp("discover").stdout)
        found = json.loads(self.pmp("discover", "--json").stdout)["gateways"][0]
        self.assertIsNone(found["external_address"])
        self.assertIsNone(found["double_nat"])


class NoKnownVersion(PmpTest):
    """The gateway answers, and speaks neither protocol or not the one asked by."""

    def test_is_told_at_once(self):
        self.gateway("--protocols", "pcp,nat-pmp", "--vice", "only-version-3")
        for verb in (["external-address"], ["map", 8000], ["discover"]):
            with self.subTest(verb):
                began = time.monotonic()

                done = self.pmp(*verb, "--timeout", "9s")

                self.assertLess(time.monotonic() - began, 5)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(
                    done.stderr,
                    rf"^pmp: error: gateway {self.address} answers, but speaks neither [^\n]*\n$",
                )

    def test_names_the_protocol_that_was_asked_by(self):
        for spoken, asked, name in (("nat-pmp", "pcp", "PCP"), ("pcp", "nat-pmp", "NAT-PMP")):
            gateway = self.gateway("--protocols", spoken)
            for verb in (["external-address"], ["map", 8000], ["unmap", 8000]):
                with self.subTest(verb, asked=asked):
                    done = self.pmp(*verb, "--protocols", asked)

                    self.check_failed(
                        done, 1, f"does not speak {name}; try --protocols {spoken}\n$"
                    )
            gateway.stop()


class ErrorAsJson(PmpTest):
    def test_is_the_result_of_the_gateway(self):
        self.gateway("--protocols", "pcp", "--vice", "refuses=2:1000")
        for verb in (["external-address"], ["map", 8000]):
            with self.subTest(verb):
                self.check_failed_in_json(self.pmp(*verb, "--json"), 1, "pcp", 2)

    def test_is_the_silence_of_the_gateway(self):
        self.gateway("--vice", "silent")
        for verb in (["external-address"], ["map", 8000], ["discover"]):
            with self.subTest(verb):
                done = self.pmp(*verb, "--json", "--timeout", "1s")

                self.check_failed_in_json(done, 3, "pmp", 8)


class NoAnswer(PmpTest):
    """Each verb that asks says who was asked, how, and for how long."""

    def each_verb(self):
        for words in (["external-address"], ["discover"], ["map", "8080"], ["unmap", "8080"]):
            with self.subTest(words):
                yield words

    def test_of_a_silent_gateway(self):
        self.gateway("--vice", "silent")
        for words in self.each_verb():
            began = time.monotonic()

            done = self.pmp(*words, "--timeout", "1s", "--protocols", "nat-pmp,pcp")

            self.assertLess(time.monotonic() - began, 4)
            self.assertEqual(done.returncode, 3)
            self.assertRegex(
                done.stderr,
                rf"gateway {self.address} did not answer: asked on UDP port 5351 by nat-pmp, pcp "
                r"for 1 s; switch",
            )

    def test_of_a_closed_port(self):
        for words in self.each_verb():
            began = time.monotonic()

            done = self.pmp(*words, "--protocols", "pcp,nat-pmp")

            self.assertLess(time.monotonic() - began, 5)
            self.assertEqual(done.returncode, 3)
            self.assertRegex(
                done.stderr,
                rf"gateway {self.address} has closed UDP port 5351: asked by pcp, nat-pmp, it "
                "offers none; switch",
            )

    def test_where_the_interface_is_missing(self):
        done = run("external-address", "--interface", "nope0")

        self.check_failed(done, 3, "there is no interface nope0")

    def test_leaves_json_without_gateways(self):
        done = self.pmp("discover", "--json")

        self.assertEqual(done.returncode, 3)
        self.assertEqual(json.loads(done.stdout)["gateways"][0]["protocols"], [])


class Colour(PmpTest):
    """Of the word "error", where standard error is a terminal."""

    def errors(self, **env):
        ours, theirs = pty.openpty()
        subprocess.run(
            self.command("discover", "--protocols", "ipx"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**self.env, "TERM": "xterm", **env},
            check=False,
        )
        os.close(theirs)
        text = os.read(ours, 4096).decode()
        os.close(ours)
        return text

    def test_is_there(self):
        self.assertTrue(self.errors().startswith("pmp: \x1b[31merror\x1b[0m: "))

    def test_is_not_there_where_nobody_wants_it(self):
        self.assertTrue(self.errors(NO_COLOR="1").startswith("pmp: error: "))
        self.assertTrue(self.errors(TERM="dumb").startswith("pmp: error: "))
