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


def until_conclusive(attempt, seed):
    """The verdicts of `attempt(seed)`: a second one, with the next seed, where the first proved
    nothing because what it had to witness did not happen. A violation is never tried again."""
    first = attempt(seed)
    yield first
    if first["verdict"] == "inconclusive":
        yield attempt(seed + 1)
