"""The API by HTTP and JSON, as curl, browsers and marketing tools meet it."""

import base64
import gzip
import json
import socket
import ssl
import subprocess
import time
from urllib.parse import quote

import pytest

from connect import MIA, Api
from issuer import CertificateAuthority, bearer, replace
from stack import BELIEVING, BIN, Program
from test_front_door import Door, eventually

GET_WORKSPACE = "/baton.v1.WorkspaceService/GetWorkspace"


@pytest.fixture(scope="module")
def api(stack):
    return Api(stack.program.connect_port)


def test_a_post_of_json_is_a_call(world, api):
    answer = api.post("WorkspaceService/GetWorkspace", {"name": world.parent})
    assert answer.status == 200 and answer.json["workspace"]["name"] == world.parent
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"


def test_a_read_is_a_get_as_well(world, api):
    message = quote(json.dumps({"name": world.parent}))
    answer = api.request("GET", f"{GET_WORKSPACE}?connect=v1&encoding=json&message={message}")
    assert answer.json["workspace"]["name"] == world.parent
    packed = base64.urlsafe_b64encode(gzip.compress(json.dumps({"name": world.parent}).encode()))
    answer = api.request("GET", f"{GET_WORKSPACE}?encoding=json&base64=1&compression=gzip&message="
                                f"{packed.decode().rstrip('=')}")
    assert answer.json["workspace"]["name"] == world.parent


def test_a_refusal_says_what_where_and_what_to_do(api):
    answer = api.post("LeadService/GetLead", {"name": "workspaces/nowhere/leads/x"})
    assert (answer.status, answer.json["code"]) == (404, "not_found")
    assert answer.reason == "LEAD_NOT_FOUND" and answer.json["message"]
    answer = api.post("LeadService/GetLead", {"name": "nonsense"})
    assert (answer.status, answer.json["code"]) == (400, "invalid_argument")
    bad = next(detail["debug"] for detail in answer.json["details"]
               if detail["type"] == "google.rpc.BadRequest")
    assert bad["fieldViolations"][0]["field"] == "name"


@pytest.mark.parametrize("verb, path, headers, status", [
    ("POST", "/", {}, 404),
    ("POST", "/baton.v1.LeadService/NoSuchMethod", {}, 404),
    ("GET", "/metrics", {}, 404),
    ("GET", "/baton.v1.LeadService/SubmitLeadEvents?encoding=json&message={}", {}, 405),
    ("PUT", GET_WORKSPACE, {}, 405),
    ("HEAD", GET_WORKSPACE, {}, 405),
    ("POST", GET_WORKSPACE, {"content-type": "text/plain"}, 415),
    ("POST", GET_WORKSPACE, {"content-encoding": "br"}, 501),
    ("POST", GET_WORKSPACE, {"connect-protocol-version": "9"}, 400),
    ("POST", GET_WORKSPACE, {"host": "rebound.example"}, 403),
])
def test_what_is_no_call_is_refused_with_a_sentence(api, verb, path, headers, status):
    answer = api.request(verb, path, "{}", {"content-type": "application/json", **headers})
    assert answer.status == status
    assert verb == "HEAD" or answer.json["message"]


def test_a_slip_of_the_pen_is_named(api):
    answer = api.post("WorkspaceService/GetWorkspace", {"nmae": "x"})
    assert answer.status == 400 and "nmae" in answer.json["message"]
    assert answer.reason == "UNREADABLE_MESSAGE"


def test_large_and_packed_messages_keep_to_the_cap(api):
    path, kind = "/baton.v1.LeadService/SubmitLeadEvents", {"content-type": "application/json"}
    answer = api.request("POST", path, b" " * 300_000 + b"{}", kind)
    assert (answer.status, answer.reason) == (413, "MESSAGE_TOO_LARGE")
    bomb = gzip.compress(b" " * 50_000_000)
    answer = api.request("POST", path, bomb, kind | {"content-encoding": "gzip"})
    assert (answer.status, answer.reason) == (429, "MESSAGE_TOO_LARGE")


def test_gzip_goes_both_ways(world, api):
    for number in range(12):
        world.add_rep(f"rep-{number}-{'x' * 40}")
    question = gzip.compress(json.dumps({"parent": world.parent}).encode())
    answer = api.request("POST", "/baton.v1.RosterService/ListReps", question,
                         {"content-type": "application/json", "content-encoding": "gzip",
                          "accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(answer.body))["reps"]) == 12


def test_a_stream_shows_a_lead_come(world, api):
    world.add_rep("ada")
    with api.stream("AssignmentService/WatchAssignments",
                    {"parent": f"{world.parent}/reps/ada"}) as messages:
        assert next(m for m in messages if m["kind"] == "KIND_SNAPSHOT_END")
        world.publish(world.event("lead-1"))
        world.flush()
        shown = next(m for m in messages if m["kind"] == "KIND_UPDATED")
        assert shown["assignment"]["rep"] == f"{world.parent}/reps/ada"


def test_a_stream_that_is_refused_ends_with_its_error(api):
    with api.stream("AssignmentService/WatchAssignments",
                    {"parent": "workspaces/nowhere"}) as messages:
        assert next(messages)["end"]["error"]["code"] == "not_found"


def test_a_reader_that_goes_leaves_no_stream_behind(world, stack, api):
    name = ('baton_rpc_streams_total{code="CANCELLED",'
            'method="baton.v1.AssignmentService/WatchAssignments"}')
    before = stack.program.metrics().get(name, 0)
    with api.stream("AssignmentService/WatchAssignments", {"parent": world.parent}) as messages:
        next(messages)
    eventually(lambda: stack.program.metrics().get(name, 0) > before)


def test_a_deadline_is_kept(world, api):
    world.stack.redis("CLIENT", "PAUSE", "1500", "ALL")
    answer = api.post("WorkspaceService/GetWorkspace", {"name": world.parent},
                      {"connect-timeout-ms": "300"})
    assert answer.status in (503, 504)  # of the service, that knows what it waits for, or of gRPC
    time.sleep(1.5)


def test_no_page_may_call_unless_it_is_listed(api):
    asks = {"origin": "https://app.acme.example", "access-control-request-method": "POST"}
    answer = api.request("OPTIONS", GET_WORKSPACE, headers=asks)
    assert answer.status == 403 and "access-control-allow-origin" not in answer.headers


def test_paths_of_strangers_make_no_series(stack, api):
    for number in range(20):
        api.request("POST", f"/baton.v1.Service{number}/Get", "{}")
    series = [name for name in stack.program.metrics()
              if name.startswith("baton_connect_requests_total")]
    assert any('method="unknown"' in name for name in series)
    assert not any("Service1" in name for name in series)


def test_a_listed_page_may_call_and_a_stopped_replica_says_so(world, stack, tmp_path):
    program = Program("dispatch", tmp_path, stack.env,
                      ["--connect-cors-origins", "https://app.acme.example"])
    program.launch()
    program.wait_ready(30)
    api, page = Api(program.connect_port), {"origin": "https://app.acme.example"}
    answer = api.request("OPTIONS", GET_WORKSPACE, headers=page | {
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type"})
    assert answer.status == 204
    assert answer.headers["access-control-allow-headers"] == "authorization,content-type"
    assert answer.headers["access-control-allow-origin"] == "https://app.acme.example"
    answer = api.post("WorkspaceService/GetWorkspace", {"name": world.parent}, page)
    assert answer.headers["access-control-allow-origin"] == "https://app.acme.example"
    with api.stream("AssignmentService/WatchAssignments", {"parent": world.parent}) as messages:
        next(messages)
        began = time.monotonic()
        assert program.terminate() == 0
        ends = [message["end"] for message in messages if "end" in message]
    assert ends[0]["error"]["code"] == "unavailable" and time.monotonic() - began < 8


@pytest.fixture(scope="module")
def door(world_of_acme, stack, tmp_path_factory):
    one = Door(stack, tmp_path_factory.mktemp("connect-door"))
    yield one
    one.program.terminate()


@pytest.fixture(scope="module")
def world_of_acme(stack, api):
    api.post("WorkspaceService/CreateWorkspace", {"workspaceId": "acme"}, MIA)


def names(api, headers=None):
    """The workspaces that a caller sees."""
    answer = api.post("WorkspaceService/ListWorkspaces", {}, headers)
    assert answer.status == 200, answer.body
    return {workspace["name"] for workspace in answer.json["workspaces"]}


def test_tls_and_a_token_open_the_door(door):
    api = Api(door.program.connect_port, door.ca.pem)
    assert names(api, dict(bearer(door.issuer.token()))) == {"workspaces/acme"}
    answer = api.post("WorkspaceService/ListWorkspaces", {})
    assert (answer.status, answer.reason) == (401, "CREDENTIALS_MISSING")
    assert answer.headers["www-authenticate"] == "Bearer"
    answer = api.post("WorkspaceService/ListWorkspaces", {}, {"authorization": "Bearer nonsense"})
    assert (answer.status, answer.reason) == (401, "INVALID_TOKEN")


def test_a_stream_ends_with_its_token(door):
    api, leeway, expires = Api(door.program.connect_port, door.ca.pem), 30, int(time.time()) - 26
    with api.stream("AssignmentService/WatchAssignments", {"parent": "workspaces/acme"},
                    dict(bearer(door.issuer.token(exp=expires)))) as messages:
        *shown, last = messages
    assert shown and last["end"]["error"]["code"] == "unauthenticated"
    assert expires + leeway <= time.time() <= expires + leeway + 5


def test_plaintext_is_no_way_in(door):
    with socket.create_connection(("127.0.0.1", door.program.connect_port), 5) as plain:
        plain.sendall(b"POST / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert not plain.recv(100).startswith(b"HTTP/")


def shown(folder, name, certificate, key):
    paths = folder / f"{name}.crt", folder / f"{name}.key"
    for path, text in zip(paths, (certificate, key)):
        path.write_bytes(text)
    return paths


def test_a_client_certificate_opens_the_door(door, tmp_path):
    crm = shown(tmp_path, "crm", *door.clients_ca.issue("crm.acme.internal"))
    assert names(Api(door.program.connect_port, door.ca.pem, crm)) == {"workspaces/acme"}
    stranger = shown(tmp_path, "stranger", *door.clients_ca.issue("stranger.acme.internal"))
    answer = Api(door.program.connect_port, door.ca.pem, stranger).post(
        "WorkspaceService/ListWorkspaces", {})
    assert (answer.status, answer.reason) == (401, "UNKNOWN_CLIENT")
    foreign = shown(tmp_path, "foreign",
                    *CertificateAuthority("foreign").issue("crm.acme.internal"))
    with pytest.raises((ssl.SSLError, OSError)):
        names(Api(door.program.connect_port, door.ca.pem, foreign))


def test_nobody_vouches_for_itself(door):
    claim = base64.b64encode(b"\0" * 32 + b"dns:crm.acme.internal").decode()
    answer = Api(door.program.connect_port, door.ca.pem).post(
        "WorkspaceService/ListWorkspaces", {}, {"baton-peer-bin": claim})
    assert (answer.status, answer.reason) == (401, "CREDENTIALS_MISSING")


def test_a_new_certificate_is_shown_without_a_restart(door):
    renewed = CertificateAuthority("renewed")
    door.show(*renewed.issue())

    def is_new():
        try:
            return names(Api(door.program.connect_port, renewed.pem),
                         dict(bearer(door.issuer.token()))) == {"workspaces/acme"}
        except ssl.SSLError:
            return False
    eventually(is_new)
    door.show(*door.ca.issue())


def test_callers_are_believed_on_loopback_only(stack, tmp_path):
    program = Program("dispatch", tmp_path, stack.env, ["--connect-address", "0.0.0.0:0"],
                      front_door=BELIEVING)
    program.launch()
    assert program.process.wait(30) == 2 and "is not loopback" in program.log()


def test_metrics_are_for_who_shows_a_certificate_and_probes_need_none(stack, tmp_path):
    ca, readers = CertificateAuthority("http"), CertificateAuthority("monitoring")
    shown(tmp_path, "http", *ca.issue())
    replace(tmp_path / "readers.pem", readers.pem)
    program = Program("clock", tmp_path, stack.env, [
        "--http-tls-cert-file", tmp_path / "http.crt", "--http-tls-key-file", tmp_path / "http.key",
        "--http-tls-client-ca-file", tmp_path / "readers.pem"], front_door=())
    program.launch()
    prober = Api(program.http_port, ca.pem)
    reader = Api(program.http_port, ca.pem, shown(tmp_path, "reader", *readers.issue("prometheus")))

    def status(api, path):
        try:
            return api.request("GET", path).status
        except OSError:
            return None
    eventually(lambda: status(prober, "/readyz") == 200)
    assert status(prober, "/healthz") == 200
    assert status(prober, "/metrics") == 403
    assert b"baton_" in reader.request("GET", "/metrics").body
    stranger = shown(tmp_path, "stranger", *ca.issue("prometheus"))
    assert status(Api(program.http_port, ca.pem, stranger), "/metrics") is None
    renewed = CertificateAuthority("renewed")
    certificate, key = renewed.issue()
    replace(tmp_path / "http.key", key)
    replace(tmp_path / "http.crt", certificate)
    eventually(lambda: status(Api(program.http_port, renewed.pem), "/healthz") == 200)
    assert program.terminate() == 0


@pytest.mark.parametrize("flags, sentence", [
    (["--connect-cors-origins", "app.acme.example"], "is no origin"),
    (["--connect-address", "nowhere"], "--connect-address"),
    (["--http-tls-key-file", "x"], "--http-tls-cert-file and --http-tls-key-file: give both"),
    (["--http-tls-client-ca-file", "x"], "needs --http-tls-cert-file"),
])
def test_settings_that_cannot_work_are_refused_with_a_sentence(stack, flags, sentence):
    done = subprocess.run([BIN / "baton", "dispatch", *BELIEVING, *flags], env=stack.env,
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and sentence in done.stderr, done.stderr
