"""docs/api.md is true: its commands are run in their order, and what it shows must be in what comes back."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from tests.api.conftest import BASE, Clock, caller_for
from tests.api.repair import picture

from guanjia.api.application import build
from guanjia.cases.models import Attachment
from guanjia.intake.telephone import lines
from guanjia.ops.cards.stage import Stage

PAGE = Path(settings.PACKAGE).parent.parent / "docs" / "api.md"


class Block(NamedTuple):
    """A block of code of the page."""

    language: str
    text: str


def blocks() -> list[Block]:
    found = re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    return [Block(*one) for one in found]


def commands(text: str) -> Iterator[list[str]]:
    """The commands of a block as words; a command may take several lines."""
    words = shlex.split(text.replace("\\\n", " "), comments=True)
    starts = [index for index, word in enumerate(words) if word in ("curl", "guanjia")]
    for begin, end in pairwise([*starts, len(words)]):
        yield words[begin:end]


def curl(words: list[str], names: dict[str, str]) -> Any:
    """What curl would get, by Django's test client."""
    headers: dict[str, str] = {}
    form: dict[str, Any] = {}
    body = method = url = ""
    rest = iter([Template(word).substitute(names) for word in words[1:]])
    for word in rest:
        if word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "--json":
            body = next(rest)
        elif word == "-F":
            name, _, value = next(rest).partition("=")
            form[name] = SimpleUploadedFile(value[1:], picture()) if value.startswith("@") else value
        elif word == "-X":
            method = next(rest)
        elif word == "-o":
            next(rest)
        else:
            assert not word.startswith("-"), f"the test does not know curl's {word}"
            url = word
    client = Client(headers=headers)
    if body:
        return client.post(url, json.loads(body), content_type="application/json")
    return client.post(url, form) if form or method == "POST" else client.get(url)


def holds(shown: Any, found: Any, where: str = "") -> None:
    """What is shown is in what was found: parts of objects, beginnings of lists; ids differ from machine to machine."""
    if isinstance(shown, dict):
        for key, value in shown.items():
            assert key in found, f"{where}.{key} is missing in {found}"
            if key != "id":
                holds(value, found[key], f"{where}.{key}")
    elif isinstance(shown, list) and shown and isinstance(shown[0], dict):
        assert len(found) >= len(shown), where
        for index, value in enumerate(shown):
            holds(value, found[index], f"{where}[{index}]")
    else:
        assert shown == found, f"{where}: the page says {shown!r}, the API {found!r}"


@pytest.fixture
def names(stage: Stage, clock: Clock) -> dict[str, str]:
    """The variables of the page."""
    stage.office.code = "cuihu"
    stage.office.save()
    desk = stage.person("receptionist")
    desk.username = "zhoumin"
    desk.save()
    keys = {
        "DESK": desk,
        "REPAIRER": stage.person("technician"),
        "SUPERVISOR": stage.person("eng_supervisor"),
        "CASHIER": stage.person("cashier"),
    }
    secrets = {name: caller_for(user).secret for name, user in keys.items()}
    secrets["LINE"] = lines.add(stage.office, "0755-88000120", "服务热线", at=clock.now)[1]
    return {"API": BASE, **secrets, "REPAIRER_ID": str(stage.person("technician").pk), "PHOTO_ID": "0"}


def test_every_example(names: dict[str, str], clock: Clock) -> None:
    """A command is refused where the page shows a code below it, and nowhere else."""
    found = blocks()
    answers: list[Any] = []
    for block, after in zip(found, [*found[1:], Block("", "")], strict=True):
        if block.language == "json":
            holds(json.loads(block.text), answers[-1].json())
            continue
        refused = after.language == "json" and "code" in json.loads(after.text)
        given = list(commands(block.text))
        for words in given:
            if words[0] == "guanjia":
                call_command(*words[1:])
                continue
            clock.on(minutes=1)
            answers.append(curl(words, names))
            names["PHOTO_ID"] = str(getattr(Attachment.objects.first(), "pk", 0))
            wrong = refused and words is given[-1]
            assert (answers[-1].status_code >= 400) == wrong, (words, answers[-1].content.decode())
    assert len(answers) == 35
    assert answers[-10]["Idempotent-Replay"] == "true"


def asked(operation: dict[str, Any]) -> str:
    """What an address takes besides its path: parameters of the query, then the body's; in bold what it must have."""
    parameters = {one["name"]: one["required"] for one in operation["parameters"] if one["in"] != "path"}
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content["schema"]
        if name := schema.get("$ref", "").rpartition("/")[2]:
            schema = build().get_openapi_schema(path_prefix="")["components"]["schemas"][name]
        parameters |= {one: one in schema.get("required", ()) for one in schema["properties"]}
    return ", ".join(f"**{name}**" if must else name for name, must in parameters.items())


def test_the_table_names_every_address() -> None:
    paths = build().get_openapi_schema(path_prefix="")["paths"]
    wanted = {
        f"| `{method.upper()} {path}` | {operation['summary']} | {asked(operation)} |"
        for path, methods in paths.items()
        for method, operation in methods.items()
    }
    listed = set(re.findall(r"^\| `.*$", PAGE.read_text("utf-8"), re.M))
    assert listed == wanted


def test_every_parameter_of_the_query_is_explained() -> None:
    """The list of parameters on the page has each of the description's, in its words, and no other."""
    paths = build().get_openapi_schema(path_prefix="")["paths"]
    wanted = {
        f"| {one['name']} | {one['description']} |"
        for methods in paths.values()
        for operation in methods.values()
        for one in operation["parameters"]
        if one["in"] != "path"
    }
    table = PAGE.read_text("utf-8").partition("| parameter | what |\n")[2].partition("\n\n")[0]
    assert set(table.splitlines()[1:]) == wanted


def test_the_telephones_table_has_every_field_of_an_event() -> None:
    schema = build().get_openapi_schema(path_prefix="")["components"]["schemas"]["CallEventIn"]
    table = PAGE.read_text("utf-8").partition("| field | what |\n")[2].partition("\n\n")[0]
    fields = [line.split("|")[1].strip() for line in table.splitlines()[1:]]
    assert fields == list(schema["properties"])
