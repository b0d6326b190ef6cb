# SPDX-License-Identifier: MIT
import os
import pathlib
import subprocess
import tempfile
import unittest

PACKAGES = pathlib.Path(os.environ["PMP_PACKAGES"])


def readelf(option, file):
    return subprocess.run(["readelf", option, "--wide", file], capture_output=True, text=True, check=True).stdout


class Hardening(unittest.TestCase):
    """What the packages bring, as Debian's hardening wants it."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="pmp-hardening-")
        cls.addClassCleanup(folder.cleanup)
        for each in PACKAGES.glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", each, folder.name], check=True)
        files = [each for each in pathlib.Path(folder.name).rglob("*") if each.is_file() and not each.is_symlink()]
        cls.binaries = [each for each in files if each.read_bytes()[:4] == b"\x7fELF"]

    def test_has_programs_and_a_library_to_look_at(self):
        self.assertLessEqual({"pmp", "pmpd"}, {each.name for each in self.binaries})
        self.assertTrue([each for each in self.binaries if each.name.startswith("libpmp.so")])

    def test_is_loaded_at_an_address_that_nobody_knows(self):
        for each in self.binaries:
            self.assertRegex(readelf("--file-header", each), r"Type:\s+DYN", each.name)

    def test_has_tables_that_nobody_can_write_to_once_it_runs(self):
        for each in self.binaries:
            self.assertIn("GNU_RELRO", readelf("--program-headers", each), each.name)
            self.assertRegex(readelf("--dynamic", each), r"BIND_NOW|FLAGS_1.*NOW", each.name)

    def test_has_no_stack_that_could_be_executed(self):
        for each in self.binaries:
            self.assertRegex(readelf("--program-headers", each), r"GNU_STACK.* RW ", each.name)

    def test_guards_its_stack_and_checks_what_it_copies(self):
        for each in self.binaries:
            symbols = readelf("--dyn-syms", each)
            self.assertIn("__stack_chk_fail", symbols, each.name)
            self.assertRegex(symbols, r"__\w+_chk\b", each.name)


if __name__ == "__main__":
    unittest.main()
