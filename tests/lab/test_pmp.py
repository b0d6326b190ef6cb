# SPDX-License-Identifier: MIT
"""Each verb of pmp at a gateway that it finds by the default route."""

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys

from bounded import until
from nat_gateway import Mapping
from programs import PMP
from scenario import Scenario, tcp, udp

PROTOCOLS = ("pcp", "nat-pmp", "upnp")
SOON = 5

# Answers with what it hears, until it is ended.
ECHO = """
import socket, sys
kind = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}[sys.argv[1]]
with socket.socket(socket.AF_INET, kind) as service:
    service.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    service.bind(("0.0.0.0", 8001))
    if kind == socket.SOCK_STREAM:
        service.listen()
    while True:
        if kind == socket.SOCK_STREAM:
            with service.accept()[0] as visitor:
                visitor.sendall(visitor.recv(64))
        else:
            service.sendto(*service.recvfrom(64))
"""


def to_mapping(told, external_port):
    """What pmp tells in JSON, in the words of a gateway's table."""
    internal = told["internal"]
    return Mapping(told["protocol"], external_port, internal["address"], internal["port"])


class Pmp(Scenario):
    def setUp(self):
        super().setUp()
        self.env = {**os.environ, "XDG_STATE_HOME": str(self.lab.directory / "pmp")}

    def pmp(self, *arguments):
        """What it printed, and what it complained of."""
        self.lab.check_confined()
        with self.lab.inside.entered():
            done = subprocess.run([PMP, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, check=False, timeout=30,
                                  env=self.env)
        return done.returncode, done.stdout, done.stderr

    def done(self, *arguments):
        status, output, errors = self.pmp(*arguments)
        self.assertEqual((status, errors), (0, ""))
        return output

    def test_tells_the_external_address(self):
        self.gateway.start()
        for protocol in PROTOCOLS:
            told = json.loads(self.done("external-address", "--protocols", protocol, "--json"))

            del told["epoch"]
            self.assertEqual(told, {"external_address": self.gateway.external,
                                    "gateway": self.gateway.address, "via": protocol,
                                    "double_nat": False, "public": True})

    def test_discovers_the_gateway_and_what_it_speaks(self):
        self.gateway.start()

        found, = json.loads(self.done("discover", "--json"))["gateways"]

        self.assertEqual((found["address"], found["interface"], found["external_address"]),
                         (self.gateway.address, "eth0", self.gateway.external))
        spoken = [each["protocol"] for each in found["protocols"]]
        self.assertEqual(spoken, list(PROTOCOLS))

    def test_maps_and_unmaps(self):
        self.gateway.start()
        for by in PROTOCOLS:
            for transport in ("tcp", "udp"):
                told = json.loads(self.done("map", 8001, 40001, "--protocol", transport,
                                            "--protocols", by, "--json"))

                self.assertEqual(told["via"], by)
                inside, outside = (self.lab.address, 8001), (self.gateway.external, 40001)
                self.assertEqual((*told["internal"].values(),), inside)
                self.assertEqual((*told["external"].values(),), outside)
                self.check_open(transport, inside, outside)
                status, output, note = self.pmp("unmap", 8001)
                self.assertEqual((status, output), (0, ""))
                self.assertRegex(note, rf"deleted {transport} \S*:40001 -> {self.lab.address}:8001")
                self.check_closed(transport, inside, outside)
                self.assertEqual(self.gateway.mappings(), [])

    def test_maps_both_transports_by_one_number(self):
        self.gateway.start()
        for by in PROTOCOLS:
            self.take("udp", 40001)

            lines = self.done("map", 8001, 40001, "--protocol", "both", "--protocols", by,
                              "--json", "--quiet").splitlines()

            endpoints = [json.loads(line)["external"] for line in lines]
            self.assertEqual(endpoints[0], endpoints[1])
            self.assertEqual(self.pmp("unmap", 8001)[0], 0)

    def test_keeps_to_the_exact_port(self):
        self.gateway.start()
        for by in PROTOCOLS:
            self.take("tcp", 40001)

            status, output, errors = self.pmp("map", 8001, 40001, "--exact", "--protocols", by)

            self.assertEqual((status, output), (1, ""))
            self.assertIn(f"external port 40001 is not free at gateway {self.gateway.address}",
                          errors)
            until(lambda: self.gateway.mappings() == self.strangers[:1],
                  lambda: f"the stranger's mapping is alone: {self.gateway.mappings()}")

    def test_lets_a_service_be_reached_while_it_runs(self):
        self.gateway.start()
        for by in PROTOCOLS:
            for transport in ("tcp", "udp"):
                running = self.serve(transport, "--protocols", by)

                self.check_echoes(transport)

                running.send_signal(signal.SIGTERM)
                self.assertEqual(running.wait(10), 128 + signal.SIGTERM)
                self.assertEqual(self.gateway.mappings(), [])

    def serve(self, transport, *options):
        self.lab.check_confined()
        with open(self.lab.directory / "service.log", "ab") as log, \
                self.lab.inside.entered():
            running = subprocess.Popen(
                [PMP, "map", "8001", "40001", "--protocol", transport, *options, "--",
                 sys.executable, "-c", ECHO, transport],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env)
        self.lab.inside.children.append(running)
        return running

    def check_echoes(self, transport):
        kind = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}[transport]
        question = secrets.token_bytes(32)

        def answer():
            with self.lab.outside.socket(socket.AF_INET, kind) as visitor, \
                    contextlib.suppress(OSError):
                visitor.settimeout(0.3)
                visitor.connect((self.gateway.external, 40001))
                visitor.send(question)
                return visitor.recv(64)

        self.assertEqual(until(answer, "the service answers", 10), question)

    def test_never_deletes_what_pmpd_keeps(self):
        self.gateway.start()
        for by in PROTOCOLS:
            pmpd = self.pmpd([tcp(8001)], name=f"pmpd-{by}",
                             gateways={"default": {"protocols": [by]}}).start()
            pmpd.wait_held()

            self.pmp("unmap", 8001)

            self.check_holds(pmpd)
            pmpd.stop(within=5)

    def test_lists_what_upnpc_and_the_kernel_show(self):
        self.gateway.start()
        self.take("udp", 40009)
        for number, by in enumerate(PROTOCOLS):
            self.done("map", 8001 + number, 40001 + number, "--protocols", by, "--quiet")

        told = json.loads(self.done("list", "--json"))["mappings"]

        rows = sorted(to_mapping(each, each["external_port"]) for each in told)
        self.assertEqual(len(rows), 4)
        self.assertEqual(rows, self.shown_by_upnpc())
        self.assertEqual(rows, self.gateway.mappings())
        ours = {each["external_port"] for each in told if each["ours"]}
        self.assertEqual(ours, {40001, 40002, 40003})

    def shown_by_upnpc(self):
        shown = self.lab.inside.run("upnpc", "-m", "eth0", "-l")
        entries = re.findall(r"^ *\d+ (TCP|UDP) +(\d+)->([\d.]+):(\d+)", shown, re.M)
        return sorted(Mapping(protocol.lower(), int(external), address, int(internal))
                      for protocol, external, address, internal in entries)

    def test_list_and_status_agree_with_upnpc_and_the_kernel(self):
        self.gateway.start()
        for by in PROTOCOLS:
            with self.subTest(by):
                pmpd = self.start([tcp(8001), udp(8001), tcp(8002, external=40002),
                                   udp(8003, external="any")], name=f"pmpd-{by}",
                                  gateways={"default": {"protocols": [by]}})
                control = pmpd.directory / "control.sock"

                leases = json.loads(self.done("status", "--control", control, "--json"))["leases"]
                listed = json.loads(self.done("list", "--json"))["mappings"]

                rows = sorted(to_mapping(each, each["external"]["port"]) for each in leases)
                self.assertEqual(len(rows), 4)
                self.assertEqual({each["external"]["address"] for each in leases},
                                 {self.gateway.external})
                self.assertEqual(rows, sorted(to_mapping(each, each["external_port"])
                                              for each in listed))
                self.assertEqual(rows, self.shown_by_upnpc())
                self.assertEqual(rows, self.gateway.mappings())
                pmpd.stop(within=SOON)
                self.assertEqual(self.gateway.mappings(), [])

    def test_says_where_there_is_no_default_route(self):
        self.lab.inside.ip("route", "delete", "default")

        status, output, errors = self.pmp("external-address")

        self.assertEqual((status, output), (3, ""))
        self.assertIn("no gateway was found: there is no default route", errors)

    def test_names_the_gateway_that_is_closed(self):
        status, output, errors = self.pmp("map", 8001)

        self.assertEqual((status, output), (3, ""))
        self.assertIn(f"gateway {self.gateway.address} has closed UDP port 5351", errors)

    def doctor(self):
        status, output, errors = self.pmp("doctor", "--json")
        self.assertEqual(errors, "")
        told = json.loads(output)
        return status, told, {step["step"]: step for step in told["steps"]}

    def test_doctor_ticks_each_step_of_the_default_route(self):
        self.gateway.start()

        status, told, steps = self.doctor()

        self.assertEqual((status, told["verdict"]["name"]), (0, "open"), told)
        self.assertEqual(told["external_address"], self.gateway.external)
        self.assertEqual(steps["interface"]["summary"], f"eth0, {self.lab.address}")
        self.assertEqual(steps["route"]["summary"], f"to {self.gateway.address} by eth0")
        for each in ("pcp", "nat-pmp", "epoch", "trial", "announcements", "firewall"):
            self.assertEqual(steps[each]["result"], "ok", steps[each])
        self.assertEqual(self.gateway.mappings(), [])

    def test_doctor_names_what_is_in_the_way(self):
        self.assertEqual(self.doctor()[1]["verdict"]["name"], "gateway_closed")
        self.lab.inside.ip("route", "delete", "default")
        self.assertEqual(self.doctor()[1]["verdict"]["name"], "no_route")
        self.lab.inside.ip("link", "set", "eth0", "down")
        self.assertEqual(self.doctor()[1]["verdict"]["name"], "not_connected")

    def test_doctor_sees_the_host_firewall(self):
        self.gateway.start()
        self.lab.inside.run("nft", "add table inet wall; add chain inet wall in "
                            "{ type filter hook input priority 0; policy drop; }; "
                            "add rule inet wall in ct state established accept")

        status, told, steps = self.doctor()

        self.assertEqual((status, told["verdict"]["name"]), (0, "open_with_remarks"), told)
        self.assertRegex(steps["announcements"]["summary"], "nftables may drop")
        self.assertRegex(steps["firewall"]["summary"], "each opened port needs one")
