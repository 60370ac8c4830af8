"""The installation that is broken: a Redis, a Kafka and Baton's roles as processes of their own."""

import json
import subprocess
import threading
import time
from collections import Counter

import grpc
from baton.v1 import assignment_service_pb2 as aspb, lead_pb2, lead_service_pb2 as lspb
from baton.v1 import roster_service_pb2 as rspb
from feed import Feed
from stack import BIN, TOP, Program, Servers
from world import INPUT, World

LAYOUT = {"intake": 2, "dispatch": 2, "clock": 2, "relay": 2}
AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.CANCELLED)
OUTBOX = """local n = 0 for i = 0, 15 do
  n = math.max(n, redis.call('XLEN', string.format('{b%02d}:outbox', i))) end return n"""


def sample_policy(workspace, accept_within):
    """That of the demo: three queues of offers, one direct."""
    text = (TOP / "deploy/local/sample/policy.yaml").read_text()
    return text.replace("workspace: demo", f"workspace: {workspace}").replace(
        "accept_within: 3s", f"accept_within: {accept_within}")


def says_away(error):
    """True of what gRPC says of a server that is not there, also of one that was killed while it
    answered (grpc issue 34076)."""
    return error.code() in AWAY or error.details() == "Stream removed"


def persist(call, seconds=60):
    """What `call` returns, repeated while the server is away."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return call()
        except grpc.RpcError as error:
            if not says_away(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


class Site(Servers):
    """stop() ends everything that it started."""

    def __init__(self, folder):
        super().__init__(folder)
        self.programs = {}
        self.group = None  # the RedisGroup of an experiment
        self.feed = Feed(self.brokers)

    @property
    def redis_port(self):
        return self.group.primary_port() if self.group else super().redis_port

    def roles(self, layout=None, env=None, flags=()):
        """Makes the running programs those of `layout` (role -> number) with these settings, polite
        to those that have to go; programs that died are started again."""
        layout, env = LAYOUT | (layout or {}), self.env | (env or {})
        wanted = {f"{role}-{number}": role for role, count in layout.items()
                  for number in range(1, count + 1)}
        for name, program in list(self.programs.items()):
            if name not in wanted or (program.env, program.flags) != (env, tuple(flags)):
                self.dismiss(name)
        for name, role in wanted.items():
            if name not in self.programs:
                self.programs[name] = Program(role, self.folder, env, flags, name)
            if not self.programs[name].alive:
                self.programs[name].launch()
        for name in wanted:
            self.programs[name].wait_ready(60)

    def add(self, name, role):
        """One more program, set up as the others; it is not waited for."""
        other = next(iter(self.programs.values()))
        self.programs[name] = Program(role, self.folder, other.env, other.flags, name)
        self.programs[name].launch()
        return self.programs[name]

    def dismiss(self, name):
        """Stops a program and forgets it; returns its exit code, None if it was dead."""
        program = self.programs.pop(name)
        return program.terminate() if program.alive else None

    def of_role(self, role):
        return [program for program in self.programs.values() if program.role == role]

    @property
    def address(self):
        """The API of every dispatch, as a gRPC target."""
        return "ipv4:" + ",".join(program.address for program in self.of_role("dispatch"))

    def counters(self):
        """Baton's input counters, or None while no intake answers."""
        for program in self.of_role("intake"):
            samples = program.metrics() if program.alive else {}
            parts = {part: samples.get(f'baton_input_conservation_records{{part="{part}"}}')
                     for part in ("input", "applied", "duplicate", "dead_lettered")}
            if None not in parts.values():
                return {part: int(value) for part, value in parts.items()}
        return None

    def checkpoints(self):
        """Partition -> next offset of the input, as stored."""
        words = self.redis("HGETALL", "{b00}:input:" + INPUT)
        return {int(words[i]): int(words[i + 1]) for i in range(0, len(words) - 1, 2)}

    def timers_fired(self):
        """By the clocks that run now, since each was started."""
        return sum(program.metrics().get("baton_timers_fired_total", 0)
                   for program in self.of_role("clock") if program.alive)

    def longest_outbox(self):
        return int(self.redis("EVAL", OUTBOX, "0")[0])

    def stop(self):
        for name in list(self.programs):
            program = self.programs.pop(name)
            if program.alive:
                program.process.kill()
                program.process.wait()
        self.feed.stop()
        super().stop()


class Tenant(World):
    """A workspace with the demo's policy or another one, and what the API says of it."""

    def __init__(self, site, accept_within="3s", policy=sample_policy):
        super().__init__(site, accept_within, policy)

    def pages(self, rpc, request, items):
        while True:
            page = persist(lambda: rpc(request, timeout=10))
            yield from getattr(page, items)
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def answers(self):
        """True if a call that needs Redis is answered; False for UNAVAILABLE or out of time."""
        try:
            self.assignments.ListAssignments(
                aspb.ListAssignmentsRequest(parent=self.parent), timeout=4)
        except grpc.RpcError as error:
            if not says_away(error):
                raise
            return False
        return True

    def stored(self):
        """lead -> (stage, version, rep)."""
        last = lambda name: name.rsplit("/", 1)[-1]
        return {last(lead.name): (lead_pb2.Stage.Name(lead.stage).removeprefix("STAGE_"),
                                  lead.version, last(lead.rep))
                for lead in self.pages(self.leads.ListLeads, lspb.ListLeadsRequest(
                    parent=self.parent, page_size=1000), "leads")}

    def reps(self):
        return self.pages(self.roster.ListReps, rspb.ListRepsRequest(
            parent=self.parent, page_size=1000), "reps")

    def capacities(self):
        """rep -> capacity."""
        return {rep.name.rsplit("/", 1)[-1]: rep.capacity for rep in self.reps()}

    def presences(self):
        """Presence -> number of reps; nothing while the API does not answer."""
        return dict(Counter(rspb.Presence.Name(rep.presence) for rep in self.reps())
                    if self.answers() else {})

    def set_presence(self, rep, away):
        presence = rspb.PRESENCE_AWAY if away else rspb.PRESENCE_ONLINE
        persist(lambda: self.roster.SetRepPresence(rspb.SetRepPresenceRequest(
            name=f"{self.parent}/reps/{rep}", presence=presence), timeout=10))

    def watch_anew(self, scope, token):
        """A watch that is given up by itself."""
        return self.assignments.WatchAssignments(aspb.WatchAssignmentsRequest(
            parent=self.parent + scope, resume_token=token), timeout=10)

    def open_leads(self):
        """rep -> (lead -> generation) of all present assignments."""
        found = {}
        for one in self.pages(self.assignments.ListAssignments, aspb.ListAssignmentsRequest(
                parent=self.parent, page_size=1000), "assignments"):
            found.setdefault(one.rep.rsplit("/", 1)[-1], {})[
                one.lead.rsplit("/", 1)[-1]] = one.generation
        return found


def read_history(path):
    """Its lines, parsed; a last one that was cut off is left out."""
    if not path.exists():
        return
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                yield json.loads(line)


class Driver:
    """A baton-demo that publishes and plays reps; its history is a file of JSON lines."""

    def __init__(self, site, tenant, folder, seed, leads, rate, reps, server, flags):
        self.history_path = folder / f"{tenant.name}-{seed}.jsonl"
        self.said = {"published": 0, "total": leads, "done": False, "failures": []}
        self._errors = open(folder / f"{tenant.name}-{seed}.log", "wb")
        self._process = subprocess.Popen(
            [BIN / "baton-demo", "--load-only", "--brokers", site.brokers, "--server",
             server, "--workspace", tenant.name, "--leads", str(leads), "--rate", str(rate),
             "--reps", str(reps), "--seed", str(seed), "--rep-patience", "300", "--history",
             self.history_path, *flags],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        for line in self._process.stdout:
            self.said = json.loads(line)

    @property
    def done(self):
        """All is handed to Kafka."""
        return self.said["done"]

    @property
    def ended(self):
        return self._process.poll() is not None

    def stop(self):
        """Lets it finish its calls; returns the exit code."""
        self._process.stdin.close()
        try:
            code = self._process.wait(90)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._thread.join(5)
        self._errors.close()
        return code

    def kill(self):
        if not self.ended:
            self._process.kill()
            self._process.wait()
