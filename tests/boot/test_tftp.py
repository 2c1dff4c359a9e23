# SPDX-License-Identifier: BSD-2-Clause
"""TFTP from real servers: every byte, boots, and what goes wrong in words."""
import hashlib
import os
import re

import pytest

import tftp_servers
from machine import DOWNLOAD, LINUX, SLOW
from servers import MIB
from test_installer import ARGUMENTS
from tftp_servers import SERVERS, Scripted

# Each block is a round trip to a server that knows no windows.
MANY_BLOCKS = 1200 * SLOW
LONG_FILE = 3600 * SLOW

# What they say about a file that they may not read.
DENIED = {
    'dnsmasq': r'access denied: TFTP error 2 "[^"]+"',
    'tftpd-hpa': r'input/output error: TFTP error 0 "Permission denied"',
    'atftpd': r'not found: TFTP error 1 "File not found"',
}


@pytest.fixture(params=SERVERS)
def server(request):
    if not tftp_servers.there_is(request.param):
        pytest.skip(f'{request.param} could not be fetched by tests/deps.sh')
    return request.param


@pytest.fixture
def scripted(lan):
    """scripted(data, ...) starts one."""
    running = []

    def start(*arguments, **options):
        lan.dnsmasq()
        running.append(Scripted(lan, *arguments, **options))
        return running[-1]
    yield start
    for s in running:
        s.close()


def boot_shell(machine, lan, **options):
    m = machine(net=lan.net, **options)
    m.shell()
    m.command('dhcp net0')
    return m


def fetched(m, url, timeout=DOWNLOAD):
    """Fetch @url as an image "f"; its SHA-256."""
    text = m.command(f'initrd -n f {url}', timeout)
    assert re.search(r'ok\s*$', text), text
    digest = re.search(r'\b([0-9a-f]{64})\b', m.command('sha256sum f'))
    m.command('imgfree f')
    return digest and digest.group(1)


def test_files_of_every_size(machine, lan, server):
    sizes = [0, 1, 511, 512, 513, 1467, 1468, 1469, 2 * 1468, 64 * 1468 - 1, 64 * 1468, 64 * 1468 + 1, 3 * MIB + 5]
    digests = {size: lan.file(f'f{size}', size) for size in sizes}
    lan.serve(server)
    m = boot_shell(machine, lan)
    for size, digest in digests.items():
        assert fetched(m, lan.url(f'f{size}')) == digest, size


def test_names(machine, lan, server):
    os.makedirs(os.path.join(lan.root, 'a folder/100%'))
    digest = lan.file('a folder/100%/f', 1000)
    lan.serve(server)
    m = boot_shell(machine, lan)
    assert fetched(m, lan.url('a%20folder/100%25/f')) == digest


def test_the_installer_boots_from_what_dhcp_names(machine, lan, server):
    """Nobody touches it: a script, and what is beside it."""
    if server != 'atftpd' and tftp_servers.there_is('atftpd'):
        pytest.skip('one server will do')
    tftp_servers.installer(lan)
    lan.file('debian/boot.fpxe', data=f'#!fpxe\nkernel linux {ARGUMENTS}\ninitrd initrd.gz\nboot\n'.encode())
    lan.serve(server, dhcp=['--dhcp-boot=debian/boot.fpxe'])
    m = machine(net=lan.net, memory=1024)
    m.expect(r'boot file debian/boot\.fpxe')
    m.expect(re.escape(lan.url('debian/initrd.gz')) + r' [^\n]* ok', LINUX)
    m.expect('Linux version', LINUX)
    m.expect('Freeing initrd memory', LINUX)
    assert 'Initramfs unpacking failed' not in m.transcript


@pytest.mark.long
def test_more_than_65535_blocks_of_tftpd_hpa(machine, lan):
    """It goes on with 0 behind 65535."""
    digest = lan.file('f', 65536 * 512 + 100 * 512 + 7)
    lan.serve('tftpd-hpa', '-B', '512')
    assert fetched(boot_shell(machine, lan), lan.url('f'), MANY_BLOCKS) == digest


@pytest.mark.parametrize('wrap', [0, 1])
def test_block_numbers_begin_again_at(machine, lan, scripted, wrap):
    data = os.urandom(140000 * 32 + 5)
    scripted(data, blksize=32, wrap=wrap)
    assert fetched(boot_shell(machine, lan), lan.url('f')) == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize('options', [['-r', 'blksize', '-r', 'tsize'], ['-r', 'blksize'], ['-r', 'tsize']])
def test_servers_that_know_fewer_options(machine, lan, options):
    digest = lan.file('f', 300000)
    lan.serve('tftpd-hpa', *options)
    assert fetched(boot_shell(machine, lan), lan.url('f')) == digest


@pytest.mark.parametrize('code', [0, 4, 8])
def test_servers_that_refuse_options(machine, lan, scripted, code):
    data = os.urandom(50000)
    s = scripted(data, refuse=code)
    assert fetched(boot_shell(machine, lan), lan.url('f')) == hashlib.sha256(data).hexdigest()
    assert [b'blksize' in r for r in s.requests] == [True, False]


def test_blocks_from_elsewhere_are_not_taken(machine, lan, scripted):
    data = os.urandom(200 * 512)
    s = scripted(data, intrude=True)
    assert fetched(boot_shell(machine, lan), lan.url('f')) == hashlib.sha256(data).hexdigest()
    # the server's other port hears of it (error 5), the other address hears nothing
    told = {address: answer for address, answer in s.errors}
    assert told[lan.host][:4] == b'\0\5\0\5'
    assert told[lan.other] is None


@pytest.mark.parametrize('announced, words', [(99999, r'more than the 99999 bytes that were announced'),
                                              (100001, r'got 100000 of 100001 bytes: truncated')])
def test_a_lie_about_the_length_is_found_out(machine, lan, scripted, announced, words):
    scripted(os.urandom(100000), blksize=1000, tsize=announced)
    m = boot_shell(machine, lan)
    text = m.command(f'initrd {lan.url("f")}')
    assert re.search(rf'protocol error: {words}', text), text
    assert m.command('imgstat') == ''


def transfers(capture):
    """The OACKs' options, and the most DATA blocks that came without an ACK in between, of a pcap file."""
    with open(capture, 'rb') as f:
        data = f.read()[24:]
    options, run, most = [], 0, 0
    while data:
        length = int.from_bytes(data[8:12], 'little')
        frame, data = data[16:16 + length], data[16 + length:]
        if frame[12:14] != b'\x08\x00' or frame[23] != 17:
            continue
        udp = frame[14 + (frame[14] & 15) * 4:]
        opcode, rest = udp[8:10], udp[10:]
        if opcode == b'\0\6':
            words = rest.split(b'\0')[:-1]
            options.append({k.decode(): int(v) for k, v in zip(words[::2], words[1::2])})
        run = run + 1 if opcode == b'\0\3' else 0 if opcode == b'\0\4' else run
        most = max(most, run)
    return options, most


def test_a_window_of_several_blocks_is_agreed_upon_with_atftpd(machine, lan, tmp_path):
    if not tftp_servers.there_is('atftpd'):
        pytest.skip('atftpd could not be fetched by tests/deps.sh')
    digest = lan.file('f', 2 * MIB)
    lan.serve('atftpd')
    capture = tmp_path / 'capture'
    m = boot_shell(machine, lan, options=['-object', f'filter-dump,id=d0,netdev=n0,file={capture}'])
    assert fetched(m, lan.url('f')) == digest
    m.close()
    options, most = transfers(capture)
    assert options and options[-1]['windowsize'] > 1 and options[-1]['tsize'] == 2 * MIB, options
    assert 1 < most <= options[-1]['windowsize'], (most, options)


def test_refusals_in_words(machine, lan, server):
    digest = lan.file('f', 5000)
    lan.file('secret', 10, mode=0o000)
    lan.serve(server)
    m = boot_shell(machine, lan)
    assert re.search(r'kernel tftp://\S+/none: not found: TFTP error 1 "[^"]+": none', m.command(f'kernel {lan.url("none")}'))
    assert re.search(DENIED[server] + ': secret', m.command(f'kernel {lan.url("secret")}'))
    assert re.search(r'message too long: a file name of 600 bytes', m.command(f'kernel {lan.url("n" * 600)}'))
    assert re.search(r'connection refused: \S+ port 6969', m.command(f'kernel tftp://{lan.host}:6969/f'))
    assert fetched(m, lan.url('f')) == digest


def test_a_server_that_dies_and_comes_back(machine, lan):
    """What it had sent is asked for anew: TFTP begins at the beginning."""
    digest = lan.file('f', 16 * MIB)
    process = lan.serve('dnsmasq')
    m = boot_shell(machine, lan)
    m.send(f'initrd -n f {lan.url("f")}\r')
    m.expect('[1-9][0-9]*%')
    lan.kill(process)
    m.expect(r'retry 1/5 from the beginning in \d s')
    lan.serve('dnsmasq')
    m.prompt(DOWNLOAD)
    assert re.search(r'ok\s*$', m.before), m.before
    assert digest in m.command('sha256sum f')


def test_ctrl_c_tells_the_server(machine, lan, scripted):
    s = scripted(bytes(4 * MIB), stop_at=1000)
    m = boot_shell(machine, lan)
    m.send(f'initrd {lan.url("f")}\r')
    m.expect('[1-9][0-9]* KiB')
    m.send('\x03')
    m.prompt()
    assert 'cancelled by user' in m.before
    for _ in range(50):
        if s.errors:
            break
        m.command('echo waiting')
    assert s.errors and s.errors[0][:4] == b'\0\5\0\0'


@pytest.mark.long
def test_one_gib(machine, lan, server):
    digest = lan.file('f', 1 << 30)
    lan.serve(server)
    m = boot_shell(machine, lan, memory=2048)
    assert fetched(m, lan.url('f'), LONG_FILE) == digest
