"""What ReportService says beside the rebuild of report_rebuild.py, number by number."""

from baton.v1 import report_service_pb2 as pb
from report_rebuild import Rebuild, Scope

VIEWS = {"cohort": pb.REPORT_VIEW_COHORT, "period": pb.REPORT_VIEW_PERIOD}
BY = {"": pb.REPORT_DIMENSION_UNSPECIFIED, "source": pb.REPORT_DIMENSION_SOURCE,
      "campaign": pb.REPORT_DIMENSION_CAMPAIGN, "queue": pb.REPORT_DIMENSION_QUEUE,
      "rep": pb.REPORT_DIMENSION_REP, "revision": pb.REPORT_DIMENSION_POLICY_REVISION,
      "week": pb.REPORT_DIMENSION_WEEK}


def rebuild(cycles, report, by):
    """The figures of `report`, which groups by `by`, from the cycles alone."""
    scope = report.scope
    view = {number: name for name, number in VIEWS.items()}[scope.view]
    return Rebuild(cycles, Scope(
        scope.start_time.ToMilliseconds(), scope.end_time.ToMilliseconds(),
        report.read_time.ToMilliseconds(), view, scope.source, scope.campaign, scope.queue,
        scope.rep, scope.policy_revision, by, scope.feedback_after.ToMilliseconds(),
        scope.leak_after.ToMilliseconds(), scope.conversion_horizon.ToMilliseconds())).figures


def value_of(figure):
    kind = figure.WhichOneof("value")
    if kind == "ratio":
        one = figure.ratio
        return ("ratio", one.numerator, one.denominator, one.excluded, one.pending)
    if kind == "distribution":
        one = figure.distribution
        return ("distribution", one.unit, one.count, one.censored, one.excluded, one.p50, one.p90,
                one.p95, one.bounds_from)
    return {"count": ("count", figure.count), "number": ("number", round(figure.number, 9)),
            "amount_minor": ("amount", figure.amount_minor)}[kind]


def is_something(value):
    return any(part for part in value if isinstance(part, (int, float)))


def compare(report, figures):
    """Number by number; what is nothing may be left out."""
    said = {(section.id, one.id, one.item, one.group): value_of(one)
            for section in report.sections for one in section.figures if one.id != "deviation"}
    mine = {key: figure.value() for key, figure in figures.items()}
    for key in sorted(said.keys() | mine.keys()):
        theirs, own = said.get(key), mine.get(key)
        if is_something(theirs or ()) or is_something(own or ()):
            assert theirs == own, key
    return sum(map(is_something, said.values()))
