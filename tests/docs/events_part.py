"""The reference of topics and events: from proto/asyncapi.yaml, the schemas of proto/events and
deploy/kafka/topics.yaml."""

import yaml

from pages import TOP, code, table
from schema_words import FIELDS, document, resolve, rows_of, schema_at

API = TOP / 'proto' / 'asyncapi.yaml'
HEADERS = TOP / 'proto' / 'events' / 'headers.schema.json'
CHANGES = TOP / 'proto' / 'events' / 'handoff-events.schema.json'


def topics():
    declared = yaml.safe_load((TOP / 'deploy' / 'kafka' / 'topics.yaml').read_text())
    channels = {one['address']: one.get('description', '')
                for one in document(API)['channels'].values()}
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
    for reference in document(API)['channels'][channel]['messages'].values():
        message, _ = resolve(reference['$ref'], API)
        payload, base = {}, ''
        if 'payload' in message:
            payload, base = schema_at(message['payload'], API)
        yield message['name'], message.get('summary', ''), payload, base


def headers_part(name):
    return table(('header', 'required', 'value', 'what it says'),
                 rows_of(document(HEADERS)['definitions'][name], HEADERS))


def event_part(name, summary, payload, base, leave_out=()):
    rows = list(rows_of(payload, base, leave_out))
    body = table(FIELDS, rows) if rows else 'No fields of its own.'
    return f'#### {name}\n\n{summary}\n\n{body}'


def events_in():
    parts = ['### Headers of what you publish\n\nIn binary mode; in structured mode the same '
             'attributes stand in the JSON without `ce_`.\n\n' + headers_part('marketing')]
    for channel, title in (('leadEvents', 'Leads and accounts'), ('salesEvents', 'Sales')):
        parts.append(f'### {title}: `{document(API)["channels"][channel]["address"]}`')
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
    definitions = document(CHANGES)['definitions']
    kinds, owners = ({name: about for name, about, *_ in messages(channel)}
                     for channel in ('feedback', 'assignments'))
    rows = [(code(name), 'yes' if name in owners else '', about) for name, about in kinds.items()]
    return '\n\n'.join([
        '### Types\n\nAll are on `baton.feedback.v1`; those that change who owns a lead also on '
        '`baton.assignments.v1`.\n\n' + table(('type', 'on assignments', 'what happened'), rows),
        '### Headers of changes\n\n' + headers_part('change'),
        '### Data of a change\n\n' + table(FIELDS, rows_of(definitions['change'], CHANGES)),
        '### Data of `baton.lead-state.v1`\n\nA null value deletes the key.\n\n'
        + table(FIELDS, rows_of(definitions['state'], CHANGES))])


def dead_letters():
    return headers_part('deadLetter')
