# SPDX-License-Identifier: BSD-2-Clause
"""POST: what it says, Ctrl-B, any other key, several ROMs, resets."""
import re

import pytest

from machine import FRESH_PROMPT, NICS


def test_post_says_who_and_where(machine):
    m = machine(nic_options=',addr=3')
    m.post_prompt()
    assert re.search(r'fPXE \d+\.\d+ \(PCI 00:03\.0\) PnP PMM \d+\.[05]K\r?\n', m.transcript), m.transcript
    kept = float(re.search(r'PMM (\d+\.[05])K', m.transcript).group(1))
    assert kept <= 4, 'at most 8 sectors are kept after POST'
    assert 'Press Ctrl-B to configure fPXE (PCI 00:03.0)...' in m.transcript


@pytest.mark.parametrize('nic', NICS)
def test_ctrl_b_opens_the_shell(machine, nic):
    m = machine(nic=nic)
    m.shell()
    assert 'usage' in m.command('help kernel')


def test_any_other_key_ends_the_wait(machine, disk):
    m = machine(disk=disk)
    m.post_prompt()
    m.send(' ')
    m.expect('The disk boots')
    assert 'fPXE>' not in m.transcript


def test_untouched_the_disk_boots_with_all_base_memory(machine, disk):
    without = machine(rom='', disk=disk)
    without.expect(r'The disk boots, (\d+) KiB')
    plain = without.matched
    m = machine(disk=disk)
    m.expect(r'The disk boots, (\d+) KiB')
    assert m.matched == plain


def test_ctrl_b_during_autoboot_opens_the_shell(machine):
    m = machine(options=['-device', 'e1000,id=nic1,netdev=n1,romfile=', '-netdev', 'hubport,id=n1,hubid=9'],
                net='hubport,hubid=8')
    m.post_prompt()
    m.send(' ')                         # past POST's prompt; the boot entry asks nobody's DHCP server
    m.expect(r'DHCP \(net0')
    m.send('\x02')
    m.prompt()
    assert 'alive' in m.command('echo alive')


def test_three_roms_one_prompt(machine):
    """Only the first waits; the others say who they are and look at the keyboard."""
    others = []
    for i in (1, 2):
        others += ['-netdev', f'user,id=n{i},ipv6=off', '-device', f'e1000,id=nic{i},netdev=n{i},romfile=bin/8086100e.rom']
    m = machine(options=others, net='user,ipv6=off,bootfile=http://10.0.2.2:1/x')
    m.post_prompt()
    m.expect(['DHCP', 'net0'])
    before = m.before + m.transcript
    assert m.transcript.count('Press Ctrl-B to configure') == 1, before
    assert len(re.findall(r'fPXE \d+\.\d+ \(PCI', m.transcript)) == 3, before


def test_ctrl_b_in_a_later_rom(machine):
    """Ctrl-B typed while the first ROM's prompt stands opens the first one's shell; exit goes on with POST and the others."""
    m = machine(options=['-netdev', 'user,id=n1,ipv6=off', '-device', 'virtio-net-pci,id=nic1,netdev=n1,romfile=bin/1af41000.rom'])
    m.shell()
    assert 'net0' in m.command('ifstat')
    m.send('exit\r')
    m.expect(r'fPXE \d+\.\d+ \(PCI')


def resets(m, times):
    for turn in range(times):
        m.reset()
        m.post_prompt()
        m.send('\x02')
        m.prompt()
        assert f'turn {turn}' in m.command(f'echo turn {turn}')


def test_ten_warm_resets_end_at_the_same_prompt(machine):
    m = machine()
    m.shell()
    m.dhcp()
    resets(m, 10)
    m.dhcp()


@pytest.mark.long
@pytest.mark.parametrize('nic', NICS)
def test_fifty_warm_resets(machine, nic):
    m = machine(nic=nic)
    m.shell()
    resets(m, 50)
    m.dhcp()


def test_reboot_command_comes_back(machine):
    m = machine()
    m.shell()
    m.dhcp()
    m.send('reboot\r')
    m.shell()
    m.send('reboot --warm\r')
    m.shell()


def test_reset_during_a_download(machine, web):
    m = machine()
    m.shell()
    m.dhcp()
    m.send(f'initrd {web.url("zeros256m")}\r')
    m.expect(r' MiB/s')
    m.reset()
    m.shell()
    m.dhcp()


def test_ctrl_alt_del_at_the_prompt(machine):
    m = machine()
    m.shell()
    m.key('ctrl', 'alt', 'delete')
    m.post_prompt()
    m.send('\x02')
    m.expect(FRESH_PROMPT)
