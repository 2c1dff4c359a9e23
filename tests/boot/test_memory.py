# SPDX-License-Identifier: BSD-2-Clause
"""Small and large machines."""
import re

import pytest

import servers
from machine import INSTALLER, LINUX

GIB = 1 << 30


@pytest.mark.parametrize('where', ['POST', 'boot'])
def test_64_mib_reaches_the_prompt_and_refuses_the_installer_with_figures(machine, web, where):
    m = machine(memory=64)
    if where == 'POST':
        m.shell()
    else:
        m.post_prompt()
        m.send(' ')
        m.expect(r'DHCP \(net0')
        m.send('\x02')
        m.prompt()
    m.dhcp()
    text = m.command(f'kernel {web.url("amd64/linux")}')
    text += m.command(f'initrd {web.url("amd64/initrd.gz")}')
    text += m.command('boot')
    assert re.search(r'out of memory: [^\n]*\d+(\.\d+)? MiB[^\n]*\d+(\.\d+)? MiB', text), text
    assert 'alive' in m.command('echo alive')
    assert '10.0.2.15' in m.command('show net0/ip')


def test_an_initrd_too_large_is_refused_at_once(machine, web):
    m = machine(memory=512)
    m.shell()
    m.dhcp()
    m.command(f'kernel {web.url("amd64/linux")}')
    before = m.command('imgstat')
    text = m.command(f'initrd {web.url("zeros3g")}')
    # What the kernel leaves of 512 MiB, the ROM's own part and the kernel's place taken off.
    figures = re.search(r'out of memory: [^\n]*need 3072\.0 MiB, (\d+\.\d) MiB free', text)
    assert figures, text
    assert 128 < float(figures.group(1)) < 512, text
    assert '%' not in text, 'it was refused before anything came'
    assert m.command('imgstat') == before


@pytest.mark.long
def test_1_gib_of_initrd_in_2_gib(machine, web):
    """The installer's initrd with zeros behind it up to 1 GiB: moved to its place over everything of ours, still whole."""
    web.padded('initrd1g', 'amd64/initrd.gz', GIB)
    m = machine(memory=2048, nic='virtio-modern')
    m.shell()
    m.dhcp()
    m.command(f'kernel {web.url("amd64/linux")} console=ttyS0 DEBIAN_FRONTEND=text')
    text = m.command(f'initrd {web.url("initrd1g")}')
    assert re.search(r'ok\s*$', text), text
    assert str(GIB) in m.command('imgstat')
    m.send('boot\r')
    m.expect('Linux version', LINUX)
    m.expect(r'Select a language|Choose the language|Choose language|\[!!\]', INSTALLER)
    assert 'Initramfs unpacking failed' not in m.transcript


@pytest.mark.parametrize('nic', ['e1000', pytest.param('virtio-legacy', marks=pytest.mark.long), 'virtio-modern'])
def test_4_gib_uses_what_lies_below_4_gib(machine, web, nic):
    m = machine(memory=4096, nic=nic)
    m.shell()
    m.dhcp()
    text = m.command(f'initrd -n big {web.url("zeros256m")}')
    assert re.search(r'ok\s*$', text), text
    m.command('imgfree')
    m.command(f'kernel {web.url("amd64/linux")} console=ttyS0')
    m.command(f'initrd {web.url("amd64/initrd.gz")}')
    m.send('boot\r')
    m.expect('Linux version', LINUX)
    m.expect('Run /init as init process', LINUX)


def test_4_gib_holds_2_gib_of_images(machine, web):
    """At boot, not in POST: PMM's blocks are below 2 GiB each, E820's regions are not."""
    web.zeros('zeros1g', GIB)
    m = machine(memory=4096, nic='virtio-modern')
    m.post_prompt()
    m.send(' ')
    m.expect(r'DHCP \(net0')
    m.send('\x02')
    m.prompt()
    m.dhcp()
    for name in ('first', 'second'):
        text = m.command(f'initrd -n {name} {web.url("zeros1g")}')
        assert re.search(r'ok\s*$', text), text
    text = m.command('imgstat')
    assert text.count(str(GIB)) == 2, text


def test_two_initrds_and_a_file_in_a_cpio(machine, web):
    """Concatenated in order; one with an argument becomes that file."""
    assert servers.installer_present('amd64')
    web.text('preseed', 'd-i debian-installer/locale string de_DE\n')
    m = machine(memory=1024)
    m.shell()
    m.dhcp()
    m.command(f'kernel {web.url("amd64/linux")} console=ttyS0 rdinit=/bin/cat -- /preseed.cfg')
    m.command(f'initrd {web.url("amd64/initrd.gz")}')
    m.command(f'initrd {web.url("preseed")} /preseed.cfg')
    m.send('boot\r')
    m.expect('Linux version', LINUX)
    m.expect('d-i debian-installer/locale string de_DE', LINUX)


def test_mem_and_a_command_line_too_long(machine, web):
    m = machine(memory=1024)
    m.shell()
    m.dhcp()
    text = m.command(f'kernel {web.url("amd64/linux")} console=ttyS0 ' + 'x' * 2100)
    text += m.command('boot')
    assert re.search(r'message too long: [^\n]*2\d{3}[^\n]*2047', text), text
    m.command('imgargs linux console=ttyS0 mem=512M')
    m.command(f'initrd {web.url("amd64/initrd.gz")}')
    m.send('boot\r')
    m.expect('Linux version', LINUX)
    m.expect('Run /init as init process', LINUX)
