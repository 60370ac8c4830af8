import re
import threading

import grpc
import pytest
from baton.v1 import workspace_service_pb2, workspace_service_pb2_grpc

from issuer import AUDIENCE, ISSUER, Issuer, bearer, replace
from redis_server import NO_KAFKA, redis, settings  # redis: a fixture
from stack import Program, Stack


def pytest_addoption(parser):
    parser.addoption("--flood-seconds", type=float, default=4, help="how long each flood goes on")


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

    def list(self, channel, seconds=10, patient=False, **claims):
        stub = workspace_service_pb2_grpc.WorkspaceServiceStub(channel)
        return stub.ListWorkspaces(workspace_service_pb2.ListWorkspacesRequest(), timeout=seconds,
                                   metadata=bearer(self.issuer.token(**claims)),
                                   wait_for_ready=patient)

    def serves(self, seconds=10):
        """Somebody honest, on a connection of its own, is answered within so long."""
        with grpc.insecure_channel(self.program.address) as channel:
            self.list(channel, seconds, patient=True)
        return self.program.alive

    def memory(self):
        """Resident, in MB."""
        with open(f"/proc/{self.program.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024

    def stop(self):
        if self.program.alive:
            self.program.terminate()


class Watcher:
    """Looks at the memory of a program. In the end `growth` is by how many MB it had grown at most;
    it fails if it could not look until then, as when the program died."""

    def __init__(self, door):
        self.door, self.growth, self.ends = door, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        while not self.ends.wait(0.05):
            self.look()

    def look(self):
        self.growth = max(self.growth, self.door.memory() - self.before)

    def __enter__(self):
        self.before = self.door.memory()
        self.thread.start()
        return self

    def __exit__(self, failed, *_):
        looked = self.thread.is_alive()
        self.ends.set()
        self.thread.join()
        if failed is None:
            assert looked, "nobody looked at the memory any more"
            self.look()


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
