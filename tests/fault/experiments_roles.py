"""Experiments that break Baton's own processes."""

import time

from checks import check_views
from experiment import experiment
from streams import Streams
from verification import eventually_sound
from world import FEEDBACK

PROMPT = ("--silent", "0")  # every offer is answered: no timer is waited for in the end
SESSION_S = 10  # of intake's consumer group; the relay's is shorter


def kill_and_restart(trial, program):
    """A crash in full work, and a new start at once."""
    program.kill()
    trial.fault("SIGKILL", role=program.name)
    program.launch()


@experiment("F1", "SIGKILL of random roles, each started again at once")
def f1(trial):
    trial.begin()  # eight processes: two of each role
    for _ in range(2):
        trial.load(trial.pick(900, 70_000), trial.pick(170, 220),
                   flags=("--duplicates", "0.1", "--reorder", "20"))
    hit = set()

    def kill():
        # Each role has its turn; which of its processes dies is random.
        roles = ["intake", "dispatch", "clock", "relay"]
        role = roles[trial.faults["SIGKILL"] % len(roles)]
        program = trial.random.choice(trial.site.of_role(role))
        program.wait_ready(60)
        kill_and_restart(trial, program)
        hit.add(role)

    kills = trial.pick(4, 20)
    trial.while_publishing(trial.pick((0.5, 1.2), (3, 8)), kill,
                           enough=lambda: trial.faults["SIGKILL"] >= kills)
    trial.settle()
    trial.witness("kills of a working process under load", trial.faults["SIGKILL"], kills)
    trial.witness("roles hit", len(hit), 4)


@experiment("F2", "SIGSTOP of an intake and a relay beyond their sessions (zombies)")
def f2(trial):
    trial.begin()
    stop_s = trial.pick(SESSION_S + 1.5, 2 * SESSION_S)
    rounds = trial.pick(1, 8)
    load_s = rounds * (stop_s + 8)
    for _ in range(2):
        trial.load(trial.pick(1000, 35_000), int(trial.pick(1000, 35_000) / load_s))
    taken_over = noticed = 0
    for number in range(rounds):
        time.sleep(trial.random.uniform(1.5, 3))
        zombies = [trial.random.choice(trial.site.of_role(role)) for role in ("intake", "relay")]
        heirs = [one for role in ("intake", "relay") for one in trial.site.of_role(role)
                 if one not in zombies]
        for zombie in zombies:  # who holds nothing has nothing to lose, and never says so
            trial.until(f"{zombie.name} holds partitions", lambda one=zombie: owned(one) > 0, 30)
        marks = [len(zombie.log()) for zombie in zombies]
        for zombie in zombies:
            zombie.process.send_signal(19)
            trial.fault("SIGSTOP", role=zombie.name)
        time.sleep(stop_s)
        for heir in heirs:
            taken_over += trial.until(f"{heir.name} takes over from the sleeping",
                                      lambda one=heir: owned(one) == all_of(one), 30)
        for zombie in zombies:
            zombie.process.send_signal(18)
        for zombie, mark in zip(zombies, marks):
            noticed += trial.until(f"{zombie.name} notices that it was expelled",
                                   lambda: "revoked" in zombie.log()[mark:], 30)
    trial.settle()
    trial.witness("work taken over from the sleeping", taken_over, 2 * rounds)
    trial.witness("zombies that learned of their expulsion", noticed, 2 * rounds)


def owned(program):
    """Partitions that the log of an intake or a relay last said it holds."""
    events = ('intake.assigned"', 'intake.revoked"', 'relay.shards_')
    lines = [line for line in program.log().splitlines() if any(one in line for one in events)]
    key = '"held":"' if program.role == "intake" else '"owned":"'
    return int(lines[-1].split(key)[1].split('"')[0]) if lines else 0


def all_of(program):
    return 12 if program.role == "intake" else 16


@experiment("F3", "SIGTERM of one role after the other, with streams watching")
def f3(trial):
    trial.begin()
    watched = trial.load(trial.pick(200, 4_000), 20, reps=25, flags=PROMPT)
    streams = Streams(trial.site.address, watched.tenant.parent,
                      [f"rep-{number:02d}" for number in range(1, 26)], 500, trial.seed)
    try:
        trial.until("500 streams are open", lambda: streams.live == 500, 30)
        trial.load(trial.pick(600, 60_000), trial.pick(60, 280), flags=PROMPT)
        restarts = 0
        while trial.publishing and restarts < trial.pick(1, 10):
            for program in list(trial.site.programs.values()):
                begun = time.monotonic()
                code = program.terminate()
                took = time.monotonic() - begun
                trial.fault("SIGTERM", role=program.name, seconds=round(took, 2))
                if code != 0:
                    trial.violations.add(f"{program.name} ended with {code} after SIGTERM")
                if took > 15:
                    trial.violations.add(f"{program.name} took {took:.0f} s to stop")
                program.launch()
                program.wait_ready(60)
            restarts += 1
        trial.settle()
        check_streams(trial, streams, watched)
    finally:
        streams.stop()
    trial.witness("restarts under load", trial.faults["SIGTERM"], 8)
    trial.witness("streams ended by a restart", streams.counts["cut"], 400)
    trial.figures["stream responses"] = streams.counts["responses"]


def check_streams(trial, streams, load):
    """Each stream shows what the list shows, now that nothing changes."""
    trial.violations.extend(eventually_sound(
        lambda found: check_views(streams.views(), load.tenant.open_leads(), found), 60))


@experiment("F13", "rebalance storm: intakes and relays join and leave")
def f13(trial):
    trial.begin()
    for _ in range(2):
        trial.load(trial.pick(700, 35_000), trial.pick(80, 150), flags=PROMPT)
    steady = trial.site.of_role("intake") + trial.site.of_role("relay")
    begin, least = sum(map(rebalances, steady)), trial.pick(6, 40)
    seen = lambda: sum(map(rebalances, steady)) - begin
    guests = []

    def disturb():
        if guests and trial.random.random() < 0.6:
            name = guests.pop(trial.random.randrange(len(guests)))
            crash = trial.random.random() < 0.25
            guest = trial.site.programs[name]
            trial.until(f"{name} runs", lambda: guest.log() != "", 10)
            if crash:
                guest.kill()
            trial.site.dismiss(name)
            trial.fault("killed" if crash else "left", role=name)
        elif len(guests) < 4:
            role = trial.random.choice(("intake", "relay"))
            name = f"{role}-guest-{sum(trial.faults.values())}"
            trial.site.add(name, role)
            guests.append(name)
            trial.fault("joined", role=name)

    # A group that is slow to settle is disturbed again before it has: that is one of them, not two.
    trial.while_publishing(trial.pick((0.3, 0.9), (2, 5)), disturb, enough=lambda: seen() >= least)
    for name in guests:
        trial.site.dismiss(name)
    trial.settle()
    trial.witness("rebalances seen by those who stayed", seen(), least)


def rebalances(program):
    log = program.log()
    return log.count("intake.assigned") + log.count("relay.shards_assigned")


@experiment("F16", "many timers due at once, clocks killed in the burst")
def f16(trial):
    trial.begin(layout={"clock": 0})
    load = trial.load(trial.pick(2_500, 64_000), 1_500, reps=0)
    queues = ("dach-mid", "emea", "us", "triage")
    reps = [f"rep-{number:02d}" for number in range(1, trial.pick(4, 66))]
    for rep in reps:
        load.tenant.add_rep(rep, queues=queues, capacity=1000)
    ledger = trial.ledger(load)
    patience_s = trial.pick(90, 500)
    trial.until("every lead has a rep", lambda: ledger.stages["OFFERED"] +
                ledger.stages["ACCEPTED"] == len(load.ids), patience_s)
    due = ledger.stages["OFFERED"]
    time.sleep(4)  # every offer is overdue: they were made for three seconds
    for rep in reps:
        load.tenant.set_presence(rep, away=True)
    expired = lambda: ledger.changes["offer_expired"]
    clocks = [trial.site.add(f"clock-{number}", "clock") for number in range(1, 7)]
    killed_in_burst = 0
    for number, victim in enumerate(trial.random.sample(clocks, 2)):
        trial.until("the burst goes on", lambda: expired() > due * (0.05 + 0.3 * number),
                    patience_s)
        victim.kill()
        trial.fault("SIGKILL", role=victim.name, fired=expired())
        killed_in_burst += expired() < due
    trial.until("every timer has fired", lambda: expired() >= due, patience_s)
    trial.settle(decided=False)
    if expired() != due:
        trial.violations.add(f"{due} timers were due, {expired()} fired")
    trial.figures |= {"timers": due, "latest_ms": max(ledger.late_ms, default=0)}
    trial.witness("timers due at once", due, trial.pick(1_500, 50_000))
    trial.witness("clocks killed in the burst", killed_in_burst, trial.pick(1, 2))


@experiment("F26", "relays killed between produce and trim, two at work")
def f26(trial):
    trial.begin()
    starts = trial.site.feed.ends(FEEDBACK)

    def kill():
        # In the middle of a transaction: its first record is there, its commit is not.
        if trial.site.feed.awaits_uncommitted(FEEDBACK, 10):
            kill_and_restart(trial, trial.random.choice(trial.site.of_role("relay")))

    def published_twice():
        """Entries that a reader who does not wait for commits has seen again."""
        names = [dict(message.headers())["ce_id"]
                 for message in trial.site.feed.read(FEEDBACK, starts, "read_uncommitted")]
        return len(names) - len(set(names))

    def has_torn_one():
        """Waits for the relays to go on: what was torn comes again only then, and Kafka may take
        20 s to end it."""
        deadline = time.monotonic() + 25
        while published_twice() == 0 and time.monotonic() < deadline:
            time.sleep(0.5)
        return published_twice() > 0

    # Whether a kill meets the transaction that it was meant for is a matter of milliseconds.
    for _ in range(4):
        for _ in range(2):
            trial.load(trial.pick(1_300, 40_000), trial.pick(170, 200), flags=PROMPT)
        trial.while_publishing(trial.pick((0.3, 0.8), (1, 4)), kill, trial.pick(6, 60))
        if has_torn_one() and trial.faults["SIGKILL"] >= trial.pick(3, 20):
            break
    trial.settle()
    twice = published_twice()
    trial.figures["published twice for careless readers"] = twice
    trial.witness("relays killed with output on its way", trial.faults["SIGKILL"],
                  trial.pick(3, 20))
    trial.witness("entries of torn transactions published again", twice)
