"""A price agreed to or refused on the resident's own telephone: over the real pages, kept on the case with its way."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.web.repair import png
from tests.web.test_paid_service import ASKED, TECH, Office

from guanjia.cases import actions as case_actions
from guanjia.cases.models import Case
from guanjia.records.models import Record, Signature

pytestmark = pytest.mark.django_db
INK = {"consent_signature-how": "screen", "consent_signature-name": "王秀兰", "consent_signature-png": png()}


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(monkeypatch)


def quoted(office: Office) -> tuple[Case, str]:
    """A case whose price went to the resident, and the address of the link."""
    client = office.client("receptionist")
    assert client.post("/cases/new/paid_service/", {**ASKED, "key": "new"}).status_code == 302
    case = Case.objects.get(category="paid_service")
    office.act("receptionist", "send_quote", case.number)
    token = case_actions.invite(case, case.party, "act", office.now)
    return case, f"/r/{token}/"


def body(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


@pytest.mark.rule("S000-1-4.1.2b")
def test_a_drawn_consent_is_kept_as_given_by_link(office: Office) -> None:
    case, link = quoted(office)
    resident = Client()
    page = body(resident.get(link))
    assert "¥50.00" in page and "同意价格" in page and ">不同意</a>" in page
    assert 'type="hidden" name="agreed_fee" value="50.00"' in page, "nobody types the amount"
    address = f"{link}do/accept_quote/"
    form = {"agreed_fee": "50.00", "told_chargeable": "on", "key": "a"}
    unsigned = resident.post(address, {**form, **INK, "consent_signature-png": ""})
    assert unsigned.status_code == 422, "a name alone is no signature"
    paper = {**form, **INK, "consent_signature-how": "paper", "consent_signature-png": ""}
    assert resident.post(address, paper).status_code == 422
    assert resident.post(address, {**form, **INK}).status_code == 302
    case.refresh_from_db()
    assert case.state == "agreed" and case.facts["agreed_fee"] == 5000
    kept = Signature.objects.get(record=None)
    assert (kept.how, kept.signer, kept.purpose) == ("link", "王秀兰", "业户同意签字") and kept.png
    page = office.get("receptionist", "case", case.number)
    assert "业户 王秀兰" in page and "王秀兰（手机链接）" in page and "data:image/png;base64," in page
    again = resident.post(address, {**form, **INK, "key": "b"})
    assert again.status_code == 409 and "已经办过" in body(again)


@pytest.mark.rule("S000-1-4.3.2b")
def test_the_page_of_an_old_amount_agrees_to_nothing_new(office: Office) -> None:
    case, link = quoted(office)
    resident = Client()
    form = {"told_chargeable": "on", **INK}
    address = f"{link}do/accept_quote/"
    office.act(
        "receptionist", "set_service", case.number, service="engineering", item="水管维修", quantity="1"
    )
    late = resident.post(address, {**form, "agreed_fee": "50.00", "key": "a"})
    text = body(late)
    assert late.status_code == 409 and "原来 ¥50.00，现在 ¥80.00" in text
    assert 'name="agreed_fee" value="80.00"' in text, "the page now asks for the new amount"
    case.refresh_from_db()
    assert case.state == "requested" and "agreed_fee" not in case.facts
    assert not Signature.objects.exists()
    assert resident.post(address, {**form, "agreed_fee": "80.00", "key": "b"}).status_code == 302
    office.act("receptionist", "change_price", case.number, price="95.00", change_reason="要换一节管")
    text = body(resident.get(link))
    for words in ("您原来同意的", "¥80.00", "现在改成", "¥95.00", "要换一节管"):
        assert words in text, words


@pytest.mark.rule("S000-1-4.1.2b")
def test_a_refusal_by_link_ends_the_case_and_makes_an_order_void(office: Office) -> None:
    case, link = quoted(office)
    resident = Client()
    form = {"told_chargeable": "on", "agreed_fee": "50.00", **INK, "key": "a"}
    assert resident.post(f"{link}do/accept_quote/", form).status_code == 302
    office.act(
        "receptionist", "issue_order", case.number, order_item="疏通下水", fee="50.00", appointment_at="2026-03-02T14:00"
    )  # fmt: skip
    office.act("receptionist", "change_price", case.number, price="95.00", change_reason="要换一节管")
    address = f"{link}do/refuse_quote/"
    assert "¥95.00" in body(resident.get(address)), "what is refused stands on the page"
    assert resident.post(address, {"key": "r"}).status_code == 422
    unsigned = {
        "refuse_reason": "太贵",
        "refuse_signature-name": "王秀兰",
        "refuse_signature-png": "",
        "key": "r",
    }
    assert resident.post(address, unsigned).status_code == 302
    case.refresh_from_db()
    assert not Signature.objects.filter(purpose="业户不同意价格").exists(), "nobody has to sign a refusal"
    assert case.state == "refused" and Record.objects.get(form="work_order").voided_at
    assert "太贵" in office.get("receptionist", "case", case.number)
    assert "按您的意思不做了" in body(resident.get(link))


@pytest.mark.rule("S000-1-4.1.2b")
def test_who_wants_to_signs_the_refusal_as_well(office: Office) -> None:
    case, link = quoted(office)
    address = f"{link}do/refuse_quote/"
    assert 'name="refuse_signature-png"' in body(Client().get(address))
    ink = {key.replace("consent", "refuse"): value for key, value in INK.items()}
    paper = {**ink, "refuse_signature-how": "paper", "refuse_signature-png": ""}
    assert Client().post(address, {"refuse_reason": "太贵", **paper, "key": "p"}).status_code == 422
    assert Client().post(address, {"refuse_reason": "太贵", **ink, "key": "r"}).status_code == 302
    case.refresh_from_db()
    kept = Signature.objects.get(record=None)
    assert (kept.how, kept.signer, kept.purpose) == ("link", "王秀兰", "业户不同意价格") and kept.png
    assert case.state == "refused" and case.facts["refuse_signature"]["signature"] == kept.pk
    page = office.get("receptionist", "case", case.number)
    assert "王秀兰（手机链接）" in page and "业户不同意价格" in page


@pytest.mark.rule("S000-1-4.4.2a")
def test_paying_later_is_signed_by_link_and_marked_by_the_worker(office: Office) -> None:
    case = office.ordered()
    office.act("receptionist", "dispatch", technician=str(office.stage.person(TECH).pk))
    for action, data in (
        ("accept", {}),
        ("arrive", {}),
        ("finish", {"done": "通了", "quality": "good"}),
    ):
        office.act(TECH, action, at="field-act", **data)
    resident, link = Client(), f"/r/{case_actions.invite(case, case.party, 'act', office.now)}/"
    ink = {"signature-how": "screen", "signature-name": "王秀兰", "signature-png": png()}
    assert resident.post(f"{link}do/sign/", {"opinion": "好", **ink, "key": "s"}).status_code == 302
    page = body(resident.get(link))
    assert "以后自己去财务部交费" in page and "¥50.00" in page
    ink = {f"owing_{name}": value for name, value in ink.items()}
    stale = resident.post(f"{link}do/sign_owing/", {"owing_fen": "40.00", **ink, "key": "o"})
    assert stale.status_code == 409 and "原来 ¥40.00，现在 ¥50.00" in body(stale)
    assert (
        resident.post(f"{link}do/sign_owing/", {"owing_fen": "50.00", **ink, "key": "o"}).status_code == 302
    )
    assert 'name="owing_signature' not in office.get(TECH, "field-act", case.number, "mark_owing")
    office.act(TECH, "mark_owing", at="field-act")
    case.refresh_from_db()
    assert case.facts["owing_signature"]["how"] == "link" and "marked_owing" in case.facts["events"]
