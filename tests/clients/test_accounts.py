"""Accounts as a CRM and a sales operator keep them."""

import grpc
import pytest
from baton.v1 import account_service_pb2 as acpb, lead_pb2, lead_service_pb2 as lspb
from test_handoff import error_info
from world import DEAD, World, eventually, inbound_policy


def create(world, account, **fields):
    request = acpb.CreateAccountRequest(parent=world.parent, account_id=account,
                                        account=acpb.Account(**fields))
    return world.accounts.CreateAccount(request, timeout=10).account


def matched(world, address):
    """What the address matches; None while it matches nothing."""
    found = world.lookup(address)
    return found if found.HasField("account") else None


@pytest.mark.parametrize("structured", [False, True], ids=["binary", "structured"])
def test_an_account_of_a_crm_answers_for_its_domains(world, structured):
    world.publish(world.account_event("globex", {
        "name": "Globex", "domains": ["www.globex.com", "Globex.de"], "owner": "ada",
        "customer": True, "customerOwner": "bob"}), structured)
    world.flush()
    found = eventually(lambda: matched(world, "eve@mail.globex.de"))
    assert found.domain == "globex.de"
    assert list(found.account.domains) == ["globex.com", "globex.de"]
    assert [(o.rep.split("/")[-1], o.rank) for o in found.owners] == [
        ("bob", lead_pb2.OWNER_RANK_CUSTOMER), ("ada", lead_pb2.OWNER_RANK_ACCOUNT)]
    world.publish(world.account_event("globex", {}, kind="deleted"), structured)
    world.flush()
    eventually(lambda: not matched(world, "globex.com"))
    assert "no account has the domain globex.com" in world.lookup("globex.com").explanation


def test_the_latest_writer_stands_whatever_comes_first(world):
    for owner, time in [("late", "2026-03-02T09:00:00Z"), ("early", "2026-03-01T09:00:00Z")]:
        world.publish(world.account_event("globex", {"domains": ["globex.com"], "owner": owner},
                                          time=time))
        world.flush()
    world.publish(world.account_event("behind", {"domains": ["behind.com"]}))
    world.flush()
    eventually(lambda: matched(world, "behind.com"))
    assert world.lookup("globex.com").account.owner == f"{world.parent}/reps/late"


def test_a_domain_keeps_its_account_and_who_claims_it_hears_so(world):
    create(world, "globex", domains=["globex.com"])
    code, info = error_info(lambda: create(world, "other", domains=["globex.com"]))
    assert code.name == "FAILED_PRECONDITION"
    assert (info.reason, info.metadata["account"]) == ("DOMAIN_TAKEN", "globex")
    world.publish(world.account_event("third", {"domains": ["globex.com"]}))
    world.flush()
    letters = world.read(DEAD, lambda seen: len(seen) >= 1)
    assert letters[0]["subject"] == "third"
    assert world.lookup("globex.com").account.name == f"{world.parent}/accounts/globex"


def test_private_mail_matches_nothing(world):
    code, _ = error_info(lambda: create(world, "mail", domains=["gmail.com"]))
    assert code.name == "INVALID_ARGUMENT"
    assert "mail providers" in world.lookup("eve@gmail.com").explanation


def owners_policy(workspace, accept_within):
    """The default rule asks the owner of the lead's account first."""
    return inbound_policy(workspace, accept_within).replace(
        "to: {queue: inbound}", "to: {owner: account, fallback: inbound, wait: 1h}")


def test_a_lead_of_an_owned_account_reaches_its_owner_and_the_record_says_why(stack):
    world = World(stack, policy=owners_policy)
    for rep in ("ada", "bob", "cy"):
        world.add_rep(rep)
    rep = lambda name: f"{world.parent}/reps/{name}"
    create(world, "globex", domains=["globex.com"], owner=rep("ada"), open_opportunity=True,
           opportunity_owner=rep("cy"))
    for number in range(3):
        world.publish(world.event(f"lead-{number}", data={
            "attributes": {"email": f"eve{number}@mail.globex.com", "employees": 300,
                           "country": "DE"}, "activity": "demo_request"}))
    world.flush()
    for number in range(3):
        lead = eventually(lambda: decided(world, f"lead-{number}"))
        assert lead.rep == rep("cy"), "the owner of the open opportunity, whoever is owed one"
    explained = world.leads.ExplainLead(lspb.ExplainLeadRequest(name=lead.name), timeout=10)
    assert explained.account.account == f"{world.parent}/accounts/globex"
    assert explained.account.domain == "globex.com"
    assert [o.rank for o in explained.account.owners] == [
        lead_pb2.OWNER_RANK_OPEN_OPPORTUNITY, lead_pb2.OWNER_RANK_ACCOUNT]
    assert "the lead belongs to rep cy (open opportunity)" in explained.summary
    world.close()


def decided(world, lead):
    """The lead, if somebody has it."""
    try:
        found = world.lead(lead)
    except grpc.RpcError:
        return None
    return found if found.rep else None
