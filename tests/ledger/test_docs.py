"""docs/money.md names every account, reason, way of paying, paper and channel, and nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from guanjia.ledger.chart import CHART, CODES, METHODS
from guanjia.notify.channels import CHANNELS
from guanjia.records.pdf import TEMPLATES

PAGE = (Path(__file__).parents[2] / "docs" / "money.md").read_text("utf-8")


def table_under(heads: str) -> list[list[str]]:
    """The cells of the rows of the table with these heads."""
    lines = PAGE.split(heads, 1)[1].splitlines()[2:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return rows


def test_accounts() -> None:
    documented = {
        row[0]: (row[1], row[2], bool(row[3])) for row in table_under("| code | name | kind | one for each |")
    }
    assert documented == {
        code: (line.name, line.kind.value, line.by_reference) for code, line in CHART.items()
    }
    assert all(f"`{method}`" in PAGE for method in METHODS)


def test_reasons_and_what_they_do_to_an_open_item() -> None:
    sign = {"+": 1, "−": -1, "": 0}
    rows = table_under("| function | code | debit | credit | charged | paid |")
    documented = {row[1]: (sign[row[4]], sign[row[5]]) for row in rows}
    assert documented == {code: (one.charged, one.paid) for code, one in CODES.items()}


def test_papers_and_channels() -> None:
    assert {row[0] for row in table_under("| template | paper | builder | data |")} == set(TEMPLATES)
    assert {row[0] for row in table_under("| channel | goes to |")} == set(CHANNELS)


def test_every_key_a_template_reads_is_named() -> None:
    folder = Path(__file__).parents[2] / "src" / "guanjia" / "records" / "typst"
    for template in TEMPLATES:
        (row,) = [row for row in table_under("| template | paper | builder | data |") if row[0] == template]
        read = set(re.findall(r'get\(data, "(\w+)"', (folder / f"{template}.typ").read_text("utf-8")))
        named = set(re.findall(r"\w+", row[3]))
        assert read - {"printed_at"} <= named, read - named
