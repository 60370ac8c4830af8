"""Connections: how many there may be, and what becomes of those beyond."""

import contextlib
import resource
import socket
import time

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from conftest import Door
from h2 import Connection


@contextlib.contextmanager
def open_door(folder, redis, *flags):
    door = Door(folder, redis.port, *flags)
    try:
        yield door
    finally:
        door.stop()


def connect(door, source="127.0.0.1"):
    return socket.create_connection(("127.0.0.1", door.port), timeout=10,
                                    source_address=(source, 0))


def try_connect(door, source="127.0.0.1"):
    """None: the server ended it before connecting had come back."""
    with contextlib.suppress(ConnectionResetError):
        return connect(door, source)
    return None


def is_reset(connection):
    """Whether the server ends at once what came of try_connect."""
    if connection is None:
        return True
    connection.settimeout(2)
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


def within(seconds, condition):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def channel_to(door):
    """A connection of its own."""
    return grpc.insecure_channel(door.program.address,
                                 options=[("grpc.use_local_subchannel_pool", 1)])


def served(door):
    with contextlib.suppress(grpc.RpcError), channel_to(door) as channel:
        door.list(channel)
        return True
    return False


def open_connections(door):
    return door.program.metrics().get("baton_grpc_connections")


def test_connections_beyond_the_cap_are_reset_and_room_is_found_again(tmp_path, redis):
    with open_door(tmp_path, redis, "--grpc-connections-max", "5") as door:
        with grpc.insecure_channel(door.program.address) as honest:
            door.list(honest)
            others = [Connection(door.port) for _ in range(4)]
            assert is_reset(try_connect(door)) and is_reset(try_connect(door))
            assert door.program.metrics()["baton_grpc_connections_refused_total"] == 2
            door.list(honest)  # those that are there go on
            others.pop().socket.close()
            assert within(5, lambda: served(door))
            for other in others:
                other.socket.close()


def test_one_address_does_not_use_up_the_connections_of_others(tmp_path, redis):
    with open_door(tmp_path, redis, "--grpc-connections-per-address-max", "3") as door:
        greedy = [try_connect(door, "127.0.0.2") for _ in range(6)]
        assert [is_reset(one) for one in greedy] == [False] * 3 + [True] * 3
        assert served(door)


def test_a_principal_has_so_many_connections_and_others_have_theirs(tmp_path, redis):
    with open_door(tmp_path, redis, "--limits-principal-connections-max", "2") as door:
        channels = [channel_to(door) for _ in range(3)]
        for channel in channels[:2]:
            door.list(channel, sub="greedy")
        with pytest.raises(grpc.RpcError) as refused:
            door.list(channels[2], sub="greedy")
        assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        quota = error_details_pb2.QuotaFailure()
        assert any(one.Unpack(quota) for one in rpc_status.from_call(refused.value).details)
        assert quota.violations[0].subject == "principals/greedy"
        assert "limits.principal_connections_max allows 2" in quota.violations[0].description
        door.list(channels[1], sub="greedy")  # the others of it go on
        door.list(channels[2], sub="patient")
        channels[0].close()

        def has_room():
            with contextlib.suppress(grpc.RpcError):
                return door.list(channels[2], sub="greedy") is not None

        assert within(5, has_room)
        for channel in channels[1:]:
            channel.close()


def test_cve_2023_4785_without_open_files_the_door_does_not_stay_shut(tmp_path, redis):
    with open_door(tmp_path, redis) as door, grpc.insecure_channel(door.program.address) as honest:
        door.list(honest)
        pid = door.program.process.pid
        _, most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (100, most))
        attackers = [connect(door) for _ in range(150)]
        assert within(10, lambda: "grpc.accept_failed" in door.program.log())
        door.list(honest)  # who is inside goes on
        for one in attackers:
            one.close()
        assert within(10, lambda: served(door))


def test_connections_that_come_and_go_are_not_counted_any_more(tmp_path, redis):
    with open_door(tmp_path, redis, "--grpc-connections-max", "40") as door:
        for number in range(1000):
            with contextlib.suppress(OSError):
                if number % 2:
                    connect(door).close()
                else:
                    Connection(door.port).socket.close()
        assert within(10, lambda: open_connections(door) == 0), open_connections(door)
        assert served(door)
