# SPDX-License-Identifier: BSD-2-Clause
"""Screen and keyboard, serial port, and a BIOS that redirects the one to the other: each line and each key once."""
import re

import pytest

from machine import PROMPT_S


def test_screen_and_keyboard_alone(machine):
    """No serial port at all: typed on the keyboard, read from the screen's memory."""
    m = machine(serial=False)
    m.expect_screen('Press Ctrl-B to configure fPXE')
    m.key('ctrl', 'b')
    m.expect_screen(r'(?m)^fPXE>$')
    m.type('echo one-two\n')
    text = m.expect_screen(r'(?m)^one-two$')
    assert text.count('fPXE> echo one-two') == 1, text
    m.type('dhcp net0\n')
    m.expect_screen(r'net0: 10\.0\.2\.15/24')
    m.type('show net0/ip\n')
    m.expect_screen(r'10\.0\.2\.15')


def test_keys_of_a_keyboard(machine):
    """Cursor keys, Home and End, Delete, history: by scan codes, not escape sequences."""
    m = machine(serial=False)
    m.expect_screen('Press Ctrl-B to configure fPXE')
    m.key('ctrl', 'b')
    m.expect_screen(r'(?m)^fPXE>$')
    m.type('cho abd')
    m.key('home')
    m.type('e')
    m.key('end')
    m.key('left')
    m.type('c')
    m.key('right')
    m.type('X')
    m.key('left')
    m.key('delete')
    m.type('\n')
    m.expect_screen(r'(?m)^abcd$')
    m.key('up')
    m.type('e\n')
    m.expect_screen(r'(?m)^abcde$')
    m.key('up')
    m.key('up')
    m.key('down')
    m.type('f\n')
    m.expect_screen(r'(?m)^abcdef$')


@pytest.mark.parametrize('vga', ['none', 'std'])
def test_serial_port(machine, vga):
    """Ours where the BIOS has none, with a screen beside it and without."""
    m = machine(vga=vga)
    m.shell()
    text = m.command('echo once and once only')
    assert text.count('once and once only') == 1, text
    assert m.transcript.count('echo once and once only') == 1, m.transcript
    assert m.transcript.count('Press Ctrl-B') == 1
    if vga == 'std':
        assert m.screen().count('once and once only') == 2


def test_keys_over_the_serial_line(machine):
    m = machine()
    m.shell()
    m.send('ech\x1b[D\x1b[D\x1b[D')     # left three times
    m.send('\x1b[Z')                    # a sequence that means nothing here
    m.send('\x1b[4~o abd\x1b[D\x1b[3~c\x01\x05')        # End, Delete, Ctrl-A, Ctrl-E
    m.send('\r')
    m.prompt()
    assert re.search(r'(?m)^abc\r?$', m.before), m.before
    m.send('\x1b[A\x1b[H\x06\x06\x06\x06\x0b xyz\r')    # Up, Home, Ctrl-F, Ctrl-K
    m.prompt()
    assert re.search(r'(?m)^xyz\r?$', m.before), m.before
    m.send('echo one two\x17three\x15echo four\r')      # Ctrl-W, Ctrl-U
    m.prompt()
    assert re.search(r'(?m)^four\r?$', m.before), m.before
    m.send('echo no\x03')               # Ctrl-C drops the line
    m.prompt()
    m.send('ifst\t\r')                  # TAB completes a command
    m.prompt()
    assert 'net0:' in m.before, m.before


def test_long_lines(machine):
    m = machine()
    m.shell()
    words = ' '.join(f'a-word-longer-than-most-{i}' for i in range(120))
    text = m.command(f'echo {words}')
    assert words in text.replace('\n', ''), text


@pytest.mark.parametrize('vga', ['std', 'none'])
def test_bios_redirection(machine, vga):
    """SeaBIOS's own serial console (graphics=off): the port is the BIOS's, so each line and each key comes once."""
    m = machine(machine='pc,graphics=off', vga=vga)
    m.post_prompt()
    m.send('\x02')
    m.expect(r'fPXE> ')
    m.send('echo just once\r')
    m.expect(r'just once[^\n]*\n[^\n]*just once')
    m.expect(r'fPXE> ')
    m.send('dhcp net0\r')
    m.expect(r'net0: 10\.0\.2\.15/24')
    m.expect(r'fPXE> ')
    m.send('echo the end\r')
    m.expect(r'the end[^\n]*\n[^\n]*the end')
    assert m.transcript.count('Press Ctrl-B') == 1, m.transcript
    assert m.transcript.count('net0: 10.0.2.15/24') == 1, m.transcript
    assert len(re.findall(r'just once', m.transcript)) == 2, m.transcript


def test_colours_are_few_and_reset(machine):
    m = machine()
    m.shell()
    m.command('help')
    sequences = re.findall(r'\x1b\[[\d;]*m', m.console.raw)
    assert len(sequences) < 20, sequences
    if sequences:
        assert sequences[-1] in ('\x1b[0m', '\x1b[m'), sequences


def test_progress_is_drawn_few_times_and_ends_in_ok(machine, web):
    """At most four times a second by the machine's own clock, which is what the last line says it took."""
    m = machine()
    m.shell()
    m.dhcp()
    url = web.url('zeros256m')
    begun = len(m.console.raw)
    m.command(f'initrd {url}')
    shown = m.console.raw[begun:].split('\r\n', 1)[1]     # behind the echo
    lines = re.split(r'[\r\n]+', shown[:shown.index('fPXE> ')])
    assert all(len(line) <= 80 for line in lines), lines
    last = re.search(rf'{re.escape(url)}  256\.0 MiB in (\d+\.\d) s \([\d.]+ [KMG]iB/s\) ok\s*$', shown[:shown.index('fPXE> ')])
    assert last, shown
    drawn = len(re.findall(r'\r(?!\n)', shown[:last.end()]))
    assert drawn <= 4 * float(last.group(1)) + 2, f'{drawn} times in {last.group(1)} s'
    # URL, percent, done/total, rate, time left
    live = [re.match(rf'{re.escape(url)}  ([ \d]\d)%  ([\d.]+)/256\.0 MiB  [\d.]+ [KMG]?i?B/s  \d+ s *$', line) for line in lines]
    live = [line for line in live if line]
    assert live, lines
    for line in live:
        assert abs(float(line.group(2)) / 2.56 - int(line.group(1))) <= 1.1, line.group()


def test_a_key_typed_ahead_is_kept(machine):
    m = machine()
    m.shell()
    m.send('sleep 1\recho typed ahead\r')
    m.expect(r'\ntyped ahead', PROMPT_S)
