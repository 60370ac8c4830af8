"""What a CRM that speaks Kafka does: the actions of reps as events, with foreign libraries only."""

import json
import subprocess
import time
import uuid
from datetime import datetime, timezone

import pytest
from baton.v1 import lead_pb2
from cloudevents.http import CloudEvent
from cloudevents.kafka import to_binary, to_structured
from confluent_kafka import Consumer
from stack import BIN, TOP, Stack
from world import FEEDBACK, World, eventually

SALES = "baton.sales-events.v1"
DEAD_SALES = SALES + ".dlq"


def action(world, word, lead, event_id, **data):
    return CloudEvent({
        "id": event_id, "source": "//crm.example", "type": f"dev.baton.sales.{word}.v1",
        "subject": lead, "workspace": world.name, "time": datetime.now(timezone.utc).isoformat(),
        "datacontenttype": "application/json"}, data)


def say(world, event, structured=False):
    key = f"{world.name}/{event['subject']}"
    message = (to_structured if structured else to_binary)(event, key_mapper=lambda _: key)
    world.producer.produce(SALES, key=key, value=message.value,
                           headers=list(message.headers.items()))
    return event


def offered(world, lead="lead-1"):
    """A lead that is ada's to accept."""
    world.publish(world.event(lead))
    world.flush()
    eventually(lambda: (known := world.lead_or_none(lead)) and known.assignment)


def letters(world, count, seconds=20):
    """The dead letters of this workspace: the headers of each by the offset of its record."""
    consumer = Consumer({"bootstrap.servers": world.stack.brokers, "auto.offset.reset": "earliest",
                         "group.id": f"test-{uuid.uuid4()}"})
    consumer.subscribe([DEAD_SALES])
    found, deadline = [], time.monotonic() + seconds
    try:
        while len(found) < count and time.monotonic() < deadline:
            message = consumer.poll(0.2)
            if message is None or message.error():
                continue
            if (message.key() or b"").decode().startswith(world.name + "/"):
                headers = {name: value.decode() for name, value in message.headers()}
                found.append((headers, message.value()))
    finally:
        consumer.close()
    assert len(found) == count, found
    return sorted(found, key=lambda letter: int(letter[0]["__dlq.errors.offset"]))


@pytest.mark.parametrize("structured", [False, True], ids=["binary", "structured"])
def test_a_crm_accepts_touches_and_wins_a_lead_by_events_and_repetitions_do_nothing(
        world, structured):
    world.add_rep("ada")
    offered(world)
    deal = {"amountMinor": 1_250_000, "currency": "EUR", "closeTime": "2027-03-01"}
    touch = {"rep": "ada", "channel": "call", "direction": "outbound", "outcome": "connected"}
    steps = [("accepted", {"rep": "ada"}), ("touched", touch), ("sql_confirmed", {"generation": 1}),
             ("sqo_opened", {"rep": "ada", **deal}), ("won", {"rep": "ada"})]
    events = [action(world, word, "lead-1", f"{world.name}-s{number}", **data)
              for number, (word, data) in enumerate(steps)]
    for event in events:
        say(world, event, structured)
        say(world, event, structured)
    world.flush()
    eventually(lambda: world.lead("lead-1").stage == lead_pb2.STAGE_WON)
    for event in events:
        say(world, event, not structured)
    say(world, action(world, "sql_confirmed", "lead-1", f"{world.name}-late", rep="ada"))
    world.flush()
    changes = world.read(FEEDBACK, lambda seen: len(seen) >= 7)[2:]
    assert [e.data["change"] for e in changes] == [word for word, _ in steps]
    assert [e["causationid"] for e in changes] == [e["id"] for e in events]
    assert {e.data["actor"] for e in changes} == {"rep/ada"}
    assert {e.data["details"]["source"] for e in changes} == {"//crm.example"}
    assert changes[1].data["details"]["direction"] == "outbound"
    assert changes[3].data["details"]["amountMinor"] == "1250000"
    [(letter, _)] = letters(world, 1)  # of a lead that is won already
    assert letter["baton-error-class"] == "wrong_stage"
    lead = world.lead("lead-1")
    assert (lead.stage, lead.version) == (lead_pb2.STAGE_WON, 7)


def test_a_stale_and_a_wrong_event_are_dead_letters_that_say_why_and_hold_up_nobody(world):
    world.add_rep("ada")
    offered(world)
    stale = say(world, action(world, "accepted", "lead-1", "s-1", generation=9))
    say(world, action(world, "accepted", "lead-1", "s-2", rep="bob"))
    say(world, action(world, "rejected", "lead-1", "s-3", rep="ada", reason="BORING"))
    say(world, action(world, "accepted", "lead-9", "s-4", rep="ada"))
    say(world, action(world, "accepted", "lead-1", "s-5", rep="ada"))
    say(world, action(world, "rejected", "lead-1", "s-6", rep="ada", reason="NO_NEED"))
    world.flush()
    eventually(lambda: world.lead("lead-1").stage == lead_pb2.STAGE_REJECTED)
    refused = letters(world, 4)
    by_id = {headers["ce_id"]: (headers["baton-error-class"], headers["baton-error-field"],
                                headers["baton-error-reason"]) for headers, _ in refused}
    assert set(by_id) == {"s-1", "s-2", "s-3", "s-4"}
    assert by_id["s-1"][0] == "stale" and "ABORTED STALE_GENERATION" in by_id["s-1"][2]
    assert by_id["s-2"][:2] == ("stale", "data.rep") and "ada" in by_id["s-2"][2]
    assert by_id["s-3"][:2] == ("bad_value", "data.reason")
    assert "UNKNOWN_REASON" in by_id["s-3"][2] and "NO_NEED" in by_id["s-3"][2]
    assert by_id["s-4"][:2] == ("unknown_lead", "subject")
    headers, value = next((h, v) for h, v in refused if h["ce_id"] == "s-1")
    assert json.loads(value) == {"generation": 9} and headers["ce_type"] == stale["type"]
    assert headers["__dlq.errors.topic"] == SALES


def test_capacity_that_an_event_frees_goes_to_the_lead_that_waits(world):
    world.add_rep("ada", capacity=1)
    offered(world)
    world.publish(world.event("lead-2"))
    world.flush()
    eventually(lambda: world.lead_or_none("lead-2"))
    assert world.lead("lead-2").stage == lead_pb2.STAGE_QUEUED
    say(world, action(world, "rejected", "lead-1", "s-1", rep="ada", reason="NO_NEED"))
    world.flush()
    eventually(lambda: world.lead("lead-2").stage == lead_pb2.STAGE_OFFERED, 3)


def test_the_equation_of_sales_events_holds(world):
    world.add_rep("ada")
    offered(world)
    for _ in range(2):
        say(world, action(world, "accepted", "lead-1", f"{world.name}-a", rep="ada"))
    say(world, action(world, "accepted", "lead-1", f"{world.name}-b", rep="ada"))
    world.flush()
    letters(world, 1)

    def holds():
        samples = world.stack.program.metrics()
        part = {name: samples.get(f'baton_sales_input_conservation_records{{part="{name}"}}', -1)
                for name in ("input", "applied", "duplicate", "dead_lettered", "ignored")}
        return part["input"] >= 3 and part["duplicate"] >= 1 and part["input"] == sum(
            part[name] for name in ("applied", "duplicate", "dead_lettered", "ignored")) and part
    assert eventually(holds)


PRESET = TOP / "deploy/mappings/salesforce.yaml"
FIXTURES = TOP / "tests/unit/vendors/fixtures"


@pytest.fixture(scope="module")
def salesforce(tmp_path_factory):
    """Baton with the shipped mapping of Salesforce, its workspace as an event says it."""
    folder = tmp_path_factory.mktemp("salesforce")
    mapping = folder / "mapping.yaml"
    text = PRESET.read_text()
    assert "workspace: '\"demo\"'" in text
    mapping.write_text(text.replace("workspace: '\"demo\"'", "workspace: body.Workspace__c"))
    running = Stack(folder, ["--intake-sales-mapping", mapping])
    yield running
    running.stop()


def changed(world, fixture, number, **fields):
    """A fixture of Change Data Capture as Salesforce's connector puts it on the topic of sales."""
    event = json.loads((FIXTURES / fixture).read_text())
    body = event.get("payload", event)
    body |= {"Workspace__c": world.name, **fields}
    body["ChangeEventHeader"] |= {"commitTimestamp": int(time.time() * 1000),
                                  "transactionKey": f"t-{number}"}
    value = json.dumps(event)
    world.producer.produce(SALES, key=f"{world.name}/salesforce", value=value)
    return value


def test_salesforce_changes_win_a_lead_without_a_line_of_code(salesforce):
    world = World(salesforce)
    world.add_rep("ada")
    offered(world)
    mine = {"OwnerId": "005000000000000AAA", "Baton_Lead_Id__c": "lead-1"}
    changed(world, "phone_changed.json", 0, **mine)
    for number, (fixture, fields) in enumerate([
            ("lead_contacted.json", {"Baton_Generation__c": 1.0}),
            ("lead_contacted.json", {"Baton_Generation__c": None, "Status": "Closed - Converted"}),
            ("opportunity_won.json", {"StageName": "Negotiation/Review"}),
            ("opportunity_won.json", {})], start=1):
        for _ in range(2):  # the connector started again and sent it again
            value = changed(world, fixture, number, **mine, **fields)
            time.sleep(0.002)
    changed(world, "gap.json", 9, **mine)
    world.flush()
    eventually(lambda: world.lead("lead-1").stage == lead_pb2.STAGE_WON)
    changes = world.read(FEEDBACK, lambda seen: len(seen) >= 7)
    assert [e.data["change"] for e in changes] == [
        "qualified", "assigned", "accepted", "touched", "sql_confirmed", "sqo_opened", "won"]
    assert changes[-1]["causationid"] == "t-4/1/won"
    assert changes[-1].data["details"]["amountMinor"] == "1250050"
    assert json.loads(value)["payload"]["StageName"] == "Closed Won"
    headers = [letter for letter, _ in letters(world, 1)]
    assert headers[0]["baton-error-field"] == "mapping.refuse[0].when"
    say(world, action(world, "sql_confirmed", "lead-1", "direct", rep="ada"))
    world.flush()
    letters(world, 2)  # the lead is won
    world.close()
    report = json.loads(subprocess.run(
        [BIN / "batonctl", "verify", "--wait", "60s", "-o", "json"], env=salesforce.env,
        capture_output=True, text=True, timeout=90, check=True).stdout)
    checks = {check["name"]: check for check in report["checks"]}
    assert [check for check in report["checks"] if check["violations"]] == []
    assert checks["sales"]["lookedAt"] == 11


def test_a_mapping_that_cannot_work_stops_the_start_with_all_its_errors(tmp_path):
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(PRESET.read_text().replace("change.entityName ==", "chang.entityName ==")
                       .replace("action: won,", "action: won_over,"))
    done = subprocess.run([BIN / "baton", "intake", "--intake-sales-mapping", mapping,
                           "--intake-batch-max", "0"], capture_output=True, text=True, timeout=20)
    assert done.returncode != 0
    for expected in ("did you mean 'change'?", "won_over", "batch_max", "mapping.yaml:"):
        assert expected in done.stderr, done.stderr
