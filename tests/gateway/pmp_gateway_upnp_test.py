#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Drives the UPnP side of pmp-gateway over the loopback interface. Usage: pmp_gateway_upnp_test.py PROGRAM"""

import http.client
import re
import socket
import sys
import unittest

import pmp_gateway_test as base
from pmp_gateway_test import Gateway, patience

address = "127.0.0.59"
WAN_IP = "urn:schemas-upnp-org:service:WANIPConnection:"


def search(target, to=(address, 1900), spread=None):
    """The first answer to a search and where it came from; nothing after half a second."""
    lines = ["M-SEARCH * HTTP/1.1", "HOST: 239.255.255.250:1900", 'MAN: "ssdp:discover"', f"ST: {target}"]
    lines += [f"MX: {spread}"] if spread else []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        sock.settimeout(patience if spread else 0.5)
        sock.sendto("\r\n".join([*lines, "", ""]).encode(), to)
        try:
            while True:
                answer, source = sock.recvfrom(4096)
                if source[0] == address:
                    return answer.decode(), source
        except TimeoutError:
            return None, None


def describe(port=5000):
    connection = http.client.HTTPConnection(address, port, timeout=patience)
    connection.request("GET", "/igd/root.xml")
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def act(action, arguments=(), version=1, port=5000):
    """Status and body of the answer to an action."""
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in arguments)
    body = ('<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            f'<u:{action} xmlns:u="{WAN_IP}{version}">{inside}</u:{action}></s:Body></s:Envelope>')
    connection = http.client.HTTPConnection(address, port, timeout=patience)
    connection.request("POST", "/igd/ctl/ip", body, {"SOAPAction": f'"{WAN_IP}{version}#{action}"'})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def add(external, internal, lease=3600, client="127.0.0.1", **more):
    return act("AddPortMapping", [
        ("NewRemoteHost", ""), ("NewExternalPort", external), ("NewProtocol", "TCP"), ("NewInternalPort", internal),
        ("NewInternalClient", client), ("NewEnabled", 1), ("NewPortMappingDescription", "test"),
        ("NewLeaseDuration", lease)], **more)


def look(external, **more):
    return act("GetSpecificPortMappingEntry", [
        ("NewRemoteHost", ""), ("NewExternalPort", external), ("NewProtocol", "TCP")], **more)


def code(body):
    found = re.search(r"<errorCode>(\d+)</errorCode>", body)
    return int(found[1]) if found else None


class Upnp(unittest.TestCase):
    def test_is_found_by_its_address_and_by_the_group(self):
        with Gateway():
            for to, spread in (((address, 1900), None), (("239.255.255.250", 1900), 1)):
                with self.subTest(to):
                    answer, source = search("upnp:rootdevice", to, spread)
                    self.assertIn(f"LOCATION: http://{address}:5000/igd/root.xml\r\n", answer)
                    self.assertEqual(source, (address, 1900))
            self.assertIsNone(search("urn:schemas-upnp-org:device:Printer:1")[0])

    def test_describes_the_version_that_was_asked_for(self):
        for version in "1", "2":
            with self.subTest(version), Gateway("--igd", version):
                status, text = describe()
                self.assertEqual(status, 200)
                self.assertIn(f"<serviceType>{WAN_IP}{version}</serviceType>", text)

    def test_adds_shows_and_deletes_and_prints_it(self):
        with Gateway("--protocols", "upnp") as gateway:
            self.assertEqual(add(2222, 22)[0], 200)
            gateway.expect(r"127\.0\.0\.1:\d+ upnp map tcp 127\.0\.0\.1:22 suggested 0\.0\.0\.0:2222 lifetime 3600 "
                           r"-> SUCCESS 203\.0\.113\.7:2222 lifetime 3600$")
            self.assertIn("<NewInternalPort>22</NewInternalPort>", look(2222)[1])
            gateway.expect("upnp look tcp 2222 -> SUCCESS$")
            row, = gateway.table()
            self.assertEqual(row[:4], ["tcp", "127.0.0.1:22", "203.0.113.7:2222", "upnp"])
            gone = [("NewRemoteHost", ""), ("NewExternalPort", 2222), ("NewProtocol", "TCP")]
            self.assertEqual(act("DeletePortMapping", gone)[0], 200)
            gateway.expect("upnp delete tcp 2222 -> SUCCESS$")
            status, body = look(2222)
            self.assertEqual((status, code(body)), (500, 714))
            gateway.expect("upnp look tcp 2222 -> 714$")

    def test_refuses_as_its_vices_want(self):
        for vice, lease, wanted in (
                ("permanent-only", 3600, 725), ("only-lease=0", 3600, 402), ("refuses=728", 3600, 728),
                ("equal-ports-only", 3600, 724), ("upnp-error=501", 0, 501)):
            with self.subTest(vice), Gateway("--vice", vice):
                self.assertEqual(code(add(2222, 22, lease)[1]), wanted)

    def test_refuses_other_clients_in_version_2(self):
        with Gateway("--igd", "2"):
            self.assertEqual(code(add(2222, 22, client="127.0.0.9", version=2)[1]), 606)

    def test_answers_in_every_framing(self):
        for vice in ("http-chunked", "http-no-length"):
            with self.subTest(vice), Gateway("--vice", vice):
                status, text = describe()
                self.assertEqual((status, text[-9:]), (200, "</root>\r\n"))

    def test_cuts_answers_short(self):
        with Gateway("--vice", "http-cut"):
            self.assertRaises(http.client.IncompleteRead, describe)

    def test_takes_its_time(self):
        with Gateway("--vice", "http-slow=1"):
            self.assertEqual(describe()[0], 200)

    def test_moves_to_another_port_when_it_reboots(self):
        with Gateway("--vice", "http-new-port", "--protocols", "upnp") as gateway:
            gateway.say("reboot")
            gateway.expect("rebooted")
            self.assertEqual(describe(5001)[0], 200)
            self.assertRaises(ConnectionRefusedError, describe)

    def test_stops_speaking_it(self):
        with Gateway() as gateway:
            gateway.say("protocols pcp")
            gateway.expect("protocols pcp$")
            self.assertRaises(ConnectionRefusedError, describe)
            self.assertIsNone(search("upnp:rootdevice")[0])
            gateway.say("protocols upnp")
            gateway.expect("protocols upnp$")
            self.assertEqual(describe()[0], 200)


if __name__ == "__main__":
    base.program = sys.argv.pop(1)
    base.address = address
    unittest.main(verbosity=2)
