"""The measurements of single parts: the store alone, the pure core alone."""

import json

from world import BIN


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


def core(world, report, scale):
    """the pure core: fold, qualification, decision, choice of a rep"""
    out = world.run(BIN / "core-bench", "--benchmark_format=json",
                    f"--benchmark_repetitions={scale.rounds}", "--benchmark_min_time=0.1")
    for run in json.loads(out)["benchmarks"]:
        if run["run_type"] == "iteration":
            report.add(f"core, {run['run_name']}", "us", run["cpu_time"] / 1000)
