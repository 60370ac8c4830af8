"""What a caller hears at a cap: whose quota it is, which one, and which setting allows how much."""

import base64

import grpc
import pytest
from baton.v1 import (policy_service_pb2, policy_service_pb2_grpc, roster_service_pb2,
                      roster_service_pb2_grpc, workspace_service_pb2, workspace_service_pb2_grpc)
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from connect import Api
from stack import Program
from world import MIA, inbound_policy

WORKSPACE, PARENT = "capped", "workspaces/capped"
FLAGS = ("--limits-reps-per-workspace-max", "2", "--limits-queues-per-workspace-max", "2",
         "--limits-rules-per-workspace-max", "6")


@pytest.fixture(scope="module")
def capped(stack, tmp_path_factory):
    """A `baton dispatch` with small caps, and a workspace that has all that they allow."""
    one = Program("dispatch", tmp_path_factory.mktemp("capped"), stack.env, FLAGS)
    one.launch()
    one.wait_ready(30)
    with grpc.insecure_channel(one.address) as channel:
        workspace_service_pb2_grpc.WorkspaceServiceStub(channel).CreateWorkspace(
            workspace_service_pb2.CreateWorkspaceRequest(workspace_id=WORKSPACE), timeout=10)
        for rep in ("ada", "bo"):
            create_rep(channel, rep)
    yield one
    one.terminate()


def create_rep(channel, rep, workspace=PARENT):
    about = {"capacity": 5, "queues": [f"{workspace}/queues/inbound"]}
    return roster_service_pb2_grpc.RosterServiceStub(channel).CreateRep(
        roster_service_pb2.CreateRepRequest(parent=workspace, rep_id=rep, rep=about), timeout=10)


def draft(channel, text):
    return policy_service_pb2_grpc.PolicyServiceStub(channel).CreatePolicyRevision(
        policy_service_pb2.CreatePolicyRevisionRequest(parent=PARENT, yaml=text), timeout=10,
        metadata=MIA)


def refusal(call, *arguments):
    """(reason, setting, subject and description of the QuotaFailure), by grpcio-status."""
    with pytest.raises(grpc.RpcError) as refused:
        call(*arguments)
    assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    info, quota, retry = (error_details_pb2.ErrorInfo(), error_details_pb2.QuotaFailure(),
                          error_details_pb2.RetryInfo())
    details = rpc_status.from_call(refused.value).details
    for wanted in (info, quota, retry):
        assert any(detail.Unpack(wanted) for detail in details), wanted
    assert retry.retry_delay.ToTimedelta().total_seconds() > 0
    violation, = quota.violations
    assert violation.description == refused.value.details()
    return info.reason, info.metadata["setting"], violation.subject, violation.description


def test_a_rep_too_many_is_a_quota_failure(capped):
    with grpc.insecure_channel(capped.address) as channel:
        setting = "limits.reps_per_workspace_max"
        assert refusal(create_rep, channel, "cy") == (
            "TOO_MANY_REPS", setting, PARENT, f"{PARENT} has 2 reps: {setting} allows 2")
        rep = roster_service_pb2.Rep(name=f"{PARENT}/reps/bo", capacity=9)
        changed = roster_service_pb2_grpc.RosterServiceStub(channel).UpdateRep(
            roster_service_pb2.UpdateRepRequest(rep=rep, update_mask={"paths": ["capacity"]}),
            timeout=10)
        assert changed.rep.capacity == 9


def test_a_queue_too_many_is_a_quota_failure(capped):
    third = inbound_policy(WORKSPACE, "1h") + "    third: {mode: direct}\n"
    setting = "limits.queues_per_workspace_max"
    with grpc.insecure_channel(capped.address) as channel:
        assert refusal(draft, channel, third) == (
            "TOO_MANY_QUEUES", setting, PARENT,
            f"{PARENT} has 3 queues in this policy: {setting} allows 2")


def test_rules_too_many_are_a_quota_failure(capped):
    policy = inbound_policy(WORKSPACE, "1h")
    another = '      - {name: large, match: {employees: ">= 900"}, points: 5}\n'
    one_more = policy.replace("    intent:\n", another + "    intent:\n")
    with grpc.insecure_channel(capped.address) as channel:
        assert draft(channel, policy).policy.revision == 1
        setting = "limits.rules_per_workspace_max"
        assert refusal(draft, channel, one_more) == (
            "TOO_MANY_RULES", setting, PARENT,
            f"{PARENT} has 7 rules in this policy: {setting} allows 6")
        assert draft(channel, policy).policy.revision == 1


def test_the_quota_failure_comes_by_json_as_well(capped):
    answer = Api(capped.connect_port).post("RosterService/CreateRep", {
        "parent": PARENT, "repId": "cy", "rep": {"capacity": 5}})
    assert answer.status == 429 and int(answer.headers["retry-after"]) > 0
    detail, = [one for one in answer.json["details"] if one["type"] == "google.rpc.QuotaFailure"]
    padded = detail["value"] + "=" * (-len(detail["value"]) % 4)
    told = error_details_pb2.QuotaFailure.FromString(base64.b64decode(padded))
    assert told.violations[0].subject == PARENT
    assert detail["debug"]["violations"][0]["description"] == answer.json["message"]
