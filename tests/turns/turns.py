#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make turns`: no input holds the loop that waits for more than 50 ms. Counted are instructions, of which a slow processor, of 500 MHz, does
as many in 50 ms as are allowed here: two runs give the same figures, whatever else the machine does."""
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(TOP, 'build/counted/turns')
ALLOWED = 25_000_000
# Not the firmware's: the world, which goes on when the clock is read, the card, and the console
OTHERS = ['host_clock_advance_us', 'lan_receive', 'lan_transmit', 'lan_kick', 'lan_link_up']


def turns(log):
    """[(input, [instructions of each turn])], from what callgrind wrote: its count at each end of a turn."""
    inputs = []
    for line in log:
        if match := re.search(r'turns of (.*)', line):
            inputs.append((match[1], []))
        elif match := re.match(r'events-1: (\d+)', line):
            inputs[-1][1].append(int(match[1]))
    return [(name, [b - a for a, b in zip(counts, counts[1:])]) for name, counts in inputs]


def main():
    with tempfile.TemporaryDirectory() as folder:
        log = f'{folder}/log'
        run = subprocess.run(['valgrind', '--tool=callgrind', '--instr-atstart=no', f'--log-file={log}',
                              *(f'--toggle-collect={name}' for name in OTHERS), '--collect-atstart=yes', '--callgrind-out-file=/dev/null', PROGRAM])
        with open(log, errors='replace') as f:
            inputs = turns(f)
    failed = run.returncode != 0
    for name, counts in inputs:
        most = max(counts, default=0)
        failed += not 0 < most <= ALLOWED
        print(f'{most:12,} instructions in a turn at most, of {len(counts):5}: {name}{"" if 0 < most <= ALLOWED else "   TOO MANY"}')
    print(f'turns: {len(inputs) + (run.returncode != 0) - failed} passed, {failed} failed')
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
