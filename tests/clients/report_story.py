"""A workspace in which everything happens that a report counts, played by marketing and two reps'
teams, with foreign libraries only."""

import time

import grpc
from baton.v1 import (assignment_service_pb2 as aspb, lead_pb2, report_service_pb2 as pb,
                      report_service_pb2_grpc as pb_grpc, roster_service_pb2 as rspb)
from google.protobuf.timestamp_pb2 import Timestamp
from world import World, eventually

POLICY = """
apiVersion: baton.dev/v1
kind: HandoffPolicy
metadata: {{workspace: {workspace}, name: inbound, owner: revops@example.com}}
spec:
  attributes: {{country: string, employees: int, email: string}}
  scoring:
    fit:
      - {{name: mid-market, match: {{employees: ">= 200"}}, points: 30}}
      - {{name: home market, match: {{country: [DE, AT, CH]}}, points: 20}}
    intent:
      - {{name: demo request, activity: demo_request, points: 60}}
      - {{name: pricing page, activity: pricing_view, points: {pricing}, max: 30, half_life: 7d}}
  definition:
    mql: {{match: {{fit: ">= 30", intent: ">= 40", email: present, consent: "!= withdrawn"}}}}
    disqualify:
      - {{name: rival, match: {{email: "*@rival.example"}}, reason: COMPETITOR}}
  routing:
    - {{name: direct, match: {{country: [US]}}, to: {{queue: owned}}}}
    - {{name: claimed, match: {{country: [FR]}}, to: {{queue: pool}}}}
    - {{name: quick, match: {{country: [IT]}}, to: {{queue: hasty}}}}
    - {{default: true, to: {{queue: inbound}}}}
  sla:
    - {{name: touch, applies: 'lead.country == "DE"', metric: first_touch, target: 2s, warn: 50%}}
    - {{name: keep, applies: 'lead.country == "GB"', metric: first_touch, target: 2s,
       breach: reassign}}
    - {{name: answer, applies: 'lead.country == "AT"', metric: accept, target: 2s, warn: 50%}}
    - {{name: two touches, metric: cadence, touches: 2, target: 14d}}
  recycle: {{cool_down: {{BAD_TIMING: 1s}}}}
  queues:
    inbound: {{mode: offer, accept_within: 1h, retry_after: 2s, credit_returned: true}}
    hasty: {{mode: offer, accept_within: 1s, retry_after: 1s}}
    owned: {{mode: direct}}
    pool: {{mode: pull}}
"""

SOURCES = [("//ads.example", {"campaign": "spring"}), ("//forms.example", {"campaign": "summer"}),
           ("//ads.example", {"utm_campaign": "spring"})]
ATTACK = "<img src=x onerror=alert(1)>"


class Story:
    def __init__(self, stack):
        self.world = World(stack, policy=lambda name, _: POLICY.format(workspace=name, pricing=10))
        self.leads = 0

    def is_counted(self):
        """Reports have everything that has happened so far."""
        return pb_grpc.ReportServiceStub(self.world.channel).GetReport(pb.GetReportRequest(
            parent=self.world.parent), timeout=10).report.uncounted_changes == 0

    # -- what marketing does

    def arrives(self, country, **attributes):
        """A lead that asks for a demo; its name."""
        self.leads += 1
        lead = f"{country.lower()}-{self.leads}"
        self.tell(lead, {"attributes": {"email": f"{lead}@shop.example", "employees": 300,
                                        "country": country, **attributes},
                         "activity": "demo_request"})
        return lead

    def tell(self, lead, data, kind="captured"):
        source, attribution = SOURCES[self.leads % len(SOURCES)]
        self.world.publish(self.world.event(lead, kind, {**data, "attribution": attribution}
                                            if kind == "captured" else data, source=source))
        self.world.flush()
        eventually(lambda: self.world.lead_or_none(lead))

    def qualifies_again(self, lead, cycle):
        eventually(lambda: self.world.lead(lead).stage == lead_pb2.STAGE_NURTURE)
        self.tell(lead, {"activity": "demo_request"}, "activity")
        eventually(lambda: self.world.lead(lead).cycle == cycle)

    # -- what sales does

    def given(self, lead):
        """Its assignment."""
        return eventually(lambda: self.world.lead(lead).assignment)

    def call(self, method, request, lead, **fields):
        return getattr(self.world.assignments, method)(
            request(name=self.given(lead), **fields), timeout=10)

    def accept(self, lead):
        self.world.accept(self.given(lead))
        return lead

    def touch(self, lead):
        self.call("LogTouch", aspb.LogTouchRequest, lead, channel="call")
        return lead

    def reject(self, lead, reason):
        self.call("RejectLead", aspb.RejectLeadRequest, lead, reason=reason)

    def recycle(self, lead, reason):
        self.call("RecycleLead", aspb.RecycleLeadRequest, lead, reason=reason)

    def outcome(self, lead, stage, **fields):
        if stage == lead_pb2.STAGE_SQO:
            fields["close_time"] = Timestamp(seconds=int(time.time()) + 86_400)
        self.call("ReportOutcome", aspb.ReportOutcomeRequest, lead, outcome=stage, **fields)
        return lead

    def opportunity(self, lead, amount, currency):
        self.touch(self.accept(lead))
        self.outcome(lead, lead_pb2.STAGE_SQL)
        return self.outcome(lead, lead_pb2.STAGE_SQO, amount_minor=amount, currency=currency)

    def claim(self, rep):
        self.world.assignments.ClaimNextLead(aspb.ClaimNextLeadRequest(
            rep=f"{self.world.parent}/reps/{rep}"), timeout=10)

    def away(self, rep):
        self.world.roster.SetRepPresence(rspb.SetRepPresenceRequest(
            name=f"{self.world.parent}/reps/{rep}", presence=rspb.PRESENCE_AWAY), timeout=10)

    def insist(self, act):
        """Again, where the clock was quicker."""
        def acted():
            try:
                return act()
            except grpc.RpcError as error:
                assert error.code() in (grpc.StatusCode.ABORTED,
                                        grpc.StatusCode.FAILED_PRECONDITION), error
                return None
        eventually(acted)

    # -- the story

    def play(self):
        world = self.world
        for rep, queues in (("ada", ["inbound", "owned"]), ("bob", ["inbound", "pool"]),
                            ("cora", ["hasty"]), ("dan", ["hasty"])):
            world.add_rep(rep, queues)
        late = [self.accept(self.arrives("DE")) for _ in range(3)]  # touched late, or not at all
        slow = [self.arrives("AT") for _ in range(2)]  # accepted late, or not at all
        kept = [self.accept(self.arrives("GB")) for _ in range(2)]  # taken away
        silent = [self.arrives("IT") for _ in range(2)]  # their offers expire
        self.quick_answers()
        self.ways_back()
        world.adopt(POLICY.format(workspace=world.name, pricing=15))
        self.quick_answers()
        self.nobody_yet()
        for lead in silent:
            self.offered_twice(lead)
        for rep in ("cora", "dan"):
            self.away(rep)
        for lead in silent:
            eventually(lambda one=lead: world.lead(one).stage == lead_pb2.STAGE_QUEUED)
        self.touch(late[0])
        self.reject(self.touch(late[1]), "WRONG_PERSONA")
        self.accept(slow[0])
        for lead in kept:
            self.offered_twice(lead)
            self.insist(lambda one=lead: self.touch(self.accept(one)))

    def quick_story(self):
        """Without waiting; one campaign has the name of an attack."""
        for rep, queues in (("ada", ["inbound", "owned"]), ("bob", ["inbound", "pool"])):
            self.world.add_rep(rep, queues)
        self.quick_answers()
        self.tell(self.arrives("AT"), {"activity": "pricing_view"}, "activity")
        lead = "attack"
        self.world.publish(self.world.event(lead, data={
            "attributes": {"email": "a@b.example", "employees": 300, "country": "CH"},
            "activity": "demo_request", "attribution": {"campaign": ATTACK}}))
        self.world.flush()
        eventually(lambda: self.world.lead_or_none(lead))

    def quick_answers(self):
        won = self.opportunity(self.arrives("DE"), 100_000, "EUR")
        self.outcome(won, lead_pb2.STAGE_WON, amount_minor=120_000, currency="EUR")
        self.touch(won)  # after the sale
        self.outcome(self.opportunity(self.arrives("CH"), 70_000, "CHF"), lead_pb2.STAGE_WON)
        self.outcome(self.opportunity(self.arrives("CH"), 50_000, "USD"), lead_pb2.STAGE_LOST,
                     reason="PRICE")
        self.reject(self.accept(self.arrives("CH")), "NO_NEED")
        self.reject(self.arrives("CH"), "DUPLICATE")
        self.reject(self.arrives("CH"), "NOT_ICP_SIZE")
        self.outcome(self.touch(self.arrives("US")), lead_pb2.STAGE_SQL)
        self.arrives("CH")  # offered
        self.arrives("FR")
        self.claim("bob")

    def ways_back(self):
        again = self.arrives("CH")
        self.recycle(again, "BAD_TIMING")
        self.qualifies_again(again, 2)
        self.touch(self.accept(again))
        for touches in (1, 2):
            lead = self.accept(self.arrives("CH"))
            for _ in range(touches):
                self.touch(lead)
            self.recycle(lead, "NO_RESPONSE")
        self.recycle(self.accept(self.arrives("CH")), "NO_BUDGET")
        declined = self.arrives("CH")
        self.call("DeclineAssignment", aspb.DeclineAssignmentRequest, declined,
                  reason="AT_CAPACITY")
        self.touch(self.accept(declined))
        rerouted = self.accept(self.arrives("CH"))
        self.call("RerouteLead", aspb.RerouteLeadRequest, rerouted, reason="WRONG_SEGMENT",
                  queue=f"{self.world.parent}/queues/owned")
        released = self.touch(self.accept(self.arrives("CH")))
        self.call("ReleaseLead", aspb.ReleaseLeadRequest, released)

    def nobody_yet(self):
        waits = self.arrives("FR")  # unclaimed
        withdrawn = self.arrives("FR")
        self.tell(withdrawn, {"consent": "withdrawn"}, "consent")
        eventually(lambda: self.world.lead(withdrawn).stage == lead_pb2.STAGE_REJECTED)
        assert not self.world.lead(waits).assignment
        self.arrives("DE", employees=5)
        self.arrives("DE", email="eve@rival.example")
        grown = self.arrives("CH", employees=5)
        self.tell(grown, {"attributes": {"employees": 500}})
        self.touch(self.accept(grown))

    def offered_twice(self, lead):
        """Waits until another offer has been made."""
        name = lambda: self.world.lead(lead).assignment
        eventually(lambda: int(name().rpartition(".")[2] or 0) > 1, 30)
