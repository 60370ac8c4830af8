"""The measurements that need the whole: Kafka, Redis, Baton, and the bare loops beside it."""

import time

from world import BARE_OUTPUT, OUTPUT, Baton, Trouble, bare_loop

LANGUAGES = {"cpp": "C++", "java": "Java", "python": "Python"}
REPS = 40  # ten in each queue


def handoff(world, report, scale):
    """handoffs/s, drained: every event qualifies and is assigned; Baton beside the bare loops"""
    leads = scale(10_000, 30_000)
    with Baton(world):
        for number in range(scale.rounds):
            world.workspace(world.named("handoff", number), REPS)
    for number in range(scale.rounds):
        name = world.named("handoff", number)
        world.load("fill", brokers=world.brokers, workspace=name, leads=leads)
        bare = {}
        for language in _turned(list(LANGUAGES) + ["baton"], number):
            if language == "baton":
                baton = Baton(world, ready=False)
                ours = world.observe(OUTPUT, lambda: baton, leads, key_prefix=f"{name}/",
                                     type_suffix="assigned.v1")
            else:
                bare[language] = world.observe(
                    BARE_OUTPUT, lambda: bare_loop(world, language, f"{language}-{name}"), leads)
        report.add("handoffs, Baton", "/s", ours["per_second"])
        report.add("  CPU of Baton", "us each", ours["cpu_us"])
        for language, shown in LANGUAGES.items():
            report.add(f"handoffs, bare {shown}", "/s", bare[language]["per_second"])
            report.add(f"  CPU of bare {shown}", "us each", bare[language]["cpu_us"])
        for language, goal in (("cpp", ">= 0.8"), ("java", "> 1"), ("python", "> 1")):
            report.add(f"  Baton : bare {LANGUAGES[language]}", "x",
                       ours["per_second"] / bare[language]["per_second"], goal)
        for language, goal in (("java", "<= 0.20"), ("python", "<= 0.33")):
            report.add(f"  CPU, Baton : bare {LANGUAGES[language]}", "x",
                       ours["cpu_us"] / bare[language]["cpu_us"], goal)


def mix(world, report, scale):
    """lead events/s at a realistic mix: 20 events a lead, a tenth of the leads qualifies"""
    leads, each = scale(2_000, 5_000), 20
    with Baton(world):
        for number in range(scale.rounds):
            world.workspace(world.named("mix", number), REPS)
    for number in range(scale.rounds):
        name = world.named("mix", number)
        world.load("fill", brokers=world.brokers, workspace=name, leads=leads,
                   events_per_lead=each, qualified_percent=10)
        rates = {}
        for which in _turned(["baton", "bare"], number):
            if which == "baton":
                rates[which] = _drain_rate(world, leads * each)
            else:
                rates[which] = world.observe(
                    BARE_OUTPUT, lambda: bare_loop(world, "cpp", f"cpp-{name}"),
                    leads * each)["per_second"]
        report.add("events at the mix, Baton", "/s", rates["baton"])
        report.add("  the same records, bare C++", "/s", rates["bare"])
        report.add("  events, Baton : bare C++", "x", rates["baton"] / rates["bare"], ">= 2.5")


def latency(world, report, scale):
    """from an event handed to Kafka to the assignment on its rep's stream, at 1,000/s"""
    # The first round is not counted: a broker that has just started compiles itself meanwhile.
    for number in range(-1, scale.rounds):
        name = world.named("latency", number + 1)
        with Baton(world) as baton:
            report.add("start of the binary until ready", "s", baton.start_s, "< 1")
            world.workspace(name, REPS)
            seen = world.load("latency", brokers=world.brokers, server=world.grpc,
                              workspace=name, reps=REPS, rate=1000,
                              seconds=30 if number < 0 else scale(5, 15))
        if number < 0:
            continue
        report.add("event to stream at 1,000/s, p50", "ms", seen["p50_ms"], "<= 5")
        report.add("  p99", "ms", seen["p99_ms"], "<= 20")
        report.add("  worst", "ms", seen["max_ms"])
        report.add("  not within 2 s of the last event", "leads", seen["sent"] - seen["seen"], "0")


def freed(world, report, scale):
    """from the call that gives a rep room to the lead that waited longest, on the rep's stream"""
    times, queues = scale(100, 500), 4
    with Baton(world):
        name = world.named("freed")
        world.workspace(name, queues, capacity=1)
        world.load("fill", brokers=world.brokers, workspace=name,
                   leads=2 * queues * times * scale.rounds)
        for _ in range(scale.rounds):
            seen = world.load("freed", server=world.grpc, workspace=name, rep=0, times=times)
            report.add("room of a rep to its next lead, p50", "ms", seen["p50_ms"])
            report.add("  p99", "ms", seen["p99_ms"], "<= 100")
            report.add("  worst", "ms", seen["max_ms"])


def accept(world, report, scale):
    """accept calls/s by gRPC at 64 in flight, beside a server that does nothing"""
    calls = scale(1_000, 4_000)
    name = world.named("accept")
    with Baton(world) as baton:
        world.workspace(name, REPS)
        total = min(calls * scale.rounds, REPS * 1000 // 2)
        # Until the last offer is published: then nothing else is left to do.
        world.observe(OUTPUT, lambda: _Filling(world, baton, name, total), total,
                      key_prefix=f"{name}/", type_suffix="assigned.v1")
        for _ in range(scale.rounds):
            ours = world.load("accept", server=world.grpc, workspace=name,
                              calls_max=total // scale.rounds)
            server, _ = world.start_load("serve", address=world.bare)
            bare = world.load("call-bare", server=world.bare, workspace=name,
                              calls_max=20_000)
            server.communicate()
            report.add("accepts, 64 in flight", "/s", ours["per_second"])
            report.add("  bare gRPC callback server", "/s", bare["per_second"])
            report.add("  Baton : bare server", "x", ours["per_second"] / bare["per_second"],
                       ">= 0.6")


def streams(world, report, scale):
    """memory of an open stream, and what streams that it does not concern cost a handoff"""
    leads = scale(5_000, 10_000)
    for number in range(scale.rounds):
        cpu = {}
        for count in (1, scale(1_000, 4_000)):
            name = world.named("streams", number, count)
            with Baton(world) as baton:
                world.workspace(name, REPS, idle=REPS)
                before = baton.rss_mb()
                holder, opened = world.start_load("streams", server=world.grpc, workspace=name,
                                                  first_rep=REPS, reps=REPS, streams=count)
                if opened["live"] < count:
                    raise Trouble(f"only {opened['live']} of {count} streams are open")
                if count > 1:
                    each = (baton.rss_mb() - before) * 1024 / count
                    report.add("memory of an open stream", "KB", each, "<= 50")
                    report.add(f"  Baton with {count} streams", "MB", baton.rss_mb(), "< 150")
                cpu[count] = world.observe(
                    OUTPUT, lambda: _Filling(world, baton, name, leads), leads,
                    key_prefix=f"{name}/", type_suffix="assigned.v1")["cpu_us"]
                holder.communicate()
        one, many = cpu.values()
        report.add(f"CPU of a handoff, {count} streams : 1", "x", many / one, "<= 1.3")


class _Filling:
    """Fills the topic for the time of a with block, as the load of a Baton that runs."""

    def __init__(self, world, baton, name, leads):
        self.pid, self.process = baton.pid, None
        self.start = lambda: world.start(*world.load_args("fill", brokers=world.brokers,
                                                     workspace=name, leads=leads))

    def __enter__(self):
        self.process = self.start()
        return self

    def __exit__(self, *_):
        self.process.communicate()


def _drain_rate(world, records):
    """Records a second that Baton takes in, from its first batch to its last."""
    with Baton(world, ready=False) as baton:
        first_at, first, done = None, 0, 0
        patience = time.monotonic() + 120
        while done < records:
            if time.monotonic() > patience:
                raise Trouble(f"Baton took {done} of {records} records")
            time.sleep(0.01)
            try:
                done = baton.counter("baton_input_records_total")
            except OSError:  # it is about to start; all may be read before every role is ready
                continue
            if done > 0 and first_at is None:
                first_at, first = time.monotonic(), done
        return (records - first) / (time.monotonic() - first_at)


def _turned(names, by):
    """Another one goes first in each round."""
    by %= len(names)
    return names[by:] + names[:by]
