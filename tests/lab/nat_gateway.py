# SPDX-License-Identifier: MIT
"""A home gateway: a namespace with nftables for NAT and Debian's miniupnpd for its protocols."""

import collections
import json
import re
import signal
import subprocess

from bounded import until

GATEWAY_PORT = 5351

# (protocol, assigned port, internal address, internal port), as the gateway has it.
Mapping = collections.namedtuple("Mapping", "protocol assigned_port address port")

RULES = """
table inet filter
delete table inet filter
table inet filter {
  chain forward { type filter hook forward priority 0; policy drop;
    ct state established,related accept
    iifname "lan" oifname "wan" accept
    jump miniupnpd
  }
  chain miniupnpd { }
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain prerouting_miniupnpd { }
  chain postrouting { type nat hook postrouting priority 100;
    jump postrouting_miniupnpd
    oifname "wan" masquerade
  }
  chain postrouting_miniupnpd { }
}
"""

# UPnP stays on: without it miniupnpd 2.3.1 does not watch the address of its external interface.
CONFIGURATION = """
ext_ifname=wan
listening_ip=lan
http_port=5000
enable_upnp=yes
enable_natpmp=yes
min_lifetime=120
max_lifetime=86400
lease_file={leases}
{third_parties}
system_uptime=no
notify_interval=900
clean_ruleset_interval=0
uuid=0bc1f06f-61a6-4aed-b6f5-e15a0250e263
allow 1024-65535 {network} 1024-65535
deny 0-65535 0.0.0.0/0 0-65535
"""


class NatGateway:
    """Internal network 192.168.76+N.0/24, external one 11.22.32+N.0/24; at .1 of both.

    The external addresses exist in the lab alone. They have to look like public ones: miniupnpd
    refuses to work behind one of the ranges for documentation.
    """

    def __init__(self, namespace, number, directory):
        self.namespace = namespace
        self.prefix = f"192.168.{76 + number}"
        self.external_prefix = f"11.22.{32 + number}"
        self.address = f"{self.prefix}.1"
        self.network = f"{self.prefix}.0/24"
        self.external = f"{self.external_prefix}.1"
        self.directory = directory
        self.lease_file = directory / "leases"
        self.log_file = directory / "miniupnpd.log"
        self.process = None

    def prepare(self):
        """To be called once its interfaces `lan` and `wan` are up."""
        self.directory.mkdir()
        self.namespace.set_sysctl("net.ipv4.ip_forward", 1)
        self.load_rules()
        self.configure()

    def configure(self, third_parties=False):
        """`third_parties`: one host may map for another."""
        trust = "secure_mode=no\npcp_allow_thirdparty=yes" if third_parties else "secure_mode=yes"
        (self.directory / "miniupnpd.conf").write_text(CONFIGURATION.format(
            leases=self.lease_file, network=self.network, third_parties=trust))

    def load_rules(self):
        self.namespace.run("nft", "-f", "-", input=RULES)

    def start(self):
        with open(self.log_file, "a", encoding="utf-8") as log:
            self.process = self.namespace.spawn(
                ["miniupnpd", "-d", "-f", self.directory / "miniupnpd.conf",
                 "-P", self.directory / "pid"], log)
        until(self.listens, lambda: "miniupnpd listens\n" + self.log())

    def kill(self):
        """As a power cut would."""
        self.end(signal.SIGKILL)

    def stop(self):
        self.end(signal.SIGTERM)

    def end(self, with_signal):
        if self.process is None:
            return
        self.process.send_signal(with_signal)
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def reboot(self):
        """Without any memory of its mappings."""
        self.kill()
        self.forget()
        self.start()

    def forget(self):
        self.load_rules()
        self.lease_file.unlink(missing_ok=True)

    def listens(self):
        sockets = self.namespace.run("ss", "-Hlun", f"sport = {GATEWAY_PORT}")
        return self.address in sockets or "0.0.0.0" in sockets or "*:" in sockets

    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def epoch(self):
        """As told to a client of NAT-PMP."""
        told = self.namespace.run("natpmpc", "-g", self.address)
        return int(re.search(r"epoch = (\d+)", told)[1])

    def mappings(self):
        """What the kernel does, sorted; two equal ones are two."""
        listed = json.loads(self.namespace.run("nft", "-j", "list", "chain", "inet", "filter",
                                               "prerouting_miniupnpd"))
        found = (to_mapping(each["rule"]["expr"]) for each in listed["nftables"] if "rule" in each)
        return sorted(found)

    def leases(self):
        """What miniupnpd has written down, sorted."""
        if not self.lease_file.exists():
            return []
        return sorted(to_lease(line) for line in self.lease_file.read_text().splitlines())

    def change_external_address(self, address):
        """What a provider does at night. In one go: who asks in between is refused."""
        self.namespace.ip("-batch", "-", input=f"address delete {self.external}/24 dev wan\n"
                                               f"address add {address}/24 dev wan\n")
        self.external = address


def to_mapping(expressions):
    """One nft rule of miniupnpd: matches of the IPv4 protocol field and the port, then dnat."""
    protocol = port = None
    for each in expressions:
        if "match" in each:
            field = each["match"]["left"].get("payload", {})
            if field.get("field") == "dport":
                port = each["match"]["right"]
            elif (field.get("base"), field.get("offset")) == ("nh", 72):
                protocol = {6: "tcp", 17: "udp"}[each["match"]["right"]]
        elif "dnat" in each:
            return Mapping(protocol, port, each["dnat"]["addr"], each["dnat"]["port"])
    raise ValueError(f"no dnat in {expressions}")


def to_lease(line):
    protocol, assigned_port, address, port, *_ = line.split(":")
    return Mapping(protocol.lower(), int(assigned_port), address, int(port))
