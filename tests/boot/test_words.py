# SPDX-License-Identifier: BSD-2-Clause
"""What goes wrong is said in words, once, and the machine goes on: what test_bad_input.py and test_faults.py do not have."""
import re
import socket
import struct
import time

import pytest

import servers
from machine import DOWNLOAD, LINUX, Machine
from pxe_servers import Server, leases, option
from test_bad_input import pull_the_cable
from test_containers import rounds_disk
from test_traffic import tap      # noqa: F401 (a fixture)


def status(line, *headers):
    """A server that says @line to whatever is asked."""
    def behave(server, connection):
        asked = servers.read_request(connection)
        connection.sendall('\r\n'.join([f'HTTP/1.1 {line}', 'Content-Length: 0', *headers, '', '']).encode())
        server.asked = getattr(server, 'asked', 0) + bool(asked)
        connection.close()
    return behave


def busy_once(server, connection):
    """503 with Retry-After: 2; a script for who comes again."""
    servers.read_request(connection)
    server.asked = getattr(server, 'asked', 0) + 1
    body = b'' if server.asked == 1 else b'#!fpxe\necho it came\n'
    answer = servers.head(len(body), '503 Service Unavailable' if server.asked == 1 else '200 OK')
    connection.sendall(answer[:-2] + (b'Retry-After: 2\r\n' if server.asked == 1 else b'') + b'\r\n' + body)
    connection.close()


def in_one_line(m, line, wanted):
    """@line typed says @wanted on one line, and the shell goes on."""
    text = m.command(line)
    lines = [part for part in re.split(r'[\r\n]+', text) if re.search(wanted, part)]
    assert len(lines) == 1, f'{line}: {len(lines)} lines with /{wanted}/ in:\n{text}'
    assert 'alive' in m.command('echo alive')
    return text


def test_http_statuses(m, faulty):
    for line, wanted in (('403 Forbidden', r'access denied: HTTP 403 Forbidden'), ('410 Gone', r'HTTP 410 Gone'),
                         ('507 Insufficient Storage', r'HTTP 507 Insufficient Storage')):
        server = faulty(status(line))
        in_one_line(m, f'kernel {server.url()}', wanted)
        # What the server has decided is not asked for again; what may pass is.
        assert server.asked == 1 or line[0] == '5', line
    server = faulty(busy_once)
    in_one_line(m, f'chain {server.url()}', r'^it came$')
    assert server.asked == 2
    server = faulty(status('429 Too Many Requests', 'Retry-After: 1'))
    in_one_line(m, f'kernel {server.url()}', r'HTTP 429 Too Many Requests')
    assert server.asked == 4
    assert m.command('imgstat') == ''


def chunk_cut_off(server, connection):
    """A chunk of 4,096 bytes of which half come, then an orderly end."""
    servers.read_request(connection)
    connection.sendall(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n#!fpxe\necho never run\n' + bytes(2026))
    connection.close()


def test_a_chunked_body_that_is_cut_off_is_never_run(shared, faulty):
    text = in_one_line(shared, f'chain {faulty(chunk_cut_off).url()}', r'connection closed early: ')
    assert 'never run' not in text
    assert shared.command('imgstat') == ''


def test_redirect_to_another_scheme(m, faulty):
    server = faulty(status('302 Found', 'Location: ftp://10.0.2.2/x'))
    in_one_line(m, f'kernel {server.url()}', r'protocol not supported: "ftp" \(have: [^\n]*http')


@pytest.mark.parametrize('url, wanted', [
    ('ftp://10.0.2.2/x', r'protocol not supported: "ftp" \(have: [^\n]*http'), ('http:///x', r'invalid argument: [^\n]*no host'),
    ('http://10.0.2.2:0/x', r'malformed URL: a port is 1 to 65535'), ('http://10.0.2.2:70000/x', r'malformed URL: a port is 1 to 65535'),
    ('http://10.0.2.2/%zz', r'malformed URL: bad escape')], ids=['ftp', 'no host', 'port 0', 'port 70000', '%zz'])
def test_urls_that_are_none(shared, url, wanted):
    in_one_line(shared, f'kernel {url}', wanted)


@pytest.fixture(scope='module')
def shared():
    """A machine for tests that leave nothing."""
    with Machine() as m:
        m.shell()
        m.dhcp()
        yield m


@pytest.mark.parametrize('data, wanted', [
    (b'\x7fELF\2\1\1' + bytes(600), r'not a bootable image: [^\n]*64-bit ELF'),
    (b'MZ' + bytes(58) + b'\x80\0\0\0' + bytes(64) + b'PE\0\0' + bytes(600), r'not a bootable image: '),
    (b'kernel http://10.0.2.2/x\nboot\n', r'not a bootable image: [^\n]*text: "kernel http')],
    ids=['64-bit ELF', 'PE', 'script without magic'])
def test_files_that_are_no_images(shared, web, data, wanted):
    web.bytes('none', data)
    text = in_one_line(shared, f'chain {web.url("none")}', wanted)
    assert 'Booting' not in text


def test_times_to_an_error(shared, web, names, time_to_error):
    m = shared
    with time_to_error('connection refused', 1):
        m.send(f'kernel http://{servers.HOST}:{servers.free_port()}/x\r')
        m.expect('connection refused: ')
    m.prompt()
    with time_to_error('HTTP 404', 1):
        m.send(f'kernel {web.url("absent")}\r')
        m.expect('not found: HTTP 404')
    m.prompt()
    m.command(f'set dns {names}')
    with time_to_error('no such name', 1):
        m.send('kernel http://nowhere.test/x\r')
        m.expect('not found: no such name as nowhere.test')
    m.prompt()
    m.command('set net0/gateway 10.0.2.9')
    with time_to_error('dead gateway', 15):
        m.send('kernel http://192.0.2.1/x\r')
        m.expect(r'host unreachable: [^\n]*no ARP reply from gateway 10\.0\.2\.9')
    m.prompt()
    m.command('set net0/gateway 10.0.2.2')
    pull_the_cable(m)
    with time_to_error('link down', 1):
        m.send('ifopen net0\r')
        m.expect(r'waiting for link|no link')
    m.link(True)
    m.prompt()
    m.dhcp()


def test_names(shared, web, names):
    m = shared
    m.command('clear dns && clear net0/dns')
    m.command(f'set dns {names}')
    in_one_line(m, 'kernel http://servfail.test/x', r'protocol error: DNS server 10\.0\.2\.2 cannot resolve servfail\.test \(code 2\)')
    # Of two addresses the first has no host: the other one is connected to.
    text = m.command(f'kernel --name two http://two.test:{web.port}/page.html')
    assert 'HTML' in text, text
    m.command('set dns:hex 0a:00:02:4d:0a:00:02:02')      # two servers, of which only the second is there
    text = m.command('nslookup web.test')
    assert '10.0.2.2' in text, text
    m.command(f'set dns {names}')


# ---- links and cards

def test_a_cable_that_is_plugged_in_late_boots(machine, web):
    m = machine(bootfile=web.url('hello.fpxe'))
    m.link(False)
    m.expect(r'net0: waiting for link|net0: no link \(cable unplugged\?\)')
    time.sleep(3)
    m.link(True)
    m.expect('hello from a script')


def test_no_card_that_it_knows_and_the_disk_boots(machine, disk):
    m = machine(nic='rtl8139', rom='', disk=disk, options=['-option-rom', 'romfile=bin/fpxe.rom,bootindex=0'])
    m.expect(r'10ec:8139')
    m.expect('The disk boots')


@pytest.fixture
def four_cards(machine, web):
    """A machine of four cards, of which the third has a DHCP server."""
    others = []
    for n in (1, 2, 3):
        others += ['-netdev', f'user,id=n{n},ipv6=off,bootfile={web.url("hello.fpxe")}' if n == 2 else f'hubport,id=n{n},hubid={n}',
                   '-device', f'e1000,id=nic{n},netdev=n{n},romfile=,mac=52:54:00:12:34:{n + 0x60:x}']
    return machine(net='hubport,hubid=0', options=others)


def test_four_cards_untouched_boot_from_the_third(four_cards):
    m = four_cards
    m.expect(r'net2: 10\.0\.2\.15/24[^\n]*hello\.fpxe', DOWNLOAD)
    m.expect('hello from a script')
    assert len(re.findall(r'net[01]: [^\n]*no DHCP answer on net[01]', m.transcript)) == 2, m.transcript


def test_four_cards_of_which_the_third_has_a_dhcp_server(four_cards):
    m = four_cards
    m.shell()
    text = m.command('dhcp -t 2000')
    assert len(re.findall(r'net[01]: timed out: no DHCP answer on net[01]', text)) == 2, text
    assert 'net2: 10.0.2.15' in text and 'net3' not in text, text
    m.command('autoboot net2')
    assert 'hello from a script' in m.transcript


# ---- servers of an address

def test_a_dhcp_server_that_comes_late(machine, lan):
    m = machine(net=lan.net)
    m.shell()
    m.send('dhcp net0\r')
    m.expect(r'DHCP \(net0')
    time.sleep(6)
    lan.dnsmasq()
    m.expect(rf'net0: {re.escape(lan.first)}/28')
    m.prompt()


def test_untouched_it_waits_for_a_dhcp_server_that_comes_late_and_boots(machine, lan):
    m = machine(net=lan.net)
    m.expect(r'DHCP \(net0 [^\n]*is the network settling\?, [^\n]*left', DOWNLOAD)
    lan.file('late.fpxe', data=b'#!fpxe\necho it came late\n')
    lan.serve('dnsmasq', dhcp=[f'--dhcp-boot=late.fpxe,,{lan.host}'])
    m.expect(rf'net0: {re.escape(lan.first)}/28', DOWNLOAD)
    m.expect('it came late')


def test_a_rogue_that_answers_first_with_rubbish_does_not_keep_the_good_server_away(machine, lan):
    heard = []

    def rogue(request, asked):
        """A message whose first option runs past its end, so that it has no type: no DHCP message."""
        answer = leases(lan, server='192.0.2.66')(request, asked)
        heard.append('rogue')
        return answer[:240] + b'\x06\xff' + answer[240:] if answer else None

    def good(request, asked):
        """What is right, when the other has answered."""
        while 'rogue' not in heard:
            time.sleep(0.05)
        time.sleep(0.2)
        return answers(request, asked)
    answers = leases(lan)
    running = [Server(lan, rogue), Server(lan, good)]
    try:
        m = machine(net=lan.net)
        m.shell()
        assert re.search(rf'net0: {re.escape(lan.first)}/28 from {re.escape(lan.host)}', m.command('dhcp net0'))
        assert lan.host in m.command('show net0/dhcp-server')
    finally:
        for server in running:
            server.close()


def test_a_rogue_that_answers_first_is_named(machine, lan):
    """The first offer that is complete is taken, whoever sent it: the line says who that was."""
    def late(request, asked):
        time.sleep(1)
        return answers(request, asked)
    answers = leases(lan)
    running = [Server(lan, leases(lan, server='192.0.2.66')), Server(lan, late)]
    try:
        m = machine(net=lan.net)
        m.shell()
        assert re.search(rf'net0: {re.escape(lan.first)}/28 from 192\.0\.2\.66', m.command('dhcp net0'))
    finally:
        for server in running:
            server.close()


def test_an_address_that_another_claims_too_is_told_and_goes_on_working(machine, tap):        # noqa: F811
    m = machine(net=f'tap,ifname={tap.tap},script=no,downscript=no')
    m.shell()
    m.command(f'set net0/ip {tap.ours}')
    m.command('set net0/netmask 255.255.255.240')
    m.command('ifopen net0')
    thief, ours = bytes.fromhex('0200000000aa'), socket.inet_aton(tap.ours)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((tap.tap, 0))
        s.send(b'\xff' * 6 + thief + struct.pack('>HHHBBH', 0x806, 1, 0x800, 6, 4, 1) + thief + ours + bytes(6) + ours + bytes(18))
    text = m.command(f'initrd {tap.url("zeros1m")}')
    assert f'net0: warning: {tap.ours} also claimed by 02:00:00:00:00:aa' in text and re.search(r'ok\s*$', text), text


# ---- again and again

@pytest.mark.parametrize('rounds', [10, pytest.param(50, marks=pytest.mark.long)])
def test_int_19h_again_and_again_takes_no_memory(machine, tmp_path, rounds):
    """The ROM is the first boot entry, and the disk behind it has the BIOS begin again."""
    m = machine(net='hubport,hubid=3', disk=rounds_disk(tmp_path), nic_options=',bootindex=1')
    m.post_prompt()
    m.send(' ')
    sizes = set()
    for _ in range(rounds):
        m.expect(r'DHCP \(net0')
        m.send('\x03')
        m.expect(r'The disk boots, (\d+) KiB', LINUX)
        sizes.add(m.matched)
    assert len(sizes) == 1, sizes


def test_a_warm_reset_begins_as_the_first_time(machine, web):
    m = machine(bootfile=web.url('hello.fpxe'))
    said = []
    for _ in range(3):
        m.expect(r'net0: 10\.0\.2\.15/24 from 10\.0\.2\.2, gateway 10\.0\.2\.2, DNS 10\.0\.2\.3, boot file \S+hello\.fpxe')
        said.append(m.matched)
        m.expect('hello from a script')
        m.reset()
    assert len(set(said)) == 1
