"""A TCP proxy that loses what it is told to lose, on an event loop of its own.

Towards the server everything is forwarded; of what comes back it may drop a piece and close (the
caller never learns that its call took effect), go silent for good (half-open), reset, or delay.
"""

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from dataclasses import dataclass

PIECE = 65536


@dataclass
class Faults:
    """Chances for each piece of a reply; delays up to `delay_max` seconds."""
    drop: float = 0.0
    silence: float = 0.0
    reset: float = 0.0
    delay: float = 0.0
    delay_max: float = 0.2


def abort(writer):
    """Closes with RST: what the other side has not read is gone."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
    writer.transport.abort()


class Proxy:
    """Listens on `port` of the loopback; `counts` says what it did. Thread-safe but for `counts`,
    which may be read at any time."""

    def __init__(self, target_port, seed):
        self.target_port = target_port
        self.faults = Faults()
        self.counts = Counter()
        self._random = random.Random(seed)
        self._links = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    async def _serve(self, reader, writer):
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1",
                                                                         self.target_port)
        except OSError:
            return abort(writer)
        self.counts["connections"] += 1
        link = (writer, server_writer)
        self._links.add(link)
        forward = asyncio.ensure_future(self._forward(reader, server_writer))
        try:
            await self._answer(server_reader, writer)
        except OSError:
            pass
        finally:
            forward.cancel()
            self._links.discard(link)
            abort(writer)
            abort(server_writer)

    @staticmethod
    async def _forward(reader, writer):
        try:
            while piece := await reader.read(PIECE):
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def _answer(self, reader, writer):
        silent = False
        while piece := await reader.read(PIECE):
            if silent:
                continue
            roll, faults = self._random.random(), self.faults
            if roll < faults.drop:
                self.counts["replies dropped"] += 1
                return
            roll -= faults.drop
            if roll < faults.reset:
                self.counts["resets"] += 1
                writer.write(piece[:len(piece) // 2])
                return
            roll -= faults.reset
            if roll < faults.silence:
                self.counts["half-open"] += 1
                silent = True
                continue
            if self._random.random() < faults.delay:
                self.counts["delayed"] += 1
                await asyncio.sleep(self._random.random() * faults.delay_max)
            writer.write(piece)
            await writer.drain()

    def cut(self, share):
        """Resets that share of the present connections, at least one; returns how many."""
        async def do():
            links = sorted(self._links, key=id)
            chosen = self._random.sample(links, min(len(links), max(1, round(share * len(links)))))
            for writer, server_writer in chosen:
                abort(writer)
                abort(server_writer)
            self.counts["cut"] += len(chosen)
            return len(chosen)
        return self._call(do())

    def stop(self):
        async def do():
            self._server.close()
            for writer, server_writer in list(self._links):
                abort(writer)
                abort(server_writer)
            await asyncio.sleep(0.05)
        self._call(do())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
