"""Experiments with hundreds of rep tools at once."""

import asyncio
import json
import time
from collections import Counter

import grpc
from baton.v1 import assignment_service_pb2 as aspb, assignment_service_pb2_grpc
from checks import peak_loads
from experiment import experiment
from experiments_roles import check_streams
from proxy import Faults, Proxy
from streams import Streams

CALLERS, CAPACITY = 200, 3


@experiment("F22", "streams cut by the hundred: resets, half-open links, old and forged tokens")
def f22(trial):
    trial.begin()
    reps = [f"rep-{number:02d}" for number in range(1, 51)]
    load = trial.load(trial.pick(250, 6_000), trial.pick(25, 25), reps=len(reps))
    if trial.long:
        trial.load(50_000, 200)
    proxy = Proxy(trial.site.of_role("dispatch")[0].grpc_port, trial.seed)
    count = trial.pick(600, 2_000)
    streams = Streams(f"ipv4:127.0.0.1:{proxy.port}", load.tenant.parent, reps, count, trial.seed,
                      per_channel=trial.pick(30, 50), old_tokens=0.1)
    try:
        trial.until(f"{count} streams are open", lambda: streams.live == count, 60)
        proxy.faults = Faults(silence=trial.pick(0.003, 0.0005))
        while trial.publishing:
            time.sleep(trial.random.uniform(0.5, 1.5))
            trial.faults["links cut"] += proxy.cut(0.1)
        proxy.faults = Faults()
        proxy.cut(1.0)  # whoever hangs on a silent link comes back
        trial.until("the streams are back", lambda: streams.live == count, 60)
        trial.settle()
        check_streams(trial, streams, load)
        refuse_forged(trial, load, streams)
    finally:
        streams.stop()
        proxy.stop()
    trial.faults["half-open"] = proxy.counts["half-open"]
    trial.figures["stream responses"] = streams.counts["responses"]
    trial.witness("streams cut", streams.counts["cut"], trial.pick(300, 10_000))
    trial.witness("half-open links", proxy.counts["half-open"])
    trial.witness("resumptions with an old token", streams.counts["old tokens"],
                  trial.pick(20, 500))


def refuse_forged(trial, load, streams):
    """A token with one changed byte, and one of another rep, open nothing."""
    (_, rep, view), (_, other, _) = streams.sample(), streams.sample(1)
    forged = ("A" if view.token[4] != "A" else "B").join((view.token[:4], view.token[5:]))
    for parent, token in ((rep, forged), (other, view.token)):
        stream = load.tenant.watch_anew(f"/reps/{parent}", token)
        try:
            next(iter(stream))
            trial.violations.add(f"a forged token of {parent} was taken")
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.PERMISSION_DENIED:
                trial.violations.add(f"a forged token of {parent} was answered {error.code()}")


@experiment("F25", "200 callers race for the leads of one rep whose capacity is 3")
def f25(trial):
    trial.begin()
    load = trial.load(trial.pick(120, 3_000), 1_000, reps=0)
    trial.until("all input is read", lambda: load.done and trial.unread() == 0, 60)
    load.tenant.add_rep("ada", queues=("emea", "us", "triage"), capacity=CAPACITY)
    history = trial.folder / "callers.jsonl"
    race = Race(load.tenant, trial.site.address, history, trial.random)
    asyncio.run(race.run(len(load.ids), trial.pick(60, 500)))
    load.extra_histories.append(history)
    trial.settle(decided=False)
    ledger = trial.ledger(load)
    if ledger.stages["REJECTED"] != len(load.ids):
        trial.violations.add(f"{ledger.stages} after the race for {len(load.ids)} leads")
    peak = peak_loads(ledger.all_spans()).get("ada", 0)
    trial.faults["calls"] = sum(race.results.values())
    trial.figures |= {"longest idle ms": longest_idle(ledger.spans)} | race.results
    losers = race.results["ABORTED"] + race.results["FAILED_PRECONDITION"]
    trial.witness("calls that lost a race", losers, trial.pick(500, 10_000))
    trial.witness("leads owned at one time", peak, CAPACITY)


def longest_idle(spans):
    """The longest time between an end and the next begin, in milliseconds, while leads waited."""
    begins, ends = sorted(span[1] for span in spans), sorted(span[2] for span in spans)
    # The n-th begin beyond the first three needs the n-th end.
    return max((begin - end for begin, end in zip(begins[CAPACITY:], ends)), default=0)


class Race:
    """Callers that all do something to a lead that the rep holds, each by its own request id."""

    def __init__(self, tenant, target, history, random):
        self.tenant, self.target, self.random = tenant, target, random
        self.results = Counter()
        self._history = history
        self._closed = set()

    async def run(self, leads, seconds):
        """Until every lead is closed, or the time is over."""
        deadline = time.monotonic() + seconds
        async with grpc.aio.insecure_channel(self.target, options=[
                ("grpc.lb_policy_name", "round_robin")]) as channel:
            stub = assignment_service_pb2_grpc.AssignmentServiceStub(channel)
            with open(self._history, "w", encoding="utf-8") as self._out:
                number = 0
                while len(self._closed) < leads and time.monotonic() < deadline:
                    page = await stub.ListAssignments(aspb.ListAssignmentsRequest(
                        parent=f"{self.tenant.parent}/reps/ada"), timeout=10)
                    names = [one.name for one in page.assignments]
                    if not names:
                        await asyncio.sleep(0.05)
                        continue
                    number += 1
                    await asyncio.gather(*(self._call(stub, self.random.choice(names),
                                                      f"r{number}-{caller}")
                                           for caller in range(CALLERS)))

    async def _call(self, stub, name, request_id):
        what = self.random.choices(("accept", "reject", "decline"), (5, 4, 1))[0]
        rpc, request = {
            "accept": (stub.AcceptAssignment, aspb.AcceptAssignmentRequest(
                name=name, request_id=request_id)),
            "reject": (stub.RejectLead, aspb.RejectLeadRequest(
                name=name, reason="NO_NEED", request_id=request_id)),
            "decline": (stub.DeclineAssignment, aspb.DeclineAssignmentRequest(
                name=name, reason="AWAY", request_id=request_id))}[what]
        begun = time.time()
        try:
            await rpc(request, timeout=10)
            result = "OK"
        except grpc.aio.AioRpcError as error:
            result = error.code().name
        last = name.rsplit("/", 1)[1]
        self.results[result] += 1
        if result == "OK" and what == "reject":
            self._closed.add(last.rsplit(".", 1)[0])
        self._out.write(json.dumps({
            "begun": int(begun * 1e6), "at": int(time.time() * 1e6), "rep": "ada", "op": what,
            "name": last, "result": result}) + "\n")
