"""Clients in three languages meet the same API and see the same."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from issuer import AUDIENCE, ISSUER, CertificateAuthority, Issuer
from stack import TOP, Program, Stack
from world import FEEDBACK, World

HERE = Path(__file__).parent
CLIENTS = {
    "python": [os.environ["PYTHON"], HERE / "python/client.py"],
    "node": [os.environ["NODE"], TOP / "build/foreign/node/client.mjs"],
    "java": ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
             os.environ["JAVA_CLASSES"], "Client"],
}
EXPECTED = {
    "submitted": 1,
    "offered": [True, 50, 60],
    "repeat": True,
    "heard": "STAGE_ACCEPTED",
    "stage": "STAGE_WON",
    "refused": {"code": "FAILED_PRECONDITION", "reason": "WRONG_STAGE"},
    "nobody": {"code": "UNAUTHENTICATED", "reason": "CREDENTIALS_MISSING"},
    "pages": 3,
    "journey": ["captured", "qualified", "assigned", "accepted", "touched",
                "sql_confirmed", "sqo_opened", "won"],
}


class Office:
    """The API as the outside sees it, with TLS and tokens, beside a stack inside."""

    def __init__(self, folder):
        self.folder, self.issuer = folder, Issuer()
        self.stack = Stack(folder)
        authority = CertificateAuthority("api")
        certificate, key = authority.issue()
        for name, content in {"ca.pem": authority.pem, "tls.crt": certificate, "tls.key": key,
                              "jwks.json": self.issuer.key_set().encode()}.items():
            (folder / name).write_bytes(content)
        self.api = Program("dispatch", folder, self.stack.env, [
            "--grpc-tls-cert-file", folder / "tls.crt", "--grpc-tls-key-file", folder / "tls.key",
            "--auth-jwks-file", folder / "jwks.json", "--auth-issuer", ISSUER,
            "--auth-audience", AUDIENCE], front_door=())
        self.api.launch()
        self.api.wait_ready(30)

    def tokens(self, workspace, rep):
        """A folder with a token of marketing and one of the rep."""
        folder = self.folder / workspace
        folder.mkdir()
        mine = {"workspaces": [workspace], "sub": rep}
        (folder / "marketing").write_text(self.issuer.token("ES256", roles=["marketing"], **mine))
        (folder / "rep").write_text(self.issuer.token("RS256", roles=["rep"], rep=rep, **mine))
        return folder

    def stop(self):
        self.api.terminate()
        self.stack.stop()


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    one = Office(tmp_path_factory.mktemp("office"))
    yield one
    one.stop()


@pytest.mark.parametrize("language", CLIENTS)
def test_a_lead_is_won_by_a_client_in(office, language):
    world = World(office.stack)
    world.add_rep("ada")
    client = subprocess.run(
        [*CLIENTS[language], f"localhost:{office.api.grpc_port}", office.folder / "ca.pem",
         office.tokens(world.name, "ada"), world.name, "ada", "lead-1", TOP / "proto"],
        capture_output=True, text=True, timeout=90)
    assert client.returncode == 0, client.stderr[-3000:]
    assert json.loads(client.stdout) == EXPECTED

    told = world.read(FEEDBACK, lambda seen: len(seen) >= 7)
    assert [event.data["change"] for event in told] == EXPECTED["journey"][1:]
    assert told[5].data["details"]["amountMinor"] == "1000000000000000"
    world.close()
