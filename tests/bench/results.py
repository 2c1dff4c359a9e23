# SPDX-License-Identifier: BSD-2-Clause
"""What was measured: outcomes by row and column, and the Markdown table of them."""
import collections
import statistics

from candidates import DEBIANS, OURS

# value: of the row's unit, or None; words: instead of it; stopped: bytes over the time, for the time was up
Outcome = collections.namedtuple('Outcome', 'value words stopped', defaults=(None, '', False))
Row = collections.namedtuple('Row', 'name title unit more_is_better aim')


def number(value):
    if value >= 100:
        return f'{value:,.0f}'
    return f'{value:.1f}' if value >= 10 else f'{value:.2f}'


class Results:
    def __init__(self):
        self.rows = {}                          # by name, in the table's order
        self.columns = [OURS, DEBIANS]
        self.outcomes = collections.defaultdict(list)
        self.notes = []

    def add(self, row, column, outcome):
        self.rows.setdefault(row.name, row)
        if column not in self.columns:
            self.columns.append(column)
        self.outcomes[row.name, column].append(outcome)

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def order(self, names):
        """Rows in this order, though some were measured before others."""
        self.rows = {name: self.rows[name] for name in sorted(self.rows, key=lambda n: names.index(n) if n in names else len(names))}

    def value(self, row, column):
        """The median of the runs; None: there is no figure."""
        values = [o.value for o in self.outcomes[row.name, column] if o.value is not None]
        return statistics.median(values) if values else None

    def cell(self, row, column):
        outcomes = self.outcomes[row.name, column]
        words = [o.words for o in outcomes if o.words]
        value = self.value(row, column)
        if value is None:
            return collections.Counter(words).most_common(1)[0][0] if words else ''
        text = number(value)
        if any(o.stopped for o in outcomes):
            text += ' †'
        if words:
            text += f' ({len(words)} of {len(outcomes)} runs: {words[0]})'
        return text

    def ratio(self, row):
        """How many times better ours is than Debian's."""
        ours, theirs = self.value(row, OURS), self.value(row, DEBIANS)
        if not ours or not theirs or ours < 0 or theirs < 0:     # less than nothing: a difference of two times
            return ''
        return f'{ours / theirs if row.more_is_better else theirs / ours:.1f} x'

    def columns_measured(self):
        return [c for c in self.columns if any(self.outcomes.get((r, c)) for r in self.rows)]

    def table(self):
        columns = self.columns_measured()
        lines = ['| what | unit | ' + ' | '.join(columns) + f" | {OURS} to {DEBIANS} | aim |",
                 '|---|---|' + '---:|' * (len(columns) + 1) + '---|']
        for row in self.rows.values():
            cells = ' | '.join(self.cell(row, c) for c in columns)
            lines.append(f'| {row.title} | {row.unit} | {cells} | {self.ratio(row)} | {row.aim} |')
        if '†' in '\n'.join(lines):
            self.note('† Stopped after 60 s: bytes acknowledged over the time.')
        return '\n'.join(lines) + '\n\n' + '\n'.join(f'- {n}' for n in self.notes) + '\n'
