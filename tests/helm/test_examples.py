"""The examples, for whoever follows them: what they name is made as they say, and what the settings
point at is there."""

import re
import shlex
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from chart import CHART, EXAMPLES, helm, manifests, one

PRODUCTION = CHART / 'examples' / 'production.yaml'
EXAMPLE = pytest.mark.parametrize('example', EXAMPLES, ids=lambda path: path.stem)
CREATE = re.compile(r'kubectl (?:-n \S+ )?create (?:secret )?(\S+) (\S+)((?:\\\n|.)*)')
KEYS = {'tls': {'tls.crt', 'tls.key'}, 'docker-registry': {'.dockerconfigjson'}}


def made_by(text):
    """{name: keys} of the secrets and config maps that the commands of a text make."""
    made = {}
    for kind, name, rest in CREATE.findall(text):
        made[name] = set(KEYS.get(kind, ()))
        for argument in shlex.split(rest.replace('\\\n', ' '), comments=True):
            option, _, value = argument.partition('=')
            if option in ('--from-file', '--from-literal'):
                key, named, _ = value.partition('=')
                made[name].add(key if named else Path(value).name)
    return made


def made_for(example):
    """What its own comment makes or, for the production example, the page that it belongs to."""
    page = CHART / 'README.md' if example == PRODUCTION else example
    return made_by(page.read_text())


def mappings(value):
    """All mappings inside of a value, itself first."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from mappings(inner)


def read_by(documents):
    """{name: keys} of the secrets and config maps that manifests read, and do not bring."""
    needed = defaultdict(set)
    for mapping in mappings(documents):
        for secret in mapping.get('imagePullSecrets', []):
            needed[secret['name']] |= KEYS['docker-registry']
        for source in [mapping.get('secret'), mapping.get('configMap'), mapping.get('keySecret')]:
            if source is not None:
                keys = {item['key'] for item in source.get('items', [])} | {source.get('key')}
                needed[source.get('secretName', source.get('name'))] |= keys - {None}
    own = {document['metadata']['name'] for document in documents
           if document['kind'] == 'ConfigMap'}
    return {name: keys for name, keys in needed.items() if name not in own}


@EXAMPLE
def test_the_secrets_that_an_example_names_are_made_as_it_says(example):
    needed, made = read_by(manifests('-f', example)), made_for(example)
    assert needed
    assert {name: keys for name, keys in needed.items() if not keys <= made.get(name, set())} == {}


def test_prometheus_can_scrape_what_the_production_example_installs():
    done = helm('template', 'baton', CHART, '-n', 'sales', '--kube-version', '1.33.0', '-f',
                PRODUCTION)
    documents = [document for document in yaml.safe_load_all(done.stdout) if document]
    service = one(documents, 'Service', '-metrics')['metadata']['name']
    endpoint, = one(documents, 'ServiceMonitor', 'baton')['spec']['endpoints']
    shown = endpoint['tlsConfig']
    assert endpoint['scheme'] == 'https' and shown['serverName'] == f'{service}.sales.svc'
    assert {'ca', 'cert', 'keySecret'} <= shown.keys()
    assert shown['cert']['secret']['name'] == shown['keySecret']['name']
