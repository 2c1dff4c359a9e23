# SPDX-License-Identifier: BSD-2-Clause
"""A hundred downloads in one power-on leave the heap and the packet pool as they were. They are read from the machine's memory by the
linker's symbols, so that the ROM need not have a command for it."""
import os
import re
import struct
import subprocess
import time

import pytest

from machine import SLOW, TOP

PAYLOADS = {'e1000': 'payload_e1000', 'virtio-modern': 'payload_virtio_net'}
MEMORY = 256
DOWNLOADS, EVERY = 100, 10      # each tenth is cancelled
MARK = b'no such name as %s (DNS server %pI4)\0'


class Memory:
    """What the heap and the pool of a running machine hold: free bytes, the largest free block, free packets."""

    def __init__(self, m, payload):
        self.m = m
        path = os.path.join(TOP, 'build/rom', f'{payload}.0.elf')
        names = subprocess.run(['nm', path], check=True, capture_output=True, text=True).stdout
        self.symbols = {line.split()[2]: int(line.split()[0], 16) for line in names.splitlines() if len(line.split()) == 3}
        self.base = self.find(path)

    def find(self, path):
        """Where the payload runs: a text of it, at the same distance from the beginning as in the file."""
        with open(path, 'rb') as f:
            elf = f.read()
        offset, address = struct.unpack_from('<II', elf, struct.unpack_from('<I', elf, 28)[0] + 4)      # the first segment's
        mark = elf.index(MARK) - offset + address
        memory = self.m.memory(0, MEMORY << 20)
        found = [at.start() - mark for at in re.finditer(re.escape(MARK), memory)]
        # A copy that does not run has no heap.
        heaps = {at: struct.unpack_from('<I', memory, at + self.symbols['first_free'])[0] for at in found if at >= 0}
        found = [at for at, heap in heaps.items() if at < heap < MEMORY << 20 and heap % 16 == 0]
        assert len(found) == 1, f'{len(found)} copies of the program in memory'
        return found[0]

    def word(self, address):
        return struct.unpack('<I', self.m.memory(address, 4))[0]

    def state(self):
        sizes, at = [], self.word(self.base + self.symbols['first_free'])
        while at:
            size, at = struct.unpack('<II', self.m.memory(at, 8))
            sizes.append(size)
        return {'heap': sum(sizes), 'largest': max(sizes), 'blocks': len(sizes),
                'packets': self.word(self.base + self.symbols['free_count'])}


@pytest.mark.parametrize('nic', ['e1000', pytest.param('virtio-modern', marks=pytest.mark.long)])
def test_a_hundred_downloads_leave_heap_and_pool_as_they_were(machine, web, nic):
    web.bytes('quarter', os.urandom(256 << 10))
    web.zeros('slow', 8 << 20)
    m = machine(nic=nic, memory=MEMORY)
    m.shell()
    m.dhcp()
    memory = Memory(m, PAYLOADS[nic])
    # Short lines: it takes its time to type.
    m.command(f'set q {web.url("quarter")}')
    m.command(f'set s {web.url("slow", "400k")}')

    def fetch(n):
        if n % EVERY == 0:
            m.send('initrd ${s}\r')
            m.expect(r'\s[1-9]%')
            m.send('\x03')
            m.prompt()
            assert 'cancelled by user' in m.before
        else:
            assert re.search(r' ok\s*$', m.command('initrd ${q} && imgfree'))

    for n in (1, EVERY):                # each kind once: what stays after that (caches) is no leak
        fetch(n)
    # What one image of 256 KiB holds is seen: the instrument is no constant.
    empty = memory.state()
    m.command('initrd ${q}')
    assert memory.state() != empty
    m.command('imgfree')
    fetch(EVERY)
    before, began = settled(memory, None), time.monotonic()
    for n in range(1, DOWNLOADS + 1):
        fetch(n)
    after = settled(memory, before)
    print(f'{nic}: {DOWNLOADS} downloads in {time.monotonic() - began:.0f} s: before {before}, after {after}')
    assert after == before


def settled(memory, wanted):
    """Its state once that is @wanted, or has not changed for a while: connections that were closed wait some time."""
    state, since = memory.state(), time.monotonic()
    while state != wanted and time.monotonic() < since + 8 * SLOW:
        time.sleep(0.5)
        new = memory.state()
        if new != state:
            state, since = new, time.monotonic()
    return state
