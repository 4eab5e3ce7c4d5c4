"""Writes docs/commands.md from the commands themselves: `make docs`. A test compares the two."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.core.management import load_command_class
from django.core.management.base import BaseCommand

from guanjia.cli import names

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
HEAD = """# Commands

Written by `make docs` from the commands themselves; do not edit it by hand.

`guanjia` alone lists the commands, `guanjia COMMAND --help` prints what stands here. Exit codes: 0 well, 1 an expected
failure (one line says what is wrong and what to do), 2 called in a wrong way, 3 an unexpected failure (with a text to
send to whoever looks after the program), 130 interrupted. What a program reads comes with `--json` on standard output.
Django's own commands (`migrate`, `check`, `shell`, `changepassword` ...) work too.
"""
INHERITED = {
    option
    for action in BaseCommand().create_parser("guanjia", "x")._actions
    for option in action.option_strings
}


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *(line for name in names() for line in _command(name))])


def _command(name: str) -> Iterator[str]:
    command = load_command_class("guanjia.ops", name)
    yield f"## guanjia {name}\n\n{command.help}。\n"
    yield from _options(f"guanjia {name}", command.create_parser("guanjia", name))


def _options(path: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    """A line for every argument of its own, then the sub-commands."""
    verbs: list[tuple[str, str, argparse.ArgumentParser]] = []
    rows = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            verbs += [(verb, helps.get(verb, ""), sub) for verb, sub in action.choices.items()]
        elif not set(action.option_strings) & INHERITED:
            rows.append(f"- `{_spelled(action)}` {action.help or ''}")
    if rows:
        yield "\n".join(rows) + "\n"
    for verb, help_text, sub in verbs:
        yield f"### {path} {verb}\n\n{help_text}。\n"
        yield from _options(f"{path} {verb}", sub)


def _spelled(action: argparse.Action) -> str:
    """`--office OFFICE`, `--json`, `FILE`."""
    if action.choices:
        value = "|".join(map(str, action.choices))
    else:
        metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
        value = "" if action.nargs == 0 else metavar
    return " ".join(filter(None, [", ".join(action.option_strings), value]))


def main() -> int:
    """Writes the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanjia.config.settings")
    django.setup()
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(names())} commands\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
