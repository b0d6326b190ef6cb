#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
"""Puts deliberate faults into the core, one at a time, and sees that a test fails for each. The tree
stays as it is: a faulty object takes the place of the right one when the tests are linked.
Usage: mutate.py BUILD [--sample COUNT SEED | NAME...]"""

import concurrent.futures
import json
import os
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile

from faults import FAULTS

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The quick ones first.
SUITES = {
    "unit": "tests/unit/unit_tests",
    "engine": "tests/unit/engine_tests",
    "igd": "tests/unit/igd_tests",
    "upnp": "tests/sim/upnp_tests",
    "sim": "tests/sim/sim_tests",
}
# Some faults make the engine spin.
LONGEST_RUN = 600


class Failure(Exception):
    """The fault could not be tried."""


class Bench:
    """Knows how the build folder compiles and links, and does it elsewhere."""

    def __init__(self, build):
        self.build = build
        commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
        self.compile_commands = {each["file"]: each["command"] for each in commands}
        self.link_commands = {suite: self.link_command(program) for suite, program in SUITES.items()}

    def link_command(self, program):
        listed = subprocess.run(["ninja", "-C", self.build, "-t", "commands", program],
                                capture_output=True, text=True, check=True).stdout
        # ": && COMMAND && :"
        return re.fullmatch(r":\s*&&\s*(.*?)\s*&&\s*:", listed.strip().rsplit("\n", 1)[-1]).group(1)

    def compile(self, fault, folder):
        source = ROOT / fault.file
        text = source.read_text(encoding="utf-8")
        if text.count(fault.was) != 1:
            raise Failure(f"{fault.file} holds this {text.count(fault.was)} times, not once: {fault.was!r}")
        faulty = folder / source.name
        faulty.write_text(text.replace(fault.was, fault.becomes), encoding="utf-8")
        command = shlex.split(self.compile_commands[str(source)])
        command[command.index("-c") + 1] = str(faulty)
        made = folder / "faulty.o"
        command[command.index("-o") + 1] = str(made)
        self.perform(command + ["-w"], "does not compile")
        return made

    def link(self, suite, made, folder):
        command = shlex.split(self.link_commands[suite])
        at = command.index("-o")
        program = folder / f"{suite}_tests"
        command[at + 1] = str(program)
        # Ahead of the library: what is defined already isn't taken from there.
        self.perform(command[:at] + [str(made)] + command[at:], f"{suite} does not link")
        return program

    def perform(self, command, what):
        done = subprocess.run(command, cwd=self.build, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"{what}\n{done.stderr[-2000:]}")


def first_failure(program):
    """The name of a test that fails, or None."""
    try:
        done = subprocess.run([program, "--log_level=test_suite", "--color_output=no"], capture_output=True,
                              text=True, errors="replace", check=False, timeout=LONGEST_RUN)
    except subprocess.TimeoutExpired:
        return "runs without end"
    if done.returncode == 0:
        return None
    found = re.search(r'error: in "([^"]+)"', done.stdout + done.stderr)
    return found.group(1) if found else f"ends with {done.returncode}"


def catch(bench, fault):
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        folder = pathlib.Path(name)
        try:
            made = bench.compile(fault, folder)
            for suite in SUITES:
                if failure := first_failure(bench.link(suite, made, folder)):
                    return True, f"{suite}: {failure}"
        except Failure as error:
            return False, str(error)
    return False, "nothing noticed it"


def chosen(arguments):
    if arguments[:1] == ["--sample"]:
        count, seed = arguments[1:]
        return random.Random(seed).sample(FAULTS, int(count))
    known = {fault.name: fault for fault in FAULTS}
    if unknown := [name for name in arguments if name not in known]:
        sys.exit(f"mutate: no fault has the name '{unknown[0]}'; faults.py lists them")
    return [known[name] for name in arguments] or FAULTS


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    faults = chosen(sys.argv[2:])
    bench = Bench(pathlib.Path(sys.argv[1]).resolve())
    survivors = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for fault, (caught, how) in zip(faults, pool.map(lambda each: catch(bench, each), faults)):
            survivors += not caught
            print(f"{'caught  ' if caught else 'SURVIVED'}  {fault.name:52} {how}", flush=True)
    print(f"{len(faults) - survivors} of {len(faults)} faults caught")
    sys.exit(survivors != 0)


if __name__ == "__main__":
    main()
