"""Made-up conditions, evaluated by services/expression and by cel-cpp (PyPI cel-expr-python): both
must give the same value, both an error, or both refuse the text.

  differential.py EVALUATE_LINES [--count N] [--seed S]

Half of the conditions are checked before they are evaluated, half are not. Left out are those that
differ on purpose: here an int may be less than a double without a detour, a condition that could
take too many steps is refused, int(true), which is none of CEL's own, is an error, the items
of an empty list have the type of what they first stand beside, not that of what is done with them,
!-x and -!x, which CEL's grammar does not have, are read, and string() of a great double has the
shorter of its two forms: 1234567, not 1.234567e+06.
The last line is "N passed, M failed"; the first ten that differ are shown. It also fails if fewer
than --compared were compared, or if fewer than VALUES_LEAST of these give a value: then it would
compare little but errors.
"""

import argparse
import datetime
import json
import random
import re
import subprocess
import sys

from cel_expr_python import cel
from cel_expr_python.ext import ext_math, ext_strings

VARIABLES = {"i": 7, "j": -3, "d": 2.5, "s": "Köln", "t": "", "b": True, "l": [1, -2, 3],
             "m": {"a": 1, "kö": 0}}
TYPES = {"i": cel.Type.INT, "j": cel.Type.INT, "d": cel.Type.DOUBLE, "s": cel.Type.STRING,
         "t": cel.Type.STRING, "b": cel.Type.BOOL, "l": cel.Type.List(cel.Type.INT),
         "m": cel.Type.Map(cel.Type.STRING, cel.Type.INT)}


class Maker:
    """Conditions of a given type, most of them sound; now and then a part is of any type."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.locals = []

    def make(self, kind, depth):
        if self.random.random() < 0.005:
            kind = self.random.choice(["int", "double", "string", "bool", "list"])
        choices = self.leaves(kind) if depth <= 0 or self.random.random() < 0.2 else \
            self.inner(kind)
        return self.random.choice(choices)(depth - 1)

    def leaves(self, kind):
        pick = self.random.choice
        named = [name for name, of in self.locals if of == kind]
        plain = {
            "int": ["i", "j", "0", "1", "-1", "42", "9223372036854775807", "0x1f"],
            "double": ["d", "0.0", "-1.5", "1e300", "2.0"],
            "string": ["s", "t", "'a'", '"kö"', "'1'", "r'\\d'", "'a,b'"],
            "bool": ["b", "true", "false", "has(m.a)", "has(m.x)"],
            "list": ["l", "[]", "[1, 2]", "[i, j]"],
            "map": ["m", "{}", "{'a': i}"]}[kind]
        return [lambda _: pick(plain + named * 2)]

    def inner(self, kind):
        m, pick = self.make, self.random.choice

        def binary(operators, left, right=None):
            return lambda n: f"({m(left, n)} {pick(operators)} {m(right or left, n)})"

        def macro(name, over, body):
            def made(n):
                variable = f"v{len(self.locals)}"
                text = m(over, n)
                self.locals.append((variable, "int"))
                inside = m(body, n)
                self.locals.pop()
                return f"{text}.{name}({variable}, {inside})"
            return made

        conditional = lambda n: f"({m('bool', n)} ? {m(kind, n)} : {m(kind, n)})"
        return [conditional] + {
            "int": [binary("+-*/%", "int"), lambda n: f"-{m('int', n)}",
                    lambda n: f"size({m('string', n)})", lambda n: f"size({m('list', n)})",
                    lambda n: f"{m('list', n)}[{m('int', n)}]", lambda n: f"m[{m('string', n)}]",
                    lambda n: f"int({m('double', n)})", lambda n: f"int({m('string', n)})",
                    lambda n: f"{m('string', n)}.indexOf({m('string', n)})"],
            "double": [binary("+-*/", "double"), lambda n: f"double({m('int', n)})",
                       lambda n: f"math.ceil({m('double', n)})"],
            "string": [binary("+", "string"), lambda n: f"string({m('int', n)})",
                       lambda n: f"{m('string', n)}.lowerAscii()",
                       lambda n: f"{m('string', n)}.substring({m('int', n)})",
                       lambda n: f"{m('string', n)}.replace({m('string', n)}, {m('string', n)})",
                       lambda n: f"{m('string', n)}.trim()"],
            "bool": [binary(["&&", "||"], "bool"), lambda n: f"!{m('bool', n)}",
                     binary(["<", "<=", ">", ">=", "==", "!="], "int"),
                     binary(["<", "<=", ">", ">=", "==", "!="], "double"),
                     binary(["<", "==", "!="], "string"), binary(["==", "!="], "list"),
                     binary(["<", ">="], "int", "double"), binary(["in"], "int", "list"),
                     binary(["in"], "string", "map"), macro("all", "list", "bool"),
                     macro("exists", "list", "bool"), macro("exists_one", "list", "bool"),
                     lambda n: f"{m('string', n)}.startsWith({m('string', n)})",
                     lambda n: f"{m('string', n)}.contains({m('string', n)})"],
            "list": [binary("+", "list"), macro("filter", "list", "bool"),
                     macro("map", "list", "int"),
                     lambda n: f"[{m('int', n)}, {m('int', n)}]"],
            "map": [lambda n: f"{{{m('string', n)}: {m('int', n)}}}"]}[kind]


def shown(value):
    """As evaluate_lines shows it."""
    plain = value.value() if hasattr(value, "value") and callable(value.value) else value
    if plain is None:
        return {"null": True}
    if isinstance(plain, bool):
        return {"bool": plain}
    if isinstance(plain, int):
        return {"int": str(plain)}
    if isinstance(plain, float):
        return {"double": f"{plain:.17g}"}
    if isinstance(plain, str):
        return {"string": plain}
    if isinstance(plain, datetime.timedelta):
        return {"duration": plain // datetime.timedelta(microseconds=1)}
    if isinstance(plain, (list, tuple)):
        return {"list": [shown(item) for item in plain]}
    if isinstance(plain, dict):
        return {"map": sorted(([shown(k), shown(v)] for k, v in plain.items()), key=str)}
    return {"other": str(plain)}


class Reference:
    def __init__(self):
        self.environment = cel.NewEnv(variables=TYPES, extensions=[
            ext_strings.ExtStrings(), ext_math.ExtMath()])

    def evaluate(self, text, typed):
        try:
            compiled = self.environment.compile(text, disable_check=not typed)
        except Exception as problem:  # whatever it calls it
            return {"refused": str(problem)}
        try:
            result = compiled.eval(data=VARIABLES)
        except Exception as problem:
            return {"error": str(problem)}
        if "ERROR" in str(result.type()).upper():
            return {"error": str(result.value())}
        return shown(result)


VALUES_LEAST = 0.6  # of those that were compared
NO_INT = "int does not take (bool)"
SIGNS = re.compile("-!|!-")
MIXED = re.compile(r"overload for '_[<>]=?_' applied to '\((int, double|double, int)\)'")


def differs_on_purpose(text, ours, theirs):
    return bool(MIXED.search(theirs.get("refused", ""))) or \
        ours.get("refused", "").startswith("takes up to") or \
        "[]" in text and "refused" in theirs and "refused" not in ours or \
        "int(" in text and ours in ({"error": "no such overload"}, {"refused": NO_INT}) or \
        bool(SIGNS.search(text)) and "Syntax error" in theirs.get("refused", "") or \
        "string(" in text and is_same_number(ours.get("string"), theirs.get("string"))


def is_same_number(ours, theirs):
    try:
        return float(ours) == float(theirs)
    except (TypeError, ValueError):
        return False


def same(ours, theirs):
    if "error" in ours or "error" in theirs or "refused" in ours or "refused" in theirs:
        return ours.keys() == theirs.keys()
    if "map" in ours and "map" in theirs:
        return sorted(ours["map"], key=str) == theirs["map"]
    return ours == theirs


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("evaluate_lines")
    parser.add_argument("--count", type=int, default=21_500)
    parser.add_argument("--compared", type=int, default=20_000, help="at least; 0: any number")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.count} conditions", flush=True)
    maker, reference = Maker(options.seed), Reference()
    asked = [{"expression": maker.make(maker.random.choice(["bool", "int", "string", "list"]), 4),
              "typed": number % 2 == 0} for number in range(options.count)]
    done = subprocess.run([options.evaluate_lines], input="\n".join(map(json.dumps, asked)),
                          capture_output=True, text=True, check=True)
    differing = left_out = values = 0
    for one, line in zip(asked, done.stdout.splitlines(), strict=True):
        ours, theirs = json.loads(line), reference.evaluate(one["expression"], one["typed"])
        if same(ours, theirs):
            values += "error" not in ours and "refused" not in ours
            continue
        if differs_on_purpose(one["expression"], ours, theirs):
            left_out += 1
            continue
        differing += 1
        if differing <= 10:
            print(f"{one}\n  ours   {ours}\n  theirs {theirs}")
    compared = len(asked) - left_out
    print(f"{left_out} left out, {compared} compared, {values} of them to the same value")
    few = [f"fewer than {options.compared} were compared"] * (compared < options.compared) + \
        [f"fewer than {VALUES_LEAST:.0%} give a value"] * (values < VALUES_LEAST * compared)
    print(", ".join([f"{compared - differing} passed", f"{differing} failed"] + few))
    return 1 if differing or few else 0


if __name__ == "__main__":
    sys.exit(main())
