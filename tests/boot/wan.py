# SPDX-License-Identifier: BSD-2-Clause
"""A network of any quality: a tap with a web server and a DHCP server behind it, and the emulator (tests/netem) between it and the machine.

    with Wan(both='delay=50,loss=1', seed=3) as wan:
        with Machine(net=wan.netdev) as m:
            m.shell()
            m.command('dhcp net0')
            m.command(f'initrd {wan.web.url("file")}')
        print(wan.emulator.counts()['down']['lost'])

It needs a network namespace of its own (launch.sh)."""
import json
import os
import shutil
import signal
import subprocess
import tempfile

from machine import TOP
from servers import Web

NETEM = os.path.join(TOP, 'build/netem/netem')
QUEUE_FRAMES = 4096             # that a UNIX datagram socket holds for who reads it; QEMU's own tries again and again where it is full


def run(command):
    subprocess.run(command.split(), check=True)


def prepare_namespace():
    """Deep sockets and no IPv6 for what is made from now on, where we may."""
    for name, value in (('net/unix/max_dgram_qlen', QUEUE_FRAMES), ('net/ipv6/conf/default/disable_ipv6', 1)):
        try:
            with open(f'/proc/sys/{name}', 'w') as f:
                f.write(str(value))
        except OSError:
            pass


class Emulator:
    """tests/netem/netem between two ends: @both, @down (to the second end) and @up are its SPECs."""

    def __init__(self, first, second, both='', down='', up='', seed=1, flap='', pcap='', snap=0):
        command = [NETEM, '--seed', str(seed)]
        for name, value in (('both', both), ('down', down), ('up', up), ('flap', flap), ('pcap', pcap), ('snap', snap)):
            command += [f'--{name}', str(value)] if value else []
        self.process = subprocess.Popen(command + [first, second], stdout=subprocess.PIPE, text=True)
        self.last = None
        assert self.process.stdout.readline() == 'ready\n', f'the emulator did not start: {command}'

    def counts(self):
        """Its counters now, or as they were when it ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR2)
            self.last = json.loads(self.process.stdout.readline())
        return self.last

    def plug(self):
        """Pull the link's plug, or put it back."""
        self.process.send_signal(signal.SIGUSR1)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        for line in self.process.stdout:
            self.last = json.loads(line)
        self.process.wait()
        return self.last


class Lan:
    """A tap with a web server and a DHCP server. @number: one of 16 that may be there at the same time. @dhcp: more of dnsmasq's options."""

    def __init__(self, number=0, dhcp=()):
        self.tap = f'wan{number}'
        # RFC 5737: these addresses are nobody's
        first, self.host, self.ours, last = (f'198.51.100.{16 * number + n}' for n in (0, 1, 2, 14))
        self.network = f'{first}/28'
        self.dir = tempfile.mkdtemp(prefix='fpxe-wan-')
        prepare_namespace()
        run(f'ip tuntap add dev {self.tap} mode tap')
        run(f'ip addr add {self.host}/28 dev {self.tap}')
        run(f'ip link set {self.tap} up')
        self.web = Web(self.host, self.host, 80)
        self.dnsmasq = subprocess.Popen([
            'dnsmasq', '--no-ping', '--keep-in-foreground', '--conf-file=/dev/null', '--port=0', f'--interface={self.tap}',
            '--bind-interfaces', f'--dhcp-range={self.ours},{last},1h', '--dhcp-authoritative', '--user=root',
            f'--dhcp-leasefile={self.dir}/leases', f'--pid-file={self.dir}/pid', f'--log-facility={self.dir}/log',
            '--enable-tftp', f'--tftp-root={self.web.root}', *dhcp])

    @property
    def netdev(self):
        """QEMU's, straight on the tap."""
        return f'tap,ifname={self.tap},script=no,downscript=no'

    def bytes_sent(self):
        """To the machine, since the tap is there."""
        with open('/proc/net/dev') as f:
            lines = dict(line.split(':') for line in f if ':' in line)
        return int(next(counters for name, counters in lines.items() if name.strip() == self.tap).split()[8])

    def congestion(self, name):
        """The congestion control of connections from now on. By the route: the namespace's own setting takes none that the host
        does not allow everybody, and an older one's memory of the path is nobody's."""
        run('sysctl -qw net.ipv4.tcp_no_metrics_save=1')
        run(f'ip route replace {self.network} dev {self.tap} src {self.host} congctl {name}')

    def close(self):
        self.dnsmasq.terminate()
        self.dnsmasq.wait()
        self.web.close()
        run(f'ip link del {self.tap}')
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Neighbour:
    """Another tap, in a network namespace of its own: curl in the machine's place."""

    def __init__(self, lan):
        self.lan, self.tap = lan, lan.tap + 'c'
        self.holder = subprocess.Popen(['unshare', '--net', 'sh', '-c', 'ip link set lo up; echo ready; exec sleep infinity'],
                                       stdout=subprocess.PIPE, text=True)
        assert self.holder.stdout.readline() == 'ready\n'
        run(f'ip tuntap add dev {self.tap} mode tap')

    def up(self):
        """Once the emulator holds the tap: it moves to the other namespace."""
        run(f'ip link set {self.tap} netns {self.holder.pid}')
        for command in (f'ip addr add {self.lan.ours}/28 dev {self.tap}', f'ip link set {self.tap} up'):
            run(f'nsenter --net=/proc/{self.holder.pid}/ns/net {command}')

    def fetch(self, url, seconds=300):
        """Bytes of the file that arrived within @seconds."""
        done = subprocess.run(['nsenter', f'--net=/proc/{self.holder.pid}/ns/net', 'curl', '-sS', '--max-time', str(seconds), '-o', '/dev/null',
                               '-w', '%{size_download}', url], stdout=subprocess.PIPE, text=True)
        return int(done.stdout)

    def close(self):
        self.holder.kill()
        self.holder.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Wan(Lan):
    """The same, behind the emulator. @link: what Emulator takes."""

    def __init__(self, number=0, dhcp=(), **link):
        super().__init__(number, dhcp)
        self.emulator = None
        self.impair(**link)

    def impair(self, **link):
        """From now on the link does this, and nothing of what it did. Who is at its ends notices nothing else."""
        if self.emulator:
            self.emulator.close()
        self.emulator = Emulator(f'tap:{self.tap}', f'unix:{self.dir}/netem,{self.dir}/qemu', **link)

    @property
    def netdev(self):
        return f'dgram,local.type=unix,local.path={self.dir}/qemu,remote.type=unix,remote.path={self.dir}/netem'

    def close(self):
        self.emulator.close()
        super().close()
