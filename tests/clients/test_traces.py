"""W3C trace context: what begins in a form or a CRM is one trace up to the feedback event."""

import json
import uuid

import pytest
from baton.v1 import (assignment_service_pb2 as aspb, lead_service_pb2 as lspb,
                      policy_service_pb2 as policies)
from stack import Stack
from test_sales_events import action, offered, say
from test_webhooks import FLAGS, HookWorld, Receiver
from world import FEEDBACK, MIA, SAM, eventually, inbound_policy


def new_trace(sampled=True):
    """A traceparent of a new trace."""
    return f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-0{int(sampled)}"


@pytest.fixture(scope="module")
def trace_stack(tmp_path_factory):
    running = Stack(tmp_path_factory.mktemp("traces"), [*FLAGS, "--log-level", "debug"])
    yield running
    running.stop()


@pytest.fixture
def world(trace_stack):
    one = HookWorld(trace_stack)
    yield one
    one.close()


def traces(world, count):
    """The change and the trace of each of the feedback events."""
    events = world.read(FEEDBACK, lambda seen: len(seen) >= count)
    return [(event.data["change"], event.get("traceparent")) for event in events]


@pytest.mark.parametrize("structured", [False, True], ids=["binary", "structured"])
def test_from_an_event_of_marketing_to_its_feedback(world, structured):
    world.add_rep("ada")
    trace = new_trace()
    world.publish(world.event("lead-1", traceparent=trace), structured)
    world.flush()
    assert traces(world, 2) == [("qualified", trace), ("assigned", trace)]


def test_from_the_header_of_a_kafka_client_to_the_feedback(world):
    """Instrumented clients set a plain header, whatever the record is."""
    trace, event = new_trace(), world.event("lead-1")
    world.producer.produce("baton.lead-events.v1", key=f"{world.name}/lead-1", headers=[
        ("content-type", b"application/cloudevents+json"), ("traceparent", trace.encode())],
        value=json.dumps({**{name: event[name] for name in event}, "data": event.data}))
    world.flush()
    assert traces(world, 2) == [("qualified", trace), ("queued", trace)]


def submit(world, lead, metadata):
    event = lspb.LeadEvent(id=uuid.uuid4().hex, type=lspb.LEAD_EVENT_TYPE_CAPTURED, lead=lead,
                           activity="demo_request")
    event.attributes["email"].string_value = "a@b.example"
    event.attributes["employees"].int_value = 300
    event.attributes["country"].string_value = "DE"
    world.leads.SubmitLeadEvents(lspb.SubmitLeadEventsRequest(
        parent=world.parent, events=[event], wait_for_decision=True), timeout=20,
        metadata=metadata)


def test_from_the_metadata_of_calls_to_their_feedback(world):
    world.add_rep("ada")
    captured, accepted = new_trace(), new_trace(sampled=False)
    submit(world, "lead-1", [("traceparent", captured)])
    name = world.lead("lead-1").assignment
    world.assignments.AcceptAssignment(aspb.AcceptAssignmentRequest(name=name), timeout=10,
                                       metadata=[("traceparent", accepted)])
    world.assignments.LogTouch(aspb.LogTouchRequest(name=name, channel="call"), timeout=10,
                               metadata=[("traceparent", "no trace")])
    assert traces(world, 4) == [("qualified", captured), ("assigned", captured),
                                ("accepted", accepted), ("touched", accepted)]


def test_from_an_event_of_sales_to_its_feedback(world):
    world.add_rep("ada")
    offered(world)
    trace = new_trace()
    event = action(world, "accepted", "lead-1", f"{world.name}-s", rep="ada")
    event["traceparent"] = trace
    say(world, event)
    world.flush()
    assert traces(world, 3)[2] == ("accepted", trace)


def test_to_the_receiver_of_a_webhook(world):
    receiver = Receiver()
    world.create("crm", receiver.url, types=["qualified"])
    trace = new_trace()
    world.publish(world.event("lead-1", traceparent=trace))
    world.flush()
    eventually(lambda: receiver.taken)
    assert receiver.taken[0][0]["traceparent"] == trace
    receiver.close()


def test_lines_of_the_log_say_the_trace_of_the_call_that_they_are_about(world):
    trace = new_trace()
    draft = world.draft(inbound_policy(world.name, "3h"))
    world.approve(draft.name, policies.APPROVER_ROLE_MARKETING, MIA)
    draft = world.approve(draft.name, policies.APPROVER_ROLE_SALES, SAM)
    world.policies.ActivatePolicyRevision(policies.ActivatePolicyRevisionRequest(
        name=draft.name, etag=draft.activation_etag), timeout=10,
        metadata=(*SAM, ("traceparent", trace)))
    trace_id = trace.split("-")[1]
    lines = [json.loads(line) for line in world.stack.program.log().splitlines()]
    assert {line["event"] for line in lines if line.get("trace_id") == trace_id} == {
        "policy.activated", "rpc.finished"}
