"""Connect's own clients call every service: in Node.js by TLS and token, in Chromium from a page
of another origin. And a marketing tool's webhook, as deploy/docs/connect.md tells it."""

import functools
import http.server
import json
import os
import subprocess
import threading
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest

from browser import Browser
from issuer import AUDIENCE, ISSUER, CertificateAuthority, Issuer, replace
from stack import Program, Stack
from world import World

BUILT = Path(os.environ["CONNECT_BUILT"])
STAGE_ACCEPTED = 7


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    running = Stack(tmp_path_factory.mktemp("stack"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def world(stack):
    one = World(stack)
    yield one
    one.close()


def hold_to(seen, world, name):
    """What a client saw is what it should have seen."""
    parent = world.parent
    assert seen["notCalled"] == [] and seen["services"] == 9
    assert seen["lead"] == f"{parent}/leads/{name}" and seen["queue"] == f"{parent}/queues/inbound"
    assert seen["owner"].startswith(f"{parent}/reps/") and seen["accepted"] == STAGE_ACCEPTED
    assert seen["reps"] and seen["table"] and seen["policies"] == 1 and seen["webhooks"] == 0
    assert seen["account"] == f"{parent}/accounts/{name}"
    assert seen["report"] == "baton.v1.GetReportResponse" and seen["workspace"] == parent
    assert seen["refused"] == ["NotFound", "LEAD_NOT_FOUND"]


def test_node_calls_every_service_by_tls_and_token(stack, world, tmp_path):
    issuer, ca = Issuer(), CertificateAuthority("api")
    certificate, key = ca.issue()
    replace(tmp_path / "tls.crt", certificate)
    replace(tmp_path / "tls.key", key)
    replace(tmp_path / "ca.pem", ca.pem)
    replace(tmp_path / "jwks.json", issuer.key_set())
    program = Program("dispatch", tmp_path, stack.env, [
        "--grpc-tls-cert-file", tmp_path / "tls.crt", "--grpc-tls-key-file", tmp_path / "tls.key",
        "--auth-jwks-file", tmp_path / "jwks.json", "--auth-issuer", ISSUER, "--auth-audience",
        AUDIENCE], front_door=())
    program.launch()
    program.wait_ready(30)
    done = subprocess.run(
        [os.environ["NODE"], BUILT / "node.mjs", f"https://localhost:{program.connect_port}",
         world.name, "node", issuer.token(workspaces=[world.name])],
        env=os.environ | {"NODE_EXTRA_CA_CERTS": str(tmp_path / "ca.pem")}, capture_output=True,
        text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    hold_to(seen["json"], world, "node-j")
    hold_to(seen["proto"], world, "node-p")
    assert program.terminate() == 0


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def pages():
    """The origin of a server for what was bundled."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=BUILT))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def seen_by_page(folder, address, program, *words):
    """What page.html at `address` saw of the program, and what the browser complained of."""
    browser = Browser(folder / "profile")
    try:
        base = quote(f"http://127.0.0.1:{program.connect_port}", safe="")
        browser.open(f"{address}/page.html?{'&'.join([base, *words])}")
        deadline = time.monotonic() + 40
        while (seen := browser.value("window.seen")) is None:
            assert time.monotonic() < deadline, browser.errors
            time.sleep(0.2)
    finally:
        browser.close()
    return json.loads(seen), browser.errors


@pytest.mark.parametrize("allowed", [True, False], ids=["listed", "not-listed"])
def test_a_page_calls_every_service_if_its_origin_is_listed(stack, world, tmp_path, pages, allowed):
    program = Program("dispatch", tmp_path, stack.env,
                      ["--connect-cors-origins", pages if allowed else "https://other.example"])
    program.launch()
    program.wait_ready(30)
    seen, errors = seen_by_page(tmp_path, pages, program, world.name, "page")
    if allowed:
        assert "failed" not in seen, (seen, errors)
        hold_to(seen, world, "page")
    else:
        assert "failed" in seen
    assert program.terminate() == 0


def test_a_page_calls_by_the_token_of_its_user(stack, world, tmp_path, pages):
    issuer = Issuer()
    program = Program("dispatch", tmp_path, stack.env, [
        "--connect-cors-origins", pages, "--grpc-allow-plaintext", "--auth-jwks-file",
        replace(tmp_path / "jwks.json", issuer.key_set()), "--auth-issuer", ISSUER,
        "--auth-audience", AUDIENCE], front_door=())
    program.launch()
    program.wait_ready(30)
    seen, errors = seen_by_page(tmp_path / "with", pages, program, world.name, "token-page",
                                issuer.token(workspaces=[world.name]))
    assert "failed" not in seen, (seen, errors)
    hold_to(seen, world, "token-page")
    seen, _ = seen_by_page(tmp_path / "without", pages, program, world.name, "nobody", "no-token")
    assert "unauthenticated" in seen["failed"]
    assert program.terminate() == 0


def test_a_webhook_of_a_marketing_tool_gets_owner_queue_and_due_time(stack):
    policy = """
apiVersion: baton.dev/v1
kind: HandoffPolicy
metadata: {{workspace: {workspace}, name: inbound}}
spec:
  attributes: {{country: string, email: string, employees: int}}
  scoring:
    fit: [{{name: size, match: {{employees: ">= 200"}}, points: 30}}]
    intent: [{{name: demo, activity: demo_request, points: 60}}]
  definition: {{mql: {{match: {{fit: ">= 30", intent: ">= 40"}}}}}}
  routing: [{{default: true, to: {{queue: inbound}}}}]
  queues: {{inbound: {{mode: offer, accept_within: 1h}}}}
  sla:
    - {{name: placed, metric: assign, target: 1h}}
    - {{name: accepted, metric: accept, target: 2h}}
"""
    world = World(stack, policy=lambda workspace, _: policy.format(workspace=workspace))
    world.add_rep("ada")
    # As Marketo fills in {{lead.Id}}, {{system.dateTime}} and the rest, and nothing else.
    template = """{
      "parent": "workspaces/%s", "waitForDecision": true, "events": [{
        "id": "4711-2026-11-28 20:15:00", "source": "//marketo.acme.example", "lead": "4711",
        "type": "LEAD_EVENT_TYPE_CAPTURED", "activity": "demo_request",
        "attributes": {"email": {"stringValue": "grace@example.org"},
                       "employees": {"intValue": 900}}}]}""" % world.name
    request = urllib.request.Request(
        f"http://127.0.0.1:{stack.program.connect_port}/baton.v1.LeadService/SubmitLeadEvents",
        template.encode(), {"Content-Type": "application/json"})
    for _ in range(2):  # it may come twice
        with urllib.request.urlopen(request, timeout=30) as answer:
            lead = json.load(answer)["leads"][0]
        assert lead["rep"] == f"{world.parent}/reps/ada"
        assert lead["queue"] == f"{world.parent}/queues/inbound"
        assert lead["clocks"][0]["dueTime"].endswith("Z") and lead["stage"] == "STAGE_OFFERED"
    world.close()
