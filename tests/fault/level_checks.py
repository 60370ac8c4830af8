"""What must hold of service levels, whatever broke meanwhile. Pure, as checks.py.

From a workspace's changes alone it works out again which clocks its leads had, when each of them
was to be heard of, and until when it ran; then it compares that with what was said. All hours
count here, and no lead is paused.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

SAYS = {"sla_warned", "sla_escalated", "sla_breached"}
TAKES_BACK = {"reassign", "return"}
DECISION_MS = 5000  # a step takes no longer, from reading to writing
CLOSES = {"rejected", "recycled", "won", "lost"}
ENDS_SPAN = CLOSES | {"declined", "offer_expired", "rerouted", "released", "pulled_back"}


@dataclass(frozen=True)
class Level:
    """A service level that applies to every lead; `percents`: of what is said at which part of the
    target. Clocks of accept and first_touch begin anew with each rep."""
    name: str
    metric: str
    target_ms: int
    percents: tuple = (100,)

    def when(self, start, percent):
        return start + self.target_ms * percent // 100

    def yaml(self, breach="notify"):
        warnings = [f"{one}%" for one in self.percents if one < 100][:1]
        tiers = ", ".join(f"{{at: {one}%, notify: manager}}" for one in self.percents if one > 100)
        warn = f", warn: {warnings[0]}" if warnings else ""
        target = f"{self.target_ms // 1000}s"
        return (f"    - {{name: {self.name}, metric: {self.metric}, target: {target}{warn}, "
                f"tiers: [{tiers}], breach: {breach}}}")


@dataclass
class Run:
    """One clock of one lead: from `start` on; `until`: when it stopped, or nothing was left to be
    done in time; None while it runs."""
    level: Level
    start: int
    until: int = None


@dataclass
class Found:
    """What came of it: when each thing was said and due, and how often what happened."""
    said: list = field(default_factory=list)  # (said, due)
    counts: Counter = field(default_factory=Counter)

    def late_ms(self, share):
        """The lateness that `share` of what was said did not exceed."""
        ordered = sorted(at - due for at, due in self.said)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0

    def took_ms(self):
        """From the first thing said to the last."""
        times = [at for at, _ in self.said]
        return max(times) - min(times) if times else 0


def check_levels(changes, levels, end_ms, slack_ms, violations):
    """`changes`: all of a workspace, each lead's in order; nothing moved any more at `end_ms`. What
    a clock had to say more than `slack_ms` before it ended must have been said."""
    found, leads = Found(), defaultdict(list)
    for change in changes:
        leads[change.lead].append(change)
        found.counts[change.change] += 1
    for lead, history in leads.items():
        check_said(lead, history, runs_of(history, levels), end_ms, slack_ms, found, violations)
        check_consequences(lead, history, violations)
    return found


def runs_of(history, levels):
    """The clocks that a lead must have had by its other changes."""
    runs = {level: [] for level in levels}

    def stop(metrics, at):
        for level, several in runs.items():
            if level.metric in metrics and several and several[-1].until is None:
                several[-1].until = at

    def start(metric, at):
        for level, several in runs.items():
            if level.metric == metric and not (metric == "decision" and several):
                several.append(Run(level, at))

    for change in history:
        if change.change == "qualified":
            start("assign", decided_at(change, history))
        elif change.change == "assigned":
            stop(["assign"], change.at)
            for metric in ("accept", "first_touch", "decision"):
                start(metric, change.at)
            if change.stage != "OFFERED":
                stop(["accept"], change.at)
        elif change.change == "accepted":
            stop(["accept"], change.at)
        elif change.change == "touched":
            stop(["first_touch"], change.at)
        elif change.change == "sql_confirmed":
            stop(["decision"], change.at)
        if change.change in ENDS_SPAN:
            stop(["accept", "first_touch"], change.at)
        if change.change in CLOSES:
            stop(["assign", "decision"], change.at)
    return {(run.level.name, run.start): run for several in runs.values() for run in several}


def decided_at(qualified, history):
    """When the cycle was judged, which is a little before it was written and said."""
    for change in history:
        if change.details.get("metric") == "assign":
            if 0 <= qualified.at - change.began <= DECISION_MS:
                return change.began
    return qualified.at


def check_said(lead, history, runs, end_ms, slack_ms, found, violations):
    """Each thing once, not early, and none left out."""
    said = Counter()
    for change in history:
        if change.change not in SAYS | {"sla_met"}:
            continue
        key = change.details["sla"], change.began
        run = runs.get(key)
        if run is None:
            violations.add(f"{lead}: {change.change} of a clock that nothing started, {key}")
            continue
        percent = int(change.details.get("percent", 0))
        said[key, percent] += 1
        if said[key, percent] > 1:
            violations.add(f"{lead}: {change.change} of {key} at {percent}% twice")
        if change.change == "sla_met":
            check_met(lead, change, run, violations)
            continue
        due = run.level.when(run.start, percent)
        if change.at < due:
            violations.add(f"{lead}: {change.change} of {key} {due - change.at} ms early")
        if (change.change == "sla_breached") != (percent == 100):
            violations.add(f"{lead}: {change.change} of {key} at {percent}%")
        found.said.append((change.at, due))
    for key, run in runs.items():
        until = end_ms if run.until is None else run.until
        for percent in run.level.percents:
            due = run.level.when(run.start, percent)
            if until > due + slack_ms and not said[key, percent]:
                violations.add(f"{lead}: {key} ran {until - due} ms beyond {percent}%, and nothing "
                               "was said")


def check_met(lead, change, run, violations):
    """It says when it ended: as its step was decided, a little before that was written."""
    late = change.details.get("late") == "true"
    if run.until is None:
        violations.add(f"{lead}: {run.level.name} met, but nothing stopped it")
    elif not 0 <= run.until - change.ended <= DECISION_MS:
        violations.add(f"{lead}: {run.level.name} met at {change.ended}, but what stopped it was "
                       f"at {run.until}")
    elif late != (change.ended > run.level.when(run.start, 100)):
        violations.add(f"{lead}: {run.level.name} met {'late' if late else 'in time'} at "
                       f"{change.ended - run.start} ms of {run.level.target_ms}")


def check_consequences(lead, history, violations):
    """A level that was broken has its consequence in the same step, once, and no other step has
    one."""
    steps = defaultdict(list)
    for change in history:
        steps[change.at].append(change)
    for at, step in steps.items():
        broken = {one.details["sla"]: one for one in step if one.change == "sla_breached"}
        taken = [one for one in step if one.change == "pulled_back"]
        away = [one for one in step
                if one.change == "rep_away" and one.details["why"] == "sla"]
        for one in taken + away:
            breach = broken.get(one.details["sla"])
            if breach is None or breach.rep != one.rep:
                violations.add(f"{lead}: {one.change} at {at}, but its level was not broken")
        acting = [one for one in broken.values() if one.rep and one.details["action"] != "notify"]
        lost = taken or any(one.change == "offer_expired" for one in step)
        if len(taken) > 1 or len({one.rep for one in away}) < len(away):
            violations.add(f"{lead}: consequences twice at {at}")
        if any(one.details["action"] in TAKES_BACK for one in acting) and not lost:
            violations.add(f"{lead}: broken at {at}, but not taken back")
        if any(one.details["action"] == "pause_rep" for one in acting) and not away:
            violations.add(f"{lead}: broken at {at}, but its rep was not set away")
