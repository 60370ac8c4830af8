"""The reference of policies, from their JSON Schema."""

from pages import TOP, code, table
from schema_words import FIELDS, document, rows_of, schema_at

SCHEMA = TOP / 'services' / 'policy' / 'schema' / 'handoff-policy.schema.json'


def sections():
    """The definitions that are objects with fields, each with a section."""
    return [name for name, one in document(SCHEMA)['$defs'].items() if one.get('properties')]


def words():
    """The definitions that are no objects of their own but have a meaning, all in one section."""
    return {name: one['description'] for name, one in document(SCHEMA)['$defs'].items()
            if name not in sections() and one.get('description')}


def link(reference):
    name = reference.rpartition('/')[2]
    if name in sections():
        return f'[{name}](#{name})'
    return f'[{name}](#words)' if name in words() else ''


def make():
    parts = []
    for name in sections():
        one, base = schema_at(document(SCHEMA)['$defs'][name], SCHEMA)
        parts.append(f'### {name}\n\n{one.get("description", "")}\n\n'
                     + table(FIELDS, rows_of(one, base, link=link)))
    rows = [(code(name), about) for name, about in words().items()]
    parts.append('### Words\n\n' + table(('word', 'what it is'), rows))
    return '\n\n'.join(part.replace('\n\n\n\n', '\n\n') for part in parts)
