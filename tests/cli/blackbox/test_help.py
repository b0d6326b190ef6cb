# SPDX-License-Identifier: MIT
import subprocess
import unittest

from pmp_harness import PMP, PmpTest, run

VERBS = [
    "external-address", "map", "unmap", "discover", "list", "status", "watch", "reload", "renew",
    "doctor", "completion",
]


class Help(PmpTest):
    def test_of_pmp_lists_the_verbs(self):
        done = run("--help")

        self.check_done(done)
        self.check_golden("help.txt", done.stdout)
        self.assertEqual(run("help").stdout, done.stdout)
        self.assertEqual(run("-h").stdout, done.stdout)

    def test_of_a_verb_lists_its_options(self):
        for verb in VERBS:
            with self.subTest(verb):
                done = run(verb, "--help")

                self.check_done(done)
                self.check_golden(f"help-{verb}.txt", done.stdout)
                self.assertEqual(run("help", verb).stdout, done.stdout)

    def test_comes_where_nothing_is_asked(self):
        done = run()

        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr, run("--help").stdout)

    def test_version_is_one_line(self):
        done = run("--version")

        self.check_done(done)
        self.assertRegex(done.stdout, r"^pmp \d+\.\d+\.\d+\n$")

    def test_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [PMP, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
            )

        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left on device", done.stderr)


class Misuse(PmpTest):
    def test_is_told_in_one_sentence_that_names_the_word(self):
        for arguments, sentence in (
            (["mpa", "22"], "there is no verb 'mpa'; did you mean map? See pmp --help"),
            (["frobnicate"], "there is no verb 'frobnicate'; see pmp --help"),
            (["help", "mpa"], "there is no verb 'mpa'; did you mean map? See pmp --help"),
            (["--json", "discover"], "'--json' stands where a verb belongs: "
                                     "pmp VERB [OPTION]...; see pmp --help"),
            (["map"], "INTERNAL is missing: pmp map INTERNAL [EXTERNAL]; see pmp map --help"),
            (["map", "22", "--lifetme", "1h"],
             "unknown option '--lifetme'; did you mean --lifetime? See pmp map --help"),
            (["map", "0"], "INTERNAL: '0' is out of range; write a port from 1 to 65535; "
                           "see pmp map --help"),
            (["map", "-1"], "INTERNAL: '-1' is out of range; write a port from 1 to 65535; "
                            "see pmp map --help"),
            (["map", "ssh"], "INTERNAL: 'ssh' is not a port; write a port such as 22; "
                             "see pmp map --help"),
            (["map", "22", "5-9"], "EXTERNAL: '5-9' is a range; write one port; see pmp map --help"),
            (["unmap", "any"], "INTERNAL: 'any' is not a port; write a port such as 22; "
                               "see pmp unmap --help"),
            (["map", "22", "--json", "--json"],
             "--json is given twice; write it once; see pmp map --help"),
            (["map", "ssh", "--json"], "INTERNAL: 'ssh' is not a port; write a port such as 22; "
                                       "see pmp map --help"),
            (["list", "--json", "--protocols", "pcp"],
             "--protocols: a table can be read by upnp alone; see pmp list --help"),
            (["map", "22", "--", ""], "-- needs a command after it; see pmp map --help"),
            (["--version", "x"], "unexpected argument 'x'; see pmp --help"),
            (["map", "22-23"], "INTERNAL: '22-23' is a range; write one port; see pmp map --help"),
            (["map", "22", "70000"], "EXTERNAL: '70000' is out of range; write a port from 1 to "
                                     "65535, or any; see pmp map --help"),
            (["map", "22", "any", "--exact"],
             "--exact needs an external port, not any; see pmp map --help"),
            (["map", "22", "ls"], "EXTERNAL: 'ls' is not a port; write a port such as 2222, or "
                                  "any; see pmp map --help"),
            (["map", "22", "--"], "-- needs a command after it; see pmp map --help"),
            (["unmap", "22", "--exact"], "unknown option '--exact'; see pmp unmap --help"),
            (["completion", "tcsh"], "'tcsh' is not known here; write bash, zsh or fish; "
                                     "see pmp completion --help"),
        ):
            with self.subTest(arguments):
                done = run(*arguments)

                self.assertEqual((done.returncode, done.stderr), (2, f"pmp: error: {sentence}\n"))
                if "--json" in arguments:
                    self.assertEqual(self.check_local_error(done, 2, "usage")["message"], sentence)
                else:
                    self.assertEqual(done.stdout, "")

    def test_of_what_this_version_lacks_says_so(self):
        self.check_failed(
            run("map", "22", "--gateway", "127.0.0.1", "--protocols", "pcp,direct"), 2,
            "not supported by this version of pmp"
        )


class Completion(PmpTest):
    def test_is_printed_for_each_shell(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell):
                done = run("completion", shell)

                self.check_done(done)
                self.assertIn("external-address", done.stdout)


if __name__ == "__main__":
    unittest.main()
