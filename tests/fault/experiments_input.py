"""Experiments with what arrives: twice, out of order, all again, broken."""

import json
import re

from checks import Violations, check_letters
from experiment import experiment
from feed import letter_of
from world import DEAD, FEEDBACK, INPUT

KINDS = {f"dev.baton.lead.{kind}.v1" for kind in ("captured", "activity", "updated", "consent")}
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@experiment("F15", "poison: records that nobody can read, among good ones")
def f15(trial):
    trial.begin()
    starts, letter_starts = trial.site.feed.ends(), trial.site.feed.ends(DEAD)
    load = trial.load(trial.pick(300, 20_000), trial.pick(150, 400), brief=False,
                      flags=("--bad", "0.05", "--silent", "0"))
    for poison in made_poison(load.tenant.name):
        load.tenant.producer.produce(INPUT, key=f"{load.tenant.name}/poison", **poison)
    load.tenant.flush()
    trial.settle()
    broken = {}
    for message in trial.site.feed.read(INPUT, starts):
        if not is_sound(message, load.tenant.name):
            broken[(INPUT, message.partition(), message.offset())] = message.value()
    letters = [letter_of(message) for message in trial.site.feed.read(DEAD, letter_starts)]
    found = Violations()
    check_letters(broken, letters, found)
    trial.violations.extend(found)
    trial.faults["poison"] = len(broken)
    trial.witness("broken records", len(broken), trial.pick(30, 1_000))
    trial.witness("classes of reasons", len({reason for _, _, reason in letters}), 7)


def made_poison(workspace):
    """What the driver does not break: bytes, nesting, size, protobuf. Of a person all the same."""
    person = "Prospect <poison@company.example>"
    attributes = {"specversion": "1.0", "id": "poison", "source": "//x", "subject": "poison",
                  "type": "dev.baton.lead.captured.v1", "workspace": workspace,
                  "time": "2026-01-01T00:00:00Z"}
    json_type = [("content-type", "application/cloudevents+json")]
    whole = lambda data: json.dumps(attributes | {"datacontenttype": "application/json",
                                                  "data": data}).encode()
    yield {"value": b"\xff\xfe{\"specversion\"" + person.encode(), "headers": json_type}
    yield {"value": whole({"attributes": {"name": person + "X"}}).replace(b"X", b"\xc3\x28"),
           "headers": json_type}
    nested = b"[" * 5_000 + b"]" * 5_000
    yield {"value": whole({"attributes": "HERE"}).replace(b'"HERE"', nested), "headers": json_type}
    yield {"value": whole({"attributes": {"name": person + "x" * 900_000}}), "headers": json_type}
    yield {"value": None, "headers": json_type}
    binary = [(f"ce_{name}", value) for name, value in attributes.items()]
    yield {"value": b"\x0a\xff\xff\xff\xff" + person.encode(), "headers": [
        *binary, ("content-type", "application/protobuf")]}
    yield {"value": b"", "headers": [*binary, ("content-type", "application/json")]}


def is_sound(message, workspace):
    """Judged without Baton: the driver's good records are, everything else here is not."""
    if message.key() == f"{workspace}/poison".encode():
        return False
    try:
        event = json.loads(message.value())
    except ValueError:
        return False
    return ("time" in event and event.get("type") in KINDS and
            event.get("workspace") == workspace and
            ID.fullmatch(event.get("subject", "")) is not None)


@experiment("F14", "20% duplicates, reordering, then a replay of everything from offset 0")
def f14(trial):
    trial.begin()
    load = trial.load(trial.pick(500, 30_000), trial.pick(250, 600), brief=False,
                      flags=("--duplicates", "0.2", "--reorder", "50", "--silent", "0"))
    trial.settle()
    first = dict(trial.figures)
    stored, published = load.tenant.stored(), trial.site.feed.ends(FEEDBACK)
    replay_from_zero(trial)
    trial.until("everything is read again", lambda: trial.unread() == 0, trial.pick(120, 900))
    records = sum(trial.site.feed.ends().values())
    growth = {}

    def counted():
        now = trial.site.counters()
        growth.update({part: now[part] - trial.before[part] - first[part] for part in now or {}})
        return growth and growth["input"] >= records

    trial.until("the replay is counted", counted, 30)
    if growth["applied"] != 0:
        trial.violations.add(f"the replay applied {growth['applied']} records again")
    if growth["input"] != records:
        trial.violations.add(f"{records} records were replayed, {growth['input']} counted")
    if load.tenant.stored() != stored:
        trial.violations.add("the replay changed leads")
    # What only time brings, to leads of other experiments, has no event as its cause.
    caused = [message for message in trial.site.feed.read(FEEDBACK, published)
              if "ce_causationid" in dict(message.headers())]
    if caused:
        trial.violations.add(f"the replay published {len(caused)} changes, such as "
                             f"{dict(caused[0].headers())['ce_id'].decode()}")
    trial.fault("replay", records=records)
    trial.figures |= {"replayed": records}
    trial.witness("duplicates in the input", first["duplicate"], first["input"] // 8)
    trial.witness("records replayed", records, trial.pick(1_500, 50_000))


def replay_from_zero(trial):
    """Intake forgets how far it has read."""
    intakes = [program.name for program in trial.site.of_role("intake")]
    for name in intakes:
        trial.site.dismiss(name)
    trial.site.redis("DEL", "{b00}:input:" + INPUT)
    trial.site.roles()
