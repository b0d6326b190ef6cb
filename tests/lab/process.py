# SPDX-License-Identifier: MIT
"""What the kernel knows of a process."""

import os
import pathlib
import re

TICKS = os.sysconf("SC_CLK_TCK")


def fields(pid, name, *parts):
    """Numbers of /proc/PID/NAME, by what stands before them."""
    text = pathlib.Path("/proc", str(pid), name).read_text()
    return [int(re.search(rf"^{part}:\s+(\d+)", text, re.MULTILINE)[1]) for part in parts]


def private_kib(pid):
    """Memory of its own, dirty or not; what it shares with others left out."""
    return sum(fields(pid, "smaps_rollup", "Private_Clean", "Private_Dirty"))


def heap_kib(pid):
    """And stack, swapped out or not."""
    return sum(fields(pid, "smaps_rollup", "Anonymous", "Swap"))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def timers(pid):
    return sum(os.readlink(each) == "anon_inode:[timerfd]"
               for each in map(str, pathlib.Path(f"/proc/{pid}/fd").iterdir())
               if os.path.islink(each))


def wakeups(pid):
    """How often it has slept and was woken."""
    return sum(fields(f"{pid}/task/{task}", "status", "voluntary_ctxt_switches")[0]
               for task in os.listdir(f"/proc/{pid}/task"))


def cpu_seconds(pid):
    after_name = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
