"""What is measured: Baton, the bare loops, and the load. Everything runs against the servers that
tests/bench/run started."""

import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = ROOT / "build/release/bin"
BENCH = ROOT / "tests/bench"
READY_S = 30
INPUT, OUTPUT = "baton.lead-events.v1", "baton.assignments.v1"
BARE_OUTPUT = "bench.assignments.v1"
QUEUES = ("dach", "france", "us", "rest")
REP_CAPACITY = 1000  # the most that a rep can have


class Trouble(Exception):
    """Something could not be measured; says why."""


class World:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.brokers = os.environ["BATON_KAFKA_BROKERS"]
        self.redis_port = os.environ["BATON_REDIS_URL"].rsplit(":", 1)[1]
        self.grpc = os.environ["BENCH_GRPC"]
        self.http = os.environ["BENCH_HTTP"]
        self.bare = os.environ["BENCH_BARE"]
        self.started = []
        self.stamp = f"{int(time.time()):x}"
        self.log = open(self.folder / "programs.log", "ab", buffering=0)

    def named(self, *parts):
        """The id of a workspace that no earlier run has used."""
        return "-".join(str(part) for part in (*parts, self.stamp))

    def run(self, *args, **options):
        done = subprocess.run([str(a) for a in args], stdout=subprocess.PIPE, stderr=self.log,
                              text=True, check=False, **options)
        if done.returncode != 0:
            name = pathlib.Path(str(args[0])).name
            raise Trouble(f"{name} {args[1]} failed; see {self.log.name}")
        return done.stdout

    def load(self, command, **options):
        """One subcommand of bench-load, to its end."""
        return json.loads(self.run(*self.load_args(command, **options)))

    @staticmethod
    def load_args(command, **options):
        flags = (x for name, value in options.items()
                 for x in (f"--{name.replace('_', '-')}", value))
        return (BIN / "bench-load", command, *flags)

    def start(self, *args):
        process = subprocess.Popen([str(a) for a in args], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.started.append(process)
        return process

    def close(self):
        """Ends what was started and still runs."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()

    def start_load(self, command, **options):
        """A subcommand that goes on until its standard input ends; waits for its first line."""
        process = self.start(*self.load_args(command, **options))
        line = process.stdout.readline()
        if not line:
            raise Trouble(f"bench-load {command} ended; see {self.log.name}")
        return process, json.loads(line)

    def redis(self, *args):
        return self.run("redis-cli", "-p", self.redis_port, *args)

    def workspace(self, name, reps, idle=0, capacity=REP_CAPACITY):
        """A workspace with the policy of the bench and `reps` online reps, each in one queue;
        behind them `idle` ones in none."""
        policy = (BENCH / "policy.yaml").read_text(encoding="utf-8")
        self.batonctl("workspace", "create", name)
        self.adopt(name, policy.replace("workspace: bench", f"workspace: {name}"))
        rows = [f"    - {{id: rep-{i:03d}, display_name: Rep {i}, queues: "
                f"[{QUEUES[i % len(QUEUES)] if i < reps else ''}], weight: {i % 3 + 1}, "
                f"capacity: {capacity}, skills: [], presence: online}}\n"
                for i in range(reps + idle)]
        self.batonctl("-w", name, "rep", "apply", "--file", "-", text=(
            f"apiVersion: baton.dev/v1\nkind: Roster\nmetadata: {{workspace: {name}}}\nspec:\n"
            f"  reps:\n{''.join(rows)}"))

    def adopt(self, workspace, policy):
        """Makes the policy active: marketing and sales approve it."""
        mia, sam = ("--principal", "mia@bench.example"), ("--principal", "sam@bench.example")
        draft = self.batonctl("-w", workspace, *mia, "-o", "name", "policy", "apply", "--file", "-",
                              text=policy).strip()
        for who, role in ((mia, "marketing"), (sam, "sales")):
            self.batonctl(*who, "policy", "approve", draft, "--as", role)
        self.batonctl(*sam, "policy", "activate", draft, "--as", "sales")

    def batonctl(self, *args, text=""):
        return self.run(BIN / "batonctl", "--server", self.grpc, "--timeout", "30s", *args,
                        input=text)

    def observe(self, topic, process, records, **filters):
        """Starts process() once the observer listens; its figures when all records have come."""
        observer, _ = self.start_load("observe", brokers=self.brokers, topic=topic,
                                      records=records, **filters)
        with process() as running:
            observer.stdin.write(f"{running.pid}\n")
            observer.stdin.flush()
            line = observer.stdout.readline()
        if observer.wait() != 0 or not line:
            raise Trouble(f"not all of {records} records came out of {topic}: {line.strip()}")
        return json.loads(line)


class Running:
    """A process for the time of a with block; ended by SIGTERM."""

    def __init__(self, world, *args):
        self.world, self.args, self.process, self.pid = world, args, None, 0

    def __enter__(self):
        self.process = subprocess.Popen([str(a) for a in self.args], stdin=subprocess.DEVNULL,
                                        stdout=self.world.log, stderr=self.world.log)
        self.pid = self.process.pid
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def rss_mb(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
        raise Trouble("no VmRSS")


class Baton(Running):
    """`baton all`, ready when the with block begins (unless ready=False)."""

    def __init__(self, world, ready=True):
        super().__init__(world, BIN / "baton", "all", "--grpc-address", world.grpc,
                         "--grpc-insecure", "loopback", "--http-address", world.http,
                         "--connect-address", "off", "--log-level", "warning")
        self.wait, self.start_s = ready, 0.0

    def __enter__(self):
        began = time.monotonic()
        super().__enter__()
        if self.wait:
            self.await_ready(began)
        return self

    def await_ready(self, began):
        while True:
            try:
                self.get("/readyz")
                self.start_s = time.monotonic() - began
                return
            except (urllib.error.URLError, OSError):
                if time.monotonic() - began > READY_S or self.process.poll() is not None:
                    raise Trouble(f"Baton did not become ready; see {self.world.log.name}") \
                        from None
                time.sleep(0.01)

    def get(self, path):
        with urllib.request.urlopen(f"http://{self.world.http}{path}", timeout=5) as answer:
            return answer.read().decode()

    def counter(self, name):
        for line in self.get("/metrics").splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        return 0.0


def bare_loop(world, language, prefix):
    """The bare loop in "cpp", "java" or "python", of a group of its own; its keys begin with
    `prefix`, so that none is there yet."""
    world.redis("ZADD", f"{prefix}:reps", *(x for i in range(32) for x in (0, f"rep-{i:03d}")))
    rest = (world.brokers, world.redis_port, BENCH / "bare/assign.lua", INPUT, BARE_OUTPUT,
            f"bare-{language}", prefix)
    if language == "cpp":
        names = ("--brokers", "--redis-port", "--script", "--in", "--out", "--group", "--prefix")
        return Running(world, BIN / "bare-loop", *(x for pair in zip(names, rest) for x in pair))
    if language == "java":
        classes = (f"{world.folder}/java/classes", f"{world.folder}/java/jars/*",
                   f"{os.environ['BENCH_JARS']}/*")
        return Running(world, "java", "-Xmx512m", "-cp", ":".join(classes), "BareLoop", *rest)
    return Running(world, world.folder / "python/bin/python", BENCH / "bare/python/bare_loop.py",
                   *rest)
