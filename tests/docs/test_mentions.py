"""What prose mentions of the command line exists: commands, options and settings in `code`."""

import functools
import re
import subprocess

import pytest
from pages import TOP, documents
from stack import BIN
from test_pages import prose

MENTION = re.compile(r'`(baton|batonctl) ([^`]+)`')
OPTION = re.compile(r'(?<![\w-])--[a-z][a-z0-9-]+')
LISTED = re.compile(r'^  (\w[\w-]*) ', re.MULTILINE)


@functools.cache
def help_of(*command):
    return subprocess.run([BIN / command[0], *command[1:], '--help'], stdout=subprocess.PIPE,
                          text=True, check=True).stdout


def subcommands(*command):
    said = help_of(*command)
    return LISTED.findall(said.split('Subcommands:\n')[1].split('\n\n')[0]) \
        if 'Subcommands:' in said else []


def unknown(program, rest):
    """What of a mention the program does not know."""
    command, words = [program], re.sub(r'[\[\]]', '', rest).split()
    while subcommands(*command):
        plain = [word for word in words if not word.startswith('-')]
        if not plain or plain[0].isupper():
            break  # `batonctl report SECTION`, `batonctl --token-file`
        if plain[0] not in subcommands(*command):
            return plain[0]
        command.append(plain[0])
        words = words[words.index(plain[0]) + 1:]
    known = ''.join(help_of(*command[:depth]) for depth in range(1, len(command) + 1))
    for option in OPTION.findall(rest):
        if not re.search(rf'{re.escape(option)}(?![\w-])', known):
            return option
    return None


@pytest.mark.parametrize('page', documents(), ids=lambda page: str(page.relative_to(TOP)))
def test_what_it_mentions_exists(page):
    for program, rest in MENTION.findall(prose(page.read_text())):
        missing = unknown(program, rest)
        assert missing is None, f'`{program} {rest}`: there is no {missing}'
