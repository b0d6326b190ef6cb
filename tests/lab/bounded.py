# SPDX-License-Identifier: MIT
"""Waiting that ends."""

import os
import time

# This much is added to what a protocol allows: the machine may be busy with other things.
SLACK = float(os.environ.get("PMP_LAB_SLACK", "3"))


def until(condition, what, seconds=SLACK, step=0.01):
    """Returns the first true value of `condition()`; fails where none comes in time. `what` should
    have come: words, or a function that finds them."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what() if callable(what) else what}")
        time.sleep(step)
