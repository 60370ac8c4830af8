"""What must hold of one workspace, whatever broke meanwhile. Pure: no server is asked here.

A Ledger reads the workspace's feedback in the order of its partitions and complains at once; the
functions compare it at rest with what the store says and with what callers were told. A violation
is a sentence.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

ENDS_OWNERSHIP = {"declined", "offer_expired", "rerouted", "released", "pulled_back", "rejected",
                  "recycled", "won", "lost"}
# A call that a rep makes, and the change that it causes once if it is answered with OK.
CHANGE_OF_CALL = {"accept": "accepted", "decline": "declined", "reject": "rejected",
                  "recycle": "recycled"}
WAITING = {"QUEUED", "OFFERED", "MQL"}
OWNED = {"OFFERED", "ACCEPTED", "WORKING", "SQL", "SQO"}
VIOLATIONS_KEPT = 50


@dataclass(frozen=True)
class Change:
    """One feedback event. Times are milliseconds since the epoch; deadline 0: none."""
    id: str
    lead: str
    change: str
    stage: str
    version: int
    rep: str = ""
    generation: int = 0
    at: int = 0
    deadline: int = 0
    by_rep: bool = True  # not by the policy: whoever withdraws consent is left alone
    details: dict = field(default_factory=dict)
    began: int = 0  # of a service level's clock that it speaks of
    ended: int = 0  # likewise


@dataclass
class LeadState:
    version: int = 0
    stage: str = ""
    owner: str = ""
    generation: int = 0
    since: int = 0
    deadline: int = 0


@dataclass
class Violations:
    """The number of all and the first sentences."""
    count: int = 0
    sentences: list = field(default_factory=list)

    def add(self, sentence):
        self.count += 1
        if len(self.sentences) < VIOLATIONS_KEPT:
            self.sentences.append(sentence)

    def extend(self, others):
        self.count += others.count
        self.sentences += others.sentences[:max(VIOLATIONS_KEPT - len(self.sentences), 0)]


class Ledger:
    """Takes changes by add(); each lead's come in the order in which they were published."""

    def __init__(self):
        self.violations = Violations()
        self.leads = {}
        self.changes = Counter()
        self.stages = Counter()  # leads by their present stage
        self.acted = Counter()  # (lead, generation, change)
        self.spans = []  # (rep, begun, ended) of each assignment that has ended
        self.late_ms = []  # of each offer that expired
        self.expired_at = []  # likewise
        self._ids = set()

    def add(self, change):
        if change.id in self._ids:
            return self.violations.add(f"event {change.id} was published twice")
        self._ids.add(change.id)
        self.changes[change.change] += 1
        if change.by_rep and change.change in CHANGE_OF_CALL.values():
            self.acted[change.lead, change.generation, change.change] += 1
        lead = self.leads.setdefault(change.lead, LeadState())
        if change.version != lead.version + 1:
            self.violations.add(f"{change.lead}: version {change.version} after {lead.version}")
        self.stages[lead.stage] -= 1
        self.stages[change.stage] += 1
        lead.version, lead.stage = change.version, change.stage
        if change.change == "assigned":
            self._begin(change, lead)
        elif change.change in ENDS_OWNERSHIP:
            self._end(change, lead)

    def _begin(self, change, lead):
        if lead.owner:
            self.violations.add(f"{change.lead}: assigned to {change.rep} while {lead.owner} "
                                "owns it")
        if change.generation != lead.generation + 1:
            self.violations.add(f"{change.lead}: generation {change.generation} after "
                                f"{lead.generation}")
        lead.owner, lead.generation = change.rep, change.generation
        lead.since, lead.deadline = change.at, change.deadline

    def _end(self, change, lead):
        if lead.owner != change.rep:
            self.violations.add(f"{change.lead}: {change.change} by {change.rep}, owner is "
                                f"'{lead.owner}'")
        if change.change == "offer_expired":
            if change.at < lead.deadline:
                self.violations.add(f"{change.lead}: offer expired {lead.deadline - change.at} ms "
                                    "early")
            self.late_ms.append(change.at - lead.deadline)
            self.expired_at.append(change.at)
        if lead.owner:  # whoever withdraws consent while the lead waits has taken it from nobody
            self.spans.append((lead.owner, lead.since, change.at))
        lead.owner = ""

    @property
    def published(self):
        return len(self._ids)

    def waiting(self):
        """Leads that somebody still has to decide about."""
        return sum(self.stages[stage] for stage in WAITING)

    def all_spans(self):
        """Those of ended and of open assignments; an open one has no end."""
        yield from self.spans
        for lead in self.leads.values():
            if lead.owner:
                yield lead.owner, lead.since, None


def peak_loads(spans):
    """Rep -> the most leads owned at one time. What ends in a millisecond makes room in it."""
    steps = defaultdict(list)
    for rep, begun, ended in spans:
        steps[rep].append((begun, 1))
        if ended is not None:
            steps[rep].append((ended, -1))
    peaks = {}
    for rep, moves in steps.items():
        load = peak = 0
        for _, step in sorted(moves, key=lambda move: (move[0], move[1])):
            load += step
            peak = max(peak, load)
        peaks[rep] = peak
    return peaks


def check_capacity(ledger, capacities, violations):
    """`capacities`: rep -> most leads at one time."""
    for rep, peak in peak_loads(ledger.all_spans()).items():
        if rep not in capacities:
            violations.add(f"{rep} got leads but is not in the roster")
        elif peak > capacities[rep]:
            violations.add(f"{rep}: {peak} leads at one time, capacity is {capacities[rep]}")


def check_store(ledger, stored, violations):
    """`stored`: lead -> (stage, version, rep) as the API says at rest."""
    for lead, (stage, version, rep) in stored.items():
        seen = ledger.leads.get(lead, LeadState())
        if version != seen.version:
            violations.add(f"{lead}: at version {version}, feedback ends at {seen.version}")
        elif version and stage != seen.stage:
            violations.add(f"{lead}: {stage} in the store, {seen.stage} in feedback")
        elif stage in OWNED and rep != seen.owner:
            violations.add(f"{lead}: owner {rep} in the store, '{seen.owner}' in feedback")
    for lead in ledger.leads.keys() - stored.keys():
        violations.add(f"{lead}: in feedback, but not in the store")


def check_leads(stored, expected, violations):
    """Every lead that was published is there and no other; `expected`: a set of ids."""
    for lead in expected - stored.keys():
        violations.add(f"{lead}: lost")
    for lead in stored.keys() - expected:
        violations.add(f"{lead}: nobody published it")


def check_answers(ledger, calls, violations):
    """`calls`: dicts {rep, op, name, result} as in the history; other ops are passed over.

    What was answered with OK (once: nobody repeats an answered call) happened exactly once; what
    happened, somebody asked for.
    """
    asked, answered = set(), Counter()
    for call in calls:
        change = CHANGE_OF_CALL.get(call["op"])
        if change is None:
            continue
        lead, generation = call["name"].rsplit(".", 1)
        key = lead, int(generation), change
        asked.add(key)
        if call["result"] == "OK":
            answered[key] += 1
    for key, times in answered.items():
        if times != 1 or ledger.acted[key] != 1:
            violations.add(f"{key[0]}.{key[1]}: {key[2]} was answered OK {times} times and "
                           f"published {ledger.acted[key]} times")
    for key, times in ledger.acted.items():
        if times != 1:
            violations.add(f"{key[0]}.{key[1]}: {key[2]} {times} times")
        if key not in asked:
            violations.add(f"{key[0]}.{key[1]}: {key[2]}, but nobody asked for it")


def check_conservation(counters, records, letters, violations):
    """`counters`: growth of input, applied, duplicate, dead_lettered; `records`: that of the input
    topic; `letters`: distinct input records among the dead letters."""
    parts = counters["applied"] + counters["duplicate"] + counters["dead_lettered"]
    if counters["input"] != parts:
        violations.add(f"input {counters['input']} is not applied + duplicate + dead-lettered, "
                       f"{parts}: {counters}")
    if counters["input"] != records:
        violations.add(f"the topic has {records} records, Baton counts {counters['input']}")
    if counters["dead_lettered"] != letters:
        violations.add(f"Baton counts {counters['dead_lettered']} dead letters, {letters} are on "
                       "the topic")


def check_letters(broken, letters, violations):
    """`broken`: place -> bytes of the records that must be refused; `letters`: (place, bytes,
    reason class) of each dead letter. A place is (topic, partition, offset)."""
    seen = defaultdict(list)
    for place, value, reason in letters:
        seen[place].append((value, reason))
    for place, value in broken.items():
        found = seen.get(place, [])
        if not found:
            violations.add(f"{place}: refused by nobody")
        elif any(one != value for one, _ in found):
            violations.add(f"{place}: its dead letter has other bytes")
        elif not all(reason for _, reason in found):
            violations.add(f"{place}: its dead letter has no reason")
        elif len(found) > 1:
            violations.add(f"{place}: {len(found)} dead letters")
    for place in seen.keys() - broken.keys():
        violations.add(f"{place}: a sound record among the dead letters")


def check_views(views, open_leads, violations):
    """`views`: (watcher, rep, lead -> generation) of each stream; `open_leads`: rep -> (lead ->
    generation) as listed at rest."""
    for watcher, rep, view in views:
        listed = open_leads.get(rep, {})
        if view != listed:
            missing, extra = listed.items() - view.items(), view.items() - listed.items()
            violations.add(f"stream {watcher} of {rep}: {len(missing)} assignments missed, "
                           f"{len(extra)} too many, such as {sorted(missing | extra)[:2]}")


def check_logs(logs, words, violations):
    """`logs`: name -> text of a role's log; `words`: what is known of persons and stands nowhere
    else."""
    for name, text in logs.items():
        if not text:
            violations.add(f"the log of {name} is empty")
        for line in text.splitlines():
            if any(word in line for word in words):
                violations.add(f"the log of {name} speaks of a person: {line[:200]}")
