"""JSON Schemas in words: what a value may be, and a table of an object's fields."""

import functools
import json

import yaml

from pages import code

# What the forms of texts that many fields have in common are called.
FORMS = {'[A-Za-z0-9_-]{1,64}': 'an id', '[A-Za-z0-9_-]{0,64}': 'an id, or empty'}
FIELDS = ('field', 'required', 'value', 'what it says')


@functools.cache
def document(path):
    text = path.read_text()
    return yaml.safe_load(text) if path.suffix == '.yaml' else json.loads(text)


def resolve(reference, base):
    """(what a $ref in the file `base` means, the file it stands in)."""
    name, _, pointer = reference.partition('#')
    base = (base.parent / name).resolve() if name else base
    found = document(base)
    for step in pointer.strip('/').split('/'):
        found = found[step]
    return found, base


def schema_at(one, base):
    """`one` with its $ref followed; what stands beside the $ref wins."""
    while '$ref' in one:
        target, base = resolve(one['$ref'], base)
        one = {**target, **{key: value for key, value in one.items() if key != '$ref'}}
    return one, base


def number(value):
    return f'{value:,}' if isinstance(value, int) else str(value)


def bounds(one):
    low, high = one.get('minimum'), one.get('maximum')
    if low is not None and high is not None:
        return f', {number(low)} to {number(high)}'
    return f', at least {number(low)}' if low is not None else ''


def text_form(one):
    form = one.get('pattern', '').strip('^$')
    if form in FORMS:
        return FORMS[form]
    if '\\d{4}-' in form:
        return 'a time (RFC 3339)'
    return f'text like `{form}`' if form else 'text'


def sizes(one):
    said = [f'{number(one[key])} {word}' for key, word in
            (('maxLength', 'bytes'), ('maxItems', 'entries'), ('maxProperties', 'entries'))
            if key in one]
    return f' (at most {", ".join(said)})' if said else ''


def choice(kinds):
    kinds = list(dict.fromkeys(kinds))
    return ', '.join(kinds[:-1]) + ' or ' + kinds[-1] if len(kinds) > 1 else kinds[0]


def no_link(_):
    """The link of a definition that has a section of its own: there is none."""
    return ''


def kind(one, base, link=no_link):
    """What a value may be, in words; `link` says by what a $ref is linked, or nothing."""
    if '$ref' in one and link(one['$ref']):
        return link(one['$ref'])
    one, base = schema_at(one, base)
    if 'const' in one:
        return code(json.dumps(one['const']).strip('"'))
    if 'enum' in one:
        return ', '.join(code(value) for value in one['enum'] if value)
    for several in ('anyOf', 'oneOf'):
        if several in one and 'type' not in one:
            return choice([kind(each, base, link) for each in one[several]])
    name = one.get('type', 'anything')
    if isinstance(name, list):
        return choice([kind({**one, 'type': each}, base, link) for each in name if each != 'null'])
    if name == 'string':
        return text_form(one) + sizes(one)
    if name == 'array':
        return f'list{sizes(one)} of {kind(one.get("items", {}), base, link)}'
    if name == 'object' and isinstance(one.get('additionalProperties'), dict):
        inner = kind(one['additionalProperties'], base, link)
        return f'map{sizes(one)} from text to {inner}'
    if name == 'object' and 'properties' in one:
        return 'object of ' + ', '.join(code(inner) for inner in one['properties'])
    return name + bounds(one)


def rows_of(one, base, leave_out=(), link=no_link):
    """A row for each property of an object's schema."""
    required = one.get('required', [])
    for name, value in one.get('properties', {}).items():
        if name in leave_out:
            continue
        about = value.get('description', '')
        if not about and not link(value.get('$ref', '')).endswith('(#words)'):
            about = schema_at(value, base)[0].get('description', '')
        if 'default' in value:
            about = f'{about} Default {code(json.dumps(value["default"]))}.'.strip()
        yield code(name), 'yes' if name in required else '', kind(value, base, link), about
