"""deploy/compose: by the schema of compose, and by what the real programs say of its settings."""

import os
import subprocess
import sys
import time

import pytest
import yaml

from chart import BIN, TOP, print_config, run
from stack import free_port

FOLDER = TOP / 'deploy' / 'compose'
COMPOSE = yaml.safe_load((FOLDER / 'compose.yaml').read_text())
SERVICES = COMPOSE['services']
ROLES = ['intake', 'dispatch', 'clock', 'relay']
PROGRAMS = ROLES + ['topics', 'identity']


def test_it_is_what_compose_takes():
    done = run(sys.executable, '-m', 'check_jsonschema', '--builtin-schema', 'vendor.compose-spec',
               FOLDER / 'compose.yaml')
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_loopback_is_published():
    published = [port for service in SERVICES.values() for port in service.get('ports', [])]
    assert len(published) == 5
    assert all(port.startswith('127.0.0.1:') for port in published)
    assert COMPOSE['networks']['inside'] == {'internal': True}


@pytest.mark.parametrize('role', ROLES)
def test_baton_takes_the_settings_of_each_role(role):
    service = SERVICES[role]
    assert service['command'] == [role]
    settings = print_config(role, **service['environment'])
    assert settings['redis.url'][0] == 'redis://redis:6379'
    assert settings['http.address'][0] == '0.0.0.0:7401'
    assert float(service['stop_grace_period'].rstrip('s')) > \
        float(settings['shutdown.grace'][0].rstrip('s'))


@pytest.mark.parametrize('name', PROGRAMS)
def test_programs_of_baton_run_as_nobody_without_rights(name):
    service = SERVICES[name]
    assert service['user'] == '65532:65532' and service['read_only']
    assert service['cap_drop'] == ['ALL']
    assert service['security_opt'] == ['no-new-privileges:true']


@pytest.mark.parametrize('name', [name for name in SERVICES if name not in PROGRAMS])
def test_servers_say_whether_they_are_healthy(name):
    assert SERVICES[name]['healthcheck']['test'][0] == 'CMD'
    assert SERVICES[name]['image'].split(':')[1] != 'latest'


def test_the_topics_are_created_by_the_command_on_a_real_kafka():
    service, prefix = SERVICES['topics'], f'compose-{time.time_ns()}'
    assert service['entrypoint'] == ['/usr/local/bin/batonctl']
    command = [argument.replace('/usr/local/share/baton', str(TOP / 'deploy' / 'kafka'))
               for argument in service['command']]
    environment = {**service['environment'], 'BATON_KAFKA_TOPIC_PREFIX': prefix,
                   'BATON_KAFKA_BROKERS': os.environ['BATON_KAFKA_BROKERS']}
    done = run(BIN / 'batonctl', '-o', 'name', *command, env=environment)
    assert done.returncode == 0, done.stderr
    assert f'{prefix}.feedback.v1' in done.stdout


def test_dispatch_asks_for_the_tokens_that_identity_made(tmp_path):
    folder, port = '/var/lib/baton', free_port()
    assert SERVICES['identity']['volumes'] == [f'identity:{folder}']
    assert SERVICES['dispatch']['volumes'] == [f'identity:{folder}:ro']

    def here(words):
        return [word.replace(folder, str(tmp_path)).replace(':7400', f':{port}') for word in words]

    def batonctl(*words):
        return run(BIN / 'batonctl', *here(words))

    made = batonctl(*SERVICES['identity']['command'])
    assert made.returncode == 0, made.stderr
    kept = batonctl(*SERVICES['identity']['command'])
    assert kept.returncode == 0 and 'is kept' in kept.stderr
    given = SERVICES['dispatch']['environment']
    environment = {'PATH': os.environ['PATH'], **dict(zip(given, here(given.values()))),
                   'BATON_REDIS_URL': f'{os.environ["BATON_REDIS_URL"]}/9',
                   'BATON_KAFKA_BROKERS': os.environ['BATON_KAFKA_BROKERS'],
                   'BATON_HTTP_ADDRESS': '127.0.0.1:0', 'BATON_CONNECT_ADDRESS': 'off'}
    with subprocess.Popen([BIN / 'baton', 'dispatch'], env=environment,
                          stderr=subprocess.DEVNULL) as server:
        try:
            test = SERVICES['dispatch']['healthcheck']['test']
            assert test[:2] == ['CMD', '/usr/local/bin/batonctl']
            healthy = [batonctl(*test[2:])]
            while healthy[-1].returncode != 0 and len(healthy) < 50:
                time.sleep(0.2)
                healthy.append(batonctl(*test[2:]))
            assert healthy[-1].returncode == 0, healthy[-1].stderr
            call = ['--server', 'localhost:7400', '--tls-ca', f'{folder}/ca.pem', 'workspace',
                    'list']
            proven = batonctl(*call, '--token-file', f'{folder}/admin.token')
            assert proven.returncode == 0, proven.stderr
            assert 'CREDENTIALS_MISSING' in batonctl(*call).stderr
        finally:
            server.terminate()


@pytest.mark.parametrize('role', [role for role in ROLES if role != 'dispatch'])
def test_the_health_of_a_role_is_a_command_of_batonctl(role):
    test = SERVICES[role]['healthcheck']['test']
    assert test[:2] == ['CMD', '/usr/local/bin/batonctl'] and test[-1] == '127.0.0.1:7401'
    done = run(BIN / 'batonctl', *test[2:-1], '127.0.0.1:1')
    assert done.returncode == 3, done.stderr  # no answer; 2 would be a wrong command line


def test_redis_is_set_so_that_baton_becomes_ready():
    command = ' '.join(SERVICES['redis']['command'])
    for setting in ['--maxmemory-policy noeviction', '--appendonly yes', '--appendfsync always']:
        assert setting in command


def test_what_is_mounted_is_there():
    for service in SERVICES.values():
        for volume in service.get('volumes', []):
            source = volume.split(':')[0]
            if source.startswith('.'):
                assert (FOLDER / source).is_file(), source
            else:
                assert source in COMPOSE['volumes'], source


def test_prometheus_scrapes_every_role():
    configuration = FOLDER / 'prometheus.yaml'
    done = run(os.environ['PROMTOOL'], 'check', 'config', '--syntax-only', configuration)
    assert done.returncode == 0, done.stderr
    scraped = yaml.safe_load(configuration.read_text())['scrape_configs'][0]['static_configs'][0]
    assert sorted(scraped['targets']) == sorted(f'{role}:7401' for role in ROLES)
