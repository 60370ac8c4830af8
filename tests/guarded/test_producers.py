"""A producer that has topics of its own writes about its own workspace, and no other."""

import subprocess
import uuid

import pytest
from confluent_kafka import Consumer

from stack import BELIEVING, BIN, TOP, Program
from world import World, eventually

PREFIX = "own"


def make_topics(stack, prefix):
    """Those that are not there yet."""
    subprocess.run([BIN / "batonctl", "topics", "apply", "--file",
                    TOP / "deploy/kafka/topics.yaml", "--prefix", prefix], check=True,
                   env=stack.env, stdout=subprocess.DEVNULL)


def start_intake(stack, folder, prefix, *args):
    """One that reads topics of its own."""
    make_topics(stack, prefix)
    intake = Program("intake", folder, stack.env, [
        "--kafka-topic-prefix", prefix, "--intake-group", f"{prefix}-intake", *args],
        front_door=BELIEVING)
    intake.launch()
    intake.wait_ready(30)
    return intake


@pytest.fixture
def worlds(stack, tmp_path):
    """Two workspaces, and an intake of topics that are for the first."""
    ours, theirs = World(stack), World(stack)
    intake = start_intake(stack, tmp_path, PREFIX, "--intake-workspaces", ours.name)
    yield ours, theirs
    intake.terminate()
    ours.close()
    theirs.close()


def write(world, topic, key, event, prefix=PREFIX):
    world.producer.produce(f"{prefix}.{topic}.v1", key=key, value=event)
    world.flush()


def letters(stack, topic, count):
    """Classes and fields of the first dead letters of the topic."""
    consumer = Consumer({"bootstrap.servers": stack.brokers, "group.id": str(uuid.uuid4()),
                         "auto.offset.reset": "earliest"})
    consumer.subscribe([f"{PREFIX}.{topic}.v1.dlq"])
    found = []

    def read():
        message = consumer.poll(0.2)
        if message is not None and not message.error():
            headers = {name: value.decode() for name, value in message.headers()}
            found.append((headers["baton-error-class"], headers["baton-error-field"]))
        return len(found) >= count
    eventually(read)
    consumer.close()
    return found


def event(world, lead, kind, data):
    return f"""{{"specversion": "1.0", "id": "{uuid.uuid4()}", "source": "//crm.example",
        "type": "dev.baton.{kind}.v1", "subject": "{lead}", "workspace": "{world.name}",
        "time": "2026-03-01T09:00:00Z", "data": {data}}}"""


CAPTURED = '{"attributes": {"email": "a@b.example"}}'


def test_a_producer_writes_about_its_own_workspace_only(stack, worlds):
    ours, theirs = worlds
    for world in (theirs, ours):
        write(world, "lead-events", f"{ours.name}/l1",
              event(world, "l1", "lead.captured", CAPTURED))
    eventually(lambda: ours.lead_or_none("l1"))
    assert letters(stack, "lead-events", 1) == [("foreign_workspace", "workspace")]
    assert theirs.lead_or_none("l1") is None

    theirs.add_rep("ada")
    theirs.publish(theirs.event("l2"))
    theirs.flush()
    offered = eventually(lambda: (lead := theirs.lead_or_none("l2")) and lead.rep and lead)
    write(theirs, "sales-events", f"{theirs.name}/l2",
          event(theirs, "l2", "sales.accepted", '{"rep": "ada"}'))
    assert letters(stack, "sales-events", 1) == [("foreign_workspace", "workspace")]
    assert theirs.lead("l2").stage == offered.stage

    assert " holds" in stack.verify("--input", "baton", "--input", PREFIX)
    unaware = subprocess.run([BIN / "batonctl", "verify", "--wait", "30s"], env=stack.env,
                             capture_output=True, text=True, check=False, timeout=60)
    assert unaware.returncode == 1 and "counters: the services count" in unaware.stderr


def test_topics_that_were_made_anew_are_verified_as_far_as_they_go(stack, tmp_path):
    world, prefix = World(stack), "again"
    intake = start_intake(stack, tmp_path, prefix, "--intake-input-generation", "2")
    write(world, "lead-events", f"{world.name}/l1",
          event(world, "l1", "lead.captured", CAPTURED), prefix)
    eventually(lambda: world.lead_or_none("l1"))
    make_topics(stack, PREFIX)  # of the test above
    said = stack.verify("--input", "baton", "--input", PREFIX, "--input", f"{prefix}@2")
    assert "made anew" in said
    intake.terminate()
    world.close()
