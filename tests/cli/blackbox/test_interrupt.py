# SPDX-License-Identifier: MIT
import signal
import time

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
        self.assertLess(time.monotonic() - began, 1.5)
        self.assertEqual((waiting.output.all(), waiting.errors.all()), ([], []))
        gateway.stop()

    def test_ends_each_verb(self):
        for words in (["external-address"], ["discover"], ["map", 8080], ["unmap", 8080, "--quiet"],
                      ["map", 8080, "--keep"], ["map", 8080, "--", "true"]):
            with self.subTest(words):
                self.check_ends_at_once(signal.SIGINT, 130, *words)

    def test_is_told_from_other_signals(self):
        self.check_ends_at_once(signal.SIGTERM, 143, "map", 8080)
        self.check_ends_at_once(signal.SIGHUP, 129, "map", 8080)

    def test_leaves_a_mapping_that_was_there_before(self):
        gateway = self.gateway()
        self.check_done(self.pmp("map", 8080))
        gateway.command("vice answers-late=1500")
        waiting = self.start("map", 8080)
        time.sleep(0.5)

        waiting.signal(signal.SIGINT)

        self.assertEqual(waiting.exit_status(), 130)
        time.sleep(0.2)
        self.assertIn(8080, gateway.table())
        self.assertEqual(self.remembered(), [("tcp", 8080)])

    def test_leaves_no_mapping_where_the_answer_is_late(self):
        gateway = self.gateway("--vice", "answers-late=1500")
        waiting = self.start("map", 8080)
        time.sleep(0.7)
        self.assertIn(8080, gateway.table())

        waiting.signal(signal.SIGINT)

        self.assertEqual(waiting.exit_status(), 130)
        self.assertEqual(gateway.table(), {})
        self.assertEqual(self.remembered(), [])
