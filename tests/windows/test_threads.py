# SPDX-License-Identifier: MIT
"""Asio has the same threads in all of a program, of ours and of who uses the library: it would choose them anew in each
file, by what that includes first."""
import os
import pathlib
import subprocess
import unittest

BUILD = pathlib.Path(os.environ["BUILD"])
NM = os.environ["NM"]


def threads_in(program):
    symbols = subprocess.run([NM, program], stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
    return {kind for kind in ("10win_thread", "12posix_thread") if f"asio6detail{kind}" in symbols}


class Threads(unittest.TestCase):
    def test_each_program_has_one_kind_of_them(self):
        kinds = {program: threads_in(program) for program in BUILD.rglob("*.exe")}

        consumers = {program.parent.name: found for program, found in kinds.items() if program.name == "client.exe"}
        self.assertIn("find_package_static", consumers)
        self.assertEqual(set(map(frozenset, consumers.values())), {frozenset({"12posix_thread"})})
        for program, found in kinds.items():
            self.assertLessEqual(len(found), 1, program)


if __name__ == "__main__":
    unittest.main()
