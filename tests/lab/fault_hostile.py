# SPDX-License-Identifier: MIT
"""What somebody else in the home, or on the host, does on purpose."""

import contextlib
import ipaddress
import json
import pathlib
import re
import signal
import socket
import struct
import subprocess
import time

import process
from bounded import SLACK, until
from fault import SEVERAL, Fault, udp

HERE = pathlib.Path(__file__).resolve().parent
FLOOD_SECONDS = 2.0
DATAGRAMS_PER_SECOND = 100_000
FRAMES = 512
STRANGER = "192.168.77.66"
EXTRA = udp(8009)
# SECURITY.md: what a forged announcement costs at the most, in ten seconds. A round of requests may
# have to be sent again.
ROUNDS_OF_REQUESTS = 4
COUNTER = """
table inet counted
delete table inet counted
table inet counted {
  chain arriving { type filter hook prerouting priority -500;
    iifname lan udp dport 5351 counter
  }
}
"""


class Spoofed(Fault):
    """By turns under an address of its own and under the gateway's."""

    name = "100,000 forged datagrams a second"

    def make_ready(self):
        super().make_ready()
        # Debug tells of every single datagram.
        self.daemon.kill()
        self.daemon.log_level = "info"
        self.daemon.start()
        self.daemon.wait_externals()
        self.program = self.lab.directory / "flood"
        subprocess.run(["cc", "-O2", "-o", self.program, HERE / "flood.c"], check=True)
        self.as_gateway = False

    def round(self):
        self.as_gateway = not self.as_gateway
        source = self.gateway.address if self.as_gateway else STRANGER
        self.count_requests()
        pid = self.daemon.process.pid
        self.daemon.turn_page()
        worked = process.cpu_seconds(pid)

        flood = self.flood(source)
        time.sleep(FLOOD_SECONDS / 4)
        self.measure("s for status", self.time_of(self.daemon.status))
        self.measure(f"s for a new mapping, {'gateway forged' if self.as_gateway else 'stranger'}",
                     self.time_of(self.add_mapping))
        flood.wait()

        self.measure("CPU s", process.cpu_seconds(pid) - worked)
        sent = int(flood.stdout.read())
        self.measure("datagrams/s", sent / FLOOD_SECONDS)
        requests = self.requests()
        self.measure("requests", requests)
        most = (ROUNDS_OF_REQUESTS if self.as_gateway else 1) * (len(SEVERAL) + 1)
        if requests > most:
            raise AssertionError(f"{requests} requests, where {most} are allowed")
        self.reload(SEVERAL)
        self.check_held()
        lost = [each for each in self.daemon.lines() if each.get("event") in ("lost", "changed")]
        if lost:
            raise AssertionError(f"it believed somebody: {lost}")

    def add_mapping(self):
        self.reload([*SEVERAL, EXTRA])
        self.daemon.wait_externals(FLOOD_SECONDS + SLACK + SLACK)

    def reload(self, mappings):
        self.daemon.configure(mappings)
        self.daemon.signal(signal.SIGHUP)

    @staticmethod
    def time_of(action):
        began = time.monotonic()
        action()
        return time.monotonic() - began

    def flood(self, source):
        frames = b"".join(struct.pack("!H", len(each)) + each for each in self.frames(source))
        self.lab.check_confined()
        with self.gateway.namespace.entered():
            child = subprocess.Popen(
                [self.program, "lan", str(DATAGRAMS_PER_SECOND), str(FLOOD_SECONDS)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.gateway.namespace.children.append(child)
        child.stdin.write(frames)
        child.stdin.close()
        return child

    def frames(self, source):
        """To every port of UDP that is open, in turn."""
        listening = self.lab.inside.run("ss", "-Hlun").split("\n")
        ports = {int(re.search(r":(\d+)\s", each)[1]) for each in listening if each}
        links = {name: json.loads(namespace.ip("-j", "link", "show", name))[0]["address"]
                 for namespace, name in ((self.lab.inside, "eth0"),
                                         (self.gateway.namespace, "lan"))}
        ethernet = bytes.fromhex((links["eth0"] + links["lan"]).replace(":", "")) + b"\x08\x00"
        ports = sorted(ports)
        for number in range(FRAMES):
            port = ports[number % len(ports)]
            # What is announced comes to a group or to the host.
            destination = "224.0.0.1" if port == 5350 and number % 2 else self.lab.address
            yield ethernet + ip_packet((source, 5351), (destination, port), self.payload())

    def payload(self):
        return self.random.choice(
            [self.pcp_map, self.pcp_announcement, self.pcp_refusal, self.nat_pmp_grant,
             self.nat_pmp_announcement, self.nat_pmp_refusal, self.garbage])()

    def pcp_map(self, result=0):
        header = struct.pack("!BBxBII12x", 2, 0x81, result, 7200, self.epoch())
        external = b"\0" * 10 + b"\xff\xff" + bytes([66, 66, 66, 66])
        return header + self.random.randbytes(12) + struct.pack(
            "!B3xHH", self.random.choice([6, 17]), self.random.choice([8001, 8002, 8003]),
            self.random.randrange(1024, 65536)) + external

    def pcp_refusal(self):
        return self.pcp_map(self.random.randrange(1, 14))

    def pcp_announcement(self):
        return struct.pack("!BBxBII12x", 2, 0x80, 0, 0, self.epoch())

    def nat_pmp_grant(self):
        return struct.pack("!BBHIHHI", 0, self.random.choice([129, 130]), 0, self.epoch(),
                           self.random.choice([8001, 8002, 8003]), 6666, 7200)

    def nat_pmp_announcement(self):
        return struct.pack("!BBHI4B", 0, 128, 0, self.epoch(), 66, 66, 66, 66)

    def nat_pmp_refusal(self):
        return struct.pack("!BBHI", 0, 128, 1, self.epoch())

    def garbage(self):
        return self.random.randbytes(self.random.randrange(0, 1200))

    def epoch(self):
        return self.random.randrange(0, 1 << self.random.randrange(1, 32))

    def count_requests(self):
        """By the kernel: nothing else keeps up."""
        self.gateway.namespace.run("nft", "-f", "-", input=COUNTER)

    def requests(self):
        listed = self.gateway.namespace.run("nft", "list", "table", "inet", "counted")
        return int(re.search(r"counter packets (\d+)", listed)[1])


class Garbage(Fault):
    """And clients that say half of what they want, that never read, that leave."""

    name = "garbage on the control socket"
    clients = 60

    def round(self):
        pid = self.daemon.process.pid
        descriptors, memory = process.descriptors(pid), process.heap_kib(pid)
        capture = self.capture()
        with contextlib.ExitStack() as end:
            for _ in range(self.clients):
                client = end.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
                client.settimeout(SLACK)
                with contextlib.suppress(OSError):
                    client.connect(str(self.daemon.control))
                    client.sendall(self.nonsense())
                    client.shutdown(self.random.choice([socket.SHUT_WR, socket.SHUT_RD]))
            self.daemon.ask(command="version")
        self.check_alive()
        self.check_held()
        until(lambda: process.descriptors(pid) <= descriptors,
              lambda: f"{descriptors} descriptors, not {process.descriptors(pid)}")
        self.measure("KiB more", process.heap_kib(pid) - memory)
        asked = capture.requests(self.lab.address)
        capture.close()
        if asked:
            raise AssertionError(f"it asked the gateway: {asked}")

    def nonsense(self):
        length = self.random.choice([1, 100, 1 << 16, (1 << 16) + 1, 1 << 20])
        return self.random.choice([
            self.random.randbytes(length), b"\n" * length, b"[" * length, b"{" * length + b"\n",
            b'{"command": "watch"}\n' * 50, b'{"command": "status"}\n' * 200,
            b'{"command": "status"', b'{"command": 7}\n', b'{"command": "renew", "mapping": []}\n',
            b'{"command": "\xff\xfe\x00"}\n', b'{"command": "' + b"x" * length + b'"}\n', b""])


def ip_packet(source, destination, payload):
    datagram = struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0) + payload
    addresses = b"".join(ipaddress.IPv4Address(each).packed for each in (source[0], destination[0]))
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0) + addresses
    total = sum(struct.unpack("!10H", header))
    total = (total & 0xffff) + (total >> 16)
    checksum = ~(total + (total >> 16)) & 0xffff
    return header[:10] + struct.pack("!H", checksum) + header[12:] + datagram
