# SPDX-License-Identifier: BSD-2-Clause
"""Each command: what it does, its help, its errors."""
import glob
import os
import re

import pexpect

import servers
from machine import LINUX, TOP

COMMANDS = ['help', 'autoboot', 'dhcp', 'ifconf', 'ifopen', 'ifclose', 'ifstat', 'route', 'pxebs', 'kernel', 'imgselect', 'imgload', 'initrd',
            'imgfetch', 'module', 'chain', 'boot', 'imgexec', 'memdisk', 'sanboot', 'sanhook', 'sanunhook', 'imgargs', 'imgstat',
            'imgfree', 'imgwait', 'imgextract', 'sha256sum', 'sha1sum', 'md5sum', 'set', 'clear', 'show', 'echo', 'sleep',
            'nslookup', 'ping', 'time', 'reboot', 'poweroff', 'shell', 'exit']


def option_tables():
    """The long names in each command's table of options, from usr/cmd_*.c."""
    tables = {}
    for path in sorted(glob.glob(os.path.join(TOP, 'usr/cmd_*.c'))):
        with open(path) as f:
            text = f.read()
        shared = dict(re.findall(r'#define (\w+)((?:[^\n]*\\\n)+[^\n]*)', text))
        options = {}
        for name, body in re.findall(r'static const struct option (\w+)\[\] = \{(.*?)\n?\};', text, re.S):
            for word, replacement in shared.items():
                body = re.sub(rf'\b{word}\b', lambda _, r=replacement: r, body)
            options[name] = re.findall(r"\{ (?:'(\w)'|0), (?:CONFIG_\w+ \? )?\"([\w-]+)\"(?: : NULL)?, (NULL|\"\w+\")", body)
            assert options[name], f'{path}: {name}'
        for body in re.findall(r'const struct command cmd_\w+ = \{(.*?)\n\};', text, re.S):
            name = re.search(r'\.name = "(\w+)"', body).group(1)
            table = re.search(r'\.options = (\w+)', body)
            tables[name] = options[table.group(1)] if table else []
    return tables


def test_help(m):
    text = m.command('help')
    for name in ('help', 'autoboot', 'dhcp', 'kernel', 'initrd', 'boot', 'set', 'show', 'ping', 'exit'):
        assert re.search(rf'\b{name}\b', text), text
    for name in COMMANDS:
        text = m.command(f'{name} --help')
        assert 'usage: ' in text and '--help' in text, f'{name}: {text}'
        assert m.command(f'help {name}') == text
    tables = option_tables()
    assert set(tables) <= set(COMMANDS), tables
    with open(os.path.join(TOP, 'usr/commands.c')) as f:
        assert set(re.findall(r'&cmd_(\w+)', f.read())) == set(tables)
    assert all(tables[name] for name in ('kernel', 'dhcp', 'ping', 'echo')), tables
    for name, options in tables.items():
        text = m.command(f'{name} --help')
        for letter, option, value in options:
            value = '' if value == 'NULL' else ' ' + value.strip('"')
            short = f'-{letter},' if letter else '   '
            assert re.search(rf'(?m)^  {short} --{option}{value} +\S', text), f'{name} --{option}: {text}'
    assert 'unknown option --nonsense' in m.command('dhcp --nonsense')
    assert 'unknown option -Z' in m.command('dhcp -Z')
    assert 'usage' in m.command('kernel')
    assert 'no such command' in m.command('help nonsense')


def test_echo_quotes_and_operators(m):
    assert m.command('echo a  b') == 'a b\n'
    assert m.command('echo "a  b" \'c  d\'') == 'a  b c  d\n'
    assert m.command('echo a && echo b') == 'a\nb\n'
    assert m.command('nonsense || echo saved').endswith('saved\n')
    assert 'no' not in m.command('nonsense && echo no').split('\n')
    assert m.command('nonsense ; echo on').endswith('on\n')
    assert m.command('echo "a && b"') == 'a && b\n'
    assert 'not closed' in m.command('echo "a') or 'quote' in m.command('echo "a')
    assert m.command('echo a # comment') == 'a\n'
    assert m.command('') == ''


def test_settings(m):
    assert m.command('set x one two') == ''
    assert m.command('echo ${x}') == 'one two\n'
    assert 'x = one two' in m.command('show x').replace(':string', '')
    m.command('set y x')
    assert m.command('echo ${${y}}') == 'one two\n'
    assert m.command('set z 1 && echo ${z}') == '1\n'
    m.command('clear x')
    assert m.command('echo <${x}>') == '<>\n'
    assert 'not found' in m.command('show x')
    assert '52:54:00:12:34:56' in m.command('show net0/mac')
    assert m.command('echo ${net0/mac:hexhyp}') == '52-54-00-12-34-56\n'
    assert '10.0.2.15' in m.command('show net0/ip')
    assert '10.0.2.15' in m.command('show ip')
    assert '10.0.2.2' in m.command('show net0.dhcp/gateway')
    m.command('set 210:string http://10.0.2.2/prefix/')
    assert m.command('echo ${210:string}') == 'http://10.0.2.2/prefix/\n'
    m.command('set 175.189:int8 1')
    assert m.command('echo ${175.189:int8}') == '1\n'
    m.command('set user:hex 01:02:0a')
    assert '01:02:0a' in m.command('show user:hex')
    assert 'invalid argument' in m.command('set net0/ip 1.2.3')
    assert '10.0.2.15' in m.command('show net0/ip')
    assert 'not found' in m.command('set net7/ip 1.2.3.4')


def test_interfaces(m):
    text = m.command('ifstat')
    assert re.search(r'net0: 52:54:00:12:34:56 e1000', text) and 'open' in text and 'link up' in text.lower(), text
    assert '10.0.2.15/255.255.255.0 gw 10.0.2.2' in m.command('route')
    assert m.command('ifclose net0') == ''
    assert 'closed' in m.command('ifstat net0')
    m.command('ifopen net0')
    assert 'open' in m.command('ifstat net0')
    assert 'no interface "net5"' in m.command('ifopen net5')
    assert re.search(r'net0: 10\.0\.2\.15', m.command('ifconf'))
    assert re.search(r'net0: 10\.0\.2\.15', m.command('dhcp any'))


BY_HAND = 'set net0/ip 10.0.2.99 && set net0/netmask 255.255.255.0 && set net0/gateway 10.0.2.2'


def test_configured_by_hand(machine, web):
    m = machine()
    m.shell()
    m.command(BY_HAND)
    m.command('ifopen net0')
    assert '10.0.2.99' in m.command('route')
    assert re.search(r'ok\s*$', m.command(f'initrd {web.url("hello.fpxe")}'))


def test_download_by_name_configured_by_hand(machine, web, names):
    """The name server, too, is typed; nothing of DHCP's."""
    m = machine()
    m.shell()
    m.command(BY_HAND)
    assert 'no DNS server' in m.command('nslookup www.test')
    assert m.command(f'set net0/dns {names}') == ''
    assert re.search(r'ok\s*$', m.command(f'initrd -n named http://www.test:{web.port}/hello.fpxe'))
    assert 'named: ' in m.command('imgstat')
    assert 'not found' in m.command('show net0.dhcp/ip')


def test_images(m, web):
    assert re.search(r'ok\s*$', m.command(f'kernel {web.url("amd64/linux")} a b'))
    assert re.search(r'ok\s*$', m.command(f'initrd --name first {web.url("hello.fpxe")}'))
    text = m.command('imgstat')
    assert re.search(r'linux: \d+ bytes bzImage.*a b', text) and 'first: ' in text, text
    m.command('imgargs linux console=ttyS0 quiet')
    assert 'console=ttyS0 quiet' in m.command('imgstat')
    assert 'no image "nothing"' in m.command('imgfree nothing')
    m.command('imgfree first')
    assert 'first' not in m.command('imgstat')
    m.command('imgfree')
    assert m.command('imgstat') == ''
    assert 'no image' in m.command('boot')
    # QEMU names itself as the TFTP server, and has no file for us.
    assert re.search(r'not found|TFTP error', m.command('kernel relative/path'))


def test_chain_a_script_and_relative_urls(m, web):
    web.text('outer.fpxe', '#!fpxe\necho outer begins\nchain inner.fpxe && echo inner was fine\nnonsense || echo went on\nnonsense\necho no\n')
    web.text('inner.fpxe', '#!fpxe\necho inner runs with "two  spaces"\nexit 0\necho no\n')
    text = m.command(f'chain {web.url("outer.fpxe")}')
    for line in ('outer begins', 'inner runs with two  spaces', 'inner was fine', 'went on'):
        assert re.search(rf'(?m)^{line}$', text), text
    assert not re.search(r'(?m)^no$', text), text


def test_script_dialects(m, web):
    """#!gpxe and #!ipxe: quotes are ordinary characters."""
    web.text('old.gpxe', '#!gpxe\necho "quoted"\nset v a b\necho ${v}\n')
    web.text('other.ipxe', '#!ipxe\necho "quoted" ${net0/ip}\n')
    text = m.command(f'chain {web.url("old.gpxe")}')
    assert '"quoted"' in text and 'a b' in text, text
    assert '"quoted" 10.0.2.15' in m.command(f'chain {web.url("other.ipxe")}')


def test_http(m, web, faulty):
    assert re.search(r'ok\s*$', m.command(f'initrd {web.url("moved")}'))
    assert re.search(r'ok\s*$', m.command(f'initrd -n p {web.url("private/page.html").replace("//", "//user:pass@")}'))
    assert 'user:pass' not in m.command('imgstat')
    assert re.search(r'access denied|HTTP 401', m.command(f'initrd -n q {web.url("private/page.html")}'))
    chunked = faulty(servers.chunked)
    assert 'chunked arrived' in m.command(f'chain {chunked.url()}')
    assert 'chunked arrived' in m.command(f'chain {chunked.url()}')


def test_what_smbios_says(machine):
    m = machine(options=['-uuid', '12345678-0102-0304-0506-0708090a0b0c', '-smbios', 'type=3,asset=A1234',
                         '-smbios', 'type=1,manufacturer=Maker,product=Box,serial=S-1'])
    m.shell()
    text = m.command('show uuid ; show manufacturer ; show product ; show smbios/serial ; show asset')
    for value in ('12345678-0102-0304-0506-0708090a0b0c', 'Maker', 'Box', 'S-1', 'A1234'):
        assert f'= {value}\n' in text, text


def test_sleep_time_and_ping(m):
    text = m.command('time sleep 1')
    assert re.search(r'1\.\d{3} s', text), text
    text = m.command('ping -c 2 10.0.2.2')
    assert len(re.findall(r'56 bytes from 10\.0\.2\.2', text)) == 2, text
    assert 'unreachable' in m.command('ping -c 1 10.0.2.77') or 'timed out' in m.command('ping -c 1 10.0.2.77')
    assert 'not a number' in m.command('sleep soon')


def test_nslookup(m, names):
    m.command(f'set dns {names}')
    assert '10.0.2.2' in m.command('nslookup web.test')
    assert '10.0.2.2' in m.command('nslookup www.test')
    m.command('nslookup found web.test')
    assert m.command('echo ${found}') == '10.0.2.2\n'
    assert 'no such name as nowhere.test' in m.command('nslookup nowhere.test')


def test_nslookup_by_tcp(m, names):
    """RFC 7766: what does not fit a packet is asked for by TCP; who cannot do that either cannot be asked."""
    m.command(f'set dns {names}')
    assert m.command('nslookup large.test') == 'large.test: 10.0.2.2\n'
    assert 'cannot resolve deaf.test' in m.command('nslookup deaf.test')
    assert m.command('nslookup large.test') == 'large.test: 10.0.2.2\n'


def test_download_by_name(m, web, names):
    m.command(f'set dns {names}')
    assert re.search(r'ok\s*$', m.command(f'initrd http://www.test:{web.port}/hello.fpxe'))


def test_shell_and_exit(m):
    m.send('shell\r')
    m.prompt()
    assert 'inner' in m.command('echo inner')
    assert m.command('exit 3') == '' or 'exit status 3' in m.before
    assert 'outer' in m.command('echo outer')


def test_poweroff(m):
    m.send('poweroff\r')
    m.console.expect([pexpect.EOF], timeout=90)


def screen_size(m):
    """Width and height as QEMU's picture of the screen has them."""
    path = os.path.join(m.dir, 'size.ppm')
    m.qmp('screendump', filename=path)
    with open(path, 'rb') as f:
        return tuple(int(word) for word in f.read(32).split()[1:3])


def test_vga_argument(m, web):
    """vga= reaches the kernel's header: its setup code turns mode 0x318 on, 1024x768."""
    m.command(f'kernel {web.url("amd64/linux")} console=ttyS0 vga=0x318')
    m.command(f'initrd {web.url("amd64/initrd.gz")}')
    assert screen_size(m) != (1024, 768)
    m.send('boot\r')
    m.expect('Linux version', LINUX)
    assert screen_size(m) == (1024, 768)


def test_screenshot_for_the_readme(machine, web):
    """The picture of the README: build/screenshots/shell.png."""
    m = machine()
    m.shell()
    m.dhcp()
    m.command(f'kernel {web.url("amd64/linux")} vga=788')
    m.command(f'initrd {web.url("amd64/initrd.gz")}')
    m.send('boot')
    m.expect('boot')
    path = os.path.join(os.path.dirname(__file__), '../../build/screenshots/shell.png')
    m.screenshot(os.path.abspath(path))
    assert os.path.getsize(path) > 1000
