"""Every command of the documents is run, as a reader would: README.md first, in order, then each
page in a new terminal of the same machine; what a page shows as output is compared."""

import re
import subprocess
import time
import urllib.request

import pytest
from blocks import MARKS, blocks, fences, prose
from pages import DOCS, TOP, documents
from terminal import Checkout, Terminal

README = TOP / 'README.md'
# Their commands are run by tests/clients/test_observability.py.
RUN_ELSEWHERE = {DOCS / 'observability.md', *(DOCS / 'runbooks').glob('*.md')}
OTHERS = [page for page in documents() if page != README and page not in RUN_ELSEWHERE]
CHECK = re.compile(r'^([a-z-]+) +\d+ +ok +(.*)$', re.MULTILINE)  # of batonctl verify
# Code without a fence; what a list has in it is none.
INDENTED = re.compile(r'^\n(?: {4,}|\t)(?![-*+] |\d+\. )(\S.*)$', re.MULTILINE)
SHARDS = 16  # of a Redis and a Kafka of deploy/local/up
LANGUAGES = {'', 'sh', 'text', 'yaml', 'json', 'python', 'mermaid', 'javascript', 'html'}


def run_all(terminal, chosen):
    """Runs the blocks; fails at the first one that does. Returns what the last one printed."""
    said = ''
    for block in chosen:
        well, said = terminal.run(block.text)
        last = said.rstrip().rpartition('\n')[2]
        assert well, f'{block.place}: failed: {last}\n{block.text}\nprinted:\n{said[-3000:]}'
        if block.output is not None:
            assert block.prints(said), \
                f'{block.place}: shown:\n{block.output}\nprinted:\n{said[-3000:]}'
    return said


@pytest.fixture(scope='module')
def first(tmp_path_factory):
    """The terminal of README.md, with Redis, Kafka and Baton running after its commands."""
    checkout = Checkout(tmp_path_factory.mktemp('checkout'))
    terminal = Terminal(checkout)
    yield terminal
    terminal.close()
    subprocess.run([checkout.folder / 'deploy' / 'local' / 'down', '--purge'], check=True,
                   stdout=subprocess.DEVNULL)


def test_readme(first):
    run_all(first, [block for block in blocks(README) if not block.mark])


@pytest.mark.parametrize('page', OTHERS, ids=lambda page: str(page.relative_to(TOP)))
def test_page(first, page):
    chosen = [block for block in blocks(page) if not block.mark]
    if not chosen:
        return
    assert not first.ended, 'Baton does not run: README.md failed'
    terminal = Terminal(first.checkout, first.exports())
    try:
        run_all(terminal, chosen)
    finally:
        terminal.close()


def owned_shards(terminal):
    """Of the Baton of README.md: how many shards it publishes."""
    metrics = f'http://127.0.0.1:{terminal.checkout.port("7401")}/metrics'
    with urllib.request.urlopen(metrics, timeout=10) as answer:
        return int(re.search(r'^baton_relay_owned_shards (\d+)$', answer.read().decode(), re.M)[1])


def test_what_the_readme_ends_with(first):
    assert not first.ended, 'Baton does not run: README.md failed'
    deadline = time.monotonic() + 30  # the second Baton of a page has just left its shards
    while owned_shards(first) < SHARDS and time.monotonic() < deadline:
        time.sleep(0.2)
    said = run_all(first, [block for block in blocks(README) if block.mark == 'run: at the end'])
    checks = CHECK.findall(said)
    assert len(checks) > 10, said
    assert checks == CHECK.findall((DOCS / 'operate.md').read_text())


def test_no_command_hides_in_a_block_of_another_language():
    for page in documents():
        found = {language for language, *_ in fences(page.read_text())}
        assert found <= LANGUAGES, f'{page.relative_to(TOP)}: {found - LANGUAGES}'


def test_no_command_hides_in_a_block_without_a_fence():
    assert INDENTED.findall('As in\n\n    baton all\n\n') == ['baton all']
    found = [f'{page.relative_to(TOP)}: {line}' for page in documents()
             for line in INDENTED.findall(prose(page.read_text()))]
    assert not found, '\n'.join(found)


def test_what_is_not_run_says_why():
    marked = [block for page in documents() for block in blocks(page) if block.mark]
    for block in marked:
        assert MARKS.match(block.mark), f'{block.place}: {block.mark}'
    print(f'{len(marked)} blocks are not run here: tests/docs/run --list')
