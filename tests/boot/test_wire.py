# SPDX-License-Identifier: BSD-2-Clause
"""Hostile frames on the wire while a download runs: the bytes are right in the end and the shell is alive."""
import hashlib
import os
import random
import re
import socket
import struct
import subprocess

import pytest

from machine import DOWNLOAD, MAC, TOP
from servers import MIB
from test_traffic import frames, tap      # noqa: F401 (a fixture)
from wire_frames import Hostile

OUR_MAC = bytes.fromhex(MAC.replace(':', ''))


@pytest.fixture(scope='module')
def sender(tmp_path_factory):
    """sender(interface, frames, rate, seconds) starts one; @live ones go into the connection with @port."""
    folder = tmp_path_factory.mktemp('sender')
    subprocess.run(['gcc', '-O2', '-Wall', '-o', folder / 'sender', os.path.join(TOP, 'tests/boot/sender.c')], check=True)

    def start(interface, what, rate, seconds, live=(), port=0):
        path = folder / f'frames{rate}'
        path.write_bytes(b''.join(struct.pack('>H', len(f)) + f for f in what) + b''.join(struct.pack('>H', len(f) | 0x8000) + f for f in live))
        return subprocess.Popen([folder / 'sender', interface, path, str(rate), str(seconds), MAC, str(port)], stdout=subprocess.PIPE, text=True)
    return start


def connection_on(wire, port):
    """Ports, sequence and acknowledgement number of a segment that the machine sends to @port with data acknowledged."""
    while True:
        frame = wire.recv(2048)
        if frame[6:12] == OUR_MAC and frame[12:14] == b'\x08\0' and frame[23] == 6:
            at = 14 + 4 * (frame[14] & 15)
            source, target, seq, ack, flags = struct.unpack_from('>HHIIxB', frame, at)
            if target == port and flags == 16:
                return source, target, ack, seq


def begun(machine, tap, nic, mib, rate, *lines):        # noqa: F811
    """A machine that fetches @mib MiB at @rate, the file's hash, and the frames for its connection."""
    data = random.Random(mib).randbytes(mib * MIB)
    tap.bytes('random', data)
    m = machine(nic=nic, net=f'tap,ifname={tap.tap},script=no,downscript=no')
    m.shell()
    m.command(f'set net0/ip {tap.ours}')
    for line in ('set net0/netmask 255.255.255.240', *lines):
        m.command(line)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as wire:
        wire.bind((tap.tap, 0))
        wire.settimeout(60)
        hostile = Hostile(OUR_MAC, tap.ours, wire.getsockname()[4], tap.host)
        m.send(f'initrd {tap.url("random", rate)}\r')
        m.expect(r'\s\d+%')
        hostile.connection(*connection_on(wire, tap.port))
    return m, hashlib.sha256(data).hexdigest(), hostile


def ends_well(m, digest):
    m.prompt(DOWNLOAD)
    assert re.search(r' ok\s*$', m.before), m.before
    assert digest in m.command('sha256sum random')
    assert 'alive' in m.command('echo alive')


@pytest.mark.parametrize('nic', ['e1000', 'virtio-modern'])
def test_hostile_frames_while_a_download_runs(machine, tap, sender, nic):       # noqa: F811
    m, digest, hostile = begun(machine, tap, nic, 8, '1m')
    named = hostile.all()
    assert len(named) > 100 and len({name for name, _ in named}) > 80
    before = frames(tap.tap)
    process = sender(tap.tap, [frame for _, frame in named], 500, 5)
    ends_well(m, digest)
    tried, taken, took = process.communicate()[0].split()[:3]
    print(f'{len(named)} inputs: {taken} of {tried} frames in {took} s')
    assert int(taken) >= len(named) and frames(tap.tap) - before >= len(named)
    # Nobody's lease and nobody's router came in.
    assert tap.ours in m.command('show net0/ip') and '10.66.6' not in m.command('route')


def test_a_neighbour_who_sees_the_connection_cannot_end_it_by_numbers_that_are_near(machine, tap, sender):      # noqa: F811
    m, digest, hostile = begun(machine, tap, 'virtio-modern', 8, '2m', 'set connections 1')
    named = list(hostile.live())
    process = sender(tap.tap, [], 500, 4, [frame for _, frame in named], tap.port)
    ends_well(m, digest)
    tried, taken, took, sent, opened = process.communicate()[0].split()
    print(f'{len(named)} inputs: {sent} segments with the numbers of the moment in {took} s; connections opened meanwhile: {opened}')
    assert int(sent) >= 10 * len(named) and opened == '0'


@pytest.mark.parametrize('nic', ['e1000', 'virtio-modern'])
def test_50000_broadcast_and_arp_frames_a_second_for_20_s(machine, tap, sender, nic):       # noqa: F811
    m, digest, hostile = begun(machine, tap, nic, 8, '400k')
    before = frames(tap.tap)
    process = sender(tap.tap, hostile.storm(), 50000, 20)
    ends_well(m, digest)
    tried, taken, took = process.communicate()[0].split()[:3]
    delivered = frames(tap.tap) - before
    rate = float(taken) / float(took)
    print(f'{nic}: {rate:.0f} frames a second for {took} s ({taken} of {tried} taken by the tap, {delivered} by the machine)')
    assert int(taken) > 1000 and 'alive' in m.command('echo alive')
