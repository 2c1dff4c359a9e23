# SPDX-License-Identifier: BSD-2-Clause
"""Downloads over bad links: the emulator between the machine and its servers. The bytes are right, and nothing is said but progress."""
import hashlib
import os
import random
import re
import time

import pytest

from machine import DOWNLOAD
from servers import MIB

PROGRESS_ONLY = r'(?s).*\d+\.\d+ MiB in \S+ s \(\S+ \w+/s\) ok\s*$'
TROUBLE = r'retry|reset|refused|timed out|no data|lost|error|warning|smaller'

# What is wrong with the link in both directions, and the NIC (in turns).
LINKS = {
    'loss_of_10_percent': ('e1000', 'delay=5,loss=10', 2),
    'loss_of_1_percent': ('virtio-modern', 'delay=10,loss=1', 8),
    'reordering_of_25_percent': ('e1000', 'delay=5,reorder=25,reorder-delay=8', 4),
    'duplication_of_5_percent': ('virtio-modern', 'delay=5,duplicate=5', 8),
    'jitter_of_300_ms_that_reorders': ('e1000', 'delay=5,jitter=300', 2),
    'jitter_of_300_ms_in_order': ('virtio-modern', 'delay=5,wander=300', 4),
    'everything_at_once': ('e1000', 'delay=10,jitter=5,loss=1,duplicate=1,reorder=1,reorder-delay=30,corrupt=0.5,rate=4M,queue=64Ki', 4),
}


def booted(machine, wan, nic):
    m = machine(nic=nic, net=wan.netdev)
    m.shell()
    m.send('dhcp net0\r')
    m.expect(r'net0: 198\.51\.100\.\d+/28')
    m.prompt()
    return m


def random_file(wan, mib):
    """Its URL and SHA-256. Other bytes at each offset: a piece in the wrong place shows."""
    data = random.Random(mib).randbytes(mib * MIB)
    wan.web.bytes('random', data)
    return wan.web.url('random'), hashlib.sha256(data).hexdigest()


def last_drawn(text):
    """Lines as they stand in the end: each was drawn over and over."""
    return '\n'.join(line.rstrip('\r').split('\r')[-1] for line in text.split('\n'))


def fetched(m, wan, mib):
    """Fetch a file of so many MiB, compare; what stood on the screen."""
    url, digest = random_file(wan, mib)
    text = m.command(f'initrd --name random {url}', DOWNLOAD)
    assert re.match(PROGRESS_ONLY, text), text
    assert digest in m.command('sha256sum random')
    return text


@pytest.mark.parametrize('link', LINKS)
def test_bytes_are_right(machine, wan, link):
    nic, both, mib = LINKS[link]
    w = wan(both=both)
    text = fetched(booted(machine, w, nic), w, mib)
    assert not re.search(TROUBLE, text), text
    down = w.emulator.close()['down']
    print(down)
    for word, counter in (('loss', 'lost'), ('reorder=', 'reordered'), ('duplicate', 'duplicated'), ('corrupt', 'corrupted')):
        assert (down[counter] > 0) == (word in both), down


@pytest.mark.parametrize('nic', ['e1000', 'virtio-modern'])
def test_a_far_server_that_is_slow_to_each_gets_several_connections(machine, wan, nic):
    """40 ms away, and 400 KB/s a connection: more of them pay."""
    w = wan(both='delay=20')
    m = booted(machine, w, nic)
    url, digest = random_file(w, 8)
    text = m.command(f'initrd --name random {w.web.url("random", "400k")}', DOWNLOAD)
    assert re.match(PROGRESS_ONLY, text), text
    assert digest in m.command('sha256sum random')
    lines = [line for line in w.web.requests() if '/random ' in line]
    connections = {line.split()[-1] for line in lines}
    assert 1 < len(connections) <= 7, lines         # the first may have been cut where it met the others, and be replaced
    assert all('" 206 ' in line for line in lines), lines


@pytest.mark.parametrize('nic', ['e1000', 'virtio-modern'])
def test_a_bit_turned_over_is_counted_as_a_dropped_packet(machine, wan, nic):
    w = wan(both='delay=5')
    m = booted(machine, w, nic)

    def dropped():
        return int(re.search(r'RX \d+ \(\d+ KiB, (\d+) dropped', m.command('ifstat net0')).group(1))
    before = dropped()
    w.impair(both='delay=5,corrupt=2')
    text = fetched(m, w, 4)
    assert not re.search(TROUBLE, text), text
    counted = dropped() - before
    corrupted = w.emulator.close()['down']['corrupted']
    assert 0 < corrupted <= counted, (corrupted, counted)


def test_the_mtu_that_dhcp_gives(machine, wan):
    """Option 26: no packet is larger, in either direction."""
    w = wan(dhcp=['--dhcp-option=26,1400'], both='delay=5,size=1400')
    fetched(booted(machine, w, 'virtio-modern'), w, 4)
    counts = w.emulator.close()
    assert counts['down']['too_large'] == counts['up']['too_large'] == 0, counts


def test_a_path_that_swallows_large_packets(machine, wan):
    """Nobody says so: no ICMP comes, and what is larger than 1280 bytes does not arrive."""
    w = wan(both='delay=5,size=1280')
    fetched(booted(machine, w, 'e1000'), w, 4)
    assert w.emulator.close()['down']['too_large'] > 0


@pytest.mark.parametrize('nic, seconds', [('e1000', 1), ('virtio-modern', 5)])
def test_the_plug_is_pulled_for_a_while(machine, wan, nic, seconds):
    """At the switch: the NIC's link stays up. Silence of less than 20 s is nothing to speak of."""
    w = wan(both='delay=5', down='rate=2M')
    m = booted(machine, w, nic)
    url, digest = random_file(w, 8)
    m.send(f'initrd --name random {url}\r')
    m.expect(r'\s[2-9]\d%')
    w.emulator.plug()
    time.sleep(seconds)
    w.emulator.plug()
    m.prompt(DOWNLOAD)
    assert re.search(r' ok\s*$', m.before), m.before
    assert digest in m.command('sha256sum random')
    assert w.emulator.close()['down']['link_down'] > 0


def test_a_link_that_goes_down_every_three_seconds(machine, wan):
    w = wan(both='delay=5', down='rate=2M', flap='3000,1000')
    m = booted(machine, w, 'e1000')
    fetched(m, w, 8)
    assert w.emulator.close()['down']['link_down'] > 0


@pytest.fixture
def wan(request):
    """wan(...) starts one; each worker has a network of its own."""
    if not os.environ.get('FPXE_NETNS'):
        pytest.skip('no network namespace can be made here')
    from wan import Wan
    running = []

    def start(**link):
        running.append(Wan(number=int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:]) % 15, **link))
        return running[-1]
    yield start
    for w in running:
        w.close()
