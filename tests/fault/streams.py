"""Hundreds of rep tools that watch, on one event loop of their own.

Each keeps the view that a person would see and resumes with its last token whenever the stream
breaks.
"""

import asyncio
import random
import threading
from collections import Counter

import grpc
from baton.v1 import assignment_service_pb2 as aspb, assignment_service_pb2_grpc

Kind = aspb.WatchAssignmentsResponse
OPTIONS = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_reconnect_backoff_ms", 500),
           ("grpc.initial_reconnect_backoff_ms", 100), ("grpc.lb_policy_name", "round_robin"),
           ("grpc.keepalive_time_ms", 2000), ("grpc.keepalive_timeout_ms", 2000)]


class View:
    """What one stream has told: lead -> generation."""

    def __init__(self):
        self.now, self.token, self._coming = {}, "", {}

    def take(self, response):
        one = response.assignment
        lead = one.lead.rsplit("/", 1)[-1]
        if response.kind == Kind.KIND_SNAPSHOT:
            self._coming[lead] = one.generation
        elif response.kind == Kind.KIND_SNAPSHOT_END:
            self.now, self._coming = self._coming, {}
        elif response.kind == Kind.KIND_UPDATED:
            self.now[lead] = one.generation
        elif response.kind == Kind.KIND_REMOVED:
            self.now.pop(lead, None)
        if response.resume_token:
            self.token = response.resume_token

    def broken(self):
        """The stream ended; half a snapshot counts for nothing."""
        self._coming = {}


class Streams:
    """`count` streams, spread over `reps` of `parent` and over channels of `per_channel` each.

    `counts`: what happened to them. `old_tokens`: that share of resumptions uses the stream's first
    token instead. Read `views()` only when nothing changes any more.
    """

    def __init__(self, target, parent, reps, count, seed, per_channel=100, old_tokens=0.0):
        self.target, self.parent, self.old_tokens = target, parent, old_tokens
        self.counts, self.per_channel = Counter(), per_channel
        self._random = random.Random(seed)
        self._views = [(number, reps[number % len(reps)], View()) for number in range(count)]
        self._live = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._tasks = asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result(60)

    async def _begin(self):
        tasks, channel = [], None
        for number, rep, view in self._views:
            if number % self.per_channel == 0:
                channel = grpc.aio.insecure_channel(self.target, options=OPTIONS)
            stub = assignment_service_pb2_grpc.AssignmentServiceStub(channel)
            tasks.append(asyncio.ensure_future(self._watch(stub, number, rep, view)))
        return tasks

    async def _watch(self, stub, number, rep, view):
        first = ""
        while True:
            token = view.token
            if first and self._random.random() < self.old_tokens:
                token, self.counts["old tokens"] = first, self.counts["old tokens"] + 1
            try:
                async for response in stub.WatchAssignments(aspb.WatchAssignmentsRequest(
                        parent=f"{self.parent}/reps/{rep}", resume_token=token)):
                    self._live.add(number)
                    view.take(response)
                    first = first or view.token
                    self.counts["responses"] += 1
                self.counts["ended by the server"] += 1
            except grpc.aio.AioRpcError as error:
                self.counts[error.code().name] += 1
            self._live.discard(number)
            view.broken()
            self.counts["cut"] += 1
            await asyncio.sleep(self._random.uniform(0.02, 0.3))

    @property
    def live(self):
        """Streams that have answered since they were last opened."""
        return len(self._live)

    def views(self):
        """(stream, rep, lead -> generation) of each."""
        return [(number, rep, dict(view.now)) for number, rep, view in self._views]

    def sample(self, number=0):
        """(stream, rep, View) of one of them."""
        return self._views[number]

    def stop(self):
        async def end():
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        asyncio.run_coroutine_threadsafe(end(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
