# SPDX-License-Identifier: BSD-2-Clause
"""Other people's PXE programs on our PXE API, from Debian's packages, on a tap: PXELINUX with menus, kernels over TFTP and HTTP, iPXE's
undionly.kpxe, GRUB's core image, and our own undionly.kpxe."""
import lzma
import os
import random
import re
import shutil
import subprocess

import pytest

import servers
from machine import DOWNLOAD, LINUX, NICS, TOP
from wan import Lan

PXELINUX = '/usr/lib/PXELINUX'
SYSLINUX = '/usr/lib/syslinux/modules/bios'
UNDIONLY = '/usr/lib/ipxe/undionly.kpxe'
MENU = '''SERIAL 0
DEFAULT menu.c32
PROMPT 0
TIMEOUT 20
MENU TITLE A menu of files
LABEL installer
  MENU LABEL The installer
  KERNEL {0}amd64/linux
  APPEND initrd={0}initrd.xz console=ttyS0
'''


@pytest.fixture
def lan(request):
    if not os.environ.get('FPXE_NETNS'):
        pytest.skip('no network namespace can be made here')
    worker = int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:])
    with Lan(8 + worker % 8, getattr(request, 'param', [])) as network:
        yield network


def initrd(lan):
    """2 MiB that do not repeat, as an initrd whose CRC the kernel looks at."""
    def entry(name, data, mode):
        fields = [1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        head = b'070701' + b''.join(b'%08X' % n for n in fields) + name.encode() + b'\0'
        return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
    archive = entry('file', random.Random(1).randbytes(2 << 20), 0o100644) + entry('TRAILER!!!', b'', 0)
    lan.web.bytes('initrd.xz', lzma.compress(archive, check=lzma.CHECK_CRC32))


def serve(lan, *files):
    for path in files:
        shutil.copy(path, lan.web.root)


def pxelinux(lan, program, prefix):
    """@program and its menu, whose kernel and initrd have @prefix."""
    serve(lan, f'{PXELINUX}/{program}', f'{SYSLINUX}/ldlinux.c32', f'{SYSLINUX}/menu.c32', f'{SYSLINUX}/libutil.c32')
    initrd(lan)
    os.mkdir(lan.web.path('pxelinux.cfg'))
    lan.web.text('pxelinux.cfg/default', MENU.format(prefix))


def expect_linux(m, timeout=LINUX):
    m.expect('Linux version', timeout)
    m.expect('Freeing initrd memory', timeout)
    assert 'Initramfs unpacking failed' not in m.transcript


@pytest.mark.parametrize('lan', [['--dhcp-boot=pxelinux.0']], indirect=True)
@pytest.mark.parametrize('nic, scheme', [('e1000', 'tftp'), ('virtio-modern', 'http')])
def test_pxelinux(machine, lan, nic, scheme):
    """By our UDP and, for URLs, by the FILE extension."""
    assert servers.installer_present('amd64')
    pxelinux(lan, 'pxelinux.0', '' if scheme == 'tftp' else lan.web.url(''))
    m = machine(nic=nic, net=lan.netdev, nic_options=',bootindex=1', memory=1024)
    m.expect('Booting pxelinux.0', LINUX)
    m.expect('A menu of files', LINUX)
    m.expect(r'Loading [^\n]*linux', LINUX)
    expect_linux(m)
    assert 'Failed to free base memory' not in m.transcript


@pytest.mark.parametrize('lan', [['--dhcp-boot=lpxelinux.0']], indirect=True)
@pytest.mark.parametrize('nic, scheme', [('e1000', 'http'), ('virtio-legacy', 'tftp'), ('virtio-modern', 'http')])
def test_lpxelinux(machine, lan, nic, scheme):
    """By its own stack on our UNDI."""
    pxelinux(lan, 'lpxelinux.0', '' if scheme == 'tftp' else lan.web.url(''))
    m = machine(nic=nic, net=lan.netdev, nic_options=',bootindex=1', memory=1024)
    m.expect('Booting lpxelinux.0', LINUX)
    m.expect('A menu of files', LINUX)
    expect_linux(m)
    assert 'Failed to free base memory' not in m.transcript


@pytest.mark.parametrize('lan', [['--dhcp-userclass=set:ipxe,iPXE', '--dhcp-boot=tag:!ipxe,undionly.kpxe', '--dhcp-boot=tag:ipxe,script.ipxe']],
                         indirect=True)
@pytest.mark.parametrize('nic', NICS)
def test_undionly_of_ipxe(machine, lan, nic):
    """It gets an address and downloads 64 MiB, byte for byte."""
    serve(lan, UNDIONLY)
    data = random.Random(2).randbytes(64 << 20)
    lan.web.bytes('random64m', data)
    lan.web.text('script.ipxe', '#!ipxe\n'
                 'echo this is iPXE, ${net0/ip}\n'
                 f'imgfetch {lan.web.url("random64m")} || echo it failed\n'
                 'imgstat\n'
                 'echo iPXE is done\n'
                 'sleep 3600\n')
    m = machine(nic=nic, net=lan.netdev, nic_options=',bootindex=1', memory=256,
                machine='pc,graphics=off')
    m.expect('Booting undionly.kpxe', LINUX)
    m.expect(r'this is iPXE, 198\.51\.100\.\d+', LINUX)
    m.expect('random64m : 67108864 bytes', DOWNLOAD)
    m.expect('iPXE is done')
    assert 'it failed' not in m.transcript
    found = data in m.memory(0, 256 << 20)
    assert found, 'these bytes are nowhere in memory'


@pytest.fixture(scope='session')
def grub(tmp_path_factory):
    """GRUB's core image for PXE, with what it needs to read a configuration file and boot Linux."""
    path = tmp_path_factory.mktemp('grub') / 'grub.0'
    subprocess.run(['grub-mkimage', '-O', 'i386-pc-pxe', '-d', '/usr/lib/grub/i386-pc', '-o', str(path), '-p', '(pxe)/grub',
                    'pxe', 'tftp', 'http', 'linux', 'normal', 'serial', 'echo', 'net', 'terminal'], check=True)
    return str(path)


@pytest.mark.parametrize('lan', [['--dhcp-boot=grub.0']], indirect=True)
@pytest.mark.parametrize('nic, scheme', [('e1000', 'tftp'), ('virtio-modern', 'http')])
def test_grub(machine, lan, grub, nic, scheme):
    serve(lan, grub)
    initrd(lan)
    os.mkdir(lan.web.path('grub'))
    place = {'tftp': '(pxe)', 'http': f'(http,{lan.host})'}[scheme]
    lan.web.text('grub/grub.cfg', 'serial --unit=0 --speed=115200\nterminal_output serial\n'
                 'echo this is GRUB\n'
                 f'linux {place}/amd64/linux console=ttyS0\ninitrd {place}/initrd.xz\nboot\n')
    m = machine(nic=nic, net=lan.netdev, nic_options=',bootindex=1', memory=1024)
    m.expect('Booting grub.0', LINUX)
    m.expect('this is GRUB', LINUX)
    expect_linux(m, 2 * LINUX)


def test_undionly_of_our_own(machine, lan):
    """fPXE on fPXE's UNDI, on a NIC whose offloads our own stack uses and no other may see."""
    serve(lan, os.path.join(TOP, 'bin/undionly.kpxe'))
    m = machine(nic='virtio-modern', net=lan.netdev)
    m.shell()
    m.command('dhcp net0')
    m.send(f'chain tftp://{lan.host}/undionly.kpxe\r')
    m.expect('Booting undionly.kpxe')
    m.expect('Ctrl-B opens the command line', LINUX)
    m.send('\x02')
    m.prompt()
    assert 'undi' in m.command('show net0/chip')
    assert re.search(r'net0: 198\.51\.100\.\d+/28', m.command('dhcp net0'))
    text = m.command(f'initrd --name f {lan.web.url("zeros32m")} && sha256sum f')
    assert '83ee47245398adee79bd9c0a8bc57b821e92aba10f5f9ade8a5d1fae4d8c4302' in text, text


def test_pxelinux_under_our_own_undionly(machine, lan):
    """A program under fPXE under fPXE: it frees the base memory that !PXE tells of, and the kernel finds all that the BIOS has."""
    assert servers.installer_present('amd64')
    pxelinux(lan, 'pxelinux.0', '')
    serve(lan, os.path.join(TOP, 'bin/undionly.kpxe'))
    m = machine(net=lan.netdev, memory=1024)
    m.shell()
    m.command('dhcp net0')
    m.send(f'chain tftp://{lan.host}/undionly.kpxe\r')
    m.expect('Booting undionly.kpxe')
    m.expect('Ctrl-B opens the command line', LINUX)
    m.send('\x02')
    m.prompt()
    m.command('dhcp net0')
    m.send(f'chain tftp://{lan.host}/pxelinux.0\r')
    m.expect('Booting pxelinux.0')
    m.expect('A menu of files', LINUX)
    m.expect('Linux version', LINUX)
    m.expect(r'BIOS-e820: \[mem 0x0{16}-0x000000000009fbff\] usable')
    m.expect('Freeing initrd memory', LINUX)
    assert 'Failed to free base memory' not in m.transcript
