"""The golden set of reports (tests/golden/reports): what was worked out by hand adds up, and the
rebuild of test_report_rebuild.py comes to the same numbers."""

import re

import pytest
from golden_reports import BEGIN, NOW, events, expected, patterns
from report_cycles import fold, ms
from report_rebuild import HOUR, Rebuild, Scope

PARTS = {"ratio": ("numerator", "denominator", "excluded", "pending"),
         "distribution": ("count", "censored", "excluded", "p50", "p90", "p95", "bounds_from"),
         "count": ("count",), "amount": ("amount",), "number": ("number",)}


@pytest.fixture(scope="module")
def cycles():
    return fold(events())


def numbers(cycles, **scope):
    """{(section, figure, item, group, part): number} of all that is not 0."""
    made = Rebuild(cycles, Scope(ms(BEGIN.isoformat()), ms(NOW.isoformat()), ms(NOW.isoformat()),
                                 horizon=240 * HOUR, **scope))
    found = {}
    for key, figure in made.figures.items():
        kind, *values = figure.value()
        values = values[1:] if kind == "distribution" else values
        found.update({(*key, part): value for part, value in zip(PARTS[kind], values) if value})
    return found


def wanted(view, grouped=False):
    """What expected.tsv says, in the same form."""
    return {(section, figure, item, group, part): float(value)
            for of, group, section, figure, item, part, value, _ in expected()
            if of == view and bool(group) == grouped}


def test_every_number_is_the_sum_of_its_patterns():
    sizes = {name: int(header["leads"]) for name, (header, _) in patterns().items()}
    assert sum(sizes.values()) == 200
    summed = 0
    for *cell, value, worked in expected():
        if re.fullmatch(r"[A-Z](\+[A-Z])*", worked):
            assert sum(sizes[name] for name in worked.split("+")) == int(value), cell
            summed += 1
    assert summed > 150


def test_the_rebuild_comes_to_each_number_and_to_no_other(cycles):
    made = numbers(cycles)
    hand = {key: value for key, value in wanted("cohort").items() if value}
    assert made.keys() == hand.keys()
    for key, value in hand.items():
        assert made[key] == pytest.approx(value, abs=1e-8), key


def test_the_rebuild_of_a_period_differs_where_an_earlier_cohort_was_won(cycles):
    made = numbers(cycles, view="period")
    left_out = {("funnel", "went_on"), ("funnel", "open"), *(("speed", name) for name in (
        "time_to_accept", "system_delay", "time_to_first_touch", "speed_to_lead"))}
    hand = {key: value for key, value in {**wanted("cohort"), **wanted("period")}.items()
            if key[:2] not in left_out or key[0] == "speed" and key[4] != "excluded"}
    assert {key for key in made if made[key]} == {key for key in hand if hand[key]}
    for key, value in hand.items():
        assert made.get(key, 0) == pytest.approx(value, abs=1e-8), key


def test_the_rebuild_tells_sources_apart(cycles):
    made = numbers(cycles, by="source")
    hand = wanted("cohort", grouped=True)
    assert hand
    for key, value in hand.items():
        assert made.get(key, 0) == value, key
