#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make bench`: our ROMs beside Debian's iPXE ROMs and any named by PEER=, in one run on one host: a Markdown table on standard output
and in build/bench.md, a chart in build/bench.svg. Nothing is asserted.

ROWS= names groups (lan clean lossy narrow restarts san native memory) or single rows (loss-100-1 http ...); all of them without it. What is
measured goes round: everything once, then everything again, as long as there is time: after MINUTES no further round begins, so a
slow candidate has fewer runs, never no figure. The figure is the median of the runs; the table says how many.
"""
import argparse
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../boot'))
import distance  # noqa: E402
import lan  # noqa: E402
import memory  # noqa: E402
import native  # noqa: E402
import san  # noqa: E402
from candidates import OURS, candidates  # noqa: E402
from chart import chart  # noqa: E402
from machine import TOP  # noqa: E402
from priority import come_first  # noqa: E402
from results import Results  # noqa: E402

MINUTES = 34                    # what has begun then ends within the 40
GROUPS = {'lan': lan.NAMES, **distance.GROUPS, 'san': san.NAMES, 'native': native.NAMES, 'memory': memory.NAMES}
NAMES = [name for names in GROUPS.values() for name in names]


def arguments():
    parser = argparse.ArgumentParser(description='Figures beside other boot ROMs.')
    parser.add_argument('--peer', nargs='*', default=[], metavar='ROM')
    parser.add_argument('--rows', nargs='*', default=list(GROUPS), choices=list(GROUPS) + NAMES, metavar='ROW',
                        help='groups: ' + ' '.join(GROUPS) + '; rows: ' + ' '.join(NAMES))
    parser.add_argument('--runs', type=int, help='at most so many rounds')
    return parser.parse_args()


def say(text):
    print(f'bench: {text}', file=sys.stderr, flush=True)


class Bench:
    def __init__(self, options):
        self.results = Results()
        self.options = options
        self.wanted = {name for row in options.rows for name in GROUPS.get(row, [row])}
        self.candidates = candidates(options.peer)
        self.began = time.monotonic()
        self.took = {}                  # seconds of a task's last run
        self.runs = {}

    def tasks(self):
        """(name, most runs, function of the round's number), in the order of a round."""
        lan_wanted = self.wanted & set(lan.NAMES)
        far_wanted = self.wanted & set(distance.NAMES)
        if lan_wanted:
            for c in self.candidates:
                yield f'{c.name} {c.nic} on the LAN', lan.RUNS, lambda n, c=c: self.lan(c, lan_wanted, n)
        if far_wanted:
            for c in self.candidates:
                if c.nic == 'e1000':
                    yield f'{c.name} over the emulator', distance.RUNS, lambda n, c=c: self.far(c, far_wanted, n)
            yield 'curl over the emulator', distance.RUNS, lambda n: distance.add_curl(self.results, far_wanted, n)
        yield from self.san_tasks()
        if self.wanted & set(native.NAMES):
            yield 'instructions', 1, lambda n: native.add(self.results)
        if self.wanted & set(memory.NAMES):
            yield 'memory', 1, lambda n: memory.add(self.results)

    def san_tasks(self):
        wanted = self.wanted & set(san.NAMES)
        if wanted:
            yield 'the ISO in the machine', san.RUNS, lambda n: self.san_local()
            for c in self.candidates:
                if c.nic == 'e1000':
                    yield f'{c.name}, sanboot', san.RUNS, lambda n, c=c: self.san(c, wanted, n)

    def san_local(self):
        with san.SanRows() as rows:
            rows.local()

    def san(self, candidate, wanted, number):
        with san.SanRows() as rows:
            rows.add(self.results, candidate, wanted, number)

    def lan(self, candidate, wanted, number):
        with lan.LanRows() as rows:
            rows.add(self.results, candidate, wanted, number == 1)

    def far(self, candidate, wanted, number):
        if number > 1:
            # What was stopped, or failed, would only be so again.
            wanted = {n for n in wanted if not self.hopeless(n, candidate.name)}
        with distance.DistanceRows() as rows:
            rows.add(self.results, candidate, wanted, number)

    def hopeless(self, name, column):
        return any(o.stopped or o.value is None for o in self.results.outcomes[name, column])

    def run(self):
        for number in range(1, max(lan.RUNS, distance.RUNS, san.RUNS) + 1):
            for name, most, measure in self.tasks():
                if number > min(most, self.options.runs or most):
                    continue
                minutes = (time.monotonic() - self.began + self.took.get(name, 0)) / 60
                if number > 1 and minutes > MINUTES:
                    self.results.note(f'{name}: {number - 1} of {most} runs, for the time was up.')
                    continue
                self.one(name, number, measure)

    def one(self, name, number, measure):
        say(f'{(time.monotonic() - self.began) / 60:.1f} min: {name}, run {number}')
        began = time.monotonic()
        try:
            measure(number)
        except (TimeoutError, OSError, ValueError, RuntimeError, AssertionError) as error:
            say(f'{name} failed: {error}')
            self.results.note(f'{name}: run {number} failed.')
        self.took[name] = time.monotonic() - began

    def write(self):
        self.results.order(lan.order() + distance.NAMES + san.order())
        text = self.results.table()
        print(text)
        os.makedirs(f'{TOP}/build', exist_ok=True)
        for name, content in (('bench.md', text), ('bench.svg', chart(self.results))):
            with open(f'{TOP}/build/{name}', 'w') as f:
                f.write(content)


def main():
    options = arguments()
    if not os.environ.get('FPXE_NETNS'):
        launch = os.path.join(TOP, 'tests/boot/launch.sh')
        os.environ['FPXE_NETNS'] = 'wanted'
        os.execv(launch, [launch, sys.executable, '-B', os.path.abspath(__file__)] + sys.argv[1:])
    if os.environ['FPXE_NETNS'] == 'wanted':
        sys.exit('bench: no network namespace can be made here (root, or user namespaces, are needed)')
    if not come_first():
        say('others are served first: figures on a busy host are too low')
    bench = Bench(options)
    bench.run()
    bench.write()


main()
