"""A draft in the shadow of the active policy: counted and listed, and nobody sees any of it."""

import grpc
import pytest
from baton.v1 import policy_service_pb2 as ppb
from world import ASSIGNMENTS, FEEDBACK, MIA, SAM, eventually, inbound_policy

LEADS = 20


def start(world, draft, who=MIA):
    return world.policies.StartShadow(
        ppb.StartShadowRequest(name=draft.name), timeout=10, metadata=who).shadow


def shadow(world):
    return world.policies.GetShadow(
        ppb.GetShadowRequest(name=f"{world.parent}/shadow"), timeout=10).shadow


def differences(world):
    return world.policies.ListShadowDifferences(ppb.ListShadowDifferencesRequest(
        parent=f"{world.parent}/shadow", page_size=1000), timeout=10).differences


def generous(world):
    """Employees are enough, and everybody who is at home goes straight to a rep."""
    return inbound_policy(world.name, "1h").replace('intent: ">= 40"', 'intent: ">= 0"').replace(
        "country: [US]", "country: [US, DE]")


def visitor(world, lead):
    world.publish(world.event(lead, data={"attributes": {
        "email": f"{lead}@b.example", "employees": 300, "country": "DE"}}))


def judged(world, leads):
    return eventually(lambda: (found := shadow(world)).counts.leads >= leads and found)


def test_would_be_mqls_and_routes_are_counted_and_nothing_else_changes(world):
    world.add_rep("ada")
    world.add_rep("bob", queues=("owned",))
    draft = world.draft(generous(world))
    assert start(world, draft).state == ppb.SHADOW_STATE_RUNNING
    for i in range(LEADS):
        visitor(world, f"visitor{i}")  # MQL for the draft alone
        event = world.event(f"demo{i}")  # MQL for both, on another way
        world.publish(event)
        world.publish(event)  # and once more
    world.flush()
    counts = judged(world, 2 * LEADS).counts
    assert (counts.leads, counts.same, counts.gained, counts.lost, counts.moved) == (
        2 * LEADS, 0, LEADS, 0, LEADS)
    assert (counts.mqls, counts.would_be_mqls, counts.failures) == (LEADS, 2 * LEADS, 0)
    queues = {q.queue.rsplit("/", 1)[1]: (q.mqls, q.would_be_mqls) for q in shadow(world).queues}
    assert queues == {"inbound": (LEADS, 0), "owned": (0, 2 * LEADS)}

    listed = {each.lead.rsplit("/", 1)[1]: each for each in differences(world)}
    assert len(listed) == 2 * LEADS
    assert listed["demo0"].standing == ppb.SHADOW_STANDING_MOVED
    assert listed["demo0"].active.queue == f"{world.parent}/queues/inbound"
    assert listed["demo0"].draft.queue == f"{world.parent}/queues/owned"
    assert listed["visitor0"].standing == ppb.SHADOW_STANDING_GAINED
    assert not listed["visitor0"].active.mql

    # What the world saw is the active revision's alone.
    changes = world.read(FEEDBACK, lambda events: len(
        [e for e in events if e["type"].endswith(".qualified.v1")]) == LEADS)
    assert {e["subject"] for e in changes if e["type"].endswith(".qualified.v1")} == {
        f"demo{i}" for i in range(LEADS)}
    assigned = world.read(ASSIGNMENTS, lambda events: len(events) >= LEADS)
    assert {e.data["rep"] for e in assigned} == {"ada"}
    assert world.lead("demo0").policy_revision == 1


def test_a_lead_that_the_active_policy_follows_is_the_same_and_was_earlier(world):
    draft = world.draft(inbound_policy(world.name, "1h").replace(
        'intent: ">= 40"', 'intent: ">= 0"'))
    start(world, draft)
    visitor(world, "l1")
    world.flush()
    assert judged(world, 1).counts.gained == 1
    world.publish(world.event("l1", kind="activity", data={"activity": "demo_request"}))
    world.flush()
    counts = eventually(lambda: (found := shadow(world).counts).same == 1 and found)
    assert (counts.leads, counts.gained, counts.earlier) == (1, 0, 1)
    assert not differences(world)


def test_one_draft_runs_until_it_is_stopped_withdrawn_or_active(world):
    first = world.draft(generous(world))
    second = world.draft(generous(world).replace("points: 30", "points: 31"))
    start(world, first)
    with pytest.raises(grpc.RpcError) as caught:
        start(world, second)
    assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    stopped = world.policies.StopShadow(ppb.StopShadowRequest(
        name=f"{world.parent}/shadow"), timeout=10, metadata=SAM).shadow
    assert (stopped.state, stopped.stopper) == (ppb.SHADOW_STATE_STOPPED, "sam@acme.example")
    assert start(world, first).run == 2
    world.policies.WithdrawPolicyRevision(
        ppb.WithdrawPolicyRevisionRequest(name=first.name), timeout=10, metadata=MIA)
    assert shadow(world).state == ppb.SHADOW_STATE_WITHDRAWN
    start(world, second)
    world.adopt(second.yaml)
    assert shadow(world).state == ppb.SHADOW_STATE_ACTIVATED
