"""Runs experiments and says what came of them; see tests/fault/run."""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import traceback
import unittest
from functools import partial
from pathlib import Path

import experiments_callers
import experiments_input
import experiments_levels
import experiments_roles
import experiments_servers
import test_checks
import test_level_checks
import test_tools
from experiment import EXPERIMENTS, until_conclusive
from installation import Site
from stack import TOP
from trial import Trial

# The last one reads everything again that the others left behind.
ORDER = ["F1", "F2", "F3", "F4", "F6", "F8", "F10", "F11", "F13", "F15", "F16", "F17", "F22",
         "F25", "F26", "F29", "F32", "F33", "F34", "F14"]
# Those of service levels and of a failover, a third of the time: of tests/run only with --all.
ONLY_ALL = ["F6", "F17", "F32", "F33", "F34"]


def default_names():
    """All by hand; what tests/run has time for when it says that this is its shorter form."""
    brief = os.environ.get("TESTS_ALL") == "0"
    return [name for name in ORDER if not (brief and name in ONLY_ALL)]


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tests/fault/run", add_help=False)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--dir", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.names = options.only.split(",") if options.only else default_names()
    if unknown := [name for name in options.names if name not in EXPERIMENTS]:
        parser.error(f"no experiment {', '.join(unknown)}; see --list")
    if options.seed is None:
        options.seed = random.randrange(1, 10**6)
    return options


class Sites:
    """The short forms share one installation; each long one, and whatever follows a failure, gets a
    fresh one."""

    def __init__(self, folder):
        self._folder = folder
        self._site = None

    def get(self):
        if self._site is None:
            self.purge()
            self._site = Site(self._folder)
        return self._site

    def end(self):
        if self._site is not None:
            site, self._site = self._site, None
            site.stop()

    def purge(self):
        subprocess.run([TOP / "deploy/local/down", "--dir", self._folder, "--purge"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(self._folder, ignore_errors=True)


def attempt(name, sites, options, seed):
    """The verdict on one experiment with that seed."""
    folder = options.dir / ("long" if options.long else "short") / name
    shutil.rmtree(folder, ignore_errors=True)
    trial = Trial(name, sites.get(), seed, options.long, folder)
    try:
        EXPERIMENTS[name].run(trial)
    except Exception as error:  # whatever it is, the others are to run
        traceback.print_exc()
        trial.violations.add(f"the experiment broke off: {type(error).__name__}: {error}")
    finally:
        trial.close()
    verdict = trial.verdict()
    if verdict["verdict"] != "ok":
        keep_evidence(folder, trial.site.folder)
    return verdict


def keep_evidence(folder, site):
    """Moves what a failed experiment left to where the next attempt does not write, with the logs
    of the servers and of Baton's roles beside it."""
    kept = folder.with_name(folder.name + "-failed")
    shutil.rmtree(kept, ignore_errors=True)
    folder.rename(kept)
    for log in Path(site).rglob("*.log"):
        shutil.copy(log, kept / "-".join(("site", *log.relative_to(site).parts)))
    print(f"       logs kept in {kept}", flush=True)


def show(verdict):
    """A line for people, and what is wrong below it."""
    faults = ", ".join(f"{count} {kind}" for kind, count in verdict["faults"].items())
    print(f"{verdict['experiment']:4} {verdict['verdict']:12} seed {verdict['seed']:<7} "
          f"{verdict['leads']:>7} leads {verdict['violations']:>3} violations "
          f"{verdict['seconds']:>6} s  {faults}", flush=True)
    for problem in verdict["missing"]:
        print(f"       not seen: {problem}")
    for sentence in verdict["sentences"][:8]:
        print(f"       {sentence}", flush=True)


def check_the_checks():
    """(passed, failed) of the tests of what is used here."""
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromModule(module)
                               for module in (test_checks, test_level_checks, test_tools))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.skipped)
    return result.testsRun - failed, failed


def end(*_):
    """Once: another SIGTERM does not keep the servers from being stopped."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def main(arguments):
    options = parse(arguments)
    if options.list:
        for name in ORDER:
            print(f"{name:4} {EXPERIMENTS[name].title}")
        return 0
    options.dir = options.dir.absolute()
    options.dir.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, end)
    print(f"seed {options.seed}", flush=True)
    passed, failed = check_the_checks()
    sites, verdicts = Sites(options.dir / "site"), []
    try:
        with open(options.dir / "results.jsonl", "a", encoding="utf-8") as results:
            for name in options.names:
                for verdict in until_conclusive(partial(attempt, name, sites, options),
                                                options.seed):
                    results.write(json.dumps(verdict) + "\n")
                    results.flush()
                    show(verdict)
                    if options.long or verdict["verdict"] != "ok":
                        sites.end()
                verdicts.append(verdict)
    finally:
        sites.end()
        if not options.keep:
            sites.purge()
    passed += sum(verdict["verdict"] == "ok" for verdict in verdicts)
    failed += sum(verdict["verdict"] != "ok" for verdict in verdicts)
    leads = sum(verdict["leads"] for verdict in verdicts)
    violations = sum(verdict["violations"] for verdict in verdicts)
    print(f"{leads} leads, {violations} violations; again: tests/fault/run "
          f"{'--long ' if options.long else ''}--seed {options.seed}")
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    # Client libraries' threads must not hold the end up.
    os._exit(code)
