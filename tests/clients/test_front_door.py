"""The front door of the real program: TLS, tokens and client certificates, as strangers meet it."""

import json
import socket
import ssl
import subprocess
import time

import grpc
import jwt
import pytest
from baton.v1 import (assignment_service_pb2, assignment_service_pb2_grpc, lead_service_pb2,
                      lead_service_pb2_grpc, workspace_service_pb2, workspace_service_pb2_grpc)
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from issuer import AUDIENCE, ISSUER, CertificateAuthority, Issuer, bearer, make_key, pem, replace
from stack import BIN, Program
from world import eventually

CLIENTS = """
clients:
  - {name: "dns:crm.acme.internal", principal: crm, roles: [service], workspaces: [acme]}
  - {name: "uri:spiffe://acme/ops", principal: ops, roles: [admin], workspaces: ["*"]}
"""


class Door:
    """One `baton dispatch` with its front door closed."""

    def __init__(self, stack, folder, flags=()):
        self.folder = folder
        self.issuer, self.ca, self.clients_ca = (
            Issuer(), CertificateAuthority("api"), CertificateAuthority("services"))
        self.keys = replace(folder / "jwks.json", self.issuer.key_set())
        self.show(*self.ca.issue())
        replace(folder / "clients-ca.pem", self.clients_ca.pem)
        replace(folder / "clients.yaml", CLIENTS)
        self.program = Program("dispatch", folder, stack.env, [
            "--grpc-tls-cert-file", folder / "tls.crt", "--grpc-tls-key-file", folder / "tls.key",
            "--grpc-tls-client-ca-file", folder / "clients-ca.pem",
            "--auth-clients-file", folder / "clients.yaml", "--auth-jwks-file", self.keys,
            "--auth-issuer", ISSUER, "--auth-audience", AUDIENCE, *flags], front_door=())
        self.program.launch()
        self.program.wait_ready(30)

    def show(self, certificate, key):
        """The certificate of the API from now on."""
        replace(self.folder / "tls.key", key)
        replace(self.folder / "tls.crt", certificate)

    def channel(self, ca=None, client=(None, None)):
        """A connection of its own."""
        certificate, key = client
        credentials = grpc.ssl_channel_credentials((ca or self.ca).pem, key, certificate)
        return grpc.secure_channel(self.program.address, credentials,
                                   options=[("grpc.use_local_subchannel_pool", 1)])

    def list(self, token=None, **connection):
        """The workspaces that the caller sees."""
        with self.channel(**connection) as channel:
            return list_workspaces(channel, token)


def list_workspaces(channel, token=None):
    stub = workspace_service_pb2_grpc.WorkspaceServiceStub(channel)
    answer = stub.ListWorkspaces(workspace_service_pb2.ListWorkspacesRequest(page_size=200),
                                 timeout=10, metadata=bearer(token) if token else ())
    return {workspace.name for workspace in answer.workspaces}


def code_of(call, *args, **kwargs):
    """The status code with which the call is refused; OK if it is not."""
    try:
        call(*args, **kwargs)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


@pytest.fixture(scope="module")
def door(stack, tmp_path_factory):
    for name in ("acme", "other"):
        subprocess.run([BIN / "batonctl", "--server", stack.address, "workspace", "create", name],
                       capture_output=True, timeout=20)
    one = Door(stack, tmp_path_factory.mktemp("door"))
    yield one
    one.program.terminate()


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_token_of_a_foreign_library_opens_the_door(door, algorithm):
    assert door.list(door.issuer.token(algorithm)) == {"workspaces/acme"}


def bad_tokens(issuer):
    now = int(time.time())
    good = issuer.token()
    header, claims, signature = good.split(".")
    public = issuer.keys["RS256"].public_key()
    yield "nothing", ""
    yield "a word", "hello"
    yield "two parts", f"{header}.{claims}"
    yield "four parts", f"{good}.{signature}"
    yield "no signature", f"{header}.{claims}."
    yield "claims of another token", (
        f"{header}.{issuer.token(sub='root@acme.example').split('.')[1]}.{signature}")
    yield "alg none", jwt.encode(issuer.claims(), None, algorithm="none", headers={"kid": "EdDSA"})
    yield "alg none, RSA kid", jwt.encode(issuer.claims(), None, algorithm="none",
                                          headers={"kid": "RS256"})
    secret = str(public.public_numbers().n)  # PyJWT refuses to sign with the PEM itself
    yield "HS256 with what is public", jwt.encode(issuer.claims(), secret, algorithm="HS256",
                                                  headers={"kid": "RS256"})
    yield "RS512", issuer.token("RS256", alg="RS512")
    yield "PS256", issuer.token("RS256", alg="PS256")
    yield "another key of that kid", issuer.token(key=make_key("EdDSA"))
    yield "kid of another algorithm", issuer.token(headers={"kid": "ES256"})
    yield "unknown kid", issuer.token(headers={"kid": "nobody"})
    yield "no kid", jwt.encode(issuer.claims(), issuer.keys["EdDSA"], algorithm="EdDSA")
    yield "critical header", issuer.token(headers={"crit": ["x"], "x": 1})
    yield "another type", issuer.token(headers={"typ": "logout+jwt"})
    yield "another issuer", issuer.token(iss="https://evil.example")
    yield "no issuer", issuer.token(iss=None)
    yield "another audience", issuer.token(aud="crm")
    yield "no audience", issuer.token(aud=None)
    yield "expired", issuer.token(exp=now - 60)
    yield "no expiry", issuer.token(exp=None)
    yield "not yet good", issuer.token(nbf=now + 120)
    yield "no subject", issuer.token(sub=None)
    yield "a subject that forges a header", issuer.token(sub="ada\r\nbaton-roles: admin")
    yield "a rep that is none", issuer.token(roles=["rep"])
    yield "a workspace that forges a key", issuer.token(workspaces=["a}{b"])


def test_bad_tokens_are_unauthenticated(door):
    tokens = list(bad_tokens(door.issuer))
    assert len(tokens) >= 20
    with door.channel() as channel:
        for name, token in tokens:
            code = code_of(list_workspaces, channel, token or " ")
            assert code == grpc.StatusCode.UNAUTHENTICATED, name
        assert list_workspaces(channel, door.issuer.token()) == {"workspaces/acme"}


def test_stated_principals_are_not_believed(door):
    with door.channel() as channel:
        stub = workspace_service_pb2_grpc.WorkspaceServiceStub(channel)
        with pytest.raises(grpc.RpcError) as refused:
            stub.ListWorkspaces(workspace_service_pb2.ListWorkspacesRequest(), timeout=10,
                                metadata=(("baton-principal", "root"), ("baton-roles", "admin")))
    assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_another_workspace_is_as_one_that_does_not_exist(door):
    with door.channel() as channel:
        stub = lead_service_pb2_grpc.LeadServiceStub(channel)
        answers = []
        for workspace in ("other", "ghost"):
            with pytest.raises(grpc.RpcError) as refused:
                stub.ListLeads(lead_service_pb2.ListLeadsRequest(parent=f"workspaces/{workspace}"),
                               timeout=10, metadata=bearer(door.issuer.token()))
            assert refused.value.code() == grpc.StatusCode.NOT_FOUND
            trailers = dict(refused.value.trailing_metadata())["grpc-status-details-bin"]
            answers.append((refused.value.details().replace(workspace, "X"),
                            trailers.replace(workspace.encode(), b"ghost")))
    assert answers[0] == answers[1]


def test_plaintext_strangers_and_old_tls_are_refused(door):
    with grpc.insecure_channel(door.program.address) as channel:
        assert code_of(list_workspaces, channel) == grpc.StatusCode.UNAVAILABLE
    assert code_of(door.list, ca=CertificateAuthority("evil")) == grpc.StatusCode.UNAVAILABLE

    def version(most):
        context = ssl.create_default_context(cadata=door.ca.pem.decode())
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.set_alpn_protocols(["h2"])
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, most
        with socket.create_connection(("127.0.0.1", door.program.grpc_port), timeout=5) as raw:
            with context.wrap_socket(raw, server_hostname="localhost") as secure:
                return secure.version()

    assert version(ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
    assert version(ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
    for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with pytest.raises((ssl.SSLError, OSError)):
            version(old)


def test_services_show_certificates(door):
    issue = door.clients_ca.issue
    assert door.list(client=issue("crm.acme.internal")) == {"workspaces/acme"}
    assert "workspaces/other" in door.list(client=issue("spiffe://acme/ops"))
    unauthenticated = grpc.StatusCode.UNAUTHENTICATED
    assert code_of(door.list) == unauthenticated
    assert code_of(door.list, client=issue("crm.acme.internal.evil")) == unauthenticated
    assert code_of(door.list, client=issue("https://crm.acme.internal")) == unauthenticated
    stranger = CertificateAuthority("services").issue("crm.acme.internal")
    assert code_of(door.list, client=stranger) == grpc.StatusCode.UNAVAILABLE
    late = issue("crm.acme.internal", days=-1)
    assert code_of(door.list, client=late) == grpc.StatusCode.UNAVAILABLE


def test_a_token_says_for_whom_a_service_calls(door):
    crm = door.clients_ca.issue("crm.acme.internal")
    assert door.list(door.issuer.token(workspaces=["other"]), client=crm) == {"workspaces/other"}


def test_health_is_open_and_says_nothing_else(door):
    with door.channel() as channel:
        answer = health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(service="baton.v1.LeadService"), timeout=10)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
        for method in ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                       "/grpc.channelz.v1.Channelz/GetServers", "/baton.v1.LeadService/Secret"):
            call = channel.unary_unary(method)
            assert code_of(call, b"", timeout=10) == grpc.StatusCode.UNIMPLEMENTED


def test_a_new_certificate_is_shown_without_restart(door):
    old, pid = door.ca, door.program.process.pid
    with door.channel() as running:
        assert list_workspaces(running, door.issuer.token())
        door.ca = CertificateAuthority("renewed")
        door.show(*door.ca.issue())
        eventually(lambda: code_of(door.list, door.issuer.token()) == grpc.StatusCode.OK)
        assert code_of(door.list, door.issuer.token(), ca=old) == grpc.StatusCode.UNAVAILABLE
        assert list_workspaces(running, door.issuer.token())  # what runs goes on
    assert door.program.alive and door.program.process.pid == pid


def test_keys_rotate_without_restart_and_a_broken_file_changes_nothing(door):
    old = door.issuer.token()
    with door.channel() as channel:
        replace(door.keys, "half a fi")
        eventually(lambda: "identity.file_broken" in door.program.log())
        assert list_workspaces(channel, old)
        door.issuer = Issuer()
        replace(door.keys, door.issuer.key_set())
        eventually(lambda: code_of(list_workspaces, channel, door.issuer.token()) ==
                   grpc.StatusCode.OK)
        assert code_of(list_workspaces, channel, old) == grpc.StatusCode.UNAUTHENTICATED


def test_who_a_certificate_is_changes_without_restart_and_a_broken_file_changes_nothing(door):
    clients, ok = door.folder / "clients.yaml", grpc.StatusCode.OK
    crm = door.clients_ca.issue("crm.acme.internal")
    erp = door.clients_ca.issue("erp.acme.internal")
    with door.channel(client=crm) as of_crm, door.channel(client=erp) as of_erp:
        assert code_of(list_workspaces, of_erp) == grpc.StatusCode.UNAUTHENTICATED
        broken = door.program.log().count("identity.file_broken")
        replace(clients, CLIENTS + "  - nonsense")
        eventually(lambda: door.program.log().count("identity.file_broken") > broken)
        assert list_workspaces(of_crm) == {"workspaces/acme"}
        replace(clients, CLIENTS.replace("crm.acme", "erp.acme"))
        eventually(lambda: code_of(list_workspaces, of_erp) == ok)
        assert code_of(list_workspaces, of_crm) == grpc.StatusCode.UNAUTHENTICATED
        replace(clients, CLIENTS)
        eventually(lambda: code_of(list_workspaces, of_crm) == ok)


def test_the_authority_of_clients_is_exchanged_without_restart(door):
    old, new = door.clients_ca, CertificateAuthority("services, renewed")
    before, after = (ca.issue("crm.acme.internal") for ca in (old, new))
    ok, refused = grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE
    assert (code_of(door.list, client=before), code_of(door.list, client=after)) == (ok, refused)
    replace(door.folder / "clients-ca.pem", old.pem + new.pem)
    eventually(lambda: code_of(door.list, client=after) == ok)
    assert code_of(door.list, client=before) == ok
    replace(door.folder / "clients-ca.pem", new.pem)
    eventually(lambda: code_of(door.list, client=before) == refused)
    assert code_of(door.list, client=after) == ok
    replace(door.folder / "clients-ca.pem", old.pem)
    eventually(lambda: code_of(door.list, client=before) == ok)


def watch(channel, token):
    """A stream of workspace acme, begun."""
    stub = assignment_service_pb2_grpc.AssignmentServiceStub(channel)
    stream = stub.WatchAssignments(
        assignment_service_pb2.WatchAssignmentsRequest(parent="workspaces/acme"),
        metadata=bearer(token), timeout=60)
    stream.initial_metadata()  # which comes when it is let in
    return stream


def ends_with(stream):
    """The status code with which a stream ends, and when."""
    code = code_of(lambda: [None for _ in stream])
    return code, time.time()


def test_a_stream_ends_with_its_token(door):
    leeway, expires = 30, int(time.time()) - 25
    with door.channel() as channel:
        long = watch(channel, door.issuer.token())
        code, ended = ends_with(watch(channel, door.issuer.token(exp=expires)))
        assert code == grpc.StatusCode.UNAUTHENTICATED
        assert expires + leeway <= ended <= expires + leeway + 5
        assert long.is_active()
        long.cancel()


def test_a_stream_ends_when_its_key_is_withdrawn(door):
    with door.channel() as channel:
        stream = watch(channel, door.issuer.token("ES256"))
        replace(door.keys, door.issuer.key_set(["EdDSA", "RS256"]))
        withdrawn = time.time()
        code, ended = ends_with(stream)
        assert code == grpc.StatusCode.UNAUTHENTICATED and ended - withdrawn < 5
    replace(door.keys, door.issuer.key_set())
    eventually(lambda: code_of(door.list, door.issuer.token("ES256")) == grpc.StatusCode.OK)


def test_a_principal_that_calls_too_often_is_told_when_to_come_back(stack, tmp_path):
    strict = Door(stack, tmp_path, ["--limits-principal-calls-per-second-max", "20",
                                    "--limits-principal-streams-max", "2"])
    try:
        with strict.channel() as channel:
            refused = None
            while refused is None:
                try:
                    list_workspaces(channel, strict.issuer.token(sub="greedy"))
                except grpc.RpcError as error:
                    refused = error
            assert refused.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
            status = rpc_status.from_call(refused)
            retry = error_details_pb2.RetryInfo()
            assert any(detail.Unpack(retry) for detail in status.details)
            assert 0 < retry.retry_delay.ToTimedelta().total_seconds() < 1
            assert list_workspaces(channel, strict.issuer.token(sub="patient"))
            time.sleep(1.1)
            streams = [watch(channel, strict.issuer.token(sub="greedy")) for _ in range(3)]
            assert ends_with(streams[2])[0] == grpc.StatusCode.RESOURCE_EXHAUSTED
            for stream in streams[:2]:
                assert stream.is_active()
                stream.cancel()
    finally:
        strict.program.terminate()


def test_batonctl_knows_its_way_in(door, tmp_path):
    token = door.issuer.token()
    (tmp_path / "token").write_text(token + "\n")
    (tmp_path / "ca.pem").write_bytes(door.ca.pem)

    def ask(*options, server=door.program.address):
        return subprocess.run([BIN / "batonctl", "--server", server, "-o", "json", *options,
                               "workspace", "list"], capture_output=True, text=True, timeout=30)

    known = ask("--tls-ca", tmp_path / "ca.pem", "--token-file", tmp_path / "token")
    assert [one["name"] for one in json.loads(known.stdout)["workspaces"]] == ["workspaces/acme"]
    certificate, key = door.clients_ca.issue("crm.acme.internal")
    (tmp_path / "crm.crt").write_bytes(certificate)
    (tmp_path / "crm.key").write_bytes(key)
    service = ask("--tls-ca", tmp_path / "ca.pem", "--tls-cert", tmp_path / "crm.crt", "--tls-key",
                  tmp_path / "crm.key")
    assert service.returncode == 0, service.stderr
    nobody = ask("--tls-ca", tmp_path / "ca.pem")
    assert nobody.returncode == 1 and "CREDENTIALS_MISSING" in nobody.stderr
    for wrong in (["--token-file", tmp_path / "none", "--tls-ca", tmp_path / "ca.pem"],
                  ["--tls-cert", tmp_path / "crm.crt"], ["--tls-ca", tmp_path / "none"]):
        assert ask(*wrong).returncode == 2, wrong
    open_wire = ask("--token-file", tmp_path / "token", server="baton.acme.example:7400")
    assert open_wire.returncode == 2 and "for all to read" in open_wire.stderr
    assert token not in door.program.log()


@pytest.mark.parametrize("flags, sentence", [
    ([], "the API has no TLS"),
    ([], "nobody could call the API"),
    (["--grpc-address", "0.0.0.0:7400", "--grpc-insecure", "loopback"], "is not loopback"),
    (["--grpc-address", "127.evil.example:7400", "--grpc-insecure", "loopback"],
     "is not loopback"),
    (["--grpc-allow-plaintext"], "nobody could call the API"),
    (["--grpc-allow-plaintext", "--auth-jwks-file", "x"], "--auth-issuer and --auth-audience"),
    (["--grpc-tls-cert-file", "x"], "give both or none"),
    (["--grpc-tls-cert-file", "x", "--grpc-tls-key-file", "y", "--grpc-allow-plaintext"],
     "choose one of them"),
    (["--grpc-insecure", "anywhere"], "grpc.insecure must be"),
    (["--grpc-insecure", "loopback", "--auth-jwks-file", "x"], "believes every caller"),
    (["--grpc-insecure", "loopback", "--auth-jwks-url", "https://x/"], "believes every caller"),
    (["--auth-jwks-file", "x", "--auth-jwks-url", "https://x/"], "choose one of them"),
    (["--auth-jwks-url", "http://id.example/keys"], "must be https://"),
    (["--auth-jwks-ca-file", "x"], "--auth-jwks-ca-file needs --auth-jwks-url"),
    (["--grpc-allow-plaintext", "--auth-clients-file", "x"], "--grpc-tls-client-ca-file"),
])
def test_a_door_that_would_stand_open_is_refused_with_a_sentence(stack, flags, sentence):
    done = subprocess.run([BIN / "baton", "dispatch", *flags], env=stack.env, capture_output=True,
                          text=True, timeout=30)
    assert done.returncode == 2 and sentence in done.stderr, done.stderr


@pytest.mark.parametrize("broken", ["tls.crt", "tls.key", "jwks.json", "clients.yaml"])
def test_a_file_that_cannot_be_used_is_named_at_the_start(stack, tmp_path, broken):
    ca, issuer = CertificateAuthority("api"), Issuer()
    certificate, key = ca.issue()
    files = {"tls.crt": certificate, "tls.key": key, "ca.pem": ca.pem,
             "jwks.json": issuer.key_set(), "clients.yaml": CLIENTS}
    files[broken] = pem(make_key("ES256")) if broken == "tls.key" else "nonsense"
    for name, text in files.items():
        replace(tmp_path / name, text)
    done = subprocess.run([
        BIN / "baton", "dispatch", "--grpc-address", "127.0.0.1:0", "--http-address", "127.0.0.1:0",
        "--grpc-tls-cert-file", tmp_path / "tls.crt", "--grpc-tls-key-file", tmp_path / "tls.key",
        "--grpc-tls-client-ca-file", tmp_path / "ca.pem", "--auth-clients-file",
        tmp_path / "clients.yaml", "--auth-jwks-file", tmp_path / "jwks.json", "--auth-issuer",
        ISSUER, "--auth-audience", AUDIENCE], env=stack.env, capture_output=True, text=True,
        timeout=30)
    assert done.returncode == 1 and broken in done.stderr, done.stderr
