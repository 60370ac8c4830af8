"""The notes of an installation: their commands are ones that there are, about what the chart makes.
There is no cluster, so that kubectl is a stand-in that notes how it was called."""

import re
import shutil
import subprocess

import pytest
import yaml

from chart import BIN, CHART, NEEDED, TOP, helm, manifests, one

KUBECTL = '#!/bin/bash\nprintf "%s\\n" "$*" >>kubectl.log\n'
SECURED = ['-f', CHART / 'examples' / 'production.yaml']


def commands(folder, values):
    """The lines of the notes that are for a terminal. Without a cluster helm renders manifests
    only, so that in a copy of the chart the notes become one."""
    shutil.copytree(CHART, folder)
    notes = (CHART / 'templates' / 'NOTES.txt').read_text()
    (folder / 'templates' / 'notes.yaml').write_text(
        f'{{{{ define "notes" }}}}{notes}{{{{ end }}}}\n'
        'said: |\n  first line\n{{ include "notes" . | indent 2 }}\n')
    done = helm('template', 'acme', folder, '--namespace', 'sales', '--kube-version', '1.33.0',
                '--show-only', 'templates/notes.yaml', *values)
    assert done.returncode == 0, done.stderr
    return [line.strip() for line in yaml.safe_load(done.stdout)['said'].splitlines()
            if re.match(r'  (kubectl|batonctl|export) ', line)]


def checked(line):
    """The command, which ends the script unless batonctl understood it and found nobody there."""
    if not line.startswith('batonctl '):
        return line.removesuffix('&')
    return f'code=0; {line} || code=$?; ((code == 3)) || {{ echo "$code: {line}" >&2; exit 1; }}'


@pytest.mark.parametrize('values', [NEEDED, SECURED], ids=['plaintext behind a mesh', 'secured'])
def test_the_commands_of_the_notes_are_commands(values, tmp_path):
    for name in ['policy.yaml', 'roster.yaml']:
        text = (TOP / 'deploy/local/sample' / name).read_text()
        (tmp_path / name).write_text(text.replace('workspace: demo', 'workspace: acme'))
    shutil.copy('/etc/ssl/certs/ca-certificates.crt', tmp_path / 'ca.pem')
    for who in ['admin', 'marketing', 'sales']:
        (tmp_path / f'{who}.token').write_text('a.b.c\n')
    (tmp_path / 'kubectl').write_text(KUBECTL)
    (tmp_path / 'kubectl').chmod(0o755)
    lines = commands(tmp_path / 'chart', values)
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
