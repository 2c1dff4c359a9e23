# SPDX-License-Identifier: BSD-2-Clause
"""bin/fpxe-host: the same shell and stack as a Linux program, on a tap with a DHCP and a web server behind it."""
import hashlib
import os
import re
import subprocess

import pexpect
import pytest

import servers
from machine import ANSI, TOP

PROGRAM = os.path.join(TOP, 'bin/fpxe-host')
WAIT_S = 120


class Lan:
    """A tap, dnsmasq and nginx. Each worker has a network of its own."""

    def __init__(self, folder):
        worker = int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:]) % 16
        self.tap = f'host{os.getpid()}'
        self.host, first, last = (f'198.51.100.{16 * worker + n}' for n in (1, 2, 14))
        for command in (f'ip tuntap add {self.tap} mode tap', f'ip addr add {self.host}/28 dev {self.tap}', f'ip link set {self.tap} up'):
            subprocess.run(command.split(), check=True)
        self.dhcp = subprocess.Popen([
            'dnsmasq', '--no-ping', '--keep-in-foreground', '--conf-file=/dev/null', '--port=0', f'--interface={self.tap}',
            '--bind-interfaces', f'--dhcp-range={first},{last},1h', '--dhcp-authoritative', '--user=root',
            f'--dhcp-leasefile={folder}/leases', f'--pid-file={folder}/pid', f'--log-facility={folder}/log'])
        self.web = servers.Web(listen=self.host, host=self.host)

    def close(self):
        self.web.close()
        self.dhcp.terminate()
        self.dhcp.wait()
        subprocess.run(['ip', 'link', 'del', self.tap], check=True)


@pytest.fixture(scope='module')
def lan(tmp_path_factory):
    if not os.environ.get('FPXE_NETNS') or not os.path.exists('/dev/net/tun'):
        pytest.skip('no tap can be made here')
    subprocess.run(['make', '-s', 'bin/fpxe-host'], cwd=TOP, check=True,
                   env={k: v for k, v in os.environ.items() if not k.startswith('MAKE')})
    network = Lan(tmp_path_factory.mktemp('lan'))
    yield network
    network.close()


def run(lan, *options, keys=''):
    """What it printed, without colours, and its exit status; @keys come from a pipe."""
    done = subprocess.run([PROGRAM, '--tap', lan.tap, *options], input=keys, capture_output=True, text=True, timeout=WAIT_S)
    return ANSI.sub('', done.stdout), done.returncode


def script(tmp_path, text):
    path = tmp_path / 'script'
    path.write_text('#!fpxe\n' + text)
    return str(path)


def test_64_mib_arrive_with_the_hash_they_left_with(lan):
    data = os.urandom(64 << 20)
    lan.web.bytes('random', data)
    text, status = run(lan, keys=f'dhcp net0\nimgfetch {lan.web.url("random")}\nsha256sum random\n')
    assert status == 0, text
    assert re.search(r'DHCP \(net0 52:54:00:[0-9a-f:]{8}\)\.\.\. ok', text), text
    assert hashlib.sha256(data).hexdigest() in text, text


def test_the_status_is_the_scripts(lan, tmp_path):
    assert run(lan, '--script', script(tmp_path, 'echo one\nexit 3\necho two\n'))[1] == 3
    text, status = run(lan, '--script', script(tmp_path, f'dhcp\nimgfetch {lan.web.url("bytes511")}\nimgstat\n'))
    assert status == 0 and re.search(r'bytes511.*511', text), text
    text, status = run(lan, '--script', script(tmp_path, f'dhcp\nimgfetch {lan.web.url("absent")}\necho not here\n'))
    assert status == 1 and '404' in text and 'not here' not in text.split('absent')[-1], text


def test_a_pipes_lines_run_one_after_the_other_and_its_end_is_exit(lan):
    names = [f'file-with-a-name-that-is-long-{n}' for n in range(20)]
    for name in names:
        lan.web.bytes(name, name.encode())
    lines = ['dhcp'] + [f'imgfetch {lan.web.url(name)}' for name in names] + ['shell', 'imgstat']
    text, status = run(lan, keys='\n'.join(lines))          # the last one has no newline
    assert status == 0
    for name in names:
        assert name in text.rsplit('imgstat', 1)[1], text


def test_a_kernel_would_boot(lan):
    if not servers.installer_present('amd64'):
        pytest.skip('no installer here')
    text, status = run(lan, keys=f'dhcp\nkernel {lan.web.url("amd64/linux")}\ninitrd {lan.web.url("amd64/initrd.gz")}\nboot\necho no\n')
    assert status == 0 and 'fpxe-host: would boot' in text, text
    plan = text.split('would boot')[1]
    assert re.search(r'00100000-[0-9a-f]{8} from', plan) and re.search(r'enter [0-9a-f]{4}:0000', plan), text
    assert 'fPXE>' not in plan


def test_keys_of_a_terminal(lan):
    command = pexpect.spawn(PROGRAM, ['--tap', lan.tap], encoding='utf-8', timeout=WAIT_S)

    def type_line(line):
        command.expect('fPXE> ')
        command.send(line + '\r')
    type_line('sleep 3600')
    command.expect('\r\n')
    command.send('\x03')
    command.expect('sleep 3600: cancelled by user')
    type_line('cho lefx\x7ft\x1b[H' + 'e' + '\x1b[F again')              # Backspace, Home, End
    command.expect('\r\nleft again\r\n')
    type_line('\x1b[A\x1b[A\x1b[B')                                     # Up, Up, Down
    command.expect('\r\nleft again\r\n')
    type_line('exit 5')
    command.expect(pexpect.EOF)
    command.close()
    assert command.exitstatus == 5


def test_it_says_what_is_wrong_with_its_options(lan):
    for options in ([], ['--tap'], ['--tap', 'x', '--memory', '9'], ['--tap', 'x', '--mac', '1'], ['--tap', 'name-that-is-too-long'],
                    ['--tap', 'x', '--script', '/absent']):
        done = subprocess.run([PROGRAM, *options], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=WAIT_S)
        assert done.returncode in (1, 2) and ('fpxe-host' in done.stderr), options
    done = subprocess.run([PROGRAM, '--help'], capture_output=True, text=True, check=True)
    assert '--tap NAME' in done.stdout
