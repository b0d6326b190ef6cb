# SPDX-License-Identifier: MIT
"""A gateway that speaks UPnP alone, and answers each action as a test wants it."""
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"
DEVICE = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
CONTROL = "/control"

DESCRIPTION = f"""<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0">
<device><deviceType>{DEVICE}</deviceType><friendlyName>scripted</friendlyName>
<modelName>scripted</modelName><UDN>uuid:1</UDN><deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><UDN>uuid:2</UDN><deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType><UDN>uuid:3</UDN>
<serviceList><service><serviceType>{SERVICE}</serviceType>
<serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId><SCPDURL>/scpd</SCPDURL>
<controlURL>CONTROL_URL</controlURL><eventSubURL></eventSubURL></service></serviceList>
</device></deviceList></device></deviceList></device></root>"""


def envelope(inside):
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<s:Body>{inside}</s:Body></s:Envelope>"
    )


def refusal(code):
    return envelope(
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
        '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0">'
        f"<errorCode>{code}</errorCode></UPnPError></detail></s:Fault>"
    )


class HttpError(Exception):
    """Instead of an answer in SOAP."""


class Refused(Exception):
    """Has the code of a UPnP error."""


class Silence(Exception):
    """The connection is closed without an answer."""


class ScriptedIgd:
    """`on(action, script)`: `script(arguments)` returns the arguments of the answer, without `New`,
    or raises `Refused` or `HttpError` with a number, or `Silence`; it may wait as long as it likes."""

    def __init__(self, address, location=None, control=CONTROL):
        self.address = address
        self.table = {}
        self.heard = []
        self._scripts = {
            "GetStatusInfo": lambda _: {
                "ConnectionStatus": "Connected", "LastConnectionError": "ERROR_NONE", "Uptime": "99"},
            "GetExternalIPAddress": lambda _: {"ExternalIPAddress": "203.0.113.7"},
            "AddPortMapping": self.add,
            "DeletePortMapping": self.delete,
            "GetSpecificPortMappingEntry": self.look,
            "GetGenericPortMappingEntry": self.row,
        }
        self._description = DESCRIPTION.replace("CONTROL_URL", control)
        self._server = ThreadingHTTPServer((address, 0), self._handler())
        self._server.daemon_threads = True
        port = self._server.server_address[1]
        self._location = location or f"http://{address}:{port}/description.xml"
        self._searches = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._searches.bind((address, 1900))
        self._stopped = False
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.02,)),
            threading.Thread(target=self._answer_searches),
        ]
        for each in self._threads:
            each.start()

    def on(self, action, script):
        self._scripts[action] = script

    def count(self, action):
        return [name for name, _ in self.heard].count(action)

    def stop(self):
        if self._stopped:
            return
        self._stopped = True
        self._server.shutdown()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", self._searches.getsockname())
        for each in self._threads:
            each.join()
        self._server.server_close()
        self._searches.close()

    def add(self, arguments):
        self.table[arguments["Protocol"], int(arguments["ExternalPort"])] = arguments
        return {}

    def delete(self, arguments):
        if self.table.pop(self._key(arguments), None) is None:
            raise Refused(714)
        return {}

    def look(self, arguments):
        if self._key(arguments) not in self.table:
            raise Refused(714)
        return self._shown(self.table[self._key(arguments)])

    def row(self, arguments):
        rows = list(self.table.values())
        index = int(arguments["PortMappingIndex"])
        if index >= len(rows):
            raise Refused(713)
        names = ("RemoteHost", "ExternalPort", "Protocol")
        return {**{name: rows[index][name] for name in names}, **self._shown(rows[index])}

    @staticmethod
    def _key(arguments):
        return arguments["Protocol"], int(arguments["ExternalPort"])

    @staticmethod
    def _shown(entry):
        names = (
            "InternalPort", "InternalClient", "Enabled", "PortMappingDescription", "LeaseDuration")
        return {name: entry[name] for name in names}

    def _answer_searches(self):
        while heard := self._searches.recvfrom(2048):
            text, client = heard[0].decode(), heard[1]
            if not text:
                return
            if target := re.search(r"(?im)^ST: *(.*?)\r$", text):
                reply = (
                    "HTTP/1.1 200 OK", "CACHE-CONTROL: max-age=120", "EXT:", f"ST: {target[1]}",
                    f"USN: uuid:1::{target[1]}", f"LOCATION: {self._location}", "SERVER: x", "", "")
                self._searches.sendto("\r\n".join(reply).encode(), client)

    def _call(self, action, body):
        arguments = dict(re.findall(r"<New(\w+)[^>]*>([^<]*)</New", body))
        self.heard.append((action, arguments))
        if action not in self._scripts:
            raise Refused(401)
        told = self._scripts[action](arguments)
        inside = "".join(f"<New{name}>{value}</New{name}>" for name, value in told.items())
        return envelope(f'<u:{action}Response xmlns:u="{SERVICE}">{inside}</u:{action}Response>')

    def _handler(self):
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def reply(self, status, text):
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                self.reply(200, gateway._description)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                action = self.headers["SOAPAction"].strip('"').partition("#")[2]
                try:
                    self.reply(200, gateway._call(action, body))
                except Refused as why:
                    self.reply(500, refusal(why.args[0]))
                except HttpError as why:
                    self.reply(why.args[0], "no")
                except (Silence, ConnectionError):
                    self.close_connection = True

        return Handler
