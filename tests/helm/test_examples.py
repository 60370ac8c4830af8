"""The examples, for whoever follows them: what they name is made as they say, and what the settings
point at is there."""

import re
import shlex
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from chart import CHART, EXAMPLES, config_of, helm, manifests, one, print_config

ROLES = ['intake', 'dispatch', 'clock', 'relay']
PUBLIC_CAS = '/etc/ssl/certs/ca-certificates.crt'  # in the image
PATH = re.compile(r'(?:^|=)(/[^\s;]+)')
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


def settings_of(documents, role, tmp_path):
    path = tmp_path / 'baton.yaml'
    path.write_text(config_of(documents))
    return {key: value.strip('"')
            for key, (value, _) in print_config(role, '--config', path).items()}


def mounted_in(pod, documents, made):
    """Files and folders that the pod's container finds, beside the image's."""
    volumes = {volume['name']: volume for volume in pod['volumes']}
    found = set()
    for mount in pod['containers'][0]['volumeMounts']:
        volume = volumes[mount['name']]
        source = volume.get('secret') or volume['configMap']
        name = source.get('secretName', source.get('name'))
        files = [item['path'] for item in source.get('items', [])] or \
            made.get(name) or one(documents, 'ConfigMap', name)['data']
        found |= {mount['mountPath']} | {f'{mount["mountPath"]}/{file}' for file in files}
    return found


@EXAMPLE
def test_the_files_that_settings_and_arguments_name_are_mounted(example, tmp_path):
    documents, made = manifests('-f', example), made_for(example)
    for document in documents:
        if document['kind'] not in ('Deployment', 'Job'):
            continue
        pod = document['spec']['template']['spec']
        role = document['metadata']['name'].removeprefix('acme-baton-')
        named = {path for argument in pod['containers'][0]['args']
                 for path in PATH.findall(argument)}
        if role in ROLES:
            for key, value in settings_of(documents, role, tmp_path).items():
                if role == 'dispatch' or not key.startswith(('grpc.', 'auth.')):  # of its door
                    named |= set(PATH.findall(value))
        assert named, role
        assert named - mounted_in(pod, documents, made) - {PUBLIC_CAS} == set(), role


@EXAMPLE
def test_a_server_of_the_cluster_is_verified_by_a_ca_of_its_own(example, tmp_path):
    settings = settings_of(manifests('-f', example), 'relay', tmp_path)
    kafka = dict(pair.split('=', 1) for pair in settings['kafka.properties'].split(';') if pair)
    tls = {'redis.url': (settings['redis.url'].startswith('rediss'), settings['redis.tls_ca_file']),
           'kafka.brokers': ('security.protocol' in kafka, kafka.get('ssl.ca.location')),
           'otel.endpoint': (settings['otel.endpoint'].startswith('https'),
                             settings['otel.ca_file'])}
    for key, (guarded, authority) in tls.items():
        if guarded and re.search(r'\.svc\b', settings[key]):  # a name that no public CA signs
            assert authority not in ('', None, PUBLIC_CAS), key
