"""A lead's whole way as marketing and sales see it."""

import hashlib
import struct
from datetime import date

import grpc
import pytest
from baton.v1 import (assignment_service_pb2 as aspb, lead_pb2, lead_service_pb2 as lspb,
                      roster_service_pb2 as rspb)
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import \
    ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status
from world import ASSIGNMENTS, DEAD, FEEDBACK, INPUT, STATE, eventually, take

UPDATED = aspb.WatchAssignmentsResponse.KIND_UPDATED
REMOVED = aspb.WatchAssignmentsResponse.KIND_REMOVED
SNAPSHOT_END = aspb.WatchAssignmentsResponse.KIND_SNAPSHOT_END


def error_info(call):
    """Runs `call`, which must fail; returns (code, ErrorInfo)."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    status = rpc_status.from_call(caught.value)
    info = error_details_pb2.ErrorInfo()
    assert status is not None, caught.value
    assert any(detail.Unpack(info) for detail in status.details if detail.Is(info.DESCRIPTOR))
    return caught.value.code(), info


@pytest.mark.parametrize("structured", [False, True], ids=["binary", "structured"])
def test_lead_reaches_the_reps_stream_and_every_step_the_feedback_topic_once(world, structured):
    world.add_rep("ada")
    stream = world.watch("/reps/ada")
    take(stream, lambda r: r.kind == SNAPSHOT_END)
    event = world.publish(world.event("lead-1"), structured)
    world.flush()
    assigned = take(stream, lambda r: r.kind == UPDATED)[-1].assignment
    assert assigned.rep == f"{world.parent}/reps/ada"
    assert assigned.stage == lead_pb2.STAGE_OFFERED
    assert (assigned.fit, assigned.intent) == (50, 60)

    world.accept(assigned.name)
    world.assignments.LogTouch(aspb.LogTouchRequest(
        name=assigned.name, channel="call", outcome="connected"), timeout=10)
    outcome = lambda **fields: world.assignments.ReportOutcome(
        aspb.ReportOutcomeRequest(name=assigned.name, **fields), timeout=10)
    outcome(outcome=lead_pb2.STAGE_SQL)
    sqo = aspb.ReportOutcomeRequest(name=assigned.name, outcome=lead_pb2.STAGE_SQO,
                                    amount_minor=1_250_000, currency="EUR")
    sqo.close_time.FromJsonString("2027-03-01T00:00:00Z")
    world.assignments.ReportOutcome(sqo, timeout=10)
    outcome(outcome=lead_pb2.STAGE_WON)
    after_sales = world.assignments.LogTouch(aspb.LogTouchRequest(
        name=assigned.name, channel="email"), timeout=10).assignment
    assert after_sales.stage == lead_pb2.STAGE_WON
    stream.cancel()

    events = world.read(FEEDBACK, lambda seen: len(seen) >= 8)
    changes = [e.data["change"] for e in events]
    assert changes == ["qualified", "assigned", "accepted", "touched", "sql_confirmed",
                       "sqo_opened", "won", "touched"]
    assert [e.data["version"] for e in events] == list(range(1, 9))
    assert len({e["id"] for e in events}) == 8
    for one in events:
        assert one["type"] == f"dev.baton.lead.{one.data['change']}.v1"
        assert one["subject"] == "lead-1"
        assert one.data["attribution"] == {"campaign": "spring", "gclid": "g1"}
        assert one.data["sources"][0]["id"] == event["id"]
        assert one.data["policyRevision"] == 1
    assert events[0]["causationid"] == event["id"]
    factors = events[0].data["factors"]
    assert sum(f["points"] for f in factors if f["kind"] == "fit") == 50
    assert sum(f["points"] for f in factors if f["kind"] == "intent") == 60

    assignments = world.read(ASSIGNMENTS, lambda seen: len(seen) >= 3)
    assert [e.data["change"] for e in assignments][0] == "assigned"
    states = world.read(STATE, lambda seen: any(e.data["version"] == 8 for e in seen))
    assert (states[-1].data["version"], states[-1].data["stage"]) == (8, "WON")


def test_timed_out_offer_goes_to_the_next_rep(quick_world):
    world = quick_world
    world.add_rep("ada")
    world.add_rep("bob")
    world.publish(world.event("lead-1"))
    world.flush()
    first = eventually(lambda: world.lead("lead-1").rep if known(world, "lead-1") else "")
    second = eventually(lambda: (r := world.lead("lead-1").rep) and r != first and r, 10)
    assert {first, second} == {f"{world.parent}/reps/ada", f"{world.parent}/reps/bob"}
    events = world.read(FEEDBACK, lambda seen: len(seen) >= 4)
    assert [e.data["change"] for e in events][:4] == ["qualified", "assigned", "offer_expired",
                                                      "assigned"]


def known(world, lead):
    return world.lead_or_none(lead) is not None


def test_declined_lead_waits_says_why_and_is_offered_again_after_the_cool_down(world):
    world.add_rep("ada")
    world.publish(world.event("lead-1"))
    world.flush()
    name = eventually(lambda: known(world, "lead-1") and world.lead("lead-1").assignment)
    lead = world.assignments.DeclineAssignment(aspb.DeclineAssignmentRequest(
        name=name, reason="AWAY"), timeout=10).lead
    assert lead.stage == lead_pb2.STAGE_QUEUED
    explained = world.leads.ExplainLead(lspb.ExplainLeadRequest(name=lead.name), timeout=10)
    assert explained.waiting_for
    assert [c.reason for c in explained.candidates] == ["passed"]
    again = eventually(lambda: world.lead("lead-1").assignment)
    assert again != name
    code, info = error_info(lambda: world.accept(name))
    assert (code, info.reason, info.domain) == (grpc.StatusCode.ABORTED, "STALE_GENERATION",
                                                "baton.dev")


def test_rep_who_comes_online_gets_the_waiting_leads_oldest_first(world):
    for number in range(3):
        world.publish(world.event(f"lead-{number}"))
        world.flush()
        eventually(lambda n=number: known(world, f"lead-{n}"))
    stream = world.watch()
    take(stream, lambda r: r.kind == SNAPSHOT_END)
    world.add_rep("ada", capacity=2)
    got = [r.assignment.lead for r in take(stream, lambda r: r.assignment.lead.endswith("lead-1"))
           if r.kind == UPDATED]
    stream.cancel()
    assert got == [f"{world.parent}/leads/lead-0", f"{world.parent}/leads/lead-1"]
    assert world.lead("lead-2").stage == lead_pb2.STAGE_QUEUED


def test_explanation_names_every_candidate_and_factors_that_sum(world):
    world.add_rep("ada")
    world.add_rep("bob")
    world.roster.SetRepPresence(rspb.SetRepPresenceRequest(
        name=f"{world.parent}/reps/bob", presence=rspb.PRESENCE_AWAY), timeout=10)
    world.publish(world.event("lead-1"))
    world.flush()
    eventually(lambda: known(world, "lead-1"))
    explained = world.leads.ExplainLead(lspb.ExplainLeadRequest(
        name=f"{world.parent}/leads/lead-1"), timeout=10)
    assert explained.qualified
    assert sum(f.points for f in explained.factors) == explained.lead.fit + explained.lead.intent
    assert {c.rep.rsplit("/", 1)[1]: c.reason for c in explained.candidates} == {
        "ada": "chosen", "bob": "away"}
    assert [(step.rule, step.matched) for step in explained.route_path][-1][1]
    assert "ada" in explained.summary


def test_decisions_are_on_record_and_made_again_are_the_same(world):
    for rep in ("ada", "bob", "cora"):
        world.add_rep(rep)
    world.publish(world.event("lead-1"))
    world.flush()
    eventually(lambda: known(world, "lead-1") and world.lead("lead-1").assignment)
    lead = f"{world.parent}/leads/lead-1"
    for _ in range(2):
        world.assignments.DeclineAssignment(aspb.DeclineAssignmentRequest(
            name=world.lead("lead-1").assignment, reason="AWAY"), timeout=10)
    winners = []
    for generation in (1, 2, 3):
        explained = world.leads.ExplainLead(lspb.ExplainLeadRequest(
            name=lead, generation=generation), timeout=10)
        chosen = [c.rep for c in explained.candidates if c.reason == "chosen"]
        assert explained.choice.generation == generation
        assert list(explained.choice.passed) == winners
        assert inputs_hash(explained.qualification.inputs) == explained.qualification.inputs.hash
        after = sum(c.owed_after for c in explained.candidates)
        assert abs(after - sum(c.owed for c in explained.candidates)) < 1e-6
        again = world.leads.RecomputeDecision(lspb.RecomputeDecisionRequest(
            name=lead, generation=generation), timeout=10)
        assert again.same, list(again.differences)
        assert [again.winner] == chosen == [again.recorded_winner]
        winners += chosen
    assert len(set(winners)) == 3
    code, info = error_info(lambda: world.leads.RecomputeDecision(
        lspb.RecomputeDecisionRequest(name=lead, generation=4), timeout=10))
    assert (code, info.reason) == (grpc.StatusCode.NOT_FOUND, "DECISION_NOT_KEPT")


def inputs_hash(inputs):
    """The hash of services/core/inputs.h, computed by an auditor."""
    def number(value):
        return struct.pack(">q", value)

    def text(value):
        return number(len(value.encode())) + value.encode()

    def value(given):
        kind = given.WhichOneof("kind")
        field = getattr(given, kind)
        return {"bool_value": lambda: b"\0" + bytes([field]),
                "int_value": lambda: b"\1" + number(field),
                "double_value": lambda: b"\2" + struct.pack(">d", field),
                "string_value": lambda: b"\3" + text(field),
                "list_value": lambda: b"\4" + number(len(field.values)) + b"".join(
                    map(text, field.values))}[kind]()

    days = {}
    for entry in inputs.activities:
        day = (date.fromisoformat(entry.date) - date(1970, 1, 1)).days
        days.setdefault(entry.activity, {})[day] = entry.count
    def values(given):
        yield number(len(given))
        for name in sorted(given):
            yield text(name) + value(given[name])

    parts = [text("baton/inputs/1"), *values(inputs.attributes)]
    parts += [bytes([inputs.consent]), number(len(days))]
    for name in sorted(days):
        parts += [text(name), number(len(days[name]))]
        parts += [number(day) + number(count) for day, count in sorted(days[name].items())]
    if inputs.account:
        parts += values(inputs.account)
    return hashlib.sha256(b"".join(parts)).hexdigest()


def test_duplicate_event_has_no_effect(world):
    world.add_rep("ada")
    event = world.event("lead-1")
    for _ in range(3):
        world.publish(event)
    world.publish(world.event("lead-2"))
    world.flush()
    eventually(lambda: known(world, "lead-2"))
    assert eventually(lambda: known(world, "lead-1"))
    assert world.lead("lead-1").activity_counts["demo_request"] == 1
    assert world.lead("lead-1").version == 2


def test_bad_input_ends_as_dead_letter_with_reason_and_delays_nobody(world):
    world.add_rep("ada")
    bad = b"{not json"
    key = f"{world.name}/lead-9"
    world.producer.produce(INPUT, key=key, value=bad,
                           headers=[("content-type", "application/cloudevents+json")])
    world.publish(world.event("lead-9"))
    world.flush()
    eventually(lambda: known(world, "lead-9"))
    letters = read_raw(world, DEAD, key)
    headers = {k: v.decode() for k, v in letters[0].headers()}
    assert letters[0].value() == bad
    assert headers["baton-error-class"] == "not_parseable"
    assert headers["__dlq.errors.topic"] == INPUT
    assert int(headers["__dlq.errors.offset"]) >= 0
    assert headers["baton-error-reason"]


def read_raw(world, topic, key, seconds=20):
    """Messages of `topic` with `key`, at least one."""
    import time
    import uuid
    from confluent_kafka import Consumer
    consumer = Consumer({"bootstrap.servers": world.stack.brokers, "auto.offset.reset": "earliest",
                         "group.id": f"test-{uuid.uuid4()}"})
    consumer.subscribe([topic])
    found, deadline = [], time.monotonic() + seconds
    try:
        while not found and time.monotonic() < deadline:
            message = consumer.poll(0.2)
            if message is not None and not message.error() and message.key() == key.encode():
                found.append(message)
    finally:
        consumer.close()
    assert found, f"nothing with key {key} on {topic}"
    return found


def test_request_id_gives_the_first_answer_again_and_refuses_another_body(world):
    world.add_rep("ada")
    world.publish(world.event("lead-1"))
    world.flush()
    name = eventually(lambda: known(world, "lead-1") and world.lead("lead-1").assignment)
    assert world.accept(name, "r-1") == world.accept(name, "r-1")
    code, info = error_info(lambda: world.assignments.RejectLead(aspb.RejectLeadRequest(
        name=name, reason="NO_NEED", request_id="r-1"), timeout=10))
    assert (code, info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_ID_REUSED")


def test_reason_codes_are_checked_and_listed(world):
    world.add_rep("ada")
    world.publish(world.event("lead-1"))
    world.flush()
    name = eventually(lambda: known(world, "lead-1") and world.lead("lead-1").assignment)
    with pytest.raises(grpc.RpcError) as caught:
        world.assignments.RejectLead(aspb.RejectLeadRequest(name=name, reason="BORING"), timeout=10)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "WRONG_PERSONA" in caught.value.details()
    lead = world.assignments.RejectLead(aspb.RejectLeadRequest(
        name=name, reason="WRONG_PERSONA"), timeout=10).lead
    assert lead.stage == lead_pb2.STAGE_REJECTED
    events = world.read(FEEDBACK, lambda seen: any(e.data["change"] == "rejected" for e in seen))
    assert events[-1].data["reason"] == "WRONG_PERSONA"


def test_submit_with_wait_for_decision_answers_with_the_decided_lead(world):
    world.add_rep("ada", queues=("owned",))
    event = lspb.LeadEvent(id="e-1", type=lspb.LEAD_EVENT_TYPE_CAPTURED, lead="lead-1",
                           activity="demo_request")
    event.attributes["email"].string_value = "x@y.example"
    event.attributes["employees"].int_value = 500
    event.attributes["country"].string_value = "US"
    answer = world.leads.SubmitLeadEvents(lspb.SubmitLeadEventsRequest(
        parent=world.parent, events=[event], wait_for_decision=True), timeout=20)
    assert answer.accepted_count == 1
    assert answer.leads[0].stage == lead_pb2.STAGE_ACCEPTED
    assert answer.leads[0].rep == f"{world.parent}/reps/ada"


def test_journey_lists_events_and_changes_in_order(world):
    world.add_rep("ada")
    world.publish(world.event("lead-1"))
    world.flush()
    eventually(lambda: known(world, "lead-1"))
    journey = world.leads.GetLeadJourney(lspb.GetLeadJourneyRequest(
        name=f"{world.parent}/leads/lead-1"), timeout=10)
    assert [e.type for e in journey.entries] == ["captured", "qualified", "assigned"]


def test_pages_are_stable_and_tokens_are_bound_to_their_parent(world):
    for number in range(5):
        world.publish(world.event(f"lead-{number}"))
    world.flush()
    eventually(lambda: all(known(world, f"lead-{n}") for n in range(5)))
    seen, token = [], ""
    while True:
        page = world.leads.ListLeads(lspb.ListLeadsRequest(
            parent=world.parent, page_size=2, page_token=token), timeout=10)
        seen += [lead.name.rsplit("/", 1)[1] for lead in page.leads]
        token = page.next_page_token
        if not token:
            break
        last = token
    assert seen == [f"lead-{n}" for n in range(5)]
    for request in (lspb.ListLeadsRequest(parent="workspaces/other", page_token=last),
                    lspb.ListLeadsRequest(parent=world.parent, page_size=-1)):
        with pytest.raises(grpc.RpcError) as caught:
            world.leads.ListLeads(request, timeout=10)
        assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_health_and_reflection_answer(stack, world):
    health = health_pb2_grpc.HealthStub(world.channel)
    for service in ("", "baton.v1.LeadService", "baton.v1.AssignmentService"):
        answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=5)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING, service
    services = ProtoReflectionDescriptorDatabase(world.channel).get_services()
    assert {"baton.v1.LeadService", "baton.v1.AssignmentService", "baton.v1.RosterService",
            "baton.v1.WorkspaceService"} <= set(services)


def test_batonctl_reads_what_the_api_wrote(stack, world):
    world.add_rep("ada")
    world.publish(world.event("lead-1"))
    world.flush()
    eventually(lambda: known(world, "lead-1"))
    lead = stack.batonctl("-w", world.name, "lead", "get", "lead-1")
    assert lead["stage"] == "STAGE_OFFERED"
