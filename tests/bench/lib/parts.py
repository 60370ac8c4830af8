"""The measurements of single parts: the store alone, the pure core alone."""

import json
import os
import subprocess
import time

from world import BENCH, BIN, Trouble


def growth(world, report, scale):
    """cost of a handoff in the store as leads, reps and workspaces grow; memory of a lead"""
    sizes = {"leads": "10000,30000", "reps": "10,100", "workspaces": "1,30"}
    if not scale.quick:
        sizes = {"leads": "10000,100000,300000", "reps": "10,100,1000", "workspaces": "1,100,300"}
    if scale.very_long:
        sizes = {"leads": "10000,100000,1000000,10000000", "reps": "10,100,1000,10000",
                 "workspaces": "1,100,10000"}
    out = world.run(BIN / "growth-bench", "--samples", scale.rounds,
                    *(x for axis, values in sizes.items() for x in (f"--{axis}", values)))
    for line in out.splitlines():
        figure = json.loads(line)
        for value in figure["values"]:
            report.add(figure["name"], figure["unit"], value, figure["goal"])


def simulate(world, report, scale):
    """policy simulate of recorded events on one processor: time, memory, equal bytes each time"""
    folder = world.folder / "recording"
    folder.mkdir(exist_ok=True)
    events = scale(100_000, 1_000_000)
    world.run(BIN / "bench-recording", "--policy", BENCH / "policy.yaml", "--dir", folder,
              "--events", events)
    policy = (BENCH / "policy.yaml").read_text(encoding="utf-8")
    candidate = policy.replace('fit: ">= 60"', 'fit: ">= 100"').replace("[FR, BE]", "[FR, BE, GB]")
    (folder / "candidate.yaml").write_text(candidate, encoding="utf-8")
    name = f"simulation of {events} events on one processor"
    printed = set()
    for _ in range(scale(2, 3)):
        out, seconds, usage = _simulated(world, folder)
        printed.add(out)
        report.add(name, "s", seconds, "< 30" if events == 1_000_000 else "")
        report.add("  of the processor", "s", usage.ru_utime + usage.ru_stime)
        report.add("  memory", "MB", usage.ru_maxrss / 1024)
    if len(printed) != 1:
        raise Trouble("the same simulation printed something else the second time")


def _simulated(world, folder):
    began = time.monotonic()
    with subprocess.Popen(
            ["taskset", "-c", str(max(os.sched_getaffinity(0))), BIN / "batonctl", "policy",
             "simulate", "--file", folder / "candidate.yaml", "--baseline", BENCH / "policy.yaml",
             "--roster", folder / "roster.yaml", "--events", folder / "feedback.jsonl",
             "--events", folder / "input.jsonl", "-o", "json"],
            stdout=subprocess.PIPE, stderr=world.log) as process:
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    said = json.loads(out) if process.returncode == 0 else {}
    if said.get("reproduced", {}).get("differences") != []:
        raise Trouble(f"the simulation failed, or did not reproduce the site; see {world.log.name}")
    return out, time.monotonic() - began, usage


def core(world, report, scale):
    """the pure core: fold, qualification, decision, choice of a rep"""
    out = world.run(BIN / "core-bench", "--benchmark_format=json",
                    f"--benchmark_repetitions={scale.rounds}", "--benchmark_min_time=0.1")
    for run in json.loads(out)["benchmarks"]:
        if run["run_type"] == "iteration":
            report.add(f"core, {run['run_name']}", "us", run["cpu_time"] / 1000)
