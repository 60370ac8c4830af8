"""Connections, calls and frames in masses: honest callers go on, memory stays, nothing ends."""

import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import grpc
import pytest
from baton.v1 import (assignment_service_pb2, assignment_service_pb2_grpc, workspace_service_pb2,
                      workspace_service_pb2_grpc)
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from conftest import Door, Watcher
from floods import FLOODS
from h2 import ACK, ENHANCE_YOUR_CALM, GOAWAY, PING, SETTINGS, Connection, frame
from issuer import bearer

GROWTH_MB = 160  # of 300 connections and what floods leave to allocators
LATENCY_FLOOR = 5.0  # seconds; below, a busy machine says more than the flood
STREAMS_MAX = 100  # of a principal
MAX_CONCURRENT_STREAMS = 3  # among HTTP/2's settings
# What gRPC 1.51 is too old for: deploy/docs/security.md.
COSTS_MEMORY = ("continuation_flood", "rapid_reset")
COSTS_SOME_MB = {
    "ping_flood": 800,  # the answers to what came before the attacker is told off
    "large_bodies": 420,  # gRPC's quota of 256 MiB, and what was on its way
}
SLOWS_OTHERS = ("rapid_reset",)
# By gRPC's quota of memory, which also ends connections and calls of others.
MAY_MEET = {"large_bodies": {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED}}


class Honest:
    """Somebody who calls at a steady pace on a thread of its own; `seconds` of each answer."""

    def __init__(self, door):
        self.door, self.seconds, self.failures = door, [], []
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self.call, daemon=True)

    def call(self):
        with grpc.insecure_channel(self.door.program.address) as channel:
            while not self.ends.wait(0.02):
                begun = time.monotonic()
                try:
                    self.door.list(channel, sub="honest")
                except grpc.RpcError as error:
                    self.failures.append(error.code())
                self.seconds.append(time.monotonic() - begun)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()

    def p99(self):
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]


@pytest.mark.parametrize("flood", sorted(FLOODS))
def test_a_flood_ends_nothing_and_honest_callers_are_served(door, flood, request):
    seconds = request.config.getoption("--flood-seconds")
    with Honest(door) as quiet:
        time.sleep(2)
    with Honest(door) as honest, Watcher(door) as watcher:
        attack = subprocess.Popen([sys.executable, Path(__file__).with_name("floods.py"), flood,
                                   str(door.port), str(seconds)], stdout=subprocess.PIPE,
                                  text=True)
        done = int(attack.communicate(timeout=seconds + 60)[0])
    assert done > 0 and honest.seconds
    if flood not in SLOWS_OTHERS:
        assert set(honest.failures) <= MAY_MEET.get(flood, set())
        assert honest.p99() <= max(2 * quiet.p99(), LATENCY_FLOOR)
    if flood not in COSTS_MEMORY:
        assert watcher.growth < COSTS_SOME_MB.get(flood, GROWTH_MB)
    assert door.program.alive
    serves_within(door, 60)


def serves_within(door, seconds):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return door.serves()
        except grpc.RpcError as error:
            assert time.monotonic() < deadline, error.code()


def goes_away(connection, seconds):
    """The error with which the server says GOAWAY."""
    for kind, _, _, payload in connection.frames(seconds):
        if kind == GOAWAY:
            return int.from_bytes(payload[4:8], "big")
    return None


def test_pings_without_end_are_told_off(door):
    with Connection(door.port) as connection:
        for _ in range(20):
            connection.send(frame(PING, 0, 0, b"12345678"))
        assert goes_away(connection, 5) == ENHANCE_YOUR_CALM


def watch(channel, door, sub):
    stub = assignment_service_pb2_grpc.AssignmentServiceStub(channel)
    return stub.WatchAssignments(
        assignment_service_pb2.WatchAssignmentsRequest(parent="workspaces/acme"), timeout=60,
        metadata=bearer(door.issuer.token(sub=sub)))


def test_ten_thousand_streams_are_refused_and_others_served(door, redis):
    streams, refused = [], []
    with grpc.insecure_channel(door.program.address) as admin:
        workspace_service_pb2_grpc.WorkspaceServiceStub(admin).CreateWorkspace(
            workspace_service_pb2.CreateWorkspaceRequest(workspace_id="acme"), timeout=10,
            metadata=bearer(door.issuer.token(workspaces=["*"])))
    channels = [grpc.insecure_channel(door.program.address, options=[
        ("grpc.use_local_subchannel_pool", 1)]) for _ in range(4)]
    with Honest(door) as honest:
        for number in range(10_000):
            streams.append(watch(channels[number % 4], door, "greedy"))
            if number % 500 == 499:  # at the rate that a principal may call
                time.sleep(0.5)
        deadline = time.monotonic() + 60
        waiting = set(streams)
        while len(waiting) > STREAMS_MAX and time.monotonic() < deadline:
            waiting -= {stream for stream in waiting if stream.done()}
            time.sleep(0.1)
        refused = [stream for stream in streams if stream.done()]
    assert len(waiting) == STREAMS_MAX
    assert {stream.code() for stream in refused} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert not honest.failures
    for stream in streams:
        stream.cancel()
    for channel in channels:
        channel.close()
    assert door.serves()


def test_a_connection_is_told_how_many_calls_it_may_have_at_once(tmp_path, redis):
    few = Door(tmp_path, redis.port, "--grpc-streams-per-connection-max", "20")
    try:
        with Connection(few.port, acknowledge=False) as connection:
            settings = next(payload for kind, flags, _, payload in connection.frames(5)
                            if kind == SETTINGS and not flags & ACK)
        told = {int.from_bytes(settings[at:at + 2], "big"):
                int.from_bytes(settings[at + 2:at + 6], "big")
                for at in range(0, len(settings), 6)}
        assert told[MAX_CONCURRENT_STREAMS] == 20
    finally:
        few.stop()


def test_connections_that_never_begin_are_closed(door):
    half_open = [socket.create_connection(("127.0.0.1", door.port)) for _ in range(50)]
    half_open[1].sendall(b"PRI * HTTP/2.0\r\n")
    begun = time.monotonic()
    for one in half_open:
        one.settimeout(max(1, 20 - (time.monotonic() - begun)))
        while one.recv(4096):
            pass
    assert time.monotonic() - begun < 20


def test_peers_that_fell_silent_are_gone(door):
    """A peer whose machine is gone answers no ping: 30 s to the first, 10 s for the answer."""
    with Connection(door.port) as connection:
        begun = time.monotonic()
        for _ in connection.frames(60):
            pass
        assert connection.closed
        assert 25 < time.monotonic() - begun < 60


def test_a_limit_is_told_at_once_while_redis_hangs(tmp_path, redis):
    strict = Door(tmp_path, redis.port, "--limits-principal-calls-per-second-max", "5")
    refused = []

    def note(call, begun):
        if call.code() == grpc.StatusCode.RESOURCE_EXHAUSTED:
            refused.append((time.monotonic() - begun, call))

    try:
        with grpc.insecure_channel(strict.program.address) as channel:
            strict.list(channel, sub="greedy")  # connected
            greedy = bearer(strict.issuer.token(sub="greedy"))
            redis.freeze()
            stub = assignment_service_pb2_grpc.AssignmentServiceStub(channel)
            calls = []
            for _ in range(40):  # far more than it may in the time that this takes
                calls.append(stub.ListAssignments.future(
                    assignment_service_pb2.ListAssignmentsRequest(parent="workspaces/acme"),
                    timeout=10, metadata=greedy))
                calls[-1].add_done_callback(lambda call, begun=time.monotonic(): note(call, begun))
            for call in calls:
                call.exception(timeout=15)
        assert len(refused) > 10, refused
        retry = error_details_pb2.RetryInfo()
        assert all(any(one.Unpack(retry) for one in rpc_status.from_call(call).details)
                   for _, call in refused)
        middle = statistics.median(seconds for seconds, _ in refused)
        assert middle < 0.05 + 0.5  # 50 ms, and what a busy machine takes to run us
    finally:
        redis.thaw()
        strict.stop()
