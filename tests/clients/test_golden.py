"""The agreements of tests/golden on real servers: adopted by both teams, their leads sent in order,
each answered by the rep whom the agreement names."""

import json

import pytest
from baton.v1 import assignment_service_pb2 as aspb, lead_pb2, lead_service_pb2 as lspb
from stack import TOP
from world import World, eventually

GOLDEN = TOP / "tests/golden"
NAMES = sorted(path.parent.name for path in GOLDEN.glob("*/policy.yaml"))


def in_workspace(path, golden, workspace):
    """A document of the golden policy for a workspace of the test's own."""
    text = path.read_text()
    assert f"workspace: {golden}" in text
    return text.replace(f"workspace: {golden}", f"workspace: {workspace}")


def adopt(stack, golden, folder):
    """A workspace with the golden policy, in force, its reps and its accounts."""
    text = lambda workspace, _: in_workspace(GOLDEN / golden / "policy.yaml", golden, workspace)
    world = World(stack, policy=text, tables=sorted((GOLDEN / golden).glob("*.csv")))
    for kind, name in [("rep", "roster.yaml"), ("account", "accounts.yaml")]:
        source = GOLDEN / golden / name
        if source.exists():
            (folder / name).write_text(in_workspace(source, golden, world.name))
            stack.batonctl("-w", world.name, kind, "apply", "--file", str(folder / name))
    return world


def publish(world, step):
    data = {"attributes": step["attributes"], "activity": step["activity"]}
    world.publish(world.event(step["lead"], data=data))
    world.flush()


def decided(world, lead, done):
    """The lead, once `done` holds for it."""
    def look():
        stored = world.lead_or_none(lead)
        return stored if stored is not None and done(stored) else None
    return eventually(look)


def owned_by(world, lead, queue, rep):
    """Waits until the lead is with a rep, who must be the one expected, and lets the rep accept."""
    stages = (lead_pb2.STAGE_OFFERED, lead_pb2.STAGE_ACCEPTED)
    found = decided(world, lead, lambda stored: stored.stage in stages)
    assert (found.queue, found.rep) == (f"{world.parent}/queues/{queue}",
                                        f"{world.parent}/reps/{rep}"), lead
    if found.stage == lead_pb2.STAGE_OFFERED:
        world.accept(found.assignment)
    return found.assignment


def explained(world, lead):
    return world.leads.ExplainLead(lspb.ExplainLeadRequest(name=f"{world.parent}/leads/{lead}"),
                                   timeout=10)


def follow_up(world, step, assignment):
    """What the rep does with the lead after accepting it."""
    then = step.get("then", {})
    if "reroute_to" in then:
        queue = f"{world.parent}/queues/{then['reroute_to']}"
        world.assignments.RerouteLead(aspb.RerouteLeadRequest(
            name=assignment, reason="WRONG_SEGMENT", queue=queue), timeout=10)
        owned_by(world, step["lead"], then["reroute_to"], then["rep"])
    if "reject" in then:
        world.assignments.RejectLead(aspb.RejectLeadRequest(
            name=assignment, reason=then["reject"]), timeout=10)
        assert world.lead(step["lead"]).stage == lead_pb2.STAGE_REJECTED


@pytest.mark.parametrize("golden", NAMES)
def test_each_lead_reaches_the_rep_whom_the_agreement_names(quiet_stack, golden, tmp_path):
    world = adopt(quiet_stack, golden, tmp_path)
    for step in json.loads((GOLDEN / golden / "leads.json").read_text()):
        publish(world, step)
        if "rep" in step:
            assignment = owned_by(world, step["lead"], step["queue"], step["rep"])
            follow_up(world, step, assignment)
        else:
            left = decided(world, step["lead"], lambda stored: stored.version > 0)
            assert (left.stage, left.rep) == (lead_pb2.STAGE_NURTURE, ""), step["lead"]
            assert explained(world, step["lead"]).disqualified_reason == step["disqualified"]
    world.close()
    quiet_stack.verify()
