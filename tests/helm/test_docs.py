"""The commands of the documents that are for helm: what they would install renders. `install` and
`upgrade` run as `template`, for there is no cluster."""

import os
import sys

import pytest

from chart import TOP, run

sys.path.insert(0, str(TOP / 'tests' / 'docs'))
from blocks import blocks  # noqa: E402
from pages import documents  # noqa: E402

COMMANDS = [block for page in documents() for block in blocks(page) if block.mark == 'run: helm']
PAGES = sorted({block.page for block in COMMANDS})
HELM = '''#!/bin/bash
verb=$1
shift
[[ $verb != @(install|upgrade) ]] || verb=template
[[ $verb != template || $* == *--kube-version* ]] || set -- "$@" --kube-version 1.33.0
arguments=()
for one in "$@"; do
  [[ $one == @(--install|--wait) ]] || arguments+=("$one")
done
exec "$BATON_DOCS_HELM" "$verb" "${arguments[@]}"
'''


def test_there_are_some():
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_the_commands_of_a_page_render(page, tmp_path):
    for name in ('helm', 'deploy'):
        (tmp_path / name).symlink_to(TOP / name)
    helm = tmp_path / 'bin' / 'helm'
    helm.parent.mkdir()
    helm.write_text(HELM)
    helm.chmod(0o755)
    for block in (block for block in COMMANDS if block.page == page):
        done = run('bash', '-euo', 'pipefail', '-c', block.text, cwd=tmp_path,
                   env={'PATH': f'{helm.parent}:{os.environ["PATH"]}', 'HOME': str(tmp_path),
                        'BATON_DOCS_HELM': os.environ['HELM']})
        said = done.stdout + done.stderr
        assert done.returncode == 0, f'{block.place}\n{block.text}{said}'
        assert block.output is None or block.prints(said), f'{block.place}: {said}'
