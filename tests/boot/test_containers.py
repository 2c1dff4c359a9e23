# SPDX-License-Identifier: BSD-2-Clause
"""fPXE started by others than its ROM: other people's PXE ROMs, boot loaders for Linux, the BIOS from disks, sticks, floppies and CDs."""
import os
import re
import shutil
import subprocess

import pytest

from build import built_tree, make
from machine import LINUX, TOP
from pxe import Memory, assemble

IPXE = '/usr/lib/ipxe/qemu/pxe-{0}.rom'       # Debian's ipxe-qemu


def program(name):
    return os.path.join(TOP, 'bin', name)


@pytest.fixture
def chained(machine, web, tmp_path):
    """chained(file) starts a machine whose ROM is iPXE's, which loads bin/@file by TFTP."""
    def start(name, nic='e1000', rom=IPXE.format('e1000'), **options):
        shutil.copy(program(name), tmp_path / name)
        return machine(nic=nic, rom=rom, net=f'user,ipv6=off,tftp={tmp_path}', bootfile=name, **options)
    return start


def fetch_over_http(m, web):
    """At fPXE's prompt: an address, a file, and the file's digest."""
    assert re.search(r'net0: 10\.0\.2\.15/24', m.command('dhcp net0'))
    text = m.command(f'initrd --name f {web.url("zeros1m")} && sha256sum f')
    assert '30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58' in text, text


def into_the_shell(m):
    m.expect(r'fPXE \d+\.\d+[^\n]* -- network boot firmware', LINUX)
    m.expect('Ctrl-B opens the command line')
    m.send('\x02')
    m.prompt()


@pytest.mark.parametrize('name', ['8086100e.pxe', '8086100e.kpxe', '8086100e.kkpxe', 'undionly.kpxe', 'undionly.kkpxe'])
def test_chained_by_ipxe(chained, web, disk, name):
    """The lease is taken over, a file is fetched; at the end the BIOS goes on, with the base memory that it had."""
    m = chained(name, disk=disk, nic_options=',bootindex=1')
    into_the_shell(m)
    assert re.search(r'Taken over: net0: 10\.0\.2\.15/24', m.transcript), m.transcript
    assert ('undi' if name.startswith('undionly') else '82540EM') in m.command('show net0/chip')
    fetch_over_http(m, web)
    m.send('exit\r')
    m.expect('The disk boots, 639 KiB')


@pytest.mark.parametrize('name', ['8086100e.pxe', 'undionly.kpxe'])
def test_a_program_takes_the_place_where_we_were_loaded(chained, tmp_path, disk, name):
    """It returns to our shell, and that to the BIOS."""
    assemble(tmp_path / 'program')
    m = chained(name, disk=disk, nic_options=',bootindex=1')
    into_the_shell(m)
    m.dhcp()
    m.send('chain tftp://10.0.2.2/program\r')
    m.expect('caller: returns')
    m.prompt()
    m.send('exit\r')
    m.expect('The disk boots, 639 KiB')


def test_undionly_under_our_own_rom(chained, web, disk):
    m = chained('undionly.kpxe', rom='bin/8086100e.rom', disk=disk, nic_options=',bootindex=1')
    m.expect('Booting undionly.kpxe', LINUX)
    into_the_shell(m)
    assert 'undi' in m.command('show net0/chip')
    fetch_over_http(m, web)
    m.send('exit\r')
    m.expect('The disk boots, 639 KiB')


def test_linux_through_undi(chained, web):
    m = chained('undionly.kpxe')
    into_the_shell(m)
    m.dhcp()
    m.send(f'chain {web.url("amd64/linux")} console=ttyS0\r')
    m.expect('Linux version', LINUX)


def rounds_disk(tmp_path):
    """A disk that says how much base memory there is, and has the BIOS begin again: INT 19h."""
    path = tmp_path / 'rounds.img'
    subprocess.run(['nasm', '-f', 'bin', '-DINT19', '-o', path, os.path.join(TOP, 'tests/boot/disk.asm')], check=True)
    with open(path, 'r+b') as f:
        f.truncate(1 << 20)
    return str(path)


def three_rounds(m):
    for _ in range(3):
        into_the_shell(m)
        assert '10.0.2.15' in m.command('dhcp')
        m.send('exit\r')
        m.expect('The disk boots, 639 KiB')


def test_started_again_by_int_19h_under_ipxe(chained, tmp_path):
    three_rounds(chained('undionly.kpxe', disk=rounds_disk(tmp_path), nic_options=',bootindex=1'))


def test_started_again_by_int_19h_from_a_cd(machine, tmp_path):
    three_rounds(machine(rom='', disk=rounds_disk(tmp_path), options=[
        '-drive', f'file={program("fpxe.iso")},format=raw,if=none,id=d,readonly=on', '-device', 'ide-cd,drive=d,bootindex=1']))


def test_lives_over_one_another_end_with_int_19h(chained, tmp_path):
    """A program under our NBP under our ROM: the BIOS begins again, and both of ours are undone. The same memory is found each time."""
    assemble(tmp_path / 'program', ENDING=4, QUICK=1)
    m = chained('undionly.kkpxe', rom='bin/8086100e.rom', nic_options=',bootindex=1')
    seen = []
    for _ in range(3):
        m.expect('Booting undionly.kkpxe', LINUX)
        into_the_shell(m)
        m.send('chain tftp://10.0.2.2/program\r')
        m.expect('caller: begins')
        m.expect('caller: INT 19h')
        seen.append(Memory(m.before))
    assert seen[0] == seen[1] == seen[2], [vars(memory) for memory in seen]


def test_a_life_that_its_own_stack_started_is_ended_by_the_next(chained, tmp_path):
    """A program hooks over ours and returns: what our NBP hooked has to stay. Another NBP that the same ROM loads undoes what is free, and
    not what the ROM has hooked itself."""
    assemble(tmp_path / 'program', ENDING=10, QUICK=1)
    shutil.copy(program('undionly.kkpxe'), tmp_path / 'again.kkpxe')
    m = chained('undionly.kkpxe', rom='bin/8086100e.rom', nic_options=',bootindex=1')
    m.post_prompt()
    m.send(' ')
    m.expect(r'DHCP \(net0')
    m.send('\x02')
    m.prompt()
    m.dhcp()

    def int15():
        return m.memory(0x54, 4)

    def chain(name):
        m.send(f'chain tftp://10.0.2.2/{name}\r')
        m.expect(f'Booting {name}')
        into_the_shell(m)
    bios = int15()
    chain('undionly.kkpxe')
    rom = int15()
    m.send('chain tftp://10.0.2.2/program\r')
    m.expect('caller: returns')
    m.prompt()
    left = int15()
    m.send('exit\r')
    m.prompt()
    assert int15() == left and len({bios, rom, left}) == 3
    chain('again.kkpxe')
    assert int15() == rom
    m.dhcp()


# ---- loaded as a Linux kernel

@pytest.fixture
def script(tmp_path, web):
    """A script in a file: it gets an address and fetches by HTTP."""
    path = tmp_path / 'script.fpxe'
    path.write_text(f'#!fpxe\necho a script as the initrd\ndhcp net0 && initrd {web.url("zeros1m")} && imgstat\necho the script ends\n')
    return str(path)


def expect_script(m):
    m.expect(r'fPXE \d+\.\d+[^\n]* -- network boot firmware', LINUX)
    m.expect('a script as the initrd')
    m.expect(r'zeros1m[^\n]* ok')
    m.expect('the script ends')


def test_qemu_kernel(machine, script):
    m = machine(rom='', options=['-kernel', program('fpxe.lkrn'), '-initrd', script])
    expect_script(m)


def test_qemu_kernel_with_a_command_line(machine, script):
    m = machine(rom='', options=['-kernel', program('fpxe.lkrn'), '-initrd', script,
                                 '-append', 'echo words of the command line && dhcp && shell'])
    m.expect('words of the command line', LINUX)
    m.expect(r'net0: 10\.0\.2\.15')
    m.prompt()
    assert 'initrd' in m.command('imgstat')


def syslinux_disk(tmp_path, script):
    """A disk with a FAT file system in which Syslinux loads fPXE."""
    disk, config = tmp_path / 'syslinux.img', tmp_path / 'syslinux.cfg'
    config.write_text('default fpxe\nprompt 0\nlabel fpxe\n  kernel fpxe.lkrn\n  initrd script.fpxe\n')
    with open(disk, 'wb') as f:
        f.truncate(8 << 20)
    run = lambda *command: subprocess.run(command, check=True, capture_output=True)
    run('mformat', '-i', disk, '-h', '16', '-s', '32', '-t', '32', '-c', '8', '::')
    run('mcopy', '-i', disk, program('fpxe.lkrn'), script, str(config), '/usr/lib/syslinux/modules/bios/ldlinux.c32', '::')
    run('syslinux', '--install', str(disk))
    return str(disk)


def test_loaded_by_syslinux(machine, script, tmp_path):
    m = machine(rom='', disk=syslinux_disk(tmp_path, script))
    expect_script(m)


@pytest.mark.parametrize('command', ['linux16', 'linux'])
def test_loaded_by_grub(machine, script, tmp_path, command):
    """By its 16-bit entry, and by the 32-bit one that leaves the real-mode part out."""
    tree = tmp_path / 'tree'
    (tree / 'boot/grub').mkdir(parents=True)
    shutil.copy(program('fpxe.lkrn'), tree)
    shutil.copy(script, tree)
    (tree / 'boot/grub/grub.cfg').write_text(
        f'{command} /fpxe.lkrn\ninitrd{command[5:]} /script.fpxe\nboot\n')
    subprocess.run(['grub-mkrescue', '-d', '/usr/lib/grub/i386-pc', '-o', tmp_path / 'grub.iso', tree], check=True, capture_output=True)
    m = machine(rom='', options=['-drive', f'file={tmp_path}/grub.iso,format=raw,if=none,id=cd0,readonly=on', '-device', 'ide-cd,drive=cd0'])
    expect_script(m)


# ---- from disks

DRIVES = {
    'hard disk': ['-drive', 'file={usb},format=raw,if=none,id=d,snapshot=on', '-device', 'ide-hd,drive=d'],
    'stick': ['-drive', 'file={usb},format=raw,if=none,id=d,snapshot=on', '-device', 'piix3-usb-uhci', '-device', 'usb-storage,drive=d'],
    'floppy': ['-drive', 'file={dsk},format=raw,if=floppy,snapshot=on'],
    'CD': ['-drive', 'file={iso},format=raw,if=none,id=d,readonly=on', '-device', 'ide-cd,drive=d'],
    'CD written to a stick': ['-drive', 'file={iso},format=raw,if=none,id=d,snapshot=on', '-device', 'piix3-usb-uhci',
                              '-device', 'usb-storage,drive=d'],
}


@pytest.mark.parametrize('kind', DRIVES)
def test_booted_from(machine, web, kind):
    files = {suffix: program(f'fpxe.{suffix}') for suffix in ('usb', 'dsk', 'iso')}
    m = machine(rom='', options=[word.format(**files) for word in DRIVES[kind]])
    into_the_shell(m)
    if kind in ('hard disk', 'CD'):
        fetch_over_http(m, web)


# ---- a script inside

@pytest.fixture(scope='module')
def embedded(tmp_path_factory):
    """A folder with containers of each kind that carry a script."""
    where = tmp_path_factory.mktemp('embedded')
    (where / 'embed.fpxe').write_text('#!fpxe\necho the embedded script runs\ndhcp net0 && echo address ${net0/ip}\n')
    tree = built_tree(where / 'tree')
    make(tree, '-j2', f'EMBED={where}/embed.fpxe', *(f'bin/e1000.{kind}' for kind in ('pxe', 'lkrn', 'usb', 'iso')), 'bin/undionly.kkpxe')
    return tree / 'bin'


@pytest.mark.parametrize('name', ['e1000.pxe', 'undionly.kkpxe', 'e1000.lkrn', 'e1000.usb', 'e1000.iso'])
def test_embedded_script(machine, embedded, tmp_path, name):
    drive = ['-drive', f'file={embedded / name},format=raw,if=none,id=d,readonly=on']
    options = {'lkrn': ['-kernel', str(embedded / name)], 'usb': drive + ['-device', 'virtio-blk-pci,drive=d'],
               'iso': drive + ['-device', 'ide-cd,drive=d']}.get(name.split('.')[1])
    if options:
        m = machine(rom='', options=options)
    else:
        shutil.copy(embedded / name, tmp_path / name)
        m = machine(rom=IPXE.format('e1000'), net=f'user,ipv6=off,tftp={tmp_path}', bootfile=name)
    m.expect('the embedded script runs', LINUX)
    m.expect(r'address 10\.0\.2\.15')
