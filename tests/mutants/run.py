"""Plants each bug in a copy of the sources: do its tests notice? See tests/mutants/run."""

import argparse
import filecmp
import shutil
import subprocess
import sys
import time
from pathlib import Path

from mutants import MUTANTS

TOP = Path(__file__).resolve().parents[2]
COPY = TOP / "build/mutants/tree"
BIN = COPY / "build/release/bin"
TEST_TIMEOUT_S = 180


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tests/mutants/run", add_help=False)
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args(arguments)
    known = {mutant.name for mutant in MUTANTS}
    names = options.only.split(",") if options.only else known
    if unknown := set(names) - known:
        parser.error(f"no mutant {', '.join(sorted(unknown))}; see --list")
    options.mutants = [mutant for mutant in MUTANTS if mutant.name in names]
    return options


def copy_sources():
    """The tracked files as they are now; what was built of them stays."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, check=True, capture_output=True)
    for name in tracked.stdout.decode().rstrip("\0").split("\0"):
        source, target = TOP / name, COPY / name
        if not source.is_file() or target.is_file() and filecmp.cmp(source, target, shallow=False):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def build(targets, log):
    with open(log, "w", encoding="utf-8") as out:
        if not (COPY / "build/release/build.ninja").exists():
            subprocess.run(["cmake", "--preset", "release"], cwd=COPY, check=True, stdout=out)
        done = subprocess.run(["ninja", "-C", COPY / "build/release", *targets], stdout=out,
                              stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        sys.exit(f"error: a mutant does not compile; see {log}")


def targets_of(catchers):
    programs = {what for kind, what, *_ in catchers if kind == "test"}
    if any(kind == "fault" for kind, *_ in catchers):
        programs |= {"baton", "batonctl", "baton-demo"}
    return sorted(programs)


def notices(catcher, log):
    """True if the catcher fails."""
    if catcher[0] == "test":
        command = [BIN / catcher[1], "--gtest_brief=1", f"--gtest_filter={catcher[2]}"]
    else:
        command = [TOP / "tests/fault/run", "--bin", BIN, "--only", catcher[1], "--seed", "1",
                   "--dir", TOP / "build/mutants/fault"]
    with open(log, "a", encoding="utf-8") as out:
        try:
            done = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, check=False,
                                  timeout=TEST_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return True
    return done.returncode != 0


def name_of(catcher):
    return catcher[1] if catcher[0] == "fault" else f"{catcher[1]} {catcher[2]}".removesuffix(" *")


def try_mutant(mutant, logs):
    """The catcher that noticed, or None."""
    path = COPY / mutant.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        sys.exit(f"error: {mutant.name}: what it replaces is not once in {mutant.file}; "
                 "mend mutants.py")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        log = logs / f"{mutant.name}.log"
        log.unlink(missing_ok=True)
        for catcher in mutant.catchers:
            build(targets_of([catcher]), logs / f"{mutant.name}.build.log")
            if notices(catcher, log):
                return name_of(catcher)
        return None
    finally:
        path.write_text(text, encoding="utf-8")


def main(arguments):
    options = parse(arguments)
    if options.list:
        for mutant in MUTANTS:
            print(f"{mutant.name:20} {mutant.breaks}")
        return 0
    logs = TOP / "build/mutants/log"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    copy_sources()
    catchers = sorted({one for mutant in options.mutants for one in mutant.catchers})
    build(targets_of(catchers), logs / "clean.build.log")
    alarms = [name_of(one) for one in catchers if notices(one, logs / "clean.log")]
    for alarm in alarms:
        print(f"false alarm: {alarm} fails on the sound sources", flush=True)
    caught = 0
    for mutant in options.mutants:
        begin = time.monotonic()
        catcher = try_mutant(mutant, logs)
        caught += catcher is not None
        print(f"{mutant.name:20} {mutant.breaks:64} {catcher or 'NOT CAUGHT':24} "
              f"{time.monotonic() - begin:5.0f} s", flush=True)
    missed = len(options.mutants) - caught
    print(f"{caught} passed, {missed + len(alarms)} failed")
    return 1 if missed or alarms else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
