"""A rep with 1,000 leads leaves while Baton dies in the middle: the command, given again, ends what
it began, and no lead loses its clocks, its place or its only owner."""

import subprocess

import grpc
import pytest
from baton.v1 import lead_pb2, lead_service_pb2 as lspb, roster_service_pb2 as rspb
from stack import BIN
from world import World, eventually, inbound_policy

LEADS = 1_000  # as many as one rep can own
LEVELS = """
  sla:
    - {name: decide, metric: decision, target: 9h}
    - {name: touch, metric: first_touch, target: 9h}
  queues:"""


def with_levels(workspace, accept_within):
    return inbound_policy(workspace, accept_within).replace("\n  queues:", LEVELS, 1)


@pytest.fixture
def world(quiet_stack):
    one = World(quiet_stack, accept_within="8h", policy=with_levels)
    yield one
    one.close()


def offboard(world):
    return subprocess.Popen(
        [BIN / "batonctl", "--server", world.stack.address, "-w", world.name, "rep", "offboard",
         "ada", "-o", "name"], env=world.stack.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)


def answers(world):
    """The channel's connection was that of the process that died."""
    try:
        return open_leads(world, "ada") >= 0
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNAVAILABLE, error
        return False


def open_leads(world, rep):
    return world.roster.GetRep(rspb.GetRepRequest(name=f"{world.parent}/reps/{rep}"),
                               timeout=10).rep.open_leads


def all_leads(world):
    """By name, with their clocks."""
    found, token = {}, ""
    while True:
        page = world.leads.ListLeads(lspb.ListLeadsRequest(
            parent=world.parent, page_size=500, page_token=token), timeout=20)
        for one in page.leads:
            lead = world.lead(one.name.rsplit("/", 1)[1])
            clocks = {clock.sla: clock for clock in lead.clocks}
            found[lead.name] = (lead, clocks)
        token = page.next_page_token
        if not token:
            return found


def all_when_watched(world):
    """All leads once the clocks of each have been set going, a moment after its assignment."""
    found = all_leads(world)
    started = all(set(clocks) == {"decide", "touch"} and
                  all(clock.HasField("start_time") for clock in clocks.values())
                  for _, clocks in found.values())
    return found if started else None


def test_offboarding_survives_the_death_of_baton_and_keeps_the_clocks(world):
    world.add_rep("ada")
    for number in range(LEADS):
        world.publish(world.event(f"lead-{number}"))
    world.flush()
    eventually(lambda: open_leads(world, "ada") == LEADS, 60)
    before = eventually(lambda: all_when_watched(world), 60)
    world.add_rep("bob")
    world.add_rep("cid")

    first = offboard(world)
    first.stderr.readline()  # "200 leads have left, 800 are left to do."
    world.stack.kill()
    _, said = first.communicate(timeout=60)
    assert first.returncode != 0, "the death came too late to matter"
    world.stack.start()
    eventually(lambda: answers(world))
    left = open_leads(world, "ada")
    assert 0 < left < LEADS, f"{left} of {LEADS}, and the command said {said}"

    again = offboard(world)
    names, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert len(names.split()) == left
    assert open_leads(world, "ada") == 0
    eventually(lambda: open_leads(world, "bob") + open_leads(world, "cid") == LEADS, 60)
    after = all_leads(world)
    assert after.keys() == before.keys()
    for name, (lead, clocks) in after.items():
        was, clocks_then = before[name]
        assert lead.stage == lead_pb2.STAGE_OFFERED and lead.assignment != was.assignment, lead
        assert lead.rep.rsplit("/", 1)[1] in ("bob", "cid"), lead
        assert clocks["decide"].due_time == clocks_then["decide"].due_time, f"{name} lost time"
        assert clocks["touch"].start_time.ToMilliseconds() > \
            clocks_then["touch"].start_time.ToMilliseconds(), f"{name}: a new rep touches anew"
    world.stack.verify()
