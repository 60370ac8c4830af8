"""The chart refuses durations outside of the program's ranges, and no others."""

import re
import subprocess

import pytest

from chart import BIN, CHART, NEEDED, helm

HELP = subprocess.run([BIN / 'baton', '--help'], check=True, stdout=subprocess.PIPE,
                      text=True).stdout
RANGE = re.compile(r'; (0|[0-9]+(?:ms|s|m|h)) to ([0-9]+(?:ms|s|m|h))(?:; .*)? \[BATON_([A-Z_]+)\]')
MS = {'ms': 1, 's': 1000, 'm': 60_000, 'h': 3_600_000}


def value_of(variable):
    """Where the chart has the setting of a variable."""
    part, name = variable.lower().split('_', 1)
    if part == 'auth':
        part, name = ('auth.jwks', name[5:]) if name.startswith('jwks_') else (part, name)
        return f'{part}.' + re.sub(r'_(\w)', lambda match: match[1].upper(), name)
    return f'settings.{part}.{name}'


def milliseconds(text):
    return int(text.rstrip('hms') or 0) * MS.get(text.lstrip('0123456789'), 0)


RANGES = [(value_of(variable), low, high) for low, high, variable in RANGE.findall(HELP)
          if variable != 'SHUTDOWN_GRACE']  # of which the chart makes seconds


def refusal(value, given):
    done = helm('template', 'acme', CHART, *NEEDED, '--set', f'{value}={given}',
                '--kube-version', '1.33.0')
    return '' if done.returncode == 0 else done.stderr


def test_there_are_some():
    assert len(RANGES) >= 8, HELP


@pytest.mark.parametrize('value,low,high', RANGES)
def test_its_range_is_that_of_the_program(value, low, high):
    below, above = f'{milliseconds(low) - 1}ms', f'{milliseconds(high) + 1}ms'
    if value == 'settings.reports.keep':  # its schema knows no milliseconds
        below, above = f'{milliseconds(low) // 1000 - 1}s', f'{milliseconds(high) // 1000 + 1}s'
    assert f'{value} is {above}: it must be {low} to {high}' in refusal(value, above)
    assert not refusal(value, high)
    if low != '0':
        assert f'{value} is {below}: it must be {low} to {high}' in refusal(value, below)
        assert not refusal(value, low)
