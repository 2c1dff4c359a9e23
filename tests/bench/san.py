# SPDX-License-Identifier: BSD-2-Clause
"""Rows of disks that stay on the server: an installer's ISO (isolinux, Linux, an initrd) by `sanboot`, over the network emulator.

The time goes from Enter until Linux has the screen, less the time that the same ISO takes as a CD in the machine: from there on nothing reads
the disk, and the installer's first screen comes half a minute later whoever brought the ISO. Bytes are counted as they enter the tap."""
import collections
import re
import statistics
import time

from candidates import Candidate
from distance import spec
from priority import come_first
from results import Outcome, Row
from screen import Screen
from servers import MIB
from wan import Wan
import disk_images

RUNS = 3
STOP_S = 420
ISO = 'mini.iso'
LINUX_SPEAKS = re.compile(r'^\[ +\d+\.\d+\] ', re.M)
NO_NIC = Candidate('a CD in the machine', '', None, None)

# The fields are those that distance.spec() asks for.
Distance = collections.namedtuple('Distance', 'name title rtt_ms both down aim')
DISTANCES = [Distance('san-lan', 'on the LAN', 0, '', '', ''), Distance('san-20', '20 ms', 20, '', '', ''),
             Distance('san-100', '100 ms', 100, '', '', "a third of Debian's time")]
NAMES = [d.name for d in DISTANCES]


def time_row(d):
    return Row(d.name, f'sanboot of an ISO, {d.title}: until Linux runs, less the same from a CD', 's', False, d.aim)


def bytes_row(d):
    return Row(f'{d.name}-bytes', f'sanboot of an ISO, {d.title}: bytes fetched', 'MiB', False, '')


def order():
    return [name for n in NAMES for name in (n, f'{n}-bytes')]


class SanRows:
    """local() measures the CD in the machine, add() a candidate once at each of the wanted distances, each in a power-on of its own."""

    cd_seconds = []                 # of all runs

    def __enter__(self):
        self.wan = Wan(0)
        self.wan.congestion('cubic')
        come_first(self.wan.web.process.pid)
        self.iso = self.wan.web.path(ISO)
        disk_images.installer_iso(self.iso, 'vga=normal fb=false DEBIAN_FRONTEND=text')
        return self

    def __exit__(self, *_):
        self.wan.close()

    def local(self):
        # An IDE drive's words, one by one through an emulated processor, would be slower than a network.
        drive = f'file={self.iso},format=raw,if=none,id=cd,readonly=on'
        with Screen(NO_NIC, None, ['-drive', drive, '-device', 'virtio-scsi-pci', '-device', 'scsi-cd,drive=cd']) as screen:
            screen.wait_for_text('Booting from DVD/CD')
            began = time.monotonic()
            screen.wait(LINUX_SPEAKS.search, STOP_S)
            self.cd_seconds.append(time.monotonic() - began)

    def add(self, results, candidate, wanted, seed):
        for d in DISTANCES:
            if d.name not in wanted:
                continue
            self.wan.impair(**spec(d, seed))
            outcomes = self.one(candidate)
            for row, outcome in zip((time_row(d), bytes_row(d)), outcomes):
                results.add(row, candidate.name, outcome)

    def one(self, candidate):
        """The outcomes of time and bytes."""
        with Screen(candidate, self.wan.netdev) as screen:
            screen.shell()
            screen.command('dhcp net0')
            before = self.wan.bytes_sent()
            line = f'sanboot {self.wan.web.url(ISO)}'
            screen.machine.type(line)
            screen.wait_for_text(re.escape(line[-20:]))
            began = time.monotonic()
            screen.machine.type('\n')
            try:
                screen.wait(LINUX_SPEAKS.search, STOP_S)
            except TimeoutError:
                return [Outcome(words=f'not within {STOP_S} s')] * 2
            seconds = time.monotonic() - began
        return Outcome(seconds - statistics.median(self.cd_seconds)), Outcome((self.wan.bytes_sent() - before) / MIB)
