# SPDX-License-Identifier: BSD-2-Clause
"""What happens to a download in the middle: links that go down, servers that die, fall silent, have another file. It is said in words, once,
and the bytes are right in the end, or there are none."""
import hashlib
import os
import random
import re
import signal
import threading
import time

import pytest

import servers
from machine import DOWNLOAD, LINUX
from servers import MIB

BROKEN = r'connection (?:reset|closed early|refused)'


@pytest.fixture
def server():
    """nginx of the test's own: it may be killed."""
    web = servers.Web()
    yield web
    # One that was stopped would not hear of its end.
    os.killpg(web.process.pid, signal.SIGCONT)
    web.close()


def booted(machine, nic='e1000', memory=512):
    m = machine(nic=nic, memory=memory)
    m.shell()
    m.dhcp()
    return m


def random_file(web, name, mib, seed=0):
    """Its SHA-256. Other bytes at each offset: a piece in the wrong place shows."""
    data = random.Random(f'{name}{seed}').randbytes(mib * MIB)
    web.bytes(name, data)
    return hashlib.sha256(data).hexdigest()


def begin(m, url, name='file', percent=r'[1-6]\d'):
    """Fetch @url as far as some tenths."""
    m.send(f'initrd --name {name} {url}\r')
    m.expect(rf'\s{percent}%')


def finish(m, digest, name='file'):
    """Until the prompt."""
    m.prompt(DOWNLOAD)
    assert re.search(r' ok\s*$', m.before), m.before
    assert digest in m.command(f'sha256sum {name}')


def said(m, words):
    """How many lines that stay say so."""
    return len(re.findall(rf'(?m)^http://\S+: {words}$', m.transcript.replace('\r', '\n')))


@pytest.mark.parametrize('nic, seconds', [('e1000', 1), ('virtio-modern', 5), pytest.param('e1000', 30, marks=pytest.mark.long)])
def test_the_link_goes_down_for_a_while(machine, server, nic, seconds):
    m = booted(machine, nic)
    digest = random_file(server, 'file', 12)
    begin(m, server.url('file', '1m'))
    m.link(False)
    m.expect(r'net0: link lost at \d+ %: waiting')
    m.expect(r'waiting for the link of net0')
    time.sleep(seconds)
    m.link(True)
    m.expect(r'net0: link up, resuming')
    finish(m, digest)
    assert said(m, r'net0: link lost at \d+ %: waiting') == said(m, r'net0: link up, resuming') == 1


@pytest.mark.parametrize('nic, seconds', [('e1000', 3), ('virtio-modern', 3), pytest.param('e1000', 20, marks=pytest.mark.long)])
def test_the_server_dies_and_comes_back(machine, server, nic, seconds):
    m = booted(machine, nic)
    digest = random_file(server, 'file', 12)
    begin(m, server.url('file', '1m'))
    server.kill()
    m.expect(rf'{BROKEN} at \d+\.\d MiB; retry 1/5 in 1 s')
    time.sleep(seconds)
    server.start()
    finish(m, digest)
    # What had come was not asked for again: the parts that were taken up begin in the middle.
    assert all(line.split('"')[2].split()[0] == '206' for line in server.requests()[1:]), server.requests()


def test_two_files_survive_the_death_of_their_server(machine, server):
    m = booted(machine)
    digests = {name: random_file(server, name, 8) for name in ('one', 'two')}
    for name in digests:
        m.command(f'initrd -B {server.url(name, "1m")}')
    m.send('imgwait\r')
    m.expect(r'2 files\s+[1-4]\d%')
    server.kill()
    m.expect(rf'/one: {BROKEN} at \d+\.\d MiB; retry 1/5 in 1 s')
    time.sleep(2)
    server.start()
    m.prompt(DOWNLOAD)
    assert said(m, rf'{BROKEN} at \d+\.\d MiB; retry 1/5 in 1 s') >= 2
    for name, digest in digests.items():
        assert digest in m.command(f'sha256sum {name}')


def test_a_file_that_is_replaced_in_between_begins_anew(machine, server):
    m = booted(machine)
    random_file(server, 'file', 12)
    begin(m, server.url('file', '1m'))
    server.kill()
    m.expect(rf'{BROKEN} at \d+\.\d MiB; retry 1/5')
    digest = random_file(server, 'file', 10, seed=1)
    os.utime(server.path('file'), (2000000000, 2000000000))
    server.start()
    m.expect('file changed on server, restarting')
    finish(m, digest)


def test_a_server_that_stops_sending_is_given_up_and_another_connection_goes_on(machine, server, time_to_error):
    m = booted(machine)
    digest = random_file(server, 'file', 12)
    begin(m, server.url('file', '1m'))
    os.killpg(server.process.pid, signal.SIGSTOP)
    with time_to_error('server silent', 30):
        m.expect(r'no data for 20 s from 10\.0\.2\.2')
        # It is found silent at 30 s. The first tries meet silence as well.
        m.expect(r'no data for 30 s at \d+\.\d MiB; retry 1/5')
    os.killpg(server.process.pid, signal.SIGCONT)
    finish(m, digest)


def test_ctrl_c_while_a_server_is_silent(machine, server):
    m = booted(machine)
    random_file(server, 'file', 12)
    begin(m, server.url('file', '1m'))
    os.killpg(server.process.pid, signal.SIGSTOP)
    m.expect(r'no data for 20 s')
    m.send('\x03')
    m.prompt()
    assert 'cancelled by user' in m.before
    assert m.command('imgstat') == ''


def trickle(server, connection):
    """A byte a second after the first MiB of 2."""
    servers.read_request(connection)
    connection.sendall(servers.head(2 * MIB) + bytes(MIB))
    while not server.stopping.wait(1):
        connection.sendall(b'x')


@pytest.mark.long
def test_a_trickle_is_told_and_not_given_up(machine, faulty):
    m = booted(machine)
    m.send(f'initrd {faulty(trickle).url()}\r')
    m.expect(r'only \d\d bytes in 60 s from 10\.0\.2\.2', 200)
    m.expect(r'only \d\d bytes in 60 s from 10\.0\.2\.2', 200)
    m.send('\x03')
    m.prompt()
    assert 'cancelled by user' in m.before


def test_a_file_that_is_shorter_than_promised_is_never_booted(machine, web, faulty):
    """The kernel itself, but for its last bytes."""
    with open(web.path('amd64/linux'), 'rb') as f:
        kernel = f.read()
    asked = []

    def cut(server, connection):
        asked.append(servers.read_request(connection))
        connection.sendall(servers.head(len(kernel)) + kernel[:-1000])
        connection.shutdown(1)
        connection.recv(1)
        connection.close()
    m = booted(machine, memory=1024)
    text = m.command(f'chain {faulty(cut).url("linux")} console=ttyS0', 120)
    assert re.search(rf'got {len(kernel) - 1000} of {len(kernel)} bytes: truncated', text), text
    assert 'Booting' not in text and m.command('imgstat') == ''
    assert len(asked) > 1, 'it was not tried again'
    # The machine is fine.
    m.send(f'chain {web.url("amd64/linux")} console=ttyS0\r')
    m.expect('Linux version', LINUX)


def test_a_connection_reset_again_and_again_makes_its_way(machine, faulty):
    """Each connection brings 1 MiB of 8 and is reset: progress made is a new beginning of the count of tries."""
    data = random.Random('resets').randbytes(8 * MIB)
    resets = threading.Semaphore(0)

    def reset(server, connection):
        request = servers.read_request(connection).decode()
        asked = re.search(r'(?i)range: bytes=(\d+)-(\d*)', request)
        start = int(asked.group(1)) if asked else 0
        end = int(asked.group(2)) + 1 if asked and asked.group(2) else len(data)
        connection.sendall((f'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{end - 1}/{len(data)}\r\n'
                            f'Content-Length: {end - start}\r\nETag: "one"\r\n\r\n').encode() + data[start:min(end, start + MIB)])
        if end - start <= MIB:
            server.stopping.wait(5)
            return
        time.sleep(0.7)         # let it reach the machine: a reset overtakes what is queued
        connection.setsockopt(servers.socket.SOL_SOCKET, servers.socket.SO_LINGER, servers.struct.pack('ii', 1, 0))
        connection.close()
        resets.release()
    m = booted(machine)
    text = m.command(f'initrd {faulty(reset).url()}', DOWNLOAD)
    assert hashlib.sha256(data).hexdigest() in m.command('sha256sum file'), text
    assert resets.acquire(blocking=False) and 'retry 2/5' not in text, text
