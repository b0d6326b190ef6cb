# SPDX-License-Identifier: MIT
"""The daemon under test, run inside of a lab."""

import collections
import json
import re
import signal
import socket
import subprocess
import time
from datetime import datetime

from bounded import SLACK, until
from nat_gateway import Mapping
from programs import PMPD

# How long --once tries.
ONCE_PATIENCE = 30

# RFC 6887 14.1.3 and RFC 6886 3.7: up to so long a client waits before it asks again.
JITTER = 5

# What `held` means, by events: these begin it, those end it.
BEGINS = ("acquired", "renewed", "changed")
ENDS = ("lost", "released")

Row = collections.namedtuple(
    "Row", "mapping state protocol internal external lifetime remaining via gateway error")


def names_of(mapping):
    if mapping["protocol"] != "both":
        names = [mapping.get("name", f"{mapping['protocol']}-{mapping['internal']}")]
    else:
        names = [f"{mapping['name']}-{each}" for each in ("tcp", "udp")]
    if mapping.get("address_family") != "both":
        return names
    return [f"{name}-{each}" for name in names for each in ("ipv4", "ipv6")]


def endpoint(text):
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port)


class Pmpd:
    """One configuration and one state file; the process comes and goes."""

    log_level = "debug"

    def __init__(self, lab, mappings, name="pmpd", **settings):
        self.lab = lab
        self.directory = lab.directory / name
        self.directory.mkdir()
        self.config_file = self.directory / "pmpd.yaml"
        self.state_file = self.directory / "state.json"
        self.log_file = self.directory / "pmpd.log"
        self.control = self.directory / "control.sock"
        self.settings = settings
        self.process = None
        self.log_begins = 0
        self.started = 0.0
        self.configure(mappings)

    def configure(self, mappings):
        """As in the file: `{"protocol": "tcp", "internal": 8001}`."""
        self.mappings = mappings
        # What JSON calls an object is a flow mapping in YAML.
        lines = [f"{key}: {json.dumps(value)}" for key, value in self.settings.items()]
        lines += ["mappings:", *(f"  - {json.dumps(each)}" for each in mappings)]
        self.config_file.write_text("\n".join(lines) + "\n")

    def names(self):
        return {name for each in self.mappings for name in names_of(each)}

    def command(self, *options):
        return [PMPD, "--config", self.config_file, "--state", self.state_file,
                "--control", self.control,
                "--log-format", "json", "--log-level", self.log_level, *options]

    def start(self):
        self.spawn()
        # From its first line on it knows what to do with signals.
        until(self.lines, lambda: f"pmpd runs\n{self.log_file.read_text()}")
        return self

    def spawn(self):
        """As `start`, which does not wait."""
        self.lab.check_confined()
        with open(self.log_file, "ab") as log:
            self.log_begins = log.tell()
            self.started = time.time()
            self.process = self.lab.inside.spawn(self.command(), log)

    def run_once(self):
        """The exit status of `--once` and the table that it printed."""
        self.lab.check_confined()
        with open(self.log_file, "ab") as log, self.lab.inside.entered():
            done = subprocess.run(self.command("--once"), stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=log, text=True, check=False,
                                  timeout=ONCE_PATIENCE + SLACK)
        return done.returncode, to_rows(done.stdout.splitlines())

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, within):
        """The exit status after SIGTERM, and how many seconds that took."""
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        status = self.process.wait(timeout=within + SLACK)
        return status, time.monotonic() - began

    def lines(self):
        """Its log since the last start, oldest first; `at` is when a line was written."""
        text = self.log_file.read_bytes()[self.log_begins:].decode(errors="replace")
        whole = text[:text.rfind("\n") + 1].splitlines()
        return [with_time(json.loads(each)) for each in whole if each.startswith("{")]

    def turn_page(self):
        """From here on `lines` begins."""
        self.log_begins = self.log_file.stat().st_size

    def ask(self, **question):
        """One answer of its control socket."""
        with until(self.connected, "the control socket is open") as control:
            control.sendall(json.dumps(question).encode() + b"\n")
            with control.makefile() as answers:
                return json.loads(answers.readline())

    def connected(self):
        """A client of its control socket; None where that is not open."""
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.settimeout(SLACK)
        try:
            client.connect(str(self.control))
        except (ConnectionRefusedError, FileNotFoundError):
            client.close()
            return None
        return client

    def status(self):
        """{mapping: lease}, of its control socket."""
        return {each["mapping"]: each for each in self.ask(command="status")["leases"]}

    def externals(self):
        """{mapping: (address, port)} of what its control socket calls held."""
        return {name: tuple(each["external"].values()) for name, each in self.status().items()
                if each["state"] in ("held", "renewing")}

    def wait_externals(self, seconds=SLACK):
        """`externals()`, once that is all of its mappings."""
        def all_held():
            held = self.externals()
            return held if set(held) == self.names() else None
        return until(all_held, lambda: f"all is held:\n{self.status()}", seconds, 0.02)

    def mark(self):
        """The present end of the log, for `since`."""
        return len(self.lines())

    def wait_for(self, event, seconds=SLACK, since=0, **fields):
        """The first line that tells this event with these fields."""
        wanted = {"event": event, **fields}

        def found():
            return next((line for line in self.lines()[since:]
                         if wanted.items() <= line.items()), None)
        return until(found, f"pmpd tells {wanted}", seconds)

    def wait_for_port(self, port, since):
        """Until a mapping is told to have this external port."""
        def found():
            return [line for line in self.lines()[since:]
                    if line.get("event") in BEGINS and line["external_port"] == port]
        return until(found, f"pmpd tells that it has {port}")

    def told_held(self, since=0):
        """The last grant of each mapping that has not been ended by anything since."""
        held = {}
        for line in self.lines()[since:]:
            if line.get("event") in BEGINS:
                held[line["mapping"]] = line
            elif line.get("event") in ENDS:
                held.pop(line["mapping"], None)
        return held

    def wait_held(self, seconds=SLACK, since=0):
        """Until all mappings are, as the log tells it; the lines of their grants."""
        def all_held():
            held = self.told_held(since)
            return held if set(held) == self.names() else None
        return until(all_held, lambda: f"pmpd holds {self.names() - set(self.told_held(since))}",
                     seconds)

    def time_to(self, held):
        """From its start to the last of these grants."""
        return max(line["at"] for line in held.values()) - self.started

    def table(self):
        """What SIGUSR1 writes to the log."""
        since = self.mark()
        self.signal(signal.SIGUSR1)

        def written():
            rows = to_rows([line["message"] for line in self.lines()[since:]])
            return rows if len(rows) >= len(self.names()) else None
        return until(written, "pmpd writes its table")

    def held(self):
        """What its table calls held, as {name: row}."""
        return {row.mapping: row for row in self.table() if row.state in ("held", "renewing")}

    def wait_table_held(self):
        """`held()`, once that is all of its mappings."""
        def all_held():
            held = self.held()
            return held if set(held) == self.names() else None
        return until(all_held, lambda: f"the table tells all held:\n{self.table()}",
                     JITTER + SLACK, 0.1)

    def remembered(self, gateway):
        """What its state file knows of a gateway, sorted; in the words of the gateway's table."""
        leases = [each for each in json.loads(self.state_file.read_text())["leases"]
                  if each["gateway_address"] == gateway.address]
        return sorted(Mapping(each["protocol"], each["assigned_port"],
                              each["internal_address"], each["internal_port"]) for each in leases)


def with_time(line):
    line["at"] = datetime.fromisoformat(line["time"].replace("Z", "+00:00")).timestamp()
    return line


def to_rows(lines):
    """Of the last table among the lines."""
    rows = []
    for line in lines:
        cells = re.split(r" {2,}", line.strip())
        if cells[0] == "MAPPING":
            rows = []
        elif len(cells) == len(Row._fields):
            rows.append(Row(*cells))
    return rows


def to_mapping(row):
    """A row of the table, in the words of a gateway's table."""
    return Mapping(row.protocol, endpoint(row.external)[1], *endpoint(row.internal))
