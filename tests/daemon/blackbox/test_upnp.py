# SPDX-License-Identifier: MIT
import json
import signal
import time

from control import ask
from harness import DaemonTest, wait_until

SSH = "name: ssh, protocol: tcp, internal: 22, external: 2222"
WEB = "name: web, protocol: tcp, internal: 80, external: 8080"


class Upnp(DaemonTest):
    def write(self, mappings, described=False):
        """UPnP alone; `described`: without a search."""
        url = f", description_url: 'http://{self.address}:5000/igd/root.xml'" if described else ""
        self.config.write_text(
            f"gateways:\n  default: {{address: {self.address}, source: 127.0.0.1, protocols: [upnp]{url}}}\n"
            + ("mappings:\n" if mappings else "") + "".join(f"  - {{{each}}}\n" for each in mappings)
        )

    def ports(self, gateway):
        """Internal port -> external port."""
        return {internal: row[0] for internal, row in gateway.table().items()}

    def remembered(self):
        return json.loads(self.state.read_text())["leases"]

    def reboot(self, gateway):
        """How many lines there were before."""
        gateway.perform("reboot", "rebooted")
        return next(n for n, line in enumerate(gateway.served()) if "rebooted" in line)

    def test_finds_the_gateway_by_a_search_and_holds(self):
        gateway = self.gateway("--protocols", "upnp")
        self.write([SSH, WEB])

        daemon = self.keep_open("ssh", "web")

        gateway.lines.wait("upnp search -> SUCCESS")
        self.assertEqual(self.ports(gateway), {22: 2222, 80: 8080})
        self.assertEqual(daemon.terminate(), 0)
        self.assertEqual(gateway.table(), {})

    def test_finds_a_named_gateway_that_hears_only_what_is_sent_to_all(self):
        self.gateway("--protocols", "upnp", "--vice", "ssdp-multicast-only")
        self.write([SSH])

        daemon = self.keep()

        daemon.log.wait("acquired ssh:")

    def test_tells_that_the_device_is_slow(self):
        self.gateway("--protocols", "upnp", "--vice", "http-slow=20")
        self.write([SSH])
        self.config.write_text(self.config.read_text().replace("[upnp]", "[pcp, nat-pmp, upnp]"))
        self.keep().log.wait("keeps 1 mapping open")

        def error():
            return ask(self.control, "status")["leases"][0]["error"] or {"name": ""}

        wait_until(lambda: error()["name"] == "no_http")
        self.assertIn("HTTP server does not answer", error()["message"])

    def test_asks_for_each_deletion_in_time_where_the_device_is_slow(self):
        gateway = self.gateway("--protocols", "upnp")
        self.write([SSH, WEB])
        daemon = self.keep_open("ssh", "web")
        gateway.perform("vice http-slow=1", "vice http-slow")

        self.assertEqual(daemon.terminate(), 0)

        wait_until(lambda: not gateway.table())

    def test_holds_at_version_2_what_it_was_told_to_describe(self):
        gateway = self.gateway("--protocols", "upnp", "--igd", "2")
        self.write([SSH], described=True)

        self.keep_open("ssh")

        self.assertEqual(self.ports(gateway), {22: 2222})
        self.assertFalse([line for line in gateway.served() if "upnp search" in line])

    def test_renews(self):
        gateway = self.gateway("--protocols", "upnp")
        self.write([SSH + ", lifetime: 10s"], described=True)

        daemon = self.keep_open("ssh")
        renewal = len(gateway.served())

        gateway.lines.wait("upnp map tcp .* -> SUCCESS", start=renewal, timeout=12)
        self.assertFalse([line for line in daemon.log.all() if "lost ssh" in line])
        self.assertEqual(self.ports(gateway), {22: 2222})

    def test_survives_a_reboot_after_which_everything_is_elsewhere(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "http-new-port",
                               "--vice", "announces-nothing")
        self.write([SSH + ", lifetime: 10s"])
        daemon = self.keep_open("ssh")

        restart = self.reboot(gateway)

        gateway.lines.wait("upnp map tcp .* -> SUCCESS", start=restart)
        self.assertEqual(self.ports(gateway), {22: 2222})
        self.assertFalse([line for line in daemon.log.all() if "lost ssh" in line])

    def test_hears_that_the_gateway_has_restarted(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "http-new-port")
        self.write([SSH])
        daemon = self.keep_open("ssh")

        restart = self.reboot(gateway)

        gateway.lines.wait("upnp map tcp .* -> SUCCESS", start=restart)
        self.assertEqual(self.ports(gateway), {22: 2222})
        self.assertFalse([line for line in daemon.log.all() if "lost ssh" in line])

    def test_reads_leases_back_as_often_as_the_file_says(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "announces-nothing")
        self.write([SSH], described=True)
        self.config.write_text("verify: 10s\n" + self.config.read_text())
        self.keep_open("ssh")
        gateway.perform("vice forgets-mappings on", "vice forgets-mappings")

        gateway.lines.wait("upnp map tcp .* -> SUCCESS", start=len(gateway.served()), timeout=20)

        self.assertEqual(self.ports(gateway), {22: 2222})

    def test_learns_of_another_external_address_within_a_second(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "announces-nothing")
        self.write([SSH], described=True)
        daemon = self.keep_open("ssh")
        gateway.lines.wait("notified .* -> 200")

        gateway.command("address 203.0.113.99")

        daemon.log.wait("changed ssh: .*203.0.113.99", timeout=1)

    def test_hears_an_event_that_overtakes_the_subscription(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "announces-nothing", "--vice", "gena-early")
        self.write([SSH], described=True)
        daemon = self.keep_open("ssh")
        gateway.lines.wait("notified .* -> 200")
        time.sleep(0.6)

        gateway.command("address 203.0.113.99")

        daemon.log.wait("changed ssh: .*203.0.113.99", timeout=1)

    def test_ends_its_subscription_when_it_stops(self):
        gateway = self.gateway("--protocols", "upnp", "--igd", "2")
        self.write([SSH], described=True)
        daemon = self.keep_open("ssh")
        gateway.lines.wait("notified .* -> 200")

        self.assertEqual(daemon.terminate(), 0)

        gateway.lines.wait("upnp unsubscribe -> SUCCESS")

    def test_turns_to_upnp_where_nothing_else_is_spoken(self):
        gateway = self.gateway("--protocols", "upnp")
        self.write([SSH])
        self.config.write_text(self.config.read_text().replace("[upnp]", "[pcp, nat-pmp, upnp]"))

        self.keep_open("ssh")

        self.assertEqual(self.ports(gateway), {22: 2222})

    def test_deletes_after_a_kill_what_would_never_end(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "permanent-only")
        self.write([SSH, WEB], described=True)
        daemon = self.keep_open("ssh", "web")
        wait_until(lambda: [lease["permanent"] for lease in self.remembered()] == [True, True])
        daemon.signal(signal.SIGKILL)
        daemon.exit_status()
        self.write([WEB], described=True)

        daemon = self.keep_open("web")

        daemon.log.wait("released ssh")
        self.assertEqual(self.ports(gateway), {80: 8080})

    def test_says_after_a_kill_what_stays_open_where_upnp_is_left_out_since(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "permanent-only")
        self.write([SSH], described=True)
        daemon = self.keep_open("ssh")
        wait_until(lambda: [lease["permanent"] for lease in self.remembered()] == [True])
        daemon.signal(signal.SIGKILL)
        daemon.exit_status()
        self.write([])
        self.config.write_text(self.config.read_text().replace("[upnp]", "[pcp]"))

        daemon = self.keep()

        daemon.log.wait(r" warn +tcp \S+:2222 stays open for ssh at gateway default .* leave out upnp")
        self.assertEqual(daemon.terminate(), 0)
        self.assertEqual(self.ports(gateway), {22: 2222})
        self.assertEqual(len(self.remembered()), 1)

    def test_shows_what_is_still_to_be_deleted(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "permanent-only")
        self.write([SSH, WEB], described=True)
        daemon = self.keep_open("ssh", "web")
        gateway.perform("vice refuses-deletions=501", "vice refuses-deletions")
        self.write([WEB], described=True)

        daemon.signal(signal.SIGHUP)

        daemon.log.wait("released ssh without confirmation: .*501.* its deletion is tried again")
        wait_until(lambda: len(ask(self.control, "status")["leases"]) == 2)
        left = next(row for row in ask(self.control, "status")["leases"] if row["mapping"] == "ssh")
        self.assertEqual(left["state"], "releasing")
        self.assertEqual(left["error"]["code"], 501)
        self.assertGreater(left["error"]["retry_in"], 0)
        gateway.perform("vice refuses-deletions off", "vice refuses-deletions")
        self.assertEqual(daemon.terminate(), 0)
        self.assertEqual(gateway.table(), {})

    def test_says_when_it_stops_what_stays_open(self):
        # Neither shown as it was made, nor to be deleted.
        for vice, ends in (("disabled-entries", "ends in "), ("other-client", "ends in "),
                           ("permanent-only", "does not end by itself")):
            with self.subTest(vice):
                gateway = self.gateway("--protocols", "upnp", "--vice", vice,
                                       *(("--vice", "disabled-entries") if "only" in vice else ()))
                gateway.perform("vice refuses-deletions=501", "vice refuses-deletions")
                self.write([SSH], described=True)
                daemon = self.keep()
                daemon.log.wait("refused ssh")

                self.assertEqual(daemon.terminate(), 0)

                daemon.log.wait(
                    r" warn +tcp \S+:2222 may stay open for ssh at gateway default .* not confirmed, and it "
                    + ends)
                self.assertEqual(self.ports(gateway), {22: 2222})
                gateway.stop()
                self.state.unlink()

    def test_says_when_it_stops_what_stays_open_at_a_gateway_that_is_gone(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "disabled-entries")
        gateway.perform("vice refuses-deletions=501", "vice refuses-deletions")
        self.write([SSH], described=True)
        daemon = self.keep()
        daemon.log.wait("refused ssh")
        gateway.stop()

        self.assertEqual(daemon.terminate(), 0)

        daemon.log.wait(r" warn +tcp \S+:2222 may stay open for ssh")

    def test_says_once_what_stays_open(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "refuses-deletions=501")
        self.write([SSH], described=True)
        daemon = self.keep_open("ssh")

        self.assertEqual(daemon.terminate(), 0)

        self.assertEqual(len([line for line in daemon.log.all() if "may stay open" in line]), 1)

    def test_deletes_after_a_kill_what_it_had_just_asked_for(self):
        for vice in ("permanent-only", "announces-nothing"):
            with self.subTest(vice):
                gateway = self.gateway("--protocols", "upnp", "--vice", vice, "--vice", "http-slow=1")
                self.write([SSH], described=True)
                daemon = self.keep()
                gateway.lines.wait("upnp map tcp .* -> SUCCESS")
                daemon.signal(signal.SIGKILL)
                daemon.exit_status()
                self.assertEqual(self.ports(gateway), {22: 2222})
                self.write([], described=True)

                daemon = self.keep()

                wait_until(lambda: not gateway.table(), patience=20)
                wait_until(lambda: not self.remembered())
                self.assertEqual(daemon.terminate(), 0)
                gateway.stop()

    def test_deletes_another_time_what_it_had_no_time_to_end(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "permanent-only",
                               "--vice", "refuses-deletions=501", "--vice", "http-slow=1")
        self.write([SSH], described=True)
        daemon = self.keep()
        gateway.lines.wait("upnp map tcp .* -> SUCCESS")
        self.assertEqual(daemon.terminate(), 0)
        self.assertEqual(self.ports(gateway), {22: 2222})
        gateway.perform("vice refuses-deletions off", "vice refuses-deletions")
        self.write([], described=True)

        self.keep()

        wait_until(lambda: not gateway.table(), patience=20)

    def test_leaves_alone_what_belongs_to_others(self):
        gateway = self.gateway("--protocols", "upnp", "--vice", "refuses=718")
        self.write([SSH + ", exact: true"], described=True)

        daemon = self.keep()

        daemon.log.wait("refused ssh")
        self.assertEqual(gateway.table(), {})
