"""A producer that has topics of its own writes about its own workspace, and no other."""

import contextlib
import json
import re
import subprocess
import uuid
from datetime import datetime, timezone

import pytest
from baton.v1 import lead_pb2
from confluent_kafka import Consumer

from stack import BELIEVING, BIN, TOP, Program
from world import World, eventually

PREFIX, AGAIN = "own", "again"
# Of all intakes here, whichever have been started.
INPUTS = ("--input", "baton", "--input", PREFIX, "--input", f"{AGAIN}@2:3")


def make_topics(stack, prefix):
    """Those that are not there yet."""
    subprocess.run([BIN / "batonctl", "topics", "apply", "--file",
                    TOP / "deploy/kafka/topics.yaml", "--prefix", prefix], check=True,
                   env=stack.env, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def intake_of(stack, folder, prefix, *args):
    """One that reads topics of its own, for the time of a with block."""
    make_topics(stack, prefix)
    intake = Program("intake", folder, stack.env, [
        "--kafka-topic-prefix", prefix, "--intake-group", f"{prefix}-intake", *args],
        front_door=BELIEVING)
    intake.launch()
    try:
        intake.wait_ready(30)
        yield
    finally:
        intake.terminate()


@pytest.fixture
def worlds(stack, tmp_path):
    """Two workspaces, and an intake of topics that are for the first."""
    ours, theirs = World(stack), World(stack)
    with intake_of(stack, tmp_path, PREFIX, "--intake-workspaces", ours.name):
        yield ours, theirs
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
        "time": "{datetime.now(timezone.utc).isoformat()}", "data": {data}}}"""


CAPTURED = '{"attributes": {"email": "a@b.example"}}'
QUALIFIES = json.dumps({"attributes": {"email": "a@b.example", "employees": 300, "country": "DE"},
                        "activity": "demo_request"})


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

    make_topics(stack, AGAIN)
    assert " holds" in stack.verify(*INPUTS)
    unaware = subprocess.run([BIN / "batonctl", "verify", "--wait", "30s"], env=stack.env,
                             capture_output=True, text=True, check=False, timeout=60)
    assert unaware.returncode == 1 and "counters: the services count" in unaware.stderr


def test_topics_that_were_made_anew_are_verified_as_far_as_they_go(stack, tmp_path):
    world = World(stack)
    world.add_rep("ada")
    generations = ("--intake-input-generation", "2", "--intake-sales-input-generation", "3")
    with intake_of(stack, tmp_path, AGAIN, *generations):
        write(world, "lead-events", f"{world.name}/l1",
              event(world, "l1", "lead.captured", QUALIFIES), AGAIN)
        eventually(lambda: (lead := world.lead_or_none("l1")) and lead.rep)
        write(world, "sales-events", f"{world.name}/l1",
              event(world, "l1", "sales.accepted", '{"rep": "ada"}'), AGAIN)
        eventually(lambda: world.lead("l1").stage == lead_pb2.STAGE_ACCEPTED)
    make_topics(stack, PREFIX)
    assert "made anew" in stack.verify(*INPUTS)
    unread = subprocess.run([BIN / "batonctl", "verify", "--input", f"{AGAIN}@9"], env=stack.env,
                            capture_output=True, text=True, check=False, timeout=60)
    assert unread.returncode == 2
    assert re.search(rf"1 records of {AGAIN}.lead-events.v1 are not yet read \(partitions \d+\)",
                     unread.stderr), unread.stderr
    world.close()
