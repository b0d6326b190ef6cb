# SPDX-License-Identifier: MIT
"""What goes over an interface, by the kernel's own clock."""

import collections
import ipaddress
import socket
import struct

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35
UDP = 17

Datagram = collections.namedtuple("Datagram", "at source destination payload")
# What a request is about. The lifetime is 0 where it deletes; NAT-PMP has no nonce.
Request = collections.namedtuple("Request", "at protocol port suggested_port lifetime nonce")


class Capture:
    """All UDP datagrams over one interface of a namespace, since it was made."""

    def __init__(self, namespace, interface):
        # Only a socket for all protocols sees what leaves.
        self.socket = namespace.socket(
            socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind((interface, ETH_P_ALL))
        self.socket.setblocking(False)
        self.seen = []

    def close(self):
        self.socket.close()

    def datagrams(self):
        while True:
            try:
                packet, control, _, _ = self.socket.recvmsg(65536, 64)
            except BlockingIOError:
                return self.seen
            datagram = to_datagram(packet, control)
            if datagram:
                self.seen.append(datagram)

    def requests(self, source):
        """The requests for mappings that `source` has sent, PCP and NAT-PMP alike."""
        sent = (to_request(each) for each in self.datagrams()
                if each.source[0] == source and each.destination[1] == 5351)
        return [each for each in sent if each]


def to_datagram(packet, control):
    if len(packet) < 20 or packet[0] >> 4 != 4 or packet[9] != UDP:
        return None
    header = (packet[0] & 15) * 4
    source, destination, length = struct.unpack_from("!HHH", packet, header)
    addresses = [str(ipaddress.IPv4Address(packet[at:at + 4])) for at in (12, 16)]
    seconds, nanoseconds = struct.unpack("@ll", control[0][2])
    return Datagram(seconds + nanoseconds / 1e9, (addresses[0], source),
                    (addresses[1], destination), packet[header + 8:header + length])


def to_request(datagram):
    """RFC 6887 11.1 and RFC 6886 3.3; None where it is not about a mapping."""
    payload = datagram.payload
    if len(payload) >= 60 and payload[:2] == b"\x02\x01":
        protocol, port, suggested = struct.unpack_from("!BxxxHH", payload, 36)
        lifetime, = struct.unpack_from("!I", payload, 4)
        nonce = payload[24:36]
    elif len(payload) == 12 and payload[:1] == b"\x00" and payload[1] in (1, 2):
        port, suggested, lifetime = struct.unpack_from("!HHI", payload, 4)
        protocol, nonce = {1: 17, 2: 6}[payload[1]], None
    else:
        return None
    return Request(datagram.at, {6: "tcp", 17: "udp"}[protocol], port, suggested, lifetime,
                   nonce)
