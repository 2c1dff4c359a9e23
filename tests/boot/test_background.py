# SPDX-License-Identifier: BSD-2-Clause
"""Several files at a time: --background, imgwait, the lines that show them; and digests that a file must have."""
import hashlib
import random
import re

import pytest

from machine import DOWNLOAD, INSTALLER, LINUX
from servers import MIB

ARGUMENTS = 'console=ttyS0 TERM=linux vga=normal fb=false DEBIAN_FRONTEND=text'
# Before the answer has come its length is not known.
UNDER_WAY = r'fetching(?: \d+ %|, \d+ bytes)'
FIRST_SCREEN = r'Select a language|Choose language|Choose the language|\[!!\]'


@pytest.fixture
def m(machine):
    """A shell with an address."""
    box = machine(memory=1024)
    box.shell()
    box.dhcp()
    return box


def random_file(web, name, mib):
    """Its SHA-256."""
    data = random.Random(name).randbytes(mib * MIB)
    web.bytes(name, data)
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize('nic', [pytest.param('e1000', marks=pytest.mark.long), 'virtio-modern'])
def test_installer_boots_from_files_fetched_at_the_same_time(machine, web, nic):
    m = machine(nic=nic, memory=1024)
    m.shell()
    m.dhcp()
    assert m.command(f'kernel -B {web.url("amd64/linux")} {ARGUMENTS}') == ''
    assert m.command(f'initrd --background {web.url("amd64/initrd.gz")}') == ''
    m.send('boot\r')
    m.expect('Booting linux')
    m.expect('Linux version', LINUX)
    m.expect(FIRST_SCREEN, INSTALLER)
    assert 'Initramfs unpacking failed' not in m.transcript


def test_both_files_are_under_way_at_once_and_stand_in_order(m, web):
    digests = {name: random_file(web, name, 4) for name in ('first', 'second')}
    m.command(f'initrd -B {web.url("first", "800k")}')
    m.command(f'initrd -B {web.url("second", "1600k")}')
    text = m.command('imgstat')
    assert re.fullmatch(rf'first: {UNDER_WAY}\nsecond: {UNDER_WAY}\n', text), text
    m.send('imgwait\r')
    screen = m.expect_screen(r'(?m)^http://\S+/first +\d+%.*\nhttp://\S+/second +\d+%.*\n2 files +\d+%')
    assert all(len(line) < 80 for line in screen.split('\n'))
    m.prompt(DOWNLOAD)
    lines = [line.rstrip() for line in m.screen().split('\n') if ' ok' in line]
    assert re.search(r'/second  4\.0 MiB in .* ok$', lines[-2]) and re.search(r'/first  4\.0 MiB in .* ok$', lines[-1]), m.screen()
    assert '2 files' not in m.screen()
    assert m.command('imgstat') == f'first: {4 * MIB} bytes\nsecond: {4 * MIB} bytes\n'
    for name, digest in digests.items():
        assert digest in m.command(f'sha256sum {name}')


def test_a_line_may_be_typed_while_files_come(m, web):
    digest = random_file(web, 'typed', 2)
    m.command(f'initrd -B {web.url("typed", "300k")}')
    seen = [m.command('imgstat typed') for _ in range(400)]
    assert re.fullmatch(rf'typed: {UNDER_WAY}\n', seen[0]), seen[0]
    assert digest in m.command('sha256sum typed')


def test_the_lowest_rows_of_the_screen_scroll(m, web):
    """More files than lines, begun at the bottom of the screen."""
    for n in range(9):
        web.bytes(f'file{n}', bytes(3 * MIB))
        m.command(f'initrd -B {web.url(f"file{n}", "500k")}')
    for _ in range(25):
        m.command('echo')
    m.send('imgwait\r')
    screen = m.expect_screen(r'and 3 more\n9 files +\d')
    assert [int(n) for n in re.findall(r'(?m)^http://\S+/file(\d) ', screen)] == [0, 1, 2, 3, 4, 5], screen
    m.prompt(DOWNLOAD)
    screen = m.screen()
    assert sorted(int(n) for n in re.findall(r'(?m)^http://\S+/file(\d)  3\.0 MiB in \S+ s \(\S+ \S+\) ok$', screen)) == list(range(9)), screen
    assert 'more' not in screen and 'files' not in screen, screen


def test_an_error_is_told_once_and_the_others_go_on(m, web):
    random_file(web, 'good', 2)
    m.command(f'initrd -B {web.url("good", "300k")}')
    m.command(f'initrd -B {web.url("no-such-file")}')
    text = m.command('imgwait || echo failed')
    assert len(re.findall(r'/no-such-file: not found: HTTP 404', text)) == 1, text
    assert text.endswith('\nfailed\n') and 'imgwait:' not in text, text
    assert re.fullmatch(rf'good: {UNDER_WAY}\n', m.command('imgstat'))
    assert 'ok' in m.command('imgwait && echo complete')
    assert m.command('imgstat') == f'good: {2 * MIB} bytes\n'


def test_a_kernel_that_is_none_fails_the_boot(m, web):
    m.command(f'kernel -B {web.url("page.html")}')
    text = m.command('boot')
    assert len(re.findall(r'not a bootable image: page.html looks like HTML', text)) == 1, text
    assert m.command('imgstat') == ''


def test_ctrl_c_ends_imgwait_and_imgfree_ends_the_download(m, web):
    random_file(web, 'slow', 4)
    m.command(f'initrd -B {web.url("slow", "100k")}')
    m.send('imgwait\r')
    m.expect(r'slow +\d+%')
    m.send('\x03')
    m.prompt()
    assert 'imgwait: cancelled by user' in m.before
    assert 'timed out: not complete yet' in m.command('imgwait -t 300')
    assert re.fullmatch(rf'slow: {UNDER_WAY}\n', m.command('imgstat'))
    m.command('imgfree slow')
    assert m.command('imgstat') == ''
    # The bytes' memory is there again.
    assert 'ok' in m.command(f'initrd {web.url("zeros256m")}')


def test_leaving_the_shell_with_downloads_under_way(machine, web, disk):
    m = machine(disk=disk, memory=512)
    m.shell()
    m.dhcp()
    random_file(web, 'slow', 4)
    m.command(f'initrd -B {web.url("slow", "100k")}')
    m.command(f'initrd -B {web.url("zeros256m", "100k")}')
    m.send('exit\r')
    m.expect(r'The disk boots, (\d+) KiB of base memory')


def test_a_file_too_large_is_refused_in_the_background(machine, web):
    m = machine(memory=128)
    m.shell()
    m.dhcp()
    m.command(f'initrd -B {web.url("zeros32m")}')
    m.command(f'initrd -B {web.url("zeros256m")}')
    text = m.command('imgwait')
    assert re.search(r'/zeros256m: out of memory: need 256\.0 MiB, \d+\.\d MiB free', text), text
    m.command('imgwait')
    assert m.command('imgstat') == f'zeros32m: {32 * MIB} bytes\n'


def test_digests_asked_for(m, web):
    digest = random_file(web, 'random', 2)
    other = hashlib.sha256(b'').hexdigest()
    assert ' ok' in m.command(f'initrd --sha256 {digest} {web.url("random")}')
    text = m.command(f'initrd -n b {web.url("random")}#sha256={other}')
    assert f'wrong contents: SHA-256 mismatch: expected {other}, got {digest}' in text.replace('\n', ''), text
    assert m.command('imgstat') == f'random: {2 * MIB} bytes\n'
    before = len(web.requests())
    assert 'invalid argument: MD5 is 32 hex digits' in m.command(f'initrd --md5 {digest} {web.url("random")}')
    assert len(web.requests()) == before
