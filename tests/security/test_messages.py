"""Headers and messages that are larger than they may be, or say that they are smaller."""

import socket
import zlib

import grpc
import pytest

from conftest import Watcher
from h2 import (CALL, CONTINUATION, DATA, END_STREAM, HEADERS, Connection, block, frame, integer,
                literal, message)
from issuer import bearer

METADATA_MAX, MESSAGE_MAX = 8 * 1024, 4 * 1024 * 1024
GROWTH_MB = 64
RESOURCE_EXHAUSTED, UNIMPLEMENTED = b"8", b"12"


def changed(name, value):
    return tuple((key, value if key == name else old) for key, old in CALL)


def call(connection, headers, body=b"", seconds=5):
    """What becomes of a call; None if it is neither answered nor refused within so long."""
    connection.send_block(1, block(headers), flags=0)
    for at in range(0, len(body) or 1, 16_000):
        last = END_STREAM if at + 16_000 >= len(body) else 0
        connection.send(frame(DATA, last, 1, body[at:at + 16_000]))
    return connection.outcome(1, seconds)


def refused(outcome):
    return outcome in ("reset", "goaway", "closed") or (
        isinstance(outcome, dict) and outcome[b"grpc-status"] == RESOURCE_EXHAUSTED)


def test_metadata_above_its_cap_is_refused(door):
    for size in (METADATA_MAX, 2 * METADATA_MAX, 100_000):
        with Connection(door.port) as connection:
            assert refused(call(connection, CALL + ((b"x-a", b"a" * size),))), size
        with Connection(door.port) as connection:
            many = tuple((b"x-%d" % at, b"a") for at in range(size // 36))
            assert refused(call(connection, CALL + many)), size
    assert door.serves()


@pytest.mark.parametrize("poison", [
    changed(b"te", b"x"), changed(b":scheme", b"x"), CALL + ((b"grpclb_client_stats", b"x"),)],
    ids=["te", "scheme", "grpclb_client_stats"])
def test_cve_2023_1428_headers_that_made_grpc_abort_do_not(door, poison):
    for size in (1000, 9000, 40_000):  # below the cap, above it, in several frames
        filler = ((b"x-a", b"a" * size),)
        for headers in (poison + filler, poison[:4] + filler + poison[4:]):
            for acknowledge in (True, False):
                with Connection(door.port, acknowledge=acknowledge) as connection:
                    call(connection, headers, seconds=0.3)
    assert door.serves()


# A header block that does not end: how it begins, how it goes on, for how many MB, and within how
# many seconds after it others are served. gRPC 1.51 copies a string, and reads a number, anew with
# each frame: time grows with their square, and what was sent before the end holds up others.
ENDLESS = {
    "headers": (block(CALL), literal(b"x-a", b"a" * 50) * 100, 16, 10),
    "one long string": (block(CALL) + b"\x00" + integer(3, 7) + b"x-b" + integer(1 << 30, 7),
                        b"b" * 16_000, 8, 60),
    "zeros of a number": (block(CALL) + b"\x00\x7f", b"\x80" * 16_000, 0.5, 60),
}


@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.parametrize("acknowledge, growth", [(True, GROWTH_MB), (False, 2 * GROWTH_MB)],
                         ids=["by the rules", "against them"])
def test_cve_2023_33953_blocks_without_an_end_are_bounded(door, name, acknowledge, growth):
    begin, part, megabytes, seconds = ENDLESS[name]
    with Watcher(door) as watcher, Connection(door.port, acknowledge=acknowledge) as connection:
        connection.send(frame(HEADERS, END_STREAM, 1, begin))
        sent = 0
        while sent < megabytes * 2**20 and connection.send(frame(CONTINUATION, 0, 1, part)):
            sent += len(part)
    assert watcher.growth < growth
    assert door.serves(seconds)


def varint(number):
    out = b""
    while number >= 128:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def within(field, body):
    return bytes([field << 3 | 2]) + varint(len(body)) + body


def code_of(ask, *arguments, **options):
    try:
        ask(*arguments, **options)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def bomb(megabytes, wbits):
    """Zeros, compressed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return b"".join(packer.compress(b"\0" * 2**20) for _ in range(megabytes)) + packer.flush()


@pytest.mark.parametrize("encoding, wbits", [(b"gzip", 31), (b"deflate", 15)])
def test_a_message_that_swells_a_thousandfold_is_refused(door, encoding, wbits):
    """gRPC takes a message apart before it measures it, so none is taken that is compressed."""
    body = message(bomb(256, wbits), compressed=True)
    with Watcher(door) as watcher:
        for _ in range(4):
            with Connection(door.port) as connection:
                outcome = call(connection, CALL + ((b"grpc-encoding", encoding),), body)
                assert outcome == "closed" or outcome[b"grpc-status"] == UNIMPLEMENTED, outcome
    assert watcher.growth < GROWTH_MB
    assert door.serves()


def test_a_message_above_the_cap_is_refused(door):
    with grpc.insecure_channel(door.program.address) as channel:
        create = channel.unary_unary("/baton.v1.TableService/CreateTable")
        for size, refused_for_size in ((MESSAGE_MAX - 64, False), (MESSAGE_MAX + 1, True)):
            csv = within(2, b"x" * size)
            code = code_of(create, within(3, csv), timeout=20, metadata=bearer(door.issuer.token()))
            assert (code == grpc.StatusCode.RESOURCE_EXHAUSTED) == refused_for_size, (size, code)


# Requests of 4 MB that take more than a hundred in memory: the fields that lead to the messages or
# texts in them, which are empty and many.
SWELLING = {
    "RosterService/UpdateQueue": (1, 8),  # queue.members
    "RosterService/CreateRep": (3, 15),  # what no rep has
    "TableService/CreateTable": (3, 5),  # table.columns
    "LeadService/SubmitLeadEvents": (2, 6, 2, 5, 1),  # one event, one attribute, one list
}


def swelling(method):
    *outer, inner = SWELLING[method]
    body = bytes([inner << 3 | 2, 0]) * 2_000_000
    for field in reversed(outer):
        body = within(field, body)
    return body


def test_a_stranger_does_not_have_a_message_taken_apart(door):
    with Watcher(door) as watcher, grpc.insecure_channel(door.program.address) as channel:
        for method in SWELLING:
            ask, body = channel.unary_unary("/baton.v1." + method), swelling(method)
            answers = [ask.future(body, timeout=30) for _ in range(4)]
            codes = {answer.exception(timeout=60).code() for answer in answers}
            assert codes <= {grpc.StatusCode.RESOURCE_EXHAUSTED,
                             grpc.StatusCode.UNAUTHENTICATED}, method
    assert watcher.growth < GROWTH_MB
    assert door.serves()


def test_a_message_of_too_many_fields_is_not_taken_apart_for_those_who_may_send_it(door):
    body = swelling("LeadService/SubmitLeadEvents")
    with Watcher(door) as watcher, grpc.insecure_channel(door.program.address) as channel:
        submit = channel.unary_unary("/baton.v1.LeadService/SubmitLeadEvents")
        with pytest.raises(grpc.RpcError) as too_many:
            submit(body, metadata=bearer(door.issuer.token()), timeout=30)
    assert too_many.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "more than 250000" in too_many.value.details()
    assert watcher.growth < GROWTH_MB


def test_a_request_without_a_document_is_small(door):
    with grpc.insecure_channel(door.program.address) as channel:
        ask = channel.unary_unary("/baton.v1.WorkspaceService/ListWorkspaces")
        size = 300_000
        page_token = b"\x12" + varint(size) + b"x" * size
        with pytest.raises(grpc.RpcError) as too_large:
            ask(page_token, metadata=bearer(door.issuer.token()), timeout=10)
    assert too_large.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "takes at most 262144" in too_large.value.details()


def test_an_open_stream_keeps_nothing_of_its_request(door):
    with grpc.insecure_channel(door.program.address) as channel:
        code_of(channel.unary_unary("/baton.v1.WorkspaceService/CreateWorkspace"),
                within(1, b"padded"), metadata=bearer(door.issuer.token(workspaces=["*"])))
        watch = channel.unary_stream("/baton.v1.AssignmentService/WatchAssignments")
        # 100 MB together, in a field that nobody knows.
        body = within(1, b"workspaces/padded") + within(15, b"x" * 250_000)
        with Watcher(door) as watcher:
            streams = [watch(body, timeout=60, metadata=bearer(door.issuer.token(
                sub=f"padded-{number % 8}", workspaces=["padded"]))) for number in range(400)]
            for stream in streams:
                next(stream)
        for stream in streams:
            stream.cancel()
    assert watcher.growth < GROWTH_MB
    assert door.serves()


def test_what_is_no_http2_is_hung_up_on(door):
    for garbage in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00" + b"\0" * 512, b"\0" * 4096):
        with socket.create_connection(("127.0.0.1", door.port), timeout=15) as raw:
            raw.sendall(garbage)
            while raw.recv(4096):
                pass
    assert door.serves()
