"""Keys that the issuer publishes over HTTPS: rotation, an issuer that is down, and its end."""

import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
import pytest

from issuer import AUDIENCE, ISSUER, CertificateAuthority, Issuer, replace
from stack import Program
from test_front_door import code_of, eventually, list_workspaces

OK = grpc.StatusCode.OK
STALE_SECONDS = 4


class Site:
    """An issuer's site: answers every GET with `text`, over TLS."""

    def __init__(self, folder, authority):
        self.text, self.status, self.asked, self.folder = "", 200, 0, folder
        self.server = None
        certificate, key = authority.issue()
        (folder / "site.crt").write_bytes(certificate)
        (folder / "site.key").write_bytes(key)
        self.port = 0

    def start(self):
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802, the name is http.server's
                site.asked += 1
                body = site.text.encode()
                self.send_response(site.status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "site.crt", self.folder / "site.key")
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Door:
    """One `baton dispatch` that takes tokens of the issuer's site."""

    def __init__(self, stack, folder, site, authority, flags=()):
        self.site = site
        replace(folder / "site-ca.pem", authority.pem)
        self.program = Program("dispatch", folder, stack.env, [
            "--grpc-allow-plaintext", "--auth-jwks-url", f"https://localhost:{site.port}/keys",
            "--auth-jwks-ca-file", folder / "site-ca.pem", "--auth-issuer", ISSUER,
            "--auth-audience", AUDIENCE, *flags], front_door=())
        self.program.launch()
        self.channel = grpc.insecure_channel(self.program.address)

    def answer(self, token):
        return code_of(list_workspaces, self.channel, token)

    def becomes(self, token, code):
        eventually(lambda: self.answer(token) == code)

    def stop(self):
        self.channel.close()
        self.program.terminate()


@pytest.fixture
def authority():
    return CertificateAuthority("issuer")


@pytest.fixture
def site(tmp_path, authority):
    one = Site(tmp_path, authority)
    one.start()
    yield one
    one.stop()


def test_keys_of_a_url_rotate_survive_an_outage_and_then_close_the_door(
        stack, tmp_path, site, authority):
    issuer = Issuer()
    site.text = issuer.key_set(["EdDSA"])
    door = Door(stack, tmp_path, site, authority, [
        "--auth-jwks-refresh", "1s", "--auth-jwks-ask-interval", "1s",
        "--auth-stale-max", f"{STALE_SECONDS}s"])
    try:
        door.program.wait_ready(30)
        old = issuer.token()
        door.becomes(old, OK)
        assert door.answer(issuer.token("ES256")) == grpc.StatusCode.UNAUTHENTICATED
        issuer = Issuer()
        site.text = issuer.key_set()
        door.becomes(issuer.token("ES256"), OK)
        assert door.answer(old) == grpc.StatusCode.UNAUTHENTICATED
        site.stop()
        down = time.monotonic()
        assert door.answer(issuer.token()) == OK, "the last keys serve"
        door.becomes(issuer.token(), grpc.StatusCode.UNAVAILABLE)
        assert time.monotonic() - down >= STALE_SECONDS - 2
        begun = time.monotonic()
        assert door.answer(issuer.token()) == grpc.StatusCode.UNAVAILABLE
        assert time.monotonic() - begun < 0.5, "no call waits for the issuer"
        site.start()
        door.becomes(issuer.token(), OK)
    finally:
        door.stop()


def test_made_up_keys_do_not_have_the_issuer_asked_again_and_again(
        stack, tmp_path, site, authority):
    site.text = Issuer().key_set()
    door = Door(stack, tmp_path, site, authority, ["--auth-jwks-refresh", "1h"])
    try:
        door.program.wait_ready(30)
        stranger = Issuer()
        for number in range(200):
            token = stranger.token(headers={"kid": f"k{number}"})
            assert door.answer(token) == grpc.StatusCode.UNAUTHENTICATED
        time.sleep(1.5)
        assert site.asked == 1
    finally:
        door.stop()


def test_a_site_that_cannot_prove_itself_gives_no_keys(stack, tmp_path, site):
    site.text = Issuer().key_set()
    door = Door(stack, tmp_path, site, CertificateAuthority("another"))
    try:
        eventually(lambda: "identity.keys_not_fetched" in door.program.log())
        assert site.asked == 0
        ready, reasons = door.program.readiness()
        assert not ready and "have not been fetched yet" in reasons["identity"]
    finally:
        door.stop()
