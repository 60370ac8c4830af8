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
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from stack import Stack
from world import FEEDBACK, INPUT, World, eventually, make_anew

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


def retry_delay(error):
    """The delay that RetryInfo asks for, in seconds; fails if there is none."""
    info = error_details_pb2.RetryInfo()
    for detail in rpc_status.from_call(error).details:
        if detail.Unpack(info):
            return info.retry_delay.ToNanoseconds() / 1e9
    raise AssertionError(f"no RetryInfo: {error}")


def test_redis_away_is_answered_unavailable_and_work_resumes_without_a_restart(own_stack):
    world = World(own_stack)
    world.add_rep("ada")
    own_stack.stop_server("redis")
    try:
        begun = time.monotonic()
        with pytest.raises(grpc.RpcError) as caught:
            world.lead("lead-1")
        assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
        assert retry_delay(caught.value) > 0
        assert time.monotonic() - begun < 5
        world.publish(world.event("lead-1"))
        world.flush()
        eventually(lambda: not own_stack.readiness()[0])
    finally:
        own_stack.start_servers()
    back = time.monotonic()
    eventually(lambda: quietly(lambda: world.lead("lead-1").rep), 10)
    assert time.monotonic() - back < 2.5
    assert own_stack.process.poll() is None
    eventually(lambda: own_stack.readiness()[0])
    world.close()


def quietly(call):
    """What `call` returns, or nothing while the answer is UNAVAILABLE or NOT_FOUND."""
    try:
        return call()
    except grpc.RpcError as error:
        assert error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.NOT_FOUND,
                                grpc.StatusCode.DEADLINE_EXCEEDED), error
        return None


def test_kafka_away_does_not_stop_reps_and_nothing_is_lost(own_stack):
    world = World(own_stack)
    world.add_rep("ada")
    for number in range(20):
        world.publish(world.event(f"lead-{number}"))
    world.flush()
    page = lambda: world.assignments.ListAssignments(aspb.ListAssignmentsRequest(
        parent=world.parent, page_size=1000), timeout=10).assignments
    eventually(lambda: len(page()) == 20)
    # Not by SIGTERM: a lone broker that shuts down in an orderly way may leave a transaction open
    # for ever (README, "When Kafka hangs").
    own_stack.kill_server("kafka")
    try:
        for one in page():
            assert world.accept(one.name).stage == lead_pb2.STAGE_ACCEPTED
        with pytest.raises(grpc.RpcError) as caught:
            world.leads.SubmitLeadEvents(lspb.SubmitLeadEventsRequest(parent=world.parent, events=[
                lspb.LeadEvent(id="e", lead="lead-x", type=lspb.LEAD_EVENT_TYPE_ACTIVITY,
                               activity="demo_request")]), timeout=8)
        assert caught.value.code() in (grpc.StatusCode.UNAVAILABLE,
                                       grpc.StatusCode.DEADLINE_EXCEEDED)
    finally:
        own_stack.start_servers()
    events = world.read(FEEDBACK, lambda seen: sum(
        e.data["change"] == "accepted" for e in seen) == 20, seconds=60)
    # What the API could not confirm may still have reached Kafka: lead-x is not counted.
    known = [e for e in events if e["subject"] != "lead-x"]
    assert len({e["id"] for e in known}) == len(known) == 60
    eventually(lambda: own_stack.readiness()[0], 40)
    world.close()


def test_server_that_would_lose_data_is_refused_with_the_mend(own_stack):
    own_stack.redis("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    try:
        reason = eventually(lambda: own_stack.readiness()[1].get("store"), 40)
        assert "noeviction" in reason
    finally:
        own_stack.redis("CONFIG", "SET", "maxmemory-policy", "noeviction")
    eventually(lambda: own_stack.readiness()[0], 40)


def test_wrong_configuration_is_told_all_at_once_with_exit_code_2(own_stack):
    done = subprocess.run([own_stack.baton, "all", "--grpc-address", "nowhere", "--no-such-flag",
                           "--intake-batch-max", "0"], env=own_stack.env | {"BATON_REDSI_URL": "x"},
                          capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    for wanted in ("--grpc-address", "--no-such-flag", "--intake-batch-max", "BATON_REDSI_URL"):
        assert wanted in done.stderr


def test_port_in_use_is_one_clear_line(own_stack):
    done = subprocess.run([own_stack.baton, "dispatch", "--grpc-address", own_stack.address,
                           "--grpc-insecure", "loopback", "--http-address", "127.0.0.1:0",
                           "--connect-address", "off"],
                          env=own_stack.env, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert own_stack.address in done.stderr


# Last: of this input nothing is read any more but with its next generation.
def test_an_input_topic_made_anew_under_intake_is_refused_until_its_generation_is_raised(own_stack):
    world = World(own_stack)
    for number in range(60):
        world.publish(world.event(f"lead-{number}"))
    world.flush()
    eventually(lambda: all(world.lead_or_none(f"lead-{number}") for number in range(60)))
    make_anew(own_stack.brokers, INPUT)
    world.publish(world.event("late"))
    world.flush()
    wanted = "raise intake.input_generation"
    eventually(lambda: wanted in own_stack.readiness()[1].get("intake", ""), 40)
    assert own_stack.terminate() == 0
    own_stack.program.flags += ("--intake-input-generation", "2")
    own_stack.start()
    eventually(lambda: world.lead_or_none("late"))
    world.close()
