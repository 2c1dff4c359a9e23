# SPDX-License-Identifier: BSD-2-Clause
"""PXE programs of our own, assembled for the tests, and what pxe_caller.asm says."""
import os
import re
import subprocess

from machine import TOP


def assemble(path, source='pxe_caller', **defines):
    """tests/boot/@source.asm as the program @path."""
    options = [f'-D{name}={value}' for name, value in defines.items()]
    subprocess.run(['nasm', '-I', os.path.join(TOP, 'tests/boot/'), '-f', 'bin', *options, '-o', str(path), os.path.join(TOP, f'tests/boot/{source}.asm')], check=True)


class Memory:
    """The machine's memory as a program saw it: base_kib, and the map as (start, end, type) below 4 GiB."""

    def __init__(self, text):
        self.base_kib = int(re.search(r'base memory ([0-9a-f]{4})', text).group(1), 16)
        entries = [tuple(int(n, 16) for n in e) for e in re.findall(r'E820 ([0-9a-f]{8}) ([0-9a-f]{8}) ([0-9a-f]{2})', text)]
        self.map = [(start, start + size, kind) for start, size, kind in entries]
        self.older = re.search(r'E801 ([0-9a-f]{4}) ([0-9a-f]{4}) 88 ([0-9a-f]{4})', text).groups()

    def ram(self):
        """RAM, pieces that touch joined."""
        joined = []
        for start, end, kind in sorted(self.map):
            if kind == 1 and joined and joined[-1][1] == start:
                joined[-1] = (joined[-1][0], end)
            elif kind == 1:
                joined.append((start, end))
        return joined

    def __eq__(self, other):
        return (self.base_kib, self.map, self.older) == (other.base_kib, other.map, other.older)
