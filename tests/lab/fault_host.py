# SPDX-License-Identifier: MIT
"""What befalls the host and the daemon itself."""

import contextlib
import os
import resource
import signal
import socket
import time

import namespaces
import process
import suspend
from bounded import SLACK, until
from fault import RECOVERY, SEVERAL, Fault, udp
from pmpd import Pmpd

# From its execution on; it is ready a few milliseconds after.
MOMENTS = (0.03, 0.003, 0.3)
EXTRA = udp(8009)
NIGHT = 3 * 3600


class DaemonKilled(Fault):
    name = "daemon killed with -9 at a random moment"

    def make_ready(self):
        super().make_ready()
        self.captured = self.capture()

    def round(self):
        self.daemon.kill()
        for longest in self.random.sample(MOMENTS, 2):
            self.daemon.spawn()
            self.kill_within(longest)
        self.daemon.start()
        self.daemon.configure([*SEVERAL, EXTRA])
        self.daemon.signal(signal.SIGHUP)
        self.kill_within(self.random.choice(MOMENTS))

        self.daemon.start()

        self.check_held(externals={**self.expected, "udp-8009": (self.gateway.external, 8009)})
        self.check_state_file()
        self.check_nonces()
        self.daemon.configure(SEVERAL)
        self.daemon.signal(signal.SIGHUP)
        self.check_held()
        refused = [each for each in self.daemon.lines() if each.get("event") == "refused"]
        if refused:
            raise AssertionError(f"refused: {refused}")

    def kill_within(self, longest):
        time.sleep(self.random.uniform(0, longest))
        self.daemon.kill()
        self.check_state_file()

    def check_nonces(self):
        """No gateway has seen a stranger: one nonce for each port, for ever."""
        nonces = {}
        for each in self.captured.requests(self.lab.address):
            nonces.setdefault((each.protocol, each.port), set()).add(each.nonce)
        strange = {port: seen for port, seen in nonces.items() if len(seen) > 1}
        if strange:
            raise AssertionError(f"several nonces: {strange}")


class Suspended(Fault):
    """The gateway ends the leases meanwhile."""

    name = "suspended for three hours"

    def make_ready(self):
        super().make_ready()
        self.sleeper = suspend.Sleeper(self.daemon.process.pid)

    def round(self):
        self.daemon.turn_page()
        self.gateway.forget()

        self.sleeper.suspend(NIGHT)
        began = time.monotonic()

        self.daemon.wait_for("lost", SLACK)
        self.check_held()
        self.measure("s until all was held", time.monotonic() - began)


class DiskUnwritable(Fault):
    """Full or read-only, by turns."""

    name = "disk full, state directory read-only"

    def make_ready(self):
        self.gateway.start()
        self.disk = self.lab.directory / "disk"
        self.disk.mkdir()
        namespaces.run("mount", "-t", "tmpfs", "-o", "size=64k", "pmp-lab", str(self.disk))
        self.daemon = Pmpd(self.lab, SEVERAL)
        self.daemon.state_file = self.disk / "state.json"
        self.daemon.start()
        self.expected = self.daemon.wait_externals()
        self.is_full = False

    def clean_up(self):
        # Its namespaces end what runs there; a disk in use is not let go.
        with contextlib.suppress(OSError):
            self.daemon.kill()
        namespaces.run("umount", str(self.disk))
        self.lab.down()

    def round(self):
        self.is_full = not self.is_full
        until(lambda: len(self.daemon.remembered(self.gateway)) == len(SEVERAL), "it remembers all")
        before = self.daemon.state_file.read_bytes()
        self.daemon.turn_page()
        with self.filled() if self.is_full else self.read_only():
            self.reload([*SEVERAL, EXTRA])
            until(self.warned, "pmpd warns that its state can't be kept")
            self.daemon.kill()
            if self.daemon.state_file.read_bytes() != before:
                raise AssertionError("the state file has changed")
            self.daemon.start()
            self.check_held(externals={**self.expected, "udp-8009": (self.gateway.external, 8009)})
        failed = self.daemon.state_file.stat().st_ino
        self.reload(SEVERAL)
        self.check_held()
        until(lambda: self.daemon.state_file.stat().st_ino != failed, "it is written again")
        self.check_state_file()

    def warned(self):
        return any("the state can't be kept" in each["message"] for each in self.daemon.lines())

    def reload(self, mappings):
        self.daemon.configure(mappings)
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_externals()

    @contextlib.contextmanager
    def filled(self):
        filling = self.disk / "filling"
        with open(filling, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(4096)):
                pass
        yield
        filling.unlink()

    @contextlib.contextmanager
    def read_only(self):
        namespaces.run("mount", "-o", "remount,ro", str(self.disk))
        try:
            yield
        finally:
            namespaces.run("mount", "-o", "remount,rw", str(self.disk))


class DescriptorsExhausted(Fault):
    """And clients come, the configuration is to be read again, sockets to be opened."""

    name = "file descriptors exhausted"
    # More than it can take in, and the queue of the kernel.
    clients = 40
    seconds = 1.0

    def round(self):
        disturb = self.random.choice([self.reload, self.route_comes_back, self.gateway_reboots])
        if disturb == self.gateway_reboots:
            self.pause()
        pid = self.daemon.process.pid
        before = process.descriptors(pid)
        usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (lowest_unused(pid), usual[1]))
        with contextlib.ExitStack() as end:
            for _ in range(self.clients):
                end.enter_context(self.client())
            disturb()
            worked = process.cpu_seconds(pid)
            time.sleep(self.seconds)
            worked = process.cpu_seconds(pid) - worked
        self.measure("CPU s in a second of want", worked)
        if worked > self.seconds / 4:
            raise AssertionError(f"it spins: {worked} s of CPU in {self.seconds} s")
        self.check_alive()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
        self.check_held()
        until(lambda: process.descriptors(pid) <= before,
              lambda: f"{before} descriptors, not {process.descriptors(pid)}")

    def client(self):
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            made.connect(str(self.daemon.control))
        return made

    def reload(self):
        self.daemon.signal(signal.SIGHUP)

    def route_comes_back(self):
        self.lab.inside.ip("route", "delete", "default")
        time.sleep(0.1)
        self.lab.inside.ip("route", "add", "default", "via", self.gateway.address)

    def gateway_reboots(self):
        self.gateway.reboot()
        until(lambda: len(self.gateway.mappings()) == len(SEVERAL), "all is made again", RECOVERY)
        self.followed = time.monotonic()


def lowest_unused(pid):
    used = {int(each) for each in os.listdir(f"/proc/{pid}/fd")}
    return next(each for each in range(len(used) + 1) if each not in used)
