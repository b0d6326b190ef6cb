# SPDX-License-Identifier: MIT
import signal

from control import ask
from harness import DaemonTest, Gateway, wait_until

SSH = "name: ssh, protocol: tcp, internal: 22, external: 2222"
WEB = "name: web, protocol: tcp, internal: 80, external: 8080"
WG = "name: wg, protocol: udp, internal: 51820"


class Reload(DaemonTest):
    def test_acts_on_the_difference_alone(self):
        gateway = self.gateway()
        self.write_config([SSH, WEB])
        daemon = self.keep_open("ssh", "web")
        before = gateway.table()
        served = len(gateway.served())
        self.write_config([SSH, WG])

        daemon.signal(signal.SIGHUP)

        daemon.log.wait(r"reloaded .*: 1 mapping added, 1 removed added=wg removed=web$")
        daemon.log.wait("acquired wg:")
        daemon.log.wait("released web:")
        after = gateway.table()
        self.assertEqual(set(after), {22, 51820})
        self.assertEqual(after[22], before[22])
        requests = [line for line in gateway.served()[served:] if " -> " in line]
        self.assertFalse([line for line in requests if "127.0.0.1:22 " in line])

    def test_of_one_of_ten_thousand_mappings_asks_for_that_one(self):
        gateway = self.gateway()
        most = "name: all, protocol: tcp, internal: 20001-29998"
        self.write_config([most, SSH, WEB])
        daemon = self.keep()
        wait_until(lambda: "10000 mappings" in gateway.perform("table", r"^\d+ mappings?$")[0], 40)
        wait_until(lambda: self.held() == 10000, 20)
        served = len(gateway.served())
        self.write_config([most, SSH, WEB.replace("8080", "8081")])

        daemon.signal(signal.SIGHUP)

        daemon.log.wait("reloaded .*: 1 mapping changed changed=web$")
        daemon.log.wait(r"acquired web: .*:8081")
        gateway.lines.wait("pcp map tcp 127.0.0.1:80 .*8081")
        requests = [line for line in gateway.served()[served:] if " pcp " in line]
        self.assertEqual(len(requests), 2, requests)
        self.assertTrue(all("127.0.0.1:80 " in line for line in requests), requests)

    def replace_config(self, mappings):
        """In one step: whoever reads it meanwhile reads the whole of one."""
        file = self.config
        self.config = self.dir / "new.yaml"
        self.write_config(mappings)
        self.config = self.config.replace(file)

    def held(self):
        return sum(each["state"] == "held" for each in ask(self.control, "status")["leases"])

    def test_in_the_middle_of_others_leaves_what_was_written_last(self):
        gateway = self.gateway()
        self.write_config([SSH, "name: all, protocol: tcp, internal: 20001-20300"])
        daemon = self.keep()
        daemon.log.wait("acquired ssh:")
        for last in (20100, 20900, 20010, 20500):
            self.replace_config([SSH, f"name: all, protocol: tcp, internal: 20001-{last}"])
            daemon.signal(signal.SIGHUP)
        self.replace_config([WEB])

        daemon.signal(signal.SIGHUP)

        daemon.log.wait("acquired web:")
        wait_until(lambda: set(gateway.table()) == {80})
        self.assertEqual(self.held(), 1)

    def test_in_the_middle_of_a_release_takes_it_back(self):
        gateway = self.gateway()
        self.write_config([SSH, WEB])
        daemon = self.keep_open("ssh", "web")
        gateway.perform("vice answers-late=700", "answers-late=700 on$")
        self.replace_config([SSH])
        daemon.signal(signal.SIGHUP)
        gateway.lines.wait("pcp delete tcp 127.0.0.1:80")
        self.replace_config([SSH, WEB])

        daemon.signal(signal.SIGHUP)

        wait_until(lambda: self.held() == 2 and set(gateway.table()) == {22, 80})
        self.assertEqual(gateway.table()[80][0], 8080)

    def test_in_the_middle_of_the_last_release_changes_nothing(self):
        gateway = self.gateway()
        self.write_config([SSH])
        daemon = self.keep_open("ssh")
        gateway.perform("vice answers-late=700", "answers-late=700 on$")
        self.replace_config([SSH, WEB])
        daemon.signal(signal.SIGTERM)
        daemon.log.wait("stopping")

        daemon.signal(signal.SIGHUP)

        self.assertEqual(daemon.exit_status(), 0)
        self.assertEqual(gateway.table(), {})
        self.assertFalse([line for line in gateway.served() if "127.0.0.1:80 " in line])

    def test_in_the_middle_of_a_change_of_gateway_holds_at_the_last(self):
        first = self.gateway()
        self.write_config([SSH])
        daemon = self.keep_open("ssh")
        here, there = self.address, self.address.rsplit(".", 1)[0] + "." + str(
            int(self.address.rsplit(".", 1)[1]) + 1)
        second = Gateway(there, "--vice", "answers-late=1000")
        self.addCleanup(second.stop)
        self.address = there
        self.replace_config([SSH, WEB])
        daemon.signal(signal.SIGHUP)
        second.lines.wait(" pcp ")
        self.address = here
        self.replace_config([SSH, WG])

        daemon.signal(signal.SIGHUP)

        wait_until(lambda: self.held() == 2 and set(first.table()) == {22, 51820})
        self.assertEqual(
            {each["gateway"]["address"] for each in ask(self.control, "status")["leases"]}, {here})

    def beside(self):
        head, last = self.address.rsplit(".", 1)
        return f"{head}.{int(last) + 1}"

    def test_with_another_gateway_releases_at_the_old_one(self):
        first = self.gateway()
        self.write_config([SSH, WEB])
        daemon = self.keep_open("ssh", "web")
        second = Gateway(self.beside())
        self.addCleanup(second.stop)
        before = len(daemon.log.all())
        self.address = second.address
        self.write_config([SSH, WEB])

        daemon.signal(signal.SIGHUP)

        daemon.log.wait("acquired ssh:", before)
        daemon.log.wait("acquired web:", before)
        daemon.log.wait("info  released ssh", before)
        daemon.log.wait("info  released web", before)
        told = daemon.log.all()[before:]
        self.assertEqual(sum("info  released " in line for line in told), 2, told)
        self.assertFalse([line for line in told if " lost " in line or "is gone" in line], told)
        self.assertEqual(first.table(), {})
        self.assertEqual(set(second.table()), {22, 80})

    def test_with_other_protocols_keeps_what_they_allow(self):
        gateway = self.gateway()
        self.write_config([SSH])
        daemon = self.keep_open("ssh")
        before = len(daemon.log.all())
        served = len(gateway.served())
        self.config.write_text(self.config.read_text().replace("1}", "1, protocols: [pcp]}"))

        daemon.signal(signal.SIGHUP)

        daemon.log.wait("1 gateway changed", before)
        ask(self.control, "status")
        self.assertEqual(self.held(), 1)
        self.assertFalse([line for line in gateway.served()[served:] if " pcp " in line])
        self.assertFalse([line for line in daemon.log.all()[before:] if "ssh:" in line])

    def test_with_other_protocols_releases_what_they_do_not_allow(self):
        gateway = self.gateway()
        self.write_config([SSH])
        daemon = self.keep_open("ssh")
        before = len(daemon.log.all())
        self.config.write_text(self.config.read_text().replace("1}", "1, protocols: [nat-pmp]}"))

        daemon.signal(signal.SIGHUP)

        daemon.log.wait("released ssh:.*via=pcp", before)
        daemon.log.wait("acquired ssh:.*via=nat-pmp", before)
        gateway.lines.wait("pcp delete tcp 127.0.0.1:22")
        self.assertEqual(set(gateway.table()), {22})

    def test_of_a_file_without_its_gateway_releases_what_was_there(self):
        gateway = self.gateway()
        self.write_config([SSH, WEB])
        daemon = self.keep_open("ssh", "web")
        before = len(daemon.log.all())
        # Nothing is wanted of the gateway that takes its place, and nothing is sent there.
        self.config.write_text("gateways:\n  other: {address: 127.0.0.1}\n")

        daemon.signal(signal.SIGHUP)

        daemon.log.wait("released ssh:", before)
        daemon.log.wait("released web:", before)
        self.assertFalse([line for line in daemon.log.all()[before:] if "gone" in line])
        self.assertEqual(gateway.table(), {})

    def test_of_a_broken_file_changes_nothing(self):
        gateway = self.gateway()
        self.write_config([SSH])
        daemon = self.keep_open("ssh")
        self.write_config([SSH, "name: web, protocol: tcp, internal: http", "prtocol: tcp"])

        daemon.signal(signal.SIGHUP)

        daemon.log.wait("the running configuration stays")
        errors = [line for line in daemon.log.all() if f"{self.config}:" in line]
        self.assertGreaterEqual(len(errors), 2)
        self.assertTrue(all(" error " in line for line in errors))
        self.assertEqual(set(gateway.table()), {22})
        self.write_config([SSH, WG])
        daemon.signal(signal.SIGHUP)
        daemon.log.wait("acquired wg:")

    def test_of_the_same_file_says_so(self):
        self.gateway()
        self.write_config([SSH])
        daemon = self.keep_open("ssh")

        daemon.signal(signal.SIGHUP)

        daemon.log.wait("reloaded .*: nothing changed")

    def test_gives_an_idle_daemon_something_to_do(self):
        self.gateway()
        self.write_config([])
        daemon = self.keep()
        daemon.log.wait("has nothing to keep open")
        self.write_config([SSH])

        daemon.signal(signal.SIGHUP)

        daemon.log.wait("acquired ssh:")

    def test_changes_the_log(self):
        self.gateway()
        self.write_config([SSH])
        daemon = self.keep_open("ssh")
        self.write_config([SSH], "log: {level: warn, format: json}\n")
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: daemon.signal(signal.SIGUSR1) or daemon.log.all()[-1].startswith("{"))
        self.write_config(["protocol: tpc"])

        daemon.signal(signal.SIGHUP)

        daemon.log.wait(r'^\{"time":"[^"]*","level":"error","message":"the running config')
        self.assertFalse([line for line in daemon.log.all() if "reloaded" in line])

    def test_changes_whether_leases_are_released_at_the_end(self):
        gateway = self.gateway()
        self.write_config([SSH])
        daemon = self.keep_open("ssh")
        self.write_config([SSH], "release_on_exit: false\n")
        daemon.signal(signal.SIGHUP)
        daemon.log.wait("settings changed")

        self.assertEqual(daemon.terminate(), 0)

        self.assertEqual(set(gateway.table()), {22})

    def test_says_that_another_state_file_needs_a_restart(self):
        self.gateway()
        self.write_config([SSH], f"state: {self.dir}/one.json\n")
        daemon = self.daemon()
        daemon.log.wait("acquired ssh:")
        self.write_config([SSH], f"state: {self.dir}/two.json\n")

        daemon.signal(signal.SIGHUP)

        daemon.log.wait("another state file takes effect at the next start")
        self.assertFalse((self.dir / "two.json").exists())
