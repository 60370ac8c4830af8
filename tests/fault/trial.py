"""One experiment at work: its load, its faults, its witnesses and its verdict."""

import json
import random
import time
from collections import Counter

from checks import Violations
from installation import Driver, Tenant, read_history
from verification import verify

PATIENCE_S = 60  # without any progress
QUIET_S = 1.5
FURTHER_LOADS = 4  # where the machine was too slow for the faults to fall into the first
BEGINNING_S = 3  # in which a driver makes its workspace, which nothing may disturb


class Load:
    """A workspace with its drivers. `ids`: leads that must be there at the end."""

    def __init__(self, tenant, brief):
        self.tenant, self.brief = tenant, brief
        self.drivers, self.ids = [], set()
        self.extra_histories = []  # files of callers that are no drivers

    @property
    def done(self):
        return all(driver.done for driver in self.drivers)

    def calls(self):
        for path in [driver.history_path for driver in self.drivers] + self.extra_histories:
            yield from read_history(path)


class Trial:
    """What an experiment's function gets. All that is random comes from `random`."""

    def __init__(self, name, site, seed, long, folder):
        self.name, self.site, self.seed, self.long, self.folder = name, site, seed, long, folder
        self.random = random.Random(f"{seed}-{name}")
        self.violations, self.faults, self.witnesses = Violations(), Counter(), []
        self.loads, self.leads, self.figures = [], 0, {}
        folder.mkdir(parents=True, exist_ok=True)
        self._last_load = ()
        self._journal = open(folder / "faults.jsonl", "w", encoding="utf-8")
        self._begin = time.time()
        self.phases = {}  # seconds since the begin at which each was over

    def pick(self, short, long):
        return long if self.long else short

    def begin(self, **roles):
        """Brings the roles up as asked and remembers where counters and topics stand."""
        self.site.roles(**roles)
        self.before = self.counters()
        self.records_before = sum(self.site.feed.ends().values())
        self.letters_before = len({place for place, _, _ in self.site.feed.letters})
        self.over("roles")

    def over(self, phase):
        self.phases[phase] = round(time.time() - self._begin, 1)

    def counters(self):
        """Baton's input counters, as soon as an intake tells them."""
        deadline = time.monotonic() + 30
        while (found := self.site.counters()) is None:
            assert time.monotonic() < deadline, "no intake tells its counters"
            time.sleep(0.2)
        return found

    def load(self, leads, rate, reps=8, brief=True, flags=(), server="", tenant=None):
        """A new workspace, or `tenant`, whose `leads` are published at `rate` records a second; its
        reps call `server`, or the API itself."""
        self._last_load = (leads, rate, reps, brief, flags, server)
        one = Load(tenant or Tenant(self.site), brief)
        self.loads.append(one)
        self.play(one, leads, rate, reps, flags, server)
        return one

    def play(self, load, leads, rate, reps, flags=(), server=""):
        """One more driver in the workspace of `load`; leads may be 0."""
        seed = self.random.randrange(1, 10**6)
        always = ["--brief"] if load.brief else []
        load.drivers.append(Driver(self.site, load.tenant, self.folder, seed, leads, rate, reps,
                                   server or self.site.address, [*always, *flags]))
        load.ids |= {f"lead-{number:06d}" for number in range(1, leads + 1)}
        self.leads += leads

    def ledger(self, load):
        return self.site.feed.ledgers[load.tenant.name]

    @property
    def publishing(self):
        return not all(load.done for load in self.loads)

    def fault(self, kind, **details):
        """Notes a fault that is done now."""
        self.faults[kind] += 1
        self._journal.write(json.dumps({"at": time.time(), "fault": kind} | details) + "\n")
        self._journal.flush()

    def while_publishing(self, gap, act, most=10**9, enough=lambda: True):
        """Calls `act` after each random pause of `gap` = (least, most) seconds. Where the load is
        over before what is to be witnessed has happened `enough`, a new workspace gets another."""
        further = 0
        for _ in range(most):
            time.sleep(self.random.uniform(*gap))
            if not self.publishing:
                if enough() or further == FURTHER_LOADS:
                    return
                further += 1
                self.load(*self._last_load)
                time.sleep(BEGINNING_S)
            act()

    def until(self, what, condition, seconds):
        """True when `condition()` holds; a violation and False if not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                self.violations.add(f"not within {seconds} s: {what}")
                return False
            time.sleep(0.05)
        return True

    def witness(self, event, count, least=1):
        """The experiment proves nothing unless `event` happened at least `least` times."""
        self.witnesses.append((event, count, least))

    def answered(self, result, since=0.0, until=float("inf")):
        """Calls of reps with that result between the times (seconds since the epoch)."""
        return sum(call["result"] == result and since <= call["at"] / 1e6 <= until
                   for load in self.loads for call in load.calls() if call["op"] != "offer")

    # The end: rest, then the checks.

    def settle(self, decided=True):
        """Waits until nothing moves any more, stops the drivers and checks everything. `decided`:
        no lead may wait in the end."""
        self.over("faults")
        self._await_rest(decided)
        self.over("rest")
        for load in self.loads:
            for driver in load.drivers:
                driver_failures = driver.said["failures"]
                if driver.stop() != 0:
                    self.violations.add(f"a driver of {load.tenant.name} failed")
                for failure in driver_failures:
                    self.violations.add(f"driver: {failure}")
        self.over("drivers")
        verify(self)
        self.over("verified")

    def _await_rest(self, decided):
        last, changed = None, time.monotonic()
        while True:
            state = self._state(decided)
            if state != last:
                last, changed = state, time.monotonic()
            quiet = time.monotonic() - changed
            if state["left"] == 0 and quiet > QUIET_S:
                return
            if quiet > PATIENCE_S:
                return self.violations.add(f"did not come to rest: {state}, {self._stages()}")
            if dead := [one for load in self.loads for one in load.drivers if one.ended]:
                return self.violations.add(f"{len(dead)} drivers ended early; see their logs")
            time.sleep(0.2)

    def _state(self, decided):
        """What has been done, and how much is left to do."""
        unread = self.unread()
        with self.site.feed.lock:
            ledgers = [self.ledger(load) for load in self.loads]
            published = sum(ledger.published for ledger in ledgers)
            open_leads = 0
            for load, ledger in zip(self.loads, ledgers):
                if decided:
                    open_leads += ledger.waiting()
                if decided and load.brief:
                    open_leads += len(load.ids) - ledger.stages["REJECTED"]
        sending = sum(not load.done for load in self.loads)
        acknowledged = sum(driver.said["published"] for load in self.loads
                           for driver in load.drivers)
        return {"left": unread + open_leads + sending, "unread": unread, "open": open_leads,
                "published": published, "acknowledged": acknowledged}

    def _stages(self):
        """Workspace -> number of leads by stage, and of reps by presence."""
        return {load.tenant.name: dict(+self.ledger(load).stages) | load.tenant.presences()
                for load in self.loads}

    def unread(self):
        """Input records not yet behind the checkpoint."""
        stored = self.site.checkpoints()
        return sum(end - stored.get(partition, 0)
                   for partition, end in self.site.feed.ends().items())

    def close(self):
        for load in self.loads:
            for driver in load.drivers:
                driver.kill()
        self._journal.close()

    def verdict(self):
        """What is kept of the experiment."""
        missing = [f"{event}: {count} of at least {least}"
                   for event, count, least in self.witnesses if count < least]
        word = "violated" if self.violations.count else "inconclusive" if missing else "ok"
        return {"experiment": self.name, "seed": self.seed, "long": self.long, "verdict": word,
                "leads": self.leads, "faults": dict(self.faults),
                "witnesses": {event: count for event, count, _ in self.witnesses},
                "missing": missing, "violations": self.violations.count,
                "sentences": self.violations.sentences, "figures": self.figures,
                "phases": self.phases,
                "seconds": round(time.time() - self._begin, 1)}
