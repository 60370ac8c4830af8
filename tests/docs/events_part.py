"""The reference of topics and events: from proto/asyncapi.yaml, the schemas of proto/events and
deploy/kafka/topics.yaml."""

import functools
import json

import yaml

from pages import TOP, code, table

PROTO = TOP / 'proto'
# What the forms of texts that many fields have in common are called.
FORMS = {'[A-Za-z0-9_-]{1,64}': 'an id', '[A-Za-z0-9_-]{0,64}': 'an id, or empty'}


@functools.cache
def document(name):
    text = (PROTO / name).read_text()
    return yaml.safe_load(text) if name.endswith('.yaml') else json.loads(text)


def resolve(reference, base):
    """(what a $ref means, the file it stands in)."""
    name, _, pointer = reference.partition('#')
    if name:
        base = name if name.startswith('events/') or base == 'asyncapi.yaml' else f'events/{name}'
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


def kind(one, base):
    """What a value may be, in words."""
    one, base = schema_at(one, base)
    if 'const' in one:
        return code(one['const'])
    if 'enum' in one:
        return ', '.join(code(value) for value in one['enum'] if value)
    if 'anyOf' in one and 'type' not in one:
        return choice([kind(each, base) for each in one['anyOf']])
    name = one.get('type', 'anything')
    if isinstance(name, list):
        return choice([kind({**one, 'type': each}, base) for each in name if each != 'null'])
    if name == 'string':
        return text_form(one) + sizes(one)
    if name == 'array':
        return f'list{sizes(one)} of {kind(one.get("items", {}), base)}'
    if name == 'object' and isinstance(one.get('additionalProperties'), dict):
        return f'map{sizes(one)} from text to {kind(one["additionalProperties"], base)}'
    if name == 'object' and 'properties' in one:
        return 'object of ' + ', '.join(code(inner) for inner in one['properties'])
    return name + bounds(one)


def rows_of(one, base, leave_out=()):
    """A row for each property of an object's schema."""
    required = one.get('required', [])
    for name, value in one.get('properties', {}).items():
        if name in leave_out:
            continue
        # Only what is said of this property itself, not of its form.
        about = value.get('description') or schema_at(value, base)[0].get('description', '')
        yield code(name), 'yes' if name in required else '', kind(value, base), about


FIELDS = ('field', 'required', 'value', 'what it says')


def topics():
    declared = yaml.safe_load((TOP / 'deploy' / 'kafka' / 'topics.yaml').read_text())
    channels = {one['address']: one.get('description', '')
                for one in document('asyncapi.yaml')['channels'].values()}
    rows = []
    for topic in declared['spec']['topics']:
        config = topic['config']
        if config['cleanup.policy'] == 'compact':
            kept = 'compacted: the latest of each key'
        else:
            hours = int(config['retention.ms']) / 3_600_000
            kept = f'{hours / 24:g} days' if hours >= 24 else f'{hours:g} hour'
        about = channels.get(topic['name'], 'Empty: its partitions are the shards of the relays.')
        rows.append((code(topic['name']), about, topic['partitions'], kept))
    return table(('topic', 'what is in it', 'partitions', 'kept'), rows)


def messages(channel):
    """(type, summary, payload's schema, its file) of each message of a channel."""
    for reference in document('asyncapi.yaml')['channels'][channel]['messages'].values():
        message, _ = resolve(reference['$ref'], 'asyncapi.yaml')
        payload, base = {}, ''
        if 'payload' in message:
            payload, base = schema_at(message['payload'], 'asyncapi.yaml')
        yield message['name'], message.get('summary', ''), payload, base


def headers_part(name):
    base = 'events/headers.schema.json'
    return table(('header', 'required', 'value', 'what it says'),
                 rows_of(document(base)['definitions'][name], base))


def event_part(name, summary, payload, base, leave_out=()):
    rows = list(rows_of(payload, base, leave_out))
    body = table(FIELDS, rows) if rows else 'No fields of its own.'
    return f'#### {name}\n\n{summary}\n\n{body}'


def events_in():
    parts = ['### Headers of what you publish\n\nIn binary mode; in structured mode the same '
             'attributes stand in the JSON without `ce_`.\n\n' + headers_part('marketing')]
    for channel, title in (('leadEvents', 'Leads and accounts'), ('salesEvents', 'Sales')):
        parts.append(f'### {title}: `{document("asyncapi.yaml")["channels"][channel]["address"]}`')
        shared = ()
        if channel == 'salesEvents':
            shared = ('rep', 'generation', 'note')
            first = next(messages(channel))
            own = dict(first[2], properties={name: first[2]['properties'][name]
                                             for name in shared})
            parts.append('Of every event of sales (`generation`, or `rep` where it is not known):'
                         '\n\n' + table(FIELDS, rows_of(own, first[3])))
        parts += [event_part(*one, shared) for one in messages(channel)]
    return '\n\n'.join(parts)


def events_out():
    base = 'events/handoff-events.schema.json'
    definitions = document(base)['definitions']
    kinds, owners = ({name: about for name, about, *_ in messages(channel)}
                     for channel in ('feedback', 'assignments'))
    rows = [(code(name), 'yes' if name in owners else '', about) for name, about in kinds.items()]
    return '\n\n'.join([
        '### Types\n\nAll are on `baton.feedback.v1`; those that change who owns a lead also on '
        '`baton.assignments.v1`.\n\n' + table(('type', 'on assignments', 'what happened'), rows),
        '### Headers of changes\n\n' + headers_part('change'),
        '### Data of a change\n\n' + table(FIELDS, rows_of(definitions['change'], base)),
        '### Data of `baton.lead-state.v1`\n\nA null value deletes the key.\n\n'
        + table(FIELDS, rows_of(definitions['state'], base))])


def dead_letters():
    return headers_part('deadLetter')
