"""The documents as such: parts made from the code are as it says, and links lead somewhere."""

import re
from urllib.parse import unquote

import generated
import pytest
from blocks import prose
from pages import DOCS, TOP, documents

LINK = re.compile(r'(?<!\!)\[(?:[^\]`]|`[^`]*`)*\]\(([^)\s]+)\)')
ALSO = [TOP / 'CONTRIBUTING.md', TOP / 'services' / 'README.md', *(TOP / 'tests').rglob('*.md'),
        *(TOP / 'services' / 'adr').glob('*.md'), TOP / 'services' / 'reports' / 'KPIS.md']


def anchors(text):
    """What the headings of a page are called in links, as GitHub makes it."""
    found = {}
    for heading in re.findall(r'^#+ +(.*?) *#*$', prose(text), re.MULTILINE):
        heading = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', heading)
        name = re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-')
        seen = found.get(name, -1) + 1
        found[name] = seen
        if seen:
            found[f'{name}-{seen}'] = 0
    return found.keys()


def broken_links(page):
    text = page.read_text()
    for target in LINK.findall(prose(text)):
        if re.match(r'^(https?|mailto):', target):
            continue
        path, _, anchor = target.partition('#')
        there = (page.parent / unquote(path)).resolve() if path else page
        if not there.exists():
            yield target
        elif anchor and there.suffix == '.md' and anchor not in anchors(there.read_text()):
            yield target


def test_parts_made_from_the_code_are_what_it_says():
    stale = generated.stale_pages()
    assert not stale, f'{", ".join(stale)}: run tests/docs/run --write'


def test_links_lead_somewhere():
    broken = [f'{page.relative_to(TOP)}: {target}' for page in documents() + ALSO
              for target in broken_links(page)]
    assert not broken, '\n'.join(broken)


def constant(name, header):
    text = (TOP / 'services' / header).read_text()
    return int(re.search(rf'\b{name} = ([0-9\']+)', text)[1].replace("'", ''))


@pytest.mark.parametrize('name,header,reason', [
    ('reps_per_workspace_max', 'store/store.h', 'TOO_MANY_REPS'),
    ('kRepsPerQueueMax', 'core/roster.h', 'TOO_MANY_REPS'),
    ('queues_per_workspace_max', 'store/store.h', 'TOO_MANY_QUEUES'),
    ('rules_per_workspace_max', 'store/store.h', 'TOO_MANY_RULES'),
    ('accounts_per_workspace_max', 'store/store.h', 'TOO_MANY_ACCOUNTS'),
    ('leads_per_workspace_max', 'store/store.h', 'workspace_full'),
    ('workspaces_max', 'store/store.h', 'TOO_MANY_WORKSPACES'),
    ('kDraftsMax', 'store/policy_store.h', 'TOO_MANY_DRAFTS'),
    ('kRevisionsMax', 'store/policy_store.h', 'TOO_MANY_REVISIONS'),
    ('kStoredTablesMax', 'store/table_store.h', 'TOO_MANY_TABLES'),
    ('kWebhooksMax', 'store/webhook_store.h', 'TOO_MANY_WEBHOOKS')])
def test_limits_are_those_of_the_code(name, header, reason):
    rows = [row for row in (DOCS / 'operate.md').read_text().splitlines()
            if row.startswith('|') and f'`{reason}`' in row]
    assert len(rows) == 1 and f'{constant(name, header):,}' in rows[0], rows


def test_settings_that_errors_name_are_there():
    sources = [path.read_text() for path in (TOP / 'services').rglob('*.[ch]*')
               if 'baton/config' not in str(path)]
    named = {name for text in sources for name in re.findall(r'"((?:limits|reports)\.\w+)"', text)}
    known = (DOCS / 'configure.md').read_text()
    assert len(named) >= 10 and not [name for name in named if f'`{name}`' not in known], named


def test_the_index_names_every_page():
    index = (DOCS / 'README.md').read_text()
    linked = {(DOCS / target.partition('#')[0]).resolve() for target in LINK.findall(index)}
    pages = {page.resolve() for page in DOCS.glob('*.md')} - {(DOCS / 'README.md').resolve()}
    folders = {page.parent.resolve() for page in DOCS.glob('*/*.md')}
    missing = {page.name for page in pages - linked} | {one.name for one in folders
                                                        if not any(one in (each, *each.parents)
                                                                   for each in linked)}
    assert not missing, f'deploy/docs/README.md does not link {sorted(missing)}'
