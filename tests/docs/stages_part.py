"""The stages of a lead and its moves, from the table in services/core/lifecycle.cc."""

import re

from pages import TOP

MOVE = re.compile(r'\{k([A-Z]\w*), k([A-Z]\w*)\}')
OUTSIDE = '''    direction LR
    classDef owned fill:#dbeafe,stroke:#1d4ed8,color:#000
    classDef closed fill:#e5e7eb,stroke:#6b7280,color:#000
    [*] --> NEW
'''


def stages_after(function, text):
    """The stages for which `function` says true."""
    body = text.split(f'bool {function}(Stage stage)')[1].split('default')[0]
    return re.findall(r'case Stage::k(\w+)', body)


def make():
    text = (TOP / 'services' / 'core' / 'lifecycle.cc').read_text()
    moves = MOVE.findall(text.split('moves = {')[1].split('};')[0])
    assert len(moves) > 20, 'lifecycle.cc has another form: see to stages_part.py'
    lines = [f'    {a.upper()} --> {b.upper()}' for a, b in moves]
    named = {name for move in moves for name in move}
    for kind, function in (('owned', 'IsOwned'), ('closed', 'IsClosed')):
        members = [name.upper() for name in stages_after(function, text) if name in named]
        lines.append(f'    class {",".join(members)} {kind}')
    return '```mermaid\nstateDiagram-v2\n' + OUTSIDE + '\n'.join(lines) + '\n```'
