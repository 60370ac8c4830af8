"""A reader's terminal: bash in a checkout of its own, where the commands of the documents run."""

import os
import re
import select
import signal
import subprocess
import time

from given import give
from pages import TOP
from stack import BIN, free_port

BLOCK_SECONDS = 90
OWN_ADDRESS = re.compile(r'((?:127\.0\.0\.1|localhost):|--port )(74\d\d)\b')


class Checkout:
    """A folder that looks like a checkout of Baton. What commands write stays in it, servers have
    their data in it, and ports of the documents (74xx) are free ones."""

    def __init__(self, folder):
        self.folder, self.ports = folder, {}
        self._link(TOP, folder, leave_out={'deploy', 'build', '.git'})
        self._link(TOP / 'deploy', folder / 'deploy', leave_out={'local'})
        self._link(TOP / 'deploy' / 'local', folder / 'deploy' / 'local', leave_out={'up', 'down'})
        for name in ('up', 'down'):
            script = folder / 'deploy' / 'local' / name
            script.write_text(f'#!/bin/bash\nexec "{TOP}/deploy/local/{name}" '
                              f'--dir "{folder}/build/local" "$@"\n')
            script.chmod(0o755)
        (folder / 'build' / 'release').mkdir(parents=True)
        (folder / 'build' / 'release' / 'bin').symlink_to(BIN)
        give(folder)

    @staticmethod
    def _link(source, target, leave_out):
        target.mkdir(parents=True, exist_ok=True)
        for one in source.iterdir():
            if one.name not in leave_out:
                (target / one.name).symlink_to(one)

    def port(self, number):
        return self.ports.setdefault(number, free_port())

    def localized(self, text):
        """`text` with this checkout's ports."""
        return OWN_ADDRESS.sub(lambda match: f'{match[1]}{self.port(match[2])}', text)

    def documented(self, text):
        """What was printed, with the ports of the documents."""
        for number, port in self.ports.items():
            text = text.replace(f'127.0.0.1:{port}', f'127.0.0.1:{number}')
        return text


class Terminal:
    """One bash, which keeps variables and background jobs from block to block. `environment` is
    that of another terminal, as its exports() said."""

    def __init__(self, checkout, environment=None):
        self.checkout = checkout
        self.names = 0
        env = {name: value for name, value in os.environ.items() if not name.startswith('BATON')}
        env.update({'BATON_GRPC_ADDRESS': f'127.0.0.1:{checkout.port("7400")}',
                    'BATON_HTTP_ADDRESS': f'127.0.0.1:{checkout.port("7401")}',
                    'BATON_CONNECT_ADDRESS': f'127.0.0.1:{checkout.port("7402")}',
                    'BATONCTL_SERVER': f'127.0.0.1:{checkout.port("7400")}'}
                   if environment is None else environment)
        self.bash = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', 'bash', '--noprofile', '--norc'], env=env,
            cwd=checkout.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=True, text=True)
        self.bash.stdin.write('set -euo pipefail\n')

    def run(self, text):
        """(went well, what was printed) of these commands."""
        self.names += 1
        stem = self.checkout.folder / 'build' / f'block-{self.bash.pid}-{self.names}'
        stem.with_suffix('.sh').write_text(self.checkout.localized(text))
        said = stem.with_suffix('.out')
        self.bash.stdin.write(f'source {stem}.sh >{said} 2>&1 </dev/null; echo went well\n')
        self.bash.stdin.flush()
        ended, _, _ = select.select([self.bash.stdout], [], [], BLOCK_SECONDS)
        well = bool(ended) and self.bash.stdout.readline() == 'went well\n'
        note = '' if ended else f'\n(no end within {BLOCK_SECONDS} s)'
        return well, self.checkout.documented(said.read_text(errors='replace')) + note

    @property
    def ended(self):
        """A block failed, so that bash has ended."""
        return self.bash.poll() is not None

    def exports(self):
        """The environment that programs started here see."""
        path = self.checkout.folder / 'build' / f'env-{self.bash.pid}'
        self.run(f'env -0 >{path}')
        return dict(one.split('=', 1) for one in path.read_text().split('\0') if one)

    def close(self):
        """Ends bash and what it started."""
        try:
            os.killpg(self.bash.pid, signal.SIGTERM)
            for _ in range(50):
                os.killpg(self.bash.pid, 0)
                self.bash.poll()
                time.sleep(0.1)
            os.killpg(self.bash.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.bash.wait()
