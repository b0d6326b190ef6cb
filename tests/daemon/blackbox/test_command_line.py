# SPDX-License-Identifier: MIT
import json
import os
import subprocess

from harness import PMPD, DaemonTest


def run(*arguments):
    return subprocess.run([PMPD, *map(str, arguments)], capture_output=True, text=True, timeout=10)


class CommandLine(DaemonTest):
    def test_help_goes_to_standard_output(self):
        done = run("--help")

        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("--once", done.stdout)

    def test_version_is_one_line(self):
        done = run("--version")

        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^pmpd \d+\.\d+\.\d+\n$")

    def test_misuse_is_told_in_one_line(self):
        done = run("--chekc")

        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"^pmpd: [^\n]*--chekc[^\n]*\n$")


class Check(DaemonTest):
    def test_counts_the_mappings_of_a_good_file(self):
        self.write_config(["protocol: tcp, internal: 22", "protocol: udp, internal: 27015-27017"])

        done = run("--config", self.config, "--check")

        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "ok: 4 mappings\n", ""))

    def test_counts_one_mapping_as_one(self):
        self.write_config(["protocol: tcp, internal: 22"])

        self.assertEqual(run("--config", self.config, "--check").stdout, "ok: 1 mapping\n")

    def test_tells_errors_in_json_where_the_log_is_to_be(self):
        self.config.write_text("lifetme: 2h\n")

        done = run("--config", self.config, "--log-format", "json")

        self.assertEqual(done.returncode, 78)
        line = json.loads(done.stderr)
        self.assertEqual(line["level"], "error")
        self.assertTrue(line["message"].startswith(f"{self.config}:1:1: "))

    def test_accepts_an_empty_file(self):
        self.config.write_text("")

        done = run("--config", self.config, "--check")

        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "ok: 0 mappings\n", ""))

    def test_finds_every_error_and_where_it_is(self):
        self.config.write_text(
            "lifetme: 2h\n"
            "mappings:\n"
            "  - {name: a, protocol: tpc, internal: 22}\n"
            "  - {name: b, protocol: tcp, internal: 70000}\n"
        )

        done = run("--config", self.config, "--check")

        self.assertEqual((done.returncode, done.stdout), (78, ""))
        places = [line.split(": ")[0] for line in done.stderr.splitlines()]
        self.assertEqual(
            places, [f"{self.config}:1:1", f"{self.config}:3:25", f"{self.config}:4:40"]
        )

    def test_without_a_file_is_an_error_of_configuration(self):
        done = run("--config", self.dir / "none.yaml", "--check")

        self.assertEqual((done.returncode, done.stdout), (78, ""))
        self.assertIn("none.yaml", done.stderr)


    def test_never_waits_for_a_pipe(self):
        os.mkfifo(self.config)

        done = run("--config", self.config, "--check")

        self.assertEqual((done.returncode, done.stdout), (78, ""))
        self.assertIn("this is a pipe; name a file", done.stderr)

    def test_that_cannot_be_printed_fails(self):
        self.config.write_text("")
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PMPD, "--config", self.config, "--check"], stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False, timeout=10)

        self.assertEqual(done.returncode, 1)
        self.assertIn("standard output", done.stderr)


class Start(DaemonTest):
    def test_says_that_there_is_no_such_interface(self):
        self.config.write_text("gateways: {default: {address: 127.0.0.99, interface: nope0}}\n"
                               "mappings: [{protocol: udp, internal: 5}]\n")
        daemon = self.keep()

        daemon.log.wait("warn  gateway default waits for its interface: there is none")

    def test_with_a_bad_file_is_refused_before_anything_happens(self):
        self.config.write_text("mappings: 7\n")

        done = run("--config", self.config, "--state", self.state)

        self.assertEqual((done.returncode, done.stdout), (78, ""))
        self.assertIn(f"{self.config}:1:", done.stderr)
        self.assertFalse(self.state.exists())
