# SPDX-License-Identifier: BSD-2-Clause
"""Whom the bench compares: our ROMs, Debian's iPXE ROMs (package ipxe-qemu), and any that are named."""
import collections
import os
import sys

from machine import TOP

IPXE = '/usr/lib/ipxe/qemu'
OURS, DEBIANS = 'fPXE', "Debian's iPXE"
# By the PCI ID in a ROM's header: what the row calls the NIC, and QEMU's device.
NICS = {
    '8086100e': ('e1000', 'e1000'),
    '1af41000': ('virtio', 'virtio-net-pci,disable-modern=on'),
    '1af41041': ('virtio 1.0', 'virtio-net-pci,disable-legacy=on'),
}

Candidate = collections.namedtuple('Candidate', 'name rom nic device')


def rom_id(path):
    """The PCI ID in the ROM's header, as vvvvdddd."""
    with open(path, 'rb') as f:
        rom = f.read()
    pcir = int.from_bytes(rom[0x18:0x1a], 'little')
    return f'{int.from_bytes(rom[pcir + 4:pcir + 6], "little"):04x}{int.from_bytes(rom[pcir + 6:pcir + 8], "little"):04x}'


def peer_name(path):
    """A file's name; its folder's too where the name is only the PCI ID."""
    name = os.path.splitext(os.path.basename(path))[0]
    return os.path.basename(os.path.dirname(os.path.abspath(path))) if name in NICS else name


def candidates(peers):
    paths = [(OURS, f'{TOP}/bin/{i}.rom') for i in NICS]
    paths += [(DEBIANS, f'{IPXE}/pxe-{nic}.rom') for nic in ('e1000', 'virtio')]
    paths += [(peer_name(p), os.path.abspath(p)) for p in peers]
    found = []
    for name, path in paths:
        known = NICS.get(rom_id(path)) if os.path.exists(path) else None
        if known:
            found.append(Candidate(name, path, *known))
        else:
            print(f'bench: {path} is not there or for no NIC of the bench', file=sys.stderr)
    return found
