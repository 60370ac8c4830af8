"""Conditions on single events: what Kafka says of each activity decides whether it counts, and the
record of the decision says how often."""

import subprocess

import pytest
from baton.v1 import lead_pb2, lead_service_pb2 as lspb
from stack import BIN
from world import World, eventually, inbound_policy

BROWSER = {"email": "eve@shop.example", "employees": 300, "country": "DE"}


def by_page(workspace, accept_within):
    """Only visits of the pricing page count as an intent."""
    text = inbound_policy(workspace, accept_within)
    rule = "activity: pricing_view, points: 10, max: 30, half_life: 7d"
    assert rule in text
    return text.replace(rule, "activity: page_view, when: 'event.path == \"/pricing\"', "
                        "points: 20, max: 60").replace(
        "  scoring:", "  event_properties: {path: string}\n  scoring:")


@pytest.fixture
def world(stack):
    one = World(stack, policy=by_page)
    yield one
    one.close()


def view(world, lead, path):
    world.publish(world.event(lead, kind="activity", data={
        "activity": "page_view", "properties": {"path": path, "seconds": 4}}))


def test_only_the_events_that_meet_the_condition_count(world):
    world.add_rep("ada")
    world.publish(world.event("eve", kind="captured", data={"attributes": BROWSER}))
    for path in ["/careers", "/pricing", "/about"]:
        view(world, "eve", path)
    world.flush()
    eventually(lambda: (found := world.lead_or_none("eve")) and found.intent == 20)
    assert world.lead("eve").stage == lead_pb2.STAGE_NURTURE
    view(world, "eve", "/pricing")
    world.flush()
    eventually(lambda: world.lead("eve").assignment)
    name = f"{world.parent}/leads/eve"
    explained = world.leads.ExplainLead(lspb.ExplainLeadRequest(name=name), timeout=10)
    (pricing,) = [factor for factor in explained.factors if factor.rule == "pricing page"]
    assert (pricing.points, pricing.occurrences) == (40, 2)
    again = world.leads.RecomputeDecision(lspb.RecomputeDecisionRequest(name=name), timeout=10)
    assert again.same, list(again.differences)


def test_batonctl_sends_and_shows_them(world):
    world.add_rep("ada")
    ctl = [BIN / "batonctl", "--server", world.stack.address, "-w", world.name]
    for number, path in enumerate(["/pricing", "/pricing", "/careers"]):
        subprocess.run([*ctl, "lead", "submit", "--lead", "zoe", "--activity", "page_view",
                        "--property", f"path={path}", "--id", f"v{number}",
                        "--attribute", "employees=300",
                        "--attribute", "email=zoe@shop.example"], check=True)
    eventually(lambda: (found := world.lead_or_none("zoe")) and found.assignment)
    shown = subprocess.run([*ctl, "lead", "explain", "zoe"], check=True, capture_output=True,
                           text=True).stdout
    assert "pricing page (2x)" in shown, shown
