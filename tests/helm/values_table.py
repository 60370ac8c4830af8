"""The table of values in helm/baton/README.md, made from the comments of values.yaml.

    values_table.py [--write]    prints what differs (exit 1), or writes it

A comment `# -- text` documents the value on the line below it; a leaf that no comment covers is an
error.
"""

import json
import re
import sys
from pathlib import Path

import yaml

CHART = Path(__file__).resolve().parents[2] / 'helm' / 'baton'
BEGIN, END = '<!-- values: made from values.yaml -->', '<!-- /values -->'
KEY = re.compile(r'^( *)([A-Za-z][A-Za-z0-9]*):')


def documented_values(text):
    """Yields (path, description) of each documented value, in the order of the file."""
    path, comment = [], None
    for line in text.splitlines():
        if line.strip().startswith('# -- '):
            comment = line.strip()[5:]
            continue
        key = KEY.match(line)
        if key is None:
            continue
        depth = len(key[1]) // 2
        path = path[:depth] + [key[2]]
        if comment is not None:
            yield tuple(path), comment
        comment = None


def leaves(values, documented, path=()):
    """Yields the paths of values that no comment covers."""
    for key, value in values.items():
        here = path + (key,)
        if here in documented:
            continue
        if isinstance(value, dict) and value:
            yield from leaves(value, documented, here)
        else:
            yield here


def value_at(values, path):
    for key in path:
        values = values[key]
    return values


def table(text):
    values = yaml.safe_load(text)
    documented = dict(documented_values(text))
    bare = ['.'.join(path) for path in leaves(values, documented)]
    if bare:
        raise SystemExit(f'values.yaml: without a comment `# -- `: {", ".join(bare)}')
    rows = ['| value | default | what it is for |', '|---|---|---|']
    for path, description in documented.items():
        default = json.dumps(value_at(values, path))
        rows.append(f'| `{".".join(path)}` | `{default}` | {description} |')
    return '\n'.join(rows)


def with_table(readme, rows):
    head, rest = readme.split(BEGIN)
    _, tail = rest.split(END)
    return f'{head}{BEGIN}\n{rows}\n{END}{tail}'


def main():
    readme = CHART / 'README.md'
    old = readme.read_text()
    new = with_table(old, table((CHART / 'values.yaml').read_text()))
    if '--write' in sys.argv[1:]:
        readme.write_text(new)
    elif old != new:
        raise SystemExit('helm/baton/README.md is not what values.yaml says; '
                         'run tests/helm/run --write-readme')


if __name__ == '__main__':
    main()
