"""The notes of an installation: their commands are ones that there are, about what the chart makes.
There is no cluster, so that kubectl is a stand-in that notes how it was called."""

import re
import shutil
import subprocess

import pytest

from chart import BIN, CHART, NEEDED, TOP, helm, manifests, one

KUBECTL = '#!/bin/bash\nprintf "%s\\n" "$*" >>kubectl.log\n'
SECURED = ['-f', CHART / 'examples' / 'production.yaml']


def commands(values):
    """The lines of the notes that are for a terminal."""
    done = helm('install', 'acme', CHART, '--namespace', 'sales', '--dry-run=client', *values)
    assert done.returncode == 0, done.stderr
    notes = done.stdout.split('NOTES:\n')[1]
    return [line.strip() for line in notes.splitlines()
            if re.match(r'  (kubectl|batonctl|export) ', line)]


def checked(line):
    """The command, which ends the script unless batonctl understood it and found nobody there."""
    if not line.startswith('batonctl '):
        return line.removesuffix('&')
    return f'code=0; {line} || code=$?; ((code == 3)) || {{ echo "$code: {line}" >&2; exit 1; }}'


@pytest.mark.parametrize('values', [NEEDED, SECURED], ids=['believing', 'secured'])
def test_the_commands_of_the_notes_are_commands(values, tmp_path):
    for name in ['policy.yaml', 'roster.yaml']:
        shutil.copy(TOP / 'deploy/local/sample' / name, tmp_path)
    shutil.copy('/etc/ssl/certs/ca-certificates.crt', tmp_path / 'ca.pem')
    for who in ['admin', 'marketing', 'sales']:
        (tmp_path / f'{who}.token').write_text('a.b.c\n')
    (tmp_path / 'kubectl').write_text(KUBECTL)
    (tmp_path / 'kubectl').chmod(0o755)
    lines = commands(values)
    assert sum(line.startswith('batonctl ') for line in lines) == 6
    lines.insert([line.startswith('batonctl ') for line in lines].index(True),
                 'export BATONCTL_SERVER=127.0.0.1:1')
    done = subprocess.run(['bash', '-euo', 'pipefail', '-c', '\n'.join(map(checked, lines))],
                          cwd=tmp_path, env={'PATH': f'{tmp_path}:{BIN}:/usr/bin:/bin'}, text=True,
                          capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    look, forward = (tmp_path / 'kubectl.log').read_text().splitlines()
    documents = manifests('--namespace', 'sales', *values)
    label, value = re.fullmatch(r'-n sales get pods -l (\S+)=(\S+) -w', look).groups()
    for role in ['intake', 'dispatch', 'clock', 'relay']:
        pods = one(documents, 'Deployment', f'-{role}')['spec']['template']['metadata']
        assert pods['labels'][label] == value
    name, port = re.fullmatch(r'-n sales port-forward svc/(\S+) (\d+)', forward).groups()
    service = one(documents, 'Service', name)
    assert int(port) in [each['port'] for each in service['spec']['ports']]
