# SPDX-License-Identifier: MIT
"""A daemon that is never left alone, and whether it grows."""

import random
import socket
import statistics
import time

import process
from bounded import SLACK, until
from lab import Lab
from pmpd import JITTER, Pmpd

MAPPINGS = 40
EXTERNALS = ("11.22.33.1", "11.22.33.44", "11.22.33.45")
# Every so often nothing happens for a while, and is counted.
ROUND_SECONDS = 300
QUIET_SECONDS = 40
BETWEEN_EVENTS = (1, 8)
# Of the heap, from the second quarter of the time to the last one.
MOST_GROWTH_KIB = 256


class Soak:
    """Some mappings, and all that can happen to them, one thing after the other."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lab = Lab()
        self.samples = []
        self.events = {}
        self.next_port = 10000

    def __enter__(self):
        self.lab.up()
        self.lab.gateway.start()
        self.daemon = Pmpd(
            self.lab, [self.mapping() for _ in range(MAPPINGS)], lifetime="2m", verify="1m",
            metrics="127.0.0.1:9351",
            hooks=[{"on": ["acquired", "changed", "lost"], "run": ["/bin/true", "{mapping}"]}])
        self.daemon.start()
        self.daemon.wait_externals(JITTER + SLACK)
        return self

    def __exit__(self, *_):
        self.lab.down()

    def mapping(self):
        self.next_port += 1
        return {"protocol": self.random.choice(["tcp", "udp"]), "internal": self.next_port}

    def run(self, minutes, say):
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            self.disturb(min(time.monotonic() + ROUND_SECONDS - QUIET_SECONDS, end))
            self.count()
            say(self.samples[-1])

    def disturb(self, end):
        while time.monotonic() < end:
            event = self.random.choice(EVENTS)
            event(self)
            self.events[event.__name__] = self.events.get(event.__name__, 0) + 1
            time.sleep(self.random.uniform(*BETWEEN_EVENTS))

    def count(self):
        """Fails unless all is held. Then what it uses, and how often it wakes in a quiet time."""
        pid = self.daemon.process.pid
        self.daemon.wait_externals(30)
        until(lambda: len(self.lab.gateway.mappings()) == MAPPINGS,
              lambda: f"{MAPPINGS} mappings are made: {self.lab.gateway.mappings()}", 30)
        woken, worked, began = process.wakeups(pid), process.cpu_seconds(pid), time.monotonic()
        time.sleep(QUIET_SECONDS)
        minutes = (time.monotonic() - began) / 60
        self.samples.append({
            "heap_kib": process.heap_kib(pid), "descriptors": process.descriptors(pid),
            "timers": process.timers(pid),
            "wakeups_per_minute": round((process.wakeups(pid) - woken) / minutes),
            "cpu_ms_per_minute": round(1000 * (process.cpu_seconds(pid) - worked) / minutes)})
        self.daemon.turn_page()

    def growth(self):
        """Of the heap in KiB, and of the descriptors and timers."""
        quarter = max(1, len(self.samples) // 4)
        early, late = self.samples[quarter:2 * quarter], self.samples[-quarter:]
        return {what: statistics.median(each[what] for each in late) -
                statistics.median(each[what] for each in early or self.samples)
                for what in ("heap_kib", "descriptors", "timers", "wakeups_per_minute")}

    def is_flat(self):
        grown = self.growth()
        return (grown["heap_kib"] <= MOST_GROWTH_KIB and grown["descriptors"] <= 0
                and grown["timers"] <= 0)

    def reload_with_an_edit(self):
        mappings = self.daemon.mappings[:]
        for _ in range(self.random.randint(1, 10)):
            mappings[self.random.randrange(len(mappings))] = self.mapping()
        self.daemon.configure(mappings)
        self.daemon.ask(command="reload")

    def reload_of_nonsense(self):
        whole = self.daemon.config_file.read_text()
        self.daemon.config_file.write_text("mappings: [{internal: 99999")
        self.daemon.ask(command="reload")
        self.daemon.config_file.write_text(whole)

    def gateway_reboots(self):
        self.lab.gateway.reboot()

    def address_changes(self):
        self.lab.gateway.change_external_address(self.random.choice(
            [each for each in EXTERNALS if each != self.lab.gateway.external]))

    def route_goes_and_comes(self):
        self.lab.inside.ip("route", "delete", "default")
        time.sleep(self.random.uniform(0, 2))
        self.lab.inside.ip("route", "add", "default", "via", self.lab.gateway.address)

    def renewal_of_all(self):
        self.daemon.ask(command="renew")

    def clients_of_the_control_socket(self):
        for _ in range(20):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
                control.connect(str(self.daemon.control))
                control.sendall(self.random.choice(
                    [b'{"command": "watch"}\n', b'{"command": "status"}\n', b"{", b"garbage\n"]))

    def clients_of_the_metrics(self):
        for _ in range(5):
            with self.lab.inside.socket(socket.AF_INET, socket.SOCK_STREAM) as scrape:
                scrape.settimeout(SLACK)
                scrape.connect(("127.0.0.1", 9351))
                scrape.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                while scrape.recv(65536):
                    pass


EVENTS = (Soak.reload_with_an_edit, Soak.reload_with_an_edit, Soak.reload_of_nonsense,
          Soak.gateway_reboots, Soak.address_changes, Soak.route_goes_and_comes,
          Soak.renewal_of_all, Soak.clients_of_the_control_socket, Soak.clients_of_the_metrics)


def soak(minutes, seed):
    """Whether it stayed as it was; says so as it goes."""
    def say(sample):
        elapsed = (time.monotonic() - began) / 60
        print(f"{elapsed:6.1f} min  " + "  ".join(f"{key}={value}" for key, value in sample.items()),
              flush=True)

    began = time.monotonic()
    with Soak(seed) as it:
        print(f"soak of {minutes:g} min, seed {seed}: {MAPPINGS} mappings of 2 min at miniupnpd")
        it.run(minutes, say)
        print("events:", ", ".join(f"{count} {name}" for name, count in sorted(it.events.items())))
        print("from the second quarter to the last:", it.growth())
        print("flat" if it.is_flat() else "NOT FLAT")
        return it.is_flat()
