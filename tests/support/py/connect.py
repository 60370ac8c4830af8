"""The API over HTTP as curl and browsers use it: standard library only."""

import contextlib
import http.client
import json
import ssl
import struct

MIA = {"baton-principal": "mia@acme.example", "baton-roles": "marketing"}
END_OF_STREAM = 2


class Answer:
    def __init__(self, response):
        self.status = response.status
        names = [name.lower() for name, _ in response.getheaders()]
        self.headers = dict(zip(names, (value for _, value in response.getheaders())))
        twice = {name for name in names if names.count(name) > 1} - {"vary"}
        assert not twice, f"said twice: {twice}"
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def reason(self):
        """Of ErrorInfo."""
        return next((detail["debug"]["reason"] for detail in self.json.get("details", [])
                     if detail["type"] == "google.rpc.ErrorInfo"), None)


class Api:
    """At 127.0.0.1:`port`; with `ca`, PEM bytes, by TLS."""

    def __init__(self, port, ca=None, client=None):
        self.port, self.context = port, None
        if ca:
            self.context = ssl.create_default_context(cadata=ca.decode())
            if client:
                self.context.load_cert_chain(*client)

    def connection(self, seconds=20):
        if self.context:
            return http.client.HTTPSConnection("localhost", self.port, timeout=seconds,
                                               context=self.context)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)

    def request(self, verb, path, body=None, headers=None):
        with contextlib.closing(self.connection()) as connection:
            connection.request(verb, path, body, headers or {})
            return Answer(connection.getresponse())

    def post(self, method, message, headers=None):
        """`method` as LeadService/GetLead."""
        return self.request("POST", f"/baton.v1.{method}", json.dumps(message),
                            {"content-type": "application/json", **(headers or {})})

    @contextlib.contextmanager
    def stream(self, method, message, headers=None):
        """Yields the messages of a stream, then {"end": what its last frame says}."""
        text = json.dumps(message).encode()
        with contextlib.closing(self.connection()) as connection:
            connection.request(
                "POST", f"/baton.v1.{method}", struct.pack(">BI", 0, len(text)) + text,
                {"content-type": "application/connect+json", **(headers or {})})
            yield frames(connection.getresponse())


def frames(response):
    assert response.status == 200, response.read()
    assert response.getheader("content-type") == "application/connect+json"
    while head := response.read(5):
        flags, length = struct.unpack(">BI", head)
        message = json.loads(response.read(length))
        if flags & END_OF_STREAM:
            yield {"end": message}
            assert response.read(1) == b""
            return
        yield message
