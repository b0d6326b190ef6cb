#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Drives pmp-gateway over the loopback interface. Usage: pmp_gateway_test.py PROGRAM"""

import queue
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

program = ""
address = "127.0.0.57"
patience = 10
nonce = bytes(range(12))


class Gateway:
    """A running pmp-gateway."""

    def __init__(self, *arguments, stdin=subprocess.PIPE):
        self.process = subprocess.Popen(
            [program, "--listen", address, *arguments],
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.errors = queue.Queue()
        self.readers = [self.read(self.process.stdout, self.lines), self.read(self.process.stderr, self.errors)]
        self.expect(r"pmp-gateway \S+ is " + re.escape(address))

    @staticmethod
    def read(stream, lines):
        def loop():
            with stream:
                for line in stream:
                    lines.put(line.rstrip("\n"))

        thread = threading.Thread(target=loop)
        thread.start()
        return thread

    def say(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def expect(self, pattern):
        """The next line on standard output, which has to match. Any program on this host may search for UPnP by
        multicast: that is passed over."""
        line = self.lines.get(timeout=patience)
        while " upnp search -> " in line:
            line = self.lines.get(timeout=patience)
        assert re.search(pattern, line), f"{line!r} does not match {pattern!r}"
        return line

    def expect_error(self, pattern):
        line = self.errors.get(timeout=patience)
        assert re.search(pattern, line), f"{line!r} does not match {pattern!r}"

    def table(self):
        self.say("table")
        rows = []
        while not re.fullmatch(r"\d+ mappings?", line := self.lines.get(timeout=patience)):
            rows.append(line.split(" "))
        assert int(line.split(" ")[0]) == len(rows)
        return rows

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.status = self.process.wait(timeout=patience)
        if self.process.stdin:
            self.process.stdin.close()
        for reader in self.readers:
            reader.join()


def client():
    result = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    result.settimeout(patience)
    result.bind(("127.0.0.1", 0))
    result.connect((address, 5351))
    return result


def listener():
    """Hears announcements that are sent on the loopback interface."""
    result = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    result.settimeout(patience)
    result.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    result.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    result.bind(("224.0.0.1", 5350))
    result.setsockopt(
        socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
        socket.inet_aton("224.0.0.1") + socket.inet_aton("127.0.0.1"))
    return result


def hear(heard, version):
    """The next announcement of our gateway in that version."""
    while True:
        datagram, source = heard.recvfrom(2048)
        if source == (address, 5351) and datagram[0] == version:
            return datagram


def ask(sock, request):
    sock.send(request)
    return sock.recv(2048)


def pcp_map(internal, suggested, lifetime, protocol=6):
    mapped = b"\0" * 10 + b"\xff\xff"
    header = struct.pack("!BBHI", 2, 1, 0, lifetime) + mapped + socket.inet_aton("127.0.0.1")
    body = nonce + struct.pack("!BxxxHH", protocol, internal, suggested) + mapped + b"\0\0\0\0"
    return header + body


def nat_pmp_map(opcode, internal, suggested, lifetime):
    return struct.pack("!BBHHHI", 0, opcode, 0, internal, suggested, lifetime)


class PmpGateway(unittest.TestCase):
    def test_serves_nat_pmp_and_prints_it(self):
        with Gateway() as gateway, client() as sock:
            reply = ask(sock, b"\0\0")
            self.assertEqual((reply[:4], reply[8:]), (b"\0\x80\0\0", bytes([203, 0, 113, 7])))
            gateway.expect(r"^\d+\.\d{3} 127\.0\.0\.1:\d+ nat-pmp address -> SUCCESS 203\.0\.113\.7 epoch \d+$")

            reply = ask(sock, nat_pmp_map(2, 8080, 2222, 3600))
            self.assertEqual(struct.unpack("!BBHIHHI", reply)[4:], (8080, 2222, 3600))
            gateway.expect(r"nat-pmp map tcp 127\.0\.0\.1:8080 .* -> SUCCESS 203\.0\.113\.7:2222 lifetime 3600")
        self.assertEqual(gateway.status, 0)

    def test_serves_pcp_and_shows_its_table(self):
        with Gateway("--external", "198.51.100.4", "--max-lifetime", "600") as gateway, client() as sock:
            reply = ask(sock, pcp_map(8080, 2222, 7200))
            self.assertEqual(reply[:4], b"\x02\x81\0\0")
            self.assertEqual(struct.unpack("!I", reply[4:8]), (600,))
            self.assertEqual(reply[56:60], bytes([198, 51, 100, 4]))
            gateway.expect(rf"pcp map tcp 127\.0\.0\.1:8080 .* nonce {nonce.hex()} -> SUCCESS 198\.51\.100\.4:2222")

            row, = gateway.table()
            self.assertEqual(row[:4], ["tcp", "127.0.0.1:8080", "198.51.100.4:2222", "pcp"])
            self.assertIn(int(row[4]), range(590, 601))
            self.assertEqual(row[5], nonce.hex())

            ask(sock, pcp_map(8080, 0, 0))
            gateway.expect("pcp delete tcp 127.0.0.1:8080 .* -> SUCCESS")
            self.assertEqual(gateway.table(), [])

    def test_prints_a_mapping_that_runs_out(self):
        with Gateway() as gateway, client() as sock:
            ask(sock, nat_pmp_map(1, 53, 5353, 1))
            gateway.expect("nat-pmp map udp")
            gateway.expect(r"expired udp 127\.0\.0\.1:53 203\.0\.113\.7:5353$")

    def test_announces_itself_from_its_own_address_and_port(self):
        with listener() as heard, Gateway() as gateway, client() as sock:
            self.assertEqual(hear(heard, 2), b"\x02\x80" + bytes(22))
            ask(sock, nat_pmp_map(2, 8080, 2222, 3600))
            gateway.expect("nat-pmp map")

            gateway.say("announce")
            gateway.expect("announced$")
            hear(heard, 2)
            gateway.say("address 198.51.100.4")
            gateway.expect("external address 198.51.100.4$")
            while (announced := hear(heard, 0)[8:]) != bytes([198, 51, 100, 4]):
                self.assertEqual(announced, bytes([203, 0, 113, 7]))
            gateway.say("reboot keep")
            gateway.expect("rebooted, kept 1 mapping$")
            hear(heard, 2)
            gateway.say("reboot")
            gateway.expect("rebooted, forgot 1 mapping$")
            self.assertEqual(gateway.table(), [])

    def test_sends_mapping_updates(self):
        with Gateway() as gateway, client() as sock:
            ask(sock, pcp_map(8080, 2222, 7200))
            gateway.say("address 198.51.100.4")
            for _ in range(3):
                self.assertEqual(sock.recv(2048)[42:60][-4:], bytes([198, 51, 100, 4]))

    def test_has_vices_from_the_start_and_on_command(self):
        with Gateway("--vice", "refuses=8:77") as gateway, client() as sock:
            self.assertEqual(ask(sock, pcp_map(8080, 0, 7200))[3:8], b"\x08" + struct.pack("!I", 77))
            gateway.expect("-> NO_RESOURCES lifetime 77")

            gateway.say("vice refuses off")
            gateway.expect("vice refuses off$")
            gateway.say("vice shortens-lifetimes=9")
            gateway.expect("vice shortens-lifetimes=9 on$")
            self.assertEqual(ask(sock, pcp_map(8080, 0, 7200))[3:8], b"\0" + struct.pack("!I", 9))
            gateway.expect("-> SUCCESS")

            gateway.say("vice silent on")
            gateway.expect("vice silent on$")
            sock.send(b"\0\0")
            sock.settimeout(0.2)
            self.assertRaises(TimeoutError, sock.recv, 2048)

    def test_answers_from_elsewhere(self):
        for vice, source in (("port", (address, 5352)), ("address", ("127.0.0.58", 5351))):
            with self.subTest(vice), Gateway("--vice", "answers-from-other-" + vice):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                    sock.settimeout(patience)
                    sock.sendto(b"\0\0", (address, 5351))
                    self.assertEqual(sock.recvfrom(2048)[1], source)

    def test_changes_its_protocols(self):
        with Gateway("--protocols", "nat-pmp") as gateway, client() as sock:
            self.assertEqual(ask(sock, pcp_map(8080, 0, 7200))[:4], b"\0\x80\0\x01")
            gateway.expect("pcp unknown -> UNSUPPORTED_VERSION")
            gateway.say("protocols pcp")
            gateway.expect("protocols pcp$")
            self.assertEqual(ask(sock, b"\0\0")[:4], b"\x02\x80\0\x01")

    def test_says_what_is_wrong_with_a_command(self):
        with Gateway() as gateway:
            for command, sentence in (
                    ("jump", '"jump" is no command; these are: reboot'),
                    ("reboot please", 'it is "reboot" or "reboot keep"'),
                    ("address home", '"home" is no IP address'),
                    ("protocols ipx", '"ipx" is no protocol; pcp, nat-pmp and upnp are'),
                    ("vice laziness on", "vice 'laziness': there is no such vice"),
                    ("vice silent maybe", 'it is "vice NAME on"')):
                gateway.say(command)
                gateway.expect_error("^pmp-gateway: .*" + re.escape(sentence))
            self.assertEqual(gateway.table(), [])

    def test_ends_by_quit_and_by_signals_but_not_with_its_input(self):
        with Gateway() as gateway:
            gateway.say("quit")
            self.assertEqual(gateway.process.wait(timeout=patience), 0)
        for number in (signal.SIGINT, signal.SIGTERM):
            with Gateway(stdin=subprocess.DEVNULL) as gateway, client() as sock:
                time.sleep(0.1)
                self.assertEqual(len(ask(sock, b"\0\0")), 12)
                gateway.process.send_signal(number)
                self.assertEqual(gateway.process.wait(timeout=patience), 0)

    def run_program(self, *arguments):
        done = subprocess.run(
            [program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=patience)
        return done.returncode, done.stdout, done.stderr

    def test_fails_where_it_cannot_have_its_port(self):
        with Gateway():
            status, _, error = self.run_program("--listen", address)
        self.assertEqual(status, 1)
        self.assertEqual(error, f"pmp-gateway: cannot serve at {address} port 5351: Address already in use\n")

        status, _, error = self.run_program("--listen", "192.0.2.77")
        self.assertEqual(status, 1)
        self.assertIn("192.0.2.77 port 5351: Cannot assign requested address", error)

    def test_rejects_what_it_does_not_know(self):
        for arguments, sentence in (
                (["--igd", "3"], "--igd is 1 or 2"),
                (["--protocols", "ipx"], '"ipx" is no protocol'),
                (["--listen", "home"], '"home" is no IP address'),
                (["--listen", "0.0.0.0"], "--listen needs one address"),
                (["--vice", "loses-every"], "it needs a value: loses-every=N"),
                (["--max-lifetime", "0"], "--max-lifetime is at least 1"),
                (["--colour"], "--colour"),
                (["now"], 'unexpected argument "now"')):
            with self.subTest(arguments):
                status, output, error = self.run_program(*arguments)
                self.assertEqual((status, output), (2, ""))
                self.assertRegex(error, "^pmp-gateway: .*" + re.escape(sentence))

    def test_explains_itself(self):
        status, output, _ = self.run_program("--help")
        self.assertEqual(status, 0)
        self.assertIn("--max-lifetime S", output)
        self.assertIn("refuses=RESULT[:LIFETIME]", output)
        self.assertLessEqual(max(map(len, output.splitlines())), 100)
        status, output, _ = self.run_program("--version")
        self.assertEqual(status, 0)
        self.assertRegex(output, r"^pmp-gateway \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    program = sys.argv.pop(1)
    unittest.main(verbosity=2)
