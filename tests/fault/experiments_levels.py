"""Experiments with service levels: many break while those who notice are broken themselves."""

import re
import struct
import threading
import time

from baton.v1 import roster_service_pb2 as rspb
from experiment import experiment
from experiments_roles import kill_and_restart
from feed import read_change
from installation import Tenant, sample_policy
from level_checks import Level, check_levels
from stack import BIN, Program
from world import FEEDBACK

CLOCKS = 6
HOUR_NS = 3600 * 10**9
FIRED = {"sla_warned", "sla_breached", "sla_escalated", "offer_expired"}


def policy_with(levels, breaches=None, away_after=0):
    """That of the demo with these service levels; `breaches`: metric -> action, else notify."""
    def policy(workspace, accept_within):
        lines = [level.yaml((breaches or {}).get(level.metric, "notify")) for level in levels]
        text = sample_policy(workspace, accept_within)
        if away_after:
            text = text.replace("retry_after: 2s", f"retry_after: 2s, away_after: {away_after}")
        return re.sub(r"\n  sla:.*?\n\n", lambda _: "\n  sla:\n" + "\n".join(lines) + "\n\n", text,
                      count=1, flags=re.DOTALL)
    return policy


class Returners:
    """Reps who were set away say that they are there again, as people do. What keeps them from it
    is a violation."""

    def __init__(self, trial, *tenants):
        self._violations, self._tenants, self.count = trial.violations, tenants, 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._ending.wait(0.3):
            for tenant in self._tenants:
                try:
                    self._bring_back(tenant)
                except Exception as error:  # whatever it is, leads then wait for nobody
                    self._violations.add(f"reps of {tenant.name} could not come back: {error!r}")

    def _bring_back(self, tenant):
        for rep in tenant.reps():
            if rep.presence == rspb.PRESENCE_AWAY:
                tenant.set_presence(rep.name.rsplit("/", 1)[-1], away=False)
                self.count += 1

    def stop(self):
        self._ending.set()
        self._thread.join(10)


def published(trial, tenant, starts):
    """Every change of the workspace, each lead's in order."""
    for message in trial.site.feed.read(FEEDBACK, starts):
        if message.key().decode().startswith(tenant.name + "/"):
            yield read_change(message)


def judge(trial, load, levels, starts, slack_ms):
    """What check_levels found in the workspace of `load`, figures noted."""
    found = check_levels(published(trial, load.tenant, starts), levels, time.time() * 1000,
                         slack_ms, trial.violations)
    for share, name in ((0.5, "p50"), (0.999, "p99.9"), (1, "max")):
        trial.figures[f"late ms {name}"] = max(found.late_ms(share),
                                               trial.figures.get(f"late ms {name}", 0))
    for change in ("sla_warned", "sla_breached", "sla_escalated", "sla_met", "pulled_back",
                   "rep_away", "offer_expired"):
        trial.figures[change] = trial.figures.get(change, 0) + found.counts[change]
    return found


def tight(scale=1):
    """Levels as in the demo, in seconds."""
    return (Level("given out", "assign", 2000 * scale, (50, 100)),
            Level("answered", "accept", 2000 * scale, (100,)),
            Level("touched", "first_touch", 3000 * scale, (50, 100)),
            Level("decided", "decision", 6000 * scale, (50, 100, 150)))


@experiment("F32", "tight service levels while roles are killed")
def f32(trial):
    trial.begin()
    starts, levels = trial.site.feed.ends(FEEDBACK), tight()
    tenants = [Tenant(trial.site, "4s", policy_with(
        levels, {"accept": "pause_rep", "first_touch": "reassign"})),
               Tenant(trial.site, "2s", policy_with(
                   levels, {"first_touch": "return", "decision": "reassign"}, away_after=2))]
    returners = Returners(trial, *tenants)
    try:
        for tenant in tenants:
            trial.load(trial.pick(650, 30_000), trial.pick(110, 150), tenant=tenant,
                       flags=("--silent", "0.1", "--idle", "0.08"))
        hit = set()

        def kill():
            # In the short form only first those whose partitions are then left alone for seconds.
            roles, number = ["relay", "intake", "clock", "dispatch"], trial.faults["SIGKILL"]
            role = roles[number % 4 if trial.long or number < 4 else 2 + number % 2]
            program = trial.random.choice(trial.site.of_role(role))
            program.wait_ready(60)
            kill_and_restart(trial, program)
            hit.add(role)

        trial.while_publishing(trial.pick((0.4, 1.0), (2, 6)), kill)
        trial.settle()
    finally:
        returners.stop()
    counts = [judge(trial, load, levels, starts, 5000).counts for load in trial.loads]
    trial.figures["reps who came back"] = returners.count
    trial.witness("kills of a working process under load", trial.faults["SIGKILL"],
                  trial.pick(5, 30))
    trial.witness("roles hit", len(hit), 4)
    for change, least in (("sla_warned", 50), ("sla_breached", 50), ("pulled_back", 15),
                          ("rep_away", 3)):
        trial.witness(change, min(one[change] for one in counts), least)


@experiment("F33", "many service levels break at once, clocks killed in the burst")
def f33(trial):
    trial.begin(layout={"clock": CLOCKS})
    starts = trial.site.feed.ends(FEEDBACK)
    level = Level("touched", "first_touch", 2000)
    killed_in_burst, loads = 0, []
    for kills in (0, 2):  # healthy, then broken
        load = owned_load(trial, [level])
        loads.append(load)
        ledger, due = trial.ledger(load), len(load.ids)
        for clock in trial.site.of_role("clock"):
            clock.process.send_signal(18)
        broken = lambda: ledger.changes["sla_breached"]
        for number, victim in enumerate(trial.random.sample(trial.site.of_role("clock"), kills)):
            trial.until("the burst goes on", lambda: broken() > due * (0.05 + 0.3 * number), 90)
            victim.kill()
            trial.fault("SIGKILL", role=victim.name, fired=broken())
            killed_in_burst += broken() < due
        trial.until("every level is known to be broken", lambda: broken() >= due, 120)
    trial.site.roles()
    trial.settle(decided=False)
    for load, name in zip(loads, ("healthy", "killed")):
        found = judge(trial, load, [level], starts, 1000)
        if found.counts["sla_breached"] != len(load.ids):
            trial.violations.add(f"{len(load.ids)} levels broke, {found.counts['sla_breached']} "
                                 "were said to be")
        trial.figures[f"burst {name} ms"] = found.took_ms()
    trial.witness("levels broken at once", len(load.ids), trial.pick(2_000, 50_000))
    trial.witness("clocks killed in the burst", killed_in_burst, trial.pick(1, 2))


def owned_load(trial, levels):
    """A workspace all of whose leads have a rep who does nothing, and are beyond their levels
    while every clock is asleep."""
    for clock in trial.site.of_role("clock"):
        clock.process.send_signal(19)
    tenant = Tenant(trial.site, "1h", policy_with(levels))
    for number in range(trial.pick(3, 51)):
        tenant.add_rep(f"rep-{number:02d}", queues=("dach-mid", "emea", "us", "triage"),
                       capacity=1000)
    load = trial.load(trial.pick(2_000, 50_000), 2_000, reps=0, tenant=tenant)
    trial.until("every lead has a rep", lambda: trial.ledger(load).changes["assigned"] ==
                len(load.ids), trial.pick(60, 300))
    time.sleep(max(level.target_ms for level in levels) / 1000 + 0.5)
    return load


@experiment("F34", "no clock at work for a while")
def f34(trial):
    trial.begin()
    starts, levels = trial.site.feed.ends(FEEDBACK), tight(trial.pick(1, 10))
    outage_s = trial.pick(10, 600)
    tenants = [Tenant(trial.site, trial.pick("4s", "40s"), policy_with(
        levels, {"accept": "pause_rep", "first_touch": "reassign"})),
               Tenant(trial.site, trial.pick("2s", "20s"), policy_with(
                   levels, {"first_touch": "return", "decision": "reassign"}, away_after=2))]
    returners = Returners(trial, *tenants)
    try:
        for tenant in tenants:
            trial.load(trial.pick(600, 3_000), 120, tenant=tenant,
                       flags=("--silent", "0.1", "--idle", "0.1"))
        time.sleep(1.5)
        clocks = trial.site.of_role("clock")
        for clock in clocks:
            clock.kill()
            trial.fault("SIGKILL", role=clock.name)
        begun = time.time() * 1000
        time.sleep(outage_s)
        back = time.time() * 1000
        for clock in clocks:
            clock.launch()
        trial.settle()
    finally:
        returners.stop()
    missed = 0
    for load in trial.loads:
        found = judge(trial, load, levels, starts, outage_s * 1000 + 30_000)
        owed = [at for at, due in found.said if begun <= due <= back]
        missed += len(owed)
        trial.figures["owed, done within s"] = max(
            round((max(owed, default=back) - back) / 1000, 1),
            trial.figures.get("owed, done within s", 0))
        if any(begun + 500 < at < back for at, _ in found.said):
            trial.violations.add("something fired while no clock was at work")
    if trial.figures["owed, done within s"] > 30:
        trial.violations.add("what the outage left was not done within 30 s")
    trial.witness("things to be said that fell into the outage", missed, trial.pick(100, 2_000))


@experiment("F17", "the time of a clock's machine is stepped by an hour, to and fro")
def f17(trial):
    trial.begin()
    starts, levels = trial.site.feed.ends(FEEDBACK), tight()
    stepped = SteppedClock(trial)
    tenant = Tenant(trial.site, "4s", policy_with(
        levels, {"accept": "pause_rep", "first_touch": "reassign"}))
    returners, alarms = Returners(trial, tenant), 0
    try:
        trial.load(trial.pick(1_000, 20_000), trial.pick(100, 120), tenant=tenant,
                   flags=("--silent", "0.08", "--idle", "0.08"))
        for hours in trial.pick((1, -1), (1, -1) * 4):
            time.sleep(trial.random.uniform(0.5, 1))
            alarms += stepped.step(hours)
            time.sleep(trial.pick(1, 5))
            alarms += stepped.alone(trial.pick(3, 20))
            stepped.step(0)
        trial.settle()
    finally:
        returners.stop()
        stepped.stop()
    judge(trial, trial.loads[0], levels, starts, 1000 * trial.pick(15, 40))
    fired = [change.at for change in published(trial, tenant, starts) if change.change in FIRED]
    for begun, back in stepped.windows:
        if any(begun + 500 < at < back for at in fired):
            trial.violations.add("a clock that is off by an hour fired")
    if max(fired, default=0) > time.time() * 1000:
        trial.violations.add("something was fired an hour ahead")
    trial.witness("changes that timers made", len(fired), trial.pick(100, 2_000))
    trial.figures["held for s"] = sum(back - begun for begun, back in stepped.windows) / 1000
    trial.witness("alarms of a replica that is off by an hour", alarms, trial.pick(4, 16))
    trial.witness("steps", trial.faults["step"], trial.pick(4, 16))


class SteppedClock:
    """One clock, in place of clock-2, whose wall clock can be stepped while it runs."""

    def __init__(self, trial):
        self.trial, self.windows = trial, []
        self._file = trial.folder / "offset"
        self._write(0)
        site = trial.site
        site.dismiss("clock-2")
        env = site.programs["clock-1"].env | {
            "LD_PRELOAD": str(BIN / "stepped_clock.so"), "STEPPED_CLOCK": str(self._file)}
        self.program = site.programs["clock-2"] = Program("clock", site.folder, env,
                                                          name="clock-2")
        self.program.launch()
        self.program.wait_ready(60)

    def _write(self, hours):
        # In place: the program has it mapped.
        with open(self._file, "r+b" if self._file.exists() else "wb") as file:
            file.write(struct.pack("=q", hours * HOUR_NS))

    def step(self, hours):
        """True if the replica says so within seconds (0: that all is well again)."""
        self._write(hours)
        self.trial.fault("step", hours=hours)
        if hours:
            return self.trial.until(f"the replica says that it is off by {hours} h",
                                    lambda: "clock" in self.program.readiness()[1], 20)
        return self.trial.until("the replica is well again",
                                lambda: self.program.readiness()[0], 20)

    def alone(self, seconds):
        """Kills the sound clock for so long and notes from when to when: no timer may fire then.
        True if the replica's metrics tell how far it is off."""
        sound = self.trial.site.programs["clock-1"]
        sound.kill()
        self.trial.fault("SIGKILL", role=sound.name)
        begun = time.time() * 1000
        time.sleep(seconds)
        off = abs(self.program.metrics().get("baton_clock_skew_seconds", 0)) > 3590
        self.windows.append((begun, time.time() * 1000))
        sound.launch()
        sound.wait_ready(60)
        return off

    def stop(self):
        self.trial.site.dismiss("clock-2")
