"""A person is erased: nothing of it is in Redis' files or in any log afterwards, everybody who
listens hears of it, reading the input again from the beginning brings nobody back, and a process
that is killed meanwhile loses and doubles nothing."""

import subprocess
import threading
import time
import uuid
from datetime import datetime, timedelta, timezone

import grpc
import pytest
from baton.v1 import (assignment_service_pb2 as aspb, lead_pb2, lead_service_pb2 as lspb,
                      report_service_pb2 as rpb, report_service_pb2_grpc as rpb_grpc)
from confluent_kafka import Producer
from stack import BIN, Stack
from world import (DEAD, FEEDBACK, INPUT, STATE, World, committed, eventually, inbound_policy,
                   take)

ADMIN = (("baton-principal", "dpo@acme.example"), ("baton-roles", "admin"))
FLAGS = ("--relay-purge-after", "2s", "--clock-retention-every", "1s")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    running = Stack(tmp_path_factory.mktemp("erasure"), FLAGS)
    yield running
    running.stop()


@pytest.fixture
def world(stack):
    one = World(stack)
    yield one
    one.close()


class Person:
    """Words that stand nowhere but where something is said of this person."""

    def __init__(self):
        self.canary = "canary" + uuid.uuid4().hex[:16]
        self.lead = f"{self.canary}-lead"
        self.email = f"{self.canary}@person.example"
        self.data = {
            "attributes": {"email": self.email, "employees": 300, "country": "DE",
                           "name": f"{self.canary} Lovelace", "phone": f"+49 {self.canary}"},
            "activity": "demo_request", "properties": {"path": f"/{self.canary}"},
            "attribution": {"campaign": "spring", "gclid": f"{self.canary}-click"}}

    def event(self, world, **extra):
        return world.event(self.lead, data=self.data, event_id=f"{self.canary}-{uuid.uuid4()}",
                           **extra)


def erase(world, metadata=ADMIN, **request):
    return world.leads.EraseLead(lspb.EraseLeadRequest(**request), timeout=10, metadata=metadata)


def is_gone(world, lead):
    return world.lead_or_none(lead) is None


def files_of_redis(stack):
    """Whatever Redis keeps on the disk, written anew and not compressed."""
    stack.redis("CONFIG", "SET", "rdbcompression", "no")
    for command, running in (("BGREWRITEAOF", "aof_rewrite_in_progress"),
                             ("BGSAVE", "rdb_bgsave_in_progress")):
        stack.redis(command)
        eventually(lambda: f"{running}:0" in stack.redis("INFO", "persistence")
                   and "aof_rewrite_scheduled:0" in stack.redis("INFO", "persistence"))
    data = (stack.folder / "redis" / "data").resolve()
    files = [path for path in data.rglob("*") if path.suffix in (".rdb", ".aof", ".manifest")]
    assert {path.suffix for path in files} >= {".rdb", ".aof"}, files
    return files


def where(canary, files):
    return [str(path) for path in files if canary.encode() in path.read_bytes()]


def records(stack, topic):
    """Every committed record of a topic: (key, value)."""
    return [(message.key(), message.value()) for message in committed(stack.brokers, topic)]


def with_history(world, person):
    """The person has been through all that leaves traces, and ada owns it."""
    world.publish(person.event(world))
    world.flush()
    lead = eventually(lambda: (found := world.lead_or_none(person.lead)) and found.assignment
                      and found)
    world.accept(lead.assignment, request_id=f"{person.canary}-request")
    world.assignments.LogTouch(aspb.LogTouchRequest(
        name=lead.assignment, channel="call", note=f"{person.canary} wants a demo"), timeout=10)
    return lead


def offers(world):
    """What reports say of ada's offers: (their number, the leads behind it)."""
    reports = rpb_grpc.ReportServiceStub(world.channel)
    report = reports.GetReport(rpb.GetReportRequest(parent=world.parent), timeout=10).report
    found = [one for section in report.sections if section.id == "workload"
             for one in section.figures if one.id == "offers" and one.item == "ada"]
    if not found:
        return 0, set()
    page = reports.ListReportLeads(rpb.ListReportLeadsRequest(
        parent=world.parent, scope=report.scope, read_time=report.read_time,
        cell=rpb.ReportCell(section="workload", figure="offers", item="ada")), timeout=10)
    return found[0].count, {lead.name.rsplit("/", 1)[1] for lead in page.leads}


def test_nothing_of_an_erased_person_is_on_the_disk_or_in_a_log(stack, world):
    world.add_rep("ada")
    other, person = Person(), Person()
    with_history(world, other)
    with_history(world, person)
    eventually(lambda: offers(world) == (2, {person.lead, other.lead}))
    assert where(person.canary, files_of_redis(stack)), "the scan would find it"
    watch = world.watch("/reps/ada")
    take(watch, lambda one: one.kind == one.KIND_SNAPSHOT_END)

    preview = erase(world, name=f"{world.parent}/leads/{person.lead}", validate_only=True).leads[0]
    assert preview.attribute_count == 5 and not preview.HasField("erase_time")
    (told,) = erase(world, name=world.parent, email=person.email.upper()).leads
    assert told.name.endswith(person.lead) and told.rep.endswith("/ada")
    assert is_gone(world, person.lead)
    assert take(watch, lambda one: one.change == "erased")[-1].kind == watch_kind("REMOVED")
    watch.cancel()
    (again,) = erase(world, name=f"{world.parent}/leads/{person.lead}").leads
    assert again.already_erased and again.version == told.version

    eventually(lambda: not where(person.canary, files_of_redis(stack)), 60)
    assert where(other.canary, files_of_redis(stack)), "the others stay"
    assert person.canary not in stack.program.log() and other.canary not in stack.program.log()
    eventually(lambda: offers(world) == (2, {other.lead}))


def watch_kind(name):
    return aspb.WatchAssignmentsResponse.Kind.Value(f"KIND_{name}")


def test_whoever_listens_hears_of_it_and_of_nothing_else(stack, world):
    world.add_rep("ada")
    person = Person()
    with_history(world, person)
    erase(world, name=f"{world.parent}/leads/{person.lead}", request_id="ticket-7")
    last = world.read(FEEDBACK, lambda got: any(one.data["change"] == "erased" for one in got))[-1]
    assert last["type"] == "dev.baton.lead.erased.v1" and last.data["stage"] == "ERASED"
    assert last.data["actor"] == "dpo@acme.example" and last["causationid"] == "ticket-7"
    assert last.data["details"] == {"why": "request"}
    said = str(last.data).replace(person.lead, "")
    assert person.canary not in said and "attribution" not in last.data
    key = f"{world.name}/{person.lead}".encode()
    state = eventually(lambda: [value for one, value in records(stack, STATE) if one == key
                                ][-1:] == [None])
    assert state, "the state topic ends with a tombstone"


def test_whom_the_policy_keeps_no_longer_is_erased_without_a_word(stack, world):
    """Two in nurture, one since yesterday but one."""
    world.add_rep("ada")
    gone, kept = Person(), Person()
    for person in (gone, kept):
        person.data["attributes"]["employees"] = 3
    before_yesterday = datetime.now(timezone.utc) - timedelta(days=2)
    world.publish(gone.event(world, time=before_yesterday.isoformat()))
    world.publish(kept.event(world))
    world.flush()
    for person in (gone, kept):
        lead = eventually(lambda: world.lead_or_none(person.lead))
        assert lead.stage == lead_pb2.STAGE_NURTURE
    assert where(gone.canary, files_of_redis(stack)), "the scan would find it"

    world.adopt(inbound_policy(world.name, "1h") + "  retention: {inactive: 1d}\n")
    eventually(lambda: is_gone(world, gone.lead))
    with pytest.raises(grpc.RpcError) as refused:
        world.leads.GetLeadJourney(lspb.GetLeadJourneyRequest(
            name=f"{world.parent}/leads/{gone.lead}"), timeout=10)
    assert refused.value.code() == grpc.StatusCode.NOT_FOUND
    told = world.read(FEEDBACK, lambda got: any(one.data["change"] == "erased" for one in got))
    (erased,) = [one for one in told if one.data["change"] == "erased"]
    assert erased.data["lead"] == gone.lead and erased.data["actor"] == "clock"
    assert erased.data["details"] == {"why": "retention"}
    eventually(lambda: not where(gone.canary, files_of_redis(stack)), 60)
    assert where(kept.canary, files_of_redis(stack)) and not is_gone(world, kept.lead)
    assert gone.canary not in stack.program.log()
    stack.verify()


def test_a_request_to_erase_is_for_the_person_that_it_named_first(stack, world):
    person, other = Person(), Person()
    for one in (person, other):
        world.publish(one.event(world))
    world.flush()
    eventually(lambda: world.lead_or_none(person.lead) and world.lead_or_none(other.lead))
    ticket = f"ticket-{person.canary}"
    for _ in range(2):
        erase(world, name=world.parent, email=person.email, request_id=ticket)
    with pytest.raises(grpc.RpcError) as caught:
        erase(world, name=world.parent, email=other.email, request_id=ticket)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert is_gone(world, person.lead) and world.lead(other.lead)
    kept = [line for line in stack.redis("KEYS", "*:erased:requests") if world.name in line]
    assert kept and ticket not in str(stack.redis("LRANGE", kept[0], "0", "-1"))


def test_who_acts_again_is_a_new_lead(stack, world):
    world.add_rep("ada")
    person = Person()
    with_history(world, person)
    first = world.lead(person.lead)
    erase(world, name=f"{world.parent}/leads/{person.lead}")
    time.sleep(0.01)
    world.publish(person.event(world))
    world.flush()
    lead = eventually(lambda: world.lead_or_none(person.lead))
    assert lead.cycle == 1 and lead.version > first.version
    assert lead.assignment != first.assignment
    with pytest.raises(grpc.RpcError) as refused:
        world.accept(first.assignment)
    assert refused.value.code() == grpc.StatusCode.ABORTED
    stack.verify()


def test_a_process_killed_in_the_middle_loses_and_doubles_nothing(stack, world):
    world.add_rep("ada")
    people = [Person() for _ in range(60)]
    for person in people:
        world.publish(person.event(world))
    world.flush()
    eventually(lambda: all(world.lead_or_none(person.lead) for person in people), 60)
    done = []

    def erase_all():
        for person in people:
            while True:
                try:
                    erase(world, name=f"{world.parent}/leads/{person.lead}")
                    break
                except grpc.RpcError as error:
                    assert error.code() in (grpc.StatusCode.UNAVAILABLE,
                                            grpc.StatusCode.DEADLINE_EXCEEDED), error
                    time.sleep(0.02)
            done.append(person)
            time.sleep(0.02)

    worker = threading.Thread(target=erase_all)
    worker.start()
    for share in (0.2, 0.4, 0.6, 0.8):
        eventually(lambda: len(done) >= share * len(people), 60)
        stack.kill()
        stack.start()
    worker.join(timeout=120)
    assert len(done) == len(people)
    assert all(is_gone(world, person.lead) for person in people)
    told = world.read(FEEDBACK, lambda got: len(
        [one for one in got if one.data["change"] == "erased"]) >= len(people), 60)
    erased = [one.data["lead"] for one in told if one.data["change"] == "erased"]
    assert sorted(erased) == sorted(person.lead for person in people), "each once"
    stack.verify()


def test_verify_waits_for_a_transaction_that_a_killed_relay_left_open(stack):
    """Readers are given nothing behind it, also of what others have committed since."""
    stack.verify()
    killed = Producer({"bootstrap.servers": stack.brokers, "transactional.id": str(uuid.uuid4())})
    killed.init_transactions(20)
    killed.begin_transaction()
    killed.produce(STATE, key=b"any/lead", value=b"{}")
    killed.flush(20)
    told = subprocess.run([BIN / "batonctl", "verify"], env=stack.env, capture_output=True,
                          text=True, check=False, timeout=60)
    assert told.returncode == 2 and f"a transaction in {STATE} is open" in told.stderr, told
    killed.abort_transaction(20)
    stack.verify()


def test_reading_the_input_again_brings_nobody_back(stack, world):
    """The last one: afterwards all input is counted twice."""
    world.add_rep("ada")
    person, other = Person(), Person()
    event = person.event(world)
    world.publish(event)
    world.publish(other.event(world))
    world.flush()
    eventually(lambda: world.lead_or_none(person.lead) and world.lead_or_none(other.lead))
    erase(world, name=f"{world.parent}/leads/{person.lead}")
    world.publish(event)  # the sender says it again, too
    world.publish(person.event(world, time="2026-01-01T00:00:00Z"))  # and more of before
    world.publish(other.event(world))
    world.flush()
    eventually(lambda: world.lead(other.lead).activity_counts["demo_request"] == 2)
    assert is_gone(world, person.lead)
    stack.verify()

    before = {key for key, _ in records(stack, INPUT)}
    assert f"{world.name}/{person.lead}".encode() in before, "the input topic still has it"
    stack.terminate()
    stack.program.flags += ("--intake-input-generation", "2")
    stack.start()
    eventually(lambda: offsets_read(stack, f"{INPUT}#2") == offsets_read(stack, INPUT), 60)
    assert is_gone(world, person.lead)
    assert world.lead(other.lead).activity_counts["demo_request"] == 2
    assert not [value for _, value in records(stack, DEAD) if person.canary.encode() in value]


def offsets_read(stack, name):
    """How far each partition of the input is applied, under the name that the store has for it."""
    lines = stack.redis("HGETALL", f"{{b00}}:input:{name}")
    return dict(zip(lines[::2], lines[1::2]))
