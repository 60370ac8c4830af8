import os
from pathlib import Path

import pytest

import browser
from olist import DATA
from stack import Stack
from world import World

collect_ignore = [] if DATA.is_dir() else ["test_olist.py", "test_olist_replay.py"]
if os.environ.get("TESTS_ALL") == "0":  # the shorter form of tests/run
    collect_ignore += ["test_batonctl.py", "test_offboard.py", "test_olist_replay.py",
                       "test_privacy.py"]
if "ID=ubuntu" in Path("/etc/os-release").read_text() and browser.found() is None:
    collect_ignore.append("test_report_page.py")  # Ubuntu has Chromium as a snap only


LAST = "test_published_events.py"
# Of the files that take longest, on two quiet cores; so that parts take equally long.
SECONDS = {"test_olist_replay.py": 150, "test_webhooks.py": 120, "test_batonctl.py": 50,
           "test_olist.py": 50, "test_failures.py": 40, "test_offboard.py": 25,
           "test_simulate.py": 25, "test_privacy.py": 25, "test_issuer_url.py": 20}
SECONDS_OF_OTHERS = 12


def pytest_addoption(parser):
    parser.addoption("--whole-olist", action="store_true",
                     help="replay all 8,000 leads of Olist instead of a fifth of them")
    parser.addoption("--part", default="1/1", metavar="K/N",
                     help="the K-th of N parts; each has servers of its own")


def files_of_part(names, part, parts):
    """Which of the files are in this part: the longest first, each to the part with least to do."""
    seconds = [0] * parts
    chosen = set()
    for name in sorted(names, key=lambda name: (-SECONDS.get(name, SECONDS_OF_OTHERS), name)):
        least = seconds.index(min(seconds))
        seconds[least] += SECONDS.get(name, SECONDS_OF_OTHERS)
        if least == part:
            chosen.add(name)
    return chosen


def pytest_terminal_summary(terminalreporter):
    """What is not here to be tested with is said, not passed over."""
    if not DATA.is_dir():
        terminalreporter.write_line(f"left out: the leads of Olist are not in {DATA} (BATON_OLIST)")
    if "test_report_page.py" in collect_ignore:
        terminalreporter.write_line("left out: the page of reports, as there is no Chromium")


def pytest_collection_modifyitems(config, items):
    """What looks at everything that was published comes last, in each part: it is of one server."""
    part, parts = map(int, config.getoption("--part").split("/"))
    chosen = files_of_part({item.path.name for item in items} - {LAST}, part - 1, parts) | {LAST}
    items[:] = [item for item in items if item.path.name in chosen]
    items.sort(key=lambda item: item.path.name == LAST)


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    running = Stack(tmp_path_factory.mktemp("stack"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def quiet_stack(tmp_path_factory):
    """Servers that no other module uses, so that they come to rest and can be verified."""
    running = Stack(tmp_path_factory.mktemp("quiet"))
    yield running
    running.stop()


@pytest.fixture
def world(stack):
    one = World(stack)
    yield one
    one.close()


@pytest.fixture
def quick_world(stack):
    """Offers expire after two seconds."""
    one = World(stack, accept_within="2s")
    yield one
    one.close()
