"""The register of experiments.

A function `f(trial)` makes a load, breaks something, settles and names its witnesses.
"""

from dataclasses import dataclass
from typing import Callable

EXPERIMENTS = {}


@dataclass(frozen=True)
class Experiment:
    name: str
    title: str
    run: Callable


def experiment(name, title):
    def register(function):
        EXPERIMENTS[name] = Experiment(name, title, function)
        return function
    return register
