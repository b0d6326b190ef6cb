#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
"""What pmp and pmpd cost, each figure beside another program's or a bare exchange's in the same run, in the lab."""

import argparse
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = {"PMPD": "daemon/pmpd", "PMP": "cli/pmp", "PMP_GATEWAY": "tests/gateway/pmp-gateway"}
sys.path[:0] = [str(HERE), str(HERE.parent / "lab")]


def to_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--rounds", type=int, default=101)
    arguments = parser.parse_args()
    # Nothing here is to be slow because of the disk.
    if pathlib.Path("/dev/shm").is_dir():
        os.environ["TMPDIR"] = "/dev/shm"
    return arguments


def installed(program, directory):
    """As it lies where it is copied to. In the pages of a file that a linker has just written here and there, its code
    is slower to reach."""
    copy = directory / "installed" / program.name
    copy.parent.mkdir(exist_ok=True)
    shutil.copy(program, copy)
    return copy


def compiled(directory):
    """The floors, by name."""
    tools = {}
    for source in HERE.glob("*.c"):
        program = directory / source.stem
        subprocess.run(["cc", "-O2", "-static", "-o", program, source], check=True)
        tools[source.stem] = installed(program, directory)
    tools["yaml_parse"] = directory / "yaml_parse"
    subprocess.run(["c++", "-O2", "-o", tools["yaml_parse"], HERE / "yaml_parse.cpp", "-lyaml-cpp"],
                   check=True)
    return tools


def main():
    arguments = to_arguments()
    with tempfile.TemporaryDirectory(prefix="pmp-bench-") as directory:
        for variable, program in PROGRAMS.items():
            os.environ[variable] = str(installed(arguments.build / program, pathlib.Path(directory)))
        run(arguments)


def run(arguments):
    # They look into the environment.
    from first import first
    from lab import Lab, obstacle
    from whole import BENCHES

    benches = {"first": first, **BENCHES}
    core = {"codecs", "scale"}
    unknown = set(arguments.names) - set(benches) - core
    if unknown:
        sys.exit(f"bench: there are {' '.join([*benches, *sorted(core)])}")
    if reason := obstacle():
        sys.exit(f"bench: {reason}")
    chosen = arguments.names or [*benches, *sorted(core)]
    for name in chosen:
        if name in core:
            print(flush=True)
            subprocess.run([arguments.build / "tests/bench/core_bench", name], check=True)
            continue
        lab = Lab()
        with contextlib.ExitStack() as end:
            end.callback(lab.down)
            lab.up()
            lab.check_confined()
            benches[name](lab, compiled(lab.directory), arguments.rounds)


if __name__ == "__main__":
    main()
