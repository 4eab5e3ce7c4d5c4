"""Registers are addressed by manual and form: two manuals of an office may have a form of one key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.repair import Repair

from guanjia import clock
from guanjia.adoption import actions as adopting
from guanjia.adoption import queries as adoption
from guanjia.engine import open_case
from guanjia.records.models import Record

pytestmark = pytest.mark.django_db
FIRST, SECOND, FORM = "entrusted-repair-h", "second-repair", "repair_sheet"


OTHER = f"""\
schema = 1
[manual]
key = "{SECOND}"
version = "1"
title = "投诉规程"
short = "投诉规程"

[[clause]]
id = "1"
text = "登记、答复。"

[[category]]
key = "complaint"
standard = "complaint"
label = "投诉"
prefix = "TS"
procedure = "handle"

[[form]]
key = "{FORM}"
title = "投诉单"
clause = "1"
nature = "register"
prefix = "TD"
line = [{{ label = "什么事", fact = "matter" }}]

[[procedure]]
key = "handle"
label = "投诉"
[[procedure.state]]
key = "open"
label = "处理中"
[[procedure.state]]
key = "done"
label = "已答复"
end = true
[[procedure.action]]
key = "register"
label = "登记投诉"
clause = "1"
by = ["receptionist"]
opens = true
to = "open"
field = [{{ key = "matter", label = "什么事", required = true }}]
emits = ["reported"]
effects = [{{ do = "issue", form = "{FORM}" }}]
[[procedure.action]]
key = "answer"
label = "答复"
clause = "1"
by = ["cs_supervisor"]
from = ["open"]
to = "done"
emits = ["answered", "closed"]
"""


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """An office under two manuals that both have the form, with a sheet of each."""
    adoption.forget()
    repair = Repair()
    adopting.adopt(
        repair.office, adopting.keep_version(OTHER, at=repair.at), at=repair.at - timedelta(days=1)
    )
    repair.send()
    repair.do("accept")
    data = {"matter": "楼道灯不亮"}
    open_case(repair.office, "complaint", actor=repair.person("receptionist"), at=repair.at, data=data)
    monkeypatch.setattr(clock, "now", lambda: repair.at)
    found = Client()
    found.force_login(repair.person("receptionist"), backend="django.contrib.auth.backends.ModelBackend")
    return found


def numbers(client: Client, manual: str) -> set[str]:
    """The numbers in a register, on its page and in its export alike."""
    page = client.get(reverse("register", args=[manual, FORM])).content.decode()
    export = client.get(reverse("register-export", args=[manual, FORM, "csv"]))
    text = b"".join(export.streaming_content).decode()  # type: ignore[attr-defined]
    every = Record.objects.filter(form=FORM).values_list("number", flat=True)
    found = {one for one in every if one in page}
    assert found == {one for one in every if one in text}
    assert "编号连续，没有缺号" in page, "the numbers run through both"
    return found


def test_each_manual_has_its_own_register_of_a_form_of_one_key(client: Client) -> None:
    first, second = numbers(client, FIRST), numbers(client, SECOND)
    assert len(first) == len(second) == 1 and not first & second
    index = client.get(reverse("registers")).content.decode()
    assert all(reverse("register", args=[one, FORM]) in index for one in (FIRST, SECOND))


def test_an_old_address_leads_on_to_the_first(client: Client) -> None:
    page = client.get(f"/registers/{FORM}/", {"q": "WX"})
    assert page["Location"] == f"/registers/{FIRST}/{FORM}/?q=WX"
    assert client.get(f"/registers/{FORM}.csv")["Location"] == f"/registers/{FIRST}/{FORM}.csv"
    assert client.get("/registers/nothing/").status_code == 404
    assert client.get(f"/registers/elsewhere/{FORM}/").status_code == 404
