import os
import re
import shutil
import signal
import subprocess
import threading
import time

import grpc
import pytest
from baton.v1 import workspace_service_pb2, workspace_service_pb2_grpc

from issuer import AUDIENCE, ISSUER, Issuer, bearer, replace
from stack import Program, Stack, free_port

NO_KAFKA = "127.0.0.1:1"  # dispatch serves all but SubmitLeadEvents without it


def pytest_addoption(parser):
    parser.addoption("--flood-seconds", type=float, default=4, help="how long each flood goes on")


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


class Door:
    """One `baton dispatch` in plain text that asks for tokens, and its honest callers."""

    def __init__(self, folder, redis_port, *flags):
        self.issuer = Issuer()
        keys = replace(folder / "jwks.json", self.issuer.key_set())
        env = settings(BATON_REDIS_URL=f"redis://127.0.0.1:{redis_port}",
                       BATON_KAFKA_BROKERS=NO_KAFKA)
        self.program = Program("dispatch", folder, env, [
            "--grpc-allow-plaintext", "--auth-jwks-file", keys, "--auth-issuer", ISSUER,
            "--auth-audience", AUDIENCE, *flags], front_door=())
        self.program.launch()
        self.program.wait_ready(30)

    @property
    def port(self):
        return self.program.grpc_port

    def list(self, channel, **claims):
        stub = workspace_service_pb2_grpc.WorkspaceServiceStub(channel)
        return stub.ListWorkspaces(workspace_service_pb2.ListWorkspacesRequest(), timeout=10,
                                   metadata=bearer(self.issuer.token(**claims)))

    def serves(self):
        """Somebody honest, on a connection of its own, is answered."""
        with grpc.insecure_channel(self.program.address) as channel:
            self.list(channel)
        return self.program.alive

    def memory(self):
        """Resident, in MB."""
        with open(f"/proc/{self.program.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024

    def stop(self):
        if self.program.alive:
            self.program.terminate()


class Watcher:
    """Looks at the memory of a program and keeps the most that it saw."""

    def __init__(self, door):
        self.door, self.most, self.ends = door, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        while not self.ends.wait(0.05) and self.door.program.alive:
            self.most = max(self.most, self.door.memory())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()


@pytest.fixture(scope="session")
def redis(tmp_path_factory):
    assert shutil.which("redis-server")
    one = Redis(tmp_path_factory.mktemp("redis"))
    yield one
    one.stop()


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """Redis, Kafka and a `baton all` that believes its callers."""
    one = Stack(tmp_path_factory.mktemp("stack"))
    yield one
    one.stop()


@pytest.fixture(scope="session")
def door(tmp_path_factory, redis):
    one = Door(tmp_path_factory.mktemp("door"), redis.port)
    yield one
    one.stop()
