"""The image: its Dockerfile, and the tree of files in it, run as a container engine would."""

import json
import os
import pathlib
import re
import stat
import subprocess
import time

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from chart import BIN, TOP, print_config, run
from stack import free_port

DOCKERFILE = TOP / 'deploy' / 'docker' / 'Dockerfile'
SBOM = 'usr/local/share/baton/sbom.cdx.json'
AS_ROOT = [] if os.geteuid() == 0 else ['sudo', '-n']
# Nobody, on a root that cannot be written, with no capability and no way to get one.
JAIL = '''
  mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" &&
  exec setpriv --inh-caps=+sys_chroot,+setuid,+setgid \\
    setpriv --no-new-privs --bounding-set=-all \\
    chroot --userspec=65532:65532 --groups= "$0" "$@"'''


@pytest.fixture(scope='module', name='root')
def made_root(tmp_path_factory):
    """The tree that tests/helm/image made by the Dockerfile's steps, or one of the tested build."""
    if 'BATON_IMAGE' in os.environ:
        return pathlib.Path(os.environ['BATON_IMAGE'])
    path = tmp_path_factory.mktemp('image') / 'root'
    done = subprocess.run([TOP / 'deploy' / 'docker' / 'collect-root', BIN, path], text=True,
                          capture_output=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    for folder in [path.parent, path.parent.parent]:
        folder.chmod(0o755)
    return path


def jailed(root, *command):
    unshare = ['unshare', '--mount']
    if run(*AS_ROOT, *unshare, 'true').returncode != 0:
        # In a chroot / is no mount that could be made private; whoever made it has seen to that.
        unshare += ['--propagation', 'unchanged']
    return [*AS_ROOT, *unshare, 'sh', '-c', JAIL, root, *command]


def test_the_dockerfile_has_no_fault():
    lint = os.path.join(os.environ['NODE_MODULES'], 'dockerfile-utils/bin/dockerfile-utils')
    done = run(os.environ['NODE'], lint, 'lint', DOCKERFILE)
    assert done.returncode == 0 and not done.stdout, done.stdout


def test_the_last_stage_begins_with_nothing_and_ends_as_nobody():
    last = re.split(r'(?m)^FROM ', DOCKERFILE.read_text())[-1]
    assert last.startswith('scratch\n')
    assert re.search(r'(?m)^USER 65532:65532$', last)
    assert re.search(r'(?m)^ENTRYPOINT \["/usr/local/bin/baton"\]$', last)
    assert not re.search(r'(?m)^(RUN|ADD) ', last)


def test_the_ports_that_it_exposes_are_those_of_the_listeners():
    settings = print_config('all', '--grpc-insecure', 'loopback')
    listeners = {value.rsplit(':', 1)[1] for key, (value, _) in settings.items()
                 if key.endswith('.address')}
    exposed = re.search(r'(?m)^EXPOSE (.*)$', DOCKERFILE.read_text())[1].split()
    assert len(listeners) >= 3 and set(exposed) == listeners


def test_there_is_no_shell_and_nothing_that_gives_rights(root):
    programs = [path for path in root.rglob('*')
                if path.is_file() and not path.is_symlink() and path.stat().st_mode & 0o111
                and '.so' not in path.name]
    assert sorted(path.name for path in programs) == ['baton', 'batonctl']
    for path in root.rglob('*'):
        mode = path.lstat().st_mode
        assert not mode & (stat.S_ISUID | stat.S_ISGID), path
        assert not mode & stat.S_IWOTH or path.is_symlink() or path == root / 'tmp', path


def test_the_components_are_those_of_the_libraries_in_it(root):
    text = (root / SBOM).read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    components = json.loads(text)['components']
    listed = {entry['value'] for component in components
              for entry in component.get('properties', []) if entry['name'] == 'baton:file'}
    there = {f'/{path.relative_to(root)}' for path in root.rglob('*.so*') if path.is_file()}
    assert there == listed
    assert all(component['purl'].startswith('pkg:') and component['version']
               for component in components)


def sources_of(*packages):
    """The source packages of installed packages."""
    return set(run('dpkg-query', '-W', '-f', '${source:Package}\n', *packages).stdout.split())


def header_packages():
    """The packages of which the programs' sources read headers, as the build noted it."""
    headers, ours = set(), False
    for line in run('ninja', '-C', BIN.parent, '-t', 'deps').stdout.splitlines():
        if line and not line.startswith(' '):
            ours = line.startswith(('services/', 'proto/'))
        elif ours and line.strip().startswith('/usr/include/'):
            headers.add(line.strip())
    owners = run('dpkg-query', '-S', *headers).stdout
    return {package for package, _, _ in (line.partition(': ') for line in owners.splitlines())}


def test_what_is_compiled_in_from_headers_is_a_component(root):
    components = json.loads((root / SBOM).read_text())['components']
    listed = {entry['value'] for component in components
              for entry in component.get('properties', [])
              if entry['name'] == 'baton:source-package'}
    used = header_packages()
    assert {'nlohmann-json3', 'cli11'} <= sources_of(*used)
    assert sources_of(*used) - listed == {'linux'}, "the kernel's are its numbers, no code"


def test_both_programs_start_in_it(root):
    for program in ['baton', 'batonctl']:
        done = run(*jailed(root, f'/usr/local/bin/{program}', '--help'))
        assert done.returncode == 0 and 'Usage' in done.stdout, done.stderr


def test_it_knows_certificate_authorities_and_time_zones(root):
    assert (root / 'etc/ssl/certs/ca-certificates.crt').read_text().count('BEGIN CERT') > 100
    sample = TOP / 'deploy/local/sample/policy.yaml'
    (root / 'tmp/policy.yaml').write_text(sample.read_text())
    done = run(*jailed(root, '/usr/local/bin/batonctl', 'policy', 'validate', '--file',
                       '/tmp/policy.yaml'))
    assert done.returncode == 0, done.stderr


def test_it_can_write_nothing(root):
    for folder in ['', 'tmp/', 'etc/']:
        done = run(*jailed(root, '/usr/local/bin/batonctl', 'config', 'set-context', 'dev',
                           '--server', 'localhost:7400'),
                   env=os.environ | {'BATONCTL_CONFIG': f'/{folder}contexts'})
        assert done.returncode != 0 and f'/{folder}contexts' in done.stderr, done.stderr
        assert not (root / folder / 'contexts').exists()


def status_of(process):
    """/proc/PID/status of the program that it has become or, by way of sudo, has started."""
    pid = process.pid
    while children := pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split():
        pid = int(children[0])
    lines = pathlib.Path(f'/proc/{pid}/status').read_text().splitlines()
    return dict(line.split(':\t', 1) for line in lines if ':\t' in line)


def test_dispatch_serves_from_it_and_stops_when_told(root):
    port = free_port()
    environment = {'PATH': os.environ['PATH'],
                   'BATON_REDIS_URL': f'{os.environ["BATON_REDIS_URL"]}/9',
                   'BATON_KAFKA_BROKERS': os.environ['BATON_KAFKA_BROKERS'],
                   'BATON_GRPC_ADDRESS': f'127.0.0.1:{port}', 'BATON_HTTP_ADDRESS': '127.0.0.1:0',
                   'BATON_CONNECT_ADDRESS': '127.0.0.1:0', 'BATON_GRPC_INSECURE': 'loopback'}
    server = subprocess.Popen(jailed(root, '/usr/local/bin/baton', 'dispatch'), env=environment,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        answer = None
        for _ in range(50):
            answer = run(*jailed(root, '/usr/local/bin/batonctl', '--timeout', '2s', '--server',
                                 f'127.0.0.1:{port}', 'workspace', 'list'))
            if answer.returncode == 0 or server.poll() is not None:
                break
            time.sleep(0.2)
        assert answer.returncode == 0, answer.stderr
        status = status_of(server)
        assert status['Name'] == 'baton' and status['NoNewPrivs'] == '1'
        assert status['Uid'].split() == status['Gid'].split() == ['65532'] * 4
        assert {status[f'Cap{one}'].strip('0') for one in ('Prm', 'Eff', 'Bnd', 'Amb')} == {''}
    finally:
        server.terminate()
        _, said = server.communicate(timeout=30)
    assert server.returncode == 0, said
