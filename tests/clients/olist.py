"""The public data of Olist's marketing funnel, in the folder BATON_OLIST or beside the checkout.

It may be used for tests but not passed on, so it is no part of the project.
"""

import csv
import os
from pathlib import Path

from stack import TOP

DATA = Path(os.environ.get("BATON_OLIST", TOP.parent / "shared/data/olist"))


def rows(name):
    with open(DATA / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
