#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the manual to what the programs and the schema say."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "man"


def page(name):
    return (PAGES / name).read_text()


def described(text, macro):
    """The first words of the page's list items: options (Fl), keys and lines (Ic)."""
    return [word.lstrip("-") for word in re.findall(rf"^\.It {macro} (\S+)", text, re.M)]


def help_of(program, *verb):
    return subprocess.run([os.environ[program], *verb, "--help"], capture_output=True, text=True, check=True).stdout


def options_in_help(program, *verb):
    return set(re.findall(r"(?:^  |, )--([a-z][a-z-]+)", help_of(program, *verb), re.M))


def verbs_in_help():
    return re.findall(r"^  ([a-z][a-z-]+) .* {2}", help_of("PMP"), re.M)


def keys(schema, name):
    return list(schema["$defs"][name]["properties"]) if name else list(schema["properties"])


def section(text, title):
    return re.search(rf"^\.Ss {title}\n(.*?)(?=^\.S[sh] |\Z)", text, re.M | re.S).group(1)


class Manual(unittest.TestCase):
    def test_describes_each_option_of_pmpd_and_no_other(self):
        self.assertEqual(set(described(page("pmpd.8"), "Fl")), options_in_help("PMPD"))

    def test_describes_each_option_of_pmp_gateway_and_no_other(self):
        self.assertEqual(set(described(page("pmp-gateway.1"), "Fl")), options_in_help("PMP_GATEWAY"))

    def test_describes_each_verb_of_pmp_in_the_order_of_its_help(self):
        self.assertEqual(described(page("pmp.1"), "Cm"), verbs_in_help())

    def test_describes_each_option_of_the_verbs_of_pmp_and_no_other(self):
        options = set().union(*(options_in_help("PMP", verb) for verb in verbs_in_help()))
        self.assertEqual(set(described(page("pmp.1"), "Fl")), options)

    def test_names_each_option_in_the_synopsis(self):
        for name in ("pmpd.8", "pmp-gateway.1"):
            text = page(name)
            synopsis = text.split(".Sh SYNOPSIS")[1].split(".Sh DESCRIPTION")[0]
            named = {word.lstrip("-") for word in re.findall(r"Fl (\S+)", synopsis)}
            self.assertEqual(named, set(described(text, "Fl")), name)

    def test_describes_each_key_of_the_schema_in_its_order(self):
        schema = json.loads((ROOT / "config" / "pmpd.schema.json").read_text())
        text = page("pmpd.yaml.5")
        levels = {"Top level": "", "Gateways": "gateway", "Mappings": "mapping", "Log": "log"}
        if "hook" in schema["$defs"]:
            levels["Hooks"] = "hook"
        for title, name in levels.items():
            with self.subTest(title):
                self.assertEqual(described(section(text, title), "Ic"), keys(schema, name))

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_is_correct_mdoc(self):
        pages = sorted(str(each) for each in PAGES.iterdir())
        said = subprocess.run(["mandoc", "-Tlint", *pages], capture_output=True, text=True, check=False)
        # The pages may not be installed, and a line of the source may be as long as elsewhere.
        expected = ("referenced manual not found", "longer than 80 bytes")
        self.assertEqual([line for line in said.stdout.splitlines() if not any(each in line for each in expected)], [])


if __name__ == "__main__":
    unittest.main()
