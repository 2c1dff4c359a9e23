#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make instructions`: instructions that core/ and net/ take for a MiB of HTTP, clean and at 1 % loss, counted by callgrind in the
simulator (tests/bench/instructions.c). No noise touches them: two runs give the same figures.

The code is built for 64 bits with the ROM's optimisation (-Oz). Not counted is what the ROM does in assembly: copying, and adding up for
checksums. measure() is for the bench.
"""
import collections
import os
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(TOP, 'build/counted/instructions')
MIB = 16                        # fetched
WAYS = {'clean': 0, '1 % loss': 10000}
# net_poll() is collected, the simulated NIC below it is not: each entry to and exit from one of these turns collecting over.
TOGGLE = ['net_poll', 'nic_receive', 'nic_transmit', 'nic_kick', 'nic_link_up']
TOP_FUNCTIONS = 10


def self_costs(path):
    """Instructions of each (file, function) without what it calls, from callgrind's output (the format is in valgrind's manual)."""
    costs = collections.Counter()
    file = function = None
    skip = False
    with open(path) as f:
        for line in f:
            if line.startswith('fl='):
                file = line[3:].strip().removeprefix('./')
            elif line.startswith('fn='):
                function = line[3:].strip()
            elif line.startswith('calls='):
                skip = True             # the line that follows is what the callee took
            elif line[0].isdigit():
                if not skip:
                    costs[file, function] += int(line.split()[1])
                skip = False
    return costs


def count(loss_ppm):
    """The same for the firmware's functions alone, per MiB."""
    with tempfile.TemporaryDirectory() as folder:
        out = f'{folder}/callgrind'
        subprocess.run(['valgrind', '-q', '--tool=callgrind', '--collect-atstart=no', *(f'--toggle-collect={name}' for name in TOGGLE),
                        '--compress-strings=no', '--compress-pos=no', f'--callgrind-out-file={out}',
                        PROGRAM, str(MIB << 20), str(loss_ppm)], check=True, stdout=subprocess.DEVNULL)
        costs = self_costs(out)
    return collections.Counter({key: n / MIB for key, n in costs.items() if key[0].startswith(('core/', 'net/'))})


def measure():
    """{'clean': instructions per MiB of HTTP, '1 % loss': the same}, and each one's functions by cost."""
    subprocess.run(['make', '-s', 'build/counted/instructions'], cwd=TOP, check=True,
                   env={k: v for k, v in os.environ.items() if not k.startswith('MAKE')})
    functions = {way: count(loss_ppm) for way, loss_ppm in WAYS.items()}
    return {way: round(sum(f.values())) for way, f in functions.items()}, functions


def main():
    figures, functions = measure()
    for way, costs in functions.items():
        print(f'{way}: {figures[way]:,} instructions per MiB of HTTP, of which')
        for (file, function), n in costs.most_common(TOP_FUNCTIONS):
            print(f'{n:12,.0f}  {function} ({file})')
    print('instructions per MiB of HTTP: ' + ', '.join(f'{way} {n:,}' for way, n in figures.items()))


if __name__ == '__main__':
    sys.exit(main())
