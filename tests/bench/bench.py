#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make bench`: our ROMs beside Debian's iPXE ROMs (package ipxe-qemu) and any named by PEER=, in one run on one host, as a Markdown
table on standard output and in build/bench.md. Nothing is asserted.

Machines sit on a tap in a network namespace of their own, with dnsmasq (--no-ping) and nginx at its other end. They have a screen and a
keyboard and no serial port, all alike: the screen's memory is read every 20 ms. Times are the host's clock; each figure is the median of
the runs.
"""
import argparse
import collections
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../boot'))
from machine import TOP, Machine  # noqa: E402
from servers import MIB, Web    # noqa: E402

ADDRESS = '10.9.0.1'
TAP = 'fpxe0'
IPXE = '/usr/lib/ipxe/qemu'
DEVICES = {'8086100e': 'e1000', '1af41000': 'virtio-net-pci,disable-modern=on', '1af41041': 'virtio-net-pci,disable-legacy=on'}
TRACED_MIB = 32
ROWS = ['lan', 'registers']
SHELL = r'^\wPXE>$'              # the last line of the screen, with nothing behind it
ASKED_AT_BOOT = r'Ctrl-B (for|opens) the (iPXE |gPXE )?command line'

Candidate = collections.namedtuple('Candidate', 'name rom device')


def rom_id(path):
    """The PCI ID in the ROM's header, as vvvvdddd."""
    with open(path, 'rb') as f:
        rom = f.read()
    pcir = int.from_bytes(rom[0x18:0x1a], 'little')
    return f'{int.from_bytes(rom[pcir + 4:pcir + 6], "little"):04x}{int.from_bytes(rom[pcir + 6:pcir + 8], "little"):04x}'


def candidates(peers):
    paths = [('fPXE', f'{TOP}/bin/{i}.rom') for i in DEVICES]
    paths += [("Debian's iPXE", f'{IPXE}/pxe-{nic}.rom') for nic in ('e1000', 'virtio')]
    paths += [(os.path.basename(p), os.path.abspath(p)) for p in peers]
    for name, path in paths:
        device = DEVICES.get(rom_id(path)) if os.path.exists(path) else None
        if device:
            yield Candidate(name, path, device)
        else:
            print(f'bench: {path} is not there or for no NIC of the bench', file=sys.stderr)


class Lan:
    """Tap, DHCP server, web server."""

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix='fpxe-bench-')
        for command in ('ip link set lo up', f'ip tuntap add dev {TAP} mode tap', f'ip addr add {ADDRESS}/24 dev {TAP}',
                        f'ip link set {TAP} up'):
            subprocess.run(command.split(), check=True)
        self.dnsmasq = subprocess.Popen([
            'dnsmasq', '--no-ping', '--keep-in-foreground', '--conf-file=/dev/null', '--port=0', f'--interface={TAP}',
            '--bind-interfaces', '--dhcp-range=10.9.0.50,10.9.0.99,1h', '--dhcp-authoritative', '--user=root',
            f'--dhcp-leasefile={self.dir}/leases', f'--pid-file={self.dir}/pid', f'--log-facility={self.dir}/log'])
        self.web = Web(ADDRESS, ADDRESS, 80)
        return self

    def __exit__(self, *_):
        self.dnsmasq.terminate()
        self.dnsmasq.wait()
        self.web.close()
        shutil.rmtree(self.dir, ignore_errors=True)


def start(candidate):
    return Machine(nic=candidate.device, rom=candidate.rom, memory=2048, serial=False,
                   net=f'tap,ifname={TAP},script=no,downscript=no')


def wait_for_screen(m, seen, timeout):
    end = time.monotonic() + timeout
    while not seen(m.screen()):
        if time.monotonic() > end:
            raise TimeoutError(m.screen())
        time.sleep(0.02)


def wait_for_text(m, pattern, timeout=60):
    wait_for_screen(m, lambda text: re.search(pattern, text), timeout)


def wait_for_prompt(m, timeout=600):
    wait_for_screen(m, lambda text: re.search(SHELL, text.rstrip().split('\n')[-1]), timeout)


def command(m, line):
    """Type @line and wait for the next prompt; seconds from Enter to there."""
    m.type(line)
    wait_for_text(m, re.escape(line[-20:]))
    began = time.monotonic()
    m.type('\n')
    wait_for_prompt(m)
    return time.monotonic() - began


def measure(candidate, web, rows):
    """One power-on; figures by the row's name."""
    figures = {}
    began = time.monotonic()
    with start(candidate) as m:
        wait_for_text(m, 'Press Ctrl-B')
        figures['power-on to prompt, s'] = time.monotonic() - began
        wait_for_text(m, ASKED_AT_BOOT)
        m.key('ctrl', 'b')
        wait_for_prompt(m)
        figures['dhcp, s'] = command(m, 'dhcp net0')
        if 'lan' in rows:
            figures['256 MiB over HTTP, MB/s'] = 256 * MIB / command(m, f'initrd {web.url("zeros256m")}') / 1e6
            command(m, 'imgfree')
        if 'registers' in rows:
            figures.update(registers(m, candidate, web))
    return figures


def registers(m, candidate, web):
    """Register accesses and notifications per MiB, from QEMU's trace."""
    for event in ('memory_region_ops_*', 'virtio_queue_notify'):
        m.trace(event, True)
    command(m, f'initrd {web.url("zeros32m")}')
    for event in ('memory_region_ops_*', 'virtio_queue_notify'):
        m.trace(event, False)
    # Only the NIC's regions: the console's port and the PIC are everybody's.
    count = collections.Counter()
    for line in m.traced():
        name = re.search(r"memory_region_ops_\w+ .*name '([^']+)'", line)
        if name and name.group(1).startswith(('e1000', 'virtio')):
            count['accesses'] += 1
        elif 'virtio_queue_notify' in line:
            count['notify'] += 1
    figures = {'register accesses per MiB': count['accesses'] / TRACED_MIB}
    if 'virtio' in candidate.device:
        figures['notifications per MiB'] = count['notify'] / TRACED_MIB
    return figures


def median_of_runs(candidate, web, rows, runs):
    collected = collections.defaultdict(list)
    for run in range(runs):
        print(f'bench: {candidate.name} {os.path.basename(candidate.rom)}, run {run + 1} of {runs}', file=sys.stderr)
        try:
            for name, value in measure(candidate, web, rows).items():
                collected[name].append(value)
        except (TimeoutError, OSError, ValueError) as error:
            print(f'bench: failed: {error}', file=sys.stderr)
    figures = {name: statistics.median(values) for name, values in collected.items()}
    figures['ROM, bytes'] = os.path.getsize(candidate.rom)
    return figures


def table(results):
    names = ['ROM, bytes', 'power-on to prompt, s', 'dhcp, s', '256 MiB over HTTP, MB/s', 'register accesses per MiB',
             'notifications per MiB']
    lines = ['| NIC | ROM | ' + ' | '.join(names) + ' |', '|---|---|' + '---:|' * len(names)]
    for candidate, figures in sorted(results, key=lambda r: r[0].device):
        cells = []
        for name in names:
            value = figures.get(name)
            cells.append('' if value is None else f'{value:,.0f}' if value >= 100 else f'{value:.2f}')
        lines.append(f'| {candidate.device} | {candidate.name} | ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines) + '\n'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--peer', nargs='*', default=[])
    parser.add_argument('--rows', nargs='*', choices=ROWS, default=ROWS, help='figures that take long: %(choices)s')
    parser.add_argument('--runs', type=int, default=3)
    options = parser.parse_args()
    if not os.environ.get('FPXE_NETNS'):
        launch = os.path.join(TOP, 'tests/boot/launch.sh')
        os.environ['FPXE_NETNS'] = 'wanted'
        os.execv(launch, [launch, sys.executable, '-B', os.path.abspath(__file__)] + sys.argv[1:])
    if os.environ['FPXE_NETNS'] == 'wanted':
        sys.exit('bench: no network namespace can be made here (root, or user namespaces, are needed)')
    with Lan() as lan:
        results = [(c, median_of_runs(c, lan.web, options.rows, options.runs)) for c in candidates(options.peer)]
    text = table(results)
    print(text)
    os.makedirs(f'{TOP}/build', exist_ok=True)
    with open(f'{TOP}/build/bench.md', 'w') as f:
        f.write(text)


main()
