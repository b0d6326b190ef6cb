#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: MIT
"""Runs the tests of the lab: all, or those that `-k PATTERN` names (as unittest knows it)."""

import os
import pathlib
import signal
import sys
import unittest

import lab
import programs

SKIPPED = 77


def interrupted(*_):
    # As Ctrl-C: unittest lets nothing else through, and what `atexit` knows is still done.
    raise KeyboardInterrupt


def main():
    reason = lab.obstacle()
    if reason:
        is_failure = os.environ.get("CI") == "true"
        print(f"lab {'failed' if is_failure else 'skipped'}: {reason}")
        return 1 if is_failure else SKIPPED
    unbuilt = programs.missing()
    if unbuilt:
        print(f"lab failed: there is no {' and no '.join(unbuilt)}")
        return 1
    signal.signal(signal.SIGTERM, interrupted)
    here = str(pathlib.Path(__file__).parent)
    program = unittest.main(
        module=None, argv=[sys.argv[0], "discover", "-v", "-s", here, *sys.argv[1:]], exit=False)
    return 0 if program.result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
