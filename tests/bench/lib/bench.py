"""The orchestrator of tests/bench/run, which says what the options mean."""

import argparse
import datetime
import os
import pathlib
import platform
import signal
import sys
import time

import measures
import parts
from report import Report
from world import BARE_OUTPUT, Trouble, World

NAMES = {"handoff": measures.handoff, "mix": measures.mix, "latency": measures.latency,
         "freed": measures.freed, "accept": measures.accept,
         "streams": measures.streams, "growth": parts.growth,
         "core": parts.core, "simulate": parts.simulate}


class Scale:
    """How much is done: scale(quick, whole) chooses."""

    def __init__(self, quick, very_long):
        self.quick, self.very_long, self.rounds = quick, very_long, 5

    def __call__(self, quick, whole):
        return quick if self.quick else whole


def arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/run", allow_abbrev=False)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--only", type=lambda names: names.split(","), default=list(NAMES))
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--dir", default="build/bench")
    args = parser.parse_args()
    unknown = [name for name in args.only if name not in NAMES]
    if unknown:
        parser.error(f"--only knows {', '.join(NAMES)}, not {', '.join(unknown)}")
    if args.quick and args.long:
        parser.error("--quick and --long contradict each other")
    return args


def end(*_):
    """Once: another SIGTERM does not keep it from ending what it has started."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def main():
    args = arguments()
    if args.list:
        for name, function in NAMES.items():
            print(f"{name:10}{function.__doc__}")
        return 0
    if args.check:
        return 0
    # So that a with block ends what it has started.
    signal.signal(signal.SIGTERM, end)
    world = World(args.dir)
    try:
        return measure(args, world)
    finally:
        world.close()


def measure(args, world):
    report = Report()
    world.load("make-topic", brokers=world.brokers, topic=BARE_OUTPUT)
    failed = False
    for name in args.only:
        began = time.monotonic()
        try:
            NAMES[name](world, report, Scale(args.quick, args.long))
            print(f"ok    {name} ({time.monotonic() - began:.0f} s)", file=sys.stderr)
        except Trouble as trouble:
            failed = True
            print(f"error: {name}: {trouble}", file=sys.stderr)
    print(report.table())
    if args.json:
        report.write(args.json, {
            "when": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "machine": platform.machine(), "processors": os.cpu_count(),
            "load_average": os.getloadavg()})
    return 1 if failed else 0


sys.exit(main())
