# SPDX-License-Identifier: MIT
"""Packets that do not arrive."""

import json

RULES = """
table inet loss {{
  chain arriving {{ type filter hook prerouting priority -400;
    {which} counter numgen {by} mod 10 vmap {{ 2: jump lost, 5: jump lost, 8: jump lost }}
  }}
  chain lost {{ counter drop; }}
}}
"""


class Loss:
    """3 of 10 packets that arrive in a namespace are dropped, before anything else sees them. By
    "inc" spread evenly and not by chance: a bound that holds once holds each time."""

    def __init__(self, namespace, which, by="inc"):
        self.namespace = namespace
        namespace.run("nft", "-f", "-", input=RULES.format(which=which, by=by))

    def counted(self):
        """How many came, and how many of them were dropped."""
        listed = json.loads(self.namespace.run("nft", "-j", "list", "table", "inet", "loss"))
        return tuple(expression["counter"]["packets"] for each in listed["nftables"]
                     for expression in each.get("rule", {}).get("expr", ())
                     if "counter" in expression)
