#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make memory`: what the firmware's copy, move and checksum do in a second under emulation, beside plainer ways. build/bench/memory.img is
a floppy that says the same of a real machine on its first serial port. Ours are rows of the bench, too."""
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../boot'))
from candidates import OURS  # noqa: E402
from machine import QEMU, TOP  # noqa: E402
from results import Outcome, Row  # noqa: E402

NAMES = ['memory']
TIME_S = 120
IMAGE = f'{TOP}/build/bench/memory.img'


def measure():
    """What the floppy says: (name, MB/s), in its order."""
    with tempfile.TemporaryDirectory(prefix='fpxe-memory-') as folder:
        said = os.path.join(folder, 'serial')
        qemu = subprocess.Popen([QEMU, '-accel', os.environ.get('QEMU_ACCEL', 'tcg'), '-m', '128', '-nodefaults', '-no-user-config',
                                 '-display', 'none', '-vga', 'none', '-serial', f'file:{said}',
                                 '-drive', f'file={IMAGE},format=raw,if=floppy,snapshot=on'])
        try:
            end, text = time.monotonic() + TIME_S, ''
            while not text.endswith('end\n'):
                if qemu.poll() is not None or time.monotonic() > end:
                    raise TimeoutError(f'the memory floppy stopped: {text!r}')
                time.sleep(0.1)
                if os.path.exists(said):
                    with open(said) as f:
                        text = f.read()
        finally:
            qemu.kill()
            qemu.wait()
    return [(name, int(figure)) for name, figure in re.findall(r'^(.*): (\d+) MB/s$', text, re.M)]


def add(results):
    for name, figure in measure():
        if not name.startswith('the same'):
            results.add(Row(f'memory-{name}', f'emulated: {name}', 'MB/s', True, ''), OURS, Outcome(figure))


if __name__ == '__main__':
    for what, speed in measure():
        print(f'{what}: {speed:,} MB/s')
