"""The marketing funnel of a real marketplace: 8,000 leads, 32 who qualify them, 22 who close.

A lead's origin is its campaign; a closed deal is an outcome WON. Collected only where the data is
(olist.py).
"""

import queue
import threading
from collections import Counter
from datetime import datetime, timezone

import pytest
from baton.v1 import assignment_service_pb2 as aspb, lead_pb2
from olist import call, rows
from simulation import assert_reproduced, report, simulate
from world import FEEDBACK, World

UPDATED = aspb.WatchAssignmentsResponse.KIND_UPDATED
CALLERS = 32


def funnel_policy(workspace, accept_within):
    return f"""
apiVersion: baton.dev/v1
kind: HandoffPolicy
metadata: {{workspace: {workspace}, name: funnel, owner: revops@example.com}}
spec:
  attributes: {{origin: string}}
  scoring:
    intent:
      - {{name: asked to sell, activity: landing_page, points: 50}}
  definition:
    mql: {{match: {{intent: ">= 50"}}}}
  routing:
    - {{default: true, to: {{queue: qualify}}}}
  queues:
    qualify: {{mode: offer, accept_within: {accept_within}}}
    close: {{mode: offer, accept_within: {accept_within}}}
"""


def publish(world, leads):
    for row in leads:
        at = datetime.strptime(row["first_contact_date"], "%m/%d/%Y").replace(tzinfo=timezone.utc)
        data = {"attributes": {"origin": row["origin"]}, "activity": "landing_page",
                "attribution": {"origin": row["origin"] or "none"}}
        world.publish(world.event(row["mql_id"], data=data, event_id=row["mql_id"],
                                  time=at.isoformat()))
        world.producer.poll(0)
    world.flush()


def act(world, assignment, won):
    """What the rep who got this offer does with the lead; won: lead -> when it was."""
    calls, name = world.assignments, assignment.name
    call(calls.AcceptAssignment, aspb.AcceptAssignmentRequest(name=name))
    lead = assignment.lead.rsplit("/", 1)[1]
    if lead not in won:
        call(calls.RejectLead, aspb.RejectLeadRequest(name=name, reason="WRONG_PERSONA"))
    elif assignment.queue.endswith("/qualify"):
        call(calls.RerouteLead, aspb.RerouteLeadRequest(
            name=name, reason="WRONG_SEGMENT", queue=f"{world.parent}/queues/close"))
    else:
        call(calls.LogTouch, aspb.LogTouchRequest(name=name, channel="call", outcome="connected"))
        outcome = aspb.ReportOutcomeRequest
        call(calls.ReportOutcome, outcome(name=name, outcome=lead_pb2.STAGE_SQL))
        opened = outcome(name=name, outcome=lead_pb2.STAGE_SQO, amount_minor=100_000,
                         currency="BRL")
        opened.close_time.FromDatetime(datetime.strptime(won[lead], "%d-%m-%Y %H:%M"))
        call(calls.ReportOutcome, opened)
        call(calls.ReportOutcome, outcome(name=name, outcome=lead_pb2.STAGE_WON))


class Reps:
    """All reps at one stream: whatever is offered is acted upon."""

    def __init__(self, world, won):
        self.world, self.won = world, won
        self.offers, self.failures = queue.Queue(), []
        self.stream = world.watch()
        self.threads = [threading.Thread(target=self.watch, daemon=True)]
        self.threads += [threading.Thread(target=self.work, daemon=True) for _ in range(CALLERS)]
        for thread in self.threads:
            thread.start()

    def watch(self):
        try:
            for response in self.stream:
                if (response.kind == UPDATED and
                        response.assignment.stage == lead_pb2.STAGE_OFFERED):
                    self.offers.put(response.assignment)
        except Exception:  # cancelled at the end
            pass

    def work(self):
        while (assignment := self.offers.get()) is not None:
            try:
                act(self.world, assignment, self.won)
            except Exception as error:  # told by the test
                self.failures.append(f"{assignment.name}: {error}")

    def close(self):
        self.stream.cancel()
        for _ in range(CALLERS):
            self.offers.put(None)
        for thread in self.threads:
            thread.join(20)


@pytest.mark.timeout(300)
def test_the_funnel_of_a_marketplace_comes_out_as_it_went_in(stack):
    leads, deals = rows("mql.csv"), rows("closed_deals.csv")
    known = {row["mql_id"] for row in leads}
    won = {deal["mql_id"]: deal["won_date"] for deal in deals if deal["mql_id"] in known}
    world = World(stack, policy=funnel_policy)
    for column, name in (("sdr_id", "qualify"), ("sr_id", "close")):
        for rep in sorted({deal[column] for deal in deals}):
            world.add_rep(f"{name}-{rep[:12]}", queues=(name,), capacity=50)
    reps = Reps(world, won)
    try:
        publish(world, leads)
        ends, counted = Counter(), 0

        def all_ended(events):
            nonlocal counted
            ends.update(e.data["change"] for e in events[counted:])
            counted = len(events)
            return reps.failures or ends["rejected"] + ends["won"] >= len(leads)

        events = world.read(FEEDBACK, all_ended, seconds=240)
    finally:
        reps.close()
        world.close()
    assert reps.failures == []
    assert (ends["qualified"], ends["won"]) == (len(leads), len(won))
    assert ends["rejected"] == len(leads) - len(won)
    assert ends["rerouted"] == len(won)
    origins = Counter(e.data["attribution"]["origin"] for e in events
                      if e.data["change"] == "qualified")
    assert origins == Counter(row["origin"] or "none" for row in leads)
    won_origins = Counter(e.data["attribution"]["origin"] for e in events
                          if e.data["change"] == "won")
    assert won_origins == Counter(row["origin"] or "none" for row in leads if row["mql_id"] in won)


HOME = ("bed_bath_table", "construction_tools_house_garden", "home_appliances", "home_decor",
        "home_office_furniture", "household_utilities", "small_appliances")


def team_of(origin, segment):
    return f"{origin or 'none'}-{'home' if segment in HOME else 'other'}"


def teams_policy(teams, definition=">= 50", by_segment=True):
    """Won leads go to the team of those who qualified leads of this origin and kind of segment."""
    def policy(workspace, accept_within):
        routes, home = [], ", ".join(HOME)
        for team in sorted(teams):
            origin, kind = team.split("-")
            match = f"origin: {'absent' if origin == 'none' else f'[{origin}]'}"
            if by_segment:
                match += f", segment: {f'[{home}]' if kind == 'home' else 'present'}"
            routes.append(f"    - {{name: {team}, match: {{{match}}}, to: {{queue: {team}}}}}")
        queues = "\n".join(f"    {team}: {{mode: direct}}" for team in sorted(teams))
        return f"""
apiVersion: baton.dev/v1
kind: HandoffPolicy
metadata: {{workspace: {workspace}, name: teams, owner: revops@example.com}}
spec:
  attributes: {{origin: string, segment: string}}
  scoring:
    fit:
      - {{name: from social media, match: {{origin: [social]}}, points: -10}}
    intent:
      - {{name: asked to sell, activity: landing_page, points: 50}}
  definition:
    mql: {{match: {{intent: ">= 50", fit: "{definition}"}}}}
  routing:
{chr(10).join(routes)}
    - {{default: true, to: {{queue: {sorted(teams)[0]}}}}}
  queues:
{queues}
"""
    return policy


@pytest.mark.timeout(300)
def test_won_leads_reach_the_queue_of_those_who_qualified_them(stack):
    origins = {row["mql_id"]: row["origin"] for row in rows("mql.csv")}
    deals = [deal for deal in rows("closed_deals.csv") if deal["mql_id"] in origins]
    team = {deal["mql_id"]: team_of(origins[deal["mql_id"]], deal["business_segment"])
            for deal in deals}
    teams = {}
    for deal in deals:
        teams.setdefault(team[deal["mql_id"]], set()).add(deal["sdr_id"][:12])
    world = World(stack, policy=teams_policy(teams, ">= -10"))
    try:
        for sdr in sorted(set().union(*teams.values())):
            world.add_rep(sdr, queues=[name for name in teams if sdr in teams[name]])
        for deal in deals:
            lead, origin = deal["mql_id"], origins[deal["mql_id"]]
            attributes = {"origin": origin} if origin else {}
            attributes["segment"] = deal["business_segment"] or "unknown"
            world.publish(world.event(lead, event_id=lead, data={
                "attributes": attributes, "activity": "landing_page"}))
            world.producer.poll(0)
        world.flush()
        events = world.read(FEEDBACK, lambda all: sum(
            e.data["change"] == "assigned" for e in all) >= len(deals), seconds=120)
        assigned = {e.data["lead"]: e.data for e in events if e.data["change"] == "assigned"}
        for deal in deals:
            found = assigned[deal["mql_id"]]
            assert found["queue"] == team[deal["mql_id"]]
            assert found["rep"] in teams[found["queue"]]

        assert_reproduced(report(world, teams_policy(teams, ">= -10")(world.name, "")))
        second = teams_policy(teams, ">= 0", by_segment=False)(world.name, "")
        said = report(world, second)
        assert_reproduced(said)
        social = sum(origin == "social" for lead, origin in origins.items() if lead in team)
        assert (said["mqls"]["lost"], said["mqls"]["gained"]) == (social, 0)
        assert said["mqls"]["moved"] > 0
        texts = {form: simulate(world, second, "-o", form) for form in ("table", "json", "csv")}
        assert f"{said['mqls']['moved']} moved\n" in texts["table"]
        for form, text in texts.items():
            assert simulate(world, second, "-o", form) == text, f"another {form} of the same"
    finally:
        world.close()
