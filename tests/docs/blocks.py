"""The commands of the documents: every block of ```sh, with what is said of it and what it prints.

    blocks.py     lists those that tests/docs/run does not run, and why

A comment directly above a block says what is special about it:

    <!-- not run: REASON -->       nobody runs it: it needs what no test has
    <!-- run: helm -->             tests/helm/run does, `install` and `upgrade` as `template`
    <!-- run: at the end -->       after all other pages: it ends what they use

A block of ```text directly below is what the commands print; `...` stands for anything in a line,
and alone for any number of lines.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pages import TOP, documents

FENCE = re.compile(r'^( *)```(\w*)$')
MARK = re.compile(r'^ *<!-- ((?:not run|run): .+) -->$')
MARKS = re.compile(r'^(not run: .{10,}|run: helm|run: at the end)$')


@dataclass
class Block:
    page: Path
    line: int  # of its first command
    text: str
    mark: str = ''
    output: str | None = None  # as the page shows it

    @property
    def place(self):
        return f'{self.page.relative_to(TOP)}:{self.line}'

    def prints(self, said):
        """Whether `said` is what the page shows."""
        lines = [r'(?:.*\n)*' if line.strip() == '...' else
                 '.*'.join(re.escape(part) for part in line.rstrip().split('...')) + r' *\n'
                 for line in self.output.splitlines()]
        return re.fullmatch(''.join(lines), said.rstrip() + '\n') is not None


def fences(text):
    """Yields (language, number of the first line, content, the line above) of each block."""
    lines = text.splitlines()
    start = None
    for number, line in enumerate(lines):
        fence = FENCE.match(line)
        if fence and start is None:
            start, language, indent = number, fence[2], len(fence[1])
        elif fence and not fence[2]:
            content = [one[indent:] for one in lines[start + 1:number]]
            yield language, start + 2, '\n'.join(content) + '\n', lines[max(start - 1, 0)]
            start = None


def prose(text):
    """The text without its blocks of code."""
    return re.sub(r'^ *```.*?^ *```$', '', text, flags=re.DOTALL | re.MULTILINE)


def blocks(page):
    """The commands of a page, in order."""
    found, end = [], None
    for language, line, content, above in fences(page.read_text()):
        if language == 'sh':
            mark = MARK.match(above)
            found.append(Block(page, line, content, mark[1] if mark else ''))
            end = line + content.count('\n')
        elif language == 'text' and end is not None and line - end <= 3:
            found[-1].output = content
    return found


if __name__ == '__main__':
    left = [block for page in documents() for block in blocks(page)
            if block.mark and block.mark != 'run: at the end']
    for each in left:
        print(f'{each.place}: {each.mark}: {each.text.splitlines()[0]}')
    print(f'{len(left)} blocks')
