#!/usr/bin/env python3
"""Counts what a ctest run did, from its JUnit report.

    count_ctest.py REPORT.xml

Prints "PASSED FAILED" on the first line and then one line for each failure. A GoogleTest program
counts with each of its cases, any other test counts as one. What did not run (skipped, disabled,
not run, a program without cases) counts as failed: a test that quietly stopped proves nothing.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree

RAN = re.compile(r"^\[=+\] (\d+) tests? from \d+ test suites? ran", re.M)
PASSED = re.compile(r"^\[  PASSED  \] (\d+) tests?\.", re.M)
SKIPPED = re.compile(r"^\[  SKIPPED \] (\d+) tests?, listed below", re.M)
FAILED = re.compile(r"^\[  FAILED  \] (\d+) tests?, listed below", re.M)
FAILED_NAME = re.compile(r"^\[  FAILED  \] ([\w./]+)(?:, where .*)?$", re.M)
SKIPPED_NAME = re.compile(r"^\[  SKIPPED \] ([\w./]+)$", re.M)
DISABLED = re.compile(r"^\s*YOU HAVE (\d+) DISABLED TESTS?", re.M)


def first_number(pattern, text):
    match = pattern.search(text)
    return int(match.group(1)) if match else 0


def count_cases(name, status, output):
    """(passed, failures) of one GoogleTest program that ran to its end."""
    passed = first_number(PASSED, output)
    skipped = first_number(SKIPPED, output)
    failed = first_number(FAILED, output)
    disabled = first_number(DISABLED, output)
    failures = [f"{name}: {case}" for case in dict.fromkeys(FAILED_NAME.findall(output))][:failed]
    failures += [f"{name}: a failed case"] * (failed - len(failures))
    names = list(dict.fromkeys(SKIPPED_NAME.findall(output)))[:skipped]
    failures += [f"{name}: {case} was skipped" for case in names]
    failures += [f"{name}: a case was skipped"] * (skipped - len(names))
    failures += [f"{name}: a disabled case"] * disabled
    if not passed and not failures:
        failures.append(f"{name}: ran no case")
    if status != "run" and not failed:
        failures.append(f"{name}: every case passed, yet the program failed (a sanitizer, a leak?)")
    return passed, failures


def count_test(case):
    """(passed, failures) of one ctest test."""
    name = case.get("name")
    status = case.get("status")
    output = case.findtext("system-out") or ""
    if status in ("run", "fail") and RAN.search(output):
        return count_cases(name, status, output)
    if status == "run":
        return 1, []
    trouble = case.find("failure")
    why = trouble.get("message") if trouble is not None else ""
    kinds = {"fail": "failed", "notrun": "did not run", "disabled": "is disabled"}
    kind = kinds.get(status, status)
    return 0, [f"{name}: {kind}" + (f" ({why})" if why else "")]


def main():
    passed = 0
    failures = []
    for case in ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
        more_passed, more_failures = count_test(case)
        passed += more_passed
        failures += more_failures
    print(passed, len(failures))
    for failure in failures:
        print(failure)


if __name__ == "__main__":
    main()
