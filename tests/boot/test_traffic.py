# SPDX-License-Identifier: BSD-2-Clause
"""What a driver costs, and that it is silent when somebody else's program runs."""
import collections
import hashlib
import os
import re
import socket
import subprocess
import threading
import time

import pytest

import servers
from machine import LINUX, NICS, TOP
from pxe import assemble

MIB_FETCHED = 32


def accesses(m):
    """Register accesses in QEMU's log by device, and virtio's notifications."""
    count = collections.Counter()
    for line in m.traced():
        name = re.search(r"memory_region_ops_\w+ .*name '([^']+)'", line)
        if name:
            count[name.group(1)] += 1
        elif 'virtio_queue_notify' in line:
            count['notify'] += 1
    return count


@pytest.fixture
def tap():
    """A tap with a web server behind it: QEMU's own network offers windows of 64 KiB, so that each MiB takes 16
    acknowledgements, whatever a driver does."""
    if not os.environ.get('FPXE_NETNS'):
        pytest.skip('no network namespace can be made here')
    name = f'tap{os.getpid()}'
    subprocess.run(['ip', 'tuntap', 'add', name, 'mode', 'tap'], check=True)
    network = 16 * (int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:]) % 16)    # each worker has one of its own
    host = f'192.0.2.{network + 1}'
    subprocess.run(['ip', 'addr', 'add', f'{host}/28', 'dev', name], check=True)
    subprocess.run(['ip', 'link', 'set', name, 'up'], check=True)
    server = servers.Web(listen=host, host=host)
    server.tap, server.ours = name, f'192.0.2.{network + 2}'
    yield server
    server.close()
    subprocess.run(['ip', 'link', 'del', name], check=True)


@pytest.mark.parametrize('nic', NICS)
def test_register_accesses_of_a_32_mib_download(machine, tap, nic):
    m = machine(nic=nic, net=f'tap,ifname={tap.tap},script=no,downscript=no')
    m.shell()
    m.command(f'set net0/ip {tap.ours}')
    m.command('set net0/netmask 255.255.255.240')
    event = 'memory_region_ops_*' if nic == 'e1000' else 'virtio_queue_notify'
    m.trace(event, True)
    text = m.command(f'initrd {tap.url("zeros32m")}')
    m.trace(event, False)
    assert re.search(r'ok\s*$', text), text
    count = accesses(m)
    print(count)
    if nic == 'e1000':
        registers = sum(n for name, n in count.items() if name.startswith('e1000'))
        assert 0 < registers < 60 * MIB_FETCHED, count
    else:
        assert 0 < count['notify'] < 10 * MIB_FETCHED, count


def frames(tap):
    """Frames that went into @tap towards the machine."""
    with open('/proc/thread-self/net/dev') as f:
        return next(int(line.split(':')[1].split()[9]) for line in f if line.split(':')[0].strip() == tap)


@pytest.mark.parametrize('nic, net_options, nic_options, merged', [
    ('e1000', '', '', False),
    ('virtio-legacy', '', '', True),
    ('virtio-modern', '', '', True),
    ('virtio-legacy', '', ',any_layout=off', True),
    ('virtio-legacy', '', ',mrg_rxbuf=off', False),
    ('virtio-modern', '', ',guest_tso4=off', False),
    ('virtio-modern', '', ',guest_csum=off,guest_tso4=off,guest_tso6=off,guest_ufo=off,guest_ecn=off', False),
    ('virtio-legacy', ',vnet_hdr=off', '', False),
    ('virtio-modern', ',vnet_hdr=off', '', False),
])
def test_64_mib_arrive_unchanged_with_and_without_offloads(machine, tap, nic, net_options, nic_options, merged):
    tap.bytes('random', os.urandom(64 << 20))
    with open(tap.path('random'), 'rb') as f:
        digest = hashlib.file_digest(f, 'sha256').hexdigest()
    m = machine(nic=nic, net=f'tap,ifname={tap.tap},script=no,downscript=no' + net_options, nic_options=nic_options)
    m.shell()
    m.command(f'set net0/ip {tap.ours}')
    m.command('set net0/netmask 255.255.255.240')
    before = frames(tap.tap)
    text = m.command(f'initrd {tap.url("random")}')
    count = frames(tap.tap) - before
    assert re.search(r'ok\s*$', text), text
    assert digest in m.command('sha256sum random')
    size = (64 << 20) // count
    print(f'{count} frames of {size} bytes')
    assert size > 8192 if merged else size <= 1514


class Flood(threading.Thread):
    """Broadcast frames into QEMU's hub by UDP, some 2000 a second, for at most ten minutes."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.address = ('127.0.0.1', port)
        self.stopped = threading.Event()
        self.sent = 0

    def run(self):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        frame = b'\xff' * 6 + b'\x52\x54\x00\xab\xcd\xef' + b'\x88\xb5' + b'flood' * 290
        end = time.monotonic() + 600
        while not self.stopped.is_set() and time.monotonic() < end:
            for _ in range(20):
                try:
                    s.sendto(frame[:1514], self.address)
                    self.sent += 1
                except OSError:
                    pass
            time.sleep(0.01)


@pytest.mark.parametrize('nic', ['e1000', pytest.param('virtio-legacy', marks=pytest.mark.long), 'virtio-modern'])
def test_a_broadcast_flood_while_the_kernel_starts(machine, web, nic):
    """A receive ring that were still alive would write into the kernel and its initrd."""
    port, peer = servers.free_port(), servers.free_port()
    m = machine(nic=nic, memory=1024, net='hubport,hubid=0', options=[
        '-netdev', 'user,id=u0,ipv6=off', '-netdev', 'hubport,id=h0,hubid=0,netdev=u0',
        '-netdev', f'socket,id=s0,udp=127.0.0.1:{peer},localaddr=127.0.0.1:{port}', '-netdev', 'hubport,id=h1,hubid=0,netdev=s0'])
    m.shell()
    m.dhcp()
    m.command(f'kernel {web.url("amd64/linux")} console=ttyS0')
    m.command(f'initrd {web.url("amd64/initrd.gz")}')
    flood = Flood(port)
    flood.start()
    try:
        assert 'alive' in m.command('echo alive')
        m.send('boot\r')
        m.expect('Linux version', LINUX)
        m.expect('Run /init as init process', LINUX)
    finally:
        flood.stopped.set()
    assert flood.sent > 100
    assert 'Initramfs unpacking failed' not in m.transcript


@pytest.mark.parametrize('nic', NICS)
def test_downloads_under_a_broadcast_flood(machine, web, nic):
    port, peer = servers.free_port(), servers.free_port()
    m = machine(nic=nic, net='hubport,hubid=0', options=[
        '-netdev', 'user,id=u0,ipv6=off', '-netdev', 'hubport,id=h0,hubid=0,netdev=u0',
        '-netdev', f'socket,id=s0,udp=127.0.0.1:{peer},localaddr=127.0.0.1:{port}', '-netdev', 'hubport,id=h1,hubid=0,netdev=s0'])
    flood = Flood(port)
    m.shell()
    flood.start()
    try:
        m.dhcp()
        text = m.command(f'initrd {web.url("zeros32m")}')
    finally:
        flood.stopped.set()
    assert re.search(r'ok\s*$', text), text


def test_a_nic_left_running_does_not_write_into_the_next_life(machine, web, tmp_path):
    """A program ends by INT 18h with the NIC open, and the BIOS boots another container of ours, which takes the same memory."""
    assemble(tmp_path / 'program', ENDING=5, QUICK=1)
    port, peer = servers.free_port(), servers.free_port()
    m = machine(net='hubport,hubid=0', nic_options=',bootindex=1', disk=os.path.join(TOP, 'bin/fpxe.usb'), options=[
        '-netdev', f'user,id=u0,ipv6=off,tftp={tmp_path},bootfile=program', '-netdev', 'hubport,id=h0,hubid=0,netdev=u0',
        '-netdev', f'socket,id=s0,udp=127.0.0.1:{peer},localaddr=127.0.0.1:{port}', '-netdev', 'hubport,id=h1,hubid=0,netdev=s0'])
    flood = Flood(port)
    m.expect('caller: begins', LINUX)
    m.trace('pci_cfg_write', True)
    m.expect('caller: INT 18h')
    flood.start()
    try:
        m.expect('Ctrl-B opens the command line', LINUX)
        m.send('\x02')
        m.prompt()
        m.dhcp()
        assert re.search(r'ok\s*$', m.command(f'initrd {web.url("zeros1m")}'))
    finally:
        flood.stopped.set()
    commands = [int(line.split('<- ')[1], 16) for line in m.traced() if re.search(r'pci_cfg_write e1000 .*@0x4 <- ', line)]
    # The next life found bus mastering off, as which it left it until its driver opened the NIC.
    assert len(commands) > 2 and not any(command & 4 for command in commands[:-1]), commands
