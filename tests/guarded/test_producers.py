"""A producer that has topics of its own writes about its own workspace, and no other."""

import subprocess
import uuid

import pytest
from confluent_kafka import Consumer

from stack import BELIEVING, BIN, TOP, Program
from world import World, eventually

PREFIX = "own"


@pytest.fixture
def worlds(stack, tmp_path):
    """Two workspaces, and an intake of topics that are for the first."""
    ours, theirs = World(stack), World(stack)
    subprocess.run([BIN / "batonctl", "topics", "apply", "--file",
                    TOP / "deploy/kafka/topics.yaml", "--prefix", PREFIX], check=True,
                   env=stack.env, stdout=subprocess.DEVNULL)
    intake = Program("intake", tmp_path, stack.env, [
        "--kafka-topic-prefix", PREFIX, "--intake-group", "own-intake", "--intake-workspaces",
        ours.name], front_door=BELIEVING)
    intake.launch()
    intake.wait_ready(30)
    yield ours, theirs
    intake.terminate()
    ours.close()
    theirs.close()


def write(world, topic, key, event):
    world.producer.produce(f"{PREFIX}.{topic}.v1", key=key, value=event)
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


def test_a_producer_writes_about_its_own_workspace_only(stack, worlds):
    ours, theirs = worlds
    captured = '{"attributes": {"email": "a@b.example"}}'
    for world in (theirs, ours):
        write(world, "lead-events", f"{ours.name}/l1",
              event(world, "l1", "lead.captured", captured))
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
