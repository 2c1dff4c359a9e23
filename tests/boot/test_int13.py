# SPDX-License-Identifier: BSD-2-Clause
"""INT 13h as a boot sector hears it, beside the BIOS's own disk, in real mode and under a V86 monitor (int13_caller.asm)."""
import random
import re
import struct

import pytest

import disk_images
from pxe import assemble

HEADS, TRACK, CYLINDERS = 16, 63, 20
SECTORS = CYLINDERS * HEADS * TRACK
FLOPPY_TRACK, FLOPPY_SECTORS = 18, 2880
BLOCKS, BOOT_BLOCK = 2000, 500
BUFFER = 128 << 10
FAILED, TIMEOUT = 0x20, 0x80


def caller_disk(path, size=SECTORS, other=0x81, **defines):
    """The disk, behind its program noise that differs by sector; its bytes."""
    assemble(path, 'int13_caller', SECTORS=size, OTHER=other, **defines)
    with open(path, 'r+b') as f:
        data = f.read()
        data += random.Random(13).randbytes(size * 512 - len(data))
        f.seek(0)
        f.write(data)
    return data


def sum_of(data, at=0):
    """Of dwords, in a buffer where @data is at @at."""
    room = bytes(at) + data
    room += bytes(BUFFER - len(room))
    return sum(struct.unpack(f'<{BUFFER // 4}I', room)) & 0xffffffff


def answers(text):
    """By name: carry, AX, BX, CX, DX, sum; those in real mode and those in V86."""
    def of(part):
        lines = re.findall(r'([01]) ([0-9a-f]{4}) ([0-9a-f]{4}) ([0-9a-f]{4}) ([0-9a-f]{4}) ([0-9a-f]{8}) ([^\r\n]+)', part)
        return {line[6]: [int(n, 16) for n in line[:6]] for line in lines}
    real, v86 = text.split('in V86:')
    return of(real), of(v86)


def boot_by_script(machine, disk, tmp_path, script, drive='hard disk, drive 80h'):
    """After POST, when the BIOS has its disks."""
    (tmp_path / 'script').write_text('#!fpxe\n' + script)
    m = machine(net=f'user,ipv6=off,tftp={tmp_path},bootfile=script', disk=disk, nic_options=',bootindex=1')
    m.expect(f'Booting .* as a {drive}')
    m.expect(['caller: ends', 'monitor: fault'])
    assert m.matched == 'caller: ends', m.before
    return answers(m.before)


def sectors(data, first, count):
    return data[first * 512:(first + count) * 512]


def check(got, data, written):
    """What both modes answer."""
    def rows(name):
        carry, ax, bx, cx, dx, total = got[name]
        return carry, ax >> 8, ax & 0xff, bx, cx, dx, total

    def edd(name):
        """Carry, AH, and how many moved, as the packet has it."""
        return rows(name)[0], rows(name)[1], got[name][3]
    assert rows('parameters')[:2] == (0, 0) and got['parameters'][3] == (CYLINDERS - 1) << 8 | TRACK
    assert got['parameters'][4] == (HEADS - 1) << 8 | 2, 'ours and the BIOS\'s own'
    assert rows('type')[:2] == (0, 3) and got['type'][3] << 16 | got['type'][4] == SECTORS
    assert rows('EDD check')[:2] == (0, 0x30) and got['EDD check'][2] == 0xaa55 and got['EDD check'][3] & 1
    assert rows('three sectors')[:3] == (0, 0, 3) and got['three sectors'][5] == sum_of(sectors(data, 1, 3))
    name = '127 over the end of a segment'
    assert rows(name)[:3] == (0, 0, 127) and got[name][5] == sum_of(sectors(data, (HEADS + 1) * TRACK, 127), 0x8001)
    assert rows('sector 0')[:3] == (1, 4, 0)
    assert rows('behind the last cylinder')[:3] == (1, 4, 0)
    check_chs_write(got, data)
    last = sum_of(sectors(data, SECTORS - 2, 2))
    assert edd('the last two by EDD') == (0, 0, 2) and got['the last two by EDD'][5] == last
    assert edd('one too many by EDD') == (1, 4, 0) and got['one too many by EDD'][5] == last, 'nothing has moved'
    assert edd('verified behind the end') == (1, 4, 0)
    assert edd('a hundred by EDD') == (0, 0, 100) and got['a hundred by EDD'][5] == sum_of(sectors(data, 3000, 100))
    assert edd('no flat address in a short packet') == (1, 1, 0)
    assert edd('written by EDD') == (0, 0, 2)
    assert edd('read back') == (0, 0, 2) and got['read back'][5] == written * 256 & 0xffffffff
    assert edd('verified') == (0, 0, 2)
    assert rows('no such function')[:3] == (1, 1, 0xaa)
    assert rows('last status')[:3] == (1, 1, 1)


def check_chs_write(got, data):
    """Two sectors of the program, elsewhere."""
    for name in ('written by CHS', 'verified by CHS', 'read back by CHS'):
        assert got[name][:2] == [0, 2], name
    assert got['read back by CHS'][5] == sum_of(sectors(data, 1, 2))


def check_floppy(got, data):
    def ah(name):
        return got[name][0], got[name][1] >> 8
    assert ah('parameters') == (0, 0) and got['parameters'][2] == 4 and got['parameters'][3] == 79 << 8 | FLOPPY_TRACK
    assert got['parameters'][4] == 0x0101, 'the only floppy'
    assert ah('type') == (0, 2) and ah('changed') == (0, 0)
    assert got['three sectors'][:2] == [0, 3] and got['three sectors'][5] == sum_of(sectors(data, 1, 3))
    name = '127 over the end of a segment'
    assert got[name][:2] == [0, 127] and got[name][5] == sum_of(sectors(data, 3 * FLOPPY_TRACK, 127), 0x8001)
    assert ah('sector 0') == (1, 4) and ah('behind the last cylinder') == (1, 4)
    check_chs_write(got, data)
    for name in ('EDD check', 'the last two by EDD', 'one too many by EDD', 'written by EDD', 'verified', 'no such function'):
        assert ah(name) == (1, 1), name


def check_cd(got, data):
    def packet(name):
        """Carry, AH, how many moved, and the buffer's sum."""
        return got[name][0], got[name][1] >> 8, got[name][3], got[name][5]

    def sum_of_blocks(first, count):
        return sum_of(data[first * 2048:(first + count) * 2048])
    assert got['type'][:2] == [0, 0x0200] and got['EDD check'][:3] == [0, 0x3000, 0xaa55] and got['EDD check'][3] & 1
    assert got['parameters'][:2] == [1, 0x0100] and got['by CHS'][:2] == [1, 0x0101]
    assert packet('forty blocks') == (0, 0, 40, sum_of_blocks(600, 40))
    assert packet('the last two') == (0, 0, 2, sum_of_blocks(BLOCKS - 2, 2))
    assert packet('one too many') == (1, 4, 0, 0)
    assert packet('written') == (1, 3, 0, 0)
    assert packet('verified') == (0, 0, 3, 0)


def first_sector_sum(disk):
    with open(disk, 'rb') as f:
        return sum_of(f.read(512))


def check_other(real, disk):
    """The BIOS's disk is drive 81h, and counted."""
    assert real['parameters of the other'][0] == 0 and real['parameters of the other'][4] & 0xff == 2
    assert real["the other's first sector"][0] == 0 and real["the other's first sector"][5] == first_sector_sum(disk)
    assert real["the other's first sector"][4] & 0xff == 0x81, 'DL is what it was'
    assert real['EDD parameters'][0] == 0


def test_a_disk_in_memory_answers_alike_in_real_mode_and_v86(machine, disk, tmp_path):
    data = caller_disk(tmp_path / 'caller.img')
    real, v86 = boot_by_script(machine, disk, tmp_path, 'memdisk tftp://10.0.2.2/caller.img\n')
    check(real, data, 0x01020304)
    check_other(real, disk)
    check(v86, data, 0x01020305)


def test_a_disk_on_the_server_answers_in_real_mode_and_times_out_in_v86(machine, web, disk, tmp_path):
    data = caller_disk(web.path('caller.img'))
    real, v86 = boot_by_script(machine, disk, tmp_path, f'sanboot {web.url("caller.img")}\n')
    check(real, data, 0x01020304)
    check_other(real, disk)
    assert v86 and all(a[0] == 1 and a[1] >> 8 == TIMEOUT for a in v86.values())
    assert v86['read back'][3] == 0 and v86['verified'][3] == 0


def test_a_floppy_is_drive_0_beside_the_bioss_disk(machine, disk, tmp_path):
    data = caller_disk(tmp_path / 'caller.img', FLOPPY_SECTORS, other=0x80)
    real, v86 = boot_by_script(machine, disk, tmp_path, 'memdisk tftp://10.0.2.2/caller.img\n', 'floppy, drive 00h')
    check_floppy(real, data)
    check_floppy(v86, data)
    assert real["the other's first sector"][5] == first_sector_sum(disk)


def test_a_cd_is_drive_e0_beside_the_bioss_disk(machine, disk, tmp_path):
    assemble(tmp_path / 'caller', 'int13_cd_caller', BLOCKS=BLOCKS, OTHER=0x80)
    program = (tmp_path / 'caller').read_bytes()
    data = disk_images.plain_cd(program, BLOCKS, BOOT_BLOCK, in_section=True)
    (tmp_path / 'caller.iso').write_bytes(data)
    real, v86 = boot_by_script(machine, disk, tmp_path, 'memdisk tftp://10.0.2.2/caller.iso\n', 'CD, drive e0h')
    check_cd(real, data)
    check_cd(v86, data)
    assert real['what was booted'] == [0, 1, 0xe000, -(-len(program) // 512), BOOT_BLOCK, real['what was booted'][5]]
    assert real['catalogue'][0] == 0 and real['catalogue'][5] == sum_of(data[19 * 2048:20 * 2048])
    assert real['EDD parameters'][0] == 0 and real['EDD parameters'][3:5] == [2048, BLOCKS]
    assert real["the other's first sector"][5] == first_sector_sum(disk)


@pytest.mark.parametrize('how', ['memdisk {} ro', 'sanboot --read-only {}'])
def test_a_read_only_disk_refuses_to_be_written(machine, web, disk, tmp_path, how):
    data = caller_disk(web.path('caller.img'))
    real, v86 = boot_by_script(machine, disk, tmp_path, how.format(web.url('caller.img')) + '\n')
    for got in (real, v86) if 'memdisk' in how else (real,):
        assert got['written by EDD'][:2] == [1, 0x0300] and got['written by EDD'][3] == 0
        assert got['read back'][:2] == [0, 0] and got['read back'][5] == sum_of(sectors(data, 100, 2))


def boot_that_waits(machine, server):
    """A disk on @server that makes its calls once it is told to; its bytes."""
    data = caller_disk(server.path('caller.img'), WAIT=1)
    m = machine()
    m.shell()
    m.dhcp()
    m.send(f'sanboot {server.url("caller.img")}\r')
    m.expect('caller: waits')
    return m, data


def end_of(m):
    m.expect('caller: ends')
    return answers(m.before)[0]


def test_a_server_that_comes_back_is_gone_on_with(machine, mortal):
    m, data = boot_that_waits(machine, mortal)
    mortal.kill()
    m.send('x')
    m.expect(r'caller.img: connection refused.*; retry \d')
    mortal.start()
    real = end_of(m)
    name = '127 over the end of a segment'
    assert real[name][:2] == [0, 127] and real[name][5] == sum_of(sectors(data, (HEADS + 1) * TRACK, 127), 0x8001)
    assert real['the last two by EDD'][0] == 0 and real['the last two by EDD'][5] == sum_of(sectors(data, SECTORS - 2, 2))


@pytest.mark.parametrize('size', [SECTORS * 512, 700 * 512, 0])
def test_a_file_that_changes_or_shrinks_gives_errors_and_no_sector_of_another(machine, mortal, size):
    m, data = boot_that_waits(machine, mortal)
    with open(mortal.path('caller.img'), 'r+b') as f:
        f.write(b'another' * 1000)
        f.truncate(size)
    m.send('x')
    real = end_of(m)
    assert re.search('caller.img: .*changed', m.before), m.before
    assert real['three sectors'][5] in (0, sum_of(sectors(data, 1, 3)))
    for name in ('127 over the end of a segment', 'the last two by EDD'):
        assert real[name][0] == 1 and real[name][1] >> 8 == FAILED and real[name][5] == 0, real
