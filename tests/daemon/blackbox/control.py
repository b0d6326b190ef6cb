# SPDX-License-Identifier: MIT
"""A client of pmpd's control socket."""
import json
import socket

from harness import PATIENCE


class Control:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        try:
            self.socket.connect(str(path))
        except OSError:
            self.socket.close()
            raise
        self._pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def read(self):
        """One line; None where the daemon has closed the connection."""
        while b"\n" not in self._pending:
            try:
                chunk = self.socket.recv(1 << 16)
            except (ConnectionResetError, BrokenPipeError):
                return None
            if not chunk:
                return None
            self._pending += chunk
        line, self._pending = self._pending.split(b"\n", 1)
        return json.loads(line)

    def ask(self, command, **more):
        self.send(json.dumps({"command": command, **more}).encode() + b"\n")
        return self.read()

    def event(self, kind, mapping=None):
        """Passes over all others."""
        while (event := self.read()) is not None:
            if event.get("event") == kind and event["mapping"] in (mapping, event["mapping"]):
                return event
        raise AssertionError(f"the daemon has closed the connection before {kind}")


def ask(path, command, **more):
    with Control(path) as control:
        return control.ask(command, **more)
