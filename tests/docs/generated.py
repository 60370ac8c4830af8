"""The parts of deploy/docs that are made from the code, the protos and the schemas.

    generated.py [--write]    says which pages differ (exit 1), or writes them

A part stands in its page between `<!-- generated: NAME -->` and `<!-- /generated -->`; PARTS says
what makes it.
"""

import re
import sys

import api_part
import events_part
import policy_part
import settings_part
import stages_part
from pages import DOCS

PARTS = {
    'settings': settings_part.make,
    'services': api_part.services,
    'types': api_part.types,
    'errors': api_part.errors,
    'topics': events_part.topics,
    'events in': events_part.events_in,
    'events out': events_part.events_out,
    'dead letters': events_part.dead_letters,
    'policy': policy_part.make,
    'stages': stages_part.make,
}
PART = re.compile(r'(<!-- generated: ([a-z ]+) -->\n)(.*?)(<!-- /generated -->)', re.DOTALL)


def renewed(text, made):
    """The text of a page with its parts made anew; `made` keeps what was made already."""
    def part(match):
        name = match[2]
        if name not in made:
            made[name] = PARTS[name]().strip('\n')
        return f'{match[1]}{made[name]}\n{match[4]}'
    return PART.sub(part, text)


def stale_pages(write=False):
    """The names of pages that are not what the code says; with `write` they are afterwards."""
    made, stale = {}, []
    for page in sorted(DOCS.rglob('*.md')):
        old = page.read_text()
        new = renewed(old, made)
        if new != old:
            stale.append(str(page.relative_to(DOCS)))
            if write:
                page.write_text(new)
    missing = PARTS.keys() - made.keys()
    if missing:
        raise SystemExit(f'deploy/docs: no page has the part {", ".join(sorted(missing))}')
    return stale


if __name__ == '__main__':
    pages = stale_pages(write='--write' in sys.argv[1:])
    if '--write' not in sys.argv[1:] and pages:
        raise SystemExit(f'deploy/docs: not what the code says: {", ".join(pages)}; '
                         'run tests/docs/run --write')
