# SPDX-License-Identifier: BSD-2-Clause
"""Disk images from memory: what people boot with memdisk, by our own and by Syslinux's."""
import gzip
import lzma
import re
import shutil

import pytest

import disk_images
from machine import INSTALLER, LINUX, TOP

FIRST_SCREEN = r'Select a language|Choose language|Choose the language|\[!!\]'
ARGUMENTS = 'console=ttyS0 TERM=linux vga=normal fb=false DEBIAN_FRONTEND=text'
LKRN = f'{TOP}/bin/fpxe.lkrn'


@pytest.fixture(scope='module')
def disks(web):
    """The images, on the web server."""
    def path(name):
        return web.path(name)
    disk_images.installer_iso(path('mini.iso'), ARGUMENTS)
    disk_images.syslinux_floppy(path('floppy144.img'), LKRN)
    disk_images.syslinux_floppy(path('floppy288.img'), LKRN, kib=2880)
    disk_images.syslinux_hard_disk(path('harddisk.img'), LKRN)
    disk_images.emulation_iso(path('floppy.iso'), path('floppy144.img'), 'floppy')
    disk_images.emulation_iso(path('harddisk.iso'), path('harddisk.img'), 'hard')
    shutil.copy(disk_images.MEMDISK, path('memdisk'))
    shutil.copy(disk_images.RESCUE_CD, path('rescue.iso'))
    for name in ('fpxe.iso', 'fpxe.usb', 'fpxe.dsk'):
        shutil.copy(f'{TOP}/bin/{name}', path(name))
    for name, pack in (('floppy144.img', gzip), ('harddisk.img', gzip), ('harddisk.img', lzma), ('floppy.iso', gzip)):
        with open(path(name), 'rb') as f:
            web.bytes(name + ('.gz' if pack is gzip else '.xz'), pack.compress(f.read()))
    return web


def shell(machine, **options):
    m = machine(**options)
    m.shell()
    m.dhcp()
    return m


def expect_syslinux(m):
    """It loads us from its disk."""
    m.expect('SYSLINUX')
    m.expect('boot: ')
    m.send('fpxe\r')
    m.expect('network boot firmware')


@pytest.mark.parametrize('image, what', [('floppy144.img', 'floppy, drive 00h'), ('floppy288.img', 'floppy, drive 00h'),
                                         ('harddisk.img', 'hard disk, drive 80h'), ('floppy.iso', 'CD, drive 00h'),
                                         ('harddisk.iso', 'CD, drive 80h'), ('floppy144.img.gz', 'floppy, drive 00h'),
                                         ('harddisk.img.gz', 'hard disk, drive 80h'), ('harddisk.img.xz', 'hard disk, drive 80h'),
                                         ('floppy.iso.gz', 'CD, drive 00h')])
def test_syslinux_boots_from_memory(machine, disks, image, what):
    m = shell(machine)
    m.send(f'boot {disks.url(image)}\r')
    m.expect(f'Booting {image} as a {what}')
    expect_syslinux(m)


@pytest.mark.parametrize('image, words', [('floppy144.img', ''), ('floppy144.img.gz', ''), ('harddisk.img', 'harddisk'),
                                          ('harddisk.img.gz', 'raw')])
def test_syslinux_memdisk_boots(machine, disks, image, words):
    m = shell(machine)
    m.command(f'kernel {disks.url("memdisk")} {words}')
    m.command(f'initrd {disks.url(image)}')
    m.send('boot\r')
    expect_syslinux(m)


def test_syslinux_memdisk_boots_an_iso(machine, disks):
    m = shell(machine, memory=1024)
    m.command(f'kernel {disks.url("memdisk")} iso raw')
    m.command(f'initrd {disks.url("mini.iso")}')
    m.send('boot\r')
    m.expect('Linux version', LINUX)


@pytest.mark.parametrize('image', ['fpxe.iso', 'fpxe.usb', 'fpxe.dsk'])
def test_fpxe_boots_inside_fpxe(machine, disks, image):
    m = shell(machine)
    m.send(f'boot {disks.url(image)}\r')
    m.expect(f'Booting {image} as a ')
    m.expect('network boot firmware')
    m.send('\x02')
    m.prompt()
    m.dhcp()


def test_a_hybrid_is_a_hard_disk_if_the_user_says_so(machine, disks):
    m = shell(machine)
    m.send(f'memdisk {disks.url("fpxe.iso")} harddisk\r')
    m.expect('Booting fpxe.iso as a hard disk, drive 80h')
    m.expect('network boot firmware')


def test_grubs_rescue_cd_boots(machine, disks):
    m = shell(machine)
    m.send(f'boot {disks.url("rescue.iso")}\r')
    m.expect('Booting rescue.iso as a ')
    m.expect_screen('GNU GRUB')
    m.type('c')
    m.expect_screen('grub>')
    m.type('ls\n')
    m.expect_screen(r'\(cd')


@pytest.mark.parametrize('by', [0x18, 0x19])
def test_a_boot_sector_that_gives_up_leads_back_to_the_shell(machine, web, by):
    web.bytes('gives-up.img', (bytes([0xcd, by]) + b'\x90' * 508 + b'\x55\xaa').ljust(1440 << 10, b'\0'))
    m = shell(machine)
    text = m.command(f'boot {web.url("gives-up.img")}')
    assert ('gave up (INT 18h)' in text) == (by == 0x18)
    assert 'net0' in m.command('ifstat')
    m.dhcp()


def bad_inputs(web):
    with open(web.path('mini.iso'), 'rb') as f:
        iso = f.read(1 << 20)
    catalogue = int.from_bytes(iso[17 * 2048 + 71:][:4], 'little')
    no_boot = bytearray(iso)
    no_boot[17 * 2048:18 * 2048] = b'\xffCD001\1'.ljust(2048, b'\0')
    outside = bytearray(iso)
    outside[17 * 2048 + 71:17 * 2048 + 75] = b'\xff\xff\xff\x7f'
    far = bytearray(iso)
    far[catalogue * 2048 + 40:catalogue * 2048 + 44] = b'\xff\xff\xff\x0f'
    for name, data in (('no-boot.iso', no_boot), ('outside.iso', outside), ('far.iso', far)):
        data[16 * 2048 + 80:16 * 2048 + 84] = (len(data) // 2048).to_bytes(4, 'little')
        web.bytes(name, data)
    web.bytes('truncated.iso', iso)
    with open(web.path('harddisk.img'), 'rb') as f:
        web.bytes('truncated.img', f.read(2 << 20))
    web.bytes('odd.img', (bytes(510) + b'\x55\xaa').ljust(700 * 1024 + 7, b'\1'))
    web.bytes('noise.img', bytes(range(256)) * 8000)
    web.bytes('bomb.img.gz', gzip.compress(bytes(900 << 20)))
    web.bytes('bomb.img.xz', lzma.compress(bytes(100 << 20), preset=0) * 9)
    web.zeros('large.iso', 3 << 30)


def test_bad_images_are_refused_in_a_line(machine, disks):
    bad_inputs(disks)
    m = shell(machine, memory=256)
    for line, wanted in (
            ('boot no-boot.iso', 'CD does not boot: no El Torito boot record'),
            ('boot outside.iso', 'boot catalogue at block 2147483647 lies outside'),
            ('boot far.iso', 'what boots at block 268435455'),
            ('boot truncated.iso', 'truncated disk image'),
            ('boot truncated.img', 'truncated disk image'),
            ('memdisk odd.img', 'no whole sectors'),
            ('boot noise.img', 'not a bootable image'),
            ('memdisk noise.img', 'not a disk image'),
            ('memdisk noise.img floppy', 'no 55AAh'),
            ('memdisk floppy144.img offset=99999999', 'offset=99999999: the image has 1474560 bytes'),
            ('memdisk floppy144.img blue', 'blue: no word for a disk'),
            ('memdisk bomb.img.gz', r'out of memory: need 900\.0 MiB, \d+\.\d MiB free'),
            ('memdisk bomb.img.xz', r'out of memory: need 900\.0 MiB, \d+\.\d MiB free'),
            ('boot bomb.img.xz', r'out of memory: need 900\.0 MiB, \d+\.\d MiB free'),
            ('memdisk large.iso', r'need 3072\.0 MiB')):
        command, name, *words = line.split()
        text = m.command(' '.join([command, disks.url(name), *words]))
        assert re.search(wanted, text), (line, text)
    m.send(f'boot {disks.url("floppy144.img")}\r')
    expect_syslinux(m)


def test_an_installer_iso_boots_from_memory(machine, disks):
    m = shell(machine, memory=1024)
    m.send(f'memdisk {disks.url("mini.iso")}\r')
    m.expect('Booting mini.iso as a hybrid CD, drive e0h')
    m.expect('Linux version', LINUX)
    m.expect(FIRST_SCREEN, INSTALLER)


FIND = b"""#!/bin/sh
mount -t proc proc /proc
mount -t devtmpfs dev /dev
echo found $(/bin/memdiskfind) status $? > /dev/ttyS0
sleep 1000
"""


def memdiskfind():
    """Files for an initrd: /find says what it finds."""
    with open(shutil.which('memdiskfind') or '/usr/bin/memdiskfind', 'rb') as f:
        return {'bin/memdiskfind': f.read(), 'find': FIND}


def test_memdiskfind_in_linux_finds_the_disk(machine, web):
    """By the mBFT, in base memory that the map says is reserved; and the disk is where it says, untouched."""
    disk_images.installer_iso(web.path('find.iso'), 'console=ttyS0 rdinit=/find', memdiskfind())
    with open(web.path('find.iso'), 'rb') as f:
        iso = f.read()
    m = shell(machine, memory=1024)
    m.send(f'boot {web.url("find.iso")}\r')
    m.expect('Linux version', LINUX)
    m.expect(r'found 0x([0-9a-f]+),0x([0-9a-f]+) status', LINUX)
    address, length = (int(n, 16) for n in m.console.match.groups())
    assert length == len(iso)
    assert m.memory(address, length) == iso
