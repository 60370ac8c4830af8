"""Every number of ReportService, and the leads behind it, can be had from the feedback topic alone:
report_rebuild.py does it with code of its own."""

from collections import Counter

import pytest
from baton.v1 import (lead_service_pb2 as lspb, report_service_pb2 as pb,
                      report_service_pb2_grpc as pb_grpc)
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from report_compare import BY, VIEWS, compare, rebuild
from report_cycles import fold
from report_story import Story
from world import FEEDBACK, eventually

HOUR = 3_600_000


class Told:
    """What Baton published of a workspace at rest, and what its reports say."""

    def __init__(self, story):
        self.story, self.world = story, story.world
        self.reports = pb_grpc.ReportServiceStub(self.world.channel)
        self.events = eventually(self.at_rest, 60)
        self.cycles = fold([one.data for one in self.events])

    def at_rest(self):
        """All feedback, when everything that happened is in it and in the reports; else None."""
        versions = self.versions()
        seen = lambda events: {(one.data["lead"], int(one.data["version"])) for one in events}
        events = self.world.read(FEEDBACK, lambda got: len(seen(got)) >= sum(versions.values()))
        return events if self.story.is_counted() and self.versions() == versions else None

    def versions(self):
        leads = self.world.leads.ListLeads(lspb.ListLeadsRequest(
            parent=self.world.parent, page_size=1000), timeout=10).leads
        return {lead.name: lead.version for lead in leads}

    def report(self, scope, by=""):
        return self.reports.GetReport(pb.GetReportRequest(
            parent=self.world.parent, scope=scope, group_by=BY[by]), timeout=10).report

    def behind(self, report, section, figure, part):
        """The cycles behind a number, with what each adds: (Counter, total)."""
        found, token, total = Counter(), "", None
        while token is not None:
            page = self.reports.ListReportLeads(pb.ListReportLeadsRequest(
                parent=self.world.parent, scope=report.scope, group_by=report.group_by,
                read_time=report.read_time, page_size=7, page_token=token,
                cell=pb.ReportCell(section=section, figure=figure.id, item=figure.item,
                                   group=figure.group, part=part)), timeout=10)
            for lead in page.leads:
                found[lead.name.rsplit("/", 1)[1], lead.cycle] += lead.counted
            token, total = page.next_page_token or None, page.total_size
        return found, total

    def rebuild(self, report, by):
        return rebuild(self.cycles, report, by)


@pytest.fixture(scope="module")
def told(stack):
    story = Story(stack)
    story.play()
    yield Told(story)
    story.world.close()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("by", BY)
def test_all_numbers_are_those_of_the_feedback_topic(told, view, by):
    if (view, by) == ("period", "week"):
        return  # weeks tell cohorts apart
    report = told.report(pb.ReportScope(view=VIEWS[view]), by)
    assert compare(report, told.rebuild(report, by)) > 100


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("filters", [
    {"source": "//ads.example"}, {"campaign": "summer"}, {"queue": "inbound"}, {"rep": "ada"},
    {"policy_revision": 2}, {"source": "//forms.example", "queue": "owned"},
    {"rep": "nobody"}], ids=str)
def test_filters_leave_what_belongs_to_them(told, view, filters):
    report = told.report(pb.ReportScope(view=VIEWS[view], **filters))
    compare(report, told.rebuild(report, ""))


@pytest.mark.parametrize("view", VIEWS)
def test_terms_and_periods_can_be_chosen(told, view):
    times = sorted(time for cycle in told.cycles for time in cycle.times.values())
    middle, tail = times[len(times) // 2], times[-1] + 1
    stamp = lambda at: Timestamp(seconds=at // 1000, nanos=at % 1000 * 1_000_000)
    short = {"feedback_after": Duration(seconds=1), "leak_after": Duration(seconds=1),
             "conversion_horizon": Duration(seconds=2)}
    for start, end in ((times[0], middle), (middle, tail), (tail, tail + HOUR)):
        report = told.report(pb.ReportScope(view=VIEWS[view], start_time=stamp(start),
                                            end_time=stamp(end), **short))
        compare(report, told.rebuild(report, ""))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("by", ["", "queue"])
def test_behind_each_number_are_the_leads_that_it_counts(told, view, by):
    report = told.report(pb.ReportScope(view=VIEWS[view]), by)
    figures, compared = told.rebuild(report, by), 0
    for section in report.sections:
        for one in section.figures:
            mine = figures.get((section.id, one.id, one.item, one.group))
            for part, cycles in (mine.behind() if mine else {}).items():
                found, total = told.behind(report, section.id, one, part)
                cell = (section.id, one.id, one.item, one.group, part)
                assert +found == +cycles, cell
                assert total == sum(cycles.values()), cell
                compared += 1
    assert compared > 200


def test_the_story_has_something_of_everything(told):
    changes = {one.data["change"] for one in told.events}
    assert changes >= {"nurtured", "qualified", "assigned", "accepted", "declined", "offer_expired",
                       "rerouted", "released", "pulled_back", "touched", "rejected", "recycled",
                       "sql_confirmed", "sqo_opened", "won", "lost", "sla_warned", "sla_breached",
                       "sla_met"}
    report = told.report(pb.ReportScope())
    figures = {(section.id, one.id, one.item): one for section in report.sections
               for one in section.figures}
    for stage in ("captured", "mql", "delivered", "accepted", "working", "sql", "sqo", "won"):
        assert figures["funnel", "reached", stage].count > 0, stage
    for part in ("numerator", "excluded", "pending"):
        assert getattr(figures["acceptance", "acceptance", ""].ratio, part) > 0, part
    assert figures["sla", "met_late", "touch"].count and figures["sla", "broken", "touch"].count
    assert any(one.id == "deviation" for section in report.sections for one in section.figures)
