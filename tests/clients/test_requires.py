"""What queues require of reps, on real servers: a lead goes to a rep who meets it, or waits for
one; the explanation says what is required, the record gives the same, verify is clean."""

from baton.v1 import lead_pb2
from world import World, eventually, inbound_policy

ROSTER = """
apiVersion: baton.dev/v1
kind: Roster
metadata: {{workspace: {workspace}}}
spec:
  reps:
    - {{id: ada, queues: [inbound], presence: online, attributes: {{territories: [AT], level: 1}}}}
    - {{id: bob, queues: [inbound, wide], presence: online, attributes: {bob}}}
"""


def requiring(workspace, accept_within):
    text = inbound_policy(workspace, accept_within)
    queue = "inbound: {mode: offer, "
    assert queue in text
    return text.replace("  scoring:", "  rep_attributes: {territories: list(string), level: int}\n"
                                      "  scoring:").replace(
        queue, queue + "requires: 'lead.country in rep.territories && "
                       "(fit < 50 || rep.level >= 1)', widen: [{after: 4s, to: wide}], ") + (
        "    wide: {mode: direct, requires: rep.level >= 5}\n")


def put_reps(world, folder, bob):
    roster = folder / "roster.yaml"
    roster.write_text(ROSTER.format(workspace=world.name, bob=bob))
    world.stack.batonctl("-w", world.name, "rep", "apply", "--file", str(roster))


def submit(world, lead, country):
    attributes = {"email": "a@b.example", "employees": 300, "country": country}
    world.publish(world.event(lead, data={"attributes": attributes, "activity": "demo_request"}))
    world.flush()


def comes_to(world, lead, stage, rep=""):
    owner = f"{world.parent}/reps/{rep}" if rep else ""

    def look():
        stored = world.lead_or_none(lead)
        return stored if stored and (stored.stage, stored.rep) == (stage, owner) else None
    return eventually(look)


def explain(world, lead):
    return world.stack.batonctl("-w", world.name, "lead", "explain", lead)


def test_a_lead_goes_to_a_rep_who_meets_what_its_queue_requires(quiet_stack, tmp_path):
    world = World(quiet_stack, policy=requiring)
    put_reps(world, tmp_path, "{territories: [FR]}")
    submit(world, "vienna", "AT")
    comes_to(world, "vienna", lead_pb2.STAGE_OFFERED, "ada")
    told = explain(world, "vienna")
    assert told["requirement"] == '"AT" in rep.territories && rep.level >= 1'
    reasons = {one["rep"].rsplit("/", 1)[1]: one["reason"] for one in told["candidates"]}
    assert reasons == {"ada": "chosen", "bob": "missing_skill"}

    # Nobody meets it; the attributes of a rep change, and the lead goes on.
    submit(world, "berlin", "DE")
    comes_to(world, "berlin", lead_pb2.STAGE_QUEUED)
    assert explain(world, "berlin")["blockedBy"] == "missing_skill"
    put_reps(world, tmp_path, "{territories: [DE], level: 2}")
    comes_to(world, "berlin", lead_pb2.STAGE_OFFERED, "bob")

    # In the queue into which it widens another thing is required, of another rep.
    submit(world, "lyon", "FR")
    comes_to(world, "lyon", lead_pb2.STAGE_QUEUED)
    eventually(lambda: explain(world, "lyon")["requirement"] == "rep.level >= 5")
    assert world.lead("lyon").stage == lead_pb2.STAGE_QUEUED
    put_reps(world, tmp_path, "{territories: [DE], level: 7}")
    comes_to(world, "lyon", lead_pb2.STAGE_ACCEPTED, "bob")
    for lead in ("vienna", "berlin", "lyon"):
        assert world.stack.batonctl("-w", world.name, "lead", "recompute", lead)["same"], lead
    world.close()
    quiet_stack.verify()
