# SPDX-License-Identifier: BSD-2-Clause
"""Disk images as people have them, put together from Debian's packages: CDs with isolinux or GRUB, floppies and hard disks with Syslinux."""
import gzip
import random
import shutil
import struct
import subprocess
import tempfile

import servers

ISOLINUX = '/usr/lib/ISOLINUX'
SYSLINUX = '/usr/lib/syslinux'
RESCUE_CD = '/usr/lib/grub-rescue/grub-rescue-cdrom.iso'
MEMDISK = f'{SYSLINUX}/memdisk'
SECTOR = 512
CD_BLOCK = 2048
CD_CATALOGUE = 19
TRACK_2880 = 36
PARTITION_AT = 1 << 20


def run(*command, **kwargs):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **kwargs)


def cpio(files):
    """An archive for an initrd (newc) of executable @files: name to bytes."""
    out = b''
    for number, (name, data) in enumerate([*files.items(), ('TRAILER!!!', b'')]):
        fields = [number + 1, 0o100755, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        out += b'070701' + b''.join(b'%08x' % n for n in fields) + name.encode() + b'\0'
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return out


def installer_iso(path, arguments, files=None):
    """As Debian's mini.iso: isolinux, kernel, initrd (with more @files); boots from a stick, too."""
    source = servers.INSTALLER.format('amd64')
    with tempfile.TemporaryDirectory() as tree:
        for name in (f'{ISOLINUX}/isolinux.bin', f'{SYSLINUX}/modules/bios/ldlinux.c32', f'{source}/linux', f'{source}/initrd.gz'):
            shutil.copy(name, tree)
        with open(f'{tree}/initrd.gz', 'ab') as f:
            f.write(gzip.compress(cpio(files)) if files else b'')
        with open(f'{tree}/isolinux.cfg', 'w') as f:
            f.write('serial 0 115200\ndefault install\nlabel install\n'
                    f'kernel linux\nappend initrd=initrd.gz {arguments}\n')
        run('xorriso', '-as', 'mkisofs', '-quiet', '-J', '-o', path, '-b', 'isolinux.bin', '-c', 'boot.cat', '-no-emul-boot',
            '-boot-load-size', '4', '-boot-info-table', '-isohybrid-mbr', f'{ISOLINUX}/isohdpfx.bin', tree)


def emulation_iso(path, image, kind):
    """A CD that boots @image, a floppy or (kind 'hard') a hard disk, by El Torito's emulation."""
    with tempfile.TemporaryDirectory() as tree:
        shutil.copy(image, f'{tree}/boot.img')
        run('xorriso', '-as', 'mkisofs', '-quiet', '-o', path, '-b', 'boot.img', '-c', 'boot.cat',
            *(['-hard-disk-boot'] if kind == 'hard' else []), tree)


def plain_cd(program, blocks=2000, first=500, seed=13, in_section=False):
    """A CD's bytes: noise, but for what makes it boot @program, without emulation, from block @first. @in_section: by the second section of its
    catalogue, behind a default entry that does not boot and a section for EFI."""
    def put(block, *parts):
        data = b''.join(parts).ljust(CD_BLOCK, b'\0')
        cd[block * CD_BLOCK:block * CD_BLOCK + len(data)] = data

    def entry(bootable):
        return struct.pack('<BBHBBHI20x', 0x88 if bootable else 0, 0, 0, 0, 0, -(-len(program) // SECTOR), first if bootable else 0)

    def section(header, platform, count):
        return struct.pack('<BBH28x', header, platform, count)
    cd = bytearray(random.Random(seed).randbytes(blocks * CD_BLOCK))
    put(16, b'\1CD001\1'.ljust(80, b'\0'), struct.pack('<I', blocks), struct.pack('>I', blocks))
    put(17, b'\0CD001\1EL TORITO SPECIFICATION'.ljust(71, b'\0'), struct.pack('<I', CD_CATALOGUE))
    put(18, b'\xffCD001\1')
    sections = [section(0x90, 0xef, 1), entry(True), section(0x91, 0, 2), entry(False), entry(True)] if in_section else []
    put(CD_CATALOGUE, struct.pack('<B27xHH', 1, 0x10000 - 1 - 0xaa55, 0xaa55), entry(not in_section), *sections)
    put(first, program)
    return bytes(cd)


def configuration():
    """Syslinux waits."""
    return 'serial 0 115200\nprompt 1\ntimeout 0\ndefault fpxe\nlabel fpxe\nkernel fpxe.lkrn\n'


def fill_fat(image, lkrn):
    with tempfile.TemporaryDirectory() as tree:
        with open(f'{tree}/syslinux.cfg', 'w') as f:
            f.write(configuration())
        run('mcopy', '-i', image, f'{tree}/syslinux.cfg', '::')
        run('mcopy', '-i', image, lkrn, '::fpxe.lkrn')


def syslinux_floppy(path, lkrn, kib=1440):
    with open(path, 'wb') as f:
        f.truncate(kib << 10)
    run('mformat', '-i', path, '-f', str(kib), '::')
    run('syslinux', '--install', path)
    fill_fat(path, lkrn)


def syslinux_hard_disk(path, lkrn, mib=20):
    """An MBR with one partition of FAT."""
    sectors = (mib << 20) // SECTOR
    first = PARTITION_AT // SECTOR
    with open(f'{SYSLINUX}/mbr/mbr.bin', 'rb') as f:
        mbr = f.read().ljust(446, b'\0')
    # cylinder, head and sector that say nothing: beyond what they can
    mbr += struct.pack('<B3sB3sII', 0x80, b'\xfe\xff\xff', 0x0e, b'\xfe\xff\xff', first, sectors - first) + bytes(48) + b'\x55\xaa'
    with open(path, 'wb') as f:
        f.write(mbr)
        f.truncate(mib << 20)
    part = f'{path}@@{PARTITION_AT}'
    run('mformat', '-i', part, '-h', '64', '-s', '32', '-T', str(sectors - first), '-H', str(first), '::')
    run('syslinux', '--offset', str(PARTITION_AT), '--install', path)
    fill_fat(part, lkrn)
