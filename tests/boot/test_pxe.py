# SPDX-License-Identifier: BSD-2-Clause
"""What PXE servers say: ProxyDHCP beside a DHCP server, boot menus, boot servers, Kea; and networks that take their time, or lead in circles."""
import glob
import os
import re
import socket

import pytest

import tftp_servers
from machine import DOWNLOAD, PROMPT_S, TOP
from pxe_servers import KeaLan, Server, boot_server, leases, option

GROUP = '224.0.1.2'


@pytest.fixture
def lan():
    if not os.environ.get('FPXE_NETNS'):
        pytest.skip('no network namespace can be made here')
    network = tftp_servers.Lan()
    for name in ('a', 'b', 'c'):
        network.file(f'{name}.fpxe', data=f'#!fpxe\necho this is {name}, ${{net0/ip}}\n'.encode())
    yield network
    # Shown where a test failed.
    for log in glob.glob(f'{network.dir}/*.log'):
        with open(log, errors='replace') as f:
            print(f'{log}:\n{f.read()}')
    network.close()


@pytest.fixture
def server(lan):
    """server(answer, port...) starts one of pxe_servers.py's."""
    running = []

    def start(answer, *arguments, **options):
        running.append(Server(lan, answer, *arguments, **options))
        return running[-1]
    yield start
    for s in running:
        s.close()


def proxy(lan, *options):
    """dnsmasq as a ProxyDHCP, boot and TFTP server; it gives no address."""
    network = re.sub(r'\d+$', lambda m: str(int(m.group()) & ~15), lan.host)
    return lan.run('dnsmasq', '--no-ping', '--keep-in-foreground', '--conf-file=/dev/null', '--port=0', f'--interface={lan.tap}',
                   '--bind-interfaces', f'--dhcp-range={network},proxy,255.255.255.240', '--user=root',
                   f'--pid-file={lan.dir}/proxy-pid', f'--dhcp-leasefile={lan.dir}/proxy-leases', f'--log-facility={lan.dir}/proxy.log',
                   '--log-dhcp', '--enable-tftp', f'--tftp-root={lan.root}', *options)


def test_a_proxy_beside_a_dhcp_server_that_names_no_file(machine, lan, server):
    server(leases(lan))
    proxy(lan, '--pxe-service=x86PC,Just one,a.fpxe')
    m = machine(net=lan.net)
    m.expect(rf'net0: {re.escape(lan.first)}/28')
    m.expect(rf'net0: booting "a\.fpxe" of {re.escape(lan.host)}')
    m.expect(rf'tftp://{re.escape(lan.host)}/a\.fpxe [^\n]* ok')
    m.expect(rf'this is a, {re.escape(lan.first)}')


def test_a_menu_by_prompt_by_keys_and_its_local_boot(machine, lan, server, disk):
    """One machine, nobody, then somebody at its keyboard: the countdown takes the first item, F8 and the arrows another one, and the last one
    lets the BIOS go on."""
    server(leases(lan))
    proxy(lan, '--pxe-prompt=Press F8 for the menu,4', '--pxe-service=x86PC,First,a.fpxe', '--pxe-service=x86PC,Second,b.fpxe',
          '--pxe-service=x86PC,The disk')
    m = machine(net=lan.net, disk=disk, nic_options=',bootindex=1')
    m.post_prompt()
    m.send('\x02')
    m.prompt()
    text = m.command('autoboot')
    assert 'Press F8 for the menu (4)' in text and 'Press F8 for the menu (1)' in text, text
    assert re.search(r'Chosen: A\. First\n[^$]*PXEBS \(net0 type \d+\)\.\.\. ok\n[^$]*booting "a\.fpxe"[^$]*this is a', text), text
    m.send('autoboot\r')
    m.expect(r'Press F8 for the menu \(4\)')
    m.send('\x1b[19~')
    m.expect(r' A\. First\s+B\. Second\s+C\. The disk')
    m.send('\x1b[B\r')
    m.expect(r'Chosen: B\. Second')
    m.expect(r'booting "b\.fpxe"')
    m.expect('this is b')
    m.prompt()
    m.send('autoboot\r')
    m.expect(r'Press F8 for the menu \(4\)')
    m.send('\x03')
    m.expect('net0: cancelled by user')
    m.prompt()
    m.send('exit\r')
    m.expect(r'Press F8 for the menu \(4\)')
    m.send('\x1b[19~')
    m.expect(r'Boot: A')
    m.send('c')
    m.expect('the choice is to boot locally')
    m.expect('The disk boots')
    assert 'Press Ctrl-B for the command line' not in m.transcript


def menu_proxy(lan, control, servers=b'', multicast=None):
    """What a ProxyDHCP server answers whose menu has one item, of type 15, and no prompt to wait for."""
    vendor = option(6, bytes([control])) + (option(7, socket.inet_aton(multicast)) if multicast else b'')
    vendor += (option(8, servers) if servers else b'') + option(9, b'\0\x0f\4Item') + option(10, b'\0') + b'\xff'
    return option(60, b'PXEClient') + option(43, vendor)


@pytest.mark.parametrize('way', ['unicast', 'multicast', 'broadcast'])
def test_boot_servers_are_found(machine, lan, server, way):
    """A DHCP server with a menu in its lease; who serves its item is looked for as it says."""
    first = b'\0\x0f\2' + socket.inet_aton(lan.first.rsplit('.', 1)[0] + '.250') + socket.inet_aton(lan.other)
    menu = {'unicast': menu_proxy(lan, 3, first), 'multicast': menu_proxy(lan, 1, multicast=GROUP), 'broadcast': menu_proxy(lan, 2, multicast=GROUP)}
    lease, found = leases(lan, options=menu[way]), boot_server(lan.host, 15, 'a.fpxe')

    def both(request, options):
        return found(request, options) or lease(request, options)
    server(both if way == 'broadcast' else lease)
    if way != 'broadcast':
        server(found, port=4011, group=GROUP if way == 'multicast' else None)
    lan.start('tftpd-hpa')
    m = machine(net=lan.net)
    m.expect(r'Chosen: A\. Item')
    m.expect(r'PXEBS \(net0 type 15\)\.\.\. ok', DOWNLOAD)
    m.expect('this is a')
    if way == 'broadcast':
        return
    m.reset()
    m.shell()
    assert 'boot file' not in m.command('dhcp net0')
    text = m.command('pxebs net0 15')
    assert 'PXEBS (net0 type 15)... ok' in text, text
    assert f'{lan.host} a.fpxe' in m.command('echo ${pxebs/next-server} ${pxebs/filename}')
    assert 'this is a' in m.command('chain tftp://${pxebs/next-server}/${pxebs/filename}')
    assert ('none may be looked for' if way == 'unicast' else 'no answer from a boot server of type 16') in m.command('pxebs net0 16')


@pytest.fixture
def kea():
    if not os.environ.get('FPXE_NETNS'):
        pytest.skip('no network namespace can be made here')
    network = KeaLan()
    yield network
    network.close()


def test_kea_with_classes_for_gpxe(machine, kea):
    """Kea, set up as for gPXE and iPXE: who sends option 175 and a user class gets another file than a PXE ROM."""
    with open(os.path.join(kea.root, 'menu.fpxe'), 'w') as f:
        f.write('#!fpxe\necho from Kea, ${net0/ip}\n')
    m = machine(net=kea.net, qemu=kea.qemu)
    m.post_prompt()
    kea.start([
        {'name': 'gpxe', 'test': "option[175].exists and option[77].hex == 'fPXE'", 'next-server': kea.HOST, 'boot-file-name': 'menu.fpxe'},
        {'name': 'rom', 'test': "not member('gpxe') and substring(option[60].hex,0,9) == 'PXEClient'", 'boot-file-name': 'pxelinux.0'},
    ])
    m.expect(rf'net0: booting "menu\.fpxe" of {re.escape(kea.HOST)}')
    m.expect(rf'from Kea, {re.escape(kea.FIRST)}')


def test_a_network_that_settles_for_half_a_minute(machine, lan):
    """Spanning tree: the link is up, and nothing comes through. The words say so, nothing fails, and it boots."""
    m = machine(net=lan.net)
    m.expect(r'DHCP \(net0 [0-9a-f:]+\)\.\.\. 3\d s, is the network settling\?, \d+ s left', PROMPT_S)
    lan.serve('dnsmasq', dhcp=['--dhcp-boot=a.fpxe', '--log-dhcp'])
    m.expect(rf'this is a, {re.escape(lan.first)}')
    assert 'timed out' not in m.transcript


def test_refusals(machine, lan, server, disk):
    """A server that refuses what it offered: said each time, and after five times the end; another server's offer is turned to."""
    lan.start('tftpd-hpa')
    first = server(leases(lan, naks=5))
    m = machine(net=lan.net, disk=disk, nic_options=',bootindex=1')
    m.shell()
    m.send('autoboot\r')
    m.expect(rf'{re.escape(lan.host)} refused, starting over')
    m.expect(rf'net0: access denied: DHCP server {re.escape(lan.host)} refused {re.escape(lan.first)} \(NAK\), as it did 5 times')
    m.prompt()
    first.close()
    bad, good = leases(lan, naks=100), leases(lan, 'a.fpxe', server=lan.other)
    server(bad)
    server(good)
    text = m.command('autoboot')
    assert f'booting "a.fpxe" of {lan.other}' in text and 'this is a' in text, text


def test_four_cards_of_which_the_third_has_a_server(machine, lan):
    lan.serve('dnsmasq', dhcp=['--dhcp-boot=a.fpxe'])
    extra = []
    for n, net in ((1, 'hubport,id=n1,hubid=1'), (2, f'{lan.net},id=n2'), (3, 'hubport,id=n3,hubid=3')):
        extra += ['-netdev', net, '-device', f'e1000,id=nic{n},netdev=n{n},mac=52:54:00:12:34:6{n},romfile=,addr={8 + n}']
    m = machine(net='hubport,hubid=0', options=extra)
    m.expect(r'net0: timed out: no DHCP answer on net0 after 15 s', DOWNLOAD)
    m.expect(r'net1: timed out: no DHCP answer on net1 after 15 s', DOWNLOAD)
    m.expect(rf'net2: {re.escape(lan.first)}/28')
    m.expect('this is a')


def test_circles(machine, web):
    """What boots itself again, by name or by what DHCP says, comes to an end in words."""
    url = web.url('circle.fpxe')
    web.text('circle.fpxe', f'#!fpxe\necho round we go\nchain {url}\n')
    web.text('again.fpxe', '#!fpxe\necho once more\nautoboot\n')
    m = machine(bootfile=web.url('again.fpxe'))
    m.expect(r'loop detected: it runs itself for the 4th time, with the same bytes from the same URL')
    m.expect('Press Ctrl-B')
    m.send('\x02')
    m.prompt()
    text = m.command(f'chain {url}')
    assert text.count('round we go') == 3 and text.count('loop detected') == 1, text
    assert '10.0.2.15' in m.command('echo ${net0/ip}')


def test_our_own_program_that_dhcp_names_again(machine):
    """Our ROM fetches our undionly.kpxe, which knows the lease, asks DHCP anew, and is told to fetch itself."""
    m = machine(net=f'user,ipv6=off,tftp={TOP}/bin', bootfile='undionly.kpxe')
    m.expect(r'Booting undionly\.kpxe')
    m.expect(r'Taken over: net0: 10\.0\.2\.15/24[^\n]*boot file undionly\.kpxe', DOWNLOAD)
    m.expect(r'net0: loop detected: it is the program that is running: the same bytes from the same URL', DOWNLOAD)
    m.expect('Press Ctrl-B')
