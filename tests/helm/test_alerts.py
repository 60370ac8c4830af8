"""Rules and alerts, as Prometheus' own tool evaluates them."""

import os
from pathlib import Path

from chart import CHART, run

ALERTS = CHART / 'files' / 'alerts.yaml'
SERIES = Path(__file__).parent / 'alerts.yaml'


def test_prometheus_takes_the_rules():
    done = run(os.environ['PROMTOOL'], 'check', 'rules', '--lint-fatal', ALERTS)
    assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_fire_when_they_should_and_only_then(tmp_path):
    (tmp_path / 'tests.yaml').write_text(SERIES.read_text())
    (tmp_path / 'rules.yaml').write_text(ALERTS.read_text())
    done = run(os.environ['PROMTOOL'], 'test', 'rules', tmp_path / 'tests.yaml')
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_case():
    cases = SERIES.read_text()
    names = [line.split()[-1] for line in ALERTS.read_text().splitlines() if '- alert:' in line]
    assert [name for name in names if f'alertname: {name}\n' not in cases] == []
