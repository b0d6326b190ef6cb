#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
"""What a daemon survives: real processes, the real miniupnpd, in network namespaces. Each fault is
done ROUNDS times, in a lab of its own, some at the same time; a table tells how many rounds were
survived. `--soak` instead disturbs one daemon for so long, and sees whether it grows."""

import argparse
import os
import signal
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import lab
import programs
import suspend
from fault_gateway import AddressChanged, DatagramsLost, GatewayKilled, RouteMoved
from fault_host import DaemonKilled, DescriptorsExhausted, DiskUnwritable, Suspended
from fault_hostile import Garbage, Spoofed
from soak import soak

FAULTS = (DaemonKilled, GatewayKilled, DatagramsLost, RouteMoved, AddressChanged, Suspended,
          DiskUnwritable, DescriptorsExhausted, Garbage, Spoofed)
# It wants a processor for itself.
ALONE = (Spoofed,)
AT_ONCE = 4
# A lab is made again after so many failures, and then no more.
MOST_FAILURES = 5
RUNNING = []


def interrupted(*_):
    raise KeyboardInterrupt


def survive(fault, rounds, seed):
    """How many rounds were, and the row of the table."""
    began = time.monotonic()
    survived = failures = 0
    tried = prepare(fault, seed)
    try:
        for number in range(rounds):
            try:
                tried.round()
                survived += 1
            except Exception:  # pylint: disable=broad-except
                failures += 1
                explain(tried, number, seed)
                measured = tried.measured
                tried.clean_up()
                if failures == MOST_FAILURES:
                    break
                tried = prepare(fault, f"{seed} {number}")
                tried.measured = measured
    finally:
        tried.clean_up()
    seconds = time.monotonic() - began
    row = f"{fault.name:42}{survived:5}/{rounds:<5}{seconds:7.0f} s  "
    return survived == rounds, row + "; ".join(tried.figures())


def prepare(fault, seed):
    tried = fault(seed)
    tried.prepare()
    return tried


def explain(tried, number, seed):
    sys.stderr.write(f"{tried.name}: round {number + 1} (seed {seed})\n")
    traceback.print_exc()
    sys.stderr.write(tried.lab.logs())


def in_a_process(fault, rounds, seed):
    """A lab belongs to one process."""
    with subprocess.Popen([sys.executable, "-B", __file__, str(rounds), "--seed", seed,
                           "--only", fault.name, "--here"], stdout=subprocess.PIPE, text=True,
                          start_new_session=True) as child:
        RUNNING.append(child)
        print(child.stdout.read(), end="", flush=True)
    RUNNING.remove(child)
    return child.returncode == 0


def several(faults, rounds, seed):
    print(f"{'fault':42}{'survived':>11}{'time':>9}   median (p90); seed {seed}", flush=True)
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        together = [pool.submit(in_a_process, each, rounds, seed) for each in faults
                    if each not in ALONE]
        survived = [each.result() for each in together]
        survived += [in_a_process(each, rounds, seed) for each in faults if each in ALONE]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for each in RUNNING:
            each.terminate()
    return all(survived)


def to_arguments():
    parser = argparse.ArgumentParser(prog="script/faults", description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=100, metavar="ROUNDS")
    parser.add_argument("--only", default="", metavar="WORD", help="faults whose name has this word")
    parser.add_argument("--seed", default=str(os.getpid()))
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    parser.add_argument("--list", action="store_true", help="only tell which faults there are")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    arguments = to_arguments()
    faults = [each for each in FAULTS if arguments.only in each.name]
    if arguments.list or not faults:
        print("\n".join(each.name for each in FAULTS))
        return 0 if arguments.list else 2
    reason = lab.obstacle() or " ".join(programs.missing())
    if reason:
        sys.exit(f"script/faults: {reason}")
    signal.signal(signal.SIGTERM, interrupted)
    if arguments.soak:
        return 0 if soak(arguments.soak, arguments.seed) else 1
    if reason := suspend.obstacle():
        faults = [each for each in faults if each is not Suspended]
        print(f"not done: {Suspended.name}: {reason}")
    if arguments.here:
        survived, row = survive(faults[0], arguments.rounds, arguments.seed)
        print(row)
        return 0 if survived else 1
    return 0 if several(faults, arguments.rounds, arguments.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
