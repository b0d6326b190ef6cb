# SPDX-License-Identifier: MIT
import json
import os
import re
import signal
import time
from pathlib import Path

from harness import DaemonTest, wait_until

SSH = "name: ssh, protocol: tcp, internal: 22, external: 2222"


MANUAL = Path(__file__).parents[3] / "docs" / "man" / "pmpd.8"


class Log(DaemonTest):
    def test_has_no_fields_that_the_manual_does_not_name(self):
        known = set(re.findall(r"^\.It Va (\S+) Ta ", MANUAL.read_text(), re.M))
        known |= {"time", "level", "message"}
        self.gateway()
        hook = "hooks: [{on: [acquired], run: [echo, hello]}, {on: [acquired], run: [absent]}]\n"
        self.write_config([SSH], hook + "metrics: 192.0.2.1:1\n")
        daemon = self.keep("--log-format", "json", "--log-level", "trace")
        daemon.log.wait("hello")
        daemon.log.wait("absent")
        self.write_config([SSH.replace("2222", "2223"), "protocol: tcp, internal: 80"])
        daemon.signal(signal.SIGHUP)
        daemon.log.wait("acquired tcp-80")
        self.config.write_text("broken")
        daemon.signal(signal.SIGHUP)
        daemon.log.wait("running configuration stays")
        daemon.terminate()

        used = {key for line in daemon.log.all() for key in json.loads(line)}

        self.assertEqual(used - known, set())
        self.assertGreater(len(used), 20)

    def test_tells_a_lease_in_one_line(self):
        self.gateway()
        self.write_config([SSH], "lifetime: 1h\n")

        daemon = self.keep_open("ssh")

        daemon.log.wait(
            r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d info  "
            r"acquired ssh: tcp 203\.0\.113\.7:2222 -> 127\.0\.0\.1:22 "
            r"mapping=ssh via=pcp gateway=default lifetime=3600$"
        )

    def test_shows_each_packet_where_all_is_traced(self):
        self.gateway()
        self.write_config([SSH], "lifetime: 1h\n")

        daemon = self.keep("--log-level", "trace")

        daemon.log.wait(
            rf"trace sent MAP to {self.address}:5351: tcp 22, external 0\.0\.0\.0:2222 via=pcp "
            r"gateway=default lifetime=3600 octets=\d+ source=127\.0\.0\.1:\d+$")
        daemon.log.wait(
            rf"trace received MAP from {self.address}:5351: tcp 22, external 203\.0\.113\.7:2222 "
            r"via=pcp gateway=default result=success lifetime=3600 ")
        daemon.log.wait("acquired ssh")

    def test_shows_http_by_its_actions(self):
        self.gateway("--protocols", "upnp")
        self.write_config([SSH])
        self.config.write_text(self.config.read_text().replace("1}", "1, protocols: [upnp]}"))

        daemon = self.keep("--log-level", "trace")

        daemon.log.wait("trace sent M-SEARCH to .* via=ssdp ")
        daemon.log.wait("trace received reply from .*: urn:.* at http://.* via=ssdp ")
        daemon.log.wait("trace sent AddPortMapping to .* NewExternalPort=2222 .* via=upnp .* lifetime=3600 ")
        daemon.log.wait("trace received AddPortMapping from .* via=upnp .*result=success ")

    def test_shows_no_packets_where_less_is_wanted(self):
        self.gateway()
        self.write_config([SSH])

        daemon = self.keep("--log-level", "debug")

        daemon.log.wait("acquired ssh")
        self.assertFalse([line for line in daemon.log.all() if " trace " in line])

    def test_begins_to_show_packets_at_a_reload(self):
        self.gateway()
        self.write_config([SSH])
        daemon = self.keep_open("ssh")
        self.write_config([SSH, "name: web, protocol: tcp, internal: 80, external: 8080"],
                          "log: {level: trace}\n")

        daemon.signal(signal.SIGHUP)

        daemon.log.wait(r"trace sent MAP to .*: tcp 80, external 0\.0\.0\.0:8080 ")

    def test_in_json_is_json(self):
        self.gateway()
        self.write_config([SSH])
        daemon = self.keep("--log-format", "json")
        daemon.log.wait('"event":"acquired"')

        self.assertEqual(daemon.terminate(), 0)

        lines = [json.loads(line) for line in daemon.log.all()]
        acquired = [each for each in lines if each.get("event") == "acquired"]
        self.assertEqual(len(acquired), 1)
        self.assertEqual(acquired[0]["external_port"], 2222)
        self.assertEqual(lines[-1]["message"], "stopped")

    def test_says_that_a_restarted_gateway_got_its_mappings_back(self):
        gateway = self.gateway()
        time.sleep(2.5)  # RFC 6887 8.5: an epoch below 2 cannot be seen to start again
        self.write_config([SSH])
        daemon = self.keep_open("ssh")

        gateway.perform("reboot", "rebooted")

        daemon.log.wait(" warn  gateway default .* restarted: its mappings are made again")
        daemon.log.wait(" info  made again ssh, which was gone from the gateway: tcp 203.0.113.7:2222 ")

    def test_shows_the_table_when_asked(self):
        self.gateway()
        self.write_config([SSH])
        daemon = self.keep("--log-level", "error")
        wait_until(lambda: '"ssh"' in self.state.read_text())

        daemon.signal(signal.SIGUSR1)

        daemon.log.wait(r"MAPPING +STATE +PROTOCOL")
        daemon.log.wait(r"ssh +held +tcp +127\.0\.0\.1:22 +203\.0\.113\.7:2222 ")

    def test_goes_to_a_file_and_follows_logrotate(self):
        self.gateway()
        log = self.dir / "pmpd.log"
        self.write_config([SSH], f"log: {{target: 'file:{log}'}}\n")
        daemon = self.keep()
        wait_until(lambda: "acquired ssh" in log.read_text())
        log.rename(self.dir / "pmpd.log.1")

        daemon.signal(signal.SIGHUP)
        wait_until(lambda: "reloaded" in log.read_text())

        self.assertEqual(daemon.terminate(), 0)
        self.assertIn("stopped", log.read_text())
        self.assertEqual(daemon.log.all(), [])

    def test_in_the_journal_has_priorities_instead_of_times(self):
        self.gateway("--external", "192.168.0.2")
        self.write_config([SSH])
        with open(self.dir / "journal", "w+") as journal:
            place = os.fstat(journal.fileno())
            stream = f"{place.st_dev}:{place.st_ino}"
            daemon = self.keep(stderr=journal, env={"JOURNAL_STREAM": stream})
            wait_until(lambda: "acquired ssh" in (self.dir / "journal").read_text())

            self.assertEqual(daemon.terminate(), 0)

        lines = (self.dir / "journal").read_text().splitlines()
        self.assertRegex(lines[0], "^<6>pmpd .* keeps 1 mapping open ")
        self.assertRegex("\n".join(lines), "\n<4>external address 192.168.0.2 of gateway default")

    def test_that_cannot_be_opened_is_an_error_at_the_start(self):
        self.write_config([SSH], f"log: {{target: 'file:{self.config}/pmpd.log'}}\n")

        daemon = self.keep()

        self.assertEqual(daemon.exit_status(), 1)
        self.assertRegex("\n".join(daemon.log.all()), r"^pmpd: the log can't be opened: .*pmpd\.log")

    def test_survives_its_reader(self):
        gateway = self.gateway()
        self.write_config([SSH])
        reader, writer = os.pipe()
        os.close(reader)
        daemon = self.keep(stderr=writer)
        os.close(writer)
        wait_until(lambda: 22 in gateway.table())

        self.assertEqual(daemon.terminate(), 0)
        self.assertEqual(gateway.table(), {})
