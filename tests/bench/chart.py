# SPDX-License-Identifier: BSD-2-Clause
"""The table as bars (SVG). Each row has a scale of its own: the longest bar is its greatest figure."""
from xml.sax.saxutils import escape

from results import number

WIDTH, TITLE, BAR, GAP, BARS_AT, BARS_WIDE = 900, 18, 15, 12, 150, 620
COLOURS = ['#1b6ca8', '#d98032', '#6a994e', '#8d5a97', '#b23a48', '#5c6b73']
FONT = 'font-family="sans-serif"'


def bars(results, row, columns, y):
    """One row's title and bars, from @y down; the lines and where the next begins."""
    values = [(c, results.value(row, c)) for c in columns]
    values = [(c, v) for c, v in values if v is not None]
    largest = max((v for _, v in values), default=0) or 1
    direction = '' if row.more_is_better else ', less is better'
    lines = [f'<text x="10" y="{y + 13}" font-size="13" font-weight="bold" {FONT}>{escape(row.title)} ({escape(row.unit)}{direction})</text>']
    y += TITLE
    for column, value in values:
        wide = max(1, value / largest * BARS_WIDE)
        colour = COLOURS[columns.index(column) % len(COLOURS)]
        lines += [f'<text x="{BARS_AT - 6}" y="{y + 12}" font-size="11" text-anchor="end" {FONT}>{escape(column)}</text>',
                  f'<rect x="{BARS_AT}" y="{y + 2}" width="{wide:.1f}" height="{BAR - 3}" fill="{colour}"/>',
                  f'<text x="{BARS_AT + wide + 6:.1f}" y="{y + 12}" font-size="11" {FONT}>{number(value)}</text>']
        y += BAR
    return lines, y + GAP


def chart(results):
    columns = results.columns_measured()
    lines, y = [], 10
    for row in results.rows.values():
        if any(results.value(row, c) is not None for c in columns):
            more, y = bars(results, row, columns, y)
            lines += more
    return '\n'.join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}">',
                      f'<rect width="{WIDTH}" height="{y}" fill="white"/>', *lines, '</svg>']) + '\n'
