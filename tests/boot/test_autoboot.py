# SPDX-License-Identifier: BSD-2-Clause
"""Nobody touches it: it boots what DHCP says, says why it cannot, and lets the BIOS go on."""
import re

from build import built_tree, make
from machine import LINUX


def test_a_url_is_fetched_and_booted(machine, web):
    m = machine(bootfile=web.url('amd64/linux'), options=[])
    m.expect(r'boot file http://', LINUX)
    m.expect(r'linux.*ok', LINUX)
    m.expect('Booting linux', LINUX)


def test_a_script_by_url(machine, web):
    web.text('boot.fpxe', '#!fpxe\n'
             f'kernel {web.url("amd64/linux")} console=ttyS0 || exit 1\n'
             'echo got ${net0/ip}\n'
             'boot\n')
    m = machine(bootfile=web.url('boot.fpxe'))
    m.expect(r'got 10\.0\.2\.15')
    m.expect('Linux version', LINUX)


def test_a_failure_says_why_and_the_disk_boots(machine, web, disk):
    """The NIC is the BIOS's first device; it fails, waits for Ctrl-B, and the BIOS tries the next."""
    m = machine(bootfile=web.url('there-is-none'), disk=disk, nic_options=',bootindex=1')
    m.expect(r'net0: not found: HTTP 404[^\n]*')
    m.expect('Press Ctrl-B')
    m.expect(r'The disk boots, (\d+) KiB')
    without = machine(rom='', disk=disk)
    without.expect(r'The disk boots, (\d+) KiB')
    assert m.matched == without.matched


def test_ctrl_b_after_a_failure(machine, web, disk):
    m = machine(bootfile=web.url('there-is-none'), disk=disk, nic_options=',bootindex=1')
    m.post_prompt()
    m.send(' ')
    m.expect(r'net0: not found: HTTP 404[^\n]*')
    m.expect('Press Ctrl-B')
    m.send('\x02')
    m.prompt()
    assert 'net0: 10.0.2.15' in m.command('dhcp')
    m.send('exit\r')
    m.expect('The disk boots')


def test_no_boot_file(machine, disk):
    m = machine(disk=disk, nic_options=',bootindex=1')
    m.expect(r'net0: not found: [^\n]*boot file')
    m.expect('The disk boots')


def test_a_boot_file_of_the_tftp_server(machine, tmp_path):
    """QEMU's user network serves files by TFTP, with blksize and tsize."""
    (tmp_path / 'boot').mkdir()
    (tmp_path / 'boot/menu.fpxe').write_text('#!fpxe\necho a menu\nchain more\n')
    (tmp_path / 'boot/more').write_text('#!fpxe\necho and more of it\n')
    m = machine(net=f'user,ipv6=off,tftp={tmp_path}', bootfile='boot/menu.fpxe')
    m.expect(r'boot file boot/menu\.fpxe')
    m.expect(r'tftp://10\.0\.2\.2/boot/menu\.fpxe [^\n]* ok')
    m.expect('a menu')
    m.expect(r'tftp://10\.0\.2\.2/boot/more [^\n]* ok')
    m.expect('and more of it')


def test_a_boot_file_that_the_tftp_server_does_not_have(machine, tmp_path, disk):
    m = machine(net=f'user,ipv6=off,tftp={tmp_path}', bootfile='pxelinux.0', disk=disk, nic_options=',bootindex=1')
    m.expect(r'net0: not found: TFTP error 1 "File not found": pxelinux\.0')
    m.expect('The disk boots')


def test_no_link_then_the_next_interface(machine, web):
    m = machine(bootfile=web.url('hello.fpxe'), options=['-device', 'e1000,id=nic1,netdev=n1,romfile=,addr=9',
                                                          '-netdev', 'user,id=n1,ipv6=off,bootfile=' + web.url('hello.fpxe')])
    m.link(False)
    m.expect(r'net0: network is down', LINUX)
    m.expect(r'net1: 10\.0\.2\.15')
    m.expect('hello from a script')


def test_embedded_script(machine, web, tmp_path):
    script = tmp_path / 'embed.fpxe'
    script.write_text('#!fpxe\necho embedded script runs\ndhcp net0 && echo address ${net0/ip}\n'
                      f'kernel {web.url("amd64/linux")} console=ttyS0\nboot\n')
    tree = built_tree(tmp_path / 'tree')
    make(tree, f'EMBED={script}', 'bin/8086100e.rom')
    m = machine(rom=str(tree / 'bin/8086100e.rom'), bootfile=web.url('must-not-be-asked-for'))
    m.expect('embedded script runs')
    m.expect(r'address 10\.0\.2\.15')
    m.expect('Linux version', LINUX)
    assert not any('must-not-be-asked-for' in line for line in web.requests())


def test_autoboot_command(machine, web):
    m = machine(bootfile=web.url('hello.fpxe'))
    m.shell()
    text = m.command('autoboot')
    assert 'hello from a script' in text
    assert re.search(r'net0: 10\.0\.2\.15/24', text)
    text = m.command('autoboot net7')
    assert 'no interface "net7"' in text


def test_dhcp_says_what_it_got(machine, web):
    m = machine(bootfile=web.url('hello.fpxe'))
    m.shell()
    text = m.dhcp()
    assert re.search(rf'net0: 10\.0\.2\.15/24 from 10\.0\.2\.2, gateway 10\.0\.2\.2, DNS 10\.0\.2\.3, boot file {re.escape(web.url("hello.fpxe"))}', text)
