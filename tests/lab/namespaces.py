# SPDX-License-Identifier: MIT
"""Network namespaces: made, entered, swept away."""

import contextlib
import ctypes
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile

from bounded import SLACK

NETNS_DIRECTORY = pathlib.Path("/run/netns")
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def run(*command, **settings):
    """Runs a command to its end and returns what it wrote; fails with what it complained about."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=10 * SLACK, **settings)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def own_namespace():
    """What tells the namespace that this thread is in from all others."""
    return os.stat("/proc/thread-self/ns/net").st_ino


@contextlib.contextmanager
def inside_of(path):
    """This thread is in the namespace; its sockets and children stay there when it has left."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    there = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        set_namespace(there)
        try:
            yield
        finally:
            set_namespace(home)
    finally:
        os.close(there)
        os.close(home)


def set_namespace(descriptor):
    if LIBC.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Namespace:
    """A namespace that `ip netns` knows."""

    def __init__(self, name):
        self.name = name
        self.children = []

    def create(self):
        run("ip", "netns", "add", self.name)
        self.ip("link", "set", "lo", "up")
        return self

    def delete(self):
        """Ends what still runs inside, then the namespace; one that is not there is no error."""
        if not self.exists():
            return
        for pid in run("ip", "netns", "pids", self.name).split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        for child in self.children:
            child.wait()
        run("ip", "netns", "delete", self.name)

    def exists(self):
        return (NETNS_DIRECTORY / self.name).exists()

    def entered(self):
        return inside_of(NETNS_DIRECTORY / self.name)

    def identity(self):
        with self.entered():
            return own_namespace()

    def ip(self, *arguments, **settings):
        return run("ip", "-n", self.name, *arguments, **settings)

    def run(self, *command, **settings):
        with self.entered():
            return run(*command, **settings)

    def spawn(self, command, output, **settings):
        """A child of this process that runs inside; both its outputs go to the file."""
        # A session of its own: Ctrl-C is for the tests, which then end their children.
        with self.entered():
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, **settings)
        self.children.append(child)
        return child

    def socket(self, *arguments):
        with self.entered():
            return socket.socket(*arguments)

    def set_sysctl(self, key, value):
        with self.entered():
            pathlib.Path("/proc/sys", key.replace(".", "/")).write_text(str(value))


def sweep():
    """Removes the namespaces and directories of labs whose process is dead."""
    for path in NETNS_DIRECTORY.glob("pmp-*"):
        if is_left_over(path):
            # Others may sweep at the same time.
            with contextlib.suppress(RuntimeError):
                Namespace(path.name).delete()
    for path in pathlib.Path(tempfile.gettempdir()).glob("pmp-*"):
        if is_left_over(path):
            shutil.rmtree(path, ignore_errors=True)


def is_left_over(path):
    named = re.fullmatch(r"pmp-(\d+)-\w+", path.name)
    return named and not pathlib.Path("/proc", named[1]).exists()
