# SPDX-License-Identifier: MIT
import json
import signal
import time

from harness import wait_until
from pmp_harness import PmpTest


class Interrupt(PmpTest):
    """Ctrl-C while pmp waits for an answer."""

    def check_ends_at_once(self, number, status, *words):
        gateway = self.gateway("--vice", "silent")
        waiting = self.start(*words)
        time.sleep(0.5)
        began = time.monotonic()

        waiting.signal(number)

        self.assertEqual(waiting.exit_status(), status)
        self.assertLess(time.monotonic() - began, 0.5)
        self.assertEqual((waiting.output.all(), waiting.errors.all()), ([], []))
        gateway.stop()

    def test_ends_each_verb(self):
        for words in (["external-address"], ["discover"], ["map", 8080], ["unmap", 8080, "--quiet"],
                      ["map", 8080, "--keep"], ["map", 8080, "--", "true"]):
            with self.subTest(words):
                self.check_ends_at_once(signal.SIGINT, 130, *words)

    def test_is_told_in_json(self):
        self.gateway("--vice", "silent")
        for words in (["external-address"], ["discover"], ["map", 8080], ["unmap", 8080, "--quiet"], ["doctor"],
                      ["map", 8080, "--keep"]):
            with self.subTest(words):
                waiting = self.start(*words, "--json")
                time.sleep(0.5)

                waiting.signal(signal.SIGINT)

                self.assertEqual(waiting.exit_status(), 130)
                error = json.loads("\n".join(waiting.output.all()))["error"]
                self.assertEqual((error["category"], error["name"]), ("local", "interrupted"))

    def test_leaves_what_was_discovered_until_then(self):
        gateway = self.gateway("--vice", "http-slow=20")
        waiting = self.start("discover", "--json", "--protocols", "pcp,nat-pmp,upnp")
        gateway.lines.wait("upnp description")

        waiting.signal(signal.SIGINT)

        self.assertEqual(waiting.exit_status(), 130)
        told = json.loads("\n".join(waiting.output.all()))
        self.assertEqual([each["address"] for each in told["gateways"]], [self.address])
        self.assertEqual(told["error"]["name"], "interrupted")

    def test_is_told_from_other_signals(self):
        self.check_ends_at_once(signal.SIGTERM, 143, "map", 8080)
        self.check_ends_at_once(signal.SIGHUP, 129, "map", 8080)
        self.check_ends_at_once(signal.SIGUSR1, 138, "map", 8080)

    def test_leaves_a_mapping_that_was_there_before(self):
        gateway = self.gateway()
        self.check_done(self.pmp("map", 8080))
        gateway.perform("vice answers-late=1500", "vice answers-late")
        asked = len(gateway.served())
        waiting = self.start("map", 8080)
        gateway.lines.wait(" map tcp ", asked)

        waiting.signal(signal.SIGINT)

        self.assertEqual(waiting.exit_status(), 130)
        waiting.errors.wait("an earlier pmp map had mapped this port: it may stay open; pmp unmap 8080 closes it")
        time.sleep(0.2)
        self.assertIn(8080, gateway.table())
        self.assertEqual(self.remembered(), [("tcp", 8080)])

    def interrupt_before_the_answer(self, gateway):
        """Ctrl-C when the gateway has made the mapping, and has not said so."""
        waiting = self.start("map", 8080)
        wait_until(lambda: 8080 in gateway.table())

        waiting.signal(signal.SIGINT)

        self.assertEqual(waiting.exit_status(), 130)
        self.assertEqual(waiting.errors.all(), [])
        # Nobody waits for the answer to that.
        gateway.lines.wait(" delete tcp .* -> SUCCESS")
        self.assertEqual(gateway.table(), {})

    def test_leaves_no_mapping_where_the_one_from_before_had_ended(self):
        gateway = self.gateway("--vice", "short-leases=1")
        self.check_done(self.pmp("map", 8080, "--quiet"))
        gateway.perform("vice short-leases off", "short-leases off")
        wait_until(lambda: gateway.table() == {})
        gateway.perform("vice answers-late=1500", "vice answers-late")
        self.interrupt_before_the_answer(gateway)

    def test_leaves_no_mapping_where_the_one_from_before_is_another_gateways(self):
        other = self.gateway()
        self.check_done(self.pmp("map", 8080))
        other.stop()
        head, _, last = self.address.rpartition(".")
        self.address = f"{head}.{int(last) + 1}"
        self.interrupt_before_the_answer(self.gateway("--vice", "answers-late=1500"))

    def test_leaves_no_mapping_where_the_answer_is_late(self):
        self.interrupt_before_the_answer(self.gateway("--vice", "answers-late=1500"))
        self.assertEqual(self.remembered(), [])
