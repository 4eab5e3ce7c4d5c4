"""Which offices work under which manuals, and which blanks they have not set."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.estate.models import Office


@dataclass(frozen=True)
class Row:
    """One manual adopted in one office. blanks: labels of figures that nobody has set; own: what the office set."""

    office: str
    office_name: str
    manual: str
    version: str
    title: str
    own: dict[str, str]
    blanks: list[str]

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)

    def __str__(self) -> str:
        own = (
            "；本处设定：" + "、".join(f"{key} = {value}" for key, value in self.own.items())
            if self.own
            else ""
        )
        blanks = f"；没设定：{'、'.join(self.blanks)}" if self.blanks else ""
        return f"{self.office_name}（{self.office}）　{self.manual} {self.version}　{self.title}{own}{blanks}"


def rows(now: datetime) -> list[Row]:
    """Every manual that every office works under now."""
    found = []
    for office in Office.objects.order_by("code"):
        for one in adoption.adopted(office, now):
            figures = one.compiled.manual.figure
            found.append(
                Row(
                    office=office.code,
                    office_name=office.name,
                    manual=one.compiled.key,
                    version=one.compiled.version,
                    title=one.compiled.manual.manual.title,
                    own=dict(one.figures),
                    blanks=[figure.label for figure in figures if not one.figure(figure.key)[0]],
                )
            )
    return found
