# SPDX-License-Identifier: BSD-2-Clause
"""32-bit programs: ELF and Multiboot kernels, entered as they may expect and told the truth; GRUB as one; and what is refused."""
import glob
import os
import random
import re
import subprocess

import pytest

from machine import TOP

SHAPES = {'ADDRESSES': 'kernel', 'ELF': 'kernel.elf', 'PLAIN': 'plain.elf'}
GRUB = '/usr/lib/grub/i386-pc'
GRUB_SAYS = 'GRUB runs, started by Multiboot'


@pytest.fixture(scope='module')
def programs(web):
    """tests/boot/program.asm in each shape, on the web server."""
    for shape, name in SHAPES.items():
        subprocess.run(['nasm', '-f', 'bin', f'-D{shape}', '-o', web.path(name), os.path.join(TOP, 'tests/boot/program.asm')], check=True)
    return web


def rotated_sum(data):
    total = 0
    for byte in data:
        total = ((total << 1 | total >> 31) + byte) & 0xffffffff
    return total


def run(m):
    """Boot what is there; the program's lines, by their first word."""
    m.send('boot\r')
    m.expect('program: end')
    said = {}
    for line in re.findall(r'program: ([^\r\n]+)', m.before):
        word, _, rest = line.partition(' ')
        said.setdefault(word, []).append(rest.split())
    assert said['cr0'] == [['00000001']] and said['eflags'] == [['00000000']], said
    assert said['bss'] == [['00000000']] and said['a20'] == [['55aa1234']], said
    return said


@pytest.mark.parametrize('shape, nic', [('ADDRESSES', 'e1000'), ('ELF', 'virtio-modern')])
def test_a_multiboot_kernel_is_told_everything(machine, programs, shape, nic):
    name = SHAPES[shape]
    modules = {'first': 5000, 'empty': 0, 'third': 3 << 20}
    m = machine(nic=nic, memory=512)
    m.shell()
    m.dhcp()
    m.command(f'kernel {programs.url(name)} console=com1 quiet')
    data = {}
    for module, size in modules.items():
        data[module] = random.Random(size).randbytes(size)
        programs.bytes(module, data[module])
        m.command(f'initrd {programs.url(module)} {"with arguments" if module == "third" else ""}')
    said = run(m)
    assert said['eax'] == [['2badb002']]
    assert int(said['flags'][0][0], 16) == 0x24d, said
    assert int(said['lower'][0][0], 16) == 639, said
    assert said['loader'][0][0] == 'fPXE' and said['arguments'] == [[name, 'console=com1', 'quiet']]
    entries = [[int(n, 16) for n in entry] for entry in said['memory']]
    upper = int(said['upper'][0][0], 16)
    assert upper > 480 * 1024 and [0, 0x100000, 0, upper * 1024, 1] in entries and [0, 0, 0, 0x9fc00, 1] in entries, entries
    assert any(e[4] == 2 for e in entries), entries
    assert said['module'] == [['00000000', f'{len(data[n]):08x}', f'{rotated_sum(data[n]):08x}', n] +
                              (['with', 'arguments'] if n == 'third' else []) for n in modules]


def test_an_elf_program_boots_and_what_cannot_be_booted_is_refused(machine, programs):
    """On one machine: COM32 modules, old and new, a 64-bit program, a cut one; then the program runs."""
    new = glob.glob('/usr/lib/syslinux/modules/bios/menu.c32')
    with open(programs.path('plain.elf'), 'rb') as f:
        whole = f.read()
    programs.bytes('cut.elf', whole[:-5])
    programs.bytes('wide.elf', whole[:4] + b'\2' + whole[5:])
    programs.bytes('old.c32', b'\xb8\xff\x4c\xcd\x21' + bytes(1000))
    m = machine(memory=512)
    m.shell()
    m.dhcp()
    com32 = r'kernel http://\S+: not a bootable image: \S+ is a COM32 module, which Syslinux alone runs: chain pxelinux\.0'
    text = m.command(f'kernel {programs.url("old.c32")}')
    assert re.search(com32, text), text
    if new:
        with open(new[0], 'rb') as f:
            programs.bytes('menu.c32', f.read())
        text = m.command(f'kernel {programs.url("menu.c32")}')
        assert re.search(com32, text), text
    assert re.search(r'protocol error: truncated: \d+ bytes, \d+ are to be loaded', m.command(f'kernel {programs.url("cut.elf")}'))
    assert 'looks like a 64-bit ELF file' in m.command(f'kernel {programs.url("wide.elf")}')
    m.command('imgfree')
    m.command(f'kernel {programs.url("plain.elf")}')
    m.command(f'initrd -n extra {programs.url("hello.fpxe")} file')
    m.command('imgfree extra')
    m.command(f'initrd -n extra {programs.url("bytes511")}')
    assert 'plain.elf takes no extra: it has no Multiboot header' in m.command('boot')
    m.command('imgfree extra')
    said = run(m)
    assert said['eax'] == [['00000000']] and 'flags' not in said


def grub(web, tmp_path, kind, name, config, *modules):
    (tmp_path / 'grub.cfg').write_text(f'serial --unit=0 --speed=115200\nterminal_output serial\n{config}\n')
    subprocess.run(['grub-mkimage', '-O', kind, '-d', GRUB, '-p', '/', '-c', tmp_path / 'grub.cfg', '-o', web.path(name),
                    'serial', 'terminal', 'echo', *modules], check=True)


@pytest.mark.skipif(not os.path.exists(f'{GRUB}/lzma_decompress.img'), reason='no GRUB here')
def test_grub_boots_by_multiboot(machine, web, tmp_path):
    """Its core image has a Multiboot header with addresses. So has its PXE program, which stays one: it is called, and finds the PXE API,
    from where alone it knows the address."""
    grub(web, tmp_path, 'i386-pc', 'core.img', f'echo "{GRUB_SAYS}"')
    grub(web, tmp_path, 'i386-pc-pxe', 'core.0', 'echo "GRUB runs by PXE, $net_pxe_ip"\nexit', 'pxe', 'net')
    m = machine(memory=512)
    m.shell()
    m.dhcp()
    m.command(f'imgfetch {web.url("core.0")}')
    m.command(f'kernel {web.url("core.img")}')
    assert re.search(r'core\.0: \d+ bytes\ncore\.img: \d+ bytes Multiboot', m.command('imgstat'))
    m.command('imgfree core.0')
    m.send('boot\r')
    m.expect(GRUB_SAYS)
    m.reset()
    m.shell()
    m.dhcp()
    m.send(f'chain {web.url("core.0")}\r')
    m.expect('Booting core.0')
    m.expect(r'GRUB runs by PXE, 10\.0\.2\.15')
