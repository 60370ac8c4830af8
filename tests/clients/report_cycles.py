"""Handoff cycles from the feedback topic, as services/reports/KPIS.md says and in no other way."""

from dataclasses import dataclass, field
from datetime import datetime

CLOSED = {"REJECTED", "RECYCLED", "WON", "LOST", "EXPIRED", "MERGED", "ERASED"}
OWNED = {"OFFERED", "ACCEPTED", "WORKING", "SQL", "SQO"}
ENDS = {"declined": "declined", "offer_expired": "expired", "rerouted": "rerouted",
        "released": "released", "pulled_back": "pulled_back"}
DEALS = {"sql_confirmed": "sql", "sqo_opened": "sqo", "won": "won", "lost": "lost"}


def ms(text):
    """Milliseconds since the epoch of an RFC 3339 time."""
    if not text:
        return None
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(at.timestamp() * 1000)


@dataclass
class Offer:
    generation: int
    queue: str
    rep: str
    at: int
    deadline: int = None  # None: accepted at once
    accepted: int = None
    ended: int = None
    end: str = ""
    reason: str = ""
    charged: bool = True
    touches: int = 0


@dataclass
class Clock:
    sla: str
    metric: str
    warned: bool = False
    broken: int = None
    met: int = None
    late: bool = False
    last: int = None


@dataclass
class Cycle:
    lead: str
    number: int
    stage: str = ""
    last: int = None
    queue: str = ""
    reason: str = ""
    source: str = ""
    campaign: str = ""
    revision: int = 0
    signal: int = None
    fault: str = ""
    counts: bool = True
    premature: bool = False
    amount: int = None
    currency: str = ""
    requalified: int = None
    touch_offer: int = None
    touches: int = 0
    times: dict = field(default_factory=dict)  # milestone -> when
    factors: set = field(default_factory=set)
    offers: dict = field(default_factory=dict)  # generation -> Offer, in order
    clocks: dict = field(default_factory=dict)  # (sla, start) -> Clock

    @property
    def latest(self):
        return list(self.offers.values())[-1] if self.offers else None

    @property
    def first(self):
        return next(iter(self.offers.values()), None)

    @property
    def closed(self):
        nurtured = self.stage == "NURTURE" and "recycled" in self.times
        return self.number > 0 and (self.stage in CLOSED or nurtured)

    @property
    def owned(self):
        return self.stage in OWNED

    @property
    def rep(self):
        return self.latest.rep if self.offers else ""

    @property
    def in_queue(self):
        return self.latest.queue if self.offers else self.queue

    def reach(self, milestone, at):
        self.times.setdefault(milestone, at)

    def undecided(self, now):
        """Too long."""
        if "delivered" not in self.times or "accepted" in self.times or self.closed:
            return False
        offers = self.offers.values()
        late = any(not offer.end and offer.deadline is not None and offer.deadline <= now
                   for offer in offers)
        expired = any(offer.end == "expired" for offer in offers)
        broken = any(clock.metric == "accept" and clock.broken for clock in self.clocks.values())
        return expired or broken or late


def fold(events):
    """The cycles of the data of feedback events, in the order in which they began. What was said
    twice counts once; what a later incarnation of the store says is a correction."""
    unique = {(one["lead"], int(one["version"])): one
              for one in sorted(events, key=lambda one: int(one.get("epoch", 0)))}
    leads = {}
    for key in sorted(unique):
        leads.setdefault(key[0], []).append(unique[key])
    cycles = {}
    for lead, changes in leads.items():
        for change in changes:
            number = int(change.get("cycle", 0))
            starts = change["change"] == "qualified" or number == 0
            if (lead, number) not in cycles and not starts:
                continue  # its beginning was never seen
            cycle = cycles.setdefault((lead, number), Cycle(lead, number))
            if change["change"] == "qualified":
                before = cycles.get((lead, number - 1))
                if before is None and number == 1:
                    cycle.reach("captured", ms(change["time"]))
                if before is not None and before.requalified is None:
                    before.requalified = ms(change["time"])
            apply(cycle, change)
    return sorted(cycles.values(), key=lambda one: (one.times.get("captured")
                                                    or one.times.get("mql"), one.lead, one.number))


def origin(cycle, change):
    sources = change.get("sources") or [{}]
    attribution = change.get("attribution", {})
    cycle.source = sources[0].get("source", "")
    cycle.campaign = attribution.get("campaign", attribution.get("utm_campaign", ""))
    cycle.revision = int(change.get("policyRevision", 0))


def apply(cycle, change):
    name, at = change["change"], ms(change["time"])
    details = change.get("details", {})
    cycle.stage, cycle.last = change["stage"], at
    cycle.queue = change.get("queue") or cycle.queue
    offer = cycle.offers.get(int(change.get("generation", 0)))
    if name == "nurtured" and cycle.number == 0:
        origin(cycle, change)
        cycle.reach("captured", at)
        cycle.reason = change.get("reason", "")
    elif name == "qualified":
        origin(cycle, change)
        cycle.reach("mql", at)
        cycle.signal = ms(details.get("signalTime")) or at
        cycle.factors = {f"{one['kind']}/{one['rule']}" for one in change.get("factors", [])}
    elif name == "assigned":
        offer = Offer(int(change["generation"]), change["queue"], change["rep"], at)
        offer.charged = is_charged(change)
        cycle.offers[offer.generation] = offer
        cycle.reach("delivered", at)
        if change["stage"] == "ACCEPTED":
            offer.accepted = at
            cycle.reach("accepted", at)
        else:
            offer.deadline = ms(change.get("acceptDeadline"))
    elif name == "accepted":
        cycle.reach("accepted", at)
        if offer:
            offer.accepted = at
    elif name in ENDS:
        end(offer, ENDS[name], at, change)
    elif name == "touched":
        touch(cycle, offer, change)
    elif name == "rejected":
        close(cycle, offer, "rejected", at, change)
        cycle.fault = details.get("fault", "")
        cycle.counts = details.get("counts") != "false"
    elif name == "recycled":
        close(cycle, offer, "recycled", at, change)
        cycle.premature = int(details.get("cadence", 0)) > cycle.touches
    elif name in DEALS:
        cycle.reach(DEALS[name], at)
        if "amountMinor" in details:
            cycle.amount, cycle.currency = int(details["amountMinor"]), details["currency"]
        if name in ("won", "lost"):
            close(cycle, offer, name, at, change)
    elif name in ("sla_warned", "sla_breached", "sla_met"):
        tick(cycle, name, at, details)


def is_charged(change):
    return change.get("details", {}).get("charged") != "false"


def end(offer, how, at, change):
    if offer is None or offer.end:
        return
    offer.end, offer.ended = how, at
    offer.charged = offer.charged and is_charged(change)
    offer.reason = change.get("reason", "")


def close(cycle, offer, how, at, change):
    cycle.reach(how, at)
    cycle.reason = change.get("reason") or cycle.reason
    end(offer, "closed", at, change)


def touch(cycle, offer, change):
    if change["stage"] == "WON":
        return
    cycle.touches += 1
    if offer:
        offer.touches += 1
    at = ms(change.get("details", {}).get("touchTime")) or ms(change["time"])
    if "working" not in cycle.times or at < cycle.times["working"]:
        cycle.times["working"] = at
        cycle.touch_offer = offer.at if offer else None


def tick(cycle, name, at, details):
    key = (details["sla"], details.get("startTime", ""))
    clock = cycle.clocks.setdefault(key, Clock(details["sla"], details.get("metric", "")))
    clock.last = at
    if name == "sla_warned":
        clock.warned = True
    elif name == "sla_breached":
        clock.broken = at
    else:
        clock.met, clock.late = at, details.get("late") == "true"
