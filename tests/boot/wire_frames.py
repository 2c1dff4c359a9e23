# SPDX-License-Identifier: BSD-2-Clause
"""Frames that a good stack survives: the fuzz targets' seeds as they would look on the wire, and inputs that broke others.

    hostile = Hostile(our_mac, our_ip, their_mac, their_ip)
    hostile.connection(our_port, their_port, our_seq, our_ack)      # of a download that runs, as seen on the wire
    frames = hostile.all()                                          # [(what it is, bytes)]
    frames = hostile.live()                                         # the same, of TCP: numbers counted from what the connection awaits and sends
"""
import glob
import os
import socket
import struct

from machine import TOP
from test_netem import checksum

BROADCAST = b'\xff' * 6
FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
FAR = 1 << 31                   # from what is awaited: in no window


def seeds(target):
    """(name, bytes) of each seed of a fuzz target."""
    for path in sorted(glob.glob(os.path.join(TOP, 'tests/fuzz/corpus', target, '*'))):
        with open(path, 'rb') as f:
            yield os.path.basename(path), f.read()


def records(data):
    """What is kept as two bytes of length, then itself, one after another."""
    at = 0
    while at + 2 <= len(data):
        size = int.from_bytes(data[at:at + 2], 'big')
        yield data[at + 2:at + 2 + size]
        at += 2 + size


class Hostile:
    """@ours is the machine's, @theirs the server's."""

    def __init__(self, our_mac, our_ip, their_mac, their_ip):
        self.our_mac, self.their_mac = our_mac, their_mac
        self.our_ip, self.their_ip = socket.inet_aton(our_ip), socket.inet_aton(their_ip)
        self.our_port, self.their_port, self.awaited, self.acked = 40000, 80, 0, 0
        self.id = 0

    def connection(self, our_port, their_port, awaited, acked):
        """@awaited: what the machine expects next (its acknowledgement number); @acked: what it sends next."""
        self.our_port, self.their_port, self.awaited, self.acked = our_port, their_port, awaited, acked

    # ---- layers

    def ip(self, protocol, payload, offset=0, more=False, ident=None, options=b'', source=None, total=None, broadcast=False):
        self.id = (self.id + 1) & 0xffff
        header = struct.pack('>BBHHHBBH4s4s', 0x45 + len(options) // 4, 0,
                             20 + len(options) + len(payload) if total is None else total, self.id if ident is None else ident,
                             offset // 8 | (0x2000 if more else 0), 64, protocol, 0, source or self.their_ip, self.our_ip) + options
        header = header[:10] + struct.pack('>H', checksum(header)) + header[12:]
        return (BROADCAST if broadcast else self.our_mac) + self.their_mac + b'\x08\0' + header + payload

    def udp(self, source, target, data, length=None, **how):
        return self.ip(17, struct.pack('>HHHH', source, target, 8 + len(data) if length is None else length, 0) + data, **how)

    def tcp_segment(self, flags, seq, ack=None, data=b'', offset=None, options=b'', urgent=0):
        options += bytes(-len(options) % 4)
        offset = 5 + len(options) // 4 if offset is None else offset
        s = struct.pack('>HHIIBBHHH', self.their_port, self.our_port, seq % 2**32, (self.acked if ack is None else ack) % 2**32,
                        (offset & 15) << 4, flags, 65535, 0, urgent) + options + data
        sum_of = checksum(self.their_ip + self.our_ip + struct.pack('>HH', 6, len(s)) + s)
        return s[:16] + struct.pack('>H', sum_of) + s[18:]

    def tcp(self, *args, **how):
        return self.ip(6, self.tcp_segment(*args, **how))

    # ---- seeds

    def mended(self, frame):
        """A seed's frame addressed to us, from the server, the header's checksum good."""
        to = BROADCAST if frame[:1] == b'\xff' else self.our_mac
        frame = to + self.their_mac + frame[12:]
        if len(frame) >= 34 and frame[12:14] == b'\x08\0' and (frame[14] & 15) >= 5 and len(frame) >= 14 + 4 * (frame[14] & 15):
            size = 4 * (frame[14] & 15)
            header = frame[14:24] + b'\0\0' + self.their_ip + self.our_ip + frame[34:14 + size]
            frame = frame[:14] + header[:10] + struct.pack('>H', checksum(header)) + header[12:] + frame[14 + size:]
        if len(frame) >= 42 and frame[12:14] == b'\x08\x06':
            # The server's own address stays the server's, or ARP would be fooled as any host's is by its neighbour.
            frame = frame[:28] + socket.inet_aton('10.9.8.7') + frame[32:38] + self.our_ip + frame[42:]
        return frame

    def from_seeds(self):
        for name, data in seeds('eth'):
            for frame in records(data[1:]):
                yield f'eth {name}', self.mended(frame.ljust(14, b'\0'))
        for name, data in seeds('ipv4'):
            for at in range(0, len(data) - 5, 6):
                ident, offset, length, last = struct.unpack_from('>BHHB', data, at)
                yield f'ipv4 {name}', self.ip(17, bytes(length % 1481), offset=(offset & 0x1fff) * 8, more=not last & 1, ident=ident)
        for name, data in seeds('tcp'):
            at = 2
            while at + 8 <= len(data):
                flags, _, offset, length, ack, _, size = struct.unpack_from('>BBhBbBB', data, at)
                yield f'tcp {name}', self.tcp(flags & 63, self.awaited + FAR + offset, self.acked + ack, bytes(length),
                                              options=data[at + 8:at + 8 + size % 41])
                at += 8 + size
        for target in ('dhcp', 'dhcp_message'):
            for name, data in seeds(target):
                for message in records(data) if target == 'dhcp' else [data]:
                    if len(message) >= 34:
                        message = message[:28] + self.our_mac + message[34:]
                    yield f'{target} {name}', self.udp(67, 68, message[:1400], broadcast=True)
        for target, port in (('dns', 53), ('tftp', 69)):
            for name, data in seeds(target):
                yield f'{target} {name}', self.udp(port, self.our_port, data[:1400])

    # ---- inputs that broke others

    def known(self):
        udp = struct.pack('>HHHH', 1000, 1001, 44, 0) + bytes(36)
        for name, parts in {
                'teardrop (CVE-1999-0015)': [(0, True, udp[:40]), (24, False, b'x' * 4)],
                'ping of death (CVE-1999-0128)': [(65120, True, bytes(400)), (65512, False, bytes(1400))],
                'tiny first fragment (RFC 1858)': [(0, True, udp[:8]), (8, False, udp[8:])],
                'tiny fragments of TCP (RFC 3128)': [(0, True, bytes(16)), (8, False, bytes(32))],
                'a fragment again and again (CVE-2018-5391)': [(8 * i, True, bytes(8)) for i in (1, 3, 5, 7, 5, 3, 1)],
                'an empty last fragment': [(0, True, bytes(8)), (8, False, b'')],
        }.items():
            ident = 0x4000 + len(name)
            for offset, more, data in parts:
                yield name, self.ip(6 if 'TCP' in name else 17, data, offset=offset, more=more, ident=ident)
        for offset in (0, 1, 4, 15):
            yield f'TCP data offset {offset}', self.tcp(ACK, self.awaited, data=b'liar', offset=offset)
        for name, options in {'of length 0': b'\2\0', 'of length 1': b'\3\1\3', 'beyond the header': b'\5\x28\0\0', 'SACK of 7': b'\5\7abcde',
                              'AO then nothing': b'\x1d\xff\0\0'}.items():
            yield f'TCP option {name}', self.tcp(ACK, self.awaited + FAR, options=options)
        for pointer in (0, 1, 0xffff):
            yield f'urgent pointer {pointer} (CVE-2019-12255)', self.tcp(ACK | URG, self.awaited + FAR, data=b'x', urgent=pointer)
        for off in (1, 4096, FAR, -1, -4096):
            yield f'RST {off} off (RFC 5961 3)', self.tcp(RST, self.awaited + off)
            yield f'SYN {off} off (RFC 5961 4)', self.tcp(SYN, self.awaited + off)
        for off in (FAR, 1 << 24):
            yield f'data for an acknowledgement {off} off (RFC 5961 5)', self.tcp(ACK | PSH, self.awaited, self.acked + off, b'liar' * 9)
        yield 'all flags', self.tcp(63, self.awaited + FAR)
        yield 'no flags', self.tcp(0, self.awaited, data=b'liar')
        bad = self.tcp_segment(ACK | PSH, self.awaited, data=b'liar' * 99)
        yield 'data with a bad checksum', self.ip(6, bad[:16] + bytes([bad[16] ^ 1]) + bad[17:])
        for kind, name in ((131, 'LSRR'), (137, 'SSRR'), (7, 'record route')):
            options = bytes([kind, 7, 4]) + self.their_ip + b'\0'
            yield f'{name} (RFC 7126)', self.ip(6, self.tcp_segment(RST, self.awaited + FAR), options=options)
            yield f'{name} of a false length (CVE-2019-12256)', self.ip(17, udp, options=bytes([kind, 40, 200]) + options[3:])
        yield 'IP in IP', self.ip(4, self.ip(6, self.tcp_segment(RST, self.awaited))[14:])
        for total in (0, 19, 21, 65535):
            yield f'IP length {total}', self.ip(17, udp, total=total)
        for length in (0, 7, 45, 65535):
            yield f'UDP length {length}', self.udp(1000, 68, bytes(36), length=length)
        for size in (14, 15, 20, 33, 34, 41):
            yield f'runt of {size} bytes', self.tcp(RST, self.awaited)[:size]
        for source in ('0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255', socket.inet_ntoa(self.our_ip)):
            yield f'from {source} (land: CVE-1999-0016)', self.ip(6, self.tcp_segment(SYN, 1), source=socket.inet_aton(source))
        for kind, code in ((3, 0), (3, 1), (3, 3), (3, 4), (4, 0), (5, 1), (11, 0)):
            # RFC 5927: it quotes a segment that the machine has not sent
            quoted = b'\x45\0\0\x28\0\0\0\0\x40\6\0\0' + self.our_ip + self.their_ip + struct.pack(
                '>HHI', self.our_port, self.their_port, (self.acked + FAR) % 2**32)
            icmp = bytes([kind, code, 0, 0]) + struct.pack('>HH', 0, 68) + quoted
            yield f'ICMP {kind}/{code} (RFC 5927)', self.ip(1, icmp[:2] + struct.pack('>H', checksum(icmp)) + icmp[4:])
        yield from self.forged_names_and_leases()

    def forged_names_and_leases(self):
        for kind, name in ((2, 'OFFER'), (5, 'ACK'), (6, 'NAK')):
            message = b'\2\1\6\0' + b'xid?' + bytes(8) + socket.inet_aton('10.66.6.6') + self.their_ip + bytes(4) + self.our_mac
            message += bytes(202) + b'\x63\x82\x53\x63' + bytes([53, 1, kind, 54, 4]) + self.their_ip + b'\3\4\x0a\x42\6\1\xff'
            yield f'forged {name}', self.udp(67, 68, message, broadcast=True)
            yield f'{name} with an option of 255 bytes at its end', self.udp(67, 68, message[:-1] + b'\x43\xff', broadcast=True)
        loop = b'\x12\x34\x81\x80\0\1\0\1\0\0\0\0\xc0\x0c\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\1\0\4\1\2\3\4'
        yield 'DNS name that points at itself (CVE-2000-0333)', self.udp(53, 1024, loop)

    def all(self):
        return list(self.from_seeds()) + list(self.known())

    # ---- what a neighbour forges who sees the connection

    def live(self):
        self.awaited = self.acked = 0
        for off in (1, 1449, 65537, 1 << 18):
            yield f'RST {off} behind what is awaited (RFC 5961 3.2)', self.tcp(RST, off)
            yield f'RST {off} behind what is awaited, acknowledging', self.tcp(RST | ACK, off)
            yield f'SYN {off} behind what is awaited (RFC 5961 4.2)', self.tcp(SYN, off)
            yield f'SYN {off} behind what is awaited, acknowledging', self.tcp(SYN | ACK, off)
        for name, flags in (('SYN', SYN), ('SYN that acknowledges', SYN | ACK)):
            yield f'{name} at what is awaited', self.tcp(flags, 0)
        for ahead in (1, 1000, 1 << 24, FAR - 1):
            yield f'acknowledgement of {ahead} bytes that were never sent (RFC 9293 3.10.7.4)', self.tcp(ACK, 0, ahead)
            yield f'the same, with data', self.tcp(ACK | PSH, 0, ahead, b'liar' * 99)
        yield 'data that acknowledges what is long past (RFC 5961 5.2)', self.tcp(ACK | PSH, 0, -(1 << 24), b'liar' * 99)
        yield 'data that acknowledges nothing', self.tcp(PSH, 0, data=b'liar' * 99)
        yield 'a probe (RFC 9293 3.8.4)', self.tcp(ACK, -1)
        yield 'old data', self.tcp(ACK | PSH, -1448, data=b'liar' * 362)

    # ---- a storm

    def storm(self):
        """Broadcast of no protocol that we know, and ARP: for us, for others, from everywhere."""
        frames = [BROADCAST + self.their_mac + b'\x88\xb5' + bytes([n]) * 46 for n in range(64)]
        for n in range(192):
            sender_mac, sender_ip = b'\2\0\0\0\1' + bytes([n]), socket.inet_aton(f'10.200.0.{n}')
            target = self.our_ip if n % 8 == 0 else socket.inet_aton(f'10.200.1.{n}')
            frames.append(BROADCAST + sender_mac + b'\x08\x06\0\1\x08\0\6\4\0' + bytes([1 + n % 2]) + sender_mac + sender_ip +
                          bytes(6) + target + bytes(18))
        return frames
