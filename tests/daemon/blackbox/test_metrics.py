# SPDX-License-Identifier: MIT
import http.client
import json
import re
import shutil
import socket
import subprocess
import unittest
from pathlib import Path

from control import ask
from harness import DaemonTest, wait_until

DASHBOARD = Path(__file__).parents[3] / "config/examples/grafana/pmpd.json"
SSH = "name: ssh, protocol: tcp, internal: 22, external: 2222"
QUOTED = "name: 'a \"b\\c', protocol: udp, internal: 53"


class MetricsTest(DaemonTest):
    def setUp(self):
        super().setUp()
        # An address of its own: no other program of the machine has its ports.
        self.port = 9351

    def serve(self, mappings, settings=""):
        self.write_config(mappings, f'metrics: "{self.address}:{self.port}"\n' + settings)
        daemon = self.keep()
        daemon.log.wait("pmpd [0-9.]+ ")
        wait_until(self.answers)
        return daemon

    def answers(self):
        try:
            self.fetch("/healthz")
        except ConnectionRefusedError:
            return False
        return True

    def fetch(self, path, method="GET"):
        connection = http.client.HTTPConnection(self.address, self.port, timeout=10)
        try:
            connection.request(method, path)
            reply = connection.getresponse()
            return reply.status, reply.getheader("Content-Type"), reply.read().decode()
        finally:
            connection.close()

    def metrics(self):
        status, kind, text = self.fetch("/metrics")
        self.assertEqual((status, kind), (200, "text/plain; version=0.0.4; charset=utf-8"))
        return text

    def value(self, series):
        found = re.search(rf"^{re.escape(series)} (\S+)$", self.metrics(), re.M)
        return float(found.group(1)) if found else None


class Metrics(MetricsTest):
    def test_show_each_lease(self):
        self.gateway()
        daemon = self.serve([SSH])
        daemon.log.wait("acquired ssh")

        labels = '{mapping="ssh",protocol="tcp",gateway="default",via="pcp"}'
        self.assertEqual(self.value("pmpd_lease_held" + labels), 1)
        self.assertEqual(self.value('pmpd_lease_external_port{mapping="ssh"}'), 2222)
        left = self.value('pmpd_lease_expiry_seconds{mapping="ssh"}')
        self.assertTrue(7100 < left <= 7200)

    def test_count_nothing_as_open_while_the_gateway_is_not_connected(self):
        self.loses_its_connection("pcp")

    def test_count_nothing_as_open_while_a_gateway_of_nat_pmp_is_not_connected(self):
        self.loses_its_connection("nat-pmp", "--protocols", "nat-pmp")

    def loses_its_connection(self, via, *options):
        gateway = self.gateway(*options)
        self.serve([SSH]).log.wait("acquired ssh")
        series = f'pmpd_lease_held{{mapping="ssh",protocol="tcp",gateway="default",via="{via}"}}'
        self.assertEqual(self.value(series), 1)

        gateway.perform("address 0.0.0.0", "address 0.0.0.0")

        wait_until(lambda: self.value(series) == 0)

    def test_keep_a_lease_that_is_lost_in_its_series(self):
        gateway = self.gateway("--max-lifetime", "4", "--protocols", "pcp")
        daemon = self.serve([SSH])
        daemon.log.wait("acquired ssh")

        gateway.perform("vice silent on", "silent on$")
        daemon.log.wait("lost ssh")

        lost = [line for line in self.metrics().splitlines() if line.startswith("pmpd_lease_held")]
        self.assertEqual(
            lost, ['pmpd_lease_held{mapping="ssh",protocol="tcp",gateway="default",via="pcp"} 0'])

    def test_have_no_slash_in_their_results(self):
        self.gateway("--protocols", "nat-pmp", "--vice", "refuses=2")
        daemon = self.serve([SSH])
        daemon.log.wait("refused ssh")

        labels = '{gateway="default",via="nat-pmp",result="not_authorized_refused"}'
        self.assertEqual(self.value("pmpd_requests_total" + labels), 1)

    def test_show_a_lease_that_is_not_there(self):
        self.serve([SSH])

        labels = '{mapping="ssh",protocol="tcp",gateway="default",via=""}'
        self.assertEqual(self.value("pmpd_lease_held" + labels), 0)
        self.assertIsNone(self.value('pmpd_lease_external_port{mapping="ssh"}'))

    def test_count_what_was_asked_and_answered(self):
        self.gateway()
        daemon = self.serve([SSH])
        daemon.log.wait("acquired ssh")

        labels = '{gateway="default",via="pcp",result="success"}'
        self.assertEqual(self.value("pmpd_requests_total" + labels), 1)
        self.assertEqual(self.value("pmpd_request_seconds_count"), 1)
        self.assertEqual(self.value('pmpd_request_seconds_bucket{le="+Inf"}'), 1)
        self.assertGreater(self.value('pmpd_gateway_epoch_seconds{gateway="default"}'), -1)

    def test_count_refusals_by_their_name(self):
        self.gateway("--vice", "refuses=8")
        daemon = self.serve([SSH])
        daemon.log.wait("refused ssh")

        labels = '{gateway="default",via="pcp",result="no_resources"}'
        self.assertEqual(self.value("pmpd_requests_total" + labels), 1)

    def test_count_requests_that_nothing_answers(self):
        self.gateway("--vice", "silent")
        self.serve([SSH])

        labels = '{gateway="default",via="pcp",result="unanswered"}'
        wait_until(lambda: (self.value("pmpd_requests_total" + labels) or 0) >= 1, 20)

    def test_count_hooks(self):
        self.gateway()
        hook = "hooks: [{on: [acquired], run: ['false']}, {on: [acquired], run: ['true']}]\n"
        daemon = self.serve([SSH], hook)
        daemon.log.wait("true .* ended with status 0")
        daemon.log.wait("false .* ended with status 1")

        self.assertEqual(self.value('pmpd_hooks_total{result="ok"}'), 1)
        self.assertEqual(self.value('pmpd_hooks_total{result="failed"}'), 1)

    def test_tell_whether_the_last_reload_was_successful(self):
        self.serve([])
        good = self.config.read_text()
        self.assertEqual(self.value("pmpd_config_last_reload_successful"), 1)
        self.config.write_text(good + "mappigns: []\n")
        ask(self.control, "reload")
        self.assertEqual(self.value("pmpd_config_last_reload_successful"), 0)
        self.config.write_text(good)

        ask(self.control, "reload")

        self.assertEqual(self.value("pmpd_config_last_reload_successful"), 1)

    def test_are_in_the_format_of_prometheus(self):
        self.gateway()
        daemon = self.serve([SSH, QUOTED])
        daemon.log.wait("acquired ssh")
        label = r'[a-z_]+="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
        sample = rf"pmpd_[a-z_]+(?:\{{{label}(?:,{label})*\}})? [0-9.e+-]+"
        comment = r"# (?:HELP pmpd_[a-z_]+ .+|TYPE pmpd_[a-z_]+ (?:gauge|counter|histogram))"

        text = self.metrics()

        for line in text.splitlines():
            self.assertRegex(line, rf"^(?:{sample}|{comment})$")
        self.assertTrue(text.endswith("\n"))
        self.assertIn(r'mapping="a \"b\\c"', text)
        samples = [line.rsplit(" ", 1)[0] for line in text.splitlines() if line[0] != "#"]
        self.assertEqual(len(samples), len(set(samples)))

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_please_promtool(self):
        self.gateway()
        self.serve([SSH, QUOTED]).log.wait("acquired ssh")

        said = subprocess.run(
            ["promtool", "check", "metrics"],
            input=self.metrics(), capture_output=True, text=True, check=False,
        )

        self.assertEqual((said.returncode, said.stderr), (0, ""))


    def test_are_all_that_the_dashboard_asks_for(self):
        self.gateway()
        hook = "hooks: [{on: [acquired], run: ['true']}]\n"
        self.serve([SSH], hook).log.wait("acquired ssh")
        families = dict(re.findall(r"^# TYPE (\S+) (\S+)$", self.metrics(), re.M))
        known = set(families)
        known |= {name + end for name, kind in families.items() if kind == "histogram"
                  for end in ("_bucket", "_count", "_sum")}
        dashboard = json.loads(DASHBOARD.read_text())
        asked = set(re.findall(r"\bpmpd_[a-z_]+", json.dumps(dashboard["panels"])))

        self.assertGreater(len(asked), 5)
        self.assertLessEqual(asked, known)


class Server(MetricsTest):
    def test_answers_healthz(self):
        self.serve([])

        self.assertEqual(self.fetch("/healthz")[::2], (200, "ok\n"))
        self.assertEqual(self.fetch("/healthz", "HEAD")[::2], (200, ""))

    def test_refuses_what_it_does_not_know(self):
        self.serve([])

        self.assertEqual(self.fetch("/")[0], 404)
        self.assertEqual(self.fetch("/metrics/../etc/passwd")[0], 404)
        self.assertEqual(self.fetch("/metrics", "POST")[0], 405)

    def test_moves_and_ends_at_a_reload(self):
        self.serve([])
        other = self.port + 1
        self.write_config([], f"metrics: '{self.address}:{other}'\n")
        ask(self.control, "reload")
        with self.assertRaises(ConnectionRefusedError):
            self.fetch("/healthz")
        self.port = other
        self.assertEqual(self.fetch("/healthz")[0], 200)
        self.write_config([])

        ask(self.control, "reload")

        with self.assertRaises(ConnectionRefusedError):
            self.fetch("/healthz")

    def test_a_port_that_is_taken_costs_one_warning(self):
        with socket.create_server((self.address, self.port)):
            self.write_config([], f"metrics: '{self.address}:{self.port}'\n")
            daemon = self.keep()
            daemon.log.wait(" warn .*metrics can't be served at .*: Address already in use")

            self.assertTrue(ask(self.control, "version")["ok"])

    def test_hostile_clients_are_nobody_elses_concern(self):
        self.serve([])
        clients = [socket.create_connection((self.address, self.port)) for _ in range(200)]
        for n, client in enumerate(clients):
            self.addCleanup(client.close)
            try:
                client.sendall((b"GET /metr", b"\0" * 100, b"G" * 100_000, b"")[n % 4])
            except (BrokenPipeError, ConnectionResetError):
                pass

        # Those that say nothing have their time; then the places are free again.
        def is_served():
            try:
                return self.fetch("/healthz")[0] == 200
            except (OSError, http.client.HTTPException):
                return False

        wait_until(is_served, 30)
        self.assertTrue(ask(self.control, "version")["ok"])
