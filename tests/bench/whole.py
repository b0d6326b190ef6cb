# SPDX-License-Identifier: MIT
"""What the daemon as a whole costs: many mappings, idleness, recoveries and reloads. Each figure stands beside a bare
exchange or another program in the same run."""

import contextlib
import os
import re
import socket
import subprocess
import time

import process
from bounded import until
from capture import Capture
from first import Contestant, race
from pmpd import Pmpd
from programs import PMP, PMP_GATEWAY
from table import show

WINDOW = 8
IDLE_MAPPINGS = 100
IDLE_SECONDS = 60
LARGE = 10_000
# Each: miniupnpd takes time for every mapping that is there.
MINIUPNPD_ROUNDS = 3
NO_DATAGRAMS = """
table inet silent
delete table inet silent
table inet silent {{
  chain arriving {{ type filter hook prerouting priority -400;
    iifname lan udp dport 5351 {verdict}
  }}
}}
"""


def mappings(count, first=10000):
    return [{"protocol": "udp", "internal": first + number} for number in range(count)]


def timed(lab, command, **settings):
    """Seconds until it has ended, and seconds of its processor time."""
    with lab.inside.entered():
        began = time.perf_counter()
        child = subprocess.Popen([str(each) for each in command], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **settings)
        complaint = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{command}: {complaint.decode(errors='replace')[-2000:]}")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime


@contextlib.contextmanager
def gateway(lab, *options):
    """pmp-gateway in the place of miniupnpd; it takes commands."""
    with open(lab.directory / "simulated.log", "w+", encoding="utf-8") as log:
        with lab.gateway.namespace.entered():
            child = subprocess.Popen(
                [PMP_GATEWAY, "--listen", lab.gateway.address, "--external", lab.gateway.external,
                 *options], stdin=subprocess.PIPE, stdout=log, stderr=log, text=True)
        lab.gateway.namespace.children.append(child)
        until(lab.gateway.listens, "pmp-gateway listens")
        try:
            yield child
        finally:
            child.kill()
            child.wait()


def daemon(lab, count, name, **settings):
    made = Pmpd(lab, mappings(count), name, **{"verify": 0, **settings})
    made.log_level = "warn"
    return made


def started(it):
    it.spawn()
    return it


def held(it, count, seconds=120):
    until(lambda: len(it.externals()) == count, lambda: f"{count} held: {len(it.externals())}",
          seconds, 0.5)


def upnp(lab, tools, rounds):
    """The first mapping where only UPnP answers."""
    state = lab.directory / "upnp"
    state.mkdir()
    configuration = lab.gateway.directory / "miniupnpd.conf"
    configuration.write_text(configuration.read_text().replace("natpmp=yes", "natpmp=no"))
    # Only UDP port 1900 tells that it has started.
    lab.gateway.listens = lambda: "1900" in lab.gateway.namespace.run("ss", "-Hlun")
    lab.gateway.start()
    time.sleep(1)
    unmap = {port: ["upnpc", "-d", port, "udp"] for port in ("40001", "40003", "40005")}
    for how, verdict in (("closed", "reject"), ("silent", "drop")):
        lab.gateway.namespace.run("nft", "-f", "-", input=NO_DATAGRAMS.format(verdict=verdict))
        contestants = [
            Contestant("bare exchange", [tools["upnp_exchange"], lab.address, "40001"],
                       unmap["40001"]),
            Contestant("pmp", [str(PMP), "map", "40003", "--protocol", "udp", "--lifetime", "1h",
                               "--gateway", lab.gateway.address], unmap["40003"], state, True),
            Contestant("upnpc", ["upnpc", "-a", lab.address, "40005", "40005", "udp", "3600"],
                       unmap["40005"], slow=True)]
        race(lab, "", contestants, min(rounds, 21), quiet=True)
        show(f"first mapping, UPnP alone, port 5351 {how} (miniupnpd)", "ms",
             {each.name: each.times for each in contestants}, "bare exchange")
    lab.gateway.stop()


def many(lab, tools, rounds):
    """1,000 mappings from the start of a process to the last grant."""
    for where in ("pmp-gateway", "miniupnpd"):
        rows = {"bare window": [], "pmpd --once": []}
        for number in range(min(rounds, 9) if where == "pmp-gateway" else MINIUPNPD_ROUNDS):
            it = daemon(lab, 1000, f"many-{where}-{number}", gateways={"default": {
                "protocols": ["pcp"]}})
            bare = [tools["window"], lab.gateway.address, lab.address, "1000", str(WINDOW)]
            for name, command in (("bare window", bare), ("pmpd --once", it.command("--once"))):
                with contextlib.ExitStack() as end:
                    if where == "pmp-gateway":
                        end.enter_context(gateway(lab))
                    else:
                        lab.gateway.reboot()
                        end.callback(lab.gateway.stop)
                    rows[name].append(timed(lab, command)[0])
        show(f"1,000 mappings from start ({where})", "s", rows, "bare window")
    lab.gateway.forget()


def cost(lab, tools, rounds):
    """What 10,000 mappings cost of processor time and memory."""
    only_pcp = {"default": {"protocols": ["pcp"]}}
    acquiring, renewing, bare, memory = [], [], [], []
    for number in range(min(rounds, 3)):
        with gateway(lab):
            bare.append(1e6 / LARGE * timed(lab, [tools["window"], lab.gateway.address, lab.address,
                                                  str(LARGE), str(WINDOW)])[1])
        with gateway(lab):
            it = daemon(lab, LARGE, f"once-{number}", gateways=only_pcp)
            acquiring.append(1e6 / LARGE * timed(lab, it.command("--once"))[1])
        with gateway(lab):
            none = started(daemon(lab, 1, f"one-{number}", gateways=only_pcp))
            held(none, 1)
            empty = process.private_kib(none.process.pid)
            none.kill()
        with gateway(lab):
            it = started(daemon(lab, LARGE, f"large-{number}", gateways=only_pcp))
            held(it, LARGE)
            time.sleep(1)
            memory.append((process.private_kib(it.process.pid) - empty) * 1024 / LARGE)
            worked = process.cpu_seconds(it.process.pid)
            it.ask(command="renew")
            time.sleep(8)
            renewing.append(1e6 / LARGE * (process.cpu_seconds(it.process.pid) - worked))
            it.kill()
    show(f"processor time, {LARGE} mappings (pmp-gateway)", "us each",
         {"bare window": bare, "pmpd, from its start until held": acquiring,
          "pmpd, a renewal of all": renewing}, "bare window")
    show("memory of its own in whole", "bytes each", {"pmpd": memory})
    instructions(lab, tools)


def instructions(lab, tools):
    """By perf, where the machine counts them."""
    rows = {}
    for name in ("bare window", "pmpd --once"):
        with gateway(lab):
            it = daemon(lab, LARGE, f"perf-{name[:4]}", gateways={"default": {
                "protocols": ["pcp"]}})
            command = it.command("--once") if name == "pmpd --once" else [
                tools["window"], lab.gateway.address, lab.address, str(LARGE), str(WINDOW)]
            with lab.inside.entered():
                done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions",
                                       *map(str, command)], capture_output=True, text=True,
                                      check=False)
        counted = re.search(r"^(\d+),,instructions", done.stderr, re.MULTILINE)
        if not counted:
            print("\ninstructions: perf does not count them here")
            return
        rows[name] = [int(counted[1]) / LARGE]
    show(f"instructions, {LARGE} mappings from start", "each", rows, "bare window")


def idle(lab, _, rounds):
    """A daemon that has nothing to do."""
    ready = []
    with gateway(lab):
        it = daemon(lab, IDLE_MAPPINGS, "idle")
        for _ in range(min(rounds, 21)):
            ready.append(seconds_until_ready(it) * 1000)
            it.kill()
        started(it)
        held(it, IDLE_MAPPINGS)
        time.sleep(5)
        pid = it.process.pid
        woken, worked = process.wakeups(pid), process.cpu_seconds(pid)
        time.sleep(IDLE_SECONDS)
        show("start to ready", "ms", {f"pmpd, {IDLE_MAPPINGS} mappings": ready})
        per_hour = 3600 / IDLE_SECONDS
        show(f"idle, {IDLE_MAPPINGS} mappings of 2 h held", "an hour", {
            "wake-ups": [(process.wakeups(pid) - woken) * per_hour],
            "ms of processor": [(process.cpu_seconds(pid) - worked) * 1000 * per_hour]})
        show("resident", "KiB", {"private": [process.private_kib(pid)],
                                 "heap and stack": [process.heap_kib(pid)]})
        it.kill()


def seconds_until_ready(it):
    """As systemd is told."""
    path = it.directory / "notify"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        systemd.settimeout(10)
        began = time.perf_counter()
        with open(it.log_file, "ab") as log:
            it.process = it.lab.inside.spawn(
                it.command(), log, env={**os.environ, "NOTIFY_SOCKET": str(path)})
        while b"READY=1" not in systemd.recv(4096):
            pass
        return time.perf_counter() - began


def recovery(lab, tools, rounds):
    """From the first request after an announced reboot to the last grant; the random wait before
    it, 0-5 s by RFC 6887 14.1.3, left out."""
    for count in (1, 100, 1000):
        rows = {"bare window": [], "pmpd": []}
        for number in range(min(rounds, 5)):
            with gateway(lab) as simulated:
                it = started(daemon(lab, count, f"recovery-{count}-{number}"))
                held(it, count)
                time.sleep(2)
                with contextlib.closing(Capture(lab.inside, "eth0")) as capture:
                    print("reboot", file=simulated.stdin, flush=True)
                    until(lambda: granted(capture, lab) >= count, "all is granted again", 30, 0.1)
                    rows["pmpd"].append(1000 * span(capture, lab))
                it.kill()
            with gateway(lab), contextlib.closing(Capture(lab.inside, "eth0")) as capture:
                timed(lab, [tools["window"], lab.gateway.address, lab.address, str(count),
                            str(WINDOW)])
                rows["bare window"].append(1000 * span(capture, lab))
        show(f"recovery of {count}, from the first request to the last answer", "ms", rows,
             "bare window")


def answers(capture, lab):
    return [each for each in capture.datagrams()
            if each.source == (lab.gateway.address, 5351) and each.payload[:2] == b"\x02\x81"]


def granted(capture, lab):
    return len({each.payload[36:42] for each in answers(capture, lab)})


def span(capture, lab):
    asked = [each.at for each in capture.requests(lab.address)]
    return max(each.at for each in answers(capture, lab)) - min(asked)


def reload(lab, tools, rounds):
    """10,000 mappings, one of which is another one than before."""
    rows = {"yaml-cpp's parse": [], "pmpd's reload": []}
    with gateway(lab):
        it = daemon(lab, LARGE, "reload", gateways={"default": {"protocols": ["pcp"]}})
        started(it)
        held(it, LARGE)
        time.sleep(2)
        asked, edited = [], mappings(LARGE)
        for number in range(min(rounds, 7)):
            edited[number + 1] = {"protocol": "udp", "internal": 30000 + number}
            it.configure(edited)
            rows["yaml-cpp's parse"].append(float(subprocess.run(
                [tools["yaml_parse"], it.config_file], capture_output=True, text=True,
                check=True).stdout))
            with contextlib.closing(Capture(lab.inside, "eth0")) as capture:
                began = process.cpu_seconds(it.process.pid)
                it.ask(command="reload")
                rows["pmpd's reload"].append(1000 * (process.cpu_seconds(it.process.pid) - began))
                time.sleep(1)
                asked.append(len({each.port for each in capture.requests(lab.address)}))
        it.kill()
    show(f"reload of {LARGE} mappings with one edit, processor time", "ms", rows,
         "yaml-cpp's parse")
    # The one that goes and the one that comes.
    print(f"  ports asked for: {asked}")


BENCHES = {each.__name__: each for each in (upnp, many, cost, idle, recovery, reload)}
