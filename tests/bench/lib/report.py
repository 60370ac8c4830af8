"""Series of figures and how they are shown: median, least and most."""

import json
import statistics


class Series:
    """The figures of one measurement, one per round."""

    def __init__(self, name, unit, goal=""):
        self.name, self.unit, self.goal, self.values = name, unit, goal, []

    def add(self, value):
        self.values.append(value)

    @property
    def median(self):
        return statistics.median(self.values)

    def row(self):
        return (self.name, _figure(self.median), f"[{_figure(min(self.values))} .. "
                f"{_figure(max(self.values))}]", self.unit, str(len(self.values)), self.goal)

    def as_json(self):
        return {"name": self.name, "unit": self.unit, "goal": self.goal, "median": self.median,
                "min": min(self.values), "max": max(self.values), "values": self.values}


class Report:
    """All series in the order in which they were begun."""

    def __init__(self):
        self._series = {}

    def add(self, name, unit, value, goal=""):
        series = self._series.setdefault(name, Series(name, unit, goal))
        assert (series.unit, series.goal) == (unit, goal), f"two measurements are called {name}"
        series.add(value)

    def table(self):
        head = ("measured", "median", "[least .. most]", "unit", "n", "goal")
        rows = [head] + [s.row() for s in self._series.values()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
        return "\n".join("  ".join(_aligned(row, widths, i) for i in range(len(head))).rstrip()
                         for row in rows)

    def write(self, path, about):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**about, "series": [s.as_json() for s in self._series.values()]}, file,
                      indent=1)
            file.write("\n")


def _figure(value):
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _aligned(row, widths, i):
    return row[i].rjust(widths[i]) if i in (1, 4) else row[i].ljust(widths[i])
