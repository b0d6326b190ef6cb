# SPDX-License-Identifier: MIT
"""The programs for Windows, under wine, inside of a lab."""

import os
import pathlib
import shutil
import signal
import subprocess

from bounded import until
from pmpd import Pmpd

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PMP_WINDOWS", ROOT / "build" / "mingw"))
PMPD = BUILD / "daemon" / "pmpd.exe"
PMP = BUILD / "cli" / "pmp.exe"
WINE = ROOT / "script" / "wine"
TEMPLATE = pathlib.Path(
    os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "pmp" / "wine"
PIPE = r"\\.\pipe\pmpd-lab"
# wine takes half a second to begin, and its own programs take their time on a busy machine.
PATIENCE = 60


def obstacle():
    """Why there can be no Windows here; None where there can be."""
    if not shutil.which("wine"):
        return "wine is not installed"
    unbuilt = [str(each) for each in (PMPD, PMP) if not each.exists()]
    return f"script/cross-windows has not built {' and '.join(unbuilt)}" if unbuilt else None


def path_in_windows(path):
    return "Z:" + str(path).replace("/", "\\")


class Windows:
    """A Windows of one lab's own: its server has to run where the programs do, since it is the one
    that reads addresses and routes."""

    def __init__(self, lab):
        self.lab = lab
        # Beside the one that it is made of: links do not lead from one file system to another.
        self.prefix = TEMPLATE.with_name(f"wine-lab-{lab.name}")
        self.env = {**os.environ, "WINEPREFIX": str(self.prefix)}
        make_template()
        shutil.rmtree(self.prefix, ignore_errors=True)
        subprocess.run(["cp", "-al", TEMPLATE, self.prefix], check=True)
        for registry in TEMPLATE.glob("*.reg"):
            # It is written in place.
            (self.prefix / registry.name).unlink()
            shutil.copy(registry, self.prefix)
        self.run("cmd", "/c", "exit")

    def run(self, program, *arguments):
        with self.lab.inside.entered():
            return subprocess.run(
                [WINE, program, *map(str, arguments)], stdin=subprocess.DEVNULL, env=self.env,
                capture_output=True, encoding="utf-8", check=False, timeout=PATIENCE)

    def end(self):
        with self.lab.inside.entered():
            subprocess.run(["wineserver", "--kill"], env=self.env, check=False)
        shutil.rmtree(self.prefix, ignore_errors=True)


def make_template():
    environment = {name: value for name, value in os.environ.items() if name != "WINEPREFIX"}
    subprocess.run([WINE, "cmd", "/c", "exit"], env=environment, check=True, timeout=PATIENCE,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(["wineserver", "--wait"], env={**environment, "WINEPREFIX": str(TEMPLATE)},
                   check=True, timeout=PATIENCE)


class WindowsPmpd(Pmpd):
    """pmpd.exe. It is told to stop by Ctrl-C: there are no signals."""

    def __init__(self, windows, mappings, name="pmpd", **settings):
        self.windows = windows
        super().__init__(windows.lab, mappings, name, **settings)

    def start(self):
        self.spawn()
        until(self.lines, lambda: f"pmpd.exe runs\n{self.log_file.read_text()}", PATIENCE)
        return self

    def command(self, *options):
        return ["env", f"WINEPREFIX={self.windows.prefix}", str(WINE), str(PMPD),
                "--config", path_in_windows(self.config_file),
                "--state", path_in_windows(self.state_file), "--control", PIPE,
                "--log-format", "json", "--log-level", "debug", *options]

    def signal(self, number):
        super().signal(signal.SIGINT if number == signal.SIGTERM else number)
