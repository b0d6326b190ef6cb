# SPDX-License-Identifier: MIT
"""Gateways of UPnP that answer otherwise than the simulated one does."""
import json
import threading

from harness import PATIENCE
from pmp_harness import PmpTest
from scripted_igd import HttpError, Refused, ScriptedIgd, Silence

UPNP = ("--protocols", "upnp")


def raises(error):
    def script(_):
        raise error
    return script


class OddIgdTest(PmpTest):
    def igd(self, **how):
        gateway = ScriptedIgd(self.address, **how)
        self.addCleanup(gateway.stop)
        return gateway


class ExternalAddress(OddIgdTest):
    """That is not told, by a gateway that is connected."""

    HOW = {
        "HTTP error": (raises(HttpError(500)), "its HTTP server refuses what it is asked"),
        "UPnP error": (raises(Refused(501)), r"Action Failed|ACTION_FAILED|\(upnp 501\)"),
        "no address": (lambda _: {"ExternalIPAddress": "unknown"}, "can't be read"),
        "other family": (lambda _: {"ExternalIPAddress": "2001:db8::7"}, "can't be read"),
    }

    def test_is_not_said_to_be_missing(self):
        gateway = self.igd()
        for name, (script, words) in self.HOW.items():
            with self.subTest(name):
                gateway.on("GetExternalIPAddress", script)

                done = self.pmp("external-address", *UPNP, "--timeout", "5s")

                self.check_failed(done, 1, words)
                self.assertNotRegex(done.stderr, "not connected|own connection")

    def test_is_not_said_to_be_missing_by_doctor(self):
        gateway = self.igd()
        for name, (script, words) in self.HOW.items():
            with self.subTest(name):
                gateway.on("GetExternalIPAddress", script)

                done = self.pmp("doctor", "--json", *UPNP, "--control", self.control, "--timeout", "5s")

                told = json.loads(done.stdout)
                steps = {each["step"]: each for each in told["steps"]}
                self.assertEqual(
                    (told["verdict"]["name"], done.returncode), ("unread_external_address", 1), told)
                self.assertRegex(told["verdict"]["sentence"], words)
                self.assertNotRegex(done.stdout, "not connected|own connection")
                self.assertEqual(steps["trial"]["result"], "ok", told)
                self.assertEqual(gateway.table, {})

    def test_is_not_said_to_be_missing_by_doctor_without_a_trial(self):
        self.igd().on("GetExternalIPAddress", self.HOW["HTTP error"][0])

        done = self.pmp("doctor", "--json", "--no-trial", *UPNP, "--control", self.control)

        self.assertEqual(json.loads(done.stdout)["verdict"]["name"], "unread_external_address")
        self.assertNotRegex(done.stdout, "not connected|own connection")

    def test_is_not_needed_for_a_mapping(self):
        gateway = self.igd()
        for name, (script, _) in self.HOW.items():
            with self.subTest(name):
                gateway.on("GetExternalIPAddress", script)

                done = self.pmp("map", 8080, 2222, "--json", *UPNP, "--timeout", "5s")

                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(json.loads(done.stdout)["external"], {"address": None, "port": 2222})
                self.assertEqual(self.pmp("unmap", 8080, *UPNP).returncode, 0)


class Disconnected(OddIgdTest):
    """A gateway that tells an address, and that it is not connected to the internet."""

    def igd_that_says(self, status):
        gateway = self.igd()
        gateway.on("GetStatusInfo", lambda _: {
            "ConnectionStatus": status, "LastConnectionError": "ERROR_NONE", "Uptime": "0"})
        return gateway

    def test_has_no_external_address(self):
        for status in ("Disconnected", "connecting", "Unconfigured"):
            with self.subTest(status):
                gateway = self.igd_that_says(status)

                done = self.pmp("external-address", *UPNP, "--timeout", "5s")

                self.check_failed(done, 1, "check the gateway's own connection")
                gateway.stop()

    def test_is_told_by_doctor(self):
        self.igd_that_says("Disconnected")

        done = self.pmp("doctor", "--json", *UPNP, "--control", self.control, "--timeout", "5s")

        self.assertEqual(
            (json.loads(done.stdout)["verdict"]["name"], done.returncode), ("no_external_address", 1))

    def test_is_not_concluded_from_a_word_that_no_standard_has(self):
        for status in ("", "Bridged"):
            with self.subTest(status):
                gateway = self.igd_that_says(status)

                done = self.pmp("external-address", *UPNP, "--timeout", "5s")

                self.assertEqual((done.returncode, done.stdout), (0, "203.0.113.7\n"), done.stderr)
                gateway.stop()


class List(OddIgdTest):
    def entry(self, gateway, port, client="192.168.1.9"):
        gateway.add({
            "RemoteHost": "", "ExternalPort": str(port), "Protocol": "TCP", "InternalPort": "80",
            "InternalClient": client, "Enabled": "1", "PortMappingDescription": "x",
            "LeaseDuration": "0"})

    def told(self, *arguments):
        done = self.pmp("list", "--json", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout), done.stderr

    def test_says_that_it_is_whole(self):
        gateway = self.igd()
        self.entry(gateway, 2222)

        told, said = self.told()

        self.assertEqual((told["complete"], len(told["mappings"]), said), (True, 1, ""))

    def test_is_not_whole_where_a_row_can_not_be_read(self):
        gateway = self.igd()
        self.entry(gateway, 2222)
        self.entry(gateway, 2223)
        gateway.table["TCP", 2223]["InternalPort"] = "none"

        told, said = self.told()

        self.assertEqual((told["complete"], len(told["mappings"])), (False, 1))
        self.assertIn("did not show all of its table", said)

    def test_knows_its_own_where_the_gateway_names_no_client(self):
        gateway = self.igd()
        self.entry(gateway, 2222)
        self.check_done(self.pmp("map", 8080, 3333, "--description", "web", "--quiet", *UPNP))
        for entry in gateway.table.values():
            entry["InternalClient"] = ""

        rows = self.told()[0]["mappings"]

        self.assertEqual({row["external_port"]: row["ours"] for row in rows}, {2222: False, 3333: True})

    def test_tells_a_permanent_entry_as_map_does(self):
        gateway = self.igd()
        self.entry(gateway, 2222)

        row, = self.told()[0]["mappings"]

        self.assertEqual((row["permanent"], row["lifetime"]), (True, None))

    def test_shows_what_leads_to_a_host_name(self):
        gateway = self.igd()
        self.entry(gateway, 2222, "nas.lan")

        row, = self.told()[0]["mappings"]

        self.assertEqual(row["internal"], {"address": "nas.lan", "port": 80})
        self.assertIn(" nas.lan:80 ", self.pmp("list").stdout)

    def test_says_that_it_was_cut(self):
        for name, error in (("silence", Silence()), ("HTTP", HttpError(500)), ("UPnP", Refused(501))):
            with self.subTest(name):
                gateway = self.igd()
                self.entry(gateway, 2222)
                gateway.on("GetGenericPortMappingEntry", lambda arguments, at=gateway, why=error: (
                    at.row(arguments) if arguments["PortMappingIndex"] == "0" else raises(why)(0)))

                told, said = self.told()

                self.assertEqual((told["complete"], len(told["mappings"])), (False, 1))
                self.assertIn("did not show all of its table", said)
                gateway.stop()


class Slow(OddIgdTest):
    """A gateway that answers, and not in time."""

    def late(self, gateway, *actions):
        answers = threading.Event()
        self.addCleanup(answers.set)
        for action in actions:
            gateway.on(action, lambda _: answers.wait(PATIENCE) and {})

    def test_is_given_more_time_before_it_is_restarted(self):
        gateway = self.igd()
        self.late(gateway, "GetStatusInfo")
        for verb in (["external-address"], ["map", 8080], ["unmap", 8080], ["list"], ["doctor"]):
            with self.subTest(verb):
                done = self.pmp(*verb, *UPNP, "--timeout", "1s", "--control", self.control)

                said = " ".join((done.stdout + done.stderr).split())
                self.assertEqual(done.returncode, 3, said)
                self.assertRegex(said, "[Gg]ive it more time than 1 s with --timeout, and restart it where")
                self.assertNotRegex(said, "restart the gateway")

    def test_may_have_deleted_what_it_has_not_confirmed(self):
        gateway = self.igd()
        self.assertEqual(self.pmp("map", 8080, *UPNP).returncode, 0)
        self.late(gateway, "DeletePortMapping")

        done = self.pmp("unmap", 8080, *UPNP, "--timeout", "1s")

        self.check_failed(done, 3, "did not confirm to delete the mapping of tcp port 8080")


class Intent(OddIgdTest):
    """What was asked for and never heard of again is known to a later run."""

    def kill_while_it_adds(self, gateway, *verb):
        """Once the gateway has the entry, and before it has said so."""
        added, ends = threading.Event(), threading.Event()
        self.addCleanup(ends.set)

        def add_and_wait(arguments):
            gateway.add(arguments)
            added.set()
            ends.wait(PATIENCE)
            return {}

        gateway.on("AddPortMapping", add_and_wait)
        process = self.start(*verb)
        self.assertTrue(added.wait(PATIENCE))
        process.kill()

    def test_is_kept_by_who_is_killed_while_it_waits(self):
        gateway = self.igd()
        self.kill_while_it_adds(gateway, "map", 8080, 2222, *UPNP)
        gateway.on("AddPortMapping", gateway.add)

        self.assertEqual(self.remembered(), [("tcp", 8080)])
        self.check_done(self.pmp("unmap", 8080, "--quiet", *UPNP))
        self.assertEqual((gateway.table, self.remembered()), ({}, []))

    def test_is_kept_where_the_connection_is_cut(self):
        gateway = self.igd()

        def add_and_cut(arguments):
            gateway.add(arguments)
            for action in ("GetSpecificPortMappingEntry", "DeletePortMapping"):
                gateway.on(action, raises(Silence()))
            raise Silence

        gateway.on("AddPortMapping", add_and_cut)
        self.assertNotEqual(self.pmp("map", 8080, 2222, *UPNP, "--timeout", "2s").returncode, 0)
        gateway.on("GetSpecificPortMappingEntry", gateway.look)
        gateway.on("DeletePortMapping", gateway.delete)

        self.assertEqual(self.remembered(), [("tcp", 8080)])
        self.check_done(self.pmp("unmap", 8080, "--quiet", *UPNP))
        self.assertEqual((gateway.table, self.remembered()), ({}, []))

    def test_is_forgotten_where_it_is_refused(self):
        gateway = self.igd()
        gateway.on("AddPortMapping", raises(Refused(501)))

        self.assertEqual(self.pmp("map", 8080, 2222, *UPNP).returncode, 1)

        self.assertEqual(self.remembered(), [])

    def test_of_a_trial_is_kept_by_who_is_killed(self):
        gateway = self.igd()
        self.kill_while_it_adds(gateway, "doctor", *UPNP, "--control", self.control)

        (_, port), = gateway.table
        self.assertEqual(self.remembered(), [("udp", port)])
        row, = json.loads(self.pmp("list", "--json", *UPNP).stdout)["mappings"]
        self.assertTrue(row["ours"])
        gateway.on("AddPortMapping", gateway.add)
        self.assertEqual(
            self.pmp("doctor", *UPNP, "--control", self.control).returncode, 0)
        self.assertEqual((gateway.table, self.remembered()), ({}, []))


class Unmap(OddIgdTest):
    def test_tells_what_was_not_deleted(self):
        gateway = self.igd()
        self.assertEqual(self.pmp("map", 8080, 2222, *UPNP).returncode, 0)
        for name, script in (("success", lambda _: {}), ("714", raises(Refused(714)))):
            with self.subTest(name):
                gateway.on("DeletePortMapping", script)

                done = self.pmp("unmap", 8080, *UPNP)

                self.check_failed(done, 1, "did not delete the mapping of tcp port 8080: .* still shows it")
                self.assertEqual(self.remembered(), [("tcp", 8080)])
                self.assertEqual(list(gateway.table), [("TCP", 2222)])

    def test_looks_once(self):
        gateway = self.igd()
        self.assertEqual(self.pmp("map", 8080, 2222, *UPNP).returncode, 0)
        gateway.heard.clear()

        self.check_done(self.pmp("unmap", 8080, "--quiet", *UPNP))

        actions = [name for name, _ in gateway.heard]
        self.assertEqual(actions[actions.index("DeletePortMapping"):],
                         ["DeletePortMapping", "GetSpecificPortMappingEntry"])
        self.assertEqual(self.remembered(), [])

    def test_is_done_where_the_table_can_not_be_looked_at(self):
        gateway = self.igd()
        self.assertEqual(self.pmp("map", 8080, 2222, *UPNP).returncode, 0)

        def delete_and_close(arguments):
            gateway.on("GetSpecificPortMappingEntry", raises(HttpError(500)))
            return gateway.delete(arguments)

        gateway.on("DeletePortMapping", delete_and_close)

        self.check_done(self.pmp("unmap", 8080, "--quiet", *UPNP))


class Elsewhere(OddIgdTest):
    """A gateway that sends its clients to another host."""

    def test_is_named_and_not_asked(self):
        for how in ({"location": "http://192.0.2.9:80/x"}, {"control": "http://192.0.2.9:80/x"}):
            gateway = self.igd(**how)
            for verb in (["external-address"], ["map", 8080], ["list"], ["doctor"], ["discover"]):
                with self.subTest(how=how, verb=verb):
                    done = self.pmp(*verb, *UPNP, "--timeout", "2s", "--control", self.control)

                    said = " ".join((done.stdout + done.stderr).split())
                    self.assertEqual(done.returncode, 1, said)
                    self.assertRegex(
                        said, r"at another host, which is not asked: that may be a trap \(http://192\.0\.2\.9")
            gateway.stop()
