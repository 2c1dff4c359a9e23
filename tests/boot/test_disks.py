# SPDX-License-Identifier: BSD-2-Clause
"""Disk images from memory: what people boot with memdisk, by our own and by Syslinux's."""
import shutil

import pytest

import disk_images
from machine import INSTALLER, LINUX, TOP

ROM = 'bin/fpxe.rom'            # has all drivers; as an e1000's
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
    shutil.copy(disk_images.RESCUE_CD, path('rescue.iso'))
    for name in ('fpxe.iso', 'fpxe.usb', 'fpxe.dsk'):
        shutil.copy(f'{TOP}/bin/{name}', path(name))
    return web


def shell(machine, **options):
    m = machine(rom=ROM, **options)
    m.shell()
    m.dhcp()
    return m


@pytest.mark.parametrize('image, what', [('floppy144.img', 'floppy, drive 00h'), ('floppy288.img', 'floppy, drive 00h'),
                                         ('harddisk.img', 'hard disk, drive 80h')])
def test_syslinux_boots_from_memory(machine, disks, image, what):
    m = shell(machine)
    m.send(f'boot {disks.url(image)}\r')
    m.expect(f'Booting {image} as a {what}')
    m.expect('SYSLINUX')
    m.expect('boot: ')
    m.send('fpxe\r')
    m.expect('network boot firmware')


def test_an_installer_iso_boots_from_memory(machine, disks):
    m = shell(machine, memory=1024)
    m.send(f'memdisk {disks.url("mini.iso")}\r')
    m.expect('Booting mini.iso as a hybrid CD, drive e0h')
    m.expect('Linux version', LINUX)
    m.expect(FIRST_SCREEN, INSTALLER)
