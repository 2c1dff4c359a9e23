# SPDX-License-Identifier: BSD-2-Clause
"""POST: what it says, Ctrl-B, any other key, several ROMs, resets."""
import pathlib
import re

import pexpect
import pytest

from build import site_rom
from machine import NICS, PROMPT_S, TOP

BANNER = r'fPXE \d+\.\d+ \(PCI'


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


def test_the_prompt_stands_3_seconds():
    """The tests below say of other values that they do what they say."""
    text = (pathlib.Path(TOP) / 'config/general.h').read_text()
    assert re.search(r'#define CONFIG_POST_PROMPT_S\s+3\n', text)


def test_any_other_key_ends_the_wait(machine, disk, tmp_path):
    """Of a prompt that stands ten minutes, far longer than anybody here waits for the disk."""
    m = machine(rom=site_rom(tmp_path, CONFIG_POST_PROMPT_S=600), disk=disk)
    m.post_prompt()
    with pytest.raises(pexpect.TIMEOUT):
        m.expect('The disk boots', 8)
    m.send(' ')
    m.expect('The disk boots', min(PROMPT_S, 400))
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
    assert len(re.findall(BANNER, m.transcript)) == 3, before


def second_rom():
    return ['-netdev', 'user,id=n1,ipv6=off', '-device', 'virtio-net-pci,id=nic1,netdev=n1,romfile=bin/1af41000.rom']


def test_exit_goes_on_with_the_other_roms(machine):
    """Ctrl-B at the first ROM's prompt opens its shell; the next ROM says who it is when that has ended."""
    m = machine(options=second_rom())
    m.shell()
    assert len(re.findall(BANNER, m.transcript)) == 1, m.transcript
    assert 'net0' in m.command('ifstat')
    m.send('exit\r')
    m.expect(BANNER)


def test_ctrl_b_in_a_later_rom(machine):
    """Another key ends the first ROM's prompt; Ctrl-B right behind it, in the BIOS's hands until the next ROM looks, opens that one's
    shell."""
    m = machine(options=second_rom())
    m.post_prompt()
    m.qmp('input-send-event', events=[
        {'type': 'key', 'data': {'key': {'type': 'qcode', 'data': key}, 'down': down}}
        for key, down in (('spc', True), ('spc', False), ('ctrl', True), ('b', True), ('b', False), ('ctrl', False))])
    m.prompt()
    assert len(re.findall(BANNER, m.transcript)) == 2, m.transcript
    assert m.transcript.count('Press Ctrl-B to configure') == 1, m.transcript
    assert 'alive' in m.command('echo alive')
    m.send('exit\r')
    m.expect(r'DHCP \(net0|net0')


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


def test_ctrl_alt_del_three_times(machine):
    m = machine()
    m.shell()
    for turn in range(3):
        m.key('ctrl', 'alt', 'delete')
        m.shell()
        assert f'turn {turn}' in m.command(f'echo turn {turn}')
    m.dhcp()
