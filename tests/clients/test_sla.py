"""Service levels, with foreign clients: what a rep's silence leads to, what the rep's tool is told,
what marketing hears, and that leads come back."""

from datetime import datetime, timedelta, timezone

import grpc
import pytest
from baton.v1 import (assignment_service_pb2 as aspb, lead_pb2, lead_service_pb2 as lspb,
                      roster_service_pb2 as rspb)
from google.protobuf.timestamp_pb2 import Timestamp
from world import FEEDBACK, World, eventually, inbound_policy, take

LEVELS = """
  recycle: {cool_down: {BAD_TIMING: 1s}, requalify: same_rep}
  sla:
    - {name: quick touch, applies: intent >= 60, metric: first_touch, target: 3s, warn: 50%,
       tiers: [{at: 100%, notify: rep}], breach: reassign}
    - {name: decide, metric: decision, target: 1h, tiers: [{at: 150%, notify: manager}]}
  queues:"""


def with_levels(workspace, accept_within):
    text = inbound_policy(workspace, accept_within).replace("\n  queues:", LEVELS, 1)
    return text.replace(f"accept_within: {accept_within}",
                        f"accept_within: {accept_within}, away_after: 2")


@pytest.fixture
def world(stack):
    one = World(stack, policy=with_levels)
    yield one
    one.close()


def offered(world, lead):
    """The name of the assignment that the lead comes to."""
    world.publish(world.event(lead))
    world.flush()
    return eventually(lambda: (found := world.lead_or_none(lead)) and found.assignment)


def state_of(world, lead, sla):
    (clock,) = [one for one in world.lead(lead).clocks if one.sla == sla]
    return clock.state


def test_who_waits_for_the_decision_hears_by_when_the_lead_is_to_be_touched(world):
    world.add_rep("ada")
    for number in range(10):
        event = lspb.LeadEvent(id=f"e-{number}", type=lspb.LEAD_EVENT_TYPE_CAPTURED,
                               lead=f"lead-{number}", activity="demo_request")
        event.attributes["email"].string_value = f"{number}@y.example"
        event.attributes["employees"].int_value = 500
        event.attributes["country"].string_value = "DE"
        (lead,) = world.leads.SubmitLeadEvents(lspb.SubmitLeadEventsRequest(
            parent=world.parent, events=[event], wait_for_decision=True), timeout=20).leads
        assert lead.stage == lead_pb2.STAGE_OFFERED
        decide = next(clock for clock in lead.clocks if clock.sla == "decide")
        assert decide.state == lead_pb2.SLA_STATE_PENDING and decide.HasField("due_time")


def test_a_rep_who_does_not_touch_loses_the_lead_and_everybody_hears_of_it(world):
    world.add_rep("ada")
    stream = world.watch("/reps/ada")
    world.accept(offered(world, "eve"))
    world.add_rep("bob")
    told = take(stream, lambda one: one.change == "pulled_back")
    changes = [one.change for one in told if one.change]
    assert changes == ["assigned", "accepted", "sla_warned", "sla_breached", "pulled_back"]
    (warned,) = [one for one in told if one.change == "sla_warned"]
    assert warned.kind == aspb.WatchAssignmentsResponse.KIND_UPDATED
    assert warned.details["sla"] == "quick touch" and warned.details["percent"] == "50"
    stream.cancel()
    lead = eventually(lambda: (found := world.lead("eve")).rep.endswith("/bob") and found)
    assert lead.stage == lead_pb2.STAGE_OFFERED
    eventually(lambda: state_of(world, "eve", "quick touch") == lead_pb2.SLA_STATE_PENDING)

    events = world.read(FEEDBACK, lambda all: "pulled_back" in [one.data["change"] for one in all])
    (breach,) = [one.data for one in events if one.data["change"] == "sla_breached"]
    assert breach["rep"] == "ada" and breach["details"]["action"] == "reassign"
    assert breach["details"]["notify"] == "rep"
    due = datetime.fromisoformat(breach["details"]["dueTime"].replace("Z", "+00:00"))
    said = datetime.fromisoformat(breach["time"].replace("Z", "+00:00"))
    assert due <= said < due + timedelta(seconds=5)
    versions = [one.data["version"] for one in events]
    assert [int(one) for one in versions] == list(range(1, len(versions) + 1))


def test_a_touch_in_time_meets_the_level(world):
    world.add_rep("ada")
    name = offered(world, "eve")
    world.accept(name)
    world.assignments.LogTouch(aspb.LogTouchRequest(name=name, channel="call"), timeout=10)
    assert state_of(world, "eve", "quick touch") == lead_pb2.SLA_STATE_MET
    assert state_of(world, "eve", "decide") == lead_pb2.SLA_STATE_PENDING
    world.assignments.RejectLead(aspb.RejectLeadRequest(name=name, reason="NO_NEED"), timeout=10)
    assert state_of(world, "eve", "decide") == lead_pb2.SLA_STATE_MET


def test_a_paused_lead_stays_and_goes_on_by_itself(world):
    world.add_rep("ada")
    name = offered(world, "eve")
    world.accept(name)
    until = Timestamp()
    until.FromDatetime(datetime.now(timezone.utc) + timedelta(seconds=5))
    paused = world.assignments.PauseLead(aspb.PauseLeadRequest(
        name=name, resume_time=until, note="on holiday until Monday"), timeout=10).lead
    assert {one.state for one in paused.clocks} == {lead_pb2.SLA_STATE_PAUSED}
    eventually(lambda: state_of(world, "eve", "quick touch") in (
        lead_pb2.SLA_STATE_PENDING, lead_pb2.SLA_STATE_WARNED))
    assert world.lead("eve").assignment == name
    with pytest.raises(grpc.RpcError) as refused:
        world.assignments.ResumeLead(aspb.ResumeLeadRequest(name=name), timeout=10)
    assert refused.value.code() == grpc.StatusCode.FAILED_PRECONDITION


def test_a_released_lead_goes_to_somebody_else(world):
    world.add_rep("ada")
    name = offered(world, "eve")
    world.accept(name)
    world.add_rep("bob")
    lead = world.assignments.ReleaseLead(aspb.ReleaseLeadRequest(name=name), timeout=10).lead
    assert lead.rep.endswith("/bob") and lead.stage == lead_pb2.STAGE_OFFERED


def test_a_recycled_lead_comes_back_on_new_facts_to_the_same_rep(world):
    world.add_rep("ada")
    name = offered(world, "eve")
    world.accept(name)
    world.assignments.RecycleLead(aspb.RecycleLeadRequest(name=name, reason="BAD_TIMING"),
                                  timeout=10)
    for rep in ["aaron", "bob"]:
        world.add_rep(rep)
    eventually(lambda: world.lead("eve").stage == lead_pb2.STAGE_NURTURE)
    world.publish(world.event("eve", kind="activity", data={"activity": "demo_request"}))
    world.flush()
    lead = eventually(lambda: (found := world.lead("eve")).cycle == 2 and found)
    assert lead.rep.endswith("/ada")


def test_who_withdraws_consent_is_left_alone_at_once(world):
    world.add_rep("ada")
    offered(world, "eve")
    world.publish(world.event("eve", kind="consent", data={"consent": "withdrawn"}))
    world.flush()
    lead = eventually(lambda: (found := world.lead("eve")).stage == lead_pb2.STAGE_REJECTED
                      and found)
    assert lead.reason == "DO_NOT_CONTACT" and not lead.rep


def test_a_rep_who_never_answers_is_set_away_and_told(stack):
    world = World(stack, accept_within="1s", policy=with_levels)
    world.add_rep("ada")
    stream = world.watch("/reps/ada")
    for lead in ["eve", "zoe"]:
        world.publish(world.event(lead))
    world.flush()
    (notice,) = [one for one in take(stream, lambda one: one.change == "rep_away")
                 if one.change == "rep_away"]
    assert notice.kind == aspb.WatchAssignmentsResponse.KIND_NOTICE
    stream.cancel()
    rep = world.roster.GetRep(rspb.GetRepRequest(name=f"{world.parent}/reps/ada"), timeout=10).rep
    assert rep.presence == rspb.PRESENCE_AWAY
    world.close()
