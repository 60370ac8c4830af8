"""What operators see: metrics, and the commands of the pages that alerts lead to."""

import re
import subprocess

import pytest
from stack import BIN, TOP, Stack
from world import World, eventually

DOCS = TOP / "deploy/docs"
ROW = re.compile(r"^\| `(baton_\w+)` \| (\w+) \| ([a-z, ]*) ?\|", re.MULTILINE)


def documented():
    """(type, labels) of each metric of the page, by name."""
    rows = ROW.findall((DOCS / "observability.md").read_text())
    assert len(rows) == len({name for name, _, _ in rows}) > 50
    return {name: (kind, set(filter(None, labels.strip().split(", "))))
            for name, kind, labels in rows}


def exposed(text):
    """(type, labels) of each metric that a process has now, by name."""
    kinds = dict(re.findall(r"^# TYPE (baton_\w+) (\w+)$", text, re.MULTILINE))
    found = {name: (kind, set()) for name, kind in kinds.items()}
    for series, labels in re.findall(r"^(baton_\w+)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
        name = series if series in kinds else re.sub(r"_(bucket|sum|count)$", "", series)
        found[name][1].update(set(re.findall(r'(\w+)="', labels)) - {"le"})
    return found


def test_every_metric_is_documented_and_every_documented_one_is_there():
    named = set()
    for source in (TOP / "services").rglob("*.cc"):
        named.update(re.findall(r'"(baton_[a-z_]+_(?:total|seconds|records|entries|shards|size|'
                                r'leads|pending|behind|parked|connections|holes|unreadable))"',
                                source.read_text()))
    assert named == documented().keys()


def test_metrics_have_the_type_and_the_labels_that_the_page_says(world):
    world.publish(world.event("l-1"))
    world.flush()
    eventually(lambda: world.lead_or_none("l-1"))
    with world.stack.program.http("/metrics", 5) as answer:
        text = answer.read().decode()
    page = documented()
    for name, (kind, labels) in exposed(text).items():
        assert page[name][0] == kind, name
        assert labels in (set(), page[name][1]), name


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The environment of the commands of the pages: of an installation that has all parts."""
    stack = Stack(tmp_path_factory.mktemp("whole"), ["--webhooks-hosts", "*.acme.example"])
    world = World(stack)
    world.publish(world.event("l-1"))
    world.publish(world.event("l-2", data={"attributes": 1}))  # a dead letter
    world.flush()
    eventually(lambda: any("dead_letters" in name for name in stack.program.metrics()))
    yield {**stack.env, "PATH": f"{BIN}:{stack.env['PATH']}", "BATONCTL_SERVER": stack.address,
           "BATONCTL_WORKSPACE": world.name,
           "METRICS_URL": f"http://127.0.0.1:{stack.program.http_port}"}
    world.close()
    stack.stop()


PAGES = [DOCS / "observability.md", *sorted((DOCS / "runbooks").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_of_a_page_run_as_they_stand(place, page):
    text = page.read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert blocks
    for command in blocks:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=TOP, env=place,
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_pages_name_only_log_events_and_settings_that_there_are():
    sources = "".join(source.read_text() for source in (TOP / "services").rglob("*.cc"))
    said = subprocess.run([BIN / "baton", "all", "--print-config", "--grpc-insecure", "loopback"],
                          check=True, capture_output=True, text=True, env={}).stdout
    settings = set(re.findall(r"^([a-z_.]+) =", said, re.MULTILINE))
    for page in PAGES:
        for name in re.findall(r"`([a-z]+\.[a-z_]+)`", page.read_text()):
            assert name in settings or f'"{name}"' in sources, f"{page.name}: {name}"
