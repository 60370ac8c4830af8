"""Experiments that break Redis, Kafka and the way to them."""

import time
from contextlib import contextmanager

from experiment import experiment
from proxy import Faults, Proxy
from redis_group import RedisGroup
from trial import FURTHER_LOADS

# Little room for what waits for Kafka, so that an outage reaches the cap.
TIGHT = ("--limits-outbox-max", "20000", "--limits-outbox-reserve", "1000", "--relay-keep", "2000")


@experiment("F4", "SIGKILL of Redis and a restart, again and again")
def f4(trial):
    trial.begin()
    for _ in range(2):
        trial.load(trial.pick(900, 70_000), trial.pick(110, 220))

    def crash():
        trial.site.kill_server("redis")
        trial.fault("SIGKILL", server="redis")
        time.sleep(trial.random.uniform(0.3, 0.8))
        trial.site.start_servers()

    crashes = trial.pick(2, 8)
    trial.while_publishing(trial.pick((1, 2), (8, 20)), crash, trial.pick(2, 100),
                           enough=lambda: trial.faults["SIGKILL"] >= crashes)
    trial.settle()
    trial.witness("crashes of Redis under load", trial.faults["SIGKILL"], crashes)
    trial.witness("calls that met no Redis", trial.answered("UNAVAILABLE"), trial.pick(1, 20))


@experiment("F6", "SIGKILL of the primary of a Redis with replicas, which Sentinels replace")
def f6(trial):
    with RedisGroup(trial.site) as group:
        trial.begin(env={"BATON_REDIS_MIN_REPLICA_ACKS": "1"})
        for _ in range(2):
            trial.load(trial.pick(900, 35_000), trial.pick(60, 150))
        gone = []

        def fail_over():
            begun = time.monotonic()
            killed = group.kill_primary()
            trial.fault("SIGKILL", server="primary")
            trial.until("a call is answered behind a failover", trial.loads[0].tenant.answers, 20)
            gone.append(time.monotonic() - begun)
            group.revive(killed)

        failovers = trial.pick(2, 8)
        trial.while_publishing(trial.pick((1, 2), (5, 15)), fail_over, trial.pick(2, 40),
                               enough=lambda: trial.faults["SIGKILL"] >= failovers)
        trial.settle()
    trial.site.roles()  # back to Redis itself
    trial.figures["longest_without_answer_s"] = round(max(gone, default=0), 1)
    trial.witness("primaries killed under load", trial.faults["SIGKILL"], failovers)
    trial.witness("calls that met no primary", trial.answered("UNAVAILABLE"))


@experiment("F29", "SIGSTOP of Redis for some seconds")
def f29(trial):
    trial.begin()
    for _ in range(2):
        trial.load(trial.pick(700, 35_000), trial.pick(130, 200))

    unanswered = 0

    def freeze():
        nonlocal unanswered
        with frozen(trial, "redis"):
            until = time.monotonic() + 5
            unanswered += not trial.loads[0].tenant.answers()
            time.sleep(max(0, until - time.monotonic()))

    pauses = trial.pick(1, 6)
    trial.while_publishing(trial.pick((1, 2), (8, 15)), freeze, trial.pick(1, 100),
                           enough=lambda: trial.faults["SIGSTOP"] >= pauses)
    trial.settle()
    trial.witness("pauses under load", trial.faults["SIGSTOP"], pauses)
    trial.witness("calls that Redis did not answer in time", unanswered,
                  trial.faults["SIGSTOP"])


@contextmanager
def frozen(trial, server):
    trial.site.signal_server(server, "STOP")
    trial.fault("SIGSTOP", server=server)
    try:
        yield
    finally:
        trial.site.signal_server(server, "CONT")


@experiment("F8", "lost, late, torn and half-open replies of Redis and of the API")
def f8(trial):
    to_redis = Proxy(trial.site.redis_port, trial.seed)
    api = []

    def lossy_load():
        lossy = "ipv4:" + ",".join(f"127.0.0.1:{one.port}" for one in api)
        for _ in range(2):
            trial.load(trial.pick(700, 35_000), trial.pick(120, 150), server=lossy)
        time.sleep(1)
        to_redis.faults = Faults(drop=0.01, silence=0.001, reset=0.003, delay=0.02)
        for one in api:
            one.faults = Faults(drop=0.004, reset=0.002, delay=0.02)
        trial.until("everything is published", lambda: not trial.publishing, trial.pick(60, 600))
        time.sleep(trial.pick(1, 5))
        for one in (to_redis, *api):
            one.faults = Faults()

    def witnesses():
        """(event, how often, how often at least)"""
        dropped = sum(one.counts["replies dropped"] for one in api)
        return [("Redis replies dropped", to_redis.counts["replies dropped"], trial.pick(10, 200)),
                ("half-open connections to Redis", to_redis.counts["half-open"], 1),
                ("replies torn by a reset", to_redis.counts["resets"], trial.pick(3, 50)),
                ("API replies dropped", dropped, trial.pick(3, 50))]

    try:
        trial.begin(env={"BATON_REDIS_URL": f"redis://127.0.0.1:{to_redis.port}"})
        api += [Proxy(program.grpc_port, trial.seed + 1)
                for program in trial.site.of_role("dispatch")]
        for _ in range(1 + FURTHER_LOADS):
            lossy_load()
            if all(count >= least for _, count, least in witnesses()):
                break
        trial.settle()
    finally:
        for one in api:
            one.stop()  # a server that stops would wait for what they hold half-open
        trial.site.roles()  # back to Redis itself
        to_redis.stop()
    for kind, count in to_redis.counts.items():
        trial.faults[f"redis {kind}"] = count
    for kind in ("replies dropped", "resets", "delayed"):
        trial.faults[f"api {kind}"] = sum(one.counts[kind] for one in api)
    for event, count, least in witnesses():
        trial.witness(event, count, least)


@experiment("F10", "SIGKILL of Kafka and a restart, again and again")
def f10(trial):
    trial.begin()
    for _ in range(2):
        trial.load(trial.pick(700, 40_000), trial.pick(130, 200))

    def crash():
        trial.site.kill_server("kafka")
        trial.fault("SIGKILL", server="kafka")
        trial.site.start_servers()

    crashes = trial.pick(1, 5)
    trial.while_publishing(trial.pick((2, 3), (15, 30)), crash, crashes,
                           enough=lambda: trial.faults["SIGKILL"] >= crashes)
    trial.settle()
    trial.witness("crashes of Kafka under load", trial.faults["SIGKILL"], crashes)


@experiment("F11", "Kafka away while reps act and timers fire")
def f11(trial):
    trial.begin(flags=trial.pick((), TIGHT))
    load = trial.load(trial.pick(900, 60_000), 1_500, reps=0)
    trial.until("all input is read", lambda: load.done and trial.unread() == 0,
                trial.pick(60, 400))
    trial.site.kill_server("kafka")
    trial.fault("SIGKILL", server="kafka")
    begun = time.time()
    # No Kafka, so these drivers only play reps: at first silent ones, since those who act may fill
    # the outbox before a timer is due; then the same reps act, but for a few offers.
    reps, least_timers = trial.pick((8, 10), (40, 100))
    fired_before = trial.site.timers_fired()
    trial.play(load, 0, 1, reps=reps, flags=("--silent", "1", "--idle", "1"))
    trial.until("timers fire without Kafka",
                lambda: trial.site.timers_fired() >= fired_before + least_timers, 60)
    trial.play(load, 0, 1, reps=reps, flags=("--silent", "0.05"))
    time.sleep(trial.pick(9, 180))
    while trial.long and time.time() < begun + 600 and not trial.answered("EXHAUSTED", begun):
        time.sleep(10)  # the outbox is full when reps have worked off what they had
    longest = trial.site.longest_outbox()
    trial.site.start_servers()
    ended = time.time()
    trial.settle()
    ledger = trial.ledger(load)
    # What was published late was decided in time: its own clock says so.
    timers = sum(begun <= at / 1000 <= ended for at in ledger.expired_at)
    trial.figures |= {"longest outbox": longest, "away_s": round(ended - begun)}
    trial.witness("rep actions answered OK without Kafka",
                  trial.answered("OK", begun, ended), trial.pick(100, 5_000))
    trial.witness("timers fired without Kafka", timers, least_timers)
    if trial.long:
        trial.witness("actions refused at the outbox's cap",
                      trial.answered("EXHAUSTED", begun, ended))
