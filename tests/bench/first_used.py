#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
"""Which parts of `pmp` its one-shots go through, as a linker script that puts them side by side.
Between two runs of a small program most of its time is lost to pages that were never near each other.
Usage: first_used.py BUILD_DIRECTORY > cli/first_used.ld, after a build with PMP_STATIC; needs valgrind."""

import pathlib
import re
import subprocess
import sys
import tempfile
import time

# Of a library whose code is one piece, most lies idle.
MOST_BYTES = 1 << 15
GATEWAY = "127.0.0.53"
PROTOCOLS = ("pcp,nat-pmp", "nat-pmp")
ONE_SHOTS = (
    ("external-address",),
    ("map", "40001", "--protocol", "udp"),
    ("map", "40001", "--protocol", "udp"),
    ("unmap", "40001", "--protocol", "udp"),
)
HEAD = """/* SPDX-License-Identifier: MIT */
/* What pmp's one-shots go through, side by side: written by tests/bench/first_used.py. A name that is gone does no harm. */
SECTIONS
{
  .text.first_used :
  {
"""
TAIL = """  }
}
INSERT BEFORE .text;
"""


def functions_of(build, directory):
    """The mangled names of what runs, the first first."""
    names = {}
    for protocols in PROTOCOLS:
        state = directory / protocols
        with subprocess.Popen([build / "tests/gateway/pmp-gateway", "--listen", GATEWAY, "--protocols", protocols],
                              stdout=subprocess.DEVNULL) as gateway:
            time.sleep(0.5)
            try:
                for one_shot in ONE_SHOTS:
                    names |= dict.fromkeys(functions_in(build, one_shot, directory / "calls", state))
            finally:
                gateway.terminate()
    return names


def functions_in(build, one_shot, calls, state):
    subprocess.run(["valgrind", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={calls}",
                    build / "cli/pmp", *one_shot, "--gateway", GATEWAY],
                   env={"XDG_STATE_HOME": str(state)}, capture_output=True, check=True)
    return re.findall(r"^c?fn=\(\d+\) ([^\s']+)", calls.read_text(), re.MULTILINE)


def addresses_of(program):
    lines = subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout.splitlines()
    addresses = {}
    for address, kind, name in (line.split() for line in lines if line[0] != " "):
        if kind in "tTwWi":
            addresses.setdefault(name, []).append(int(address, 16))
    return addresses


def sections_of(link_map):
    """Start, end and the linker script's name of each input section of code."""
    found = re.findall(r"^ (\.text\S*)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S+)$", link_map.read_text(), re.MULTILINE)
    for name, start, size, file in found:
        start, size = int(start, 16), int(size, 16)
        if start and 0 < size < MOST_BYTES:
            yield start, start + size, pattern(name, file)


def pattern(name, file):
    """A function's own section is known by its name, another by its object, too."""
    archive = re.fullmatch(r"(?:.*/)?([^/]+\.a)\((.+)\)", file)
    is_own = len(name.split(".")) > 2 and name.split(".")[2].startswith("_")
    if is_own or not archive:
        return f"*({name})"
    return f"*{archive[1]}:{archive[2]}({name})"


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as directory:
        names = functions_of(build, pathlib.Path(directory))
    addresses = addresses_of(build / "cli/pmp")
    sections = sorted(sections_of(build / "cli/pmp.map"))
    wanted = {}
    for name in names:
        for address in addresses.get(name, ()):
            wanted |= {text: None for start, end, text in sections if start <= address < end}
    wanted.pop("*(.text)", None)
    print(HEAD + "".join(f"    {each}\n" for each in wanted) + TAIL, end="")


if __name__ == "__main__":
    main()
