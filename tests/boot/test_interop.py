# SPDX-License-Identifier: BSD-2-Clause
"""Servers that people run: DHCP by dnsmasq and QEMU (Kea: test_pxe.py), HTTP by nginx, Apache, lighttpd, Python and busybox, DNS by
dnsmasq and unbound. Most by bin/fpxe-host, where the server matters and the NIC does not; one boot in QEMU for each protocol."""
import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import time

import pexpect
import pytest

import servers
import tftp_servers
from machine import ANSI, DOWNLOAD, TOP
from servers import MIB

PROGRAM = os.path.join(TOP, 'bin/fpxe-host')
MODULES = '/usr/lib/apache2/modules'
SIZE = 24 * MIB                 # large enough that a second connection helps

# What a server of its own process runs as: a command, with its configuration in {conf}.
APACHE = '''
ServerName fpxe.test
ServerRoot {dir}
PidFile {dir}/apache.pid
ErrorLog {dir}/apache.error
Listen {host}:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule dir_module {modules}/mod_dir.so
User nobody
Group nogroup
DocumentRoot {root}
<Directory />
	Require all granted
</Directory>
'''
LIGHTTPD = '''
server.document-root = "{root}"
server.bind = "{host}"
server.port = {port}
server.errorlog = "{dir}/lighttpd.error"
'''
UNBOUND = '''
server:
	interface: {host}
	port: 53
	access-control: 0.0.0.0/0 allow
	do-daemonize: no
	username: ""
	chroot: ""
	directory: "{dir}"
	pidfile: "{dir}/unbound.pid"
	use-syslog: no
	do-not-query-localhost: no
	local-zone: "test." static
	local-data: "web.test. 60 IN A {host}"
	local-data: "www.test. 60 IN CNAME web.test."
	local-data: "many.test. 60 IN A {host}"
	{many}
'''


class Lan(tftp_servers.Lan):
    """tftp_servers' tap with servers of this file."""

    def __init__(self):
        super().__init__()
        self.groups = []

    def conf(self, name, text, **more):
        path = os.path.join(self.dir, name)
        with open(path, 'w') as f:
            f.write(text.format(dir=self.dir, root=self.root, host=self.host, modules=MODULES, **more))
        return path

    def listening(self, port, process):
        for _ in range(300):
            try:
                servers.socket.create_connection((self.host, port), 1).close()
                return
            except OSError:
                assert process.poll() is None, f'{process.args} ended'
                time.sleep(0.1)
        raise AssertionError(f'{process.args} does not answer')

    def http(self, name):
        """Start it; its port."""
        port = 8000 + os.getpid() % 1000
        if name == 'apache':
            command = ['/usr/sbin/apache2', '-f', self.conf('apache', APACHE, port=port), '-DFOREGROUND']
        elif name == 'lighttpd':
            command = ['/usr/sbin/lighttpd', '-D', '-f', self.conf('lighttpd', LIGHTTPD, port=port)]
        elif name == 'python':
            command = [sys.executable, '-m', 'http.server', '--bind', self.host, '--directory', self.root, str(port)]
        else:
            command = ['busybox', 'httpd', '-f', '-p', f'{self.host}:{port}', '-h', self.root]
        # Some have processes of their own for their connections: they end together.
        self.groups.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True))
        self.listening(port, self.groups[-1])
        return port

    def kill_http(self):
        for process in self.groups:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        self.groups = []

    def close(self):
        self.kill_http()
        super().close()

    def dns(self, name, many=()):
        if name == 'unbound':
            lines = '\n\t'.join(f'local-data: "many.test. 60 IN A {a}"' for a in many)
            process = self.run('/usr/sbin/unbound', '-d', '-c', self.conf('unbound', UNBOUND, many=lines))
        else:
            process = self.run('dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--bind-interfaces',
                               f'--interface={self.tap}', '--except-interface=lo', '--user=root', f'--pid-file={self.dir}/dns.pid',
                               f'--host-record=web.test,{self.host}', '--cname=www.test,web.test', '--local=/test/',
                               *[f'--host-record=many.test,{a}' for a in (self.host, *many)])
        self.listening(53, process)


@pytest.fixture
def lan():
    if not os.environ.get('FPXE_NETNS') or not os.path.exists('/dev/net/tun'):
        pytest.skip('no tap can be made here')
    network = Lan()
    yield network
    network.close()


@pytest.fixture(scope='session')
def program():
    subprocess.run(['make', '-s', 'bin/fpxe-host'], cwd=TOP, check=True,
                   env={k: v for k, v in os.environ.items() if not k.startswith('MAKE')})


def run(lan, *lines):
    """What fpxe-host printed of @lines."""
    done = subprocess.run([PROGRAM, '--tap', lan.tap], input='\n'.join(lines) + '\n', capture_output=True, text=True,
                          timeout=DOWNLOAD)
    return ANSI.sub('', done.stdout)


def static(lan):
    """Lines that give the interface an address without a server."""
    return f'set net0/ip {lan.first}', 'set net0/netmask 255.255.255.240', f'set dns {lan.host}', 'ifopen net0'


def file_of(lan, name, size):
    return lan.file(name, data=random.Random(name).randbytes(size))


# ---- HTTP

@pytest.mark.parametrize('server', ['apache', 'lighttpd', 'python', 'busybox'])
def test_http_whole_files_and_words_from(lan, program, server):
    digests = {name: file_of(lan, name, size) for name, size in (('small', 511), ('odd', 3 * MIB + 1), ('large', SIZE))}
    base = f'http://{lan.host}:{lan.http(server)}'
    text = run(lan, *static(lan), *[f'imgfetch {base}/{name}' for name in digests], *[f'sha256sum {name}' for name in digests],
               f'imgfetch {base}/absent', 'echo alive')
    for digest in digests.values():
        assert digest in text, text
    assert 'not found: HTTP 404' in text and re.search(r'(?m)^alive\r?$', text), text


def test_http_from_nginx_in_parts(lan, program):
    """A file that pays for a second connection: it asks for the file's second half while the first is on its way."""
    web = servers.Web(listen=lan.host, host=lan.host)
    data = random.Random('nginx').randbytes(8 * MIB)
    web.bytes('large', data)
    text = run(lan, *static(lan), f'imgfetch {web.url("large", "1m")}', 'sha256sum large')
    requests = web.requests()
    web.close()
    assert hashlib.sha256(data).hexdigest() in text, text
    assert len({line.split('connection ')[1] for line in requests}) > 1 and any('" 206 ' in line for line in requests), requests


@pytest.mark.parametrize('server', ['apache', 'lighttpd', 'python', 'busybox'])
def test_http_resumed_from(lan, program, server):
    """It is killed in the middle and comes back: what had come is kept where the server knows parts of files."""
    digest = file_of(lan, 'large', SIZE)
    port = lan.http(server)
    # So slow a way that the server's end meets the file in the middle.
    subprocess.run(f'tc qdisc add dev {lan.tap} root tbf rate 40mbit burst 32kb latency 200ms'.split(), check=True)
    host = pexpect.spawn(PROGRAM, ['--tap', lan.tap], encoding='utf-8', timeout=DOWNLOAD, echo=False)
    for line in static(lan):
        host.expect('fPXE> ')
        host.send(line + '\r')
    host.expect('fPXE> ')
    host.send(f'imgfetch http://{lan.host}:{port}/large\r')
    host.expect(r'\s[2-8]\d%')
    lan.kill_http()
    host.expect(r'at \d+\.\d MiB; retry 1/5')
    lan.http(server)
    host.expect(r' ok')
    host.send('sha256sum large\r')
    host.expect(digest)
    host.close(force=True)


# ---- DHCP

def test_dhcp_from_dnsmasq(lan, program):
    lan.dnsmasq('--dhcp-boot=menu.fpxe', f'--dhcp-option=option:dns-server,{lan.other}', f'--dhcp-option=option:router,{lan.host}')
    text = run(lan, 'dhcp net0')
    assert re.search(rf'net0: {re.escape(lan.first)}/28 from {re.escape(lan.host)}, gateway {re.escape(lan.host)}, DNS {re.escape(lan.other)}, '
                     r'boot file menu\.fpxe', text), text


def test_dhcp_of_qemu_and_dnsmasq_in_one_machine(machine, lan):
    lan.dnsmasq('--dhcp-boot=menu.fpxe')
    m = machine(options=['-netdev', f'{lan.net},id=n1', '-device', 'e1000,id=nic1,netdev=n1,mac=52:54:00:12:34:57,romfile='])
    m.shell()
    m.dhcp()
    assert re.search(rf'net1: {re.escape(lan.first)}/28', m.command('dhcp net1'))


# ---- DNS

@pytest.mark.parametrize('server', ['dnsmasq', 'unbound'])
def test_dns_of(lan, program, server):
    many = [f'{lan.host.rsplit(".", 1)[0]}.{n}' for n in range(100, 140)]
    lan.dns(server, many)
    digest = file_of(lan, 'small', 5000)
    port = lan.http('python')
    text = run(lan, *static(lan), f'imgfetch http://www.test:{port}/small', 'sha256sum small', 'nslookup many.test',
               'nslookup absent.test')
    assert digest in text, text
    # 41 addresses are more than a message of 512 bytes holds.
    assert re.search(r'many\.test\S*[^\n]*\d+\.\d+\.\d+\.\d+', text), text
    assert re.search(rf'not found: no such name as absent\.test \(DNS server {re.escape(lan.host)}\)', text), text


def test_dns_of_unbound_and_http_of_lighttpd_in_a_machine(machine, lan):
    lan.dns('unbound')
    digest = file_of(lan, 'large', 4 * MIB)
    port = lan.http('lighttpd')
    m = machine(nic='virtio-modern', net=lan.net)
    m.shell()
    for line in static(lan):
        m.command(line)
    assert re.search(r'ok\s*$', m.command(f'initrd http://www.test:{port}/large'))
    assert digest in m.command('sha256sum large')
