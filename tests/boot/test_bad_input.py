# SPDX-License-Identifier: BSD-2-Clause
"""Everything that goes wrong, met by one machine without a restart, in an order that a seed chooses: one clear line each, images,
settings and addresses as they were, the shell alive. Then that machine boots. SEED=n repeats an order."""
import os
import random
import re
import time

import pytest

import servers
from machine import LINUX

# What our timers alone make long: the simulator shows it in no time, and `make check-long` here.
PATIENT = bool(os.environ.get('LONG'))


class Case:
    """@steps(m) provokes it and returns what was printed; @wanted is in it, on one line."""

    def __init__(self, name, wanted, steps):
        self.name, self.wanted, self.steps = name, wanted, steps


def typed(line):
    return lambda m: m.command(line)


def cancelled(line, when):
    """Ctrl-C once @when has been printed."""
    def steps(m):
        m.send(line + '\r')
        m.expect(when)
        m.send('\x03')
        before = m.before
        m.prompt()
        return before + m.before
    return steps


def pull_the_cable(m):
    """And wait until it has been noticed: the link is looked at a few times a second."""
    m.link(False)
    for _ in range(100):
        if 'link down' in m.command('ifstat net0'):
            return
        time.sleep(0.1)
    raise AssertionError('the lost link is not noticed')


def no_link(m):
    pull_the_cable(m)
    text = m.command('ifopen net0')
    m.link(True)
    m.command('ifopen net0')
    return text


def link_comes_later(m):
    pull_the_cable(m)
    m.send('ifopen net0\r')
    m.expect('waiting for link')
    m.link(True)
    m.prompt()
    return m.before


def link_lost_in_ctrl_c(m):
    pull_the_cable(m)
    text = cancelled('ifopen net0', 'waiting for link')(m)
    m.link(True)
    m.command('ifopen net0')
    return text


def resolving_in_ctrl_c(restore):
    """Ask a DNS server that does not answer."""
    def steps(m):
        m.command(f'set dns {servers.Silent.ADDRESS}')
        text = cancelled('kernel http://slow.test/x', r'resolving slow\.test')(m)
        m.command(restore)
        return text
    return steps


def cases(web, faulty, names):
    def url(name):
        return web.url(name)

    reset, short = faulty(servers.reset_in_mid_transfer), faulty(servers.short_body)
    stopped, mute = faulty(servers.stop_sending), faulty(servers.never_answer)
    slow, ssh = faulty(servers.slowly), faulty(servers.not_http)
    silent = f'http://{servers.Silent.ADDRESS}/x'
    refused = servers.free_port()
    host = servers.HOST
    yield Case('no link', r'network is down: [^\n]*net0[^\n]*link', no_link)
    yield Case('link later', r'ok', link_comes_later)
    yield Case('Ctrl-C waiting for the link', r'cancelled by user', link_lost_in_ctrl_c)
    yield Case('no DHCP server', r'timed out: [^\n]*DHCP', typed('dhcp -t 3000 net1'))
    yield Case('Ctrl-C in DHCP', r'cancelled by user', cancelled('dhcp net1', r'DHCP \(net1'))
    yield Case('refused', r'connection refused: [^\n]*10\.0\.2\.2', typed(f'kernel http://{host}:{refused}/x'))
    yield Case('unreachable', r'host unreachable: [^\n]*10\.0\.2\.77', typed('kernel http://10.0.2.77/x'))
    if PATIENT:
        yield Case('timed out', r'timed out: no reply to 6 SYNs from 10\.0\.5\.88', typed(f'kernel {silent}'))
        yield Case('stops sending', r'timed out: ', typed(f'initrd {stopped.url()}'))
    yield Case('not in time', r'timed out: not complete after 3000 ms', typed(f'kernel -t 3000 {silent}'))
    yield Case('not all in time', r'timed out: not complete after 4000 ms', typed(f'initrd -t 4000 {stopped.url()}'))
    yield Case('Ctrl-C while connecting', r'cancelled by user', cancelled(f'kernel {silent}', r'connecting'))
    yield Case('404', r'not found: HTTP 404', typed(f'kernel {url("no-such-file")}'))
    yield Case('500', r'HTTP 500', typed(f'kernel {url("error500")}'))
    yield Case('redirect loop', r'loop detected: too many redirects \(8\)', typed(f'kernel {url("loop")}'))
    yield Case('short body', r'connection closed early: [^\n]*1048576 of 2097152', typed(f'kernel {short.url()}'))
    yield Case('reset', r'connection reset: got 2097152 of 8388608 bytes', typed(f'initrd {reset.url()}'))
    yield Case('no answer', r'timed out: ', typed(f'initrd -t 4000 {mute.url()}'))
    yield Case('Ctrl-C while resolving', r'cancelled by user', resolving_in_ctrl_c('set dns 10.0.2.2' if names else 'clear dns'))
    yield Case('Ctrl-C before the answer', r'cancelled by user', cancelled(f'kernel {mute.url()}', r'waiting for data'))
    yield Case('Ctrl-C between tries', r'cancelled by user', cancelled(f'kernel {url("error500")}', r'server busy'))
    yield Case('Ctrl-C in ping', r'cancelled by user', cancelled(f'ping {servers.Silent.ADDRESS}', r'ping 10'))
    yield Case('Ctrl-C in the body', r'cancelled by user', cancelled(f'initrd {slow.url()}', r'%'))
    yield Case('not HTTP', r'protocol error: [^\n]*SSH-2\.0', typed(f'kernel {ssh.url()}'))
    yield Case('HTML', r'not a bootable image: [^\n]*HTML', typed(f'kernel {url("page.html")}'))
    yield Case('empty', r'not a bootable image: [^\n]*empty', typed(f'kernel {url("empty")}'))
    yield Case('511 bytes', r'not a bootable image: [^\n]*511', typed(f'kernel {url("bytes511")}'))
    yield Case('truncated', r'protocol error: truncated kernel: 1048576 bytes', typed(f'kernel {url("truncated")}'))
    yield Case('unknown scheme', r'protocol not supported: [^\n]*gopher', typed('kernel gopher://10.0.2.2/x'))
    yield Case('malformed URL', r'invalid argument: [^\n]*URL', typed('kernel http://10.0.2.2:99999/x'))
    yield Case('initrd too large', r'out of memory: need 3072\.0 MiB, \d+\.\d MiB free', typed(f'initrd {url("zeros3g")}'))
    yield Case('unknown command', r'no such command', typed('frobnicate'))
    yield Case('unknown option', r'unknown option --frob', typed('kernel --frob x'))
    yield Case('boot nothing', r'TFTP error [12] "[^"]+": no-such-image', typed('boot no-such-image'))
    yield Case('unknown interface', r'no interface "net9"', typed('dhcp net9'))
    yield Case('Ctrl-C in sleep', r'cancelled by user', cancelled('sleep 100', r'sleep 100'))
    yield Case('wrong password', r'access denied|HTTP 401', typed(f'initrd {url("private/page.html").replace("//", "//user:wrong@")}'))
    if names:
        yield Case('no such host', r'not found: no such name as nowhere\.test', typed('kernel http://nowhere.test/x'))
        # In a namespace of its own the host has no way there, and QEMU says so by ICMP.
        yield Case('unreachable by ICMP', r'network unreachable: 192\.0\.2\.1[^\n]*ICMP', typed('kernel http://192.0.2.1/x'))
        yield Case('alias loop', r'loop|no IPv4 address|not found', typed('nslookup loop.test'))


def long(*arguments):
    return pytest.param(*arguments, marks=pytest.mark.long)


@pytest.mark.parametrize('nic', ['e1000', long('virtio-legacy'), long('virtio-modern')])
def test_every_bad_input_in_one_power_on(machine, web, faulty, nic):
    names = bool(os.environ.get('FPXE_NETNS'))
    device = {'e1000': 'e1000', 'virtio-legacy': 'virtio-net-pci,disable-modern=on',
              'virtio-modern': 'virtio-net-pci,disable-legacy=on'}[nic]
    # At the other end of net1 is a host that says nothing, and no DHCP server.
    silent = servers.Silent()
    m = machine(nic=nic, memory=1024, options=[
        '-netdev', silent.netdev('n1'), '-device', f'{device},id=nic1,netdev=n1,romfile=,mac=52:54:00:12:34:57'])
    m.shell()
    m.command('set net1/ip 10.0.5.15 && set net1/netmask 255.255.255.0 && ifopen net1')
    m.dhcp()
    if names:
        m.command('set dns 10.0.2.2')
    m.command('set canary still here')
    m.command(f'initrd -n kept {web.url("hello.fpxe")}')

    def state():
        return m.command('imgstat') + m.command('show net0/ip') + m.command('show net0/gateway') + m.command('show canary')
    good = state()
    assert 'kept' in good and '10.0.2.15' in good and 'still here' in good
    seed = int(os.environ.get('SEED', random.randrange(1 << 16)))
    print(f'SEED={seed}')
    order = list(cases(web, faulty, names))
    random.Random(seed).shuffle(order)
    wrong = []
    for case in order:
        text = case.steps(m)
        lines = [line for line in re.split(r'[\r\n]+', text) if re.search(case.wanted, line)]
        if len(lines) != 1:
            wrong.append(f'{case.name}: {len(lines)} lines with /{case.wanted}/ in:\n{text}')
        if 'alive' not in m.command('echo alive'):
            wrong.append(f'{case.name}: the shell does not answer')
        after = state()
        if after != good:
            wrong.append(f'{case.name}: before:\n{good}after:\n{after}')
            good = after
    assert not wrong, f'SEED={seed}\n' + '\n'.join(wrong)
    m.command('imgfree')
    m.command(f'kernel {web.url("amd64/linux")} console=ttyS0')
    m.send('boot\r')
    m.expect('Linux version', LINUX)
    silent.close()


@pytest.mark.long       # a minute
def test_dhcp_without_a_server_gives_up_by_itself(machine, time_to_error):
    m = machine(net='hubport,hubid=5')
    m.shell()
    with time_to_error('no DHCP server', 60):
        text = m.command('dhcp net0')
    assert re.search(r'timed out: no DHCP answer on net0', text), text
