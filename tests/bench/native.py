# SPDX-License-Identifier: BSD-2-Clause
"""Instructions of our own network stack, which no noise touches: instructions.py's figures as rows of the bench."""
import instructions
from candidates import OURS
from results import Outcome, Row

NAMES = ['instructions']


def add(results):
    figures, _ = instructions.measure()
    for way, count in figures.items():
        results.add(Row(f'instructions-{way}', f'network stack, per MiB of HTTP, {way}', 'instructions', False, ''), OURS, Outcome(count))
