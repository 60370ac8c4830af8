"""The alignment report in a real browser: it looks as it should, needs nothing and harms nobody."""

import re
import subprocess

import pytest
from browser import Browser
from report_story import Story
from stack import BIN, TOP
from world import eventually

PICTURES = TOP / "build/tests/reports"
SECTIONS = ["kept", "funnel", "sla", "speed", "reasons", "marketing", "sales", "fairness",
            "workload", "origins", "legend"]


def batonctl(stack, world, *arguments):
    done = subprocess.run([BIN / "batonctl", "--server", stack.address, "-w", world.name, "report",
                           *arguments], env=stack.env, capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def world(stack):
    story = Story(stack)
    story.quick_story()
    eventually(story.is_counted)
    yield story.world
    story.world.close()


@pytest.fixture(scope="module")
def page(stack, world, tmp_path_factory):
    """The file that a user makes."""
    file = tmp_path_factory.mktemp("page") / "alignment.html"
    batonctl(stack, world, "alignment", "--since", "7d", "-o", "html", "--out", str(file))
    return file


@pytest.fixture(scope="module")
def browser(page, tmp_path_factory):
    one = Browser(tmp_path_factory.mktemp("browser"))
    one.size(1280, 900)
    one.open(page.as_uri())
    yield one
    one.close()


def test_it_has_its_parts_and_their_charts(browser):
    sections = browser.value("[...document.querySelectorAll('section')].map(one => one.id)")
    assert sections == SECTIONS
    drawn = browser.value("""[...document.querySelectorAll('section')].filter(one =>
        [...one.querySelectorAll('svg')].some(svg => svg.getBoundingClientRect().height > 30 &&
        svg.querySelectorAll('rect').length > 0)).map(one => one.id)""")
    assert set(drawn) >= {"funnel", "speed", "reasons", "marketing", "workload"}
    browser.media(scheme="light")
    browser.screenshot(PICTURES / "alignment-light.png")
    assert (PICTURES / "alignment-light.png").stat().st_size > 20_000


def test_it_asks_for_nothing_and_complains_of_nothing(browser, page):
    assert browser.requests == [page.as_uri()]
    assert browser.errors == []
    assert browser.value("document.scripts.length") == 0


def test_a_number_says_what_it_counts_and_how_to_list_its_leads(browser, stack, world):
    title = browser.value("document.querySelector('#funnel td[title]').title")
    definition, command = title.split("\n")
    assert definition.startswith("Cycles that came to this stage")
    words = command.split()
    assert words[:5] == ["batonctl", "-w", world.name, "report", "leads"]
    shown = int(browser.value("document.querySelector('#funnel td[title]').textContent"))
    listed = batonctl(stack, world, "leads", *words[5:], "-o", "csv").splitlines()[1:]
    assert len(listed) == shown > 0
    missing = browser.value("""[...document.querySelectorAll('#funnel td, #sla td, #sales td')]
        .filter(cell => /^[0-9]/.test(cell.textContent) && !cell.title).length""")
    assert missing == 0


def test_what_strangers_named_is_text(browser):
    text = browser.value("document.querySelector('#origins').textContent")
    assert "<img src=x onerror=alert(1)>" in text
    assert browser.value("document.images.length") == 0


def test_it_is_dark_where_the_reader_wants_that(browser):
    paper = "getComputedStyle(document.body).backgroundColor"
    browser.media(scheme="light")
    light = browser.value(paper)
    browser.media(scheme="dark")
    assert (light, browser.value(paper)) == ("rgb(255, 255, 255)", "rgb(18, 22, 28)")
    browser.screenshot(PICTURES / "alignment-dark.png")
    browser.media(scheme="light")


@pytest.mark.parametrize("width", [1280, 800, 390])
def test_it_fits_the_window(browser, width):
    browser.size(width, 900)
    assert browser.value("document.documentElement.scrollWidth") <= width
    browser.size(1280, 900)


def test_it_prints_on_a4_with_few_pages(browser):
    pdf = browser.pdf()
    assert re.search(rb"/MediaBox \[0 0 59[45][.0-9]* 84[12][.0-9]*\]", pdf)
    assert 1 <= len(re.findall(rb"/Type /Page\b(?!s)", pdf)) <= 4
    browser.media()


def test_it_is_text_and_numbers_too(stack, world):
    text = batonctl(stack, world, "alignment")
    assert "What was agreed, and what was kept" in text and "Leads that qualified" in text
    rows = batonctl(stack, world, "alignment", "-o", "csv").splitlines()
    assert rows[0].startswith("report,section,figure,item,group,kind,value")
    assert any(row.startswith("now,funnel,reached,mql,,count,") for row in rows)


def test_an_empty_workspace_has_a_page_too(stack, browser, tmp_path):
    story = Story(stack)
    file = tmp_path / "empty.html"
    batonctl(stack, story.world, "alignment", "-o", "html", "--out", str(file))
    story.world.close()
    browser.requests.clear()
    browser.open(file.as_uri())
    assert (browser.requests, browser.errors) == ([file.as_uri()], [])
    assert "Nothing in this period" in browser.value("document.body.textContent")
