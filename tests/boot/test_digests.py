# SPDX-License-Identifier: BSD-2-Clause
"""Digests of what was fetched, against what the host's own tools say of the same files."""
import random
import subprocess

import pytest

import servers
from machine import LINUX

TOOLS = ['sha256sum', 'sha1sum', 'md5sum']


@pytest.fixture
def m(machine):
    """A shell with an address."""
    box = machine(memory=512)
    box.shell()
    box.dhcp()
    return box


def wanted(tool, web, name):
    return subprocess.run([tool, web.path(name)], capture_output=True, text=True, check=True).stdout.split()[0]


def last_words(text):
    """The lines as they stand in the end: progress is drawn over."""
    return [line.rsplit('\r', 1)[-1] for line in text.split('\n')[:-1]]


def test_digests_are_those_of_the_hosts_tools(m, web):
    data = random.Random(1).randbytes(3 << 20)
    files = {'empty': b'', 'b55': data[:55], 'b56': data[:56], 'b64': data[:64], 'b65537': data[:65537], 'b3m': data}
    for name, contents in files.items():
        web.bytes(name, contents)
        m.command(f'imgfetch {web.url(name)}')
    for tool in TOOLS:
        text = m.command(f'{tool} {" ".join(files)}')
        assert last_words(text) == [f'{wanted(tool, web, name)}  {name}' for name in files]


@pytest.mark.skipif(not servers.installer_present('amd64'), reason='no installer here')
def test_an_installers_files_have_their_digests(m, web):
    for name in ('linux', 'initrd.gz'):
        m.command(f'imgfetch {web.url("amd64/" + name)}')
        for tool in TOOLS:
            assert last_words(m.command(f'{tool} {name}')) == [f'{wanted(tool, web, "amd64/" + name)}  {name}']


def test_a_digest_goes_into_a_setting(m, web):
    m.command(f'imgfetch {web.url("hello.fpxe")}')
    assert m.command('sha256sum --set sum hello.fpxe') == ''
    assert m.command('echo ${sum}') == wanted('sha256sum', web, 'hello.fpxe') + '\n'
    assert 'not found' in m.command('sha256sum nothing')
    assert 'usage' in m.command('sha256sum')


@pytest.mark.skipif(not servers.installer_present('amd64'), reason='no installer here')
def test_kernel_and_chain_take_only_what_has_its_digest(m, web):
    options = {'--sha256': 'sha256sum', '--sha1': 'sha1sum', '--md5': 'md5sum'}
    for name in ('amd64/linux', 'hello.fpxe'):
        for option, tool in options.items():
            good = wanted(tool, web, name)
            wrong = ('0' if good[0] != '0' else '1') + good[1:]
            for command in ('kernel', 'chain'):
                text = m.command(f'{command} {option} {wrong} {web.url(name)}')
                assert wrong in text and good in text and 'hello' not in text.split('hello.fpxe')[-1], text
                assert m.command('imgstat') == ''
    good = wanted('sha256sum', web, 'hello.fpxe')
    assert 'hello from a script' in m.command(f'chain --sha256 {good} {web.url("hello.fpxe")}')
    assert 'hello from a script' in m.command(f'chain {web.url("hello.fpxe")}#sha256={good}')
    assert m.command('imgfree') == ''
    text = m.command(f'kernel --sha1 {wanted("sha1sum", web, "amd64/linux")} {web.url("amd64/linux")} console=ttyS0')
    assert text.rstrip().endswith('ok'), text
    m.send('boot\r')
    m.expect('Linux version', LINUX)


def test_ctrl_c_ends_a_long_digest(m, web):
    m.command(f'imgfetch {web.url("zeros256m")}')
    m.send('sha1sum zeros256m\r')
    m.expect(r'sha1 of zeros256m: +\d+%')
    m.send('\x03')
    m.prompt()
    assert 'cancelled' in m.before, m.before
    assert 'alive' in m.command('echo alive')
    assert 'zeros256m: 268435456 bytes' in m.command('imgstat')
