# SPDX-License-Identifier: MIT
"""How long whole processes take, from their start to their end: pmp beside natpmpc, upnpc and a program
that sends one datagram, in the lab. All take turns in every round, so that a busy machine slows all
alike."""

import os
import shutil
import statistics
import subprocess
import sys
import time

from bounded import until
from programs import PMP, PMP_GATEWAY

# upnpc waits two seconds for answers to its search, whatever it hears.
SLOW_ROUNDS = 3
# A deletion that a process has not waited for may not slow the next one.
PAUSE = 0.05
NOTHING = os.open(os.devnull, os.O_RDWR)
QUIET = [(os.POSIX_SPAWN_DUP2, NOTHING, each) for each in (0, 1, 2)]


class Contestant:
    """One command; `undo`: what ends its mapping, so that each run makes one; `fresh`: it finds nothing of its earlier
    runs."""

    def __init__(self, name, command, undo=None, state=None, fresh=False, slow=False):
        self.name = name
        self.command = [shutil.which(command[0]), *map(str, command[1:])]
        self.undo = [shutil.which(undo[0]), *map(str, undo[1:])] if undo else None
        self.state = state
        self.fresh = fresh
        self.slow = slow
        self.times = []

    def run(self):
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
        if self.state:
            environment["XDG_STATE_HOME"] = str(self.state)
            if self.fresh:
                shutil.rmtree(self.state / "pmp", ignore_errors=True)
        start = time.perf_counter_ns()
        pid = os.posix_spawn(self.command[0], self.command, environment, file_actions=QUIET)
        _, status = os.waitpid(pid, 0)
        self.times.append((time.perf_counter_ns() - start) / 1e6)
        if status != 0:
            self.explain(self.command, environment)
        if self.undo and subprocess.run(self.undo, env=environment, capture_output=True, check=False).returncode != 0:
            self.explain(self.undo, environment)

    @staticmethod
    def explain(command, environment):
        again = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        sys.exit(f"bench: {' '.join(command)} failed:\n{again.stdout}{again.stderr}")


def race(lab, title, contestants, rounds, quiet=False):
    lab.check_confined()
    with lab.inside.entered():
        for each in contestants:
            each.run()
            each.times.clear()
        for number in range(rounds):
            turn = number % len(contestants)
            for each in contestants[turn:] + contestants[:turn]:
                if not each.slow or number < SLOW_ROUNDS:
                    time.sleep(PAUSE)
                    each.run()
    if not quiet:
        show(title, contestants)


def show(title, contestants):
    """Where others want the machine too, the tenth part is nearer to what the programs themselves take."""
    columns = {
        each.name: (statistics.median(each.times), part_of(each.times, 0.1), part_of(each.times, 0.9)) for each in contestants
    }
    print(f"\n{title}\n{'':28}{'median ms':>10}{'p10':>8}{'p90':>8}{'runs':>6}{'/ natpmpc':>11}{'p10':>8}{'/ upnpc':>9}")
    for each in contestants:
        median, tenth, ninetieth = columns[each.name]
        row = f"  {each.name:26}{median:10.2f}{tenth:8.2f}{ninetieth:8.2f}{len(each.times):6}"
        row += f"{median / columns['natpmpc'][0]:11.3f}{tenth / columns['natpmpc'][1]:8.3f}"
        if "upnpc, searching" in columns:
            row += f"{median / columns['upnpc, searching'][0]:9.3f}"
        print(row)


def part_of(times, part):
    return sorted(times)[round(part * (len(times) - 1))]


def compete(lab, title, floor, pmp, rounds, upnp, named=True):
    """`named`: the gateway need not be looked for, as by the one datagram, which always knows it."""
    gateway, state = lab.gateway.address, lab.directory / ("named" if named else "found")
    state.mkdir(exist_ok=True)
    title += ", named" if named else ", looked for"
    natpmpc = ["natpmpc", *(["-g", gateway] if named else [])]

    where = ["--gateway", gateway] if named else []

    def ours(name, *arguments, undo=None, fresh=False):
        return Contestant(name, [pmp, *arguments, *where], undo and [pmp, *undo, *where], state / name.replace(" ", "-"), fresh)

    def mapping(port):
        return ["map", port, "--protocol", "udp", "--lifetime", "1h"]

    def no_mapping(port):
        return ["unmap", port, "--protocol", "udp"]

    race(lab, f"external address, {title}", [
        Contestant("one datagram", [floor, gateway]),
        Contestant("natpmpc", natpmpc),
        ours("pmp", "external-address", fresh=True),
        ours("pmp, hinted", "external-address"),
    ] + ([Contestant("upnpc, searching", ["upnpc", "-s"], slow=True)] if upnp else []), rounds)
    race(lab, f"map a UDP port, {title}", [
        Contestant("one datagram", [floor, gateway, 40001], [*natpmpc, "-a", 0, 40001, "udp", 0]),
        Contestant("natpmpc", [*natpmpc, "-a", 40002, 40002, "udp", 3600], [*natpmpc, "-a", 0, 40002, "udp", 0]),
        ours("pmp", *mapping(40003), undo=no_mapping(40003), fresh=True),
        ours("pmp, hinted", *mapping(40004), undo=no_mapping(40004)),
    ] + ([Contestant("upnpc, searching", ["upnpc", "-a", lab.address, 40005, 40005, "udp", 3600],
                     ["upnpc", "-d", 40005, "udp"], slow=True)] if upnp else []), rounds)


def simulate(lab, program, protocols):
    """pmp-gateway in the place of the lab's gateway."""
    with open(lab.directory / "simulated.log", "w+", encoding="utf-8") as log:
        child = lab.gateway.namespace.spawn(
            [program, "--listen", lab.gateway.address, "--protocols", protocols], log)
        until(lab.gateway.listens, "pmp-gateway listens")
        return child


def first(lab, tools, rounds):
    """The first answer of pmp beside natpmpc, upnpc and a program that sends one datagram."""
    floor = str(tools["one_datagram"])
    lab.gateway.start()
    title = "gateway with PCP and NAT-PMP (miniupnpd)"
    compete(lab, title, floor, str(PMP), rounds, upnp=True)
    compete(lab, title, floor, str(PMP), rounds, upnp=False, named=False)
    lab.gateway.stop()
    child = simulate(lab, str(PMP_GATEWAY), "nat-pmp")
    compete(lab, "gateway with NAT-PMP alone (pmp-gateway)", floor, str(PMP), rounds, upnp=False)
    child.terminate()
    child.wait()
