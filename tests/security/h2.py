"""HTTP/2 by hand: frames as an attacker makes them, which no library would send."""

import socket
import struct

import hpack

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, END_HEADERS, ACK = 1, 4, 1
ENHANCE_YOUR_CALM = 11
FRAME_BYTES = 16_000

CALL = ((b":method", b"POST"), (b":scheme", b"http"),
        (b":path", b"/baton.v1.WorkspaceService/ListWorkspaces"), (b":authority", b"localhost"),
        (b"content-type", b"application/grpc"), (b"te", b"trailers"))


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(
        ">I", stream) + payload


def integer(number, bits, first=0):
    """RFC 7541, 5.1."""
    most = (1 << bits) - 1
    if number < most:
        return bytes([first | number])
    out, number = bytes([first | most]), number - most
    while number >= 128:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def literal(name, value):
    """A header that enters no table, in plain text."""
    return (b"\x00" + integer(len(name), 7) + name + integer(len(value), 7) + value)


def block(headers):
    return b"".join(literal(name, value) for name, value in headers)


def message(body, compressed=False):
    """A message of gRPC as it stands in DATA frames."""
    return bytes([compressed]) + struct.pack(">I", len(body)) + body


class Connection:
    """One connection in plain text. Closed by the server: `closed`."""

    def __init__(self, port, preface=PREFACE + frame(SETTINGS, 0, 0), acknowledge=True):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.decoder, self.rest, self.closed, self.block = hpack.Decoder(), b"", False, b""
        self.send(preface)
        if acknowledge:  # then the server's limits hold, as a peer that plays by the rules has it
            self.await_settings()
            self.send(frame(SETTINGS, ACK, 0))

    def await_settings(self):
        """Until the server has said its limits: an earlier acknowledgment would mean nothing."""
        for kind, flags, _, _ in self.frames(2):
            if kind == SETTINGS and not flags & ACK:
                return

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """False when the server has closed the connection."""
        try:
            self.socket.sendall(data)
        except OSError:
            self.closed = True
        return not self.closed

    def send_block(self, stream, data, flags=END_STREAM):
        """HEADERS, and CONTINUATION for what does not fit."""
        parts = [data[at:at + FRAME_BYTES] for at in range(0, len(data), FRAME_BYTES)]
        for number, part in enumerate(parts):
            last = END_HEADERS if number == len(parts) - 1 else 0
            self.send(frame(CONTINUATION if number else HEADERS,
                            last | (0 if number else flags), stream, part))

    def frames(self, seconds):
        """(kind, flags, stream, payload) of what comes, until nothing does for so long."""
        self.socket.settimeout(seconds)
        while True:
            while len(self.rest) >= 9:
                size = int.from_bytes(self.rest[:3], "big")
                if len(self.rest) < 9 + size:
                    break
                kind, flags = self.rest[3], self.rest[4]
                stream = int.from_bytes(self.rest[5:9], "big") & 0x7FFFFFFF
                payload, self.rest = self.rest[9:9 + size], self.rest[9 + size:]
                yield kind, flags, stream, payload
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                return
            except OSError:
                data = b""
            if not data:
                self.closed = True
                return
            self.rest += data

    def outcome(self, stream, seconds=5):
        """How the call on `stream` ended: its headers and trailers, or "reset", "goaway",
        "closed", None for not at all."""
        told = {}
        for kind, flags, of_stream, payload in self.frames(seconds):
            if kind in (HEADERS, CONTINUATION):
                self.block += payload
                if flags & END_HEADERS:
                    headers, self.block = self.decoder.decode(self.block, raw=True), b""
                    if of_stream == stream:
                        told.update(headers)
                if of_stream == stream and kind == HEADERS and flags & END_STREAM:
                    return told
            elif kind == RST_STREAM and of_stream == stream:
                return told if b"grpc-status" in told else "reset"
            elif kind == GOAWAY:
                return "goaway"
        return "closed" if self.closed else None
