"""What marketing and sales do, with foreign libraries only."""

import itertools
import json
import time
import uuid
from datetime import datetime, timezone

import grpc
from baton.v1 import (account_service_pb2, account_service_pb2_grpc, assignment_service_pb2,
                      assignment_service_pb2_grpc, lead_service_pb2, lead_service_pb2_grpc,
                      policy_service_pb2, policy_service_pb2_grpc,
                      roster_service_pb2, roster_service_pb2_grpc, table_service_pb2,
                      table_service_pb2_grpc, workspace_service_pb2,
                      workspace_service_pb2_grpc)
from cloudevents.http import CloudEvent
from cloudevents.kafka import KafkaMessage, from_binary, to_binary, to_structured
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

INPUT, FEEDBACK = "baton.lead-events.v1", "baton.feedback.v1"
ASSIGNMENTS, STATE, DEAD = "baton.assignments.v1", "baton.lead-state.v1", INPUT + ".dlq"

# Who calls, as metadata.
MIA = (("baton-principal", "mia@acme.example"), ("baton-roles", "marketing"))
SAM = (("baton-principal", "sam@acme.example"), ("baton-roles", "sales"))

POLICY = """
apiVersion: baton.dev/v1
kind: HandoffPolicy
metadata: {{workspace: {workspace}, name: inbound, owner: revops@example.com}}
spec:
  attributes: {{country: string, employees: int, email: string}}
  scoring:
    fit:
      - {{name: mid-market, match: {{employees: ">= 200"}}, points: 30}}
      - {{name: home market, match: {{country: [DE, AT, CH]}}, points: 20}}
    intent:
      - {{name: demo request, activity: demo_request, points: 60}}
      - {{name: pricing page, activity: pricing_view, points: 10, max: 30, half_life: 7d}}
  definition:
    mql: {{match: {{fit: ">= 30", intent: ">= 40", email: present, consent: "!= withdrawn"}}}}
  routing:
    - {{name: direct, match: {{country: [US]}}, to: {{queue: owned}}}}
    - {{default: true, to: {{queue: inbound}}}}
  queues:
    inbound: {{mode: offer, accept_within: {accept_within}, retry_after: 2s}}
    owned: {{mode: direct}}
"""


def inbound_policy(workspace, accept_within):
    return POLICY.format(workspace=workspace, accept_within=accept_within)


class World:
    """One workspace of its own in a running stack; `policy` makes its policy's text, `tables` are
    the CSV files of the lookup tables that it names."""

    def __init__(self, stack, accept_within="1h", policy=inbound_policy, tables=()):
        self.stack = stack
        self.name = "w" + uuid.uuid4().hex[:12]
        self.channel = grpc.insecure_channel(stack.address)
        self.workspaces = workspace_service_pb2_grpc.WorkspaceServiceStub(self.channel)
        self.policies = policy_service_pb2_grpc.PolicyServiceStub(self.channel)
        self.leads = lead_service_pb2_grpc.LeadServiceStub(self.channel)
        self.assignments = assignment_service_pb2_grpc.AssignmentServiceStub(self.channel)
        self.roster = roster_service_pb2_grpc.RosterServiceStub(self.channel)
        self.tables = table_service_pb2_grpc.TableServiceStub(self.channel)
        self.accounts = account_service_pb2_grpc.AccountServiceStub(self.channel)
        self.producer = Producer({"bootstrap.servers": stack.brokers, "linger.ms": 1,
                                  "partitioner": "murmur2_random", "log_level": 0})
        self.ids = itertools.count(1)
        patiently(lambda: self.workspaces.CreateWorkspace(
            workspace_service_pb2.CreateWorkspaceRequest(workspace_id=self.name), timeout=10))
        for path in tables:
            patiently(lambda: self.put_table(path.stem, path.read_bytes()))
        self.adopt(policy(self.name, accept_within))

    def put_table(self, name, csv):
        return self.tables.CreateTable(table_service_pb2.CreateTableRequest(
            parent=self.parent, table_id=name, table=table_service_pb2.Table(csv=csv)),
            timeout=10, metadata=MIA).table

    @property
    def parent(self):
        return f"workspaces/{self.name}"

    def close(self):
        self.channel.close()

    def draft(self, yaml):
        """A draft by Mia of marketing."""
        return self.policies.CreatePolicyRevision(policy_service_pb2.CreatePolicyRevisionRequest(
            parent=self.parent, yaml=yaml), timeout=10, metadata=MIA).policy

    def approve(self, name, role, who):
        return self.policies.ApprovePolicyRevision(
            policy_service_pb2.ApprovePolicyRevisionRequest(name=name, role=role), timeout=10,
            metadata=who).policy

    def activate(self, policy, who=SAM):
        return self.policies.ActivatePolicyRevision(
            policy_service_pb2.ActivatePolicyRevisionRequest(
                name=policy.name, etag=policy.activation_etag), timeout=10, metadata=who).policy

    def adopt(self, yaml):
        """Marketing and sales approve the policy, and it becomes active."""
        draft = patiently(lambda: self.draft(yaml))
        for role, who in ((policy_service_pb2.APPROVER_ROLE_MARKETING, MIA),
                          (policy_service_pb2.APPROVER_ROLE_SALES, SAM)):
            patiently(lambda role=role, who=who: self.approve(draft.name, role, who))
        return patiently(lambda: self.activate(draft))

    def add_rep(self, rep, queues=("inbound",), capacity=1000, weight=1):
        message = roster_service_pb2.Rep(
            queues=[f"{self.parent}/queues/{queue}" for queue in queues], capacity=capacity,
            weight=weight, presence=roster_service_pb2.PRESENCE_ONLINE)
        patiently(lambda: self.roster.CreateRep(roster_service_pb2.CreateRepRequest(
            parent=self.parent, rep_id=rep, rep=message), timeout=10))

    def account_event(self, account, data, kind="upserted", **extra):
        """What a CRM sends of an account."""
        return CloudEvent({
            "id": f"{self.name}-{next(self.ids)}", "source": "//crm.example",
            "type": f"dev.baton.account.{kind}.v1", "subject": account, "workspace": self.name,
            "time": datetime.now(timezone.utc).isoformat(),
            "datacontenttype": "application/json", **extra}, data)

    def lookup(self, address):
        return self.accounts.LookupAccount(account_service_pb2.LookupAccountRequest(
            parent=self.parent, email_or_domain=address), timeout=10)

    def event(self, lead, kind="captured", data=None, event_id=None, **extra):
        if data is None:
            data = {
                "attributes": {"email": "a@b.example", "employees": 300, "country": "DE"},
                "activity": "demo_request",
                "attribution": {"campaign": "spring", "gclid": "g1"}}
        return CloudEvent({
            "id": event_id or f"{self.name}-{next(self.ids)}",
            "source": "//marketing.example/forms",
            "type": f"dev.baton.lead.{kind}.v1", "subject": lead, "workspace": self.name,
            "time": datetime.now(timezone.utc).isoformat(),
            "datacontenttype": "application/json", **extra}, data)

    def publish(self, event, structured=False):
        key = f"{self.name}/{event['subject']}"
        to_message = to_structured if structured else to_binary
        message = to_message(event, key_mapper=lambda _: key)
        headers = [(k, v) for k, v in message.headers.items()]
        self.producer.produce(INPUT, key=key, value=message.value, headers=headers)
        return event

    def flush(self):
        assert self.producer.flush(120) == 0

    def lead(self, lead):
        return self.leads.GetLead(lead_service_pb2.GetLeadRequest(
            name=f"{self.parent}/leads/{lead}"), timeout=10).lead

    def lead_or_none(self, lead):
        """The lead; None until its first event has been applied."""
        try:
            return self.lead(lead)
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.NOT_FOUND:
                return None
            raise

    def watch(self, scope="", token=""):
        return self.assignments.WatchAssignments(assignment_service_pb2.WatchAssignmentsRequest(
            parent=self.parent + scope, resume_token=token))

    def accept(self, name, request_id=""):
        return self.assignments.AcceptAssignment(assignment_service_pb2.AcceptAssignmentRequest(
            name=name, request_id=request_id), timeout=10).assignment

    def read(self, topic, until, seconds=30, isolation="read_committed"):
        """This workspace's events on `topic` from its beginning, until `until(events)` holds."""
        consumer = Consumer({"bootstrap.servers": self.stack.brokers, "isolation.level": isolation,
                             "group.id": f"test-{uuid.uuid4()}", "auto.offset.reset": "earliest",
                             "enable.auto.commit": False})
        consumer.subscribe([topic])
        events, deadline = [], time.monotonic() + seconds
        try:
            while not until(events) and time.monotonic() < deadline:
                message = consumer.poll(0.2)
                if message is None:
                    continue
                if message.error():
                    assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
                    continue
                if (message.key() or b"").decode().startswith(self.name + "/"):
                    events.append(parse(message))
        finally:
            consumer.close()
        assert until(events), f"{topic}: only {len(events)} events: {events[-3:]}"
        return events


def committed(brokers, topic):
    """All committed records of `topic`, from its beginning to where it ends now."""
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": f"test-{uuid.uuid4()}",
                         "isolation.level": "read_committed", "enable.auto.commit": False,
                         "auto.offset.reset": "earliest", "enable.partition.eof": True})
    left = set(consumer.list_topics(topic, timeout=10).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, partition, 0) for partition in left])
    found = []
    try:
        while left:
            message = consumer.poll(20)
            assert message is not None, f"{topic}: no end"
            if not message.error():
                found.append(message)
                continue
            assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
            left.discard(message.partition())
    finally:
        consumer.close()
    return found


def patiently(make, seconds=60):
    """What make() returns: something that a test begins with. Repeated, as by any client, while the
    server is not available: a busy disk holds up a Redis that syncs each write. Nothing, where an
    attempt that failed had made it all the same."""
    deadline, failed = time.monotonic() + seconds, False
    while True:
        try:
            return make()
        except grpc.RpcError as error:
            if failed and error.code() == grpc.StatusCode.ALREADY_EXISTS:
                return None
            failed = True
            if (error.code() not in (grpc.StatusCode.UNAVAILABLE,
                                     grpc.StatusCode.DEADLINE_EXCEEDED)
                    or time.monotonic() > deadline):
                raise
            time.sleep(0.5)


def parse(message):
    """A CloudEvent by the official SDK, from a binary-mode Kafka message."""
    headers = dict(message.headers() or [])
    return from_binary(KafkaMessage(headers=headers, key=message.key(), value=message.value()),
                       data_unmarshaller=json.loads)


def take(stream, wanted, seconds=20):
    """Reads a watch until `wanted(response)` is true for one; returns all responses read."""
    taken, deadline = [], time.monotonic() + seconds
    for response in stream:
        taken.append(response)
        if wanted(response):
            return taken
        assert time.monotonic() < deadline, f"not seen: {taken[-3:]}"
    raise AssertionError("the stream ended")


def eventually(check, seconds=20):
    """Calls `check` until it returns something true; returns that."""
    deadline = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.1)


def make_anew(brokers, topic):
    """Deletes the topic and creates one of the same name."""
    admin = AdminClient({"bootstrap.servers": brokers})
    partitions = len(admin.list_topics(topic, timeout=10).topics[topic].partitions)
    admin.delete_topics([topic])[topic].result(30)
    eventually(lambda: topic not in admin.list_topics(timeout=10).topics, 30)
    admin.create_topics([NewTopic(topic, partitions)])[topic].result(30)
