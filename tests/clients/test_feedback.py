"""What marketing gets back: every event of a lead's way says whose campaign it was and why."""

from baton.v1 import assignment_service_pb2 as aspb, lead_pb2
from test_sales_events import action, say
from world import FEEDBACK, eventually

ATTRIBUTION = {"campaign": "spring", "utm_source": "google", "utm_medium": "cpc", "gclid": "g-1",
               "meta_lead_id": "4567", "marketo_munchkin_id": "123-ABC-456",
               "marketo_lead_id": "99", "hubspot_object_id": "1234567"}


def test_every_event_echoes_sources_attribution_revision_and_factors_and_names_its_cause(world):
    world.add_rep("ada")
    world.add_rep("bob")
    first = world.publish(world.event("lead-1", "activity", {
        "activity": "pricing_view", "attribution": {"utm_source": "google", "gclid": "g-1"}}))
    world.flush()
    eventually(lambda: world.lead_or_none("lead-1"))
    data = {"attributes": {"email": "a@b.example", "employees": 300, "country": "DE"},
            "activity": "demo_request", "attribution": ATTRIBUTION}
    captured = world.publish(world.event("lead-1", data=data))
    world.flush()
    name = eventually(lambda: world.lead("lead-1").assignment)
    world.assignments.DeclineAssignment(aspb.DeclineAssignmentRequest(
        name=name, reason="AT_CAPACITY", request_id="r-decline"), timeout=10)
    owner = eventually(lambda: world.lead("lead-1").rep).rsplit("/", 1)[1]
    for word, event_id, fields in [("accepted", "s-accept", {}),
                                   ("touched", "s-touch", {"channel": "call"}),
                                   ("recycled", "s-recycle", {"reason": "NO_BUDGET"})]:
        say(world, action(world, word, "lead-1", event_id, rep=owner, **fields))
    world.flush()
    eventually(lambda: world.lead("lead-1").stage == lead_pb2.STAGE_RECYCLED)

    events = world.read(FEEDBACK, lambda seen: any(e.data["change"] == "recycled" for e in seen))
    causes = {"nurtured": first["id"], "qualified": captured["id"],
              "declined": "r-decline", "accepted": "s-accept", "touched": "s-touch",
              "recycled": "s-recycle"}
    changes = [e.data["change"] for e in events]
    assert changes == ["nurtured", "qualified", "assigned", "declined", "assigned", "accepted",
                       "touched", "recycled"]
    assert [e.data["version"] for e in events] == list(range(1, 9))
    assert [e.data["sequence"] for e in events] == sorted(e.data["sequence"] for e in events)
    reasons = {"declined": "AT_CAPACITY", "recycled": "NO_BUDGET"}
    for before, event in zip([None, *events], events):
        change = event.data["change"]
        assert event["type"] == f"dev.baton.lead.{change}.v1"
        assert event["correlationid"] == f"{world.name}/lead-1"
        assert event["sequence"] == str(event.data["version"])
        # An assignment is caused by what made the lead one to assign.
        assert event["causationid"] == causes.get(change, before and before["causationid"])
        assert event.data.get("reason", "") == reasons.get(change, "")
        assert event.data["policyRevision"] == 1
        for kind in ("fit", "intent"):
            points = sum(f.get("points", 0) for f in event.data["factors"] if f["kind"] == kind)
            assert points == event.data.get(kind, 0), (change, kind)
    for event in events[1:]:
        assert event.data["attribution"] == ATTRIBUTION, event.data["change"]
        assert [(s["source"], s["id"]) for s in event.data["sources"]] == [
            (e["source"], e["id"]) for e in (first, captured)]
        assert event.data["fit"] == 50 and event.data["intent"] in (69, 70)  # one decays
