"""Rules and alerts, as Prometheus' own tool evaluates them."""

import json
import os
import re
from pathlib import Path

import pytest
import yaml
from chart import CHART, TOP, run

ALERTS = CHART / 'files' / 'alerts.yaml'
SERIES = Path(__file__).parent / 'alerts.yaml'
RUNBOOKS = TOP / 'deploy' / 'docs' / 'runbooks'


def test_prometheus_takes_the_rules():
    done = run(os.environ['PROMTOOL'], 'check', 'rules', '--lint-fatal', ALERTS)
    assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_fire_when_they_should_and_only_then(tmp_path):
    (tmp_path / 'tests.yaml').write_text(SERIES.read_text())
    (tmp_path / 'rules.yaml').write_text(ALERTS.read_text())
    done = run(os.environ['PROMTOOL'], 'test', 'rules', tmp_path / 'tests.yaml')
    assert done.returncode == 0, done.stdout + done.stderr


def queries(node):
    """What the panels of a dashboard ask Prometheus for."""
    for inner in node if isinstance(node, list) else node.values():
        if isinstance(inner, (dict, list)):
            yield from queries(inner)
    if isinstance(node, dict) and 'expr' in node:
        yield node['expr'].replace('$__rate_interval', '5m')


def test_prometheus_reads_every_query_of_the_dashboard(tmp_path):
    found = list(queries(json.loads((CHART / 'files' / 'dashboard.json').read_text())))
    assert len(found) > 50
    rules = [{'record': f'query:{number}', 'expr': query} for number, query in enumerate(found)]
    (tmp_path / 'rules.yaml').write_text(yaml.safe_dump(
        {'groups': [{'name': 'dashboard', 'rules': rules}]}))
    done = run(os.environ['PROMTOOL'], 'check', 'rules', tmp_path / 'rules.yaml')
    assert done.returncode == 0, done.stdout + done.stderr


def alerts():
    """The annotations of each alert, by its name."""
    groups = yaml.safe_load(ALERTS.read_text())['groups']
    return {rule['alert']: rule['annotations']
            for group in groups for rule in group['rules'] if 'alert' in rule}


def test_every_alert_has_a_case():
    cases = SERIES.read_text()
    assert [name for name in alerts() if f'alertname: {name}\n' not in cases] == []


def test_every_alert_has_a_runbook_and_every_runbook_an_alert():
    pages = {page.stem for page in RUNBOOKS.glob('*.md')} - {'README'}
    assert pages == alerts().keys()
    for name, annotations in alerts().items():
        assert annotations['runbook_url'].endswith(f'/{name}.md'), name


def test_the_index_of_runbooks_names_each_alert_with_its_severity_once_in_order():
    rows = re.findall(r'^\| \[(\w+)\]\((\w+)\.md\) \| (\w+) \|',
                      (RUNBOOKS / 'README.md').read_text(), re.MULTILINE)
    groups = yaml.safe_load(ALERTS.read_text())['groups']
    assert rows == list(dict.fromkeys(
        (rule['alert'], rule['alert'], rule['labels']['severity'])
        for group in groups for rule in group['rules'] if 'alert' in rule))


@pytest.mark.parametrize('page', sorted(RUNBOOKS.glob('Baton*.md')), ids=lambda page: page.stem)
def test_a_runbook_says_what_it_means_what_it_does_and_how_to_look_and_mend(page):
    text = page.read_text()
    assert re.findall(r'^#+ (.*)$', text, re.MULTILINE) == [
        page.stem, 'Meaning', 'Impact', 'How to look', 'What to do']
    look = text.split('## How to look')[1].split('## What to do')[0]
    assert '```sh\n' in look
    for link in re.findall(r'\]\(([^)]*)\)', text):
        assert (RUNBOOKS / link).is_file(), link
