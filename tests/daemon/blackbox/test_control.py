# SPDX-License-Identifier: MIT
import grp
import os
import signal
import socket
import stat
import threading
import time

from control import Control, ask
from harness import DaemonTest, wait_until

SSH = "name: ssh, protocol: tcp, internal: 22, external: 2222"
WG = "name: wg, protocol: udp, internal: 51820"


class Commands(DaemonTest):
    def setUp(self):
        super().setUp()
        self.simulated = self.gateway()
        self.write_config([SSH])
        self.daemon_ = self.keep_open("ssh")

    def test_status_shows_each_lease(self):
        reply = ask(self.control, "status")

        self.assertEqual((reply["ok"], reply["config"]), (True, str(self.config)))
        [lease] = reply["leases"]
        self.assertEqual((lease["mapping"], lease["state"]), ("ssh", "held"))
        self.assertEqual(lease["internal"], {"address": "127.0.0.1", "port": 22})
        self.assertEqual(lease["external"], {"address": "203.0.113.7", "port": 2222})
        self.assertEqual((lease["via"], lease["error"], lease["lifetime"]), ("pcp", None, 7200))
        self.assertEqual(lease["gateway"]["address"], self.address)
        self.assertTrue(0 < lease["renews_in"] < lease["remaining"] <= 7200)

    def test_gateways_shows_what_each_speaks(self):
        reply = ask(self.control, "gateways")

        [gateway] = reply["gateways"]
        self.assertEqual((gateway["name"], gateway["via"]), ("default", "pcp"))
        self.assertEqual(gateway["address"], self.address)

    def test_version_is_told(self):
        reply = ask(self.control, "version")

        self.assertRegex(reply["version"], r"^\d+\.\d+\.\d+$")

    def test_renew_asks_at_once(self):
        with Control(self.control) as control:
            control.ask("watch")
            time.sleep(4)  # more often than that no gateway is asked
            reply = control.ask("renew", mapping="ssh")

            self.assertEqual(reply, {"ok": True, "mappings": 1})
            event = control.event("renewed", "ssh")
            self.assertGreaterEqual(event["lease"]["remaining"], 7199)

    def test_renew_of_an_unknown_mapping_says_so(self):
        reply = ask(self.control, "renew", mapping="shs")

        self.assertEqual(reply, {"ok": False, "error": 'there is no mapping "shs"'})

    def test_reload_answers_when_the_file_is_in_force(self):
        self.write_config([SSH, WG])

        with Control(self.control) as control:
            self.assertEqual(
                control.ask("reload"), {"ok": True, "message": "1 mapping added"})
            names = [lease["mapping"] for lease in control.ask("status")["leases"]]

        self.assertEqual(names, ["ssh", "wg"])

    def test_reload_answers_with_every_error(self):
        self.write_config([SSH, "prtocol: tcp", "protocol: tcp, internal: http"])

        reply = ask(self.control, "reload")

        self.assertFalse(reply["ok"])
        self.assertGreaterEqual(len(reply["errors"]), 3)
        self.assertTrue(all(e.startswith(f"{self.config}:") for e in reply["errors"]))
        self.assertIn(reply["errors"][0], reply["error"])
        self.assertEqual(len(ask(self.control, "status")["leases"]), 1)

    def test_several_commands_may_follow_on_one_connection(self):
        with Control(self.control) as control:
            control.send(b'{"command":"version"}\n{"command":"status"}\n')

            self.assertIn("version", control.read())
            self.assertIn("leases", control.read())

    def test_an_unknown_command_costs_an_error_alone(self):
        with Control(self.control) as control:
            reply = control.ask("stats")

            self.assertFalse(reply["ok"])
            self.assertIn("status", reply["error"])
            self.assertTrue(control.ask("version")["ok"])


class Reasons(DaemonTest):
    def lease(self):
        [lease] = ask(self.control, "status")["leases"]
        return lease

    def test_of_a_mapping_whose_gateway_is_silent_are_told(self):
        self.gateway("--vice", "silent")
        self.write_config([SSH])
        self.keep()
        wait_until(self.control.exists)

        wait_until(lambda: self.lease()["error"])

        lease = self.lease()
        self.assertEqual(lease["state"], "requesting")
        self.assertEqual(lease["error"]["name"], "gateway_silent")
        self.assertRegex(
            lease["error"]["message"],
            "^nothing has answered for [0-9]+ s: asked by pcp, nat-pmp and upnp$")

    def test_of_a_mapping_that_is_held_are_none(self):
        self.gateway()
        self.write_config([SSH])
        self.keep_open("ssh")

        self.assertIsNone(self.lease()["error"])

    def test_for_everybody_being_let_in_are_told(self):
        self.gateway("--protocols", "pcp,nat-pmp", "--vice", "ignores-filters")
        self.write_config([SSH + ", allow: [198.51.100.0/24], allow_unfiltered: true"])
        daemon = self.keep_open("ssh")

        lease = self.lease()

        self.assertEqual((lease["state"], lease["error"]["name"]), ("held", "no_filter"))
        daemon.log.wait("anybody is let in")
        warned = [line for line in daemon.log.all() if "anybody is let in" in line]
        self.assertEqual(len(warned), 1, warned)
        self.assertIn(" warn ", warned[0])

    def test_for_not_being_reached_from_outside_are_told(self):
        self.gateway("--external", "100.64.3.2")
        self.write_config([SSH])
        self.keep_open("ssh")

        self.assertIs(self.lease()["double_nat"], True)

    def test_for_an_end_are_the_same_for_both_of_a_pair(self):
        gateway = self.gateway("--max-lifetime", "6", "--protocols", "pcp")
        self.write_config(["name: game, protocol: both, internal: 27015"])
        daemon = self.keep_open("game-tcp", "game-udp")

        gateway.perform("vice silent on", "silent on$")

        daemon.log.wait("lost game-tcp: the lease expired")
        daemon.log.wait("lost game-udp: the lease expired")

    def test_that_a_pair_was_granted_later_than_its_first_half_shortens_nothing(self):
        self.gateway("--vice", "answers-late=300")
        self.write_config(["name: game, protocol: both, internal: 27015"])
        self.keep_open("game-tcp", "game-udp")

        leases = ask(self.control, "status")["leases"]

        self.assertEqual([lease["lifetime"] for lease in leases], [7200, 7200])


class Watching(DaemonTest):
    def test_shows_the_table_then_one_event_a_line(self):
        self.gateway()
        self.write_config([SSH])
        self.keep_open("ssh")
        with Control(self.control) as control:
            first = control.ask("watch")
            self.write_config([WG])
            ask(self.control, "reload")
            released = control.event("released", "ssh")
            acquired = control.event("acquired", "wg")

        self.assertEqual([lease["mapping"] for lease in first["leases"]], ["ssh"])
        self.assertEqual(released["lease"], None)
        self.assertEqual(released["external"], {"address": "203.0.113.7", "port": 2222})
        self.assertEqual(acquired["lease"]["state"], "held")
        self.assertEqual(acquired["lease"]["external"]["port"], 51820)

    def test_of_two_thousand_mappings_at_once_loses_no_reader(self):
        self.gateway()
        self.write_config([SSH])
        self.keep_open("ssh")
        many = "name: all, protocol: tcp, internal: 20001-22000"
        with Control(self.control) as control:
            control.ask("watch")
            self.write_config([SSH, many])
            ask(self.control, "reload")
            wait_until(lambda: self._held() == 2001, 20)
            self.write_config([SSH])
            ask(self.control, "reload")
            wait_until(lambda: self._held() == 1 and len(self._leases()) == 1, 20)

            # Nothing has been read until now.
            released = set()
            while len(released) < 2000:
                released.add(control.event("released")["mapping"])

    def _leases(self):
        return ask(self.control, "status")["leases"]

    def _held(self):
        return sum(lease["state"] == "held" for lease in self._leases())

    def test_goes_on_where_the_client_has_nothing_more_to_say(self):
        self.gateway()
        self.write_config([SSH])
        self.keep_open("ssh")
        with Control(self.control) as control:
            control.ask("watch")
            control.socket.shutdown(socket.SHUT_WR)
            self.write_config([SSH, WG])
            ask(self.control, "reload")

            control.event("acquired", "wg")

    def test_tells_the_release_at_the_end(self):
        self.gateway()
        self.write_config([SSH])
        daemon = self.keep_open("ssh")
        with Control(self.control) as control:
            control.ask("watch")
            daemon.signal(signal.SIGTERM)

            control.event("released", "ssh")
            self.assertIsNone(control.read())


class Clients(DaemonTest):
    def setUp(self):
        super().setUp()
        self.simulated = self.gateway()
        self.write_config([SSH])
        # A search for UPnP would come and go among the daemon's descriptors.
        self.config.write_text(self.config.read_text().replace("1}", "1, protocols: [pcp]}"))
        self.daemon_ = self.keep_open("ssh")

    def test_a_hundred_are_served(self):
        clients = [Control(self.control) for _ in range(100)]
        try:
            for client in clients:
                client.send(b'{"command":"watch"}\n')
            self.assertTrue(all(client.read()["ok"] for client in clients))
            self.write_config([SSH, WG])
            ask(self.control, "reload")
            for client in clients:
                client.event("acquired", "wg")
        finally:
            for client in clients:
                client.socket.close()

    def fill(self, lines):
        clients = [Control(self.control) for _ in range(256)]
        for client in clients:
            self.addCleanup(client.socket.close)
            client.send(lines)
        return clients

    def test_those_that_ask_for_nothing_make_room(self):
        clients = self.fill(b"")

        self.assertTrue(ask(self.control, "status")["ok"])

        self.assertIn("idle", clients[0].read()["error"])
        self.assertIsNone(clients[0].read())
        self.assertTrue(clients[-1].ask("version")["ok"])

    def test_those_that_watch_stay_and_one_too_many_is_told_so(self):
        clients = self.fill(b'{"command":"watch"}\n')
        for client in clients:
            self.assertTrue(client.read()["ok"])

        with Control(self.control) as late:
            self.assertIn("too many clients", late.read()["error"])
            self.assertIsNone(late.read())

    def test_one_that_sends_garbage_loses_its_connection(self):
        for garbage in (b"\x00\xff\n", b"{\n", b"[1]\n", b'"status"\n', b"[" * 1000 + b"\n"):
            with self.subTest(garbage[:10]), Control(self.control) as control:
                control.send(garbage)

                self.assertFalse(control.read()["ok"])
                self.assertIsNone(control.read())
        self.assertTrue(ask(self.control, "status")["ok"])

    def test_one_that_sends_ten_megabytes_in_a_line_loses_its_connection(self):
        with Control(self.control) as control:
            with self.assertRaises((BrokenPipeError, ConnectionResetError)):
                control.send(b"x" * 10_000_000)
            self.assertIn("too long", control.read()["error"])
        self.assertTrue(ask(self.control, "status")["ok"])

    def test_a_line_of_64_kib_is_not_too_long(self):
        with Control(self.control) as control:
            start = b'{"command":"version","x":"'
            control.send(start + b"y" * (65536 - len(start) - 2) + b'"}\n')

            self.assertTrue(control.read()["ok"])

    def test_one_that_never_reads_is_nobody_elses_concern(self):
        with Control(self.control) as deaf:
            deaf.socket.setblocking(False)
            deadline = time.monotonic() + 30
            try:
                # Until neither side's buffer takes any more.
                while time.monotonic() < deadline:
                    deaf.send(b'{"command":"status"}\n' * 100)
                self.fail("the daemon reads on though nobody reads its replies")
            except BlockingIOError:
                pass
            started = time.monotonic()

            self.assertTrue(ask(self.control, "status")["ok"])

            self.assertLess(time.monotonic() - started, 2)
            # It is given up after a while: what it could still send ends in an error.
            wait_until(lambda: self._is_closed(deaf), 20)
        self.assertTrue(ask(self.control, "status")["ok"])

    @staticmethod
    def _is_closed(control):
        try:
            control.socket.send(b"\n")
        except BlockingIOError:
            return False
        except OSError:
            return True
        return False

    def test_those_that_come_and_go_leave_nothing_behind(self):
        descriptors = f"/proc/{self.daemon_.process.pid}/fd"
        before = len(os.listdir(descriptors))

        def come_and_go():
            for n in range(50):
                with Control(self.control) as control:
                    control.send((b'{"command":"watch"}\n', b"{", b"")[n % 3])

        threads = [threading.Thread(target=come_and_go) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        wait_until(lambda: len(os.listdir(descriptors)) <= before)


class Socket(DaemonTest):
    def test_has_mode_0660_whatever_the_umask(self):
        self.write_config([])
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        self.keep().log.wait("has nothing to keep open")
        wait_until(self.control.exists)

        found = self.control.stat()

        self.assertEqual(stat.filemode(found.st_mode), "srw-rw----")

    def test_belongs_to_the_group_pmpd_where_there_is_one(self):
        try:
            group = grp.getgrnam("pmpd").gr_gid
        except KeyError:
            self.skipTest("this machine has no group pmpd")
        if os.geteuid() != 0:
            self.skipTest("only root can give a file away")
        self.write_config([])
        self.keep()
        wait_until(self.control.exists)

        wait_until(lambda: self.control.stat().st_gid == group)

    def test_is_gone_after_an_orderly_end(self):
        self.write_config([])
        daemon = self.keep()
        wait_until(self.control.exists)

        daemon.terminate()

        self.assertFalse(self.control.exists())

    def test_of_a_daemon_that_was_killed_is_replaced(self):
        self.write_config([])
        daemon = self.keep()
        wait_until(self.control.exists)
        daemon.kill()
        self.assertTrue(self.control.exists())

        self.keep()

        wait_until(lambda: self._answers())

    def _answers(self):
        try:
            return ask(self.control, "version")["ok"]
        except ConnectionRefusedError:
            return False

    def test_of_a_live_daemon_is_not_stolen(self):
        self.write_config([])
        first = self.keep()
        wait_until(self.control.exists)
        second = self.daemon("--state", self.dir / "other.json")

        second.log.wait(r"control socket .* can't be made: another process answers there")

        second.terminate()
        self.assertTrue(ask(self.control, "version")["ok"])
        first.terminate()

    def test_in_the_place_of_a_file_is_not_made(self):
        self.control.write_text("mine")
        self.gateway()
        self.write_config([SSH])

        daemon = self.keep_open("ssh")

        daemon.log.wait(r"control socket .* can't be made: something else than a socket")
        daemon.terminate()
        self.assertEqual(self.control.read_text(), "mine")

    def test_that_cannot_be_made_costs_one_warning(self):
        self.gateway()
        self.control = self.dir / "absent" / "deeper" / "control.sock"
        self.write_config([SSH])

        daemon = self.keep_open("ssh")

        self.assertEqual(daemon.terminate(), 0)
        warnings = [line for line in daemon.log.all() if " warn " in line and "control" in line]
        self.assertEqual(len(warnings), 1)

    def test_moves_at_a_reload(self):
        self.write_config([], f"control: {self.dir}/one.sock\n")
        daemon = self.daemon("--state", self.state, control=False)
        wait_until((self.dir / "one.sock").exists)
        self.write_config([], f"control: {self.dir}/two.sock\n")

        self.assertTrue(ask(self.dir / "one.sock", "reload")["ok"])

        self.assertTrue(ask(self.dir / "two.sock", "version")["ok"])
        self.assertFalse((self.dir / "one.sock").exists())
        daemon.terminate()

    def test_is_not_made_by_once_and_check(self):
        self.write_config([])
        for option in ("--once", "--check"):
            self.keep(option).exit_status()

            self.assertFalse(self.control.exists())
