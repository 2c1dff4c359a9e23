# SPDX-License-Identifier: BSD-2-Clause
"""Packed files: kernels and scripts that arrive so, imgextract, damage, too little memory. Packed by the real tools."""
import gzip
import hashlib
import lzma
import random
import re
import subprocess
import zlib

import pytest

import servers
from machine import LINUX

MIB = 1 << 20
PACKERS = {
    'gz': lambda data: subprocess.run(['gzip', '-9c'], input=data, capture_output=True, check=True).stdout,
    'xz': lambda data: subprocess.run(['xz', '-T1', '-2c', '--check=crc32'], input=data, capture_output=True, check=True).stdout,
    'zlib': lambda data: zlib.compress(data, 1),
}
installer = pytest.mark.skipif(not servers.installer_present('amd64'), reason='no installer here')


@pytest.fixture
def shell(machine):
    """shell(memory=...): a shell with an address."""
    def start(**options):
        box = machine(**options)
        box.shell()
        box.dhcp()
        return box
    return start


def read(web, name):
    with open(web.path(name), 'rb') as f:
        return f.read()


def digest(m, tool, name):
    found = re.search(rf'([0-9a-f]+)  {re.escape(name)}\n', m.command(f'{tool} {name}'))
    return found and found.group(1)


def text_and_noise(size):
    """What packs well and what does not, in turn."""
    r = random.Random(7)
    words = [r.randbytes(r.randrange(2, 12)) for _ in range(2000)]
    parts, length = [], 0
    while length < size:
        part = b' '.join(r.choices(words, k=20000)) if len(parts) % 3 else r.randbytes(300000)
        parts.append(part)
        length += len(part)
    return b''.join(parts)[:size]


@installer
@pytest.mark.parametrize('how', PACKERS)
def test_a_kernel_that_arrives_packed_boots(shell, web, how):
    web.bytes(f'linux.{how}', PACKERS[how](read(web, 'amd64/linux')))
    m = shell(memory=512)
    text = m.command(f'kernel {web.url(f"linux.{how}")} console=ttyS0')
    assert re.search(rf'linux\.{how}: unpacked \w+, \d+\.\d MiB\n', text), text
    assert re.search(rf'linux\.{how}: \d+ bytes bzImage, selected "console=ttyS0"', m.command('imgstat'))
    assert digest(m, 'md5sum', f'linux.{how}') == hashlib.md5(read(web, 'amd64/linux')).hexdigest()
    m.send('boot\r')
    m.expect('Linux version', LINUX)


@installer
def test_the_installer_starts_with_both_files_unpacked(shell, web):
    """A kernel from gzip, an initrd that Linux needs not unpack any more."""
    web.bytes('linux.gz', PACKERS['gz'](read(web, 'amd64/linux')))
    m = shell(memory=1024)
    m.command(f'kernel {web.url("linux.gz")} console=ttyS0')
    m.command(f'initrd {web.url("amd64/initrd.gz")}')
    text = m.command('imgextract initrd.gz')
    assert re.search(r'initrd\.gz: unpacked gzip, \d+\.\d MiB\n', text), text
    assert digest(m, 'sha256sum', 'initrd') == hashlib.sha256(gzip.decompress(read(web, 'amd64/initrd.gz'))).hexdigest()
    m.send('boot\r')
    m.expect('Linux version', LINUX)
    m.expect('Unpacking initramfs|Trying to unpack rootfs image', LINUX)
    m.expect('Freeing initrd memory', LINUX)


def test_packed_scripts_run(shell, web):
    m = shell()
    for how, pack in PACKERS.items():
        web.bytes(f'script.{how}', pack(b'#!fpxe\necho from ' + how.encode() + b'\n'))
        assert f'\nfrom {how}\n' in m.command(f'chain {web.url("script." + how)}')
    web.bytes('script.xz.gz', PACKERS['gz'](read(web, 'script.xz')))
    assert '\nfrom xz\n' in m.command(f'chain {web.url("script.xz.gz")}')


@pytest.mark.parametrize('how, arguments', [
    ('gzip', '-1'), ('gzip', '-9'), ('xz', '-1 --check=none'), ('xz', '-3 --check=crc64'), ('xz', '-3 -T2 --block-size=1MiB --check=sha256'),
    ('xz', '--x86 --lzma2=preset=2,lc=1,lp=2,pb=4'),
])
def test_what_the_tools_packed_comes_back(shell, web, how, arguments):
    data = text_and_noise(6 * MIB + 123)
    web.bytes('data.packed', subprocess.run([how, '-c', *arguments.split()], input=data, capture_output=True, check=True).stdout)
    m = shell()
    m.command(f'imgfetch {web.url("data.packed")}')
    assert 'data.packed: unpacked' in m.command('imgextract --keep data.packed')
    assert re.findall(r'(\S+): (\d+) bytes', m.command('imgstat'))[1] == ('data', str(len(data)))
    assert digest(m, 'sha256sum', 'data') == hashlib.sha256(data).hexdigest()


def test_members_and_streams_come_back(shell, web):
    parts = [text_and_noise(MIB), b'', bytes(3 * MIB), text_and_noise(200000)]
    web.bytes('members.gz', b''.join(gzip.compress(p) for p in parts) + bytes(1000))
    web.bytes('streams.xz', b''.join(lzma.compress(p) + bytes(8) for p in parts))
    m = shell()
    for name in ('members.gz', 'streams.xz'):
        m.command(f'imgfetch {web.url(name)}')
        assert 'unpacked' in m.command(f'imgextract {name}')
        assert digest(m, 'sha256sum', name[:-3]) == hashlib.sha256(b''.join(parts)).hexdigest()


@pytest.mark.parametrize('how, words', [
    ('gz', r'gzip [\w -]+ at byte \d+ of \d+'), ('xz', r'xz [\w -]+ at byte \d+ of \d+'), ('zlib', r'zlib [\w -]+ at byte \d+ of \d+'),
])
def test_damaged_kernels_are_refused(shell, web, how, words):
    packed = bytearray(PACKERS[how](b'#!fpxe\n' + text_and_noise(MIB)))
    web.bytes('cut', packed[:len(packed) // 2])
    packed[len(packed) // 2] ^= 0x10
    web.bytes('changed', packed)
    m = shell()
    text = m.command(f'kernel {web.url("changed")}')
    assert re.search('protocol error: ' + words, text), text
    text = m.command(f'kernel {web.url("cut")}')
    assert re.search(r'protocol error: \w+ ends early at byte \d+ of \d+', text), text
    assert m.command('imgstat') == ''
    assert 'alive' in m.command('echo alive')


def test_what_is_packed_and_no_kernel_is_named(shell, web):
    m = shell()
    web.bytes('page.gz', PACKERS['gz'](read(web, 'page.html')))
    assert 'page.gz looks like HTML' in m.command(f'kernel {web.url("page.gz")}')
    web.bytes('zstd', b'\x28\xb5\x2f\xfd' + bytes(100))
    assert 'looks like zstd' in m.command(f'kernel {web.url("zstd")}')
    web.bytes('arm.xz', lzma.compress(b'#!fpxe\n', filters=[{'id': lzma.FILTER_ARM}, {'id': lzma.FILTER_LZMA2}]))
    assert 'not supported: xz filter arm ' in m.command(f'kernel {web.url("arm.xz")}')


@pytest.mark.parametrize('how', ['gz', 'xz'])
def test_too_little_memory_is_said_with_figures_before_unpacking(shell, web, how):
    web.bytes(f'large.{how}', PACKERS[how](bytes(300 * MIB)))
    m = shell(memory=128)
    m.command(f'imgfetch {web.url(f"large.{how}")}')
    text = m.command(f'imgextract large.{how}')
    figures = re.search(r'out of memory: need 300\.0 MiB, (\d+\.\d) MiB free', text)
    assert figures and 64 < float(figures.group(1)) < 128, text
    assert '%' not in text, 'it was refused before anything was unpacked'
    assert f'large.{how}: ' in m.command('imgstat')


def test_a_bomb_ends_where_memory_does(shell, web):
    """Two members: the last one's size says nothing of the first."""
    web.bytes('bomb.gz', gzip.compress(bytes(300 * MIB)) + gzip.compress(b'small'))
    m = shell(memory=128)
    m.command(f'imgfetch {web.url("bomb.gz")}')
    text = m.command('imgextract bomb.gz')
    assert re.search(r'out of memory: gzip unpacks to more than \d+\.\d MiB', text), text
    assert re.match(r'bomb\.gz: \d+ bytes\n$', m.command('imgstat'))
    m.command(f'imgfetch {web.url("zeros32m")}')
    assert 'zeros32m: 33554432 bytes' in m.command('imgstat')


def test_ctrl_c_ends_unpacking(shell, web):
    web.bytes('long.xz', PACKERS['xz'](text_and_noise(24 * MIB)))
    m = shell(memory=256)
    m.command(f'imgfetch {web.url("long.xz")}')
    m.send('imgextract long.xz\r')
    m.expect(r'long\.xz: unpacking xz, +\d+%')
    m.send('\x03')
    m.prompt()
    assert 'cancelled' in m.before, m.before
    assert re.match(r'long\.xz: \d+ bytes\n$', m.command('imgstat'))
