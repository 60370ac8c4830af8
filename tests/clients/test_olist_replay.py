"""The funnel of Olist replayed in compressed time with service levels, once undisturbed and once
with random processes killed all the time: both times it must add up to what the files say, and to
the same (replay.py). A fifth of the leads, or all 8,000 with --whole-olist. Collected only where
the data is (olist.py).

What is known of a play comes from the feedback topic alone, as marketing would know it; what
ReportService says is held to that.
"""

import json
import os
import random
import subprocess
from collections import Counter, defaultdict

import pytest
from olist import rows
from replay import TIMED, Killer, Play, Roles, closer_of, ended, stories
from report_compare import compare, rebuild, value_of
from report_cycles import fold
from stack import BIN

pytestmark = pytest.mark.timeout(1500)  # the first one plays
UNTIMED = {"funnel", "acceptance", "dispositions", "recycling"}  # sections
STAGES = {"won": {"WON"}, "lost": {"LOST"}, "rejected": {"REJECTED"}, "untouched": {"REJECTED"},
          "again": {"REJECTED"}, "recycled": {"NURTURE"}, "silent": {"QUEUED"}}


class Told:
    """A play as the feedback tells it."""

    def __init__(self, play):
        self.failures, self.ids, self.reports = play.failures, play.ids, play.reports
        self.cycles = fold(play.events)
        self.by_lead = defaultdict(list)
        for event in play.events:
            self.by_lead[event["lead"]].append(event)

    def campaign(self, lead):
        """The first source's campaign, which every later event must carry, too."""
        (campaign,) = {event["attribution"]["campaign"] for event in self.by_lead[lead]}
        return campaign

    def happened(self, lead, timed):
        """(cycle, change, reason, queue, stage) with how often; of a `timed` lead only what, not in
        which stage it was then nor how often."""
        steps = [(event.get("cycle", 0), event["change"], event.get("reason", ""),
                  event.get("queue", "")) for event in self.by_lead[lead]]
        if timed:
            return set(steps)
        return Counter(zip(steps, (event["stage"] for event in self.by_lead[lead])))

    def reported(self):
        """What does not depend on anybody's speed of ReportService's numbers."""
        return {(by, section.id, one.id, one.item, one.group): value_of(one)
                for by, report in self.reports.items() for section in report.sections
                if section.id in UNTIMED for one in section.figures}

    def kpis(self):
        """Numbers that both teams read, each from the leads' changes."""
        reached = defaultdict(Counter)  # change -> campaign -> leads
        for lead, events in self.by_lead.items():
            for change in {event["change"] for event in events}:
                reached[change][self.campaign(lead)] += 1
        ends = Counter(events[-1]["stage"] for events in self.by_lead.values())
        mix = Counter((event["reason"], self.campaign(lead))
                      for lead, events in self.by_lead.items() for event in events
                      if event["change"] in ("rejected", "recycled", "lost"))
        return {"reached": dict(reached), "ends": ends, "reasons": mix,
                "cycles": Counter(max(event.get("cycle", 0) for event in events)
                                  for events in self.by_lead.values())}


@pytest.fixture(scope="module")
def told(request):
    every = 1 if request.config.getoption("--whole-olist") else 5
    return stories(every)


@pytest.fixture(scope="module")
def plays(told, tmp_path_factory):
    """(undisturbed, with kills, how often which role was killed)."""
    whole = len(told) == len(rows("mql.csv"))
    days_per_s, patience_s = (2.5, 300) if whole else (14.0, 90)
    seed = int(os.environ.get("BATON_REPLAY_SEED", random.randrange(1, 10**6)))
    print(f"seed {seed}; again: BATON_REPLAY_SEED={seed}")
    roles = Roles(tmp_path_factory.mktemp("replay"))
    try:
        calm = Play(roles, told, days_per_s)
        calm.run(patience_s)
        broken = Play(roles, told, days_per_s)
        killer = Killer(roles, seed)
        try:
            broken.run(patience_s)
        finally:
            killer.stop()
        calm.failures += killer.failures
        done = subprocess.run([BIN / "batonctl", "verify", "--wait", "120s", "-o", "json"],
                              env=roles.env, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            print(roles.condition())
        print(f"{calm.took_s:.0f} s undisturbed, {broken.took_s:.0f} s with {killer.killed}")
        yield Told(calm), Told(broken), killer.killed, done
    finally:
        roles.stop()


def test_every_lead_comes_to_the_end_of_its_story(told, plays):
    for play in plays[:2]:
        assert play.failures == []
        assert set(play.by_lead) == set(told)
        for lead, story in told.items():
            events = play.by_lead[lead]
            assert ended(story.fate, Counter(event["change"] for event in events)), (lead, events)
            assert events[-1]["stage"] in STAGES[story.fate], (lead, events)


def test_each_change_is_published_once_and_none_is_missing(plays):
    for play in plays[:2]:
        assert [name for name, times in play.ids.items() if times != 1] == []
        for lead, events in play.by_lead.items():
            versions = [event["version"] for event in events]
            assert versions == list(range(1, len(versions) + 1)), lead


def test_the_funnel_adds_up_to_the_leads_of_the_files(told, plays):
    fates = Counter(story.fate for story in told.values())
    for play in plays[:2]:
        kpis = play.kpis()
        assert sum(kpis["reached"]["qualified"].values()) == len(told)
        assert sum(kpis["ends"].values()) == len(told)
        assert kpis["ends"] == {
            "WON": fates["won"], "LOST": fates["lost"], "NURTURE": fates["recycled"],
            "QUEUED": fates["silent"],
            "REJECTED": fates["rejected"] + fates["untouched"] + fates["again"]}
        assert kpis["cycles"] == {1: len(told) - fates["again"], 2: fates["again"]}
        assert sum(kpis["reached"]["pulled_back"].values()) == fates["untouched"]
        assert sum(kpis["reached"]["offer_expired"].values()) == fates["silent"]


def test_deals_are_won_by_their_real_closer_and_convert_as_in_the_files(told, plays):
    # Straight from the files, without the scripts.
    leads = [row for row in rows("mql.csv") if row["mql_id"] in told]
    deals = {deal["mql_id"]: deal for deal in rows("closed_deals.csv")}
    contacts = Counter(row["origin"] or "none" for row in leads)
    wins = Counter(row["origin"] or "none" for row in leads if row["mql_id"] in deals)
    expected = {origin: wins[origin] / count for origin, count in contacts.items()}
    for play in plays[:2]:
        reached = play.kpis()["reached"]
        assert reached["qualified"] == contacts and reached["won"] == wins
        assert {origin: reached["won"][origin] / count
                for origin, count in reached["qualified"].items()} == expected
        for lead, events in play.by_lead.items():
            winners = [event["rep"] for event in events if event["change"] == "won"]
            wanted = [closer_of(deals[lead])] if lead in deals else []
            assert winners == wanted, lead


def test_reports_say_what_the_feedback_and_the_files_say(told, plays):
    deals = {deal["mql_id"] for deal in rows("closed_deals.csv")}
    leads = [(row["mql_id"], row["origin"] or "none") for row in rows("mql.csv")
             if row["mql_id"] in told]
    contacts = Counter(origin for _, origin in leads)
    wins = Counter(origin for lead, origin in leads if lead in deals)
    for play in plays[:2]:
        for by, report in play.reports.items():
            assert compare(report, rebuild(play.cycles, report, by)) > 100
        reached = {(one.item, one.group): one.count for section in play.reports["campaign"].sections
                   for one in section.figures if (section.id, one.id) == ("funnel", "reached")}
        for origin, count in contacts.items():
            assert reached["captured", origin] == count
            assert reached.get(("won", origin), 0) / count == wins[origin] / count
        assert sum(count for (item, _), count in reached.items()
                   if item == "captured") == len(told)


def test_kills_of_random_processes_change_no_kpi_and_no_feedback_event(told, plays):
    calm, broken, killed, _ = plays
    assert set(killed) == {"intake", "dispatch", "clock", "relay"}, killed
    assert calm.kpis() == broken.kpis()
    assert calm.reported() == broken.reported()
    for lead, story in told.items():
        timed = story.fate in TIMED
        assert calm.happened(lead, timed) == broken.happened(lead, timed), lead


def test_what_is_promised_in_time_kept_its_time(plays):
    """Nothing that a clock said came before it was due."""
    for play in plays[:2]:
        for lead, events in play.by_lead.items():
            for event in events:
                if event["change"] == "sla_breached":
                    assert event["time"] >= event["details"]["dueTime"], (lead, event)


def test_the_installation_is_sound_afterwards(plays):
    done = plays[3]
    assert done.returncode == 0, done.stderr + done.stdout[-3000:]
    assert sum(one["violations"] for one in json.loads(done.stdout)["checks"]) == 0
