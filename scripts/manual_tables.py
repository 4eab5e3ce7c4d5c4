"""Writes the tables of docs/manual-authors.md and docs/manual.schema.json from the program. A test compares them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from guanjia.ops.cards import card
from guanjia.ops.manuals.schema import json_schema
from guanjia.policy import conditions, vocabulary
from guanjia.policy import schema as manual
from guanjia.policy.effects import EFFECTS

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE, SCHEMA = DOCS / "manual-authors.md", DOCS / "manual.schema.json"
TABLE = re.compile(r"(<!-- table: ([\w-]+) -->\n).*?(<!-- end -->)", re.S)


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return (
        "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
        + "\n"
    )


def words(known: Mapping[str, str]) -> str:
    """Words of the vocabulary with their Chinese."""
    return _table(("写法", "意思"), ((f"`{word}`", said) for word, said in known.items()))


def effects() -> str:
    """The effects with their parameters."""
    rows = (
        (
            f"`{name}`",
            spec.does,
            "、".join(f"`{one}`" for one in spec.needs),
            "、".join(f"`{one}`" for one in spec.takes),
        )
        for name, spec in EFFECTS.items()
    )
    return _table(("效果", "做什么", "要写", "可写"), rows)


def keys(first: type[BaseModel]) -> str:
    """A schema's part with its keys, then every part inside it, as they stand in it."""
    return "\n".join(f"{_title(part)}\n\n{_keys(part)}" for part in parts_of(first))


def parts_of(first: type[BaseModel]) -> list[type[BaseModel]]:
    """A part and every part inside it, each once, in the order of the keys."""
    found = [first]
    for part in found:
        for field in part.model_fields.values():
            found += [inner for inner in _inner(field.annotation) if inner not in found]
    return found


def _inner(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _inner(argument)


def _title(part: type[BaseModel]) -> str:
    """The first line of the docstring is what people call the part."""
    return "**" + str(part.__doc__).strip().splitlines()[0].rstrip("。") + "**"


def _keys(part: type[BaseModel]) -> str:
    rows = (
        (
            f"`{field.alias or name}`",
            "必写" if field.is_required() else _default(field.default),
            str(field.description),
        )
        for name, field in part.model_fields.items()
    )
    return _table(("键", "不写时", "意思"), rows)


def _default(value: Any) -> str:
    """What a key is when it is left out."""
    if value is None or isinstance(value, BaseModel) or value in ("", (), {}, []):
        return ""
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def field_kinds() -> tuple[str, ...]:
    """Every kind of field, for the test that all are explained."""
    return get_args(manual.FieldKind)


TABLES: Mapping[str, Callable[[], str]] = {
    "events": lambda: words(vocabulary.EVENTS),
    "duties": lambda: words(vocabulary.DUTIES),
    "categories": lambda: words(vocabulary.CATEGORIES),
    "classes": lambda: words(vocabulary.CLASSES),
    "channels": lambda: words(vocabulary.CHANNELS),
    "roles": lambda: words(vocabulary.ROLES),
    "facts": lambda: words(vocabulary.FACTS),
    "shared": lambda: words(vocabulary.SHARED),
    "bases": lambda: words(vocabulary.BASES),
    "rosters": lambda: words(vocabulary.ROSTERS),
    "operators": lambda: words(conditions.OPERATORS),
    "effects": effects,
    "keys": lambda: keys(manual.Manual),
    "card-keys": lambda: keys(card.Card),
}


def page(text: str) -> str:
    """The page with its tables made anew. Raises KeyError for a table that is not known."""
    return TABLE.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], text)


def schema() -> str:
    """The JSON Schema as it lies in docs/."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Writes both files."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    SCHEMA.write_text(schema(), "utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(TABLES)} tables\n{SCHEMA.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
