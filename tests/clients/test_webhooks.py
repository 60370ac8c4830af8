"""Webhooks, as their receivers see them: a plain HTTP server, and the verifier of Standard
Webhooks."""

import json
import ssl
import threading
import time
from collections import Counter
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
import pytest
from baton.v1 import (assignment_service_pb2 as aspb, webhook_service_pb2 as hooks,
                      webhook_service_pb2_grpc)
from confluent_kafka import OFFSET_END, TopicPartition
from confluent_kafka.admin import AdminClient
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from issuer import CertificateAuthority
from stack import Program, Stack, free_port
from standardwebhooks import Webhook, WebhookVerificationError
from test_sla import with_levels
from world import FEEDBACK, World, eventually, inbound_policy, make_anew

ROOT = (("baton-principal", "root@acme.example"), ("baton-roles", "admin"))
PEOPLE = ("--principal", "root@acme.example", "--roles", "admin")
# A day of failure takes four seconds here, and 127.0.0.1 is allowed although it is internal.
FLAGS = ("--webhooks-hosts", "127.0.0.1,127.0.0.2,localhost,*.acme.example",
         "--webhooks-internal-networks", "127.0.0.1/32", "--webhooks-retry-first", "100ms",
         "--webhooks-retry-most", "400ms", "--webhooks-park-after", "4s",
         "--webhooks-timeout", "2s", "--webhooks-pending-max", "20")


class Receiver:
    """Answers `status` and keeps what came with a 2xx apart from the rest."""

    def __init__(self, host="127.0.0.1", tls=None):
        self.status, self.headers, self.answer = 200, {}, b""
        self.taken, self.refused = [], []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                message = ({name.lower(): value for name, value in self.headers.items()}, body)
                status = receiver.status(message) if callable(receiver.status) else receiver.status
                (receiver.taken if status < 300 else receiver.refused).append(message)
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(receiver.answer)))
                self.end_headers()
                self.wfile.write(receiver.answer)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer((host, 0), Handler)
        self.scheme = "https" if tls else "http"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        host, port = self.server.server_address
        return f"{self.scheme}://{host}:{port}/in"

    def bodies(self):
        return [json.loads(body) for _, body in list(self.taken)]

    def changes(self):
        """(lead, change) of what was taken, pings apart."""
        return [(one["data"]["lead"], one["data"]["change"]) for one in self.bodies()
                if "change" in one["data"]]

    def __repr__(self):
        return f"{len(self.taken)} taken, {len(self.refused)} refused, {self.changes()[-5:]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class HookWorld(World):
    """A workspace with admin's calls."""

    def __init__(self, stack, policy=inbound_policy):
        super().__init__(stack, policy=policy)
        self.hooks = webhook_service_pb2_grpc.WebhookServiceStub(self.channel)

    def create(self, webhook, url, request_id="", **fields):
        return self.hooks.CreateWebhook(hooks.CreateWebhookRequest(
            parent=self.parent, webhook_id=webhook, request_id=request_id,
            webhook=hooks.Webhook(url=url, **fields)), timeout=10, metadata=ROOT)

    def hook(self, webhook):
        return self.hooks.GetWebhook(hooks.GetWebhookRequest(
            name=f"{self.parent}/webhooks/{webhook}"), timeout=10, metadata=ROOT).webhook

    def replay(self, webhook, from_time=None):
        return self.hooks.ReplayWebhook(hooks.ReplayWebhookRequest(
            name=f"{self.parent}/webhooks/{webhook}", from_time=from_time), timeout=10,
            metadata=ROOT).webhook

    def capture(self, *leads):
        for lead in leads:
            self.publish(self.event(lead))
        self.flush()

    def assigned(self, lead):
        self.capture(lead)
        return eventually(lambda: (found := self.lead_or_none(lead)) and found.assignment)


CA = CertificateAuthority("receivers")


def served_by(folder, authority, *names):
    """What a receiver shows whose certificate is for `names`; none: the loopback."""
    (folder / "leaf.pem").write_bytes(b"".join(authority.issue(*names)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem")
    return context


@pytest.fixture(scope="module")
def hook_stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hooks")
    (folder / "ca.pem").write_bytes(CA.pem)
    running = Stack(folder, [*FLAGS, "--webhooks-ca-file", folder / "ca.pem"])
    yield running
    running.stop()


@pytest.fixture
def world(hook_stack):
    one = HookWorld(hook_stack)
    yield one
    one.close()


@pytest.fixture
def receiver():
    one = Receiver()
    yield one
    one.close()


def verified(secret, message):
    headers, body = message
    return Webhook(secret).verify(body, headers)


def with_an_early_warning(workspace, accept_within):
    """The level is warned of after 3 s and far from being broken, however slow the machine."""
    text = with_levels(workspace, accept_within)
    assert "target: 3s, warn: 50%" in text
    return text.replace("target: 3s, warn: 50%", "target: 5m, warn: 1%")


def test_assignments_warnings_and_feedback_arrive_signed_and_in_order(hook_stack, receiver):
    world = HookWorld(hook_stack, with_an_early_warning)
    created = world.create("crm", receiver.url)
    assert created.secret.startswith("whsec_")
    assert created.webhook.state == hooks.Webhook.STATE_ENABLED
    world.add_rep("ada")
    name = world.assigned("eve")
    world.accept(name)
    eventually(lambda: ("eve", "sla_warned") in receiver.changes())
    world.assignments.RejectLead(aspb.RejectLeadRequest(name=name, reason="NO_NEED"), timeout=10)
    eventually(lambda: ("eve", "rejected") in receiver.changes())
    for message in list(receiver.taken):
        said = verified(created.secret, message)
        assert said["type"] == f"dev.baton.lead.{said['data']['change']}.v1"
        assert datetime.fromisoformat(said["timestamp"].replace("Z", "+00:00"))
        assert message[0]["content-type"] == "application/json"
    versions = [int(one["data"]["version"]) for one in receiver.bodies()]
    assert versions == list(range(1, len(versions) + 1))
    ids = [headers["webhook-id"] for headers, _ in receiver.taken]
    assert len(set(ids)) == len(ids) and ids[0].startswith(f"{world.name}/eve/")
    rejected = receiver.bodies()[-1]["data"]
    assert rejected["reason"] == "NO_NEED" and rejected["attribution"]["campaign"] == "spring"
    headers, body = receiver.taken[0]
    with pytest.raises(WebhookVerificationError):
        Webhook(created.secret).verify(body.replace(b"eve", b"bob"), headers)
    world.close()


def test_a_repeated_request_makes_one_webhook_and_tells_its_secret_again(world, receiver):
    first = world.create("crm", receiver.url, request_id="r-1")
    assert world.create("crm", receiver.url, request_id="r-1") == first
    with pytest.raises(grpc.RpcError) as caught:
        world.create("other", receiver.url, request_id="r-1")
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    world.add_rep("ada")
    world.assigned("eve")
    eventually(lambda: ("eve", "assigned") in receiver.changes())
    assert all(verified(first.secret, message) for message in list(receiver.taken))


def test_a_webhook_gets_what_it_is_for_and_nothing_of_other_workspaces(hook_stack, world, receiver):
    other = HookWorld(hook_stack)
    other.add_rep("zoe")
    world.add_rep("ada")
    world.create("assigned", receiver.url, types=["assigned"])
    nothing = Receiver()
    world.create("elsewhere", nothing.url, queues=["owned"])
    world.create("off", nothing.url, disabled=True)
    other.assigned("x")
    world.assigned("eve")
    eventually(lambda: receiver.changes() == [("eve", "assigned")])
    time.sleep(1)
    assert receiver.changes() == [("eve", "assigned")] and not nothing.taken
    world.hooks.UpdateWebhook(hooks.UpdateWebhookRequest(
        webhook=hooks.Webhook(name=f"{world.parent}/webhooks/off"),
        update_mask=FieldMask(paths=["disabled"])), timeout=10, metadata=ROOT)
    eventually(lambda: ("eve", "assigned") in nothing.changes())
    nothing.close()
    other.close()


def test_what_fails_is_tried_again_and_other_leads_do_not_wait(world, receiver):
    world.create("crm", receiver.url, types=["assigned"])
    world.add_rep("ada")
    failures = Counter()

    def status(message):
        lead = json.loads(message[1])["data"]["lead"]
        failures[lead] += 1
        return 500 if lead == "eve" and failures[lead] <= 3 else 200

    receiver.status = status
    world.capture("eve", "bob", "cat", "dan")
    eventually(lambda: len(receiver.changes()) == 4)
    assert receiver.changes()[-1] == ("eve", "assigned") and failures["eve"] == 4
    ids = {headers["webhook-id"] for headers, _ in receiver.refused}
    assert len(ids) == 1
    eventually(lambda: world.hook("crm").delivered_count == 4)
    hook = world.hook("crm")
    assert not hook.HasField("failing_since") and hook.last_error == "status 500"


def test_a_webhook_that_fails_too_long_is_parked_and_misses_nothing(world, receiver):
    world.create("crm", receiver.url, types=["assigned"])
    world.add_rep("ada")
    receiver.status = 503
    leads = [f"lead-{number}" for number in range(60)]  # three times what is held in memory
    world.capture(*leads[:50])
    parked = eventually(lambda: (one := world.hook("crm")).state == hooks.Webhook.STATE_PARKED
                        and one)
    assert parked.last_error == "status 503" and parked.HasField("parked_time")
    assert parked.parked_time.ToDatetime() > parked.failing_since.ToDatetime()
    eventually(lambda: world.stack.program.metrics()["baton_webhook_parked"] >= 1)
    assert '"event":"webhook.parked"' in world.stack.program.log()
    world.capture(*leads[50:])
    attempts = len(receiver.refused)
    receiver.status = 200
    time.sleep(2)
    assert len(receiver.refused) == attempts and not receiver.taken
    assert world.replay("crm").state == hooks.Webhook.STATE_ENABLED
    eventually(lambda: len(receiver.changes()) == 60)
    assert sorted(receiver.changes()) == sorted((lead, "assigned") for lead in leads)
    assert not world.hook("crm").truncated


def test_a_replay_from_a_time_sends_what_was_delivered_once_more(world, receiver):
    world.create("crm", receiver.url, types=["assigned"])
    world.add_rep("ada")
    before = Timestamp()
    before.FromDatetime(datetime.now(timezone.utc))
    world.capture("eve", "bob")
    eventually(lambda: len(receiver.changes()) == 2)
    world.replay("crm", before)
    eventually(lambda: len(receiver.changes()) == 4)
    assert Counter(receiver.changes()) == {("eve", "assigned"): 2, ("bob", "assigned"): 2}
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 2


def test_a_replay_of_what_kafka_no_longer_has_says_so(world, receiver):
    world.create("crm", receiver.url, types=["assigned"])
    world.add_rep("ada")
    before = Timestamp()
    before.FromDatetime(datetime.now(timezone.utc))
    world.capture("eve", "bob")
    eventually(lambda: len(receiver.changes()) == 2)
    admin = AdminClient({"bootstrap.servers": world.stack.brokers})
    partitions = admin.list_topics(FEEDBACK, timeout=10).topics[FEEDBACK].partitions
    for done in admin.delete_records(
            [TopicPartition(FEEDBACK, one, OFFSET_END) for one in partitions]).values():
        done.result(10)
    world.capture("cat")
    eventually(lambda: len(receiver.changes()) == 3)
    assert not world.hook("crm").truncated
    world.replay("crm", before)
    eventually(lambda: len(receiver.changes()) == 4)
    assert world.hook("crm").truncated
    assert Counter(receiver.changes())["cat", "assigned"] == 2
    assert '"event":"webhook.truncated"' in world.stack.program.log()


@pytest.mark.parametrize("running", [False, True])
def test_a_webhook_whose_topic_was_made_anew_is_parked_and_says_so(
        hook_stack, world, receiver, running):
    world.create("crm", receiver.url, types=["assigned"])
    world.add_rep("ada")
    world.capture(*(f"old-{number}" for number in range(50)))
    eventually(lambda: len(receiver.changes()) == 50)
    eventually(lambda: hook_stack.program.metrics()["baton_webhook_pending"] == 0)
    if not running:
        hook_stack.terminate()
    make_anew(hook_stack.brokers, FEEDBACK)
    before = Timestamp()
    before.FromDatetime(datetime.now(timezone.utc))
    if not running:
        hook_stack.start()
    world.capture("new")
    parked = eventually(lambda: (one := world.hook("crm")).state == hooks.Webhook.STATE_PARKED
                        and one)
    assert "made anew" in parked.last_error
    world.replay("crm", before)
    eventually(lambda: ("new", "assigned") in receiver.changes())
    assert len(receiver.changes()) == 51 and not world.hook("crm").truncated


def test_a_receiver_that_is_gone_is_left_alone(world, receiver):
    receiver.status = 410
    world.create("crm", receiver.url)
    world.capture("eve")
    eventually(lambda: world.hook("crm").state == hooks.Webhook.STATE_PARKED)
    assert world.hook("crm").last_error == "status 410"


def test_retry_after_is_kept_and_redirects_are_not_followed(world, receiver):
    elsewhere = Receiver()
    receiver.status, receiver.headers = 307, {"location": elsewhere.url}
    world.create("crm", receiver.url, types=["assigned"])
    world.add_rep("ada")
    world.capture("eve")
    eventually(lambda: world.hook("crm").last_error == "status 307: redirects are not followed")
    assert not elsewhere.taken
    receiver.status, receiver.headers = 200, {}
    eventually(lambda: receiver.changes() == [("eve", "assigned")])
    elsewhere.close()


def test_a_rotated_secret_verifies_with_both(world, receiver):
    created = world.create("crm", receiver.url, types=["assigned"])
    rotated = world.hooks.RotateWebhookSecret(hooks.RotateWebhookSecretRequest(
        name=created.webhook.name, etag=created.webhook.etag), timeout=10, metadata=ROOT)
    assert rotated.secret != created.secret and rotated.webhook.HasField("old_secret_expire_time")
    world.add_rep("ada")
    time.sleep(1.5)  # by then the relay knows
    world.capture("eve")
    eventually(lambda: receiver.taken)
    for secret in [created.secret, rotated.secret]:
        assert verified(secret, receiver.taken[0])["data"]["lead"] == "eve"
    kept = "".join(world.stack.redis("--scan")) + world.stack.program.log()
    for key in world.stack.redis("--scan", "--pattern", "*webhooks*"):
        kept += "".join(world.stack.redis("HGETALL", key))
    for secret in [created.secret, rotated.secret]:
        assert secret not in kept and secret.removeprefix("whsec_") not in kept


@pytest.mark.parametrize("url,says", [
    ("https://evil.example/in", "webhooks.hosts"),
    ("https://acme.example/in", "webhooks.hosts"),
    ("https://user:pass@a.acme.example/", "no user"),
    ("ftp://a.acme.example/", "https://"),
    ("a.acme.example", "https://"),
    ("", "URL"),
])
def test_only_hosts_that_are_listed_are_accepted(world, url, says):
    with pytest.raises(grpc.RpcError) as refused:
        world.create("crm", url)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert says in refused.value.details()


def test_a_listed_host_at_an_internal_address_is_not_reached(world, receiver):
    """Only 127.0.0.1 is a network that may be reached."""
    inside = Receiver("127.0.0.2")
    world.create("inside", inside.url, types=["assigned"])
    world.create("name", receiver.url.replace("127.0.0.1", "localhost"), types=["assigned"])
    world.add_rep("ada")
    world.capture("eve")
    eventually(lambda: "internal" in world.hook("inside").last_error)
    assert not inside.taken and not inside.refused
    eventually(lambda: receiver.changes() == [("eve", "assigned")])
    inside.close()


def test_receivers_prove_who_they_are(world, tmp_path):
    proven = Receiver(tls=served_by(tmp_path, CA))
    other_name = Receiver(tls=served_by(tmp_path, CA, "other.acme.example"))
    unknown = Receiver(tls=served_by(tmp_path, CertificateAuthority("strangers")))
    receivers = {"proven": proven, "other": other_name, "unknown": unknown}
    for webhook, one in receivers.items():
        world.create(webhook, one.url, types=["assigned"])
    world.add_rep("ada")
    world.capture("eve")
    eventually(lambda: proven.changes() == [("eve", "assigned")])
    for webhook in ["other", "unknown"]:
        error = eventually(lambda: world.hook(webhook).last_error)
        assert "certificate" in error.lower()
        assert not receivers[webhook].taken
    for one in receivers.values():
        one.close()


def test_a_receiver_that_is_slow_or_says_much_holds_up_nobody(world, receiver):
    slow, talker = Receiver(), Receiver()
    slow.status = lambda _: time.sleep(4) or 200
    talker.answer = b"x" * 1_000_000
    for webhook, one in {"slow": slow, "talker": talker, "crm": receiver}.items():
        world.create(webhook, one.url, types=["assigned"])
    world.add_rep("ada")
    world.capture("eve")
    eventually(lambda: receiver.changes() == [("eve", "assigned")], 5)
    eventually(lambda: world.hook("talker").delivered_count == 1)
    eventually(lambda: "imeout" in world.hook("slow").last_error)
    slow.status = 200
    eventually(lambda: world.hook("slow").delivered_count == 1)
    for one in [slow, talker]:
        one.close()


def test_a_ping_says_whether_a_webhook_works(world, receiver):
    world.create("crm", receiver.url, disabled=True)
    seen = world.stack.batonctl("-w", world.name, *PEOPLE, "webhook", "test", "crm")
    assert seen["pingOutcome"] == "status 200" and seen["state"] == "STATE_DISABLED"
    assert receiver.bodies()[0]["type"] == "dev.baton.webhook.ping.v1"
    world.create("nobody", f"http://127.0.0.1:{free_port()}/")
    name = f"{world.parent}/webhooks/nobody"
    asked = world.hooks.TestWebhook(hooks.TestWebhookRequest(name=name), timeout=10, metadata=ROOT)
    eventually(lambda: world.hook("nobody").ping == asked.ping_id)
    assert "connect" in world.hook("nobody").ping_outcome.lower()


def test_a_relay_that_is_killed_loses_nothing(hook_stack, world, receiver):
    created = world.create("crm", receiver.url, types=["assigned"])
    world.add_rep("ada")
    total = 300
    for number in range(total):
        world.publish(world.event(f"lead-{number}"))
        if number % 100 == 99:
            world.flush()
            eventually(lambda: len(receiver.changes()) > number // 2)
            hook_stack.kill()
            hook_stack.start()
    eventually(lambda: len(set(receiver.changes())) == total, 60)
    assert set(receiver.changes()) == {(f"lead-{n}", "assigned") for n in range(total)}
    again = Counter(headers["webhook-id"] for headers, _ in receiver.taken)
    assert len(again) == total  # what came twice has the same id
    verified(created.secret, receiver.taken[-1])


@pytest.mark.parametrize("server", ["kafka", "redis"])
def test_servers_that_go_and_come_back_cost_nothing(hook_stack, world, receiver, server):
    world.create("crm", receiver.url, types=["assigned"])
    world.add_rep("ada")
    world.capture("before")
    eventually(lambda: receiver.changes() == [("before", "assigned")])
    hook_stack.stop_server(server)
    time.sleep(3)
    hook_stack.start_servers()
    hook_stack.program.wait_ready(60)
    world.capture("after")
    eventually(lambda: len(receiver.changes()) == 2, 60)
    assert receiver.changes() == [("before", "assigned"), ("after", "assigned")]


def test_two_relays_share_the_work_and_send_nothing_twice(hook_stack, world, receiver):
    world.create("crm", receiver.url, types=["assigned"])
    world.add_rep("ada")
    second = Program("relay", hook_stack.folder, hook_stack.env, FLAGS, "second", ())
    world.capture(*[f"one-{number}" for number in range(50)])
    second.launch()
    second.wait_ready(30)
    world.capture(*[f"two-{number}" for number in range(50)])
    delivered = lambda: second.metrics().get(
        'baton_webhook_deliveries_total{outcome="delivered"}', 0)
    count = 0
    while not delivered():
        assert count < 60
        world.capture(f"more-{count}")
        count += 1
        time.sleep(0.5)
    assert second.terminate() == 0
    world.capture(*[f"three-{number}" for number in range(50)])
    # A relay that ends in the midst of a transaction may hold readers back until Kafka ends it.
    eventually(lambda: len(receiver.changes()) >= 150 + count, 60)
    time.sleep(1)
    assert len(receiver.changes()) == len(set(receiver.changes())) == 150 + count
