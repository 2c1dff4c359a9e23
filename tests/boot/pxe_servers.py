# SPDX-License-Identifier: BSD-2-Clause
"""DHCP and PXE servers that a test tells what to say, where no server of Debian's does such things: refusing what was offered, answering
to a multicast address. They speak on the tap of tftp_servers.Lan."""
import socket
import struct
import threading

COOKIE = b'\x63\x82\x53\x63'
DISCOVER, OFFER, REQUEST, ACK, NAK = 1, 2, 3, 5, 6


def options_of(data):
    """The options of a DHCP message as a dictionary."""
    options, at = {}, 240
    while at < len(data) and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        options[data[at]] = options.get(data[at], b'') + data[at + 2:at + 2 + data[at + 1]]
        at += 2 + data[at + 1]
    return options


def option(tag, value):
    return bytes([tag, len(value)]) + value


def reply(request, kind, server, yiaddr='0.0.0.0', siaddr='0.0.0.0', file='', options=b''):
    """The answer to @request, byte for byte."""
    header = b'\2\1\6\0' + request[4:8] + b'\0\0' + request[10:12] + request[12:16] + socket.inet_aton(yiaddr) + socket.inet_aton(siaddr)
    header += bytes(4) + request[28:44] + bytes(64) + file.encode().ljust(128, b'\0') + COOKIE
    return header + option(53, bytes([kind])) + option(54, socket.inet_aton(server)) + options + b'\xff'


class Server(threading.Thread):
    """Listens on @port at the tap, in @group too if there is one. @answer(request, options) gives the reply's bytes, or None."""

    def __init__(self, lan, answer, port=67, group=None):
        super().__init__(daemon=True)
        self.answer, self.heard, self.stopping = answer, [], threading.Event()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, lan.tap.encode())
        self.socket.bind(('', port))
        if group:
            self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                                   socket.inet_aton(group) + socket.inet_aton(lan.host))
        self.socket.settimeout(0.2)
        self.start()

    def run(self):
        while not self.stopping.is_set():
            try:
                request, _ = self.socket.recvfrom(2048)
            except OSError:
                continue
            if len(request) < 240 or request[0] != 1:
                continue
            options = options_of(request)
            answer = self.answer(request, options)
            self.heard.append(options)
            if answer:
                has_address = request[12:16] != bytes(4)
                self.socket.sendto(answer, (socket.inet_ntoa(request[12:16]) if has_address else '255.255.255.255', 68))

    def close(self):
        self.stopping.set()
        self.join()
        self.socket.close()


def leases(lan, file='', naks=0, server=None, options=b''):
    """What a DHCP server answers that gives @lan's first address and names @file; the first @naks requests it refuses."""
    refused = [0]
    server = server or lan.host
    lease = option(1, socket.inet_aton('255.255.255.240')) + option(51, struct.pack('>I', 3600)) + options

    def answer(request, asked):
        kind = asked.get(53, b'\0')[0]
        if kind == DISCOVER:
            return reply(request, OFFER, server, lan.first, lan.host, file, lease)
        if kind != REQUEST or asked.get(54, socket.inet_aton(server)) != socket.inet_aton(server) or 43 in asked:
            return None
        if refused[0] < naks:
            refused[0] += 1
            return reply(request, NAK, server)
        return reply(request, ACK, server, lan.first, lan.host, file, lease)
    return answer


def boot_server(server, kind, file):
    """What a boot server of type @kind answers, who has @file."""
    def answer(request, asked):
        item = asked.get(43, b'')
        if asked.get(53) != bytes([REQUEST]) or item[:4] != b'\x47\4' + struct.pack('>H', kind):
            return None
        return reply(request, ACK, server, siaddr=server, file=file, options=option(60, b'PXEClient') + option(43, item[:6] + b'\xff'))
    return answer
