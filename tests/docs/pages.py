"""Where the documents are, and words for their tables."""

import os
from pathlib import Path

TOP = Path(os.environ.get('BATON_TOP') or Path(__file__).resolve().parents[2])
DOCS = TOP / 'deploy' / 'docs'


def documents():
    """Every page that speaks to users: the README, that of the chart, and deploy/docs."""
    return [TOP / 'README.md', TOP / 'helm' / 'baton' / 'README.md', *sorted(DOCS.rglob('*.md'))]


def cell(text):
    """`text` as the cell of a table."""
    return ' '.join(str(text).split()).replace('|', '\\|')


def table(header, rows):
    """A table of Markdown."""
    lines = ['| ' + ' | '.join(header) + ' |', '|' + '---|' * len(header)]
    return '\n'.join(lines + ['| ' + ' | '.join(cell(one) for one in row) + ' |' for row in rows])


def code(text):
    return f'`{text}`' if text not in ('', None) else ''
