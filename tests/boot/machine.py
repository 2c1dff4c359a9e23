# SPDX-License-Identifier: BSD-2-Clause
"""A machine: QEMU with our ROM in its NIC, its serial line through pexpect, its keyboard, screen and memory through QMP.

    with Machine(nic='e1000', memory=512) as m:
        m.shell()                                    # Ctrl-B at POST's prompt
        text = m.command('dhcp net0')                # what it printed, without colours
        m.expect('Linux version', timeout=LINUX)

Nothing here looks at the wall clock but to give up. Emulated (TCG) unless QEMU_ACCEL names another accelerator.
"""
import json
import os
import re
import shutil
import socket
import struct
import tempfile
import termios
import time
import zlib

import pexpect

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
QEMU = shutil.which('qemu-system-x86_64') or 'qemu-system-x86_64'

# Seconds after which something that should have happened has not; nothing is asserted about what it took. A slow machine sets SLOW=3.
SLOW = float(os.environ.get('SLOW', '1'))
PROMPT_S = 90 * SLOW
DOWNLOAD = 300 * SLOW
LINUX = 420 * SLOW
INSTALLER = 900 * SLOW

# What a person picks as the NIC: QEMU's device, its ROM here.
NICS = {
    'e1000': ('e1000', 'bin/8086100e.rom'),
    'virtio-legacy': ('virtio-net-pci,disable-modern=on', 'bin/1af41000.rom'),
    'virtio-modern': ('virtio-net-pci,disable-legacy=on', 'bin/1af41041.rom'),
}
MAC = '52:54:00:12:34:56'

ANSI = re.compile(r'\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][0-9A-Za-z]|\x1b[=>78cM]')
ANSI_BEGUN = re.compile(r'\x1b(\[[0-9;?]*[ -/]*|[()])?$')
# A prompt that waits for a line, as against one drawn again while a line is edited.
FRESH_PROMPT = r'(?:\r?\n|\r {8,})\r*fPXE> (?!\S)'


def leave_newlines_alone():
    """In the child: the terminal adds no CR of its own."""
    mode = termios.tcgetattr(1)
    mode[1] &= ~termios.ONLCR
    termios.tcsetattr(1, termios.TCSANOW, mode)


class Console(pexpect.spawn):
    """pexpect on a terminal whose escape sequences are left out."""

    def __init__(self, *args, **kwargs):
        self.begun = ''
        self.transcript = ''
        self.raw = ''
        super().__init__(*args, encoding='utf-8', codec_errors='replace', echo=False, maxread=65536,
                         preexec_fn=leave_newlines_alone, **kwargs)
        self.delaybeforesend = None

    def __str__(self):
        return f'QEMU, last seen: {self.transcript[-300:]!r}'

    def read_nonblocking(self, size=1, timeout=None):
        data = super().read_nonblocking(size, timeout)
        self.raw += data
        data = self.begun + data
        tail = ANSI_BEGUN.search(data)
        self.begun = tail.group() if tail else ''
        data = ANSI.sub('', data[:tail.start()] if tail else data)
        self.transcript += data
        return data


class Qmp:
    def __init__(self, path):
        deadline = time.monotonic() + 60 * SLOW
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self.socket.settimeout(120 * SLOW)
        self.file = self.socket.makefile('rw')
        self.file.readline()
        self.events = []
        self('qmp_capabilities')

    def __call__(self, command, **arguments):
        self.file.write(json.dumps({'execute': command, 'arguments': arguments}) + '\n')
        self.file.flush()
        while True:
            reply = json.loads(self.file.readline())
            if 'return' in reply:
                return reply['return']
            if 'error' in reply:
                raise RuntimeError(f'{command}: {reply["error"]["desc"]}')
            self.events.append(reply)

    def close(self):
        self.file.close()
        self.socket.close()


class Machine:
    """One QEMU. @nic names one of NICS; @rom replaces its ROM ('' for none); @net is the -netdev backend (without id), @bootfile what
    its DHCP server names. @options are further arguments of QEMU. @serial: ours on the first port (else there is none)."""

    def __init__(self, nic='e1000', rom=None, memory=512, machine='pc', vga='std', serial=True, net=None, bootfile=None,
                 disk=None, options=(), nic_options='', qemu=QEMU):
        self.dir = tempfile.mkdtemp(prefix='fpxe-boot-')
        self.log = os.path.join(self.dir, 'qemu.log')
        qmp = os.path.join(self.dir, 'qmp')
        device, own_rom = NICS.get(nic, (nic, ''))
        rom = own_rom if rom is None else rom
        rom = os.path.join(TOP, rom) if rom else ''
        if net is None:
            net = 'user,ipv6=off'
        if bootfile:
            net += f',bootfile={bootfile}'
        command = [
            '-machine', machine, '-accel', os.environ.get('QEMU_ACCEL', 'tcg'), '-m', str(memory), '-nodefaults', '-no-user-config',
            '-display', 'none', '-vga', vga, '-rtc', 'base=2026-01-01', '-qmp', f'unix:{qmp},server=on,wait=off', '-D', self.log,
        ]
        if serial:
            command += ['-chardev', 'stdio,id=serial,signal=off', '-serial', 'chardev:serial']
        if nic:
            command += ['-netdev', f'{net},id=n0'] if net else []
            command += ['-device', f'{device},id=nic0,mac={MAC},romfile={rom}' + (',netdev=n0' if net else '') + nic_options]
        if disk:
            command += ['-drive', f'file={disk},format=raw,if=none,id=disk0,snapshot=on', '-device', 'ide-hd,drive=disk0,bootindex=9']
        command += list(options)
        self.command_line = ' '.join([qemu] + command)
        self.console = Console(qemu, command, timeout=PROMPT_S, dimensions=(25, 200), cwd=TOP)
        try:
            self.qmp = Qmp(qmp)
        except OSError as error:
            self.console.close(force=True)
            raise RuntimeError(f'QEMU did not start: {self.console.transcript}\n{self.command_line}') from error

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        self.close()
        # pytest shows this where the test failed.
        print(f'\n$ {self.command_line}\n{self.console.transcript}')

    def close(self):
        if not self.dir:
            return
        try:
            while True:
                self.console.read_nonblocking(65536, 0)
        except (pexpect.TIMEOUT, pexpect.EOF, OSError):
            pass
        self.qmp.close()
        self.console.close(force=True)
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir = None

    # ---- serial console

    @property
    def transcript(self):
        return self.console.transcript

    def expect(self, pattern, timeout=PROMPT_S):
        """Wait for @pattern (a regular expression, or a list of them: which came is returned). The text before it is self.before."""
        return self.console.expect(pattern, timeout=timeout)

    @property
    def before(self):
        return self.console.before

    @property
    def matched(self):
        return self.console.match.group()

    def send(self, text):
        self.console.send(text)

    def post_prompt(self, timeout=PROMPT_S):
        """Wait for POST's question."""
        self.expect(r'Press Ctrl-B to configure fPXE[^\n]*\.\.\.', timeout)

    def prompt(self, timeout=PROMPT_S):
        """Wait for a prompt that takes a line."""
        self.expect(FRESH_PROMPT, timeout)

    def shell(self):
        """Power-on to the shell inside POST."""
        self.post_prompt()
        self.send('\x02')
        self.prompt()

    def command(self, line, timeout=DOWNLOAD):
        """Type @line; what came before the next prompt, without the echo."""
        self.send(line + '\r')
        self.prompt(timeout)
        text = self.before.replace('\r\n', '\n')
        return text.split('\n', 1)[1] + '\n' if '\n' in text else ''

    def dhcp(self, name='net0'):
        text = self.command(f'dhcp {name}')
        assert re.search(rf'{name}: 10\.0\.2\.\d+/24 from 10\.0\.2\.2, gateway 10\.0\.2\.2', text), text
        return text

    # ---- keyboard, screen, memory

    def key(self, *names):
        """Press keys at once: key('ctrl', 'b')."""
        self.qmp('send-key', keys=[{'type': 'qcode', 'data': n} for n in names], **{'hold-time': 40})
        time.sleep(0.08)

    def type(self, text):
        """Type on the keyboard of the machine (a US one)."""
        plain = {' ': 'spc', '\n': 'ret', '-': 'minus', '.': 'dot', '/': 'slash', ',': 'comma', ';': 'semicolon', '=': 'equal'}
        shifted = {':': 'semicolon', '_': 'minus', '"': 'apostrophe', '$': '4', '{': 'bracket_left', '}': 'bracket_right',
                   '&': '7', '|': 'backslash', '?': 'slash'}
        for c in text:
            if c.isalnum():
                self.key(*(['shift'] if c.isupper() else []), c.lower())
            elif c in plain:
                self.key(plain[c])
            else:
                self.key('shift', shifted[c])

    def memory(self, address, size):
        path = os.path.join(self.dir, 'memory')
        self.qmp('pmemsave', val=address, size=size, filename=path)
        with open(path, 'rb') as f:
            return f.read()

    def screen(self):
        """The text on the VGA screen: 25 lines."""
        cells = self.memory(0xb8000, 4000)
        text = cells[::2].decode('cp437')
        return '\n'.join(text[i:i + 80].rstrip(' \0') for i in range(0, 2000, 80))

    def expect_screen(self, pattern, timeout=PROMPT_S):
        deadline = time.monotonic() + timeout
        while True:
            text = self.screen()
            if re.search(pattern, text):
                return text
            assert time.monotonic() < deadline, f'no {pattern!r} on the screen:\n{text}'
            time.sleep(0.3)

    def screenshot(self, path):
        """A picture of the screen as a PNG file."""
        ppm = os.path.join(self.dir, 'screen.ppm')
        self.qmp('screendump', filename=ppm)
        write_png(path, ppm)

    # ---- devices

    def link(self, up, nic='nic0'):
        self.qmp('set_link', name=nic, up=up)

    def reset(self):
        self.qmp('system_reset')

    def trace(self, pattern, on):
        self.qmp('trace-event-set-state', name=pattern, enable=on)

    def traced(self):
        """Lines of QEMU's log; the trace's events among them."""
        if not os.path.exists(self.log):
            return []
        with open(self.log, errors='replace') as f:
            return f.read().splitlines()


def write_png(path, ppm):
    """Turn a PPM file (P6, 8 bits) into a PNG one."""
    with open(ppm, 'rb') as f:
        data = f.read()
    header = re.match(rb'P6\s+(\d+)\s+(\d+)\s+255\s', data)
    width, height = int(header.group(1)), int(header.group(2))
    pixels = data[header.end():]
    rows = b''.join(b'\0' + pixels[y * width * 3:(y + 1) * width * 3] for y in range(height))

    def chunk(kind, body):
        return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))

    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) +
                chunk(b'IDAT', zlib.compress(rows, 9)) + chunk(b'IEND', b''))
