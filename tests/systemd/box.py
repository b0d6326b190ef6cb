# SPDX-License-Identifier: MIT
"""A systemd booted for one test class, and a simulated gateway beside it."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

BOX = pathlib.Path(__file__).with_name("box.sh")
PATIENCE = 20


def obstacle():
    """Why no systemd can be booted here; nothing where one can. Where CI is set and the machine has all that it takes,
    a systemd that does not come up is a failure."""
    reason = missing()
    if not reason:
        try:
            Box({}).close()
        except subprocess.SubprocessError as error:
            if os.environ.get("CI"):
                raise
            reason = f"a systemd does not come up in namespaces of its own: {error}"
    if reason:
        print(f"\n{'!' * 78}\n! NOTHING of the service is tested: {reason}\n{'!' * 78}\n", file=sys.stderr, flush=True)
    return reason


def missing():
    """What a systemd would need, and this machine lacks."""
    if os.geteuid() != 0:
        return "needs root"
    if not pathlib.Path("/lib/systemd/systemd").exists():
        return "needs systemd"
    tried = subprocess.run([BOX, "try"], capture_output=True, text=True, timeout=60, check=False)
    return f"needs namespaces, overlays and control groups of its own: {tried.stderr.strip()}" if tried.returncode else None


class Box:
    def __init__(self, files):
        """`files`: what to put where, before systemd starts."""
        self._dir = pathlib.Path(tempfile.mkdtemp(prefix="pmpd-box-"))
        for target, source in files.items():
            place = self._dir / "add" / target.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)
        try:
            subprocess.run([BOX, "up", self._dir], check=True, timeout=60)
        except subprocess.SubprocessError:
            self.close()
            raise

    def close(self):
        subprocess.run([BOX, "down", self._dir], check=True, timeout=60)
        shutil.rmtree(self._dir)

    def command(self, *words):
        return [str(BOX), "exec", str(self._dir), *words]

    def run(self, *words, status=0):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=60, check=False)
        if status is not None and done.returncode != status:
            raise AssertionError(f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def write(self, path, text):
        subprocess.run(self.command("tee", path), input=text, stdout=subprocess.DEVNULL, text=True, check=True, timeout=60)

    def show(self, unit, key):
        return self.run("systemctl", "show", unit, f"--property={key}", "--value").strip()

    def wait_for(self, unit, key, wanted):
        deadline = time.monotonic() + PATIENCE
        while (found := self.show(unit, key)) != wanted:
            if time.monotonic() > deadline:
                log = self.run("journalctl", "--unit", unit, "--no-pager", "--lines=30")
                raise AssertionError(f"{key} of {unit} is {found!r}, not {wanted!r}:\n{log}")
            time.sleep(0.1)

    def wait_to_say(self, wanted, *words):
        """Until the command succeeds and its output has that in it."""
        deadline = time.monotonic() + PATIENCE
        while wanted not in (said := self.run(*words, status=None)):
            if time.monotonic() > deadline:
                raise AssertionError(f"{words}: {wanted!r} is not in {said!r}\n{self.run('journalctl', '--no-pager', '--lines=40')}")
            time.sleep(0.1)

    def wait_to_read(self, path, wanted):
        self.wait_to_say(wanted, "cat", path)


class Gateway:
    """pmp-gateway inside of the box."""

    def __init__(self, box, address, *options):
        self._process = subprocess.Popen(
            box.command("/opt/pmp-gateway", "--listen", address, *options),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self._lines = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line.rstrip("\n"))
                self._changed.notify_all()

    def table(self):
        """Its mappings, as it prints them."""
        with self._changed:
            start = len(self._lines)
            self._process.stdin.write("table\n")
            self._changed.wait_for(
                lambda: any(re.fullmatch(r"\d+ mappings?", each) for each in self._lines[start:]), PATIENCE)
            return [each for each in self._lines[start:] if each.startswith(("tcp ", "udp "))]

    def close(self):
        # A signal would end what runs it in the box, and not the program itself.
        self._process.stdin.write("quit\n")
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self._process.stdout.close()
