"""The chart as a whole: it lints, Kubernetes takes what it renders, and so do the real programs."""

import json
import os
import re
import time

import kubernetes_validate
import pytest
import yaml

import values_table
from chart import (BIN, CHART, EXAMPLES, NEEDED, TOP, config_of, helm, manifests, one, print_config,
                   run, template)

ROLES = ['intake', 'dispatch', 'clock', 'relay']
OPERATORS = {'ServiceMonitor', 'PrometheusRule', 'ScaledObject'}  # kinds that others define
EXAMPLE = pytest.mark.parametrize('example', EXAMPLES, ids=lambda path: path.stem)


@EXAMPLE
def test_lints_strictly(example):
    done = helm('lint', '--strict', CHART, '-f', example, '--kube-version', '1.33.0')
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'WARNING' not in done.stdout


@pytest.mark.parametrize('kubernetes', ['1.30', '1.33', '1.37'])
@EXAMPLE
def test_is_what_kubernetes_takes(example, kubernetes):
    for document in manifests('-f', example, kubernetes=f'{kubernetes}.0'):
        if document['kind'] not in OPERATORS:
            kubernetes_validate.validate(document, kubernetes, strict=True)


def judge(documents):
    return run(os.environ['NODE'], TOP / 'tests' / 'helm' / 'node' / 'operators.mjs',
               os.environ['NODE_MODULES'], input=json.dumps(documents))


def test_is_what_the_operators_of_keda_and_prometheus_take():
    documents = [document for document in manifests('-f', CHART / 'examples' / 'production.yaml')
                 if document['kind'] in OPERATORS]
    assert {document['kind'] for document in documents} == OPERATORS
    assert judge(documents).returncode == 0, judge(documents).stderr
    one(documents, 'ScaledObject', 'intake')['spec'].pop('triggers')
    assert 'required property triggers' in judge(documents).stderr


def test_needs_a_kubernetes_whose_pods_can_sleep_before_they_stop():
    done = helm('template', 'acme', CHART, *NEEDED, '--kube-version', '1.29.15')
    assert 'requires kubeVersion: >=1.30' in done.stderr
    template(*NEEDED, kubernetes='1.30.0-eks.1')


@EXAMPLE
def test_baton_takes_the_configuration_of_each_role(example, tmp_path):
    documents = manifests('-f', example)
    path = tmp_path / 'baton.yaml'
    path.write_text(config_of(documents))
    for role in ROLES:
        pod = one(documents, 'Deployment', f'acme-baton-{role}')['spec']['template']['spec']
        container = pod['containers'][0]
        arguments = [path if argument == '/etc/baton/baton.yaml' else argument
                     for argument in container['args']]
        environment = {variable['name']: variable.get('value', 'x')
                       for variable in container.get('env', [])}
        settings = print_config(*arguments, **environment)
        values = yaml.safe_load(example.read_text())
        assert settings['redis.url'][0] == values['redis']['url']
        assert settings['kafka.brokers'][0] == values['kafka']['brokers']


def test_every_setting_of_baton_can_be_set(tmp_path):
    everything = CHART / 'examples' / 'production.yaml'
    path = tmp_path / 'baton.yaml'
    path.write_text(config_of(manifests('-f', everything, '--set', 'tokenSecret.existingSecret=t',
                                        '--set', 'auth.methods.x\\.Y.Z[0]=admin',
                                        '--set', 'redis.url=rediss+sentinel://sentinel/leads',
                                        '--set', 'redis.sentinel.user=asker',
                                        '--set', 'redis.sentinel.existingSecret=s',
                                        '--set', 'redis.caSecret=ca',
                                        '--set', 'redis.clientSecret=client',
                                        '--set', 'auth.jwks.configMap=',
                                        '--set', 'auth.jwks.url=https://id.example.com/keys',
                                        '--set', 'auth.jwks.caFile=/ca.pem',
                                        '--set', 'kafka.tls.enabled=true',
                                        '--set', 'kafka.sasl.mechanism=PLAIN',
                                        '--set', 'kafka.sasl.existingSecret=kafka-login',
                                        '--set', 'intake.autoscaling.keda.authenticationRef=keda',
                                        '--set', 'kafka.properties.client\\.rack=a')))
    settings = print_config('dispatch', '--config', path)
    default = [key for key, (_, source) in settings.items() if source == 'default']
    assert default == ['grpc.insecure', 'auth.jwks_file']  # never in pods; instead of its URL


def test_defaults_are_those_of_baton_where_the_cluster_asks_for_no_other(tmp_path):
    path = tmp_path / 'baton.yaml'
    path.write_text(config_of(manifests(*NEEDED)))
    ours = print_config('all', '--config', path)
    theirs = print_config('all', '--grpc-insecure', 'loopback')
    differing = {key for key in ours if ours[key][0] != theirs[key][0]}
    assert differing == {'redis.url', 'kafka.brokers', 'grpc.address', 'grpc.insecure',
                         'grpc.tls_cert_file', 'grpc.tls_key_file', 'auth.jwks_file',
                         'auth.issuer', 'auth.audience', 'connect.address', 'http.address',
                         'shutdown.grace'}


def large_numbers(schema, part):
    """Each setting of the part that may be 1,000,000 or more, with its largest value."""
    if '$ref' in part:
        part = schema['$defs'][part['$ref'].removeprefix('#/$defs/')]
    if 'integer' in part.get('type', []):
        largest = part.get('maximum', 10**7)
        return largest if largest >= 10**6 else None
    inner = {name: large_numbers(schema, value)
             for name, value in part.get('properties', {}).items()}
    return {name: value for name, value in inner.items() if value}


def flat(values, path=''):
    for name, value in values.items():
        key = path + name.replace('.', '\\.')
        if isinstance(value, dict):
            yield from flat(value, key + '.')
        else:
            yield f'{key}={json.dumps(value)}'


def test_numbers_of_a_file_are_rendered_as_those_of_the_command_line(tmp_path):
    schema = json.loads((CHART / 'values.schema.json').read_text())
    values = large_numbers(schema, schema)
    values['kafka'] = {'properties': {'receive.message.max.bytes': 1048576000}}
    values['intake']['autoscaling']['keda']['enabled'] = True
    path = tmp_path / 'values.yaml'
    path.write_text(yaml.safe_dump(values))
    text = template(*NEEDED, '-f', path)
    assert re.findall(r'.*\de\+\d.*', text) == []
    assert text == template(*NEEDED, '--set', ','.join(flat(values)))


def test_secrets_are_files_and_neither_variables_nor_arguments(tmp_path):
    documents = manifests('-f', CHART / 'examples' / 'sasl.yaml', '--set',
                          'redis.existingSecret=redis-login', '--set',
                          'tokenSecret.existingSecret=tokens')
    pods = [document['spec']['template']['spec'] for document in documents
            if document['kind'] in ('Deployment', 'Job')]
    assert len(pods) == len(ROLES) + 1
    for pod in pods:
        container = pod['containers'][0]
        assert not container.get('env') and not container.get('envFrom')
        assert not any('password' in argument.lower() for argument in container['args'])
        mount = next(mounted for mounted in container['volumeMounts']
                     if mounted['name'] == 'kafka-login')
        assert mount['mountPath'] == '/run/secrets/baton/kafka-login' and 'subPath' not in mount
        files = next(volume for volume in pod['volumes']
                     if volume['name'] == 'kafka-login')['secret']
        assert {item['path'] for item in files['items']} == {'sasl.username', 'sasl.password'}
    path = tmp_path / 'baton.yaml'
    path.write_text(config_of(documents))
    shown = print_config('relay', '--config', path)
    assert shown['kafka.properties_file'][0] == '/run/secrets/baton/kafka-login'
    assert 'sasl.mechanism=SCRAM-SHA-512' in shown['kafka.properties'][0]


def test_baton_takes_the_arguments_of_the_functions_job():
    documents = manifests(*NEEDED, '--set', 'redis.url=rediss://baton@redis:6380',
                          '--set', 'redis.caSecret=ca', '--set', 'redis.clientSecret=client',
                          '--set', 'functionsJob.enabled=true',
                          '--set', 'functionsJob.existingSecret=deploy')
    job = one(documents, 'Job', '-functions')['spec']['template']['spec']['containers'][0]
    settings = print_config(*job['args'])
    assert settings['redis.url'][0] == 'rediss://baton-deploy@redis:6380'
    given = {key for key, (_, source) in settings.items() if source != 'default'}
    assert given == {'role', 'redis.url', 'redis.password_file', 'redis.tls_ca_file',
                     'redis.tls_cert_file', 'redis.tls_key_file'}


def test_the_topics_job_creates_every_topic_on_a_real_kafka(tmp_path):
    brokers, prefix = os.environ['BATON_KAFKA_BROKERS'], f'chart-{time.time_ns()}'
    documents = manifests(
        '--set', f'kafka.topicPrefix={prefix}', *NEEDED,
        '--set', f'kafka.brokers={brokers.replace(",", chr(92) + ",")}', '--set', 'redis.shards=3',
        '--set', 'topicsJob.replication=1', '--set', 'topicsJob.minInsyncReplicas=1')
    job = one(documents, 'Job', '-topics')['spec']['template']['spec']['containers'][0]
    path = tmp_path / 'topics.yaml'
    path.write_text(one(documents, 'ConfigMap', '-topics')['data']['topics.yaml'])
    arguments = [argument.replace('/etc/baton/topics.yaml', str(path)) for argument in job['args']]
    for state in ['created', 'ok']:  # a second run has nothing to do
        done = run(BIN / 'batonctl', '-o', 'json', *arguments)
        assert done.returncode == 0, done.stderr
        topics = {topic['name']: topic for topic in json.loads(done.stdout)['topics']}
        assert {topic['state'] for topic in topics.values()} == {state}
        assert topics[f'{prefix}.shards.v1']['partitions'] == 3
        assert len(topics) == 8


def test_the_declared_topics_are_those_of_the_project():
    assert (CHART / 'files' / 'topics.yaml').read_bytes() == \
        (TOP / 'deploy' / 'kafka' / 'topics.yaml').read_bytes()


def exposed_metrics():
    names = set()
    for source in (TOP / 'services').rglob('*.cc'):
        names.update(re.findall(r'"(baton_[a-z_]+)"', source.read_text()))
    return names


@pytest.mark.parametrize('name', ['alerts.yaml', 'dashboard.json'])
def test_rules_and_dashboard_ask_for_metrics_that_there_are(name):
    text = (CHART / 'files' / name).read_text()
    asked = {re.sub(r'_(bucket|count|sum)$', '', found)
             for found in re.findall(r'\bbaton_[a-z_]+', text)}
    assert asked and asked <= exposed_metrics()


def test_every_alert_says_what_is_wrong_and_how_bad():
    groups = yaml.safe_load((CHART / 'files' / 'alerts.yaml').read_text())['groups']
    alerts = [rule for group in groups for rule in group['rules'] if 'alert' in rule]
    records = {rule['record'] for group in groups for rule in group['rules'] if 'record' in rule}
    named = {(alert['alert'], alert['labels'].get('role')) for alert in alerts}
    assert len(named) == len(alerts) > 10
    for alert in alerts:
        assert alert['labels']['severity'] in {'info', 'warning', 'critical'}, alert['alert']
        assert alert['annotations'].keys() == {'summary', 'description', 'runbook_url'}
        assert set(re.findall(r'\bbaton:[a-z0-9_:]+', alert['expr'])) <= records, alert['alert']


def test_the_readme_has_the_table_of_values():
    readme = (CHART / 'README.md').read_text()
    rows = values_table.table((CHART / 'values.yaml').read_text())
    assert values_table.with_table(readme, rows) == readme


def test_the_table_names_every_setting_that_may_be_set():
    parts = json.loads((CHART / 'values.schema.json').read_text())['properties']['settings']
    said = dict(values_table.documented_values((CHART / 'values.yaml').read_text()))
    for part, settings in parts['properties'].items():
        assert set(settings['properties']) <= set(re.findall('`(.*?)`', said['settings', part]))


@pytest.mark.parametrize('value', ['redis.urll=x', 'intake.replica=3', 'settings.relay.kept=1',
                                   'networkPolicy.apiFrom[0].pods=x', 'grafana.enabled=true'])
def test_a_value_that_it_does_not_know_is_an_error(value):
    done = helm('template', 'acme', CHART, *NEEDED, '--set', value, '--kube-version', '1.33.0')
    assert done.returncode != 0
    assert 'additional properties' in done.stderr


def mappings_open_to_anything(schema, path=''):
    if schema.get('type') == 'object' and 'properties' in schema:
        if schema.get('additionalProperties') is not False:
            yield path
    for key, value in schema.items():
        if isinstance(value, dict):
            yield from mappings_open_to_anything(value, f'{path}/{key}')


def test_the_schema_leaves_no_mapping_open():
    schema = json.loads((CHART / 'values.schema.json').read_text())
    assert list(mappings_open_to_anything(schema)) == []
    values = yaml.safe_load((CHART / 'values.yaml').read_text())
    assert values.keys() | {'global'} == schema['properties'].keys()


def test_two_releases_share_no_name():
    def names(release):
        text = template(*NEEDED, '--set', f'fullnameOverride={release}')
        return {(document['kind'], document['metadata']['name'])
                for document in yaml.safe_load_all(text) if document}
    assert not names('one') & names('two')
