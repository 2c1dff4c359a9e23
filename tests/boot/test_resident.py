# SPDX-License-Identifier: BSD-2-Clause
"""What stays between POST and boot, and what happens when it is damaged; exceptions."""
import re
import socket
import struct

import pexpect
import pytest

import servers

ROM_STATE_IMAGE = 0x34                  # arch/x86/layout.inc: where the image waits
PRODUCT = b'fPXE'


class Debugger:
    """QEMU's gdb stub, as far as writing memory goes."""

    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port), 60)

    def write(self, address, data):
        packet = f'M{address:x},{len(data):x}:{data.hex()}'.encode()
        self.socket.sendall(b'$' + packet + b'#%02x' % (sum(packet) & 255))
        answer = b''
        while not re.search(rb'\$(OK|E\w\w)#..', answer):       # it may say first that it stopped the machine
            answer += self.socket.recv(4096)
        assert b'$OK#' in answer

    def close(self):
        self.socket.sendall(b'$D#44')
        self.socket.close()


def kept_rom(m):
    """The segment's address of our ROM in the BIOS's shadow."""
    shadow = m.memory(0xc0000, 0x30000)
    for at in range(0, len(shadow), 512):
        if shadow[at:at + 2] == b'\x55\xaa' and PRODUCT in shadow[at + 0x60:at + 0x80]:
            return 0xc0000 + at, shadow[at:at + shadow[at + 2] * 512]
    raise AssertionError('no ROM of ours in the shadow')


def damage_image(m, port):
    """While POST's shell is open: overwrite the middle of what waits for the boot."""
    address, rom = kept_rom(m)
    image = struct.unpack_from('<I', rom, ROM_STATE_IMAGE)[0]
    assert image > 0x100000
    debugger = Debugger(port)
    debugger.write(image + 0x4000, b'overwritten' * 20)
    debugger.close()
    m.qmp('cont')


def debugged(start, **options):
    port = servers.free_port()
    extra = options.pop('options', [])
    m = start(options=extra + ['-gdb', f'tcp:127.0.0.1:{port}'], **options)
    m.post_prompt()
    m.send('\x02')
    m.prompt()
    return m, port


def test_the_rom_shrinks_and_stays_valid(machine):
    m = machine()
    m.shell()
    m.send('exit\r')
    m.expect('DHCP')
    _, rom = kept_rom(m)
    assert len(rom) <= 8 * 512 and sum(rom) & 255 == 0
    assert struct.unpack_from('<H', rom, 0x2c)[0] * 512 == len(rom), 'PCIR and header agree'


def test_an_overwritten_image_is_read_again_from_the_card(machine):
    m, port = debugged(machine)
    damage_image(m, port)
    m.send('exit\r')
    m.expect(r'DHCP \(net0')
    m.expect(r'net0: 10\.0\.2\.15')


def test_an_overwritten_image_without_a_card_says_so_and_the_disk_boots(machine, disk):
    m, port = debugged(machine, rom='', disk=disk, options=['-option-rom', 'romfile=bin/fpxe.rom,bootindex=0'])
    damage_image(m, port)
    m.send('exit\r')
    m.expect('The disk boots')
    assert 'its image in memory was overwritten' in m.screen()


@pytest.mark.parametrize('vga', ['std', 'none'])
def test_an_exception_prints_registers_and_halts(machine, vga):
    """A non-maskable interrupt is the one exception that can be had from outside."""
    m = machine(vga=vga, machine='pc,graphics=on')
    m.shell()
    m.send('sleep 600\r')
    for _ in range(200):                # one that meets the BIOS, in real mode, is the BIOS's
        m.qmp('inject-nmi')
        if m.expect([r'fPXE stopped: exception 2', pexpect.TIMEOUT], 0.5) == 0:
            break
    m.expect(r'eax [0-9a-f]{8} ebx [0-9a-f]{8}[^\n]*\n\r?esi [^\n]*esp [0-9a-f]{8}')
    if vga == 'std':
        assert 'fPXE stopped: exception 2' in m.screen()
    assert not any(e['event'] == 'RESET' for e in m.qmp.events)


def state_when_the_disk_boots(m):
    """What an operating system could find changed: the NIC's command register, interrupt masks, port 61h, CR4, the vector table."""
    def monitor(line):
        return m.qmp('human-monitor-command', **{'command-line': line})
    m.expect('The disk boots')
    m.qmp('stop')
    monitor('o /4 0xcf8 0x80001804')                    # PCI 00:03.0, command
    command = monitor('i /2 0xcfc')
    masks = re.findall(r'(pic\d): irr=\w+ imr=(\w+)', monitor('info pic'))
    port61 = int(re.search(r'= (0x\w+)', monitor('i /1 0x61')).group(1), 16) & 0x0f
    cr4 = re.search(r'CR4=(\w+)', monitor('info registers')).group(1)
    return command, masks, port61, cr4, m.memory(0, 0x400).hex()


@pytest.mark.parametrize('nic', ['e1000', 'virtio-legacy'])
def test_exit_from_posts_shell_leaves_the_machine_as_it_was(machine, disk, nic):
    without = machine(nic=nic, rom='', disk=disk, nic_options=',addr=3')
    wanted = state_when_the_disk_boots(without)
    assert len(wanted[1]) == 2
    m = machine(nic=nic, disk=disk, nic_options=',addr=3')
    m.shell()
    m.dhcp()
    m.send('exit\r')
    assert state_when_the_disk_boots(m) == wanted
