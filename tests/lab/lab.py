#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
"""A home with its gateway and a piece of internet, in network namespaces without a way out.

    in  192.168.77.2  --  192.168.77.1  gw  11.22.33.1  --  11.22.33.9  out

gw does NAT with nftables and runs miniupnpd. By hand, as root:

    tests/lab/lab.py up                     make it; it stays until `down`
    tests/lab/lab.py shell in               a shell where pmpd would run; also: gw, out
    tests/lab/lab.py shell in build/dev/daemon/pmpd --config FILE --state /tmp/state.json
    tests/lab/lab.py shell gw nft list ruleset
    tests/lab/lab.py down

The tests make labs of their own, any number at the same time: tests/lab/run.py [-k PATTERN].
"""

import argparse
import atexit
import ipaddress
import json
import os
import pathlib
import shutil
import sys
import tempfile

import namespaces
from namespaces import Namespace
from nat_gateway import NatGateway

TOOLS = ("ip", "ss", "nft", "miniupnpd", "natpmpc")
MACHINE = namespaces.own_namespace()
# Of the home, before and after it is renumbered, and of the internet.
PREFIXES = ("2001:db8:77", "2001:db8:78")
OUTSIDE_PREFIX = "2001:db8:ffff"
ROUTER = "fe80::1"


class Lab:
    """`inside` is a host of the home, `outside` one of the internet; between them, `gateways`."""

    def __init__(self, name=None, directory=None):
        self.name = name or str(os.getpid())
        self.directory = pathlib.Path(
            directory or tempfile.mkdtemp(prefix=f"pmp-{self.name}-"))
        self.inside = Namespace(f"pmp-{self.name}-in")
        self.outside = Namespace(f"pmp-{self.name}-out")
        self.gateways = []
        self.last_words = ""

    def up(self):
        atexit.register(self.down)
        namespaces.sweep()
        self.create(self.inside, self.outside)
        self.add_gateway()
        self.inside.ip("route", "add", "default", "via", self.gateway.address)
        return self

    def down(self):
        """Leaves nothing but `last_words`; may be called twice."""
        atexit.unregister(self.down)
        self.last_words = self.last_words or self.logs()
        for each in self.all_namespaces():
            each.delete()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def gateway(self):
        return self.gateways[0]

    @property
    def address(self):
        """Where the inside is seen from its first gateway."""
        return f"{self.gateway.prefix}.2"

    def logs(self):
        tails = ((each.relative_to(self.directory), each.read_text(errors="replace").splitlines())
                 for each in sorted(self.directory.glob("*/*.log")))
        return "".join("\n".join([f"\n---- {name}", *lines[-40:]]) for name, lines in tails) + "\n"

    def all_namespaces(self):
        return [self.inside, self.outside, *(each.namespace for each in self.gateways)]

    def add_gateway(self):
        """Another one between the inside and the outside; no route leads to it yet."""
        number = len(self.gateways) + 1
        namespace = Namespace(f"pmp-{self.name}-gw{number if number > 1 else ''}")
        gateway = NatGateway(namespace, number, self.directory / f"gateway-{number}")
        self.gateways.append(gateway)
        self.create(namespace)
        interface = f"eth{number - 1}"
        connect((self.inside, interface, f"{gateway.prefix}.2"),
                (namespace, "lan", gateway.address))
        connect((self.outside, interface, f"{gateway.external_prefix}.9"),
                (namespace, "wan", gateway.external))
        gateway.prepare()
        return gateway

    def add_ipv6(self):
        """Between the inside and the outside, by the first gateway, whose firewall lets nothing in.
        As in houses, the default route leads to its link-local address."""
        gateway = self.gateway.namespace
        for each in self.all_namespaces():
            each.set_sysctl("net.ipv6.conf.all.accept_dad", 0)
        gateway.set_sysctl("net.ipv6.conf.all.forwarding", 1)
        gateway.ip("address", "add", f"{ROUTER}/64", "dev", "lan", "nodad")
        gateway.ip("address", "add", f"{OUTSIDE_PREFIX}::1/64", "dev", "wan", "nodad")
        self.outside.ip("address", "add", f"{OUTSIDE_PREFIX}::9/64", "dev", "eth0", "nodad")
        for prefix in PREFIXES:
            gateway.ip("address", "add", f"{prefix}::1/64", "dev", "lan", "nodad")
            self.outside.ip("-6", "route", "add", f"{prefix}::/64", "via", f"{OUTSIDE_PREFIX}::1")
        self.inside.ip("address", "add", f"{host_in(PREFIXES[0])}/64", "dev", "eth0", "nodad")
        self.inside.ip("-6", "route", "add", "default", "via", ROUTER, "dev", "eth0")

    def renumber(self):
        """The provider gives another prefix: the old address may be used, and should not be."""
        self.inside.ip("address", "add", f"{host_in(PREFIXES[1])}/64", "dev", "eth0", "nodad")
        self.inside.ip("address", "change", f"{host_in(PREFIXES[0])}/64", "dev", "eth0",
                       "preferred_lft", "0")

    def create(self, *to_create):
        """With a TCP hash like a home gateway's: miniupnpd reads all of /proc/net/tcp for each TCP
        mapping, which takes 6 ms where the hash is as large as a server's."""
        seed = Namespace(f"pmp-{self.name}-seed").create()
        try:
            seed.set_sysctl("net.ipv4.tcp_child_ehash_entries", 1024)
            with seed.entered():
                for each in to_create:
                    each.create()
        finally:
            seed.delete()

    def check_confined(self):
        """Fails if any way leads out. To be called before anything that maps ports is started."""
        ours = [ipaddress.ip_network(f"{prefix}.0/24") for each in self.gateways
                for prefix in (each.prefix, each.external_prefix)]
        gateways = {each.address for each in self.gateways}
        for each in self.all_namespaces():
            if each.identity() == MACHINE:
                raise AssertionError(f"{each.name} is the machine itself")
            links = {link["ifname"] for link in json.loads(each.ip("-j", "link"))}
            if not links <= {"lo", "lan", "wan", "eth0", "eth1"}:
                raise AssertionError(f"{each.name} has the interfaces {links}")
            for route in json.loads(each.ip("-j", "-4", "route", "show", "table", "all")):
                check_route(route, ours, gateways if each is self.inside else set())
            for route in json.loads(each.ip("-j", "-6", "route", "show", "table", "all")):
                check_route_v6(route, self.inside is each)


def check_route(route, ours, gateways):
    if route.get("type") in ("local", "broadcast"):
        return
    if "gateway" in route:
        allowed = route["gateway"] in gateways
    else:
        allowed = route["dst"] != "default" and ipaddress.ip_network(route["dst"]) in ours
    if not allowed:
        raise AssertionError(f"a route leads out of the lab: {route}")


def check_route_v6(route, may_leave):
    ours = [ipaddress.ip_network(f"{prefix}::/64") for prefix in (*PREFIXES, OUTSIDE_PREFIX)]
    ours += [ipaddress.ip_network(each) for each in ("fe80::/64", "ff00::/8", "::1/128")]
    if route.get("type") in ("local", "anycast", "multicast"):
        return
    if route["dst"] == "default":
        allowed = may_leave and route["gateway"] == ROUTER
    else:
        allowed = any(ipaddress.ip_network(route["dst"]).subnet_of(each) for each in ours)
    if not allowed:
        raise AssertionError(f"a route leads out of the lab: {route}")


def host_in(prefix):
    """The address of the inside."""
    return f"{prefix}::2"


def connect(one, other):
    """Ends of a cable, each with its namespace, interface and address."""
    namespaces.run("ip", "link", "add", one[1], "netns", one[0].name,
                   "type", "veth", "peer", "name", other[1], "netns", other[0].name)
    for namespace, interface, address in (one, other):
        namespace.ip("address", "add", f"{address}/24", "dev", interface)
        namespace.ip("link", "set", interface, "up")


def obstacle():
    """Why there can be no lab here; None where there can be."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    missing = [each for each in TOOLS if not shutil.which(each)]
    if missing:
        return f"not installed: {' '.join(missing)}; script/bootstrap --tests installs them"
    probe = Namespace(f"pmp-{os.getpid()}-probe")
    try:
        probe.create()
        probe.run("nft", "add", "table", "inet", "probe")
    except (RuntimeError, OSError) as error:
        return f"no network namespaces: {error}"
    finally:
        probe.delete()
    return None


def by_hand(arguments):
    lab = Lab("hand", "/run/pmp-lab")
    ends = {"in": lab.inside, "gw": Namespace("pmp-hand-gw"), "out": lab.outside}
    if arguments.verb == "shell":
        if not ends[arguments.end].exists():
            sys.exit("lab.py: there is no lab; `lab.py up` makes one")
        command = arguments.command or [os.environ.get("SHELL", "sh")]
        with ends[arguments.end].entered():
            os.execvp(command[0], command)
    for each in ends.values():
        each.delete()
    lab.down()
    if arguments.verb == "up":
        lab.directory.mkdir()
        lab.up()
        lab.gateway.start()
        atexit.unregister(lab.down)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("up")
    verbs.add_parser("down")
    shell = verbs.add_parser("shell")
    shell.add_argument("end", choices=["in", "gw", "out"])
    shell.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    reason = obstacle()
    if reason:
        sys.exit(f"lab.py: {reason}")
    by_hand(arguments)


if __name__ == "__main__":
    main()
