# SPDX-License-Identifier: MIT
"""pmp.exe speaks to pmpd.exe by a named pipe; hooks."""
import json
import unittest

from wine import CONFIG, PIPE, PMPD, SLOW, Program, WineTest, windows_path


class Control(WineTest):
    def ask(self, *arguments):
        return self.pmp(*arguments, "--control", PIPE)

    def held(self, config):
        self.gateway()
        daemon = self.pmpd(config)
        daemon.lines.wait("ssh.*2222", timeout=SLOW)
        return daemon

    def test_status_shows_the_table(self):
        self.held(self.config(CONFIG))

        done = self.ask("status", "--json")

        self.assertEqual(done.returncode, 0, done)
        self.assertIn('"ssh"', done.stdout)

    def test_reload_takes_what_was_changed(self):
        config = self.config(CONFIG)
        daemon = self.held(config)
        config.write_text(CONFIG + "  - {name: web, protocol: tcp, internal: 80, external: 8080}\n")

        done = self.ask("reload")

        self.assertEqual(done.returncode, 0, done)
        daemon.lines.wait("web.*8080", timeout=SLOW)

    def test_reload_tells_what_is_wrong(self):
        config = self.config(CONFIG)
        self.held(config)
        config.write_text("mapings: []\n")

        done = self.ask("reload")

        self.assertEqual(done.returncode, 78, done)
        self.assertIn("mapings", done.stderr)

    def test_a_second_daemon_leaves_the_pipe_to_the_first(self):
        config = self.config(CONFIG)
        self.held(config)

        second = Program(PMPD, "--config", windows_path(config), "--control", PIPE, "--state", windows_path(self.folder / "other.json"))
        self.addCleanup(second.stop)

        second.lines.wait("control socket .* can't be made", timeout=SLOW)

    def test_nobody_there_is_told(self):
        done = self.ask("status")

        self.assertEqual(done.returncode, 4, done)
        self.assertIn("nobody listens there", done.stderr)

    def test_a_hook_hears_of_a_mapping(self):
        config = self.config(CONFIG + 'hooks:\n  - {on: [acquired], run: [cmd, /c, set, PMP_EXTERNAL_PORT]}\n')

        daemon = self.held(config)

        daemon.lines.wait("says: PMP_EXTERNAL_PORT=2222", timeout=SLOW)
        daemon.lines.wait("ended with status 0", timeout=SLOW)

    def test_a_hook_that_takes_too_long_is_killed(self):
        config = self.config(CONFIG + "hooks:\n  - {on: [acquired], run: [ping, -n, '60', 127.0.0.1], timeout: 1s}\n")

        daemon = self.held(config)

        daemon.lines.wait("was killed", timeout=SLOW)

    def test_a_batch_file_is_no_hook(self):
        (self.folder / "hook.bat").write_text("@echo off\r\n")
        path = json.dumps(windows_path(self.folder / "hook.bat"))
        config = self.config(CONFIG + f"hooks:\n  - {{on: [acquired], run: [{path}]}}\n")

        daemon = self.held(config)

        daemon.lines.wait("can't be run", timeout=SLOW)


if __name__ == "__main__":
    unittest.main()
