"""Every figure of the statistics leads to as many cases as it says: the whole, what it is a share of, and each part."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.manuals.test_complaint_handling import complain, do, on
from tests.web.test_director import signed_in

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import open_case
from guanjia.engine.advance import advance
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy import forms
from guanjia.policy.loader import read
from guanjia.records.models import Record
from guanjia.reports import printing

pytestmark = pytest.mark.django_db
MANUALS = ("complaint-handling-8", "entrusted-repair-h", "resident-help-h", "home-service")
TIMES = re.compile(r"(\d+) 次里 (\d+) 次")
CLASSES = (
    {"verdict": "valid", "about": "service", "fault": "dereliction"},
    {"verdict": "invalid"},
    {"verdict": "assisted", "cause": "developer"},
)


def plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<(svg).*?</\1>|<[^>]+>", " ", text, flags=re.S)).split())


def table(page: str) -> list[str]:
    return (
        re.findall(r"<tr>.*?</tr>", page.split("<tbody>")[1].split("</tbody>")[0], re.S)
        if "<tbody>" in page
        else []
    )


def last(row: str) -> str:
    """What the last cell of a row says."""
    return plain("<td" + row.rsplit("<td", 1)[1])


def told(rows: list[str]) -> tuple[int, int]:
    """How many times the rows stand for, and how many of those count."""
    times = counted = 0
    for row in rows:
        said = last(row)
        several = TIMES.fullmatch(said)
        assert several or said in ("是", "否"), said
        times += int(several[1]) if several else 1
        counted += int(several[2]) if several else said == "是"
    return times, counted


def owed(stage: Stage, case: Case, at: datetime, key: str, late: int = 0) -> None:
    """A duty about a case that was met, so many minutes too late."""
    Obligation.objects.create(
        office=stage.office, case=case, manual_key="entrusted-repair-h", manual_version="x", label="到", key=key,
        clause="二.一).1", state="met", limit_text="", started_by="", unit="seconds", opened_at=at - timedelta(hours=1),
        due_at=at, met_at=at + timedelta(minutes=late), closed_at=at + timedelta(minutes=late), calendar_key="always", generation=late,
    )  # fmt: skip


@pytest.fixture
def stage() -> Stage:
    """March: four complaints, three of them classed; a repair with two appointments, one of them kept; requests for help."""
    adoption.forget()
    stage = build([read(Path(settings.MANUALS_ROOT) / key) for key in MANUALS], {}, on("03-01 09:00"))
    for n, classes in enumerate(CLASSES, 2):
        case = complain(stage, f"03-0{n} 09:00", "cs_supervisor")
        do(stage, case, f"03-0{n} 09:05", "classify", **classes)
    complain(stage, "03-06 09:00")
    return stage


def repaired(stage: Stage, at: str) -> Case:
    data = {
        "unit": "3-2-1502",
        "contact_name": "王秀兰",
        "contact_phone": "13800001234",
        "matter": "水龙头漏水",
        "item": "更换水龙头",
        "timing": "now",
        "channel": "phone",
    }
    return open_case(stage.office, "repair", actor=stage.person("receptionist"), at=on(at), data=data).case


@pytest.fixture
def repair(stage: Stage) -> Case:
    case = repaired(stage, "03-05 09:00")
    owed(stage, case, on("03-05 12:00"), "keep_appointment")
    owed(stage, case, on("03-06 12:00"), "keep_appointment", late=20)
    return case


@pytest.fixture
def client(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Client:
    return signed_in(stage, "director", monkeypatch, on("03-31 10:00"))


def statistics(client: Client) -> list[str]:
    return table(client.get(reverse("statistics"), {"month": "2026-03"}).content.decode())


def test_every_figure_leads_to_as_many_cases_as_it_says(client: Client, repair: Case) -> None:
    walked = parts = 0
    for row in statistics(client):
        links = re.findall(r'<a href="([^"]+)">(.*?)</a>', row, re.S)
        text, ratio = (plain(cell) for cell in re.findall(r'<td class="num"[^>]*>(.*?)</td>', row, re.S))
        times, counted = told(table(client.get(links[0][0]).content.decode()))
        if "‰" in text:
            assert f"{counted}/4" == ratio, "of four households"
        elif "/" in ratio:
            assert f"{counted}/{times}" == ratio, plain(row)
        else:
            assert f"{counted} {times}" == f"{text} {text}", plain(row)
        walked += counted > 0
        for address, label in links[1:]:
            behind = table(client.get(html.unescape(address)).content.decode())
            assert plain(label).rsplit(" ", 1)[1] == str(len(behind)), plain(label)
            parts += 1
    assert walked >= 3 and parts >= 5


def test_a_part_is_called_by_the_manuals_word(client: Client) -> None:
    row = next(row for row in statistics(client) if "投诉件数" in row)
    assert plain(re.split(r"<td[^>]*>", row)[5]) == "未填 1 、 协助处理投诉 1 、 无效投诉 1 、 有效投诉 1"
    export = b"".join(client.get(reverse("statistics-export", args=["2026-03", "csv"]))).decode()
    assert "未填 1；协助处理投诉 1；无效投诉 1；有效投诉 1" in export
    address = reverse("statistic", args=["2026-03", "complaint-handling-8", "complaints"])
    assert client.get(address, {"part": "none of them"}).status_code == 404


def test_a_case_that_was_once_in_time_and_once_late_is_both(
    stage: Stage, client: Client, repair: Case
) -> None:
    newer = repaired(stage, "03-07 09:00")
    owed(stage, newer, on("03-08 12:00"), "keep_appointment")
    address = reverse("statistic", args=["2026-03", "entrusted-repair-h", "kept_appointments"])
    page = client.get(address).content.decode()
    assert "2/3" in page and "在 2 件事项里" in page
    assert [last(row) for row in table(page)] == ["2 次里 1 次", "是"], "what is missing comes first"
    export = b"".join(client.get(address.rstrip("/") + ".csv")).decode()
    assert repair.number in export and "2 次里 1 次" in export


def test_the_cases_behind_a_figure_are_searched_within_the_part(stage: Stage, client: Client) -> None:
    found = Case.objects.filter(office=stage.office, category="complaint").order_by("opened_at")
    valid, invalid = (one.number for one in found[:2])
    address = reverse("statistic", args=["2026-03", "complaint-handling-8", "complaints"])
    page = client.get(address, {"part": "valid", "q": valid}).content.decode()
    assert len(table(page)) == 1 and 'name="part" value="valid"' in page
    export = re.search(r'href="([^"]+\.csv[^"]*)"', page)
    assert export, "the export keeps both"
    lines = b"".join(client.get(html.unescape(export[1]))).decode()
    assert valid in lines and invalid not in lines
    nothing = client.get(address, {"part": "valid", "q": invalid}).content.decode()
    assert table(nothing) == [] and "没有相符的" in nothing and "不归您" not in nothing


def test_a_director_sees_which_households_complained_again_and_what_was_done(
    stage: Stage, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The four complaints of March are of one household; in February there were none."""
    page = client.get(reverse("statistics"), {"month": "2026-03"}).content.decode()
    assert "1 户在这个月重复投诉，共 4 件" in page
    address = re.search(r'href="([^"]+of=repeat)"', page)
    assert address
    behind = client.get(html.unescape(address[1])).content.decode()
    assert len(table(behind)) == 4 and "怎么处理的" in behind
    assert reverse("statistics") + "?month=2026-03" in behind and "公司投诉台" not in behind
    before = client.get(reverse("statistics"), {"month": "2026-02"}).content.decode()
    assert "这个月没有业户重复投诉" in before
    receptionist = signed_in(stage, "receptionist", monkeypatch, on("03-31 10:00"))
    assert receptionist.get(html.unescape(address[1])).status_code == 403


def test_of_the_duties_that_have_not_started_the_next_five_stand_open(stage: Stage, client: Client) -> None:
    """None is left out: those folded away are as many as the fold says."""
    number = Case.objects.filter(category="complaint").order_by("-opened_at")[0].number
    page = client.get(reverse("case", args=[number])).content.decode()
    card = page[page.index('id="ob-h"') :].split("</section>")[0]
    counted = re.search(r"待起算 (\d+)", card)
    folds = [int(n) for n in re.findall(r"(?:以后待起算还有|视情况还会有) (\d+) 项", card)]
    assert counted and len(folds) == 2
    shown, *folded = card.split('<details class="later">')
    assert shown.count("st wait") == 5 and [one.count('class="ob') for one in folded] == folds
    assert 5 + sum(folds) == int(counted[1])


def test_each_line_of_a_report_leads_to_its_case_and_prints_by_class(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is handed in, on the case afterwards, and on paper."""
    advance(on("04-01 08:00"), offices=[stage.office.pk])
    month = Case.objects.get(office=stage.office, category="complaint_month")
    complaints = list(Case.objects.filter(office=stage.office, category="complaint").order_by("opened_at"))
    browser = signed_in(stage, "cs_supervisor", monkeypatch, on("04-01 09:00"))
    address = reverse("case-act", args=[month.number, "fill_report"])
    form = browser.get(address).content.decode()
    assert browser.post(address, {"summary": "三月四件", "key": "once"}).status_code == 302
    for page in (form, browser.get(reverse("case", args=[month.number])).content.decode()):
        drawn = page[page.index("<h2>本月受理的全部投诉</h2>") :].split("</section>")[0]
        lines = re.findall(r'<td class="noauto"><a href="([^"]+)">([^<]+)</a>', drawn)
        assert lines == [(reverse("case", args=[one.number]), one.number) for one in complaints]
        assert "250.0‰" in page and "有效投诉 1" in plain(page)
    record = Record.objects.get(office=stage.office, form="monthly_report")
    compiled = adoption.compiled(record.manual_key, record.manual_version)
    paper = printing.report_of(
        stage.office, record, forms.form_of(compiled, record.form), "", on("04-01 09:05")
    )
    table = next(block for block in paper.blocks if block.heading == "受理的全部投诉")
    assert set(table.text) == {"未填：1 件", "协助处理投诉：1 件", "无效投诉：1 件", "有效投诉：1 件"}
