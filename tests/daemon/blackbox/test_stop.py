# SPDX-License-Identifier: MIT
import json
import signal
import time

from harness import DaemonTest

SSH = "name: ssh, protocol: tcp, internal: 22, external: 2222"
WG = "name: wg, protocol: udp, internal: 51820"


class Stop(DaemonTest):
    def test_empties_the_gateways_table(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                gateway = self.gateway()
                self.write_config([SSH, WG])
                daemon = self.keep_open("ssh", "wg")

                daemon.signal(number)

                self.assertEqual(daemon.exit_status(timeout=2), 0)
                self.assertEqual(gateway.table(), {})
                gateway.stop()

    def test_is_quick_before_a_gateway_has_answered(self):
        self.gateway("--vice", "silent")
        self.write_config([SSH])
        daemon = self.keep()
        daemon.log.wait("keeps 1 mapping open")

        self.assertEqual(daemon.terminate(timeout=4), 0)

    def test_does_not_wait_for_what_was_never_granted(self):
        # At a gateway that does not answer, does not answer a search, or answers it too slowly.
        silent = self.gateway("--vice", "silent")
        for protocols, slow in (("pcp", False), ("upnp", False), ("pcp, nat-pmp, upnp", False),
                                ("upnp", True)):
            with self.subTest(protocols, slow=slow):
                if slow:
                    silent.stop()
                    self.gateway("--protocols", "upnp", "--vice", "http-slow=5")
                self.write_config([SSH, WG])
                self.config.write_text(self.config.read_text().replace(
                    "source: 127.0.0.1", f"source: 127.0.0.1, protocols: [{protocols}]"))
                daemon = self.keep()
                daemon.log.wait("keeps 2 mappings open")
                time.sleep(0.7)
                begin = time.monotonic()

                self.assertEqual(daemon.terminate(), 0)

                self.assertLess(time.monotonic() - begin, 1)
                self.assertFalse([line for line in daemon.log.all() if " warn " in line])

    def test_tells_a_silent_gateway_all_the_same(self):
        gateway = self.gateway("--vice", "silent")
        self.write_config([SSH])
        self.config.write_text(self.config.read_text().replace(
            "source: 127.0.0.1", "source: 127.0.0.1, protocols: [pcp]"))
        daemon = self.keep()
        daemon.log.wait("keeps 1 mapping open")
        time.sleep(0.5)
        gateway.perform("vice silent off", "vice silent off")

        self.assertEqual(daemon.terminate(), 0)

        gateway.lines.wait("delete tcp .* -> SUCCESS")

    def test_leaves_leases_that_are_not_to_be_released(self):
        gateway = self.gateway()
        self.write_config([SSH], "release_on_exit: false\n")
        daemon = self.keep_open("ssh")

        self.assertEqual(daemon.terminate(timeout=2), 0)

        self.assertEqual(set(gateway.table()), {22})

    def test_waits_for_a_deaf_gateway_no_longer_than_it_was_told(self):
        gateway = self.gateway()
        self.write_config([SSH, WG], "release_timeout: 1s\n")
        daemon = self.keep_open("ssh", "wg")
        gateway.perform("vice silent on", "vice silent on")
        begin = time.monotonic()

        self.assertEqual(daemon.terminate(timeout=3), 0)

        self.assertGreater(time.monotonic() - begin, 0.9)
        daemon.log.wait(r"warn .* release of 2 mappings was not confirmed .* mappings=ssh,wg")
        saved = json.loads(self.state.read_text())
        self.assertEqual({each["mapping"] for each in saved["leases"]}, {"ssh", "wg"})

    def test_sends_a_deletion_even_without_time_to_wait_for_its_answer(self):
        gateway = self.gateway()
        self.write_config([SSH], "release_timeout: 0\n")
        daemon = self.keep_open("ssh")

        self.assertEqual(daemon.terminate(), 0)

        gateway.lines.wait("lifetime 0|delete")
        self.assertEqual(gateway.table(), {})

    def test_asked_for_twice_happens_at_once(self):
        gateway = self.gateway()
        self.write_config([SSH], "release_timeout: 30s\n")
        daemon = self.keep_open("ssh")
        gateway.perform("vice silent on", "vice silent on")

        daemon.signal(signal.SIGTERM)
        daemon.log.wait("stopping: releases all")  # two of the same signal at once are one
        self.assertIsNone(daemon.process.poll())
        daemon.signal(signal.SIGTERM)

        self.assertEqual(daemon.exit_status(timeout=2), 0)
