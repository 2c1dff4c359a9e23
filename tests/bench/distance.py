# SPDX-License-Identifier: BSD-2-Clause
"""Rows over the network emulator: round trips, loss, reordering, a bottleneck with a short queue, a server that dies. Half of the round
trip, and the same chances, each way. e1000 for everybody; without a NIC's offloads, for the emulator carries plain frames."""
import collections
import re
import time

from lan import WENT_WELL
from priority import come_first
from results import Outcome, Row
from screen import Screen, Stopped
from servers import MIB
from wan import Emulator, Lan, Neighbour, Wan

RUNS = 3
STOP_S = 60
CURL = 'curl'

# rtt_ms: there and back; both, down: the emulator's words besides; mib: the file
Path = collections.namedtuple('Path', 'name group title rtt_ms both down congestion mib aim')


def path(name, group, title, rtt_ms, mib, both='', down='', congestion='cubic', aim=''):
    return Path(name, group, title, rtt_ms, both, down, congestion, mib, aim)


PATHS = [
    path('clean-20', 'clean', '20 ms, 64 MiB', 20, 64),
    path('clean-100', 'clean', '100 ms, 64 MiB', 100, 64),
    path('clean-200', 'clean', '200 ms, 256 MiB', 200, 256, aim="35 x Debian's, 5 x the newest"),
    path('clean-300', 'clean', '300 ms, 64 MiB', 300, 64),
    path('loss-20-0.1', 'lossy', '20 ms, 0.1 % loss, cubic', 20, 8, 'loss=0.1', aim='3 x the newest'),
    path('loss-100-1', 'lossy', '100 ms, 1 % loss, cubic', 100, 8, 'loss=1', aim='4 x'),
    path('loss-100-2', 'lossy', '100 ms, 2 % loss, cubic', 100, 8, 'loss=2', aim='4 x'),
    path('loss-100-5', 'lossy', '100 ms, 5 % loss, cubic', 100, 8, 'loss=5'),
    path('loss-100-2-bbr', 'lossy', '100 ms, 2 % loss, bbr', 100, 8, 'loss=2', congestion='bbr', aim='2 x the newest'),
    path('loss-100-5-bbr', 'lossy', '100 ms, 5 % loss, bbr', 100, 8, 'loss=5', congestion='bbr', aim='2 x the newest'),
    path('reorder-100-1', 'lossy', '100 ms, 1 % reordered by 10 ms, cubic', 100, 8, 'reorder=1,reorder-delay=10'),
    path('narrow', 'narrow', '100 ms, 100 Mbit/s, queue of 256 KiB, cubic, 64 MiB', 100, 64, '', 'rate=12.5M,queue=256Ki', aim='11.2 of 12.5'),
]
# Some seconds long, so that a server can die three times in it.
RESTARTS = path('restarts', 'restarts', '20 ms, 80 Mbit/s, 64 MiB, server killed and restarted three times', 20, 64, '',
                'rate=10M,queue=512Ki', aim='completes, at most one piece twice')
NAMES = [p.name for p in PATHS] + [RESTARTS.name]
GROUPS = {group: [p.name for p in PATHS + [RESTARTS] if p.group == group] for group in ('clean', 'lossy', 'narrow', 'restarts')}


def row(p):
    return Row(p.name, p.title, 'MB/s', True, p.aim)


def spec(p, seed):
    both = f'delay={p.rtt_ms / 2:g}' + (f',{p.both}' if p.both else '')
    return {'both': both, 'down': p.down, 'seed': seed}


def flows(emulator):
    return emulator.counts()['flows']


def acknowledged(emulator):
    return sum(f['acked'] for f in flows(emulator))


def arrived(emulator):
    return sum(f['arrived'] for f in flows(emulator))


def fetch(screen, wan, p):
    """An outcome in MB/s. The emulator counts: payload that arrived decides whether a download is one, payload that was acknowledged
    is what there was when the time was up."""
    try:
        seconds, last = screen.command(f'initrd {wan.web.url(f"z{p.mib}")}', STOP_S)
    except Stopped:
        outcome = Outcome(acknowledged(wan.emulator) / STOP_S / 1e6, stopped=True)
        screen.break_off()
        return outcome
    got = arrived(wan.emulator)
    if got < p.mib * MIB or not WENT_WELL.search(last):
        return Outcome(words=f'fails after {got / MIB:.1f} MiB')
    return Outcome(p.mib * MIB / seconds / 1e6)


def kill_thrice(wan, size):
    """Each time another quarter of the file has come, and back after a second."""
    for quarter in (1, 2, 3):
        end = time.monotonic() + STOP_S
        while acknowledged(wan.emulator) < size * quarter / 4:
            if time.monotonic() > end:
                return
            time.sleep(0.05)
        wan.web.kill()
        time.sleep(1)
        wan.web.start()


def fetch_through_restarts(screen, wan, p):
    size = p.mib * MIB
    line = f'initrd {wan.web.url(f"z{p.mib}")}'
    screen.machine.type(line)
    screen.wait_for_text(re.escape(line[-20:]))
    screen.machine.type('\n')
    kill_thrice(wan, size)
    try:
        screen.wait_for_prompt(3 * STOP_S)
    except TimeoutError:
        screen.break_off()
        return Outcome(words=f'stuck after {acknowledged(wan.emulator) / MIB:.1f} MiB')
    got = arrived(wan.emulator)
    if got < size or not WENT_WELL.search(screen.last_line()):
        return Outcome(words=f'fails after {got / MIB:.1f} MiB')
    return Outcome(words=f'completes, {(got - size) / MIB:.1f} MiB twice')


class DistanceRows:
    """add() measures a candidate once in each of the wanted rows, in one power-on as long as it answers."""

    def __enter__(self):
        self.wan = Wan(0)
        for mib in {p.mib for p in PATHS + [RESTARTS]}:
            self.wan.web.zeros(f'z{mib}', mib * MIB)
        return self

    def __exit__(self, *_):
        self.wan.close()

    def prepare(self, p, seed):
        """A path, a congestion control, and a server that remembers no connection."""
        self.wan.web.kill()
        self.wan.congestion(p.congestion)
        self.wan.impair(**spec(p, seed))
        self.wan.web.start()
        come_first(self.wan.web.process.pid)

    def add(self, results, candidate, wanted, seed):
        paths = [p for p in PATHS + [RESTARTS] if p.name in wanted]
        while paths:
            self.wan.impair()
            try:
                with Screen(candidate, self.wan.netdev) as screen:
                    screen.shell()
                    screen.command('dhcp net0')
                    while paths:
                        p = paths.pop(0)
                        results.add(row(p), candidate.name, self.one(screen, p, seed))
                        screen.command('imgfree')
            except TimeoutError:
                # It does not come back to its prompt: what was measured stands, the rest goes on with another power-on.
                results.note(f'{candidate.name} had to be switched off: after `{p.name}` it did not answer Ctrl-C.')

    def one(self, screen, p, seed):
        self.prepare(p, seed)
        return fetch_through_restarts(screen, self.wan, p) if p is RESTARTS else fetch(screen, self.wan, p)


def curl_once(p, seed):
    """curl in the machine's place: what the path gives a host with an ordinary stack."""
    with Lan(0) as lan, Neighbour(lan) as neighbour:
        come_first(lan.web.process.pid)
        lan.congestion(p.congestion)
        emulator = Emulator(f'tap:{lan.tap}', f'tap:{neighbour.tap}', **spec(p, seed))
        lan.web.zeros('z', p.mib * MIB)
        neighbour.up()
        began = time.monotonic()
        got = neighbour.fetch(lan.web.url('z'), STOP_S)
        seconds = time.monotonic() - began
        emulator.close()
    return Outcome(got / seconds / 1e6, stopped=got < p.mib * MIB)


def add_curl(results, wanted, seed):
    for p in PATHS:
        if p.name in wanted:
            results.add(row(p), CURL, curl_once(p, seed))
