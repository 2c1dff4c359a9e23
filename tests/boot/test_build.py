# SPDX-License-Identifier: BSD-2-Clause
"""What `make` gives: the ROMs, their sizes, the same bytes in another folder, with another compiler, from a site's own values."""
import hashlib
import os
import pathlib
import re
import subprocess

from build import build_tree, built_tree, make, site_rom
from machine import TOP

CARDS = ['8086100e', '1af41000', '1af41041']
ROMS = [card + kind for card in CARDS for kind in ('.rom', '.small.rom')] + ['fpxe.rom']
CONTAINERS = ['fpxe.pxe', 'undionly.kpxe', 'undionly.kkpxe', 'fpxe.lkrn', 'fpxe.usb', 'fpxe.dsk', 'fpxe.iso']
SHADOW = 122 * 1024      # what SeaBIOS has for all ROMs


def size_limit(name):
    return SHADOW if name == 'fpxe.rom' else 56 * 1024 if name.endswith('.small.rom') else 96 * 1024


def digests(folder):
    return {name: hashlib.sha256((pathlib.Path(folder) / 'bin' / name).read_bytes()).hexdigest() for name in ROMS + CONTAINERS}


def test_sizes_checksums_and_headers():
    for name in ROMS:
        rom = (pathlib.Path(TOP) / 'bin' / name).read_bytes()
        assert rom[:2] == b'\x55\xaa'
        assert len(rom) == rom[2] * 512, name
        assert sum(rom) % 256 == 0, f'{name}: the checksum is not good'
        pcir = int.from_bytes(rom[0x18:0x1a], 'little')
        assert rom[pcir:pcir + 4] == b'PCIR'
        assert int.from_bytes(rom[pcir + 16:pcir + 18], 'little') == rom[2]
        pnp = int.from_bytes(rom[0x1a:0x1c], 'little')
        assert rom[pnp:pnp + 4] == b'$PnP'
        assert sum(rom[pnp:pnp + rom[pnp + 5] * 16]) % 256 == 0
        if name != 'fpxe.rom':
            vendor, device = int.from_bytes(rom[pcir + 4:pcir + 6], 'little'), int.from_bytes(rom[pcir + 6:pcir + 8], 'little')
            assert f'{vendor:04x}{device:04x}' == name.split('.')[0]
        assert len(rom) <= size_limit(name), f'{name} has {len(rom)} bytes'


def test_nothing_is_built_twice():
    subprocess.run(['make', '-q', 'all'], cwd=TOP, check=True, env={k: v for k, v in os.environ.items() if not k.startswith('MAKE')})


def test_the_same_bytes_in_a_folder_of_another_name(tmp_path):
    there = build_tree(tmp_path / 'another-name-and-longer')
    assert digests(TOP) == digests(there)
    assert 'is up to date' in make(there) or make(there, '-q', 'all') == ''


def test_clang_builds_them_all_and_they_boot(machine, tmp_path):
    tree = build_tree(tmp_path / 'clang', 'CC=clang')
    for name in ROMS:
        rom = (tree / 'bin' / name).read_bytes()
        assert len(rom) == rom[2] * 512 and sum(rom) % 256 == 0, name
        assert len(rom) <= size_limit(name), f'{name} has {len(rom)} bytes'
    m = machine(rom=str(tree / 'bin/fpxe.rom'))
    m.shell()
    m.dhcp()


def test_a_rom_that_is_too_large_is_no_rom(tmp_path):
    """`make` checks the sizes: one byte more than the limit, and the build fails with the figures."""
    tree = built_tree(tmp_path / 'full')
    makefile = (tree / 'Makefile').read_text()
    (tree / 'Makefile').write_text(makefile.replace(',57344,', ',40960,'))
    done = subprocess.run(['make', 'bin/8086100e.small.rom'], cwd=tree, capture_output=True, text=True,
                          env={k: v for k, v in os.environ.items() if not k.startswith(('MAKE', 'MFLAGS'))})
    assert done.returncode != 0 and '40960' in done.stdout + done.stderr, done.stdout + done.stderr
    assert not (tree / 'bin/8086100e.small.rom').exists()


def test_list_names_every_id(tmp_path):
    text = make(TOP, '-s', 'list')
    ids = re.findall(r'bin/([0-9a-f]{8})\.rom', text)
    assert {'8086100e', '8086100f', '8086100c', '80861004', '1af41000', '1af41041'} <= set(ids)
    tree = built_tree(tmp_path / 'other')
    assert 'e1000 virtio_net' in text and 'bin/undionly.kpxe' in text
    names = ['8086100f.rom', 'virtio_net.kpxe', '80861004.lkrn', 'e1000.iso']
    make(tree, *('bin/' + name for name in names))
    assert all((tree / 'bin' / name).exists() for name in names)


def test_a_name_that_nobody_knows_is_said():
    for name in ('12345678.kpxe', 'rtl8139.usb', 'undionly.usb', 'e1000.rom'):
        done = subprocess.run(['make', f'bin/{name}'], cwd=TOP, capture_output=True, text=True,
                              env={k: v for k, v in os.environ.items() if not k.startswith(('MAKE', 'MFLAGS'))})
        assert done.returncode != 0 and f'bin/{name}: no such driver or PCI ID' in done.stderr, done.stderr


def test_a_sites_own_name(machine, tmp_path):
    m = machine(rom=site_rom(tmp_path, CONFIG_PRODUCT_NAME='"mySite"'))
    m.expect(r'mySite \d+\.\d+')
    m.expect(r'Press Ctrl-B to configure mySite')
    m.send('\x02')
    m.expect(r'\nmySite> ')


def test_a_sites_prompt_of_0_s(machine, disk, tmp_path):
    """The text comes and nobody waits: Ctrl-B typed at it is too late, where a prompt that stands would open the shell."""
    m = machine(rom=site_rom(tmp_path, CONFIG_POST_PROMPT_S=0), disk=disk)
    m.post_prompt()
    m.send('\x02')
    m.expect(['The disk boots', 'fPXE>'])
    assert m.matched == 'The disk boots', 'it waited for a key'
