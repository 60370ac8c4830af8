"""A policy is tried on what an installation recorded."""

import time

import grpc
import pytest
from baton.v1 import assignment_service_pb2 as aspb, lead_pb2
from simulation import assert_reproduced, report, simulate, state_of
from world import FEEDBACK, World, eventually, inbound_policy

LEADS = 120


def lead_data(number):
    return {"attributes": {"email": "a@b.example", "employees": 100 + number * 5,
                           "country": "US" if number % 5 == 0 else "DE"},
            "activity": "demo_request"}


def act(world, assignment, number):
    """What the rep does: every kind of answer, by the lead's number."""
    calls, name = world.assignments, assignment.name
    kind = number % 6
    if kind == 0:
        return  # silent: the offer runs out
    if kind == 1 and assignment.generation < 2:
        calls.DeclineAssignment(aspb.DeclineAssignmentRequest(name=name, reason="AT_CAPACITY"))
        return
    world.accept(name)
    if kind == 2:
        calls.RejectLead(aspb.RejectLeadRequest(name=name, reason="NO_NEED"))
        return
    calls.LogTouch(aspb.LogTouchRequest(name=name, channel="call", outcome="connected"))
    if kind == 3:
        calls.RecycleLead(aspb.RecycleLeadRequest(name=name, reason="BAD_TIMING"))


def played(world):
    """120 leads in bursts, five reps with little room, and everything that reps do."""
    for index in range(5):
        world.add_rep(f"rep-{index}", queues=("inbound", "owned"), capacity=6, weight=1 + index % 3)
    seen = set()
    for burst in range(0, LEADS, 20):
        for number in range(burst, burst + 20):
            world.publish(world.event(f"l{number}", data=lead_data(number)))
        world.flush()
        time.sleep(0.3)
        work_once(world, seen)
    for _ in range(5):
        time.sleep(0.4)
        work_once(world, seen)
    eventually(lambda: nobody_is_asked(world), seconds=60)


def nobody_is_asked(world):
    """Accepts what is offered until reps have no more room: then nothing changes any more."""
    offered = [a for a in listed(world) if a.stage == lead_pb2.STAGE_OFFERED]
    for assignment in offered:
        try:
            world.accept(assignment.name)
        except grpc.RpcError as error:
            ran_out(error)
    time.sleep(0.5)
    return not offered


def ran_out(error):
    """The only error that is expected: meanwhile the offer went to somebody else."""
    assert error.code() in (grpc.StatusCode.ABORTED, grpc.StatusCode.FAILED_PRECONDITION), error


def listed(world):
    return world.assignments.ListAssignments(
        aspb.ListAssignmentsRequest(parent=world.parent, page_size=200), timeout=10).assignments


def work_once(world, seen):
    for assignment in listed(world):
        if assignment.name in seen or assignment.stage == lead_pb2.STAGE_QUEUED:
            continue
        seen.add(assignment.name)
        number = int(assignment.lead.rsplit("/l", 1)[1])
        try:
            act(world, assignment, number)
        except grpc.RpcError as error:
            ran_out(error)


@pytest.mark.timeout(180)
def test_the_active_policy_does_again_what_happened_and_a_second_one_shows_its_difference(stack):
    world = World(stack, accept_within="3s")
    try:
        played(world)
        qualified = [event for event in world.read(FEEDBACK, lambda events: sum(
            e.data["change"] == "qualified" for e in events) >= 100)
            if event.data["change"] == "qualified"]
        active = inbound_policy(world.name, "3s")
        said = report(world, active)
        assert_reproduced(said)
        assert said["reproduced"]["mqls"]["of"] >= len(qualified)
        assert said["leads"] == [] and said["mqls"]["gained"] == said["mqls"]["lost"] == 0

        second = active.replace('employees: ">= 200"', 'employees: ">= 400"')
        second = second.replace("country: [US]", "country: [DE]")
        changed = report(world, second)
        assert_reproduced(changed)
        assert changed["mqls"]["lost"] > 0 and changed["mqls"]["moved"] > 0
        assert changed["mqls"]["gained"] == 0
        for output in ("table", "json", "csv"):
            assert simulate(world, second, "-o", output) == simulate(world, second, "-o", output)
    finally:
        world.close()


def test_a_simulation_writes_nothing(quiet_stack):
    world = World(quiet_stack)
    world.add_rep("ada")
    world.publish(world.event("l1"))
    world.flush()
    eventually(lambda: listed(world))
    world.read(FEEDBACK, lambda events: len(events) >= 2)
    before = eventually(lambda: at_rest(world.stack), seconds=30)
    assert_reproduced(report(world, inbound_policy(world.name, "1h")))
    assert state_of(world.stack) == before
    world.close()


def at_rest(stack):
    """The state, once nothing changes it any more."""
    first = state_of(stack)
    time.sleep(1)
    return first if state_of(stack) == first else None
