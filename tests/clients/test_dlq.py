"""Dead letters of a real Kafka go back to where they came from, and nothing is lost or doubled."""

import json
import subprocess
import time

from confluent_kafka import OFFSET_END, TopicPartition
from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource,
                                   ResourceType)
from stack import BIN
from world import DEAD, INPUT, World, eventually


def letters(stack, *choice):
    return stack.batonctl("dlq", "list", "-A", *choice)["letters"]


def test_letters_are_sent_again_once_their_cause_is_mended(quiet_stack):
    stack = quiet_stack
    world = World(stack)
    world.add_rep("ada")
    world.publish(world.event("known"))
    # A workspace that nobody has made yet; and bytes that will never be an event.
    missing = "later" + world.name[:8]
    event = world.event("lead-1")
    event["workspace"] = missing
    world.publish(event, structured=True)
    world.publish(event)
    world.producer.produce(INPUT, key="k", value=b"{canary")
    world.flush()
    eventually(lambda: len(letters(stack)) == 3)
    unknown = letters(stack, "--class", "unknown_workspace")
    assert [letter["attempts"] for letter in unknown] == [1, 1]
    assert {letter["origin"]["topic"] for letter in unknown} == {INPUT}
    assert letters(stack, "--filter", "size < 10 && class == 'not_parseable'")

    stack.batonctl("workspace", "create", missing)
    stack.batonctl("dlq", "replay", "--yes", "-w", missing)
    eventually(lambda: stack.batonctl("-w", missing, "lead", "list")["leads"])
    # What cannot be applied comes back, as the second attempt.
    stack.batonctl("dlq", "replay", "--yes", "-A", "--class", "not_parseable")
    eventually(lambda: len(letters(stack)) == 4)
    again = letters(stack, "--filter", "attempts == 2")
    assert len(again) == 1 and again[0]["headers"]["baton-replay-of"].startswith(DEAD + "/")
    # Sent twice it does no harm.
    stack.batonctl("dlq", "replay", "--yes", "-w", missing)

    verified = stack.batonctl("verify", "--wait", "60s")
    equation = verified["equation"]
    assert verified["violations"] == 0 and equation["holds"], verified
    assert (equation["deadLettered"], equation["applied"]) == (4, 2), equation
    assert equation["input"] == 9, equation


def test_what_personal_data_a_letter_holds_is_shown_to_who_asks_for_it_only(stack, world):
    event = world.event("lead-1", data={"attributes": {"email": "canary@x.example"}, "count": -1})
    event["type"] = "dev.baton.lead.unheard.v1"
    world.publish(event, structured=True)
    world.flush()
    found = eventually(lambda: stack.batonctl("dlq", "list", "-w", world.name)["letters"])
    command = [BIN / "batonctl", "dlq", "show", found[0]["name"]]
    shown = subprocess.run(command, env=stack.env, capture_output=True, text=True, timeout=30)
    assert shown.returncode == 0 and "canary" not in shown.stdout and "***" in shown.stdout
    raw = subprocess.run([*command, "--raw"], env=stack.env, capture_output=True, timeout=30)
    assert json.loads(raw.stdout)["data"]["attributes"]["email"] == "canary@x.example"


def test_letters_go_back_no_faster_than_asked(stack, world):
    for number in range(4):
        world.producer.produce(INPUT, key=f"{world.name}/l{number}", value=b"{")
    world.flush()
    eventually(lambda: len(stack.batonctl("dlq", "list", "-w", world.name)["letters"]) == 4)
    begin = time.monotonic()
    stack.batonctl("dlq", "replay", "-w", world.name, "--yes", "--rate", "2")
    assert time.monotonic() - begin >= 1.5


def test_letters_that_went_before_their_time_are_missed(quiet_stack):
    stack = quiet_stack
    world = World(stack)
    known = len(letters(stack))
    world.producer.produce(INPUT, key="k", value=b"{")
    world.flush()
    eventually(lambda: len(letters(stack)) == known + 1)
    stack.verify()
    admin = AdminClient({"bootstrap.servers": stack.brokers})
    everything = [TopicPartition(DEAD, partition, OFFSET_END) for partition in range(3)]
    for removed in admin.delete_records(everything).values():
        removed.result(30)
    command = [BIN / "batonctl", "verify", "--wait", "60s"]
    missed = subprocess.run(command, env=stack.env, capture_output=True, text=True, timeout=120)
    assert missed.returncode == 1, missed.stdout + missed.stderr
    assert "names no lead, source and id and is no dead letter either" in missed.stderr
    # A topic that goes by size may have lost them in a minute.
    by_size = ConfigEntry("retention.bytes", "1000000",
                          incremental_operation=AlterConfigOpType.SET)
    topic = ConfigResource(ResourceType.TOPIC, DEAD, incremental_configs=[by_size])
    for changed in admin.incremental_alter_configs([topic]).values():
        changed.result(30)
    assert "are taken for refused" in stack.verify()
