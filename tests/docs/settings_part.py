"""The settings, as the program itself says them: `baton --help` has flag, range, default and
variable of each, `--print-config` its place in the file."""

import os
import re
import subprocess

from pages import code, table

SECTIONS = {
    'redis': 'Redis', 'kafka': 'Kafka', 'grpc': 'The API (dispatch)', 'auth': 'Who may call',
    'connect': 'The API by HTTP and JSON (dispatch)', 'http': 'Metrics and probes',
    'intake': 'Intake', 'relay': 'Relay', 'clock': 'Clock', 'reports': 'Reports',
    'webhooks': 'Webhooks', 'otel': 'Traces', 'limits': 'Limits', 'log': 'Log',
    'shutdown': 'Shutdown',
}
OPTION = re.compile(r'^  (--[a-z0-9-]+)(?: TEXT)?(?: \.\.\.)?(?:\s+(.*))?$')
VARIABLE = re.compile(r'^(.*) \[(BATON_[A-Z0-9_]+)\]$')


def baton(*arguments):
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith('BATON_')}
    return subprocess.run([os.environ['BATON_BIN'] + '/baton', *arguments], env=environment,
                          check=True, stdout=subprocess.PIPE, text=True).stdout


def options():
    """Yields (flag, help, variable) of each option that has a variable."""
    flag = None
    for line in baton('--help').splitlines():
        option = OPTION.match(line)
        if option:
            flag, said = option[1], option[2]
        else:
            said = line.strip()
        variable = VARIABLE.match(said or '')
        if flag and variable:
            yield flag, variable[1], variable[2]
            flag = None


def keys():
    """The place of each setting in the file, by its variable."""
    printed = baton('all', '--grpc-insecure', 'loopback', '--print-config')
    names = [line.split(' = ')[0] for line in printed.splitlines()]
    return {'BATON_' + name.upper().replace('.', '_'): name for name in names if name != 'role'}


def default_of(said):
    """(what it is for, range, default): the parts of a help text, divided by semicolons."""
    purpose, *rest = said.split('; ')
    default, spans = '', []
    for one in rest:
        if one.startswith('default '):
            default = one.removeprefix('default ')
        elif re.match(r'^-?[0-9][^ ]* to |^\w+( \| \w+)+$', one):
            spans.append(one)
        elif not one.startswith('name=value'):
            purpose += '; ' + one
    return purpose, ', '.join(spans), default


def make():
    places, seen, parts = keys(), set(), {}
    for flag, said, variable in options():
        if variable == 'BATON_CONFIG':
            continue
        key = places[variable]
        seen.add(variable)
        purpose, span, default = default_of(said)
        assert key.split('.')[0] in SECTIONS, f'settings_part.py: no section for {key}'
        parts.setdefault(key.split('.')[0], []).append(
            (code(key), code(flag), purpose[:1].upper() + purpose[1:], span, code(default)))
    assert seen == places.keys(), f'not in --help: {places.keys() - seen}'
    header = ('in the file', 'flag', 'what it is for', 'range', 'default')
    return '\n\n'.join(f'### {SECTIONS[name]}\n\n{table(header, rows)}'
                       for name, rows in parts.items())
