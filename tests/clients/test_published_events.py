"""Everything on every topic of a real run, held to the schemas of proto/events by a foreign
validator. Runs last (conftest.py), on what all the other tests left behind: the first of each type,
and then every tenth, as all of them take minutes of a processor."""

import collections
import json

import pytest
import yaml
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from stack import TOP
from test_sales_events import action, letters, offered, say
from world import ASSIGNMENTS, DEAD, FEEDBACK, INPUT, STATE, committed

PROTO = TOP / "proto"
SCHEMAS = {path.name: json.loads(path.read_text())
           for path in (PROTO / "events").glob("*.schema.json")}
REGISTRY = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values())
SALES = "baton.sales-events.v1"
FIRST_OF_A_TYPE = 200


def validator(place):
    """Of "events/headers.schema.json#/definitions/sales", as asyncapi.yaml names schemas."""
    return Draft7Validator({"$ref": "https://baton.dev/" + place}, registry=REGISTRY)


def messages():
    """(headers, payload) of each message of asyncapi.yaml by channel address and name."""
    document = yaml.safe_load((PROTO / "asyncapi.yaml").read_text())
    known = document["components"]["messages"]
    found = {}
    for channel in document["channels"].values():
        for one in channel["messages"].values():
            message = known[one["$ref"].rsplit("/", 1)[1]]
            payload = message.get("payload")
            found[channel["address"], message["name"]] = (
                validator(message["headers"]["$ref"]),
                payload and validator(payload["$ref"]))
    return found


def records(brokers, topic):
    """All committed records of `topic`: (partition, offset, key, headers, value)."""
    return [(message.partition(), message.offset(), message.key(),
             {name: value.decode() for name, value in message.headers() or []}, message.value())
            for message in committed(brokers, topic)]


def chosen(kinds):
    """Which of the events whose types follow one another in `kinds` are looked at."""
    met = collections.Counter()
    for kind in kinds:
        met[kind] += 1
        yield met[kind] <= FIRST_OF_A_TYPE or met[kind] % 10 == 0


def complaints(judge, instance):
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in judge.iter_errors(instance)]


@pytest.fixture(scope="module")
def known():
    for schema in SCHEMAS.values():
        Draft7Validator.check_schema(schema)
    return messages()


@pytest.fixture
def lively(world):
    """A workspace in which something of everything has happened."""
    world.add_rep("ada")
    offered(world)
    say(world, action(world, "accepted", "lead-1", "p-1", rep="ada"))
    say(world, action(world, "touched", "lead-1", "p-2", rep="ada", channel="call"), True)
    say(world, action(world, "won", "lead-1", "p-3", rep="ada"))
    world.publish(world.account_event("globex", {"domains": [f"{world.name}.example"]}))
    world.producer.produce(INPUT, key=f"{world.name}/bad", value=b"{")
    world.flush()
    letters(world, 1)
    world.read(FEEDBACK, lambda seen: len(seen) >= 4)
    return world


@pytest.mark.parametrize("topic", [FEEDBACK, ASSIGNMENTS, STATE])
def test_every_published_event_has_the_schema_of_its_type(known, lively, topic):
    seen = set()
    found = records(lively.stack.brokers, topic)
    looks = chosen(headers.get("ce_type") for _, _, _, headers, _ in found)
    for (partition, offset, key, headers, value), look in zip(found, looks):
        where = f"{topic}/{partition}/{offset}"
        if value is None:
            assert topic == STATE, where
            continue
        kind = headers["ce_type"]
        assert (topic, kind) in known, f"{where}: {kind} has no schema"
        judge_headers, judge_data = known[topic, kind]
        data = json.loads(value)
        if look:
            assert complaints(judge_headers, headers) == [], where
            assert complaints(judge_data, data) == [], where
        assert key.decode() == f"{data['workspace']}/{data['lead']}" == headers["ce_correlationid"]
        if topic != STATE:
            assert kind == f"dev.baton.lead.{data['change']}.v1", where
        seen.add(kind)
    assert seen


@pytest.mark.parametrize("topic", [DEAD, SALES + ".dlq"])
def test_every_dead_letter_says_why_in_the_documented_headers(known, lively, topic):
    judge, _ = known[topic, "dead letter"]
    found = records(lively.stack.brokers, topic)
    assert found
    for partition, offset, _, headers, _ in found:
        assert complaints(judge, headers) == [], f"{topic}/{partition}/{offset}"


@pytest.mark.parametrize("topic", [INPUT, SALES])
def test_what_was_applied_is_what_the_schemas_allow(known, lively, topic):
    brokers = lively.stack.brokers
    refused = {(int(headers["__dlq.errors.partition"]), int(headers["__dlq.errors.offset"]))
               for _, _, _, headers, _ in records(brokers, topic + ".dlq")}
    family = "sales" if topic == SALES else "marketing"
    structured = validator(f"events/headers.schema.json#/definitions/{family}Structured")
    checked = 0
    found = records(brokers, topic)
    looks = chosen(headers.get("ce_type") for _, _, _, headers, _ in found)
    for (partition, offset, _, headers, value), look in zip(found, looks):
        if not look or (partition, offset) in refused:
            continue
        where, data = f"{topic}/{partition}/{offset}: {value[:200]}", None
        if "ce_type" in headers:
            kind = headers["ce_type"]
            assert complaints(known[topic, kind][0], headers) == [], where
            if headers.get("content-type", "").startswith("application/json"):
                data = json.loads(value)
        else:
            event = json.loads(value)
            if "specversion" not in event:
                continue  # for a mapping
            assert complaints(structured, event) == [], where
            kind, data = event["type"], event.get("data")
        if data is not None:
            assert complaints(known[topic, kind][1], data) == [], where
            checked += 1
    assert checked


def test_a_wrong_event_is_no_event_of_the_schemas(known):
    """The schemas refuse something: what a validator always lets through proves nothing."""
    _, won = known[SALES, "dev.baton.sales.won.v1"]
    assert complaints(won, {"rep": "ada"}) == []
    for wrong in ({}, {"rep": "a b"}, {"rep": "ada", "amountMinor": 1.5},
                  {"rep": "ada", "currency": "euro"}):
        assert complaints(won, wrong)
    _, change = known[FEEDBACK, "dev.baton.lead.won.v1"]
    assert complaints(change, {"workspace": "w", "lead": "l", "surprise": 1})
