"""The marketing funnel of Olist played again, in seconds for months: who publishes, what each rep
does with each lead, and who dies meanwhile. What a lead goes through is settled by its id, so that
two plays of the same leads can be compared.
"""

import heapq
import itertools
import random
import threading
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone

import grpc
from baton.v1 import (assignment_service_pb2 as aspb, lead_pb2, report_service_pb2 as reports,
                      report_service_pb2_grpc as reports_grpc)
from confluent_kafka import Consumer
from olist import AWAY, call, rows
from report_compare import BY
from stack import Program, Servers
from world import FEEDBACK, World, eventually, parse

HANDS = 24  # reps' calls at one time
# Of the leads that nobody won, in percent.
FATES = (("silent", 20), ("untouched", 10), ("rejected", 30), ("recycled", 10), ("again", 15),
         ("lost", 15))
# How often an untouched lead is taken back, and whether its rep had accepted it by then, depends on
# how fast the reps' tools are. What happens to it does not, nor does anything of the others.
TIMED = {"untouched"}
CODES = ("WRONG_PERSONA", "NO_NEED", "NOT_ICP_SIZE", "INVALID_CONTACT", "COMPETITOR")
DESKS = {"silent": "evening", "untouched": "busy"}  # the others: qualify


def policy(closers):
    """Each closer has a queue of its own, so that the real one gets each deal. Only where a script
    wants it does anything depend on how fast the reps' tools are: offers of the evening desk last
    two seconds, and leads of the busy one are touched within five."""
    close = "\n".join(f"    close-{rep}: {{mode: offer, accept_within: 1h}}" for rep in closers)

    def text(workspace, _):
        return f"""
apiVersion: baton.dev/v1
kind: HandoffPolicy
metadata: {{workspace: {workspace}, name: replay, owner: revops@example.com}}
spec:
  attributes: {{origin: string, desk: string}}
  scoring:
    intent:
      - {{name: asked to sell, activity: landing_page, points: 50}}
  definition:
    mql: {{match: {{intent: ">= 50"}}}}
  routing:
    - {{name: evening, match: {{desk: [evening]}}, to: {{queue: evening}}}}
    - {{name: busy, match: {{desk: [busy]}}, to: {{queue: busy}}}}
    - {{default: true, to: {{queue: qualify}}}}
  recycle: {{cool_down: {{BAD_TIMING: 3s}}, requalify: same_rep}}
  sla:
    - {{name: busy desk, applies: lead.desk == "busy", metric: first_touch, target: 5s, warn: 50%,
       breach: reassign}}
    - {{name: given out, metric: assign, target: 1h}}
    - {{name: answered, metric: accept, target: 1h, warn: 50%}}
    - {{name: touched, metric: first_touch, target: 2h}}
    - {{name: decided, metric: decision, target: 24h}}
  queues:
    qualify: {{mode: offer, accept_within: 1h}}
    busy: {{mode: offer, accept_within: 1h}}
    evening: {{mode: offer, accept_within: 2s, retry_after: 1h}}
{close}
"""
    return text


class Story:
    """A lead of the files: who wins it and when, or its fate; times in days since the first."""

    def __init__(self, row, deal, first):
        self.lead, self.origin = row["mql_id"], row["origin"] or "none"
        self.roll = int(self.lead[:8], 16)
        contact = datetime.strptime(row["first_contact_date"], "%m/%d/%Y")
        # The files have no time of the day.
        self.day = (contact - first).days + self.roll % 1000 / 1000
        self.closer, self.closed_day = "", 0
        if deal is not None:
            self.fate, self.closer = "won", closer_of(deal)
            won = datetime.strptime(deal["won_date"], "%d-%m-%Y %H:%M") - first
            self.closed_day = won.total_seconds() / 86_400
        else:
            self.fate = self.fate_of(int(self.lead[8:16], 16) % 100)
        self.code = CODES[self.roll % len(CODES)]
        self.desk = DESKS.get(self.fate, "qualify")

    @staticmethod
    def fate_of(roll):
        for fate, share in FATES:
            roll -= share
            if roll < 0:
                return fate
        raise AssertionError("the shares are not 100")


def stories(every):
    """Each `every`th lead of the files, by lead."""
    leads = rows("mql.csv")[::every]
    deals = {deal["mql_id"]: deal for deal in rows("closed_deals.csv")}
    first = min(datetime.strptime(row["first_contact_date"], "%m/%d/%Y") for row in leads)
    return {row["mql_id"]: Story(row, deals.get(row["mql_id"]), first) for row in leads}


def people():
    """(those who qualify, those who close), of the files."""
    deals = rows("closed_deals.csv")
    return (sorted({f"sdr-{deal['sdr_id'][:12]}" for deal in deals}),
            sorted({closer_of(deal) for deal in deals}))


def closer_of(deal):
    """The rep who won it. Who also qualifies does that under another name: a rep does not get back
    what it gave away."""
    return f"sr-{deal['sr_id'][:12]}"


class Roles(Servers):
    """Two processes of each role on servers of their own; random ones can be killed."""

    def __init__(self, folder):
        super().__init__(folder)
        self.programs = [Program(role, folder, self.env, name=f"{role}-{number}")
                         for role in ("intake", "dispatch", "clock", "relay") for number in (1, 2)]
        for program in self.programs:
            program.launch()
        for program in self.programs:
            program.wait_ready(60)

    @property
    def address(self):
        return "ipv4:" + ",".join(one.address for one in self.programs if one.role == "dispatch")

    def condition(self):
        """What each process says of itself, to find out why they do not come to rest."""
        return "\n".join(f"{one.name} ({'alive' if one.alive else 'dead'}): {one.tail()}"
                         for one in self.programs)

    def stop(self):
        for program in self.programs:
            if program.alive:
                program.terminate()
        super().stop()


class Killer:
    """Kills one of the programs every few seconds and starts it again, each role in its turn, in
    random order; `killed`: how often which role died. stop() ends it."""

    def __init__(self, roles, seed):
        self.killed, self.failures = Counter(), []
        self._roles, self._random, self._ending = roles, random.Random(seed), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        turns = []
        while not self._ending.wait(self._random.uniform(1.5, 4)):
            turns = turns or self._random.sample(["intake", "dispatch", "clock", "relay"], 4)
            role = turns.pop()
            program = self._random.choice([one for one in self._roles.programs
                                           if one.role == role])
            try:
                program.wait_ready(60)
                program.kill()
                program.launch()
                self.killed[program.role] += 1
            except AssertionError as error:
                self.failures.append(str(error))

    def stop(self):
        self._ending.set()
        self._thread.join(90)


class Agenda:
    """Calls `run` for whatever was added when its time has come, on HANDS threads."""

    def __init__(self, run):
        self._run, self._due, self._count = run, [], itertools.count()
        self._changed, self._ending = threading.Condition(), False
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(HANDS)]
        for thread in self._threads:
            thread.start()

    def add(self, at, item):
        """`at`: by time.monotonic()."""
        with self._changed:
            heapq.heappush(self._due, (at, next(self._count), item))
            self._changed.notify()

    def _work(self):
        while (item := self._next()) is not None:
            self._run(item)

    def _next(self):
        with self._changed:
            while not self._ending:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
            return None

    def stop(self):
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(70)


class Feedback:
    """Reads the feedback of a workspace, committed only, and nothing else. `events`: their data in
    order; `on_event` is called for each."""

    def __init__(self, world, on_event):
        self.events, self.ids = [], Counter()
        self._key, self._on_event = world.name + "/", on_event
        self._consumer = Consumer({
            "bootstrap.servers": world.stack.brokers, "isolation.level": "read_committed",
            "group.id": world.name, "auto.offset.reset": "earliest", "enable.auto.commit": False})
        self._consumer.subscribe([FEEDBACK])
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self):
        while not self._ending.is_set():
            for message in self._consumer.consume(500, 0.1):
                if message.error() or not message.key().decode().startswith(self._key):
                    continue
                event = parse(message)
                self.ids[event["id"]] += 1
                self.events.append(event.data)
                self._on_event(event.data)

    def stop(self):
        self._ending.set()
        self._thread.join(20)
        self._consumer.close()


class Play:
    """One play of the stories in a workspace of its own, `days_per_s` days a second; run() returns
    when every lead has come to the end of its story. Then: `events`, `ids`, `failures` and, by
    what they group, `reports`."""

    def __init__(self, roles, told, days_per_s):
        self.told, self.days_per_s, self.failures = told, days_per_s, []
        sdrs, closers = people()
        self.world = World(roles, policy=policy(closers))
        for number, rep in enumerate(sdrs):
            self.world.add_rep(rep, queues=["qualify", "busy", *(["evening"] * (number < 2))])
        for rep in closers:
            self.world.add_rep(rep, queues=[f"close-{rep}"])
        self._seen, self._left = set(), set(told)
        self._counts, self._ended = defaultdict(Counter), threading.Event()
        self._agenda = Agenda(self._do)
        self._feedback = Feedback(self.world, self._heard)
        self._begin = time.monotonic()
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._stream, self._stopping, self.took_s = None, False, 0
        self.events, self.ids, self.reports = self._feedback.events, self._feedback.ids, {}

    def run(self, seconds):
        self._watching.start()
        try:
            for story in sorted(self.told.values(), key=lambda one: one.day):
                time.sleep(max(0, self._at(story.day) - time.monotonic()))
                self._publish(story)
            self.world.flush()
            if not self._ended.wait(seconds):
                self.failures.append(f"{len(self._left)} leads did not come to their end: "
                                     f"{[self._state(one) for one in sorted(self._left)[:5]]}")
            self.reports = {by: eventually(lambda by=by: self._report(by), 60)
                            for by in ("", "campaign")}
        finally:
            self._stopping, self.took_s = True, time.monotonic() - self._begin
            if self._stream is not None:
                self._stream.cancel()
            self._agenda.stop()
            self._feedback.stop()
            self.world.close()

    def _report(self, by):
        """None until everything is counted, or while nobody answers."""
        try:
            report = reports_grpc.ReportServiceStub(self.world.channel).GetReport(
                reports.GetReportRequest(parent=self.world.parent, group_by=BY[by]),
                timeout=20).report
        except grpc.RpcError as error:
            if error.code() not in AWAY:
                raise
            return None
        return report if report.uncounted_changes == 0 else None

    def _state(self, lead):
        return lead, self.told[lead].fate, dict(self._counts[lead])

    def _at(self, day):
        return self._begin + day / self.days_per_s

    # Marketing.

    def _publish(self, story):
        attributes = {"desk": story.desk}
        if story.origin != "none":
            attributes["origin"] = story.origin
        self._send(story, {"attributes": attributes, "activity": "landing_page",
                           "attribution": {"campaign": story.origin}}, "captured", 1)

    def _send(self, story, data, kind, number):
        self.world.publish(self.world.event(story.lead, kind, data,
                                            event_id=f"{story.lead}-{number}"))
        self.world.producer.poll(0)

    def _heard(self, change):
        """What marketing learns from the feedback: who is back is asked once more."""
        lead = change["lead"]
        story, count = self.told[lead], self._counts[lead]
        count[change["change"]] += 1
        if change["change"] == "nurtured" and story.fate == "again":
            self._send(story, {"activity": "landing_page"}, "activity", 2)
        if ended(story.fate, count):
            self._left.discard(lead)
            if not self._left:
                self._ended.set()

    # Sales.

    def _watch(self):
        """One stream for all reps, resumed whenever it breaks."""
        token = ""
        while not self._stopping:
            self._stream = self.world.watch(token=token)
            try:
                for response in self._stream:
                    token = response.resume_token or token
                    one = response.assignment
                    if one.stage == lead_pb2.STAGE_OFFERED and one.name not in self._seen:
                        self._seen.add(one.name)
                        steps = self._script(self.told[one.lead.rsplit("/", 1)[1]], one)
                        self._agenda.add(0, (one.name, steps))
            except grpc.RpcError as error:
                if not self._stopping and error.code() not in AWAY:
                    self.failures.append(f"watch: {error.code()}: {error.details()}")
                time.sleep(0.1)

    def _do(self, item):
        """The next steps of a rep with a lead, until one that has to wait."""
        name, steps = item
        try:
            for step in steps:
                if isinstance(step, float):
                    return self._agenda.add(step, item)
                method, request = step
                request.name = name
                call(method, request)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.ABORTED or not self._may_be_taken_back(name):
                self.failures.append(f"{name}: {error.code()}: {error.details()}")
        return None

    def _may_be_taken_back(self, name):
        """True for a lead that the service level takes from a rep whose tool is too slow for it."""
        lead = name.rsplit("/", 1)[1].rsplit(".", 1)[0]
        return self.told[lead].fate in TIMED

    def _script(self, story, offer):
        """Yields calls, and times before which the next one is not to be made."""
        calls = self.world.assignments
        accept = calls.AcceptAssignment, aspb.AcceptAssignmentRequest()
        touch = calls.LogTouch, aspb.LogTouchRequest(channel="call", outcome="connected")
        reject = calls.RejectLead, aspb.RejectLeadRequest(reason=story.code)
        if story.fate == "silent":
            return
        yield accept
        if story.fate == "untouched" and offer.generation == 1:
            return
        if story.fate == "won" and offer.queue.endswith("/qualify"):
            yield calls.RerouteLead, aspb.RerouteLeadRequest(
                reason="WRONG_SEGMENT", queue=f"{self.world.parent}/queues/close-{story.closer}")
            return
        yield touch
        if story.fate in ("won", "lost"):
            yield self._outcome(lead_pb2.STAGE_SQL)
            yield self._outcome(lead_pb2.STAGE_SQO, amount_minor=100_000, currency="BRL")
            if story.fate == "lost":
                yield self._outcome(lead_pb2.STAGE_LOST, reason="PRICE")
                return
            yield self._at(story.closed_day)
            yield self._outcome(lead_pb2.STAGE_WON)
        elif story.fate in ("recycled", "again") and offer.generation == 1:
            yield calls.RecycleLead, aspb.RecycleLeadRequest(reason="BAD_TIMING")
        else:
            yield reject

    def _outcome(self, stage, **more):
        request = aspb.ReportOutcomeRequest(outcome=stage, **more)
        if stage == lead_pb2.STAGE_SQO:
            request.close_time.FromDatetime(datetime.now(timezone.utc) + timedelta(days=30))
        return self.world.assignments.ReportOutcome, request


def ended(fate, count):
    """True if a lead with these changes so far has come to the end of its story."""
    if fate == "silent":
        return count["offer_expired"] == 2 and count["assigned"] == 2
    if fate == "recycled":
        return count["nurtured"] == 1
    return count[{"won": "won", "lost": "lost"}.get(fate, "rejected")] == 1
