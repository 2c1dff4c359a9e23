# SPDX-License-Identifier: BSD-2-Clause
"""TFTP servers at the other end of a tap, with a DHCP server: dnsmasq, tftpd-hpa, atftpd, and one that does as a test says."""
import hashlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading

import servers
from machine import TOP

# Debian's atftpd cannot be installed beside tftpd-hpa: tests/deps.sh unpacks it.
ATFTPD = shutil.which('atftpd') or os.path.join(TOP, 'build/atftpd/usr/sbin/atftpd')
TFTPD = shutil.which('in.tftpd') or '/usr/sbin/in.tftpd'
SERVERS = ['dnsmasq', 'tftpd-hpa', 'atftpd']


def there_is(server):
    return server != 'atftpd' or os.path.exists(ATFTPD)


class Lan:
    """The tap; each worker has a network of its own. root is what the servers serve. serve('atftpd') starts one."""

    def __init__(self):
        self.tap = f'tftp{os.getpid()}'
        network = 16 * (int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:]) % 16)
        self.host, self.other = f'198.51.100.{network + 1}', f'198.51.100.{network + 9}'
        self.first = f'198.51.100.{network + 2}'
        self.dir = tempfile.mkdtemp(prefix='fpxe-tftp-')
        os.chmod(self.dir, 0o755)
        self.root = os.path.join(self.dir, 'root')
        os.mkdir(self.root)
        self.running = []
        for command in (f'ip tuntap add {self.tap} mode tap', f'ip addr add {self.host}/28 dev {self.tap}',
                        f'ip addr add {self.other}/28 dev {self.tap}', f'ip link set {self.tap} up'):
            subprocess.run(command.split(), check=True)

    @property
    def net(self):
        return f'tap,ifname={self.tap},script=no,downscript=no'

    def url(self, name):
        return f'tftp://{self.host}/{name}'

    def file(self, name, size=None, data=None, mode=0o644):
        """A file of @size bytes that do not repeat, or with @data; its SHA-256."""
        path, digest, left = os.path.join(self.root, name), hashlib.sha256(), size or 0
        with open(path, 'wb') as f:
            while left or data:
                part = data or os.urandom(min(left, 1 << 20))
                f.write(part)
                digest.update(part)
                left, data = left - len(part) if left else 0, None
        os.chmod(path, mode)
        return digest.hexdigest()

    def run(self, *command):
        self.running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return self.running[-1]

    def dnsmasq(self, *options):
        return self.run('dnsmasq', '--no-ping', '--keep-in-foreground', '--conf-file=/dev/null', '--port=0', f'--interface={self.tap}',
                        '--bind-interfaces', f'--listen-address={self.host}', f'--dhcp-range={self.first},{self.first},1h',
                        '--dhcp-authoritative', '--user=root', f'--dhcp-leasefile={self.dir}/leases', f'--pid-file={self.dir}/pid',
                        f'--log-facility={self.dir}/dnsmasq.log', *options)

    def serve(self, server, *options, dhcp=()):
        """Start a DHCP server and @server; the latter's process."""
        assert there_is(server), f'{server} is not there: tests/deps.sh check'
        if server == 'dnsmasq':
            return self.dnsmasq('--enable-tftp', f'--tftp-root={self.root}', *dhcp, *options)
        self.dnsmasq(*dhcp)
        return self.start(server, *options)

    def start(self, server, *options):
        if server == 'atftpd':
            return self.run(ATFTPD, '--daemon', '--no-fork', '--user', 'nobody.nogroup', '--bind-address', self.host,
                            '--logfile', '/dev/null', *options, self.root)
        return self.run(TFTPD, '-L', '-a', f'{self.host}:69', '-s', *options, self.root)

    @staticmethod
    def kill(process):
        process.send_signal(signal.SIGKILL)
        process.wait()

    def close(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait()
        # tftpd-hpa has a process for each transfer
        subprocess.run(['ip', 'link', 'del', self.tap], check=True)
        shutil.rmtree(self.dir, ignore_errors=True)


class Scripted(threading.Thread):
    """A server on @lan for one file of @data, whatever it is called. It agrees to windows, and to blocks of @blksize bytes (0: to no
    options at all).
    @wrap: what follows block 65535. @refuse: an error code with which it answers requests with options. @stop_at: it falls silent
    before that block. @tsize: what it announces instead of the truth. @intrude: others send blocks, too: another port of the server, another address."""

    def __init__(self, lan, data, blksize=0, wrap=0, refuse=None, stop_at=None, intrude=False, tsize=None):
        super().__init__(daemon=True)
        self.lan, self.data, self.blksize, self.wrap, self.refuse = lan, data, blksize, wrap, refuse
        self.stop_at, self.intrude = stop_at, intrude
        self.tsize = len(data) if tsize is None else tsize
        self.errors, self.requests = [], []
        self.stopping = threading.Event()
        self.listening = self.socket(lan.host, 69)
        self.listening.settimeout(0.2)
        self.start()

    @staticmethod
    def socket(address, port=0):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((address, port))
        return s

    def run(self):
        while not self.stopping.is_set():
            try:
                request, client = self.listening.recvfrom(2048)
            except OSError:
                continue
            if request[:2] == b'\0\1':
                self.requests.append(request)
                threading.Thread(target=self.transfer, args=(request, client), daemon=True).start()

    def number(self, block):
        return block if block <= 65535 else block % 65536 if self.wrap == 0 else (block - 1) % 65535 + 1

    def block(self, n, size):
        return struct.pack('>HH', 3, self.number(n)) + self.data[(n - 1) * size:n * size]

    def transfer(self, request, client):
        s = self.socket(self.lan.host)
        words = request[2:].split(b'\0')
        asked = dict(zip((w.lower() for w in words[2::2]), words[3::2]))
        size, window = 512, 1
        s.settimeout(1)
        if self.refuse is not None and asked:
            s.sendto(struct.pack('>HH', 5, self.refuse) + b'no options here\0', client)
            return
        if self.blksize and asked:
            size, window = min(self.blksize, int(asked[b'blksize'])), int(asked[b'windowsize'])
            options = {b'blksize': size, b'windowsize': window, b'tsize': self.tsize}
            oack = b'\0\6' + b''.join(k + b'\0%d\0' % v for k, v in options.items())
            if self.exchange(s, client, [oack], 0) is False:
                return
        self.send_file(s, client, size, window)

    def send_file(self, s, client, size, window):
        blocks, acked = len(self.data) // size + 1, 0
        while acked < blocks:
            last = min(acked + window, blocks)
            if self.stop_at and last >= self.stop_at:
                self.listen(s)
                return
            if self.intrude and acked in (1, 100):
                self.disturb(client, acked + 1, size)
            expected = {self.number(n): n for n in range(acked, last + 1)}
            got = self.exchange(s, client, [self.block(n, size) for n in range(acked + 1, last + 1)], *expected)
            if got is False:
                return
            acked = expected[got]

    def listen(self, s):
        """Say nothing more, but hear errors."""
        while not self.stopping.is_set():
            try:
                answer = s.recv(2048)
            except OSError:
                continue
            if answer[:2] == b'\0\5':
                self.errors.append(answer)
                return

    def exchange(self, s, client, packets, *numbers):
        """Send @packets until one of @numbers is acknowledged; which."""
        for _ in range(20):
            for packet in packets:
                s.sendto(packet, client)
            try:
                while True:
                    answer, peer = s.recvfrom(2048)
                    if peer != client:
                        continue
                    if answer[:2] == b'\0\5':
                        self.errors.append(answer)
                        return False
                    number = struct.unpack('>HH', answer[:4])[1]
                    if number in numbers and (number != numbers[0] or len(numbers) == 1):
                        return number
            except OSError:
                pass
            if self.stopping.is_set():
                break
        return False

    def disturb(self, client, n, size):
        lie = struct.pack('>HH', 3, self.number(n)) + bytes(size)
        for address in (self.lan.host, self.lan.other):
            s = self.socket(address)
            s.sendto(lie, client)
            s.sendto(b'\0\5\0\1liar\0', client)
            s.settimeout(5)
            try:
                self.errors.append((address, s.recv(512)))
            except socket.timeout:
                self.errors.append((address, None))
            s.close()

    def close(self):
        self.stopping.set()
        self.join()
        self.listening.close()


def installer(lan):
    """The amd64 installer's kernel and initrd in the root."""
    os.mkdir(os.path.join(lan.root, 'debian'))
    for name in ('linux', 'initrd.gz'):
        shutil.copyfile(os.path.join(servers.INSTALLER.format('amd64'), name), os.path.join(lan.root, 'debian', name))
