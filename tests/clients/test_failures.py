"""Clients and servers that die in the middle."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import grpc
import pytest
from baton.v1 import assignment_service_pb2 as aspb, lead_pb2, lead_service_pb2 as lspb
from stack import Stack
from world import FEEDBACK, World, eventually

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory):
    """Servers that this file may kill."""
    running = Stack(tmp_path_factory.mktemp("failing"))
    yield running
    running.stop()


def watcher(world, path):
    return subprocess.Popen([sys.executable, HERE / "watcher.py", world.stack.address,
                             world.parent, path], env=os.environ, stderr=subprocess.DEVNULL)


def lines(path):
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]


def test_watching_client_killed_in_mid_stream_resumes_with_no_gap(own_stack, tmp_path):
    world = World(own_stack)
    world.add_rep("ada")
    world.add_rep("bob")
    log, total = tmp_path / "watch.jsonl", 300
    process = watcher(world, log)
    for number in range(total):
        world.publish(world.event(f"lead-{number}"))
        if number % 60 == 59:
            world.flush()
            eventually(lambda: len(lines(log)) > number // 2)
            process.kill()
            process.wait()
            process = watcher(world, log)
    world.flush()
    seen = lambda: {line["lead"] for line in lines(log)
                    if line["kind"] in ("KIND_SNAPSHOT", "KIND_UPDATED")}
    try:
        eventually(lambda: len(seen()) == total, 40)
    finally:
        process.kill()
        process.wait()
    assert seen() == {f"{world.parent}/leads/lead-{n}" for n in range(total)}
    world.close()


def drive(world, total, at_half):
    """Publishes leads, accepts every assignment; calls `at_half` in the middle."""
    for number in range(total):
        world.publish(world.event(f"lead-{number}"))
        if number == total // 2:
            world.flush()
            at_half()
    world.flush()
    deadline = time.monotonic() + 60
    accepted = set()
    while len(accepted) < total and time.monotonic() < deadline:
        try:
            page = world.assignments.ListAssignments(aspb.ListAssignmentsRequest(
                parent=world.parent, page_size=1000), timeout=10).assignments
            for one in page:
                if one.stage == lead_pb2.STAGE_OFFERED:
                    world.accept(one.name, f"accept-{one.name.rsplit('/', 1)[1]}")
                if one.stage != lead_pb2.STAGE_OFFERED:
                    accepted.add(one.lead)
        except grpc.RpcError as error:
            assert error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED,
                                    grpc.StatusCode.ABORTED), error
            time.sleep(0.2)
    assert len(accepted) == total


@pytest.mark.parametrize("how", ["SIGTERM", "SIGKILL"])
def test_stopping_baton_in_the_middle_loses_and_doubles_nothing(own_stack, how):
    world = World(own_stack)
    world.add_rep("ada")
    world.add_rep("bob")

    def restart():
        if how == "SIGKILL":
            own_stack.kill()
        else:
            assert own_stack.terminate() == 0
        own_stack.start()

    total = 400
    drive(world, total, restart)
    events = world.read(FEEDBACK, lambda seen: sum(
        e.data["change"] == "accepted" for e in seen) >= total, seconds=60)
    counts = Counter(e.data["change"] for e in events)
    assert counts == {"qualified": total, "assigned": total, "accepted": total}
    assert len({e["id"] for e in events}) == len(events)
    last = {}
    for one in events:
        assert one.data["version"] == last.get(one["subject"], 0) + 1, one
        last[one["subject"]] = one.data["version"]
    leads = world.leads.ListLeads(lspb.ListLeadsRequest(parent=world.parent, page_size=1000),
                                  timeout=10).leads
    assert len(leads) == total
    world.close()
