#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make demo` and `make run`: a machine in QEMU with nothing but our ROM in its NIC, QEMU's own DHCP, and a web server on loopback.

demo types Ctrl-B and the lines that boot the Debian installer, and hands the console over at its first screen; run hands it over at the
fPXE> prompt. Without a terminal the screen is printed and that is all. To leave: Ctrl-] ends QEMU.
"""
import argparse
import http.server
import os
import shutil
import sys
import threading

import pexpect

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INSTALLER = '/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64'
DEVICES = {
    'e1000': ('e1000', 'bin/8086100e.rom'),
    'virtio': ('virtio-net-pci,disable-legacy=on', 'bin/1af41041.rom'),
    'virtio-modern': ('virtio-net-pci,disable-legacy=on', 'bin/1af41041.rom'),
    'virtio-legacy': ('virtio-net-pci,disable-modern=on', 'bin/1af41000.rom'),
}
ARGUMENTS = 'console=ttyS0 TERM=linux vga=normal fb=false'
FIRST_SCREEN = r'Select a language|Choose language|Choose the language'
SECONDS_AT_MOST = 1200


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files by the names given to it, from wherever they lie."""
    protocol_version = 'HTTP/1.1'
    files = {}

    def translate_path(self, path):
        return self.files.get(path.split('?')[0].lstrip('/'), '/nonexistent')

    def log_message(self, *args):
        pass


def serve(files):
    Quiet.files = files
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def qemu_command(options):
    device, rom = DEVICES.get(options.nic, (options.nic, ''))
    rom = options.rom or rom
    if not rom:
        sys.exit(f'demo: NIC={options.nic} is none of {", ".join(DEVICES)}: name its ROM, too (ROM=bin/VVVVDDDD.rom)')
    accel = 'kvm:tcg' if os.access('/dev/kvm', os.R_OK | os.W_OK) else 'tcg'
    return [
        '-machine', f'pc,accel={accel}', '-m', str(options.memory), '-nodefaults', '-no-user-config', '-vga', 'std',
        '-display', 'none', '-chardev', 'stdio,id=serial,signal=off', '-serial', 'chardev:serial',
        '-netdev', 'user,id=n0', '-device', f'{device},netdev=n0,romfile={os.path.abspath(os.path.join(TOP, rom))}',
    ]


def type_line(qemu, line):
    qemu.send(line + '\r')
    # Done when the prompt is back: alone on its row, which a prompt drawn again while a line is typed is not.
    qemu.expect(r'\n\r*(?:\x1b\[[0-9;]*[A-Za-z])*fPXE> ', timeout=SECONDS_AT_MOST)


def hand_over(qemu, shown):
    """The console is the user's from here on, or there is none and the screen so far is all."""
    qemu.logfile_read = None
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(f'\r\n\n== {shown} is up; without a terminal to hand over, this is all.')
        qemu.close(force=True)
        return
    print(f'\r\n== {shown} is up: the console is yours. Ctrl-] ends it.\r')
    qemu.interact(escape_character='\x1d')
    qemu.close(force=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--prompt', action='store_true', help='stop at the fPXE> prompt')
    parser.add_argument('--kernel', default=f'{INSTALLER}/linux')
    parser.add_argument('--initrd', default=None)
    parser.add_argument('--nic', default='e1000')
    parser.add_argument('--rom')
    parser.add_argument('--memory', type=int, default=1024)
    options = parser.parse_args()
    # Another kernel does not go with the installer's initrd.
    if options.initrd is None:
        options.initrd = f'{INSTALLER}/initrd.gz' if options.kernel.startswith(INSTALLER) else ''
    files = {'vmlinuz': os.path.abspath(options.kernel)}
    if options.initrd:
        files['initrd.img'] = os.path.abspath(options.initrd)
    for path in files.values():
        if not os.path.exists(path):
            sys.exit(f'demo: there is no {path}')
    url = f'http://10.0.2.2:{serve(files)}'
    command = qemu_command(options)
    qemu = pexpect.spawn('qemu-system-x86_64', command, encoding='utf-8', codec_errors='replace', echo=False, cwd=TOP,
                         dimensions=shutil.get_terminal_size((80, 25))[::-1], timeout=SECONDS_AT_MOST)
    qemu.logfile_read = sys.stdout
    print(f'$ qemu-system-x86_64 {" ".join(command)}\n$ a web server on loopback: {url}/vmlinuz and {url}/initrd.img\n', flush=True)
    try:
        qemu.expect('Press Ctrl-B')
        qemu.send('\x02')
        qemu.expect('fPXE> ')
        if options.prompt:
            hand_over(qemu, 'the prompt')
            return
        type_line(qemu, 'dhcp net0')
        type_line(qemu, f'kernel {url}/vmlinuz {ARGUMENTS}')
        if options.initrd:
            type_line(qemu, f'initrd {url}/initrd.img')
        qemu.send('boot\r')
        qemu.expect(FIRST_SCREEN if options.kernel.startswith(INSTALLER) else 'Linux version')
        # The rest of that screen: until nothing comes any more.
        try:
            while True:
                qemu.read_nonblocking(4096, timeout=3)
        except pexpect.TIMEOUT:
            pass
        hand_over(qemu, "the installer's first screen" if options.kernel.startswith(INSTALLER) else 'the kernel')
    except (pexpect.EOF, pexpect.TIMEOUT) as error:
        sys.exit(f'\n\ndemo: QEMU ended or nothing came for {SECONDS_AT_MOST} s ({type(error).__name__})')
    except KeyboardInterrupt:
        qemu.close(force=True)


main()
