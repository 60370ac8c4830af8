"""Every figure of a report from cycles alone, as services/reports/KPIS.md says and in no other way.
Nothing of Baton is used."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from fractions import Fraction

DAY, HOUR = 86_400_000, 3_600_000
STAGES = ["captured", "mql", "delivered", "accepted", "working", "sql", "sqo", "won"]
STEPS = [*zip(STAGES[1:], STAGES[2:]), ("mql", "won")]


@dataclass
class Scope:
    start: int
    end: int
    now: int
    view: str = "cohort"
    source: str = ""
    campaign: str = ""
    queue: str = ""
    rep: str = ""
    revision: int = 0
    by: str = ""
    feedback_after: int = 7 * DAY
    leak_after: int = HOUR
    horizon: int = 90 * DAY


def named(cycles):
    """How often each cycle is there, by lead and number."""
    return Counter((one.lead, one.number) for one in cycles)


# Each figure tells its value(), and for each part the cycles behind it and what each adds.

@dataclass
class Count:
    cycles: list = field(default_factory=list)

    def value(self):
        return ("count", len(self.cycles))

    def behind(self):
        return {"count": named(self.cycles)}


@dataclass
class Amount:
    cycles: list = field(default_factory=list)

    def value(self):
        return ("amount", sum(one.amount for one in self.cycles))

    def behind(self):
        return {"count": Counter({(one.lead, one.number): one.amount for one in self.cycles})}


@dataclass
class Number:
    number: Fraction

    def value(self):
        return ("number", round(float(self.number), 9))

    def behind(self):
        return {}


class Ratio:
    def __init__(self):
        self.numerator, self.denominator, self.excluded, self.pending = [], [], [], []

    def value(self):
        return ("ratio", *(len(part) for part in (
            self.numerator, self.denominator, self.excluded, self.pending)))

    def behind(self):
        return {part: named(getattr(self, part)) for part in (
            "numerator", "denominator", "excluded", "pending")}

    @property
    def share(self):
        return Fraction(len(self.numerator), len(self.denominator)) if self.denominator else None


class Distribution:
    def __init__(self, unit="ms"):
        self.unit, self.seen, self.excluded = unit, [], []  # seen: (value, censored, cycle)

    def add(self, value, censored, cycle):
        self.seen.append((max(value, 0), censored, cycle))

    def value(self):
        values = sorted(value for value, _, _ in self.seen)
        waiting = [value for value, censored, _ in self.seen if censored]
        percentiles, bounds = [], 0
        for percent in (50, 90, 95):
            at = values[math.ceil(Fraction(percent, 100) * len(values)) - 1] if values else 0
            percentiles.append(at)
            if not bounds and any(value <= at for value in waiting):
                bounds = percent
        return ("distribution", self.unit, len(values), len(waiting), len(self.excluded),
                *percentiles, bounds)

    def behind(self):
        return {"count": named(cycle for _, _, cycle in self.seen),
                "censored": named(cycle for _, censored, cycle in self.seen if censored),
                "excluded": named(self.excluded)}


def group_of(cycle, by):
    if by == "week":
        at = datetime.fromtimestamp((cycle.times.get("mql") or cycle.times["captured"]) / 1000,
                                    timezone.utc)
        return (at - timedelta(days=at.weekday())).strftime("%Y-%m-%d")
    return {"source": cycle.source, "campaign": cycle.campaign, "queue": cycle.in_queue,
            "rep": cycle.rep, "revision": str(cycle.revision or ""), "": ""}[by]


class Rebuild:
    """The figures of `cycles` in a scope: {(section, figure, item, group): figure}."""

    def __init__(self, cycles, scope):
        self.scope, self.figures, self.rated = scope, {}, defaultdict(list)
        for cycle in cycles:
            if self.origin_fits(cycle):
                self.offers(cycle)
                if self.place_fits(cycle):
                    self.cycle(cycle)
        self.indices()
        self.lifts()

    # -- which cycles count

    def origin_fits(self, cycle):
        scope = self.scope
        return ((not scope.source or cycle.source == scope.source)
                and (not scope.campaign or cycle.campaign == scope.campaign)
                and (not scope.revision or cycle.revision == scope.revision)
                and (scope.view == "period" or self.within(self.began(cycle))))

    def place_fits(self, cycle):
        scope = self.scope
        return ((not scope.queue or cycle.in_queue == scope.queue)
                and (not scope.rep or cycle.rep == scope.rep))

    @staticmethod
    def began(cycle):
        return cycle.times["captured" if cycle.number == 0 else "mql"]

    def within(self, at):
        return at is not None and self.scope.start <= at < self.scope.end

    def has(self, cycle, milestone):
        """It reached the milestone, and that counts in this view."""
        at = cycle.times.get(milestone)
        return at is not None and (self.scope.view == "cohort" or self.within(at))

    def ended_in(self, at):
        return self.scope.view == "cohort" or self.within(at)

    @property
    def censors(self):
        return self.scope.view == "cohort" or self.scope.end >= self.scope.now

    def of(self, kind, section, figure, item, group):
        return self.figures.setdefault((section, figure, item, group), kind())

    # -- figures of a cycle

    def cycle(self, cycle):
        group = group_of(cycle, self.scope.by)
        count = lambda section, figure, item="": self.of(
            Count, section, figure, item, group).cycles.append(cycle)
        ratio = lambda section, figure, item="": self.of(Ratio, section, figure, item, group)
        if self.has(cycle, "captured") and cycle.number == 0:
            self.funnel(cycle, count)
        if cycle.number == 0:
            return
        self.funnel(cycle, count)
        self.conversions(cycle, ratio)
        self.acceptance(cycle, count, ratio)
        self.clocks(cycle, count, ratio)
        self.speed(cycle, group)
        self.dispositions(cycle, count, ratio)
        self.feedback(cycle, ratio)
        self.recycling(cycle, ratio, group)
        self.leakage(cycle, ratio)
        self.calibration(cycle, group)
        for figure, milestone in (("pipeline", "sqo"), ("won", "won")):
            if self.has(cycle, milestone) and cycle.currency:
                self.of(Amount, "value", figure, cycle.currency, group).cycles.append(cycle)

    def funnel(self, cycle, count):
        reached = [stage for stage in STAGES if stage in cycle.times]
        for stage in reached:
            if self.has(cycle, stage):
                count("funnel", "reached", stage)
        if cycle.number > 1 and self.has(cycle, "mql"):
            count("funnel", "again", "mql")
        furthest = reached[-1]
        if cycle.number == 0:
            if cycle.requalified is not None:
                how = "went_on"
            else:
                how = "rejected" if cycle.reason else "open"
            self.stay(cycle, how, "captured", count)
            return
        for stage, after in zip(STAGES, STAGES[1:]):
            if stage in cycle.times and STAGES.index(furthest) >= STAGES.index(after):
                self.stay(cycle, "went_on", stage, count)
        how = next((one for one in ("rejected", "recycled", "lost") if one in cycle.times), "open")
        self.stay(cycle, "open" if furthest == "won" else how, furthest, count)

    def stay(self, cycle, how, stage, count):
        if self.scope.view == "cohort":
            count("funnel", how, stage)
        elif how in ("rejected", "recycled", "lost"):
            if self.has(cycle, "captured" if cycle.number == 0 else how):
                count("funnel", how, stage)

    def conversions(self, cycle, ratio):
        for a, b in STEPS:
            if not self.has(cycle, a):
                continue
            figure = ratio("funnel", "conversion", f"{a}>{b}")
            reached = b in cycle.times and (
                cycle.times[b] - cycle.times[a] <= self.scope.horizon)
            if reached:
                figure.numerator.append(cycle)
            young = self.scope.now - cycle.times[a] < self.scope.horizon
            if not reached and not cycle.closed and young:
                figure.pending.append(cycle)
            else:
                figure.denominator.append(cycle)

    def judge(self, cycle, figure):
        """Puts the cycle into an acceptance."""
        late = cycle.undecided(self.scope.now) and self.has(cycle, "delivered")
        if "delivered" not in cycle.times:
            return
        if "accepted" in cycle.times:
            if self.has(cycle, "accepted"):
                figure.numerator.append(cycle)
                figure.denominator.append(cycle)
                return
        elif self.has(cycle, "rejected") and not cycle.counts:
            figure.excluded.append(cycle)
            return
        elif self.has(cycle, "rejected") or self.has(cycle, "recycled") or late:
            figure.denominator.append(cycle)
            return
        if self.has(cycle, "delivered"):
            figure.pending.append(cycle)

    def acceptance(self, cycle, count, ratio):
        acceptance, decided = ratio("acceptance", "acceptance"), ratio("acceptance", "decided")
        no_response = ratio("acceptance", "no_response")
        if "delivered" not in cycle.times:
            return
        self.judge(cycle, acceptance)
        no = "accepted" not in cycle.times and (
            self.has(cycle, "rejected") or self.has(cycle, "recycled"))
        if self.has(cycle, "accepted"):
            decided.numerator.append(cycle)
        if self.has(cycle, "accepted") or no:
            decided.denominator.append(cycle)
        elif self.has(cycle, "delivered"):
            decided.pending.append(cycle)
        if self.has(cycle, "delivered"):
            count("acceptance", "delivered")
            no_response.denominator.append(cycle)
            if cycle.undecided(self.scope.now):
                no_response.numerator.append(cycle)

    def clocks(self, cycle, count, ratio):
        for clock in cycle.clocks.values():
            if not self.ended_in(clock.last):
                continue
            compliance = ratio("sla", "compliance", clock.sla)
            if clock.warned:
                count("sla", "warned", clock.sla)
            if clock.met is not None and not clock.late:
                count("sla", "met", clock.sla)
                compliance.numerator.append(cycle)
                compliance.denominator.append(cycle)
            elif clock.met is not None or clock.broken is not None:
                count("sla", "broken" if clock.met is None else "met_late", clock.sla)
                compliance.denominator.append(cycle)
            elif not cycle.closed:
                compliance.pending.append(cycle)

    def speed(self, cycle, group):
        times, now = cycle.times, self.scope.now
        spread = lambda figure: self.of(Distribution, "speed", figure, "", group)
        accepted = next((one for one in cycle.offers.values() if one.accepted is not None), None)
        waits = accepted is not None and accepted.deadline is not None
        self.observe(spread("system_delay"), cycle, times.get("delivered"), cycle.signal,
                     now - cycle.signal)
        if accepted is None and cycle.offers:
            self.observe(spread("time_to_accept"), cycle, None, 0, now - cycle.first.at)
        elif waits:
            self.observe(spread("time_to_accept"), cycle, accepted.accepted, accepted.at, 0)
        if cycle.touch_offer is not None:
            if self.ended_in(cycle.touch_offer):
                spread("reoffer_delay").add(cycle.touch_offer - cycle.first.at, False, cycle)
        if cycle.offers and ("working" not in times or cycle.touch_offer is not None):
            self.observe(spread("time_to_first_touch"), cycle, times.get("working"),
                         cycle.touch_offer, now - cycle.latest.at)
        self.observe(spread("speed_to_lead"), cycle, times.get("working"), cycle.signal,
                     now - cycle.signal)

    def observe(self, spread, cycle, end, begin, waited):
        if end is not None:
            if self.ended_in(end):
                spread.add(end - begin, False, cycle)
        elif cycle.closed:
            if self.scope.view == "cohort":
                spread.excluded.append(cycle)
        elif self.censors:
            spread.add(waited, True, cycle)

    def dispositions(self, cycle, count, ratio):
        for how in ("rejected", "recycled", "lost"):
            if self.has(cycle, how) and cycle.reason:
                count("dispositions", how, cycle.reason)
        for offer in cycle.offers.values():
            if offer.end in ("declined", "rerouted") and offer.reason and self.ended_in(offer.at):
                count("dispositions", offer.end, offer.reason)
        fault = ratio("dispositions", "marketing_fault")
        self.share(cycle, fault, "delivered",
                   self.has(cycle, "rejected") and cycle.fault in ("quality", "data")
                   and "delivered" in cycle.times)

    def share(self, cycle, figure, of, counts):
        if self.has(cycle, of):
            figure.denominator.append(cycle)
        if counts:
            figure.numerator.append(cycle)

    def feedback(self, cycle, ratio):
        figure = ratio("feedback", "feedback_rate")
        if not self.has(cycle, "delivered"):
            return
        if self.scope.now - cycle.times["delivered"] < self.scope.feedback_after:
            figure.pending.append(cycle)
            return
        figure.denominator.append(cycle)
        if cycle.times.keys() & {"rejected", "recycled", "sql", "sqo", "won", "lost"}:
            figure.numerator.append(cycle)

    def recycling(self, cycle, ratio, group):
        rate, again = ratio("recycling", "recycle_rate"), ratio("recycling", "requalified")
        reassigned, premature = ratio("recycling", "reassigned"), ratio("recycling", "premature")
        depth = self.of(lambda: Distribution("touches"), "recycling", "follow_up_depth", "", group)
        recycled = self.has(cycle, "recycled")
        self.share(cycle, rate, "delivered", recycled and "delivered" in cycle.times)
        if recycled:
            if cycle.requalified is not None:
                again.numerator.append(cycle)
            waits = cycle.requalified is None and cycle.stage == "RECYCLED"
            (again.pending if waits else again.denominator).append(cycle)
            if cycle.reason == "NO_RESPONSE":
                premature.denominator.append(cycle)
                if cycle.premature:
                    premature.numerator.append(cycle)
        if self.has(cycle, "delivered"):
            reassigned.denominator.append(cycle)
            if len({offer.rep for offer in cycle.offers.values()}) > 1:
                reassigned.numerator.append(cycle)
        if self.has(cycle, "accepted"):
            depth.add(cycle.touches, not cycle.closed, cycle)

    def leakage(self, cycle, ratio):
        now, after = self.scope.now, self.scope.leak_after
        leakage, undelivered = ratio("leakage", "leakage"), ratio("leakage", "undelivered")
        adrift = not cycle.owned and not cycle.closed
        if self.has(cycle, "delivered"):
            leakage.denominator.append(cycle)
            ended = cycle.latest.ended
            if adrift and ended is not None and now - ended > after:
                leakage.numerator.append(cycle)
        if self.has(cycle, "mql"):
            undelivered.denominator.append(cycle)
            waited = now - cycle.times["mql"]
            if not cycle.offers and not cycle.closed and waited > after:
                undelivered.numerator.append(cycle)

    def calibration(self, cycle, group):
        if cycle.offers:
            self.rated[group].append(cycle)

    # -- figures of offers

    def offers(self, cycle):
        scope = self.scope
        for offer in cycle.offers.values():
            if (scope.queue and offer.queue != scope.queue) or (scope.rep
                                                                and offer.rep != scope.rep):
                continue
            own = {"queue": offer.queue, "rep": offer.rep}
            group = own[scope.by] if scope.by in own else group_of(cycle, scope.by)
            if self.ended_in(offer.at):
                self.offer(cycle, offer, group)

    def offer(self, cycle, offer, group):
        count = lambda section, figure, item, times=1: self.of(
            Count, section, figure, item, group).cycles.extend([cycle] * times)
        if offer is cycle.latest and "won" in cycle.times:
            count("workload", "won", offer.rep)
        count("workload", "offers", offer.rep)
        if offer.accepted is not None:
            count("workload", "accepted", offer.rep)
        ended = {"rerouted": "returned", "released": "returned"}.get(offer.end, offer.end)
        if ended not in ("", "closed"):
            count("workload", ended, offer.rep)
        if not offer.end and cycle.owned:
            count("workload", "open", offer.rep)
        count("workload", "touches", offer.rep, offer.touches)
        if offer.charged:
            count("fairness", "charged", f"{offer.queue}/{offer.rep}")

    # -- figures of figures

    def indices(self):
        shares = defaultdict(list)
        for (section, figure, item, group), counted in self.figures.items():
            if (section, figure) == ("fairness", "charged") and counted.cycles:
                shares[item.split("/")[0], group].append(len(counted.cycles))
        for (queue, group), x in shares.items():
            self.figures["fairness", "jain", queue, group] = Number(
                Fraction(sum(x) ** 2, len(x) * sum(one * one for one in x)))

    def lifts(self):
        for group, cycles in self.rated.items():
            for rule in sorted(set().union(*(cycle.factors for cycle in cycles))):
                self.rule(rule, group, cycles)

    def rule(self, rule, group, cycles):
        for name in ("acceptance", "won"):
            sides = {}
            for side in ("with", "without"):
                figure = sides[side] = self.of(Ratio, "calibration", f"{name}_{side}", rule, group)
                for cycle in cycles:
                    if (rule in cycle.factors) != (side == "with"):
                        continue
                    if name == "acceptance":
                        self.judge(cycle, figure)
                    else:
                        self.share(cycle, figure, "delivered", self.has(cycle, "won"))
            if sides["with"].share is not None and sides["without"].share:
                self.figures["calibration", f"{name}_lift", rule, group] = Number(
                    sides["with"].share / sides["without"].share)
