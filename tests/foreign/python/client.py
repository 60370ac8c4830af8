"""The scenario of tests/foreign/README.md with grpcio."""

import json
import sys
from pathlib import Path

import grpc
from baton.v1 import (assignment_service_pb2 as assignments_pb, assignment_service_pb2_grpc,
                      lead_pb2, lead_service_pb2 as leads_pb, lead_service_pb2_grpc)
from google.rpc import error_details_pb2
from grpc_status import rpc_status

UPDATED = assignments_pb.WatchAssignmentsResponse.KIND_UPDATED
SNAPSHOT_END = assignments_pb.WatchAssignmentsResponse.KIND_SNAPSHOT_END
DEADLINE_S = 20


def refusal(call):
    """Code and reason with which `call` is refused."""
    try:
        call()
    except grpc.RpcError as error:
        info = error_details_pb2.ErrorInfo()
        for detail in rpc_status.from_call(error).details:
            if detail.Unpack(info):
                return {"code": error.code().name, "reason": info.reason}
    return None


def next_of(stream, kind, stage=None):
    for response in stream:
        if response.kind == kind and stage in (None, response.assignment.stage):
            return response.assignment
    raise AssertionError("the stream ended")


def submit(channel, token, parent, lead):
    request = leads_pb.SubmitLeadEventsRequest(parent=parent)
    event = request.events.add(id=f"{lead}-1", source="//shop.example/forms", lead=lead,
                               type=leads_pb.LEAD_EVENT_TYPE_CAPTURED, activity="demo_request")
    event.attributes["email"].string_value = f"{lead}@acme.example"
    event.attributes["employees"].int_value = 300
    event.attributes["country"].string_value = "DE"
    event.attribution["campaign"] = "spring"
    return lead_service_pb2_grpc.LeadServiceStub(channel).SubmitLeadEvents(
        request, timeout=DEADLINE_S, metadata=token).accepted_count


def journey(channel, token, name):
    leads, token_of_page, seen, pages = lead_service_pb2_grpc.LeadServiceStub(channel), "", [], 0
    while True:
        page = leads.GetLeadJourney(leads_pb.GetLeadJourneyRequest(
            name=name, page_size=3, page_token=token_of_page), timeout=DEADLINE_S, metadata=token)
        pages += 1
        seen += [entry.type for entry in page.entries]
        token_of_page = page.next_page_token
        if not token_of_page:
            return pages, seen


def run(channel, marketing, rep, workspace, who, lead):
    parent, said = f"workspaces/{workspace}", {}
    reps = assignment_service_pb2_grpc.AssignmentServiceStub(channel)
    stream = reps.WatchAssignments(assignments_pb.WatchAssignmentsRequest(
        parent=f"{parent}/reps/{who}"), timeout=60, metadata=rep)
    next_of(stream, SNAPSHOT_END)

    said["submitted"] = submit(channel, marketing, parent, lead)
    offer = next_of(stream, UPDATED, lead_pb2.STAGE_OFFERED)
    said["offered"] = [offer.lead == f"{parent}/leads/{lead}", offer.fit, offer.intent]

    accept = assignments_pb.AcceptAssignmentRequest(name=offer.name, request_id=f"{lead}-accept")
    first, again = (reps.AcceptAssignment(accept, timeout=DEADLINE_S, metadata=rep)
                    for _ in range(2))
    said["repeat"] = first == again
    said["heard"] = lead_pb2.Stage.Name(
        next_of(stream, UPDATED, lead_pb2.STAGE_ACCEPTED).stage)
    stream.cancel()

    reps.LogTouch(assignments_pb.LogTouchRequest(
        name=offer.name, channel="call", outcome="connected"), timeout=DEADLINE_S, metadata=rep)
    outcome = lambda stage, **more: reps.ReportOutcome(assignments_pb.ReportOutcomeRequest(
        name=offer.name, outcome=stage, **more), timeout=DEADLINE_S, metadata=rep).lead
    outcome(lead_pb2.STAGE_SQL)
    opened = assignments_pb.ReportOutcomeRequest(
        name=offer.name, outcome=lead_pb2.STAGE_SQO, amount_minor=1_000_000_000_000_000,
        currency="EUR")
    opened.close_time.FromJsonString("2031-03-01T00:00:00Z")
    reps.ReportOutcome(opened, timeout=DEADLINE_S, metadata=rep)
    said["stage"] = lead_pb2.Stage.Name(outcome(lead_pb2.STAGE_WON).stage)

    said["refused"] = refusal(lambda: reps.DeclineAssignment(
        assignments_pb.DeclineAssignmentRequest(name=offer.name), timeout=DEADLINE_S,
        metadata=rep))
    said["nobody"] = refusal(lambda: reps.ListAssignments(
        assignments_pb.ListAssignmentsRequest(parent=parent), timeout=DEADLINE_S))
    said["pages"], said["journey"] = journey(channel, rep, f"{parent}/leads/{lead}")
    return said


def main(address, ca, tokens, workspace, who, lead, _protos):
    bearer = lambda name: (("authorization", f"Bearer {(Path(tokens) / name).read_text()}"),)
    with grpc.secure_channel(address, grpc.ssl_channel_credentials(Path(ca).read_bytes())) as api:
        print(json.dumps(run(api, bearer("marketing"), bearer("rep"), workspace, who, lead)))


main(*sys.argv[1:])
