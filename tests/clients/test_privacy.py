"""Nothing that is private gets out: canaries go in by every door, and all that the program says is
searched for them. And nothing that strangers send makes it grow or forges what it says."""

import base64
import json
import re
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import uuid
from pathlib import Path

import grpc
import pytest
from baton.v1 import (account_service_pb2 as acpb, assignment_service_pb2 as aspb,
                      lead_service_pb2 as lspb, lead_service_pb2_grpc, roster_service_pb2 as rspb)
from stack import BIN, Program, Servers, as_user
from test_sales_events import action, say
from test_webhooks import FLAGS, ROOT, HookWorld, Receiver
from world import INPUT, eventually

PERSON = {"email": "kanarie-7f3@leak.example", "phone": "+4915550009997",
          "name": "Kanarienvogel Zeisig", "note": "mag Hirse-8c1d"}
SECRETS = {name: f"{name}-canary-{uuid.uuid4().hex}"
           for name in ("redis", "kafka", "seal", "token")}


class Guarded(Servers):
    """`baton all` that reaches Redis by a user of its own, with every secret in a file."""

    def __init__(self, folder):
        super().__init__(folder)
        self.set_password(SECRETS["redis"])
        (folder / "seal").write_text(SECRETS["seal"])
        config = folder / "baton.yaml"
        config.write_text(json.dumps({
            "kafka": {"properties": {"ssl.key.password": SECRETS["kafka"]}},
            "redis": {"password_file": str(folder / "password")},
            "grpc": {"token_secret_file": str(folder / "seal")}}))
        self.env["BATON_REDIS_URL"] = f"redis://baton@127.0.0.1:{self.redis_port}"
        self.program = Program("all", folder, self.env,
                               ["--config", config, "--log-level", "debug", *FLAGS])
        self.program.launch()
        self.program.wait_ready(30)

    def set_password(self, password, *others):
        """What the user of Baton may log in with; the first one is in the file."""
        self.redis("ACL", "SETUSER", "baton", "on", "resetpass", f">{password}",
                   *(f">{other}" for other in others), "~*", "&*", "+@all")
        (self.folder / "password.new").write_text(password + "\n")
        (self.folder / "password.new").rename(self.folder / "password")

    @property
    def address(self):
        return self.program.address

    def everything(self):
        """All that the process says and shows, by where it stands."""
        of_process = f"/proc/{self.program.process.pid}"
        said = {"log": self.program.log()}
        for name in ("cmdline", "environ"):
            with open(f"{of_process}/{name}", errors="replace") as file:
                said[name] = file.read()
        for path in ("/metrics", "/readyz", "/healthz"):
            try:
                answer = self.program.http(path, 5)
            except urllib.error.HTTPError as unready:  # which it may be just now
                answer = unready
            said[path] = answer.read().decode()
        said["settings"] = subprocess.run(
            [BIN / "baton", "all", *self.program.flags, *self.program.front_door,
             "--print-config"], env=self.env, capture_output=True, text=True, check=True).stdout
        return said

    def stop(self):
        self.program.terminate()
        super().stop()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    running = Guarded(tmp_path_factory.mktemp("guarded"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def statuses():
    """What callers were told, of every error."""
    return []


@pytest.fixture
def world(guarded, statuses):
    one = HookWorld(guarded)

    def refused(call, request, metadata=()):
        with pytest.raises(grpc.RpcError) as caught:
            call(request, timeout=20, metadata=metadata)
        told = caught.value
        statuses.append(f"{told.code()} {told.details()} {told.trailing_metadata()}")
    one.refused = refused
    yield one
    one.close()


def private_event(world, lead):
    attributes = {"email": PERSON["email"], "employees": 300, "country": "DE",
                  "phone": PERSON["phone"], "name": PERSON["name"]}
    return world.event(lead, data={"attributes": attributes, "activity": "demo_request",
                                   "attribution": {"campaign": PERSON["note"]}})


def raw(world, topic, value, key=None, **headers):
    world.producer.produce(topic, key=key or f"{world.name}/x", value=value,
                           headers=[(name, text.encode()) for name, text in headers.items()])


def go_in_by_kafka(world):
    """A good record, and what can be wrong with one, each with the person in it."""
    world.publish(private_event(world, "l-1"))
    inside = json.dumps(PERSON)
    structured = {"content-type": "application/cloudevents+json"}
    raw(world, INPUT, inside)                                # no event
    raw(world, INPUT, inside[:-1], **structured)             # no JSON
    raw(world, INPUT, inside, key=PERSON["email"], **structured)
    for field, value in (("subject", PERSON["email"]), ("workspace", PERSON["name"]),
                         ("time", PERSON["phone"]), ("type", PERSON["note"]),
                         ("source", PERSON["name"] * 20), ("specversion", PERSON["note"])):
        event = private_event(world, "l-2")
        whole = {**{name: event[name] for name in event}, "data": event.data, field: value}
        raw(world, INPUT, json.dumps(whole), **structured)
    for data in ({"attributes": PERSON["email"]}, {"attributes": {"email": {"is": PERSON["name"]}}},
                 {"attributes": {PERSON["email"]: 1}}, {"activity": [PERSON["name"]]},
                 {"consent": PERSON["note"]}):
        world.publish(world.event("l-3", data=data))
    world.publish(world.account_event("a-1", {"domains": [PERSON["email"]], "name": 7}))
    for word, data in (("accepted", {"rep": PERSON["name"], "note": PERSON["note"]}),
                       ("rejected", {"rep": "ada", "reason": PERSON["note"]}),
                       ("touched", {"rep": "ada", "channel": PERSON["phone"] * 40}),
                       ("won", {"rep": "ada", "currency": PERSON["name"]})):
        say(world, action(world, word, "l-1", uuid.uuid4().hex, **data))
    world.flush()


def go_in_by_api(world):
    """Likewise by calls."""
    eventually(lambda: (lead := world.lead_or_none("l-1")) and lead.assignment)
    name, bearer = world.lead("l-1").assignment, [("authorization", "Bearer " + SECRETS["token"])]
    event = lspb.LeadEvent(id="e-1", type=lspb.LEAD_EVENT_TYPE_CAPTURED, lead="l-4")
    event.attributes["email"].string_value = PERSON["email"]
    event.attributes["employees"].string_value = PERSON["name"]  # a number, says the policy
    world.leads.SubmitLeadEvents(lspb.SubmitLeadEventsRequest(
        parent=world.parent, events=[event], wait_for_decision=True), timeout=20, metadata=bearer)
    event.attributes["name"].string_value = PERSON["name"] * 100
    submit = world.leads.SubmitLeadEvents
    world.refused(submit, lspb.SubmitLeadEventsRequest(parent=world.parent, events=[event]), bearer)
    world.refused(submit, lspb.SubmitLeadEventsRequest(
        parent="workspaces/nobody", events=[event]), bearer)
    world.refused(world.assignments.LogTouch, aspb.LogTouchRequest(
        name=name, channel="call", note=PERSON["note"] * 200))
    world.refused(world.assignments.AcceptAssignment, aspb.AcceptAssignmentRequest(
        name=name.replace("l-1", "l-9"), request_id="r-1"), bearer)
    world.assignments.LogTouch(aspb.LogTouchRequest(
        name=world.accept(name).name, channel="call", note=PERSON["note"]), timeout=10)
    world.refused(world.accounts.CreateAccount, acpb.CreateAccountRequest(
        parent=world.parent, account_id="a-2", account=acpb.Account(
            display_name=PERSON["name"] * 200, domains=[PERSON["email"]])), ROOT)
    world.lookup(PERSON["email"])
    world.refused(world.leads.GetLead, lspb.GetLeadRequest(
        name=f"{world.parent}/leads/{PERSON['email']}"))
    world.refused(world.roster.CreateRep, rspb.CreateRepRequest(
        parent=world.parent, rep_id="eve", rep=rspb.Rep(display_name=PERSON["name"] * 50,
                                                        capacity=-1)))


def guises(canary):
    """The canary as it may stand in a text: plain, in URLs, as hex, and in the midst of base64,
    where it begins at one of three places of a group."""
    raw = canary.encode()
    yield canary
    yield urllib.parse.quote(canary, safe="")
    yield urllib.parse.quote_plus(canary)
    yield raw.hex()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        # Without the characters that carry bits of what stands around it.
        yield coded[(before * 8 + 5) // 6:len(coded) - 1]


def hits(texts, canaries):
    """Which canaries are where, in whatever guise."""
    return [(place, name) for place, text in texts.items() for name, canary in canaries.items()
            if any(guise in text for guise in guises(canary))]


def test_a_canary_is_found_in_every_guise():
    canary = "eve+1@globex.example"
    for before in ("", "a", "ab"):
        for text in (canary, "eve%2B1%40globex.example", canary.encode().hex(),
                     base64.b64encode(f"{before}{canary} and more".encode()).decode()):
            assert hits({"log": f"x{text}y"}, {"email": canary}) == [("log", "email")], text
    assert hits({"log": "eve is here"}, {"email": canary}) == []


def test_canaries_go_in_by_every_door_and_come_out_of_none(guarded, world, statuses):
    world.add_rep("ada")
    receiver = Receiver()
    created = world.create("crm", receiver.url)
    secrets = {**SECRETS, "webhook": created.secret.removeprefix("whsec_")}
    go_in_by_kafka(world)
    go_in_by_api(world)
    receiver.status = 500
    eventually(lambda: receiver.refused or receiver.taken)
    letters = 'baton_input_dead_letters_total{class="bad_value"}'
    eventually(lambda: guarded.program.metrics().get(letters, 0) >= 3)
    sales = "baton_sales_input_records_total"
    eventually(lambda: guarded.program.metrics().get(sales, 0) >= 4)
    said = guarded.everything()
    assert len(said["log"]) > 5000 and len(statuses) == 7
    assert hits({**said, "statuses": "\n".join(statuses)}, secrets) == []
    assert hits({**said, "statuses": "\n".join(statuses)}, PERSON) == []
    receiver.close()


def answers(world):
    try:
        return world.lead_or_none("l-1") is None
    except grpc.RpcError:
        return False


def test_statuses_name_no_host_no_key_and_no_place_in_the_code(guarded, world, statuses):
    world.refused(world.assignments.AcceptAssignment, aspb.AcceptAssignmentRequest(
        name=f"{world.parent}/assignments/l-1.1"))
    guarded.signal_server("redis", "STOP")
    try:
        world.refused(world.leads.GetLead, lspb.GetLeadRequest(name=f"{world.parent}/leads/l-1"))
    finally:
        guarded.signal_server("redis", "CONT")
    eventually(lambda: answers(world))
    for told in statuses:
        assert not re.search(r"127\.0\.0\.1|localhost|\{b\d|redis://|\.(cc|lua|h):\d|#\d+ 0x",
                             told), told


def test_each_line_of_the_log_is_one_event_whatever_strangers_say(guarded, world):
    evil = "\r\n\x1b[31m{\"event\":\"forged\"}\x9b2J"
    before = guarded.program.metrics()["baton_input_records_total"]
    for field in ("subject", "workspace", "type", "source", "id"):
        event = world.event("l-1")
        whole = {**{name: event[name] for name in event}, "data": {}, field: evil}
        raw(world, INPUT, json.dumps(whole), **{"content-type": "application/cloudevents+json"})
    raw(world, INPUT, evil, key=evil)
    world.flush()
    world.create("crm", "https://crm.acme.example/" + "%0d%0a%1b")
    eventually(lambda: guarded.program.metrics()["baton_input_records_total"] >= before + 6)
    with open(guarded.program.log_path, "rb") as file:
        log = file.read()
    assert not re.search(rb"[^\x20-\x7e\n]", log)
    events = [json.loads(line)["event"] for line in log.decode().splitlines()]
    assert "forged" not in events and len(events) == log.count(b"\n")


NOBODY = 65534


def readable(pid):
    """What of /proc/PID another process of nobody may read."""
    def opens(name):
        return subprocess.run(["setpriv", *as_user(NOBODY), "head", "-c1", f"/proc/{pid}/{name}"],
                              capture_output=True).returncode == 0
    return {name for name in ("environ", "maps", "mem", "auxv", "io", "stack") if opens(name)}


def test_not_even_its_own_user_reads_the_memory_of_the_process(guarded, tmp_path):
    env = guarded.env | {"BATON_REDIS_URL": f"redis://127.0.0.1:{guarded.redis_port}"}
    program = Program("dispatch", tmp_path, env, uid=NOBODY)
    sleeper = subprocess.Popen(["setpriv", *as_user(NOBODY), "sleep", "60"])
    try:
        # Of any other process it may, once that is the program itself.
        eventually(lambda: readable(sleeper.pid) >= {"environ", "maps"})
        program.launch()
        program.wait_ready(30)
        status = (Path("/proc") / str(program.process.pid) / "status").read_text()
        assert re.search(rf"^Uid:\s+{NOBODY}\s+{NOBODY}\s+{NOBODY}\s+{NOBODY}$", status, re.M)
        assert readable(program.process.pid) == set()
    finally:
        sleeper.kill()
        sleeper.wait()
        if program.process:
            program.kill()
    with open(f"/proc/{guarded.program.process.pid}/limits") as file:
        assert re.search(r"Max core file size\s+0\s+0\s", file.read())


class Callers:
    """Four threads that call until stop(), as clients do that repeat what was UNAVAILABLE."""

    RETRIES = json.dumps({"methodConfig": [{"name": [{}], "retryPolicy": {
        "maxAttempts": 5, "initialBackoff": "0.05s", "maxBackoff": "1s", "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"]}}]})

    def __init__(self, world, lead):
        self.request = lspb.GetLeadRequest(name=f"{world.parent}/leads/{lead}")
        self.answered, self.failures, self.ends = 0, [], threading.Event()
        self.channels = [grpc.insecure_channel(world.stack.address, options=[
            ("grpc.service_config", self.RETRIES), ("grpc.use_local_subchannel_pool", 1)])
            for _ in range(4)]
        self.threads = [threading.Thread(target=self.call, args=[one]) for one in self.channels]
        for thread in self.threads:
            thread.start()

    def call(self, channel):
        leads = lead_service_pb2_grpc.LeadServiceStub(channel)
        while not self.ends.is_set():
            try:
                leads.GetLead(self.request, timeout=5)
                self.answered += 1
            except grpc.RpcError as error:
                self.failures.append(f"{error.code()} {error.details()}")

    def stop(self):
        self.ends.set()
        for thread, channel in zip(self.threads, self.channels):
            thread.join()
            channel.close()


def connections(guarded):
    """Ids of Baton's connections to Redis."""
    return {re.search(r"\bid=(\d+)", line)[1] for line in guarded.redis("CLIENT", "LIST")
            if " user=baton " in line}


def test_a_password_is_changed_under_load_and_no_call_fails(guarded, world):
    world.publish(world.event("l-1"))
    world.flush()
    eventually(lambda: world.lead_or_none("l-1"))
    new, first = f"redis-canary-{uuid.uuid4().hex}", connections(guarded)
    callers = Callers(world, "l-1")
    try:
        for others in ([SECRETS["redis"]], []):  # both are good; then the old one is not any more
            guarded.set_password(new, *others)
            for connection in connections(guarded):
                guarded.redis("CLIENT", "KILL", "ID", connection)
                time.sleep(0.05)
            calls = callers.answered
            eventually(lambda: callers.answered > calls + 200)
    finally:
        callers.stop()
    assert callers.failures == []
    assert connections(guarded) and not connections(guarded) & first
    eventually(lambda: guarded.program.readiness()[0])
    assert hits(guarded.everything(), {"new": new}) == []


def series(program):
    with program.http("/metrics", 10) as answer:
        return {line.rsplit(" ", 1)[0] for line in answer.read().decode().splitlines()
                if not line.startswith("#")}


ARE_MANY = 100_000


def test_100_000_ids_leave_the_number_of_series_as_it_is(guarded, world):
    """Leads, workspaces, sources, campaigns, types, reps, reasons: each record has others."""
    def produce(number):
        tag = f"{number:06d}"
        event = {"specversion": "1.0", "id": tag, "source": f"//s-{tag}", "workspace": world.name,
                 "type": "dev.baton.lead.updated.v1", "subject": f"l-{tag}",
                 "time": "2026-03-01T00:00:00Z", "data": {"attributes": {"country": tag},
                                                          "attribution": {"campaign": tag}}}
        if number % 4 == 1:
            event["workspace"] = f"w-{tag}"
        elif number % 4 == 2:
            event["type"] = f"dev.baton.{tag}"
        topic = INPUT
        if number % 4 == 3:
            topic, event["type"] = "baton.sales-events.v1", "dev.baton.sales.rejected.v1"
            event["data"] = {"rep": f"r-{tag}", "reason": f"R_{tag}"}
        world.producer.produce(topic, key=f"{event['workspace']}/{event['subject']}",
                               value=json.dumps(event),
                               headers=[("content-type", b"application/cloudevents+json")])

    def settled():
        now = guarded.program.metrics()
        return now["baton_input_records_total"] + now["baton_sales_input_records_total"]

    def ask(number):
        for call, request in (
                (world.leads.GetLead, lspb.GetLeadRequest(name=f"{world.parent}/leads/x{number}")),
                (world.roster.GetRep, rspb.GetRepRequest(name=f"{world.parent}/reps/x{number}")),
                (world.leads.GetLead, lspb.GetLeadRequest(name=f"workspaces/x{number}/leads/y"))):
            with pytest.raises(grpc.RpcError):
                call(request, timeout=20, metadata=[("baton-principal", f"p{number}@x.example")])

    def push(first, count, calls):
        before = settled()
        for number in range(first, first + count):
            produce(number)
            world.producer.poll(0)
        world.flush()
        for number in range(first, first + calls):
            ask(number)
        eventually(lambda: settled() >= before + count, 300)

    push(0, 40, 1)
    known = series(guarded.program)
    push(1000, ARE_MANY, 300)
    assert series(guarded.program) - known == set()
