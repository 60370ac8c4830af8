"""Plants each bug in a copy of the sources: do its tests notice? See tests/mutants/run."""

import argparse
import fcntl
import filecmp
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from mutants import MUTANTS

TOP = Path(__file__).resolve().parents[2]
COPY = TOP / "build/mutants/tree"
BIN = COPY / "build/release/bin"
FAULT = TOP / "build/mutants/fault"
CATCHER_TIMEOUT_S = 300  # twice what an experiment takes that waits in vain for an end

# What came of a catcher, and the lines by which it says so.
NOTICED, QUIET, UNDECIDED = "noticed", "quiet", "not decided"
SIGNS = {"test": {NOTICED: r"\[  FAILED  \]", QUIET: r"^\[  PASSED  \] [1-9]"},
         "fault": {NOTICED: r"^F\d+ +violated", QUIET: r"^F\d+ +ok"}}
CRASHES = [-one for one in (signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL,
                            signal.SIGSEGV)]


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tests/mutants/run", add_help=False)
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    # Of the options alone, for tests/mutants/run.
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    known = {mutant.name for mutant in MUTANTS}
    names = options.only.split(",") if options.only else known
    if unknown := set(names) - known:
        parser.error(f"no mutant {', '.join(sorted(unknown))}; see --list")
    options.mutants = [mutant for mutant in MUTANTS if mutant.name in names]
    return options


def copy_sources():
    """The tracked files as they are now, and no others; what was built of them stays."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, check=True, capture_output=True)
    tracked = set(listed.stdout.decode().rstrip("\0").split("\0"))
    for file in COPY.rglob("*"):
        name = file.relative_to(COPY)
        if name.parts[0] != "build" and file.is_file() and str(name) not in tracked:
            file.unlink()
    for name in tracked:
        source, target = TOP / name, COPY / name
        if not source.is_file() or target.is_file() and filecmp.cmp(source, target, shallow=False):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def build(targets, log):
    """Whether it compiles."""
    with open(log, "w", encoding="utf-8") as out:
        if not (COPY / "build/release/build.ninja").exists():
            subprocess.run(["cmake", "--preset", "release"], cwd=COPY, check=True, stdout=out)
        done = subprocess.run(["ninja", "-C", COPY / "build/release", *targets], stdout=out,
                              stderr=subprocess.STDOUT, check=False)
    return done.returncode == 0


def targets_of(catchers):
    programs = {what for kind, what, *_ in catchers if kind == "test"}
    if any(kind == "fault" for kind, *_ in catchers):
        programs |= {"baton", "batonctl", "baton-demo"}
    return sorted(programs)


def command_of(catcher):
    if catcher[0] == "test":
        return [BIN / catcher[1], "--gtest_brief=1", f"--gtest_filter={catcher[2]}"]
    return [TOP / "tests/fault/run", "--bin", BIN, "--only", catcher[1], "--seed", "1", "--dir",
            FAULT]


def run_catcher(catcher, out):
    """Its exit code, or None if it was not over in time. It does not outlive this call, nor does
    what it started."""
    with subprocess.Popen(command_of(catcher), stdout=out, stderr=subprocess.STDOUT,
                          start_new_session=True) as process:
        try:
            return process.wait(CATCHER_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                if catcher[0] == "fault":
                    subprocess.run([TOP / "deploy/local/down", "--dir", FAULT / "site", "--purge"],
                                   stdout=out, stderr=subprocess.STDOUT, check=False)


def judge(catcher, log):
    """NOTICED, or QUIET; UNDECIDED if it could not tell: it did not start, broke off, was not over
    in time, or an experiment proved nothing. An end by itself says nothing."""
    with open(log, "ab") as out:
        begin = out.tell()
        code = run_catcher(catcher, out)
    said = log.read_bytes()[begin:].decode(errors="replace")
    signs = {outcome for outcome, sign in SIGNS[catcher[0]].items()
             if re.search(sign, said, re.MULTILINE)}
    if code == 0:
        return QUIET if QUIET in signs else UNDECIDED
    crashed = catcher[0] == "test" and code in CRASHES
    return NOTICED if code is not None and (crashed or NOTICED in signs) else UNDECIDED


def name_of(catcher):
    return catcher[1] if catcher[0] == "fault" else f"{catcher[1]} {catcher[2]}".removesuffix(" *")


def try_mutant(mutant, logs):
    """The catcher that noticed, or None, and what is to be said of it."""
    path = COPY / mutant.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        sys.exit(f"error: {mutant.name}: what it replaces is not once in {mutant.file}; "
                 "mend mutants.py")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        log = logs / f"{mutant.name}.log"
        outcomes = {}
        for catcher in mutant.catchers:
            build_log = logs / f"{mutant.name}.build.log"
            if not build(targets_of([catcher]), build_log):
                return None, f"DOES NOT COMPILE, see {build_log.relative_to(TOP)}"
            outcomes[catcher] = judge(catcher, log)
            if outcomes[catcher] == NOTICED:
                return catcher, name_of(catcher)
        undecided = [name_of(one) for one in outcomes if outcomes[one] == UNDECIDED]
        return None, f"NOT DECIDED by {', '.join(undecided)}" if undecided else "NOT CAUGHT"
    finally:
        path.write_text(text, encoding="utf-8")


def main(arguments):
    options = parse(arguments)
    if options.list:
        for mutant in MUTANTS:
            print(f"{mutant.name:20} {mutant.breaks}")
        return 0
    if options.check:
        return 0
    COPY.mkdir(parents=True, exist_ok=True)
    lock = open(COPY.parent / "lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("error: another tests/mutants/run is at work in this checkout")
    logs = TOP / "build/mutants/log"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    copy_sources()
    catchers = sorted({one for mutant in options.mutants for one in mutant.catchers})
    if not build(targets_of(catchers), logs / "clean.build.log"):
        sys.exit(f"error: the build fails; see {logs / 'clean.build.log'}")
    doubtful = 0
    for catcher in catchers:
        outcome = judge(catcher, logs / "clean.log")
        if outcome != QUIET:
            doubtful += 1
            what = {NOTICED: "false alarm", UNDECIDED: "not decided"}[outcome]
            print(f"{what}: {name_of(catcher)} on the sound sources", flush=True)
    caught = 0
    for mutant in options.mutants:
        begin = time.monotonic()
        catcher, words = try_mutant(mutant, logs)
        caught += catcher is not None
        print(f"{mutant.name:20} {mutant.breaks:64} {words:24} "
              f"{time.monotonic() - begin:5.0f} s", flush=True)
    failed = len(options.mutants) - caught + doubtful
    print(f"{caught} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
