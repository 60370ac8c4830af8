"""Reads tests/golden/reports: histories as the data of feedback events, and what they must add up
to."""

import re
from datetime import datetime, timedelta, timezone

from stack import TOP

GOLDEN = TOP / "tests/golden/reports"
BEGIN = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)  # README.md
NOW = datetime(2026, 3, 30, 9, tzinfo=timezone.utc)
UNITS = {"h": 3600, "m": 60, "s": 1}
KEPT = ("cycle", "revision", "queue", "rep", "generation", "factors")  # from step to step
PLAIN = (*KEPT, "reason", "deadline", "signal", "start", "amount")


def span(text):
    sign = -1 if text.startswith("-") else 1
    parts = re.findall(r"(\d+)([hms])", text)
    return timedelta(seconds=sign * sum(int(number) * UNITS[unit] for number, unit in parts))


def rfc3339(at):
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fields(words):
    return dict(word.split("=", 1) for word in words)


def patterns():
    """{name: (header fields, [(offset, change, stage, fields)])}."""
    found = {}
    for line in (GOLDEN / "histories.txt").read_text().splitlines():
        words = line.split("#")[0].split()
        if words and not line.startswith(" "):
            found[words[0]] = (fields(words[1:]), steps := [])
        elif words:
            steps.append((span(words[0]), words[1], words[2], fields(words[3:])))
    return found


def event(lead, version, header, at, change, stage, given):
    """The data of one feedback event; `given` has what was kept from the steps before."""
    own = lambda name: "" if given.get(name) == "-" else given.get(name, "")
    data = {"lead": lead, "version": version, "change": change, "stage": stage,
            "cycle": int(own("cycle")), "policyRevision": int(own("revision")),
            "queue": own("queue"), "rep": own("rep"), "generation": int(own("generation") or 0),
            "reason": own("reason"), "time": rfc3339(at), "attribution": {
                name: header[name] for name in ("campaign", "utm_campaign") if name in header},
            "sources": [{"source": header["source"], "id": lead}]}
    details = {name: value for name, value in given.items() if name not in PLAIN}
    if "deadline" in given:
        data["acceptDeadline"] = rfc3339(at + span(given["deadline"]))
    if "signal" in given:
        details["signalTime"] = rfc3339(at - span(given["signal"]))
    if "amount" in given:
        details["amountMinor"] = given["amount"]
    data["factors"] = [dict(zip(("kind", "rule"), one.split("/"))) for one in filter(
        None, own("factors").split(","))]
    return data, details


def events():
    """The feedback of all 200 leads, in the order of their versions."""
    all_of_them = []
    for name, (header, steps) in patterns().items():
        for number in range(int(header["leads"])):
            lead, kept = f"{name}-{number + 1}", {}
            start = BEGIN + span(header["at"])
            for version, (offset, change, stage, given) in enumerate(steps, 1):
                kept = {**kept, **{key: given[key] for key in KEPT if key in given}}
                data, details = event(lead, version, header, start + offset, change, stage,
                                      {**kept, **given})
                if "start" in given:
                    details["startTime"] = rfc3339(start + span(given["start"]))
                data["details"] = details
                all_of_them.append(data)
    return all_of_them


def expected():
    """(view, group, section, figure, item, part, value as text, how it was worked out)."""
    for line in (GOLDEN / "expected.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            yield tuple("" if word == "-" else word for word in line.split("\t"))
