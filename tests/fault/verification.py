"""What is verified when an experiment has come to rest: everything in checks.py, and the whole
installation by batonctl verify, which knows nothing of the experiment."""

import json
import subprocess
import time

from checks import (Violations, check_answers, check_capacity, check_conservation, check_leads,
                    check_logs, check_store)
from stack import BIN

PERSONS = ("@company.example", "Prospect ")  # in the driver's events and in the poison of F15


def verify(trial):
    """Adds to the trial's violations whatever does not hold in its workspaces and of its input."""
    for load in trial.loads:
        verify_workspace(trial, load)
    verify_input(trial)
    verify_installation(trial)
    check_logs({path.name: path.read_text(errors="replace")
                for path in trial.site.folder.glob("*.log")}, PERSONS, trial.violations)


def verify_installation(trial):
    """Everything that the servers hold, also of the experiments before."""
    done = subprocess.run([BIN / "batonctl", "verify", "--wait", "60s", "-o", "json"],
                          env=trial.site.env, capture_output=True, text=True, check=False,
                          timeout=300)
    if done.returncode == 2:
        trial.violations.add(f"batonctl verify could not check: {done.stderr.strip()}")
        return
    report = json.loads(done.stdout)
    for check in report["checks"]:
        for example in check["examples"]:
            trial.violations.add(f"verify, {check['name']}: {example}")
    trial.figures |= {"verified": report["equation"]["input"]}


def verify_workspace(trial, load):
    ledger = trial.ledger(load)
    stored = {}

    def compare(found):
        stored.clear()
        stored.update(load.tenant.stored())
        with trial.site.feed.lock:
            check_store(ledger, stored, found)

    # The last changes may still be on their way out.
    found = eventually_sound(compare, 30)
    check_leads(stored, load.ids, found)
    check_capacity(ledger, load.tenant.capacities(), found)
    check_answers(ledger, load.calls(), found)
    trial.violations.extend(ledger.violations)
    trial.violations.extend(found)


def verify_input(trial):
    growth = {}

    def compare(found):
        now = trial.counters()
        growth.update({part: now[part] - trial.before[part] for part in now})
        records = sum(trial.site.feed.ends().values()) - trial.records_before
        letters = len({place for place, _, _ in trial.site.feed.letters})
        check_conservation(growth, records, letters - trial.letters_before, found)

    # Counters are shown every few seconds.
    trial.violations.extend(eventually_sound(compare, 20))
    trial.figures |= growth


def eventually_sound(compare, seconds):
    """What `compare(violations)` still finds after that time at the latest."""
    deadline = time.monotonic() + seconds
    while True:
        found = Violations()
        compare(found)
        if found.count == 0 or time.monotonic() > deadline:
            return found
        time.sleep(0.5)
