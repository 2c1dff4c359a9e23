# SPDX-License-Identifier: BSD-2-Clause
"""The main job: a machine with nothing but our ROM boots the Debian installer from a web server."""
import pytest

import servers
from machine import INSTALLER, LINUX, NICS

# The first question of the text installer, whatever language it is in by then.
FIRST_SCREEN = r'Select a language|Choose language|Choose the language|\[!!\]'
ARGUMENTS = 'console=ttyS0 TERM=linux vga=normal fb=false DEBIAN_FRONTEND=text'


@pytest.mark.parametrize('arch, nic', [('amd64', 'e1000'), ('amd64', 'virtio-legacy'), ('amd64', 'virtio-modern'), ('i386', 'e1000'),
                                       pytest.param('i386', 'virtio-legacy', marks=pytest.mark.long),
                                       pytest.param('i386', 'virtio-modern', marks=pytest.mark.long)])
def test_installer_reaches_its_first_screen(machine, web, arch, nic):
    assert servers.installer_present(arch), f'debian-installer-12-netboot-{arch} is not installed'
    m = machine(nic=nic, memory=1024)
    m.shell()
    m.dhcp()
    m.command(f'kernel {web.url(arch + "/linux")} {ARGUMENTS}')
    m.command(f'initrd {web.url(arch + "/initrd.gz")}')
    m.send('boot\r')
    m.expect('Linux version', LINUX)
    m.expect(FIRST_SCREEN, INSTALLER)
    assert 'Initramfs unpacking failed' not in m.transcript
    assert f'Command line: {ARGUMENTS}' in m.transcript or f'command line: {ARGUMENTS}' in m.transcript


@pytest.mark.parametrize('nic', NICS)
def test_a_small_rom_boots_the_kernel(machine, web, nic):
    m = machine(nic=nic, rom=NICS[nic][1].replace('.rom', '.small.rom'), memory=1024)
    m.shell()
    m.dhcp()
    m.command(f'kernel {web.url("amd64/linux")} {ARGUMENTS}')
    m.command(f'initrd {web.url("amd64/initrd.gz")}')
    m.send('boot\r')
    m.expect('Linux version', LINUX)
    m.expect('Unpacking initramfs|Freeing initrd memory', LINUX)
