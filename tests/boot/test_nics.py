# SPDX-License-Identifier: BSD-2-Clause
"""Where a ROM may sit and what may be beside it: two NICs, -option-rom, a BIOS's ROM lists, q35, other cards of a family."""
import re

import pytest

from machine import LINUX, NICS


def boots(m, web, name='net0'):
    m.dhcp(name)
    m.command(f'kernel {web.url("amd64/linux")} console=ttyS0')
    m.send('boot\r')
    m.expect('Linux version', LINUX)


def test_two_nics(machine, web):
    m = machine(options=['-netdev', 'user,id=n1,net=10.0.3.0/24,ipv6=off',
                         '-device', 'e1000,id=nic1,netdev=n1,mac=52:54:00:12:34:57,romfile=bin/8086100e.rom'])
    m.shell()
    text = m.command('ifstat')
    assert re.search(r'net0: 52:54:00:12:34:56', text) and re.search(r'net1: 52:54:00:12:34:57', text), text
    assert re.search(r'net1: 10\.0\.3\.15/24', m.command('dhcp net1'))
    m.dhcp('net0')
    text = m.command('route')
    assert '10.0.2.15' in text and '10.0.3.15' in text
    boots(m, web)


def test_the_rom_of_the_second_nic_names_it_net0(machine):
    """An interface of the function that the ROM belongs to comes first."""
    m = machine(rom='', nic_options=',addr=5', options=['-netdev', 'user,id=n1,net=10.0.3.0/24,ipv6=off', '-device',
                'e1000,id=nic1,netdev=n1,mac=52:54:00:12:34:57,addr=7,romfile=bin/8086100e.rom'])
    m.shell()
    assert 'net0: 52:54:00:12:34:57' in m.command('ifstat')


def test_two_kinds_of_nic_and_the_rom_with_all_drivers(machine):
    m = machine(rom='bin/fpxe.rom', options=['-netdev', 'user,id=n1,net=10.0.3.0/24,ipv6=off', '-device',
                'virtio-net-pci,id=nic1,netdev=n1,mac=52:54:00:12:34:57,romfile='])
    m.shell()
    text = m.command('ifstat')
    assert 'e1000' in text and 'virtio' in text, text
    m.dhcp('net0')
    assert '10.0.3.15' in m.command('dhcp net1')


def test_option_rom(machine, web):
    """-option-rom: no PCI function belongs to it."""
    m = machine(rom='', options=['-option-rom', 'bin/fpxe.rom'])
    m.expect(r'fPXE \d+\.\d+[^\n]*\n')
    m.send('\x02')
    m.prompt()
    boots(m, web)


@pytest.mark.parametrize('where', ['genroms/x.rom', 'pci8086,,100e.rom'])
def test_the_bioss_own_list(machine, web, where):
    """In the BIOS's image: a ROM for the whole machine, or for a PCI ID."""
    m = machine(rom='', options=['-fw_cfg', f'name={where},file=bin/{"fpxe" if "genroms" in where else "8086100e"}.rom'])
    m.expect(r'fPXE \d+\.\d+[^\n]*\n')
    m.send('\x02')
    m.prompt()
    boots(m, web)


@pytest.mark.parametrize('where', ['option-rom', 'genroms/x.rom', 'pci8086,,100e.rom'])
def test_untouched_in_the_bioss_own_list(machine, web, where):
    option = ['-option-rom', 'bin/fpxe.rom'] if where == 'option-rom' else ['-fw_cfg', f'name={where},file=bin/fpxe.rom']
    m = machine(rom='', bootfile=web.url('hello.fpxe'), options=option)
    m.expect('hello from a script')


@pytest.mark.parametrize('nic', NICS)
def test_q35(machine, web, nic):
    m = machine(machine='q35', nic=nic)
    m.shell()
    boots(m, web)


@pytest.mark.parametrize('nic', NICS)
def test_boots_linux(machine, web, nic):
    m = machine(nic=nic)
    m.shell()
    boots(m, web)


@pytest.mark.parametrize('device', ['e1000-82544gc', 'e1000-82545em'])
def test_other_cards_of_the_family(machine, device):
    m = machine(nic=device, rom='', options=['-option-rom', 'bin/fpxe.rom'])
    m.expect(r'fPXE \d+\.\d+[^\n]*\n')
    m.send('\x02')
    m.prompt()
    m.dhcp()


def test_behind_a_bridge(machine):
    m = machine(nic='', options=['-device', 'pci-bridge,id=bridge,chassis_nr=1', '-netdev', 'user,id=n0,ipv6=off', '-device',
                                 'e1000,netdev=n0,id=nic0,bus=bridge,addr=2,romfile=bin/8086100e.rom'])
    m.post_prompt()
    assert re.search(r'\(PCI 01:02\.0\)', m.transcript)
    m.send('\x02')
    m.prompt()
    m.dhcp()


def test_no_nic_that_it_knows(machine):
    m = machine(nic='rtl8139', rom='', options=['-option-rom', 'bin/fpxe.rom'])
    m.expect(r'fPXE \d+\.\d+[^\n]*\n')
    m.send('\x02')
    m.expect(r'10ec:8139')
    m.prompt()
    assert 'no network interface' in m.command('dhcp')
