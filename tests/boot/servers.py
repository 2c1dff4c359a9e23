# SPDX-License-Identifier: BSD-2-Clause
"""Servers on loopback, which QEMU's user network shows to the machine as 10.0.2.2: nginx with real files, and small ones that misbehave."""
import glob
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

HOST = '10.0.2.2'               # the host's loopback as the machine sees it
INSTALLER = '/usr/lib/debian-installer/images/12/{0}/text/debian-installer/{0}'
MIB = 1 << 20

NGINX_CONF = '''
daemon off;
worker_processes 1;
error_log {dir}/error.log;
pid {dir}/pid;
{user}
events {{ worker_connections 256; }}
http {{
	log_format lines '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent connection $connection';
	access_log {dir}/access.log lines;
	client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
	uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
	sendfile on;
	tcp_nopush on;
	types {{ text/html html; }}
	default_type application/octet-stream;
	server {{
		listen 127.0.0.1:{port};
		root {root};
		location = /error500 {{ return 500; }}
		location = /loop {{ return 302 /loop2; }}
		location = /loop2 {{ return 302 /loop; }}
		location = /moved {{ return 301 /amd64/linux; }}
		location ~ ^/rate/(?<rate>[0-9]+[km])/(?<name>.*)$ {{ limit_rate $rate; alias {root}/$name; }}
		location /private/ {{ auth_basic "private"; auth_basic_user_file {dir}/passwords; alias {root}/; }}
	}}
}}
'''


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Web:
    """nginx. url('amd64/linux') is what the machine fetches; root is the folder that it serves."""

    def __init__(self, listen='127.0.0.1', host=HOST, port=0):
        self.dir = tempfile.mkdtemp(prefix='fpxe-web-')
        self.root = os.path.join(self.dir, 'root')
        self.host = host
        os.chmod(self.dir, 0o755)
        os.mkdir(self.root)
        self.port = port or free_port()
        self.fill()
        # "user:pass" as Apache's plain scheme
        with open(os.path.join(self.dir, 'passwords'), 'w') as f:
            f.write('user:{PLAIN}pass\n')
        self.listen = listen
        with open(os.path.join(self.dir, 'conf'), 'w') as f:
            f.write(NGINX_CONF.format(dir=self.dir, root=self.root, port=self.port,
                                      user='user root;' if os.getuid() == 0 else '').replace('127.0.0.1', listen))
        self.start()

    def start(self):
        nginx = shutil.which('nginx') or '/usr/sbin/nginx'
        self.process = subprocess.Popen([nginx, '-p', self.dir, '-c', f'{self.dir}/conf', '-e', f'{self.dir}/error.log'],
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        self.wait(self.listen)

    def kill(self):
        """It and its workers die at once; the kernel closes their connections. start() brings it back."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait(self, listen):
        for _ in range(300):
            try:
                socket.create_connection((listen, self.port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None, open(f'{self.dir}/error.log').read()
                time.sleep(0.1)
        raise RuntimeError('nginx does not answer')

    def fill(self):
        for arch in ('amd64', 'i386'):
            folder = INSTALLER.format(arch)
            if os.path.isdir(folder):
                os.symlink(folder, os.path.join(self.root, arch))
        self.text('hello.fpxe', '#!fpxe\necho hello from a script\n')
        self.text('page.html', '<html><head><title>It works</title></head><body>a page, not a kernel</body></html>\n' * 20)
        self.bytes('empty', b'')
        self.bytes('bytes511', bytes(range(1, 256)) * 2 + b'\1')
        self.zeros('zeros1m', MIB)
        self.zeros('zeros32m', 32 * MIB)
        self.zeros('zeros256m', 256 * MIB)
        self.zeros('zeros3g', 3 << 30)
        kernel = os.path.join(self.root, 'amd64', 'linux')
        if os.path.exists(kernel):
            with open(kernel, 'rb') as f:
                self.bytes('truncated', f.read(MIB))

    def path(self, name):
        return os.path.join(self.root, name)

    def text(self, name, text):
        self.bytes(name, text.encode())

    def bytes(self, name, data):
        with open(self.path(name), 'wb') as f:
            f.write(data)

    def zeros(self, name, size):
        """A sparse file of zeros."""
        with open(self.path(name), 'wb') as f:
            f.truncate(size)

    def padded(self, name, source, size):
        """@source followed by zeros up to @size bytes, sparse."""
        shutil.copyfile(self.path(source), self.path(name))
        with open(self.path(name), 'r+b') as f:
            f.truncate(size)

    def url(self, name, rate=None):
        """@rate: so many bytes a second on each connection, '300k'."""
        return f'http://{self.host}:{self.port}/' + (f'rate/{rate}/' if rate else '') + name

    def requests(self):
        with open(os.path.join(self.dir, 'access.log')) as f:
            return f.read().splitlines()

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def installer_present(arch):
    return bool(glob.glob(INSTALLER.format(arch) + '/linux'))


class Faulty:
    """A TCP server that runs @behave(connection) in a thread of its own for each connection."""

    def __init__(self, behave):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(('127.0.0.1', 0))
        self.socket.listen(8)
        self.port = self.socket.getsockname()[1]
        self.behave = behave
        self.stopping = threading.Event()
        self.kept = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while not self.stopping.is_set():
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.kept.append(connection)
            threading.Thread(target=self.one, args=(connection,), daemon=True).start()

    def one(self, connection):
        try:
            self.behave(self, connection)
        except OSError:
            pass

    def url(self, name='file'):
        return f'http://{HOST}:{self.port}/{name}'

    def close(self):
        self.stopping.set()
        for s in [self.socket] + self.kept:
            try:
                s.close()
            except OSError:
                pass


def read_request(connection):
    request = b''
    while b'\r\n\r\n' not in request:
        data = connection.recv(4096)
        if not data:
            break
        request += data
    return request


def head(length, status='200 OK'):
    return f'HTTP/1.1 {status}\r\nContent-Length: {length}\r\nServer: faulty\r\n\r\n'.encode()


def reset_in_mid_transfer(server, connection):
    """2 MiB of the 8 promised, then RST."""
    read_request(connection)
    connection.sendall(head(8 * MIB) + bytes(2 * MIB))
    time.sleep(1)               # let it reach the machine: a reset overtakes what is queued
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    connection.close()


def short_body(server, connection):
    """Half of what Content-Length says, then an orderly end."""
    read_request(connection)
    connection.sendall(head(2 * MIB) + bytes(MIB))
    connection.shutdown(socket.SHUT_WR)
    connection.recv(1)
    connection.close()


def stop_sending(server, connection):
    """1 MiB of the 8 promised, then silence."""
    read_request(connection)
    connection.sendall(head(8 * MIB) + bytes(MIB))
    server.stopping.wait()


def never_answer(server, connection):
    """The request is taken and nothing said."""
    read_request(connection)
    server.stopping.wait()


def slowly(server, connection):
    """A body that would take an hour."""
    read_request(connection)
    connection.sendall(head(64 * MIB))
    while not server.stopping.wait(0.1):
        connection.sendall(bytes(2000))


def not_http(server, connection):
    """Another protocol's greeting."""
    read_request(connection)
    connection.sendall(b'SSH-2.0-OpenSSH_9.2p1\r\n')
    connection.close()


def chunked(server, connection):
    """A small script in chunks, and the connection kept."""
    while read_request(connection):
        body = b'#!fpxe\necho chunked arrived\n'
        chunks = b''.join(b'%x;ext=1\r\n%s\r\n' % (len(body[i:i + 7]), body[i:i + 7]) for i in range(0, len(body), 7))
        connection.sendall(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' + chunks + b'0\r\nX-Trailer: yes\r\n\r\n')


class Silent(threading.Thread):
    """A host that answers ARP and nothing else, alone with the machine at the other end of its NIC (UDP carries the frames)."""

    ADDRESS, MAC = '10.0.5.88', b'\x52\x54\x00\x00\x00\x88'

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.qemu_port = free_port()
        self.start()

    def netdev(self, name):
        return f'socket,id={name},udp=127.0.0.1:{self.port},localaddr=127.0.0.1:{self.qemu_port}'

    def run(self):
        while True:
            try:
                frame = self.socket.recv(2048)
            except OSError:
                return
            # RFC 826: Ethernet type 0806, operation 1, target protocol address at 38
            if frame[12:14] == b'\x08\x06' and frame[20:22] == b'\0\1' and frame[38:42] == socket.inet_aton(self.ADDRESS):
                reply = (frame[6:12] + self.MAC + frame[12:20] + b'\0\2' + self.MAC + frame[38:42] + frame[22:32] + bytes(18))
                self.socket.sendto(reply, ('127.0.0.1', self.qemu_port))

    def close(self):
        self.socket.close()


class Names(threading.Thread):
    """A DNS server on 127.0.0.1:53 (only in a network namespace of ours): the machine asks it as 10.0.2.2. By UDP it says of large.test
    nothing but that the answer is too large, and of deaf.test too, which it does not answer by TCP either."""

    ADDRESSES = {'web.test': ('A', '10.0.2.2'), 'www.test': ('CNAME', 'web.test'), 'loop.test': ('CNAME', 'loop.test'),
                 'large.test': ('A', '10.0.2.2'), 'deaf.test': ('A', '10.0.2.2'),
                 'two.test': ('A', '10.0.2.77', '10.0.2.2')}
    FAILS = 'servfail.test'

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 53))
        self.listener = socket.create_server(('127.0.0.1', 53))
        threading.Thread(target=self.serve_tcp, daemon=True).start()
        self.start()

    def serve_tcp(self):
        """RFC 1035 4.2.2: each message behind its length; the answer's goes out in two parts."""
        while True:
            connection, _ = self.listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    length, = struct.unpack('>H', connection.recv(2, socket.MSG_WAITALL))
                    query = connection.recv(length, socket.MSG_WAITALL)
                    if b'\4deaf' in query:
                        continue
                    answer = self.answer(query)
                    answer = struct.pack('>H', len(answer)) + answer
                    connection.sendall(answer[:1])
                    time.sleep(0.05)
                    connection.sendall(answer[1:])
                    connection.recv(1)
                except (OSError, IndexError, struct.error):
                    pass

    def run(self):
        while True:
            query, peer = self.socket.recvfrom(512)
            try:
                large = b'\5large' in query or b'\4deaf' in query
                self.socket.sendto(query[:2] + b'\x83\x80' + query[4:] if large else self.answer(query), peer)
            except (OSError, IndexError, struct.error):
                pass

    @staticmethod
    def encode(name):
        return b''.join(bytes([len(part)]) + part.encode() for part in name.split('.')) + b'\0'

    def answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        question = query[12:at + 5]
        name, records = '.'.join(labels).lower(), b''
        count, code = 0, 2 if name == self.FAILS else 3
        while name in self.ADDRESSES and count < 4:
            kind, *values = self.ADDRESSES[name]
            for value in values:
                data = socket.inet_aton(value) if kind == 'A' else self.encode(value)
                records += self.encode(name) + struct.pack('>HHIH', 1 if kind == 'A' else 5, 1, 60, len(data)) + data
            count, code = count + len(values), 0
            if kind == 'A':
                break
            name = value
        return query[:2] + struct.pack('>HHHHH', 0x8180 | code, 1, count, 0, 0) + question + records
