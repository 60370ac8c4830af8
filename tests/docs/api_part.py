"""The reference of the API: from the protos with their comments, services/identity/methods.yaml
(who may call what) and services/core/errors.cc (why a call was refused)."""

import functools
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from google.protobuf import descriptor_pb2

from pages import TOP, code, table

FIELD = descriptor_pb2.FieldDescriptorProto
NO_EFFECTS = descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS
CODES = {'Internal': 'INTERNAL', 'InvalidArgument': 'INVALID_ARGUMENT', 'NotFound': 'NOT_FOUND',
         'AlreadyExists': 'ALREADY_EXISTS', 'PermissionDenied': 'PERMISSION_DENIED',
         'ResourceExhausted': 'RESOURCE_EXHAUSTED', 'FailedPrecondition': 'FAILED_PRECONDITION',
         'Aborted': 'ABORTED', 'Unavailable': 'UNAVAILABLE', 'Unauthenticated': 'UNAUTHENTICATED',
         'DeadlineExceeded': 'DEADLINE_EXCEEDED', 'OutOfRange': 'OUT_OF_RANGE',
         'Unimplemented': 'UNIMPLEMENTED', 'Unknown': 'UNKNOWN'}
GIVEN = re.compile(r'(?<![A-Za-z])(?:Revision)?Error\(\s*absl::StatusCode::k(\w+),'
                   r'\s*"([A-Z][A-Z0-9_]+)"')
GIVEN_SHORT = re.compile(r'(?<![A-Za-z])(CapReached|QuotaError|Unavailable)'
                         r'\(\s*"([A-Z][A-Z0-9_]+)"')
KNOWN = re.compile(r'KnownReason\{\s*"([A-Z0-9_]+)",\s*("(?:[^"\\]|\\.|"\s*")*")\}')


@functools.cache
def files():
    """The descriptors of proto/baton/v1, with their comments."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / 'set'
        protos = sorted(str(path.relative_to(TOP / 'proto'))
                        for path in (TOP / 'proto' / 'baton' / 'v1').glob('*.proto'))
        subprocess.run([sys.executable, '-m', 'grpc_tools.protoc', '-I.', '--include_imports',
                        '--include_source_info', f'--descriptor_set_out={out}', *protos],
                       cwd=TOP / 'proto', check=True)
        loaded = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    return [one for one in loaded.file if one.package == 'baton.v1']


def comments(file):
    """What stands before (or behind) each element, by its path."""
    said = {}
    for place in file.source_code_info.location:
        text = place.leading_comments or place.trailing_comments
        if text.strip():
            said[tuple(place.path)] = ' '.join(text.split())
    return said


def anchor(name):
    return name.lower().replace('.', '')


def short(type_name):
    return type_name.removeprefix('.baton.v1.').removeprefix('.')


def type_of(field, maps):
    """What a field holds, as Markdown; `maps` are the entries of maps by their full name."""
    if field.type_name in maps:
        key, value = maps[field.type_name].field
        return f'map of {type_of(key, maps)} to {type_of(value, maps)}'
    if field.type_name.startswith('.baton.v1.'):
        name = short(field.type_name)
        word = f'[{name}](#{anchor(name)})'
    elif field.type_name:
        word = short(field.type_name).removeprefix('google.protobuf.')
    else:
        word = FIELD.Type.Name(field.type).removeprefix('TYPE_').lower()
    return f'list of {word}' if field.label == FIELD.LABEL_REPEATED else word


def json_name(field):
    return field.json_name or field.name


def fields(message, path, said, maps):
    rows = []
    for number, field in enumerate(message.field):
        choice = ''
        if field.HasField('oneof_index') and not field.proto3_optional:
            choice = f'One of `{message.oneof_decl[field.oneof_index].name}`. '
        rows.append((code(field.name), type_of(field, maps),
                     choice + said.get((*path, 2, number), '')))
    return table(('field', 'type', 'what it says'), rows) if rows else 'No fields.'


def enum_part(name, enum, path, said):
    rows = [(code(value.name), value.number, said.get((*path, 2, number), ''))
            for number, value in enumerate(enum.value)]
    return (f'### {name}\n\n{said.get(path, "")}\n\n'
            + table(('value', 'number', 'what it says'), rows))


def message_parts(message, name, path, said, maps):
    """The section of a message, then those of what is declared inside of it."""
    nested = [one for one in message.nested_type if not one.options.map_entry]
    yield f'### {name}\n\n{said.get(path, "")}\n\n{fields(message, path, said, maps)}'
    for number, one in enumerate(message.nested_type):
        if one in nested:
            yield from message_parts(one, f'{name}.{one.name}', (*path, 3, number), said, maps)
    for number, one in enumerate(message.enum_type):
        yield enum_part(f'{name}.{one.name}', one, (*path, 4, number), said)


def map_entries():
    found = {}

    def visit(message, name):
        for one in message.nested_type:
            if one.options.map_entry:
                found[f'{name}.{one.name}'] = one
            visit(one, f'{name}.{one.name}')
    for file in files():
        for message in file.message_type:
            visit(message, f'.baton.v1.{message.name}')
    return found


def method_row(service, method, said, roles):
    full = f'baton.v1.{service.name}'
    verb = 'GET, POST' if method.options.idempotency_level == NO_EFFECTS else 'POST'
    request, response = short(method.input_type), short(method.output_type)
    answer = f'[{response}](#{anchor(response)})'
    if method.server_streaming:
        answer = 'stream of ' + answer
    may = roles['methods'].get(full, {}).get(method.name, [])
    return (f'**{method.name}** {said}<br>{verb} `/{full}/{method.name}`',
            f'[{request}](#{anchor(request)})', answer, ', '.join(may) or 'nobody')


def services():
    roles = yaml.safe_load((TOP / 'services' / 'identity' / 'methods.yaml').read_text())
    parts = []
    for file in files():
        said = comments(file)
        for number, service in enumerate(file.service):
            rows = [method_row(service, method, said.get((6, number, 2, place), ''), roles)
                    for place, method in enumerate(service.method)]
            parts.append(f'### {service.name}\n\n{said.get((6, number), "")}\n\n'
                         + table(('method', 'request', 'response', 'roles'), rows))
    return '\n\n'.join(parts)


def types():
    maps, parts = map_entries(), []
    for file in files():
        said = comments(file)
        for number, message in enumerate(file.message_type):
            parts += message_parts(message, message.name, (4, number), said, maps)
        for number, enum in enumerate(file.enum_type):
            parts.append(enum_part(enum.name, enum, (5, number), said))
    return '\n\n'.join(part.replace('\n\n\n\n', '\n\n') for part in parts)


def given_codes():
    """The status codes with which each reason is given, found where errors are made."""
    codes = {}
    for path in sorted((TOP / 'services').rglob('*.*')):
        text = path.read_text() if path.suffix in ('.cc', '.h') else ''
        for word, reason in GIVEN.findall(text):
            codes.setdefault(reason, set()).add(CODES[word])
        for taker, reason in GIVEN_SHORT.findall(text):
            codes.setdefault(reason, set()).add(
                'UNAVAILABLE' if taker == 'Unavailable' else 'RESOURCE_EXHAUSTED')
    return codes


def errors():
    codes, rows = given_codes(), []
    text = (TOP / 'services' / 'core' / 'errors.cc').read_text()
    for reason, hint in KNOWN.findall(text):
        said = ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', hint))
        rows.append((code(reason), ', '.join(sorted(codes.get(reason, []))), said))
    assert len(rows) == text.count('KnownReason{"'), 'errors.cc has another form'
    return table(('reason', 'code', 'what you can do'), rows)


