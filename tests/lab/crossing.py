# SPDX-License-Identifier: MIT
"""Bytes from the outside to the inside and back."""

import secrets
import select
import socket

PATIENCE = 2.0


def check_open(inside, outside, protocol, internal, assigned):
    """Fails unless bytes that are sent to `assigned` outside arrive at `internal`, and the answer
    comes back."""
    obstacle = exchange(inside, outside, protocol, internal, assigned)
    if obstacle:
        raise AssertionError(
            f"no bytes cross from {protocol} {assigned} to {internal}: {obstacle!r}")


def check_closed(inside, outside, protocol, internal, assigned):
    """Fails if they do arrive."""
    if not exchange(inside, outside, protocol, internal, assigned):
        raise AssertionError(f"bytes cross from {protocol} {assigned} to {internal}")


def exchange(inside, outside, protocol, internal, assigned):
    """What stood in the way of the bytes, or None."""
    kind = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}[protocol]
    family = socket.AF_INET6 if ":" in internal[0] else socket.AF_INET
    with inside.socket(family, kind) as host, outside.socket(family, kind) as visitor:
        host.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        host.bind(internal)
        host.settimeout(PATIENCE)
        visitor.settimeout(PATIENCE)
        try:
            if protocol == "tcp":
                talk_tcp(host, visitor, assigned)
            else:
                talk_udp(host, visitor, assigned)
        except OSError as obstacle:
            return obstacle
    return None


def talk_tcp(host, visitor, assigned):
    host.listen()
    visitor.connect(assigned)
    accepted, _ = host.accept()
    with accepted:
        accepted.settimeout(PATIENCE)
        question, answer = secrets.token_bytes(32), secrets.token_bytes(32)
        visitor.sendall(question)
        expect(question, accepted.recv(64))
        accepted.sendall(answer)
        expect(answer, visitor.recv(64))


def talk_udp(host, visitor, assigned):
    visitor.connect(assigned)
    question, answer = secrets.token_bytes(32), secrets.token_bytes(32)
    visitor.send(question)
    # A closed port shows at the sender, as an ICMP error.
    if visitor in select.select([host, visitor], [], [], PATIENCE)[0]:
        raise OSError(f"{visitor.recv(64)!r} came back unasked")
    heard, source = host.recvfrom(64)
    expect(question, heard)
    host.sendto(answer, source)
    expect(answer, visitor.recv(64))


def expect(sent, heard):
    if heard != sent:
        raise OSError(f"{sent!r} was sent and {heard!r} arrived")
