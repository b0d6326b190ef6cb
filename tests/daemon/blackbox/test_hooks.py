# SPDX-License-Identifier: MIT
import http.server
import json
import os
import shutil
import signal
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs

from control import Control, ask
from harness import DaemonTest, wait_until

SSH = "name: ssh, protocol: tcp, internal: 22, external: 2222"
WEB = "name: web, protocol: tcp, internal: 80, external: 8080"


class HookTest(DaemonTest):
    """Hooks that write what they are told to a file, a JSON object a line."""

    def setUp(self):
        super().setUp()
        self.told_file = self.dir / "told"

    def script(self, name, body):
        path = self.dir / name
        path.write_text("#!/bin/sh\n" + body)
        path.chmod(0o755)
        return path

    def teller(self, name="tell", then=""):
        """Writes its environment and its arguments, then does what `then` says."""
        body = (
            'line="$PMP_EVENT $PMP_MAPPING $PMP_EXTERNAL_PORT old=$PMP_OLD_EXTERNAL_PORT"\n'
            f'echo "$line $*" >>"{self.told_file}"\n{then}\n'
        )
        return self.script(name, body)

    def hook(self, program, on="acquired, changed, lost, released", more="", *arguments):
        run = ", ".join(json.dumps(str(each)) for each in (program, *arguments))
        return f"  - {{on: [{on}], run: [{run}]{more}}}\n"

    def configure(self, mappings, *hooks):
        self.write_config(mappings, "hooks:\n" + "".join(hooks) if hooks else "")

    def told(self):
        return self.told_file.read_text().splitlines()

    def wait_told(self, count):
        wait_until(lambda: len(self.told()) >= count)
        return self.told()


class Telling(HookTest):
    def test_a_hook_is_told_all_facts(self):
        self.gateway()
        program = self.script("tell", f'env >"{self.dir}/env"\necho "$@" >"{self.told_file}"\n')
        self.configure(
            [SSH],
            self.hook(
                program, "acquired", "", "{event}:{mapping}", '{"port": {external_port}}', "a b"
            ),
        )

        self.keep_open("ssh").log.wait(r"hook .*tell \(acquired ssh\) ended with status 0")

        self.assertEqual(self.told(), ['acquired:ssh {"port": 2222} a b'])
        env = dict(
            line.split("=", 1) for line in (self.dir / "env").read_text().splitlines()
        )
        for shell in ("PWD", "SHLVL", "_", "OLDPWD"):
            env.pop(shell, None)
        self.assertEqual(env.pop("PATH"), os.environ["PATH"])
        self.assertEqual(
            env,
            {
                "PMP_EVENT": "acquired",
                "PMP_MAPPING": "ssh",
                "PMP_PROTOCOL": "tcp",
                "PMP_INTERNAL_ADDRESS": "127.0.0.1",
                "PMP_INTERNAL_PORT": "22",
                "PMP_EXTERNAL_ADDRESS": "203.0.113.7",
                "PMP_EXTERNAL_PORT": "2222",
                "PMP_OLD_EXTERNAL_ADDRESS": "",
                "PMP_OLD_EXTERNAL_PORT": "",
                "PMP_LIFETIME": "7200",
                "PMP_GATEWAY": "default",
                "PMP_VIA": "pcp",
            },
        )

    def test_the_lifetime_of_what_does_not_end_is_empty(self):
        self.gateway("--protocols", "upnp", "--vice", "permanent-only")
        self.configure([SSH], self.hook(self.teller(), "acquired", "", "[{lifetime}]"))
        self.daemon()

        self.assertRegex(self.wait_told(1)[0], r" \[\]$")

    def test_no_shell_sees_the_arguments(self):
        self.gateway()
        program = self.script("tell", f'printf "%s\\n" "$@" >"{self.told_file}"\n')
        name = "$(touch x); `y` 'z'"
        self.configure(
            [f'name: "{name}", protocol: tcp, internal: 22'],
            self.hook(program, "acquired", "", "{mapping}", "*"),
        )
        self.keep()

        self.assertEqual(self.wait_told(2), [name, "*"])

    def test_only_the_named_mappings_and_events_count(self):
        self.gateway()
        program = self.teller()
        self.configure([SSH, WEB], self.hook(program, "acquired", ", mappings: [web]"))
        daemon = self.keep_open("ssh", "web")
        daemon.log.wait(r"hook .* ended")

        daemon.terminate()

        self.assertEqual([line.split()[:2] for line in self.told()], [["acquired", "web"]])

    def test_a_hook_hears_of_the_release_at_the_end(self):
        self.gateway()
        self.configure([SSH], self.hook(self.teller(then="sleep 0.3; echo done >&2")))
        daemon = self.keep_open("ssh")

        self.assertEqual(daemon.terminate(), 0)

        self.assertEqual([line.split()[0] for line in self.told()], ["acquired", "released"])
        daemon.log.wait(r"hook .*tell \(released ssh\) says: done")

    def test_a_restarted_daemon_tells_what_it_holds(self):
        self.gateway()
        self.configure([SSH], self.hook(self.teller()))
        daemon = self.keep_open("ssh")
        told = len(self.wait_told(1))
        daemon.kill()

        self.keep_open("ssh")

        self.assertEqual(self.wait_told(told + 1)[-1].split()[:3], ["acquired", "ssh", "2222"])

    def test_a_gateway_is_told_too(self):
        self.gateway()
        self.configure([], self.hook(self.teller(), "gateway_found", "", "{gateway}"))
        self.write_config([SSH], self.config.read_text().split("gateways:")[0])
        self.keep()

        self.assertEqual(self.wait_told(1)[0].split()[::2], ["gateway_found", "default"])


class Examples(HookTest):
    examples = Path(__file__).parents[3] / "config" / "examples"

    def test_the_port_is_in_a_file_while_it_is_open(self):
        self.gateway()
        port = self.dir / "port"
        program = self.examples / "hooks" / "port-to-file"
        self.configure([SSH], self.hook(program, "acquired, changed, lost, released", "", port))
        daemon = self.keep_open("ssh")
        daemon.log.wait(r"port-to-file \(acquired ssh\) ended with status 0")
        self.assertEqual(port.read_text(), "2222\n")

        daemon.terminate()

        self.assertFalse(port.exists())

    def test_torrent_clients_are_told_their_port(self):
        requests = self.listen()
        self.gateway()
        qbittorrent, transmission = (
            self.examples / "hooks" / name for name in ("qbittorrent", "transmission")
        )
        if shutil.which("curl") is None:
            self.skipTest("this machine has no curl")
        self.configure(
            [SSH],
            self.hook(qbittorrent, "acquired", "", self.url, "{external_port}"),
            self.hook(transmission, "acquired", "", self.url + "/rpc", "{external_port}"),
        )
        log = self.keep_open("ssh").log

        log.wait(r"qbittorrent \(acquired ssh\) ended with status 0")
        log.wait(r"transmission \(acquired ssh\) ended with status 0")

        preferences = json.loads(parse_qs(requests["/api/v2/app/setPreferences"])["json"][0])
        self.assertEqual(preferences["listen_port"], 2222)
        self.assertFalse(preferences["random_port"] or preferences["upnp"])
        self.assertEqual(json.loads(requests["/rpc"])["arguments"], {"peer-port": 2222})

    def test_a_torrent_client_that_wants_a_password_is_in_the_log(self):
        self.listen(status=403)
        self.gateway()
        if shutil.which("curl") is None:
            self.skipTest("this machine has no curl")
        qbittorrent = self.examples / "hooks" / "qbittorrent"
        self.configure([SSH], self.hook(qbittorrent, "acquired", "", self.url, "{external_port}"))

        log = self.keep_open("ssh").log

        log.wait(r"qbittorrent \(acquired ssh\) ended with status 22")

    def listen(self, status=200):
        """Keeps the last body of each path that was posted to, as the web server of a client."""
        requests = {}

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                requests[self.path] = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.reply(status, b'{"arguments":{},"result":"success"}')

            def do_GET(self):
                self.reply(409, b"")

            def reply(self, status, body):
                self.send_response(status)
                self.send_header("X-Transmission-Session-Id", "abc")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return requests


class Running(HookTest):
    def test_a_mapping_has_one_run_at_a_time_and_the_newest_state_wins(self):
        self.gateway()
        barrier = self.dir / "barrier"
        barrier.touch()
        program = self.teller(then=f'while [ -e "{barrier}" ]; do sleep 0.05; done')
        self.configure([SSH], self.hook(program))
        daemon = self.keep_open("ssh")
        self.wait_told(1)
        for port in (2223, 2224, 2225):
            self.configure(
                [f"name: ssh, protocol: tcp, internal: 22, external: {port}"], self.hook(program)
            )
            daemon.signal(signal.SIGHUP)
            daemon.log.wait(rf"(acquired|changed) ssh: .*:{port}")
        self.assertEqual(len(self.told()), 1)

        barrier.unlink()

        self.assertRegex(self.wait_told(2)[1], "^acquired ssh 2225 ")
        daemon.terminate()
        self.assertEqual(len(self.told()), 3)

    def test_eight_run_at_once_and_no_more(self):
        self.gateway()
        barrier = self.dir / "barrier"
        barrier.touch()
        program = self.teller(then=f'while [ -e "{barrier}" ]; do sleep 0.05; done')
        mappings = [f"name: m{n}, protocol: tcp, internal: {1000 + n}" for n in range(20)]
        self.configure(mappings, self.hook(program, "acquired"))
        daemon = self.keep()
        for n in range(20):
            daemon.log.wait(f"acquired m{n}:")
        self.wait_told(8)
        time.sleep(0.5)
        self.assertEqual(len(self.told()), 8)

        barrier.unlink()

        names = {line.split()[1] for line in self.wait_told(20)}
        self.assertEqual(len(names), 20)

    def test_one_that_takes_too_long_is_killed_with_its_children(self):
        self.gateway()
        pid = self.dir / "pid"
        program = self.script("hang", f'sleep 600 & echo $! >"{pid}"\nwait\n')
        self.configure([SSH], self.hook(program, "acquired", ", timeout: 1s"))

        self.keep().log.wait(r"hook .*hang \(acquired ssh\) was killed: it took too long")

        child = int(pid.read_text())
        wait_until(lambda: not self._runs(child))

    @staticmethod
    def _runs(pid):
        try:
            with open(f"/proc/{pid}/stat") as file:
                return file.read().rsplit(")", 1)[1].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    def test_output_and_status_go_to_the_log(self):
        self.gateway()
        program = self.script("fail", "echo one; echo two >&2; printf three; exit 7\n")
        self.configure([SSH], self.hook(program, "acquired"))
        log = self.keep().log

        log.wait(r" warn .*fail \(acquired ssh\) ended with status 7$")

        said = [line.rsplit("says: ", 1)[1] for line in log.all() if "says: " in line]
        self.assertEqual(said, ["one", "two", "three"])

    def test_endless_output_is_cut(self):
        self.gateway()
        program = self.script("chatter", "yes x | head -c 1000000\n")
        self.configure([SSH], self.hook(program, "acquired"))
        log = self.keep().log

        log.wait(r"chatter .* ended with status 0")

        log.wait("says more than is logged")
        self.assertLess(sum(len(line) > 0 for line in log.all()), 20000)

    def test_a_program_that_is_not_there_costs_an_error_alone(self):
        self.gateway()
        self.configure(
            [SSH], self.hook(self.dir / "absent", "acquired"), self.hook(self.teller(), "acquired")
        )
        daemon = self.keep_open("ssh")

        daemon.log.wait(r" error .*absent \(acquired ssh\) can't be run: No such file")

        self.wait_told(1)
        self.assertEqual(daemon.terminate(), 0)

    def test_a_hook_never_delays_a_renewal(self):
        self.gateway("--max-lifetime", "10")
        self.configure([SSH], self.hook(self.script("hang", "sleep 600\n"), "acquired"))
        self.keep_open("ssh")

        with Control(self.control) as control:
            control.ask("watch")
            control.event("renewed", "ssh")

    def test_at_the_end_a_hook_has_a_bounded_time(self):
        self.gateway()
        program = self.script("hang", 'trap "" TERM\nsleep 600\n')
        self.configure([SSH], self.hook(program, "released"))
        daemon = self.keep_open("ssh")
        started = time.monotonic()

        self.assertEqual(daemon.terminate(timeout=20), 0)

        self.assertLess(time.monotonic() - started, 15)
        daemon.log.wait(r"hang \(released ssh\) was killed")

    def test_a_second_signal_does_not_wait_for_hooks(self):
        self.gateway()
        self.configure([SSH], self.hook(self.script("hang", "sleep 600\n"), "released"))
        daemon = self.keep_open("ssh")
        daemon.signal(signal.SIGTERM)
        daemon.log.wait("released ssh")
        started = time.monotonic()

        daemon.signal(signal.SIGTERM)

        self.assertEqual(daemon.exit_status(), 0)
        self.assertLess(time.monotonic() - started, 3)

    def test_a_hook_has_no_descriptors_of_the_daemon(self):
        self.gateway()
        program = self.script("tell", f'ls -l /proc/$$/fd >"{self.told_file}"\n')
        self.configure([SSH], self.hook(program, "acquired"))
        self.keep()

        listing = "\n".join(self.wait_told(4))
        self.assertIn("/dev/null", listing)
        self.assertNotRegex(listing, "socket|anon_inode|state")


class Reloading(HookTest):
    def test_a_new_hook_is_told_what_is_held(self):
        self.gateway()
        self.configure([SSH])
        self.keep_open("ssh")
        self.configure([SSH], self.hook(self.teller()))

        ask(self.control, "reload")

        self.assertEqual(self.wait_told(1)[0].split()[:3], ["acquired", "ssh", "2222"])

    def test_a_hook_that_stays_is_told_nothing(self):
        self.gateway()
        self.configure([SSH], self.hook(self.teller()))
        daemon = self.keep_open("ssh")
        self.wait_told(1)
        self.configure([SSH, WEB], self.hook(self.teller()))

        ask(self.control, "reload")

        self.assertEqual([line.split()[1] for line in self.wait_told(2)], ["ssh", "web"])
        daemon.log.wait(r"\(acquired web\) ended")
        self.assertEqual(len(self.told()), 2)

    def test_a_hook_that_is_gone_is_told_nothing_more(self):
        self.gateway()
        self.configure([SSH], self.hook(self.teller()))
        daemon = self.keep_open("ssh")
        self.wait_told(1)
        self.configure([SSH])
        ask(self.control, "reload")

        daemon.terminate()

        self.assertEqual(len(self.told()), 1)
