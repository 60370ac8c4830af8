"""How a policy comes into force: marketing and sales both approve it, on real servers."""

import concurrent.futures

import grpc
import pytest
from baton.v1 import policy_service_pb2 as ppb
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from world import MIA, SAM, eventually, inbound_policy

MARKETING, SALES = ppb.APPROVER_ROLE_MARKETING, ppb.APPROVER_ROLE_SALES
BOSS = (("baton-principal", "boss@acme.example"), ("baton-roles", "marketing,sales"))


def refusal(call):
    """What `call` fails with: code and ErrorInfo."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    info = error_details_pb2.ErrorInfo()
    status = rpc_status.from_call(caught.value)
    assert any(detail.Unpack(info) for detail in status.details if detail.Is(info.DESCRIPTOR))
    return caught.value.code(), info


def other_policy(world, fit):
    return inbound_policy(world.name, "1h").replace('fit: ">= 30"', f'fit: ">= {fit}"')


def active(world):
    return world.policies.GetPolicy(ppb.GetPolicyRequest(
        name=f"{world.parent}/policies/inbound"), timeout=10).policy


def test_one_approval_alone_cannot_activate_and_the_error_names_who_is_missing(world):
    draft = world.draft(other_policy(world, 40))
    world.approve(draft.name, MARKETING, MIA)
    code, info = refusal(lambda: world.activate(draft))
    assert (code, info.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "APPROVAL_MISSING")
    assert info.metadata["missing"] == "sales"
    assert active(world).revision == 1
    world.approve(draft.name, SALES, SAM)
    assert world.activate(draft).state == ppb.POLICY_STATE_ACTIVE


def test_who_has_both_roles_still_needs_a_second_person(world):
    draft = world.draft(other_policy(world, 40))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        calls = [pool.submit(world.approve, draft.name, role, BOSS) for role in (MARKETING, SALES)]
    assert sum(call.exception() is None for call in calls) == 1
    assert refusal(lambda: world.activate(draft, BOSS))[1].reason == "APPROVAL_MISSING"


def test_nobody_and_those_without_the_role_are_turned_away(world):
    draft = world.draft(other_policy(world, 40))
    code, info = refusal(lambda: world.approve(draft.name, SALES, ()))
    assert (code, info.reason) == (grpc.StatusCode.UNAUTHENTICATED, "PRINCIPAL_MISSING")
    code, info = refusal(lambda: world.approve(draft.name, SALES, MIA))
    assert (code, info.reason) == (grpc.StatusCode.PERMISSION_DENIED, "ROLE_MISSING")


def test_of_concurrent_activations_one_wins_and_the_others_are_aborted(world):
    drafts = [world.draft(other_policy(world, fit)) for fit in (40, 50, 60)]
    for draft in drafts:
        world.approve(draft.name, MARKETING, MIA)
        world.approve(draft.name, SALES, SAM)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        calls = [pool.submit(world.activate, draft) for draft in drafts]
    lost = [call for call in calls if call.exception() is not None]
    assert len(lost) == 2
    for call in lost:
        code, info = refusal(call.result)
        assert (code, info.reason) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")


def test_leads_are_judged_by_the_revision_that_is_active_and_a_rollback_brings_it_back(world):
    world.add_rep("ada")
    strict = world.adopt(other_policy(world, 90))
    world.publish(world.event("l1"))
    world.flush()
    lead = eventually(lambda: world.lead_or_none("l1"))
    assert (lead.policy_revision, lead.assignment) == (2, "")
    world.policies.RollbackPolicy(ppb.RollbackPolicyRequest(
        name=f"{world.parent}/policies/inbound@1", etag=strict.activation_etag,
        reason="nobody qualified"), timeout=10, metadata=SAM)
    world.publish(world.event("l2"))
    world.flush()
    eventually(lambda: world.lead_or_none("l2") and world.lead_or_none("l2").assignment)
    assert world.lead_or_none("l2").policy_revision == 1
    history = world.policies.ListPolicyRevisions(ppb.ListPolicyRevisionsRequest(
        parent=world.parent), timeout=10).policies
    assert [policy.revision for policy in history] == [2, 1]
    assert [(a.rollback, a.principal, a.reason) for a in history[1].activations] == [
        (False, "sam@acme.example", ""), (True, "sam@acme.example", "nobody qualified")]
