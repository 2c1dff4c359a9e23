# SPDX-License-Identifier: BSD-2-Clause
"""DHCP and PXE servers that a test tells what to say, where no server of Debian's does such things: refusing what was offered, answering
to a multicast address. They speak on the tap of tftp_servers.Lan."""
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

from machine import QEMU
from tftp_servers import TFTPD

KEA = shutil.which('kea-dhcp4') or '/usr/sbin/kea-dhcp4'
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


class KeaLan:
    """Kea with @classes and a TFTP server at the other end of a tap, in a network namespace of their own: Kea suffers no other server on its
    port. root is what is served; qemu and net are the machine's."""

    HOST, FIRST = '192.0.2.1', '192.0.2.2'

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='fpxe-kea-')
        os.chmod(self.dir, 0o755)
        self.root = os.path.join(self.dir, 'root')
        os.mkdir(self.root)
        self.running = [subprocess.Popen(['unshare', '--net', 'sleep', 'infinity'])]
        self.enter = ['nsenter', '-t', str(self.running[0].pid), '-n']
        while os.readlink(f'/proc/{self.running[0].pid}/ns/net') == os.readlink('/proc/self/ns/net'):
            time.sleep(0.01)
        for command in ('ip link set lo up', 'ip tuntap add kea mode tap', f'ip addr add {self.HOST}/24 dev kea', 'ip link set kea up'):
            subprocess.run(self.enter + command.split(), check=True)
        self.qemu = os.path.join(self.dir, 'qemu')
        with open(self.qemu, 'w') as f:
            f.write(f'#!/bin/sh\nexec {" ".join(self.enter)} {QEMU} "$@"\n')
        os.chmod(self.qemu, 0o755)
        self.net = 'tap,ifname=kea,script=no,downscript=no'
        self.run(TFTPD, '-L', '-a', f'{self.HOST}:69', '-s', self.root)

    def run(self, *command):
        self.running.append(subprocess.Popen(self.enter + list(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def start(self, classes):
        """It listens where a link is up: the machine comes first."""
        conf = os.path.join(self.dir, 'kea.json')
        with open(conf, 'w') as f:
            json.dump({'Dhcp4': {
                'interfaces-config': {'interfaces': ['kea'], 'dhcp-socket-type': 'raw'},
                'lease-database': {'type': 'memfile', 'persist': False},
                'client-classes': classes,
                'subnet4': [{'id': 1, 'subnet': '192.0.2.0/24', 'pools': [{'pool': f'{self.FIRST} - {self.FIRST}'}]}],
                'loggers': [{'name': 'kea-dhcp4', 'output_options': [{'output': f'{self.dir}/kea.log'}], 'severity': 'INFO'}],
            }}, f)
        self.run('env', f'KEA_PIDFILE_DIR={self.dir}', f'KEA_LOCKFILE_DIR={self.dir}', KEA, '-c', conf)

    def close(self):
        for process in reversed(self.running):
            process.kill()
            process.wait()
        if os.path.exists(f'{self.dir}/kea.log'):
            with open(f'{self.dir}/kea.log', errors='replace') as f:
                print(f.read())         # shown where a test failed
        shutil.rmtree(self.dir, ignore_errors=True)
