"""A Redis of a test's own, and settings of a Baton that uses it."""

import os
import shutil
import signal
import subprocess
import time

import pytest

from stack import free_port

NO_KAFKA = "127.0.0.1:1"  # dispatch serves all but SubmitLeadEvents without it


def settings(**values):
    """The environment with these settings of Baton and no others."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith("BATON_")} | values


class Redis:
    """A Redis of the test's own, as Baton wants it, or what the file `sentinel` makes a Sentinel;
    stop() ends it."""

    def __init__(self, folder, *arguments, tls=False, sentinel=None):
        self.folder, self.port = folder, free_port()
        listening = ["--port", "0", "--tls-port", str(self.port)] if tls else [
            "--port", str(self.port)]
        kind = [sentinel, "--sentinel"] if sentinel else []
        log = folder / ("sentinel.log" if sentinel else "redis.log")
        started = "+monitor" if sentinel else "Ready to accept connections"
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "redis-server", *kind, *listening, "--bind",
             "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync",
             "always", "--maxmemory-policy", "noeviction", *map(str, arguments)],
            stdout=open(log, "ab"), stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 20
        while started not in log.read_text():
            assert self.process.poll() is None, log.read_text()[-500:]
            assert time.monotonic() < deadline, "it does not start"
            time.sleep(0.02)

    def cli(self, *command, user=()):
        """What redis-cli prints."""
        return subprocess.run(["redis-cli", "--no-auth-warning", "-p", str(self.port), *user,
                               *command], stdout=subprocess.PIPE, text=True, check=True,
                              timeout=20).stdout.strip()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="session")
def redis(tmp_path_factory):
    assert shutil.which("redis-server")
    one = Redis(tmp_path_factory.mktemp("redis"))
    yield one
    one.stop()
