"""Traces over OTLP/HTTP, where Baton was built with opentelemetry-cpp; elsewhere a sentence."""

import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
import pytest
from baton.v1 import assignment_service_pb2 as aspb
from stack import BIN, Stack
from test_traces import new_trace, submit
from world import FEEDBACK, World, eventually


class Collector:
    """Keeps what is posted to /v1/traces, with its headers (their names in small letters)."""

    def __init__(self):
        self.posts, self.status = [], 200
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.path == "/v1/traces" and collector.status == 200:
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    collector.posts.append((headers, body))
                self.send_response(collector.status)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def spans(self, trace):
        """The names of the spans of the trace, as often as they came: a span's first fields are its
        trace, its own id, the parent's and its name (opentelemetry.proto.trace.v1.Span)."""
        trace_id = bytes.fromhex(trace.split("-")[1])
        shape = re.compile(rb"\n\x10" + re.escape(trace_id) + rb"\x12\x08.{8}(?:\x1a.{0,2})?"
                           rb"(?:\x22\x08(.{8}))?\x2a(.)", re.DOTALL)
        names = []
        for _, body in list(self.posts):
            for found in shape.finditer(body):
                size = found.group(2)[0]
                names.append(body[found.end():found.end() + size].decode())
        return names

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def refusal():
    """What a baton says that cannot send traces; empty: it can."""
    done = subprocess.run(
        [BIN / "baton", "clock", "--otel-endpoint", "http://127.0.0.1:1", "--redis-url",
         "redis://127.0.0.1:1", "--http-address", "nowhere.invalid:1"], env={},
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    return done.stderr if "--otel-endpoint" in done.stderr else ""


def test_without_the_library_traces_are_refused_with_a_sentence(refusal):
    assert refusal == "" or "was built without opentelemetry-cpp" in refusal


@pytest.fixture(scope="module")
def traced(refusal, tmp_path_factory):
    """A collector and a stack that tells it; nothing where Baton cannot."""
    if refusal:
        yield None
        return
    folder, collector = tmp_path_factory.mktemp("otlp"), Collector()
    (folder / "headers").write_text("authorization: Bearer canary-9c2f\n")
    stack = Stack(folder, ["--otel-endpoint", collector.url, "--otel-headers-file",
                           folder / "headers"])
    stack.collector = collector
    yield stack
    stack.stop()
    collector.close()


def test_a_leads_spans_belong_to_the_trace_that_came_in(traced):
    if traced is None:
        return  # said above
    world, trace, quiet = World(traced), new_trace(), new_trace(sampled=False)
    world.add_rep("ada")
    world.publish(world.event("lead-1", traceparent=trace))
    world.publish(world.event("lead-2", traceparent=quiet))
    world.publish(world.event("lead-3"))
    world.flush()
    world.read(FEEDBACK, lambda seen: len(seen) >= 6)
    wanted = {"process baton.lead-events.v1", "decide", "commit", "publish baton.feedback.v1"}
    eventually(lambda: wanted <= set(traced.collector.spans(trace)))
    called = new_trace()
    submit(world, "lead-4", [("traceparent", called)])
    eventually(lambda: {"baton.v1.LeadService/SubmitLeadEvents", *wanted} <=
               set(traced.collector.spans(called)))
    refused = new_trace()
    with pytest.raises(grpc.RpcError):
        world.assignments.AcceptAssignment(aspb.AcceptAssignmentRequest(name="x"), timeout=10,
                                           metadata=[("traceparent", refused)])
    eventually(lambda: traced.collector.spans(refused))
    assert traced.collector.spans(quiet) == []
    assert {headers["authorization"] for headers, _ in traced.collector.posts} == {
        "Bearer canary-9c2f"}
    assert "canary-9c2f" not in traced.program.log()
    world.close()


def test_headers_are_those_that_the_file_has_now(traced):
    if traced is None:
        return
    file = traced.folder / "headers"
    for text, sent in (("authorization: Bearer next-51aa\n", "Bearer next-51aa"),
                       ("no header at all\n", "Bearer next-51aa"),  # the old ones go on
                       ("authorization: Bearer last-07b3\n", "Bearer last-07b3")):
        file.with_suffix(".new").write_text(text)
        file.with_suffix(".new").replace(file)  # at once, as a secret that is mounted
        trace, world = new_trace(), World(traced)
        world.publish(world.event("lead-1", traceparent=trace))
        world.flush()
        eventually(lambda trace=trace: traced.collector.spans(trace))
        assert traced.collector.posts[-1][0]["authorization"] == sent
        world.close()
    log = traced.program.log()
    assert log.count("traces.headers_reloaded") == 2 and log.count("traces.headers_broken") == 1
    assert "each line is NAME: VALUE" in log and "next-51aa" not in log


def test_a_collector_that_is_away_costs_spans_which_are_counted(traced):
    if traced is None:
        return
    world = World(traced)
    traced.collector.status = 503
    world.publish(world.event("lead-1", traceparent=new_trace()))
    world.flush()
    dropped = 'baton_spans_dropped_total{why="not_sent"}'
    eventually(lambda: traced.program.metrics()[dropped] > 0)
    assert traced.readiness()[0] and world.lead_or_none("lead-1") is not None
    traced.collector.status = 200
    world.close()
