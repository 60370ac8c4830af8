"""What is not yours answers in the time of what does not exist: whoever has a clock learns nothing.

Calls of both kinds alternate in an order drawn by lot, so that a busy machine slows both alike, and
what is compared is how often a call of the one kind took longer than one of the other: half of the
time if nothing can be learned, whatever the noise."""

import bisect
import random
import time

import grpc
import pytest
from baton.v1 import (assignment_service_pb2, assignment_service_pb2_grpc, lead_service_pb2,
                      lead_service_pb2_grpc)

from conftest import Door
from issuer import bearer
from world import World, eventually

CALLS = 10_000  # of a comparison, half of each kind
WARM_UP = 200
# Refusals of a rep wait for the next step of 5 ms: with fewer calls the bound below is still four
# times what chance makes of them.
FEWER_CALLS = 2_000
# Of 100 calls whose kind somebody guesses by their time, so many are guessed right beyond the 50 of
# chance: ten times what chance alone makes of so many calls.
GUESSES_MAX = 6


@pytest.fixture(scope="module")
def hers(stack, tmp_path_factory):
    """A door, and a workspace in which Ada has the lead `hers` and Bob has none."""
    world = World(stack)
    for rep, queue in (("ada", "inbound"), ("bob", "owned")):
        world.add_rep(rep, queues=(queue,))
    world.publish(world.event("hers"))
    world.flush()
    eventually(lambda: (lead := world.lead_or_none("hers")) and lead.rep)
    door = Door(tmp_path_factory.mktemp("timed"), stack.redis_port,
                "--limits-principal-calls-per-second-max", "1000000",
                "--limits-workspace-calls-per-second-max", "1000000")
    yield door, world
    door.stop()
    world.close()


def refused(call, request, token):
    """How long the refusal takes, in seconds."""
    begun = time.perf_counter()
    with pytest.raises(grpc.RpcError) as error:
        call(request, timeout=10, metadata=token)
    took = time.perf_counter() - begun
    assert error.value.code() == grpc.StatusCode.NOT_FOUND, error.value
    return took


def guessed(one, other):
    """Of 100 calls, how many are guessed right by their time beyond chance."""
    ordered = sorted(other)
    above = sum((bisect.bisect_left(ordered, took) + bisect.bisect_right(ordered, took)) / 2
                for took in one)
    return abs(100 * above / (len(one) * len(other)) - 50)


def compare(ask, calls=CALLS):
    """ask(kind) makes one refused call of kind 0 or 1 and says how long it took."""
    took = ([], [])
    for i in range(WARM_UP + calls // 2):
        for kind in random.sample((0, 1), 2):
            seconds = ask(kind)
            if i >= WARM_UP:
                took[kind].append(seconds)
    assert guessed(*took) < GUESSES_MAX, [sorted(times)[len(times) // 2] for times in took]


def test_another_workspace_takes_the_time_of_one_that_does_not_exist(hers):
    door, world = hers
    ghost = "w" + "0" * (len(world.name) - 1)
    requests = [lead_service_pb2.ListLeadsRequest(parent=f"workspaces/{workspace}")
                for workspace in (world.name, ghost)]
    token = bearer(door.issuer.token(workspaces=["elsewhere"]))
    with grpc.insecure_channel(door.program.address) as channel:
        stub = lead_service_pb2_grpc.LeadServiceStub(channel)
        compare(lambda kind: refused(stub.ListLeads, requests[kind], token))


@pytest.mark.parametrize("method, calls", [("GetLead", CALLS), ("AcceptAssignment", FEWER_CALLS)])
def test_anothers_lead_takes_the_time_of_none(hers, method, calls):
    door, world = hers
    token = bearer(door.issuer.token(workspaces=[world.name], roles=["rep"], rep="bob"))
    with grpc.insecure_channel(door.program.address) as channel:
        if method == "GetLead":
            call = lead_service_pb2_grpc.LeadServiceStub(channel).GetLead
            requests = [lead_service_pb2.GetLeadRequest(name=f"{world.parent}/leads/{lead}")
                        for lead in ("hers", "none")]
        else:
            call = assignment_service_pb2_grpc.AssignmentServiceStub(channel).AcceptAssignment
            requests = [assignment_service_pb2.AcceptAssignmentRequest(
                name=f"{world.parent}/assignments/{lead}.1") for lead in ("hers", "none")]
        compare(lambda kind: refused(call, requests[kind], token), calls)
