# SPDX-License-Identifier: BSD-2-Clause
"""The network emulator by itself: two sockets are its ends. What a frame meets depends on the seed and its number, so counts are exact."""
import contextlib
import os
import select
import socket
import struct

import pytest

from machine import SLOW
from wan import Emulator, Lan, run

FRAMES = 2000
MAC_A, MAC_B = bytes.fromhex('020000000001'), bytes.fromhex('020000000002')


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def ping_frame(number, payload=56):
    """An Ethernet frame with an ICMP echo request (RFC 792), its number in its data."""
    data = struct.pack('>I', number).ljust(payload, b'.')
    icmp = struct.pack('>BBHHH', 8, 0, 0, 7, number & 0xffff) + data
    icmp = icmp[:2] + struct.pack('>H', checksum(icmp)) + icmp[4:]
    ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(icmp), number & 0xffff, 0, 64, 1, 0, bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    return MAC_B + MAC_A + b'\x08\0' + ip[:10] + struct.pack('>H', checksum(ip)) + ip[12:] + icmp


def intact(frame):
    """Do the checksums hold that a receiver looks at?"""
    ip = frame[14:34]
    return checksum(ip) == 0 and checksum(frame[34:14 + int.from_bytes(ip[2:4], 'big')]) == 0


def number_of(frame):
    return struct.unpack('>I', frame[42:46])[0]


def mix(x):
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9 % 2**64
    x = (x ^ x >> 27) * 0x94d049bb133111eb % 2**64
    return x ^ x >> 31


def fates(seed, which, chance, count=FRAMES):
    """The frames of the first direction that one in @chance percent meets: loss draws a frame's first number, duplication its second,
    reordering the third, corruption the fourth, of seven (splitmix64)."""
    state, met = mix(2 * seed + 1), set()
    for frame in range(count):
        drawn = []
        for _ in range(7):
            state = (state + 0x9e3779b97f4a7c15) % 2**64
            drawn.append((mix(state) >> 11) / 2**53)
        if drawn[('loss', 'duplicate', 'reorder', 'corrupt').index(which)] < chance / 100:
            met.add(frame)
    return met


class Pair:
    """The emulator between two sockets of ours."""

    def __init__(self, where, **link):
        self.paths = {name: str(where / name) for name in ('a', 'b', 'near', 'far')}
        self.a, self.b = self.socket('a'), self.socket('b')
        self.emulator = Emulator(f'unix:{self.paths["near"]},{self.paths["a"]}', f'unix:{self.paths["far"]},{self.paths["b"]}', **link)

    def socket(self, name):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind(self.paths[name])
        s.settimeout(60 * SLOW)
        return s

    def send(self, frames, way='down'):
        source, path = (self.a, 'near') if way == 'down' else (self.b, 'far')
        for frame in frames:
            source.sendto(frame, self.paths[path])

    def receive(self, count, way='down'):
        return [(self.b if way == 'down' else self.a).recv(65536) for _ in range(count)]

    def send_while_receiving(self, frames):
        """A socket holds few: take them off as they come, until all are through or dropped."""
        got, frames = [], list(frames)
        while True:
            readable, writable, _ = select.select([self.b], [self.a] if frames else [], [], 0 if frames else 0.2)
            if writable:
                self.send([frames.pop(0)])
            if readable:
                got.append(self.b.recv(65536))
            elif not frames:
                down = self.emulator.counts()['down']
                dropped = sum(down[k] for k in ('lost', 'too_large', 'queue_full', 'link_down', 'overflow', 'absent'))
                if down['delivered'] + dropped == down['frames'] + down['duplicated'] and down['delivered'] == len(got):
                    return got

    def close(self):
        self.emulator.close()
        self.a.close()
        self.b.close()


@pytest.fixture
def pair(tmp_path):
    with contextlib.ExitStack() as stack:
        def start(**link):
            number = len(list(tmp_path.iterdir()))
            where = tmp_path / str(number)
            where.mkdir()
            p = Pair(where, **link)
            stack.callback(p.close)
            return p
        yield start


def numbers(pair, count=FRAMES):
    return [number_of(f) for f in pair.send_while_receiving(ping_frame(i) for i in range(count))]


def test_a_wire_by_default(pair):
    p = pair()
    frames = [ping_frame(i, payload=20 + i % 1400) for i in range(FRAMES)]
    assert p.send_while_receiving(frames) == frames
    p.send([ping_frame(7)], 'up')
    assert p.receive(1, 'up') == [ping_frame(7)]
    counts = p.emulator.close()
    assert counts['down']['delivered'] == counts['down']['frames'] == FRAMES and counts['up']['delivered'] == 1
    assert counts['down']['delivered_bytes'] == counts['down']['bytes'] == sum(map(len, frames))


def test_loss_is_the_seeds(pair):
    first, again, other = (numbers(pair(down='loss=10', seed=seed)) for seed in (1, 1, 2))
    assert first == again == sorted(set(first))
    assert set(range(FRAMES)) - set(first) == fates(1, 'loss', 10)
    assert set(range(FRAMES)) - set(other) == fates(2, 'loss', 10)
    assert 0.07 < 1 - len(other) / FRAMES < 0.13


def test_other_impairments_do_not_change_which_are_lost(pair):
    alone = set(numbers(pair(down='loss=10', seed=5)))
    together = numbers(pair(down='loss=10,duplicate=20,reorder=20,reorder-delay=3,jitter=2,delay=5', seed=5))
    assert set(together) == alone and len(together) > len(alone)


def test_directions_have_chances_of_their_own(pair):
    p = pair(up='loss=100', down='delay=1')
    p.send([ping_frame(1)], 'up')
    assert numbers(p, 10) == list(range(10))
    counts = p.emulator.close()
    assert counts['up']['lost'] == 1 and counts['up']['delivered'] == 0 and counts['down']['lost'] == 0


def test_duplicates_are_equal(pair):
    p = pair(down='duplicate=5')
    got = p.send_while_receiving(ping_frame(i) for i in range(FRAMES))
    doubled = fates(1, 'duplicate', 5)
    assert p.emulator.close()['down']['duplicated'] == len(doubled) > 0
    assert got == [ping_frame(i) for i in range(FRAMES) for _ in range(1 + (i in doubled))]


def test_one_bit_is_turned_over_and_the_checksums_see_it(pair):
    p = pair(down='corrupt=25')
    got = p.send_while_receiving(ping_frame(i, payload=200) for i in range(FRAMES))
    spoilt = fates(1, 'corrupt', 25)
    for i, frame in enumerate(got):
        bits = bin(int.from_bytes(frame, 'big') ^ int.from_bytes(ping_frame(i, payload=200), 'big')).count('1')
        assert bits == (i in spoilt) and intact(frame) == (i not in spoilt)
    assert p.emulator.close()['down']['corrupted'] == len(spoilt)


def test_what_has_no_checksum_is_not_corrupted(pair):
    """ARP; UDP with a checksum of 0 (RFC 768)."""
    p = pair(down='corrupt=100')
    arp = MAC_B + MAC_A + b'\x08\x06' + bytes(46)
    udp = bytearray(ping_frame(0))
    udp[23], udp[40:42] = 17, b'\0\0'
    p.send([arp, bytes(udp), ping_frame(1)])
    got = p.receive(3)
    assert got[:2] == [arp, bytes(udp)] and got[2] != ping_frame(1)
    assert p.emulator.close()['down']['corrupted'] == 1


def test_reordered_frames_come_late_and_all_come(pair):
    p = pair(down='reorder=25,reorder-delay=20')
    got = numbers(p)
    assert sorted(got) == list(range(FRAMES)) and got != sorted(got)
    late = p.emulator.close()['down']['reordered']
    assert late == len(fates(1, 'reorder', 25))


def test_delay_and_wander_keep_the_order(pair):
    assert numbers(pair(both='delay=20,wander=40')) == list(range(FRAMES))


def test_jitter_does_not(pair):
    got = numbers(pair(down='jitter=20'))
    assert sorted(got) == list(range(FRAMES)) and got != sorted(got)


def test_frames_larger_than_the_path_vanish(pair):
    """The limit is the IP packet's, as a link's MTU is: 28 bytes of headers and 1252 of data are 1280."""
    p = pair(down='size=1280')
    p.send([ping_frame(1, 1253), ping_frame(2, 1252), ping_frame(3, 20)])
    assert [number_of(f) for f in p.receive(2)] == [2, 3]
    assert p.emulator.close()['down']['too_large'] == 1


def test_a_queue_drops_what_it_has_no_room_for(pair):
    """1000 bytes a second: in the time that this takes nothing leaves the queue of ten frames."""
    p = pair(down='rate=1k,queue=10000')
    frames = [ping_frame(i, 958) for i in range(30)]        # of 1000 bytes
    assert len(frames[0]) == 1000
    p.send(frames)
    assert number_of(p.receive(1)[0]) == 0
    down = p.emulator.close()['down']
    # while the first went its second, one more found room
    assert down['frames'] == 30 and down['queue_full'] >= 19 and down['most_held'] <= 10000


def test_a_rate_loses_nothing_where_the_queue_is_deep(pair):
    p = pair(down='rate=2M,queue=1Mi')
    assert numbers(p, 500) == list(range(500))
    assert p.emulator.close()['down']['queue_full'] == 0


def test_a_receiver_that_does_not_read_loses_nothing(pair):
    p = pair()
    frames = [ping_frame(i) for i in range(FRAMES)]
    p.send(frames)                                  # blocks where the emulator did not take them
    assert p.receive(FRAMES) == frames
    down = p.emulator.close()['down']
    assert down['delivered'] == FRAMES and down['absent'] == down['overflow'] == 0


def test_the_plug(pair):
    p = pair()
    p.send([ping_frame(1)])
    p.receive(1)
    p.emulator.plug()
    p.emulator.counts()                             # it answers after it has pulled the plug
    p.send([ping_frame(2)])
    while p.emulator.counts()['down']['link_down'] < 1:
        pass
    p.emulator.plug()
    p.emulator.counts()
    p.send([ping_frame(3)])
    assert number_of(p.receive(1)[0]) == 3


def test_a_link_that_flaps(pair):
    p = pair(flap='30,30')
    sent, got = 0, 0
    while got == 0 or p.emulator.counts()['down']['link_down'] == 0:
        p.send([ping_frame(sent)])
        sent += 1
        while select.select([p.b], [], [], 0)[0]:
            p.b.recv(65536)
            got += 1
    assert 0 < got < sent


def test_nobody_at_the_other_end(pair):
    """Dropped and counted; who comes later, or comes back, gets what is sent from then on."""
    p = pair()
    p.b.close()
    os.unlink(p.paths['b'])
    p.send([ping_frame(1)])
    while p.emulator.counts()['down']['absent'] < 1:
        pass
    p.b = p.socket('b')
    p.send([ping_frame(2)])
    assert number_of(p.receive(1)[0]) == 2
    p.b.close()
    os.unlink(p.paths['b'])
    p.b = p.socket('b')
    p.send([ping_frame(3)])
    assert number_of(p.receive(1)[0]) == 3


def test_capture_file(pair, tmp_path):
    path = tmp_path / 'x.pcap'
    p = pair(down='loss=10', pcap=path, snap=60)
    got = p.send_while_receiving(ping_frame(i) for i in range(100))
    p.send([ping_frame(100)], 'up')
    p.receive(1, 'up')
    p.emulator.close()
    data = path.read_bytes()
    magic, major, minor, _, _, snap, kind = struct.unpack('<IHHIIII', data[:24])
    assert (magic, major, minor, snap, kind) == (0xa1b23c4d, 2, 4, 60, 1)
    at, frames, times = 24, [], []
    while at < len(data):
        s, ns, kept, length = struct.unpack('<IIII', data[at:at + 16])
        assert kept == 60 and length == len(ping_frame(0)) and ns < 10**9
        times.append((s, ns))
        frames.append(data[at + 16:at + 16 + kept])
        at += 16 + kept
    assert frames == [f[:60] for f in got + [ping_frame(100)]] and times == sorted(times)


@pytest.mark.parametrize('arguments', ['loss=101', 'loss=x', 'colour=3', 'delay', 'rate=3Q', 'delay=5ms'])
def test_words_it_does_not_know(tmp_path, arguments):
    with pytest.raises(AssertionError):
        Emulator(f'unix:{tmp_path}/a,{tmp_path}/b', f'unix:{tmp_path}/c,{tmp_path}/d', both=arguments)


def test_tcp_through_a_tap_is_counted(tmp_path):
    """A download by curl: what was acknowledged is what the server sent once."""
    if not os.environ.get('FPXE_NETNS'):
        pytest.skip('no network namespace can be made here')
    from wan import Neighbour
    with Lan(15) as lan, Neighbour(lan) as curl:
        emulator = Emulator(f'tap:{lan.tap}', f'tap:{curl.tap}', both='delay=2', down='loss=2')
        lan.web.zeros('file', 3 << 20)
        curl.up()
        assert curl.fetch(lan.web.url('file')) == 3 << 20
        counts = emulator.close()
    flow, = counts['flows']
    assert 3 << 20 < flow['acked'] < (3 << 20) + 1000 and flow['server_port'] == 80 and flow['finished']
    assert flow['sent'] >= flow['arrived'] >= flow['acked'] - 1
    assert counts['down']['tap_dropped'] == 0 and counts['down']['lost'] > 0
    assert flow['most_window'] > 65535


def test_it_ends_when_its_tap_is_deleted():
    if not os.environ.get('FPXE_NETNS'):
        pytest.skip('no network namespace can be made here')
    from wan import Neighbour
    with Lan(15) as lan, Neighbour(lan) as other:
        emulator = Emulator(f'tap:{lan.tap}', f'tap:{other.tap}')
        run(f'ip link del {other.tap}')
        emulator.process.wait(timeout=60)
        assert emulator.process.returncode == 0 and 'frames' in emulator.close()['down']
