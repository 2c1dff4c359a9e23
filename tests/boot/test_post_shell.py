# SPDX-License-Identifier: BSD-2-Clause
"""The shell inside POST does what the one at boot does, with PMM's memory, and leaves the machine as it was."""
import re

from machine import LINUX, NICS

import pytest


def base_memory(m):
    m.expect(r'The disk boots, (\d+) KiB of base memory')
    return m.console.match.group(1)


@pytest.mark.parametrize('nic', NICS)
def test_256_mib_in_a_1_gib_machine_then_the_disk_boots(machine, web, disk, nic):
    plain = machine(rom='', nic=nic, memory=1024, disk=disk)
    expected = base_memory(plain)
    m = machine(nic=nic, memory=1024, disk=disk)
    m.shell()
    m.dhcp()
    text = m.command(f'initrd {web.url("zeros256m")}')
    assert re.search(r'ok\s*$', text), text
    assert re.search(r'zeros256m: 268435456 bytes', m.command('imgstat'))
    m.send('exit\r')
    assert base_memory(m) == expected


def test_exit_at_once(machine, disk):
    m = machine(disk=disk)
    m.shell()
    m.send('exit\r')
    base_memory(m)


def test_a_kernel_boots_from_posts_shell(machine, web):
    m = machine(memory=1024)
    m.shell()
    m.dhcp()
    m.command(f'kernel {web.url("amd64/linux")} console=ttyS0')
    m.send('boot\r')
    m.expect('Linux version', LINUX)


def test_exit_then_autoboot_of_the_same_rom(machine, web):
    """What the shell took is given back: the boot entry runs from the same image afterwards."""
    m = machine(memory=512, bootfile=web.url('hello.fpxe'))
    m.shell()
    m.dhcp()
    m.command(f'initrd {web.url("zeros32m")}')
    m.send('exit\r')
    m.expect('hello from a script')
