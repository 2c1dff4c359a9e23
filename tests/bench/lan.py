# SPDX-License-Identifier: BSD-2-Clause
"""Rows of a LAN: a tap with the servers at its other end, nothing between. One power-on measures all of them once."""
import collections
import os
import re
import shutil
import subprocess
import time

from candidates import OURS
from priority import come_first
from results import Outcome, Row
from screen import ANSWER_S, Screen, Stopped
from servers import MIB
from tftp_servers import ATFTPD
from wan import Lan

RUNS = 5
HTTP_MIB, TFTP_MIB, TRACED_MIB = 256, 64, 32
STOP_S = 60
ATFTPD_PORT = 1069
UNDIONLY = '/usr/lib/ipxe/undionly.kpxe'
WENT_WELL = re.compile(r'\bok$')         # how a ROM's last line ends then
EVENTS = ('memory_region_ops_*', 'virtio_queue_notify')

AIMS = {
    ('http', 'e1000'): "2 x Debian's, 2.5 x the newest", ('http', 'virtio'): "11 x Debian's, 5 x the newest",
    ('tftp', 'e1000'): '3 x the newest', ('dhcp', 'virtio'): '< 0.2', ('dhcp', 'e1000'): '< 0.2',
    **{('undionly', nic): "0.9 x iPXE's" for nic in ('e1000', 'virtio', 'virtio 1.0')},
    ('registers', 'e1000'): '< 60', ('notifications', 'virtio'): '< 10', ('notifications', 'virtio 1.0'): '< 10',
}
KINDS = {
    'rom': ('size of the ROM', 'bytes', False),
    'prompt': ("power-on to POST's question", 's', False),
    'dhcp': ('`dhcp` to a bound address', 's', False),
    'http': (f'{HTTP_MIB} MiB by HTTP', 'MB/s', True),
    'tftp': (f'{TFTP_MIB} MiB by TFTP from dnsmasq', 'MB/s', True),
    'tftp-window': (f'{TFTP_MIB} MiB by TFTP from atftpd', 'MB/s', True),
    'undionly': (f"{TFTP_MIB} MiB by HTTP by iPXE's undionly.kpxe on its UNDI", 'MB/s', True),
    'registers': ('register accesses per MiB', '', False),
    'notifications': ('notifications per MiB', '', False),
}
NAMES = list(KINDS)


def row(kind, nic):
    title, unit, more = KINDS[kind]
    return Row(f'{kind}-{nic}', f'{nic}: {title}', unit, more, AIMS.get((kind, nic), ''))


def order():
    return [f'{kind}-{nic}' for kind in KINDS for nic in ('e1000', 'virtio', 'virtio 1.0')]


class Atftpd:
    """A TFTP server that knows windows (RFC 7440), where tests/deps.sh has put it."""

    def __init__(self, lan):
        self.process = os.path.exists(ATFTPD) and subprocess.Popen([
            ATFTPD, '--daemon', '--no-fork', '--user', 'root.root', '--port', str(ATFTPD_PORT), '--bind-address', lan.host,
            '--logfile', f'{lan.dir}/atftpd.log', lan.web.root], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def there(self):
        return self.process and self.process.poll() is None

    def close(self):
        if self.there():
            self.process.terminate()
            self.process.wait()


def fetch(screen, lan, url, mib, stop_s=STOP_S):
    """An outcome in MB/s. Bytes are counted as they enter the tap: enough of them, and the ROM's own "ok", make a download."""
    before = lan.bytes_sent()
    try:
        seconds, line = screen.command(f'initrd {url}', stop_s)
    except Stopped:
        outcome = Outcome((lan.bytes_sent() - before) / stop_s / 1e6, stopped=True)
        screen.break_off()
        return outcome
    sent = lan.bytes_sent() - before
    if sent < mib * MIB or not WENT_WELL.search(line):
        return Outcome(words=f'fails after {sent / MIB:.1f} MiB')
    screen.command('imgfree')
    return Outcome(mib * MIB / seconds / 1e6)


def fetch_by_undionly(screen, lan):
    """Chain iPXE's undionly.kpxe, and fetch from its shell: an outcome in MB/s of iPXE's stack on the ROM's UNDI."""
    screen.machine.type(f'chain tftp://{lan.host}/undionly.kpxe\n')
    screen.wait_for_text('Ctrl-B for the iPXE command line')
    screen.machine.key('ctrl', 'b')
    screen.wait_for_prompt(ANSWER_S)
    screen.command('dhcp net0')
    return fetch(screen, lan, lan.web.url(f'z{TFTP_MIB}'), TFTP_MIB)


def count_accesses(screen, lan):
    """Register accesses and notifications per MiB, from QEMU's trace."""
    for event in EVENTS:
        screen.machine.trace(event, True)
    outcome = fetch(screen, lan, lan.web.url('z32'), TRACED_MIB)
    for event in EVENTS:
        screen.machine.trace(event, False)
    if outcome.value is None:
        return {'registers': outcome, 'notifications': outcome}
    # Only the NIC's regions: the console's port and the PIC are everybody's.
    count = collections.Counter()
    for line in screen.machine.traced():
        name = re.search(r"memory_region_ops_\w+ .*name '([^']+)'", line)
        if name and name.group(1).startswith(('e1000', 'virtio')):
            count['registers'] += 1
        elif 'virtio_queue_notify' in line:
            count['notifications'] += 1
    return {kind: Outcome(count[kind] / TRACED_MIB) for kind in ('registers', 'notifications')}


class LanRows:
    """add() measures a candidate once."""

    def __enter__(self):
        self.lan = Lan(0)
        come_first(self.lan.web.process.pid)
        self.lan.congestion('cubic')
        for mib in (TRACED_MIB, TFTP_MIB, HTTP_MIB):
            self.lan.web.zeros(f'z{mib}', mib * MIB)
            with open(self.lan.web.path(f'z{mib}'), 'rb') as f:     # now the server has it in memory
                while f.read(MIB):
                    pass
        if os.path.exists(UNDIONLY):
            shutil.copy(UNDIONLY, self.lan.web.root)
        self.atftpd = Atftpd(self.lan)
        return self

    def __exit__(self, *_):
        self.atftpd.close()
        self.lan.close()

    def add(self, results, candidate, wanted, first):
        def put(kind, outcome):
            if kind in wanted:
                results.add(row(kind, candidate.nic), candidate.name, outcome)

        if first:
            put('rom', Outcome(os.path.getsize(candidate.rom)))
        with Screen(candidate, self.lan.netdev) as screen:
            put('prompt', Outcome(screen.shell()))
            seconds, _ = screen.command('dhcp net0')
            put('dhcp', Outcome(seconds))
            if 'http' in wanted:
                put('http', fetch(screen, self.lan, self.lan.web.url(f'z{HTTP_MIB}'), HTTP_MIB))
            if 'e1000' in candidate.nic:
                if 'tftp' in wanted:
                    put('tftp', fetch(screen, self.lan, f'tftp://{self.lan.host}/z{TFTP_MIB}', TFTP_MIB))
                if 'tftp-window' in wanted and self.atftpd.there():
                    put('tftp-window', fetch(screen, self.lan, f'tftp://{self.lan.host}:{ATFTPD_PORT}/z{TFTP_MIB}', TFTP_MIB))
            if first and ('registers' in wanted or 'notifications' in wanted):
                for kind, outcome in count_accesses(screen, self.lan).items():
                    if kind == 'registers' or 'virtio' in candidate.nic:
                        put(kind, outcome)
            if 'undionly' in wanted and os.path.exists(UNDIONLY):
                put('undionly', fetch_by_undionly(screen, self.lan))
