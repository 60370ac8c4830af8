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


def pytest_addoption(parser):
    parser.addoption("--whole-olist", action="store_true",
                     help="replay all 8,000 leads of Olist instead of a fifth of them")


def pytest_collection_modifyitems(items):
    """What looks at everything that was published comes last."""
    items.sort(key=lambda item: item.path.name == "test_published_events.py")


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
