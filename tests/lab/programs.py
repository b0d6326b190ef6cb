# SPDX-License-Identifier: MIT
"""What is under test, as ctest tells it; by hand, as `cmake --preset dev` builds it."""

import os
import pathlib

BUILD = pathlib.Path(__file__).resolve().parents[2] / "build" / "dev"
PMPD = pathlib.Path(os.environ.get("PMPD", BUILD / "daemon" / "pmpd"))
PMP = pathlib.Path(os.environ.get("PMP", BUILD / "cli" / "pmp"))
PMP_GATEWAY = pathlib.Path(
    os.environ.get("PMP_GATEWAY", BUILD / "tests" / "gateway" / "pmp-gateway"))


def missing():
    return [str(each) for each in (PMPD, PMP, PMP_GATEWAY) if not os.access(each, os.X_OK)]
