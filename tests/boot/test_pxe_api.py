# SPDX-License-Identifier: BSD-2-Clause
"""The PXE API in a machine: what a program is given, what each call answers, how a program ends, and what of us is left behind then."""
import os
import re
import time

import pytest

import servers
from machine import LINUX, NICS, PROMPT_S, TOP
from pxe import Memory, assemble

MIB = 1 << 20
with open(os.path.join(TOP, 'arch/x86/layout.inc')) as f:
    RESIDENT_KIB = int(re.search(r'LOWMEM_KIB +equ (\d+)', f.read()).group(1))


def tftp(folder):
    """QEMU's user network, which serves @folder."""
    return f'user,ipv6=off,tftp={folder}'


def start_program(machine, tmp_path, nic='e1000', **defines):
    """A shell at boot, and the program called from it; returns when it begins."""
    assemble(tmp_path / 'program', **defines)
    m = machine(nic=nic, net=tftp(tmp_path))
    m.post_prompt()
    m.send(' ')
    m.expect(r'DHCP \(net0')
    m.send('\x02')
    m.prompt()
    m.dhcp()
    m.send('chain tftp://10.0.2.2/program\r')
    m.expect('caller: begins')
    return m


@pytest.mark.parametrize('nic', NICS)
def test_a_program_is_given_the_api_and_comes_back_to_the_shell(machine, tmp_path, nic):
    (tmp_path / 'file').write_bytes(bytes(1_000_000))
    m = start_program(machine, tmp_path, nic, TFTP=1)
    m.prompt()
    text = m.before.replace('\r\n', '\n')
    said = dict(line.split(': ', 1) for line in text.split('\n') if ': ' in line)
    assert 'PXENV+ P good !PXE ! good version 0201' in text
    assert 'INT 1A tells the same' in text
    assert said['cached, where'] == '00 00 op 02', text              # BOOTREPLY
    assert re.findall(r'cached: 00 00 ([0-9a-f]{4}) op 0([12])', text)[0][1] == '1', text
    assert len(re.findall(r'cached: 00 00 [0-9a-f]{4} op 02', text)) == 2, text
    assert said['information'].startswith('00 00 mac 525456 mtu 05dc irq 0'), text
    assert said['information'][-1] != '0', 'there is an interrupt'
    assert said['open'] == said['close'] == said['transmit'] == '00 00', text
    assert said['frame'] == '00 00 length 0040 protocol 02', text
    assert said['opcode 1234'] == said['opcode 24'] == said['opcode e7'] == '01 03', text
    assert said['block in the resident part'] == said['block over the end'] == '01', text
    assert said['by PXENV+'] == '00 00, registers kept', text
    assert said['small stack'] == '00 00 enough', text
    assert said['from interrupts'] == '00', text
    assert said['size'] == '00 00 000f4240', text
    assert said['tftp open'].startswith('00 00 packet '), text
    assert said['tftp read'].endswith('in all 000f4240'), text
    assert said['tftp close'] == '00 00', text
    assert said['read file'] == '00 00 000f4240', text
    assert said['within a call'] == '00', text
    assert 'caller: returns' in text
    # The network is ours again, and what was hidden is not.
    m.dhcp()
    assert re.search(r'ok\s*$', m.command('initrd tftp://10.0.2.2/file'))


def test_ours_is_hidden_while_a_program_runs(machine, tmp_path):
    m = start_program(machine, tmp_path)
    m.prompt()
    memory = Memory(m.before)
    assert memory.base_kib == 639 - RESIDENT_KIB >= 535
    assert memory.ram()[0] == (0, memory.base_kib * 1024)
    hidden = [(start, end) for start, end, kind in memory.map if kind == 2 and 2 * MIB <= end - start <= 8 * MIB]
    assert len(hidden) == 1, memory.map
    start, end = hidden[0]
    assert 0x1000000 + int(memory.older[1], 16) * 65536 <= start, 'E801h says the same'
    assert int(memory.older[0], 16) == 0x3c00


def test_an_error_of_the_program_is_said(machine, web):
    """By HTTP, in the shell inside POST, with kernel and boot."""
    assemble(web.path('program'), ENDING=1, QUICK=1)
    m = machine()
    m.shell()
    m.dhcp()
    m.command(f'kernel {web.url("program")}')
    text = m.command('boot')
    assert re.search(r'boot: [^\n]*the program returned 1h', text), text


def test_unload_leaves_the_machine_as_it_was_found(machine, tmp_path):
    m = start_program(machine, tmp_path, ENDING=2)
    m.expect('caller: halts')
    text = m.before
    first, last = re.split('shutdown: 00 00', text)
    assert 'unload: 00 00' in last and 'stop: 00 00' in last, last
    assert 'INT 1A tells nothing of it' in last, last
    before, after = Memory(first), Memory(last)
    assert after.base_kib == 639
    assert after.ram()[0] == (0, 639 * 1024)
    assert sum(end - start for start, end in after.ram()) == \
        sum(end - start for start, end in before.ram()) + (639 - before.base_kib) * 1024 + 8 * MIB
    assert len(after.ram()) == 2


def test_a_call_from_virtual_8086_mode_is_refused(machine, tmp_path):
    """A monitor owns the processor there: no mode is switched, and the call says that it failed."""
    m = start_program(machine, tmp_path, ENDING=7, QUICK=1)
    m.expect('caller: ends in V86')
    assert 'in V86: 01 01' in m.before, m.before
    for place in ('in the resident part', 'over the end', 'nowhere'):
        assert f'in V86, a block {place}: 01 kept' in m.before, m.before


def test_restart_never_comes_back(machine, tmp_path):
    assemble(tmp_path / 'next', ENDING=1)
    m = start_program(machine, tmp_path, ENDING=3)
    m.expect('caller: restarts')
    m.expect(r'tftp://10.0.2.2/next')
    m.expect('caller: begins')
    m.prompt()
    assert 'restart came back' not in m.transcript
    assert 'the program returned 1h' in m.before


def test_file_exec_runs_a_line_and_leaves_the_program_for_another(machine, tmp_path):
    assemble(tmp_path / 'next', ENDING=2, QUICK=1)
    m = start_program(machine, tmp_path, ENDING=8, QUICK=1)
    m.expect('a line of a program')
    m.expect('exec: 00 00')
    m.expect(r'tftp://10.0.2.2/next')
    m.expect('caller: begins')
    m.expect('caller: halts')
    assert 'came back' not in m.transcript
    assert Memory(m.before.split('stop: 00 00')[1]).ram()[0] == (0, 639 * 1024), 'the first one is over, too'


def test_file_exec_boots_a_kernel(machine, web, tmp_path):
    """From within a program's call; of it and of us nothing is left."""
    assert servers.installer_present('amd64')
    m = start_program(machine, tmp_path, ENDING=9, QUICK=1, LINE=f'"kernel {web.url("amd64/linux")} console=ttyS0 && boot"')
    m.expect('caller: executes')
    m.expect('Linux version', LINUX)
    m.expect(r'BIOS-e820: \[mem 0x0{16}-0x000000000009fbff\] usable')
    m.expect(r'BIOS-e820: \[mem 0x0000000000100000-0x000000001ff[0-9a-f]{5}\] usable')
    m.expect('Kernel command line: [^\n]*console=ttyS0')
    m.expect('Unable to mount root fs', LINUX)
    assert 'came back' not in m.transcript


def test_a_program_by_http_boots_and_gives_way_to_the_disk(machine, web, disk):
    """DHCP's boot file is its URL."""
    assemble(web.path('autoboot.0'), QUICK=1)
    m = machine(bootfile=web.url('autoboot.0'), disk=disk, nic_options=',bootindex=1')
    m.expect('Booting autoboot.0')
    m.expect('caller: begins')
    m.expect('caller: returns')
    m.expect(r'The disk boots, 639 KiB')


def test_a_program_of_the_tftp_server_boots_and_gives_way_to_the_disk(machine, tmp_path, disk):
    """Nobody touches it; the program returns, and the BIOS tries its next device, which has all of base memory."""
    assemble(tmp_path / 'program')
    m = machine(net=tftp(tmp_path), bootfile='program', disk=disk, nic_options=',bootindex=1')
    m.expect('caller: begins')
    m.expect('caller: returns')
    m.expect(r'The disk boots, 639 KiB')


def test_int_18h_goes_on_to_the_disk(machine, tmp_path, disk):
    assemble(tmp_path / 'program', ENDING=5)
    m = machine(net=tftp(tmp_path), bootfile='program', disk=disk, nic_options=',bootindex=1')
    m.expect('caller: INT 18h')
    m.expect('The disk boots')


def rounds(m, count, again):
    """What @count programs see of the memory, each begun after @again()."""
    seen = []
    for i in range(count):
        m.expect('caller: begins', LINUX)
        m.expect('caller: (INT 19h|ends)')
        seen.append(Memory(m.before))
        again()
    return seen


@pytest.mark.parametrize('count', [11, pytest.param(51, marks=pytest.mark.long)])
def test_int_19h_again_and_again_finds_the_same_memory(machine, tmp_path, count):
    assemble(tmp_path / 'program', ENDING=4, QUICK=1)
    m = machine(net=tftp(tmp_path), bootfile='program', nic_options=',bootindex=1')
    seen = rounds(m, count, lambda: None)
    assert all(memory == seen[0] for memory in seen[1:]), [vars(memory) for memory in seen]


@pytest.mark.parametrize('count', [11, pytest.param(51, marks=pytest.mark.long)])
def test_warm_resets_find_the_same_memory(machine, tmp_path, count):
    assemble(tmp_path / 'program', ENDING=6, QUICK=1)
    m = machine(net=tftp(tmp_path), bootfile='program', nic_options=',bootindex=1')
    seen = rounds(m, count, m.reset)
    assert all(memory == seen[0] for memory in seen[1:]), [vars(memory) for memory in seen]


@pytest.mark.parametrize('seed', [1, 2])
def test_random_calls_do_no_harm(machine, tmp_path, seed):
    """Random opcodes, blocks and addresses; after each the stack answers."""
    m = start_program(machine, tmp_path, FUZZ=1024, SEED=seed)
    m.expect(r'fuzz: [^\r\n]*\r', LINUX)
    assert 'still answers' in m.matched, m.matched
    m.prompt()
    m.dhcp()


@pytest.mark.parametrize('board', ['pc', 'q35'])
@pytest.mark.parametrize('nic', NICS)
def test_a_program_of_all_base_memory_boots_untouched(machine, tmp_path, nic, board):
    """As QEMU's own test of boot ROMs does it: no key is pressed, the program fills memory up to 85C00h and writes a word."""
    assemble(tmp_path / 'program', 'pxe_sector')
    m = machine(nic=nic, machine=board, net=tftp(tmp_path), bootfile='program', nic_options=',bootindex=1')
    m.expect('Booting program', LINUX)
    deadline = time.monotonic() + PROMPT_S
    while m.memory(0x7c10, 2) != b'\xad\xde':
        assert time.monotonic() < deadline, f'the word is {m.memory(0x7c10, 2).hex()}'
        time.sleep(0.1)
