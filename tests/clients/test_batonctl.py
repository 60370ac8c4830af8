"""batonctl as people use it: contexts, lists that stay, completion by a real bash, and every
example of its help, run as it stands there."""

import concurrent.futures
import contextlib
import json
import os
import re
import signal
import subprocess
import time

import pytest
from baton.v1 import policy_service_pb2 as ppb
from stack import BIN, TOP, Stack
from world import MIA, SAM, World, eventually, inbound_policy

CTL = BIN / "batonctl"
PULLED = "    pulled: {mode: pull}\n"
# Examples of these change nothing of each other's world.
READS = {"get", "list", "describe", "diff", "explain", "view", "show", "journey", "recompute",
         "history", "validate", "test", "lint", "watch", "match", "health",
         "simulate", "report", "completion", "man"}
# What the help promises of these, where all is not well.
CODES = {"policy diff": {0, 1}, "diff": {0, 1}, "policy lint": {0, 1}, "webhook test": {1}}


@pytest.fixture(scope="module")
def hooked(tmp_path_factory):
    """A stack that may send webhooks to where nobody is."""
    running = Stack(tmp_path_factory.mktemp("ctl"), [
        "--webhooks-hosts", "*.acme.example", "--webhooks-timeout", "1s"])
    yield running
    running.stop()


def environment(stack, folder, workspace):
    return dict(stack.env, PATH=f"{BIN}:{os.environ['PATH']}", HOME=str(folder),
                BATONCTL_CONFIG=str(folder / "config.yaml"), BATONCTL_SERVER=stack.address,
                BATONCTL_WORKSPACE=workspace, BATONCTL_PRINCIPAL="mia@acme.example",
                BATONCTL_ROLES="marketing,admin")


def catches_interrupts(pid):
    """Whether the process has come so far that Ctrl-C ends it well."""
    with open(f"/proc/{pid}/status") as status:
        caught = next(line for line in status if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) & 1 << signal.SIGINT - 1


def ctl(stack, folder, *arguments, code=0):
    env = environment(stack, folder, "")
    for name in ("BATONCTL_SERVER", "BATONCTL_WORKSPACE"):
        env.pop(name)
    done = subprocess.run([CTL, *arguments], env=env, capture_output=True, text=True, timeout=30)
    assert done.returncode == code, (arguments, done)
    return done.stdout


def test_a_context_says_where_to_go(stack, world, tmp_path):
    world.add_rep("ada")
    ctl(stack, tmp_path, "config", "set-context", "here", "--server", stack.address,
        "-w", world.name)
    ctl(stack, tmp_path, "get", "reps", code=2)
    assert ctl(stack, tmp_path, "--context", "here", "get", "reps", "-o", "name").endswith("/ada\n")
    ctl(stack, tmp_path, "config", "use-context", "here")
    assert "context here" in ctl(stack, tmp_path, "config", "view")
    assert ctl(stack, tmp_path, "get", "rep", "ada", "--no-headers").startswith("ada")
    assert (tmp_path / "config.yaml").stat().st_mode & 0o777 == 0o600


class Watching:
    """A list that stays; its lines as they come."""

    def __init__(self, env, printed, *arguments):
        self.printed = printed
        with open(printed, "w") as out:
            self.process = subprocess.Popen([CTL, *arguments], env=env, stdout=out,
                                            stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def sees(self, text):
        def seen():
            assert self.process.poll() is None, self.process.stderr.read()
            return text in self.printed.read_text()
        eventually(seen, seconds=120)

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        _, notes = self.process.communicate(timeout=10)
        return self.process.returncode, notes


@pytest.mark.timeout(600)
def test_watches_outlive_the_server_and_end_well(hooked, tmp_path):
    world = World(hooked)
    world.add_rep("ada")
    env = environment(hooked, tmp_path, world.name)
    with contextlib.ExitStack() as at_the_end:
        watches = [at_the_end.enter_context(Watching(env, tmp_path / words.split()[1],
                                                     *words.split()))
                   for words in ("watch assignments -o name",
                                 "get reps --watch -o json --interval 500ms",
                                 "get leads --watch --interval 500ms")]
        for number, lead in enumerate(["lead-1", "lead-2"], start=1):
            world.publish(world.event(lead))
            world.flush()
            watches[0].sees(f"/assignments/{lead}.1")
            watches[1].sees(f'"openLeads":{number}')
            watches[2].sees(lead)
            if number == 1:  # every watch has been answered, so it will outlive
                hooked.kill()
                time.sleep(1)
                hooked.start()
        for watch in watches:
            code, notes = watch.interrupt()
            assert code == 0, notes
    world.close()


def offers(env, line):
    """What bash offers behind `line`."""
    script = f"""source <({CTL} completion bash)
        COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _batonctl
        printf '%s\\n' "${{COMPREPLY[@]}}" """
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True,
                          timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_bash_completes_names_of_the_server(stack, world, tmp_path):
    world.add_rep("ada")
    world.add_rep("ben")
    env = environment(stack, tmp_path, world.name)
    assert offers(env, "batonctl rep get 'a'") == ["ada"]
    assert offers(env, "batonctl assignment list --queue ''") == ["inbound", "owned"]
    assert "inbound@1" in offers(env, "batonctl policy get ''")
    assert offers(dict(env, BATONCTL_SERVER="127.0.0.1:1"), "batonctl rep get 'a'") == []


def commands():
    """Every command with the examples of its help."""
    found, todo = {}, [()]
    while todo:
        path = todo.pop()
        text = subprocess.run([CTL, *path, "--help"], check=True, capture_output=True,
                              text=True).stdout
        below = re.search(r"^Subcommands:\n((?:  .*\n)+)", text, re.MULTILINE)
        if below:
            names = re.findall(r"^  (\S+) ", below[1], re.MULTILINE)
            todo += [(*path, name) for name in names]
        else:
            examples = re.search(r"^Examples:\n((?:  .*\n?)+)", text, re.MULTILINE)
            found[" ".join(path)] = [line.strip() for line in examples[1].splitlines()]
    return found


def test_the_manual_page_is_installed_and_says_what_every_help_says(tmp_path):
    subprocess.run(["cmake", "--install", BIN.parent, "--prefix", tmp_path], check=True,
                   capture_output=True, timeout=60)
    assert {path.name for path in (tmp_path / "bin").iterdir()} == {"baton", "batonctl"}
    page = tmp_path / "share/man/man1/batonctl.1"
    done = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n", page],
                          check=True, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    lines = {line.strip() for line in done.stdout.splitlines()}
    found = commands()
    assert len(found) > 90
    assert {f"batonctl {path}" for path in found} <= lines
    assert {line for examples in found.values() for line in examples} <= lines
    options = subprocess.run([CTL, "lead", "erase", "--help"], check=True, capture_output=True,
                             text=True).stdout
    assert {word for word in re.findall(r"--[a-z-]+", options)} <= set(
        re.findall(r"--[a-z-]+", done.stdout))


ROSTER = """apiVersion: baton.dev/v1
kind: Roster
metadata: {{workspace: {name}}}
spec:
  reps: [{{id: cora, queues: [inbound], capacity: 7, presence: away}}]
  queues: [{{id: inbound, display_name: Inbound}}]
"""
ACCOUNTS = """apiVersion: baton.dev/v1
kind: Accounts
metadata: {{workspace: {name}}}
spec:
  accounts: [{{id: acme, domains: [acme.example], owner: ada}}]
"""


def policy_of(name, accept_within):
    """With a queue that leads of France wait in until a rep claims them."""
    return inbound_policy(name, accept_within).replace(
        "  routing:\n",
        "  routing:\n    - {name: claimed, match: {country: [FR]}, to: {queue: pulled}}\n") + PULLED


class Place:
    """A workspace and a folder as the examples expect them."""

    def __init__(self, stack, folder):
        self.stack, self.folder = stack, folder
        folder.mkdir()
        self.world = world = World(stack, policy=policy_of)
        for rep in ("ada", "ben"):
            world.add_rep(rep, queues=("inbound", "pulled") if rep == "ada" else ())
        self.env = environment(stack, folder, world.name)
        event = world.event("lead-1")
        world.publish(event)
        world.flush()
        lines = {"id": "e9", "source": "//x", "type": "dev.baton.lead.captured.v1",
                 "specversion": "1.0", "subject": "lead-9", "workspace": world.name,
                 "time": event["time"], "data": event.data}
        files = {
            "policy.yaml": policy_of(world.name, "1h").replace(">= 30", ">= 31"),
            "roster.yaml": ROSTER.format(name=world.name),
            "accounts.yaml": ACCOUNTS.format(name=world.name),
            "accounts.csv": "id,domains\nglobex,globex.example\n",
            "postcodes.csv": "code,queue\n1010,inbound\n",
            "events.ndjson": json.dumps(lines) + "\n",
            "topics.yaml": (TOP / "deploy/kafka/topics.yaml").read_text(),
            "salesforce.yaml": (TOP / "deploy/mappings/salesforce.yaml").read_text(),
            "event.json": (TOP / "tests/unit/vendors/fixtures/opportunity_won.json").read_text()}
        for name, text in files.items():
            (folder / name).write_text(text)
        eventually(lambda: (lead := world.lead_or_none("lead-1")) and lead.assignment)

    def run(self, line, codes=(0,)):
        watch = "--watch" in line or "watch" in line.split()[1:3]
        line = line.replace("127.0.0.1:7401", f"127.0.0.1:{self.stack.program.http_port}")
        process = subprocess.Popen(["bash", "-c", f"exec {line}" if watch else line], env=self.env,
                                   cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        if watch:
            eventually(lambda: catches_interrupts(process.pid))
            process.send_signal(signal.SIGINT)
        out, notes = process.communicate(timeout=90)
        assert process.returncode in codes, f"{line}: {process.returncode}: {out}{notes}"

    def prepare(self, path):
        """What stands before this command in people's work."""
        world, shell = self.world, self.run
        accepted = "batonctl assignment accept lead-1.1"
        context = "batonctl config set-context prod --workspace acme"
        draft = lambda: world.draft((self.folder / "policy.yaml").read_text())

        def approved():
            policy = draft()
            world.approve(policy.name, ppb.APPROVER_ROLE_MARKETING, MIA)
            world.approve(policy.name, ppb.APPROVER_ROLE_SALES, SAM)
            return policy

        crm = "batonctl webhook create crm --url https://hooks.acme.example/baton"
        table = "batonctl table apply postcodes --file postcodes.csv"
        shadow = "policy shadow"
        steps = {
            "assignment touch": accepted, "assignment release": accepted,
            "assignment pause": accepted, "assignment reassign": accepted,
            "assignment resume": f"{accepted} && batonctl assignment pause lead-1.1",
            "assignment outcome":
                f"{accepted} && batonctl assignment touch lead-1.1 --channel call",
            "config use-context": context, "config delete-context": context,
            "config current-context": f"{context} && batonctl config use-context prod",
            "account get": "batonctl account apply -f accounts.yaml",
            "account delete": "batonctl account apply -f accounts.yaml",
            "table get": table, "table delete": table,
            "policy delete": "batonctl policy apply -f policy.yaml && batonctl policy withdraw @2"}
        if path in steps:
            shell(steps[path])
        if path.startswith("webhook ") and path not in ("webhook create", "webhook list"):
            shell(crm)
        if path in ("policy approve", "policy withdraw") or path.startswith(shadow):
            draft()
        if path == f"{shadow} stop" or path == f"{shadow} report":
            shell("batonctl policy shadow start inbound@2 --as marketing")
        if path == "policy revoke":
            world.approve(draft().name, ppb.APPROVER_ROLE_MARKETING, MIA)
        if path == "policy activate":
            approved()
        if path == "policy rollback":
            world.activate(approved())
        if path == "assignment claim":
            shell("batonctl lead submit --lead lead-2 --type captured --activity demo_request "
                  "-a country=FR -a employees=300 -a email=eve@b.example --wait")


def run_all(places, path, examples):
    """The examples of one command, one after the other."""
    reads = path.split()[-1] in READS or path.startswith("report ")
    shared = reads and path not in ("account get", "table get", "webhook get", "webhook test",
                                    "policy shadow report", "config current-context")
    place = places["shared"] if shared else places["new"]()
    for number, example in enumerate(examples):
        if number == 0 or not reads:
            if number > 0 and path not in ("config set-context",):
                place = places["new"]()
            if not shared:
                place.prepare(path)
        place.run(example, CODES.get(path, {0}))


def test_every_example_of_the_help_works(hooked, tmp_path):
    numbers = iter(range(10_000))
    places = {"new": lambda: Place(hooked, tmp_path / f"p{next(numbers)}")}
    places["shared"] = places["new"]()
    # One letter, as those of `dlq` speak of.
    places["shared"].world.producer.produce("baton.lead-events.v1", key="k", value=b"{",
                                            partition=0)
    places["shared"].world.flush()
    eventually(lambda: hooked.batonctl("dlq", "list", "-A")["letters"])
    letter = hooked.batonctl("dlq", "list", "-A")["letters"][0]["name"]
    found = commands()
    assert len(found) > 90, sorted(found)
    last = {path: found.pop(path) for path in ("assignment claim", "verify")}
    seen = {}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        jobs = {pool.submit(run_all, places, path,
                            [line.replace("lead-events/0/0", letter) for line in examples
                             if seen.setdefault(line, path) == path]): path
                for path, examples in found.items()}
        for job in concurrent.futures.as_completed(jobs):
            job.result()
    for path, examples in last.items():
        run_all(places, path, examples)
