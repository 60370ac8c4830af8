"""The measurements of single parts: the store alone, the pure core alone."""

import json

from world import BIN


def growth(world, report, scale):
    """cost of a handoff in the store as leads, reps and workspaces grow; memory of a lead"""
    leads = "10000,100000" if scale.quick else "10000,100000,1000000"
    if scale.very_long:
        leads += ",10000000"
    out = world.run(BIN / "growth-bench", "--leads", leads, "--samples", scale.rounds)
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
