# SPDX-License-Identifier: BSD-2-Clause
"""Disks that stay on a server: sanboot, sanhook, sanunhook."""
import os
import random
import re
import shutil
import struct

import pytest

import disk_images
import servers
from machine import LINUX, TOP
from pxe import assemble
from test_disks import ARGUMENTS, FIRST_SCREEN, LKRN, expect_syslinux, memdiskfind, shell


@pytest.fixture(scope='module')
def sans(web):
    disk_images.installer_iso(web.path('mini.iso'), ARGUMENTS)
    disk_images.syslinux_floppy(web.path('floppy144.img'), LKRN)
    disk_images.syslinux_hard_disk(web.path('harddisk.img'), LKRN)
    shutil.copy(disk_images.RESCUE_CD, web.path('rescue.iso'))
    for name in ('fpxe.iso', 'fpxe.usb'):
        shutil.copy(f'{TOP}/bin/{name}', web.path(name))
    return web


def test_an_installer_iso_boots_from_the_server(machine, sans):
    m = shell(machine, memory=1024)
    m.send(f'sanboot {sans.url("mini.iso")}\r')
    m.expect('Booting mini.iso as a .*CD, drive e0h')
    m.expect(FIRST_SCREEN, 300)


def test_grubs_rescue_cd_boots_from_the_server(machine, sans):
    m = shell(machine)
    m.send(f'sanboot {sans.url("rescue.iso")}\r')
    m.expect('Booting rescue.iso as a')
    m.expect_screen('GNU GRUB')
    m.type('c')
    m.expect_screen('grub>')


@pytest.mark.parametrize('image, what', [('floppy144.img', 'floppy, drive 00h'), ('harddisk.img', 'hard disk, drive 80h')])
def test_syslinux_boots_from_the_server(machine, sans, image, what):
    m = shell(machine)
    m.send(f'sanboot --no-describe {sans.url(image)}\r')
    m.expect(f'Booting {image} as a {what}')
    expect_syslinux(m)


def test_the_nic_that_reads_a_disk_is_noted_for_a_later_life(machine, sans, tmp_path):
    """An fPXE that a disk of ours boots ends us and takes the memory that was ours: it stops the NIC that the resident part names, or a frame
    lands in it now and then."""
    with open(f'{TOP}/build/layout.h') as f:
        layout = {name: int(value, 0) for name, value in re.findall(r'^#define (\w+) (\w+)$', f.read(), re.M)}
    m = shell(machine)
    m.send(f'sanboot {sans.url("harddisk.img")}\r')
    m.expect('boot: ')
    m.qmp('pmemsave', val=0, size=0xa0000, filename=str(tmp_path / 'memory'))
    memory = (tmp_path / 'memory').read_bytes()
    segment, = struct.unpack_from('<H', memory, 4 * 0x15 + 2)
    hooks = segment * 16 + layout['LOWMEM_HOOKS']
    assert memory[hooks:hooks + 4] == b'fPXE'
    assert struct.unpack_from('<H', memory, hooks + layout['HOOKS_NIC']) == (3 << 3,)      # 00:03.0


@pytest.mark.parametrize('image', ['fpxe.iso', 'fpxe.usb'])
def test_fpxe_boots_inside_fpxe_from_the_server(machine, sans, image):
    m = shell(machine)
    m.send(f'sanboot {sans.url(image)}\r')
    m.expect(f'Booting {image} as a')
    m.expect('network boot firmware', 60)


def test_hooked_and_unhooked(machine, sans):
    m = shell(machine)
    assert re.search(r'Drive 85h is http.*harddisk.img, a hard disk', m.command(f'sanhook --drive 0x85 {sans.url("harddisk.img")}'))
    assert '85h' in m.command(f'sanhook -d 0x85 {sans.url("harddisk.img")}')
    m.command('sanunhook --drive 0x85')
    assert 'no disk of ours is drive 85h' in m.command('sanunhook -d 0x85')
    assert 'no disk is attached' in m.command('sanunhook')
    m.command(f'sanhook {sans.url("harddisk.img")}')
    m.send('sanboot --drive 0x80\r')
    m.expect('Booting harddisk.img as a hard disk, drive 80h')
    expect_syslinux(m)


def test_a_root_path_boots_by_itself(machine, lan):
    web = servers.Web(listen=lan.host, host=lan.host)
    try:
        disk_images.syslinux_floppy(web.path('floppy144.img'), LKRN)
        lan.dnsmasq(f'--dhcp-option-force=17,{web.url("floppy144.img")}')
        m = machine(net=lan.net)
        m.expect(rf'net0: booting the disk "{re.escape(web.url("floppy144.img"))}" \(root-path\)')
        m.expect('Booting floppy144.img as a floppy, drive 00h')
        expect_syslinux(m)
    finally:
        web.close()


def test_the_last_sector_of_5_gib(machine, web, tmp_path):
    last = 5 << 30 >> 9
    assemble(tmp_path / 'start', 'far_sector', LAST=last)
    with open(web.path('5g.img'), 'wb') as f:
        f.write((tmp_path / 'start').read_bytes())
        f.seek(last << 9)
        f.write(b'beyond 32 bits'.ljust(512, b'\0'))
    m = shell(machine)
    m.send(f'sanboot {web.url("5g.img")}\r')
    m.expect('sectors 0000000000a00001: beyond 32 bits')


def test_without_a_url_the_bioss_own_disk_boots(machine, disk, tmp_path):
    (tmp_path / 'local').write_text('#!fpxe\nsanboot --no-describe --drive 0x80\n')
    m = machine(net=f'user,ipv6=off,tftp={tmp_path},bootfile=local', disk=disk, nic_options=',bootindex=1')
    m.expect('Booting drive 80h')
    m.expect('The disk boots')


def test_a_file_that_changes_while_its_drive_is_hooked_does_not_boot(machine, mortal, disk):
    with open(disk, 'rb') as f:
        program = f.read(512)
    versions = [disk_images.plain_cd(program, seed=n) for n in (1, 2)]
    mortal.bytes('x.iso', versions[0])
    m = shell(machine)
    assert 'Drive e0h is' in m.command(f'sanhook {mortal.url("x.iso")}')
    for second, size in enumerate((len(versions[1]), 600 * 2048)):
        mortal.bytes('x.iso', versions[1][:size])
        os.utime(mortal.path('x.iso'), (second, second))        # of what differs in the content alone nginx knows by the second
        text = m.command('sanboot --drive 0xe0')
        assert text.count('x.iso has changed on the server') == 1 and 'Booting' not in text
    assert 'net0' in m.command('ifstat')
    m.command('sanunhook')
    mortal.bytes('x.iso', versions[1])
    m.command(f'sanhook {mortal.url("x.iso")}')
    m.send('sanboot --drive 0xe0\r')
    m.expect('The disk boots, .* drive E0')


def noise_floppy(path, seed):
    """Its bytes, of which only a boot sector's mark is no noise."""
    data = bytearray(random.Random(seed).randbytes(1440 << 10))
    data[510:512] = b'\x55\xaa'
    with open(path, 'wb') as f:
        f.write(data)
    return data


def test_linux_finds_a_hooked_disk_in_memory_and_uses_no_memory_of_any(machine, web, tmp_path):
    """By the mBFT, in which the disk on the server is not; that one's first 32 KiB are in its cache."""
    near, far = noise_floppy(tmp_path / 'near.img', 1), noise_floppy(web.path('far.img'), 2)
    web.bytes('find.cpio', disk_images.cpio(memdiskfind()))
    m = machine(net=f'user,ipv6=off,tftp={tmp_path}', memory=512)
    m.shell()
    m.dhcp()
    assert 'Drive 00h is http' in m.command(f'sanhook {web.url("far.img")}')
    assert 'Drive 01h is tftp' in m.command('sanhook tftp://10.0.2.2/near.img')
    m.command(f'kernel {web.url("amd64/linux")} console=ttyS0 rdinit=/find')
    m.command(f'initrd {web.url("amd64/initrd.gz")}')
    m.command(f'initrd {web.url("find.cpio")}')
    m.send('boot\r')
    m.expect(r'found 0x([0-9a-f]+),0x([0-9a-f]+) status', LINUX)
    address, length = (int(n, 16) for n in m.console.match.groups())
    assert length == len(near) and m.memory(address, length) == near
    cache = m.memory(0, 512 << 20).find(far[:32 << 10])
    assert cache > 0
    usable = [[int(n, 16) for n in e] for e in re.findall(r'BIOS-e820: \[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\] usable', m.transcript)]
    for start, size in ((address, length), (cache, 32 << 10)):
        assert usable and not any(first < start + size and start <= last for first, last in usable)


def test_in_post_the_bios_has_no_disks_yet(machine, disk):
    m = machine(disk=disk)
    m.shell()
    assert 'the BIOS cannot read drive 80h' in m.command('sanboot --no-describe --drive 0x80')


def test_without_parts_it_is_fetched_whole(machine, tmp_path):
    disk_images.syslinux_floppy(tmp_path / 'floppy144.img', LKRN)
    m = machine(net=f'user,ipv6=off,tftp={tmp_path}')
    m.shell()
    m.dhcp()
    m.send('sanboot tftp://10.0.2.2/floppy144.img\r')
    m.expect(r'the server gives no parts of files \[.*\]; fetching all of it')
    m.expect('Booting floppy144.img as a floppy')
    expect_syslinux(m)


def test_what_cannot_be_a_disk_is_refused(machine, sans):
    sans.bytes('empty.img', b'')
    sans.bytes('text.img', b'no disk at all\n' * 500)
    m = shell(machine)
    assert 'not found' in m.command(f'sanboot {sans.url("nothing.iso")}')
    assert m.command(f'sanboot {sans.url("empty.img")}')
    assert m.command(f'sanboot {sans.url("text.img")}')
    assert 'protocol not supported' in m.command('sanboot iscsi:10.0.2.2::::iqn.2026-01.org.example:disk')
    assert 'fPXE' in m.command('echo fPXE')
