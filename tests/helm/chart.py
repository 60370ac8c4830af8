"""Renders the chart with the real helm, for the tests."""

import os
import subprocess
from pathlib import Path

import yaml

TOP = Path(os.environ['BATON_TOP'])
BIN = Path(os.environ['BATON_BIN'])
CHART = TOP / 'helm' / 'baton'
EXAMPLES = sorted((CHART / 'examples').glob('*.yaml'))
NEEDED = ['--set', 'redis.url=redis://redis:6379', '--set', 'kafka.brokers=kafka:9092',
          '--set', 'tls.existingSecret=tls', '--set', 'auth.jwks.configMap=keys',
          '--set', 'auth.issuer=i', '--set', 'auth.audience=a']


def run(*command, **options):
    return subprocess.run([str(part) for part in command], text=True, capture_output=True,
                          timeout=60, **options)


def helm(*arguments):
    return run(os.environ['HELM'], *arguments)


def template(*arguments, kubernetes='1.33.0'):
    """The text that the chart renders; fails with helm's error."""
    done = helm('template', 'acme', CHART, '--kube-version', kubernetes, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def manifests(*arguments, **options):
    documents = yaml.safe_load_all(template(*arguments, **options))
    return [document for document in documents if document]


def one(documents, kind, name):
    """The document of this kind whose name ends so."""
    found = [document for document in documents
             if document['kind'] == kind and document['metadata']['name'].endswith(name)]
    assert len(found) == 1, f'{kind} {name}: {len(found)}'
    return found[0]


def config_of(documents):
    """baton.yaml, as the roles read it."""
    return one(documents, 'ConfigMap', 'acme-baton')['data']['baton.yaml']


def print_config(role, *arguments, **options):
    """baton's settings as {key: (value, source)}; fails with its errors."""
    environment = {'PATH': os.environ['PATH'], **options}
    done = run(BIN / 'baton', role, *arguments, '--print-config', env=environment)
    assert done.returncode == 0, done.stderr
    settings = {}
    for line in done.stdout.splitlines():
        key, rest = line.split(' = ', 1)
        value, source = rest.rsplit('  # ', 1)
        settings[key] = (value.strip(), source)
    return settings
