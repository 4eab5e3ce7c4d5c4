"""What a post of the company sees of an office: complaints, and what it was told of, asked for or owes. No more.

test_company_walk.py walks every address; this is what each way to a case opens, and what no way opens.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from tests.engine.crowd import complain
from tests.web.repair import Repair
from tests.web.test_company_complaints import COMPANY as COMPLAINTS
from tests.web.test_isolation import said
from tests.web.two_offices import PNG

from guanjia import clock
from guanjia.adoption import actions as adopting
from guanjia.adoption import queries as adoption
from guanjia.cases import actions as cases
from guanjia.cases.models import Case
from guanjia.engine import Intake, open_case, perform
from guanjia.notify import actions as outbox
from guanjia.staff import actions as staff
from guanjia.staff.models import User

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
POSTS = ("company_centre", "quality", "vice_president", "general_manager")


def signed(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


# ---------------------------------------------------------------- what is theirs


@pytest.fixture
def repair(monkeypatch: pytest.MonkeyPatch) -> Repair:
    """An office with a repair, under a manual of complaints too."""
    adoption.forget()
    found = Repair()
    version = adopting.keep_version(COMPLAINTS, at=found.at)
    adopting.set_figure(found.office, version, "collective_window", "72h", at=found.at)
    adopting.adopt(found.office, version, at=found.at - timedelta(days=30))
    monkeypatch.setattr(clock, "now", lambda: found.at + timedelta(hours=1))
    return found


def post(repair: Repair, role: str) -> User:
    user = staff.create_user(f"co-{role}", f"公司的{role}")
    staff.give_post(user, role, company=repair.office.company)
    return user


def opens(user: User, case: Case) -> bool:
    """Whether the case's page, the list, its export and the search show it: all of them, or none."""
    client = signed(user)
    page = client.get(reverse("case", args=[case.number])).status_code == 200
    listed = [
        said(client.get(reverse("cases"), {"scope": "all"})),
        said(client.get(reverse("cases-export", args=["csv"]), {"scope": "all"})),
        said(client.get(reverse("cases"), {"scope": "all", "q": case.subject})),
    ]
    found = {f"{case.number}" in text.replace(f"q={case.number}", "") for text in listed}
    assert found == {page}, (page, found)
    return page


@pytest.mark.parametrize("role", POSTS)
def test_every_complaint_of_the_office_and_no_repair(repair: Repair, role: str) -> None:
    user = post(repair, role)
    complaint = complain(repair.stage, repair.at, "3-2-1402", "楼道灯不亮", contact_phone="13700002345")
    assert opens(user, complaint)
    assert not opens(user, repair.case)
    page = said(signed(user).get(reverse("case", args=[complaint.number])))
    assert "13700002345" not in page and "****2345" not in page, "without the resident's telephone"


def test_an_administrator_reads_no_complaints_either(repair: Repair) -> None:
    complaint = complain(repair.stage, repair.at, "3-2-1402", "楼道灯不亮")
    assert not opens(post(repair, "administrator"), complaint)


def test_what_it_was_told_of(repair: Repair) -> None:
    centre, other = post(repair, "company_centre"), post(repair, "quality")
    outbox.enqueue(
        repair.office, to_user=centre, subject="请看", body="请看", reference=f"case:{repair.case.number}",
        now=repair.at, key="told",
    )  # fmt: skip
    assert opens(centre, repair.case)
    assert not opens(other, repair.case), "the message went to the centre"


def test_what_it_owes(repair: Repair) -> None:
    centre, other = post(repair, "company_centre"), post(repair, "vice_president")
    row = repair.case.obligations.order_by("pk").first()
    row.owner, row.owner_role = None, "company_centre"
    row.save()
    assert opens(centre, repair.case) and not opens(other, repair.case)
    row.owner, row.owner_role = other, ""
    row.save()
    assert opens(other, repair.case) and not opens(centre, repair.case)


def test_what_it_has_acted_in(repair: Repair) -> None:
    user = post(repair, "general_manager")
    assert not opens(user, repair.case)
    perform(repair.case, "note", actor=user, at=repair.at, data={"text": "总经理问过"})
    assert opens(user, repair.case)


@pytest.mark.parametrize(("role", "asked"), [("company_centre", True), ("vice_president", False)])
def test_what_waits_for_its_post_whoever_held_it_before(repair: Repair, role: str, asked: bool) -> None:
    """A matter that is no complaint, passed up by its manual to the post: also for who has it since yesterday."""
    text = COMPLAINTS.replace('"crowd"', '"asking"').replace('standard = "complaint"', 'standard = "enquiry"')
    text = text.replace('standard = "collective"', 'standard = "other"').replace(
        'prefix = "TS"', 'prefix = "ZX"'
    )
    version = adopting.keep_version(text.replace('prefix = "JT"', 'prefix = "QT"'), at=repair.at)
    adopting.set_figure(repair.office, version, "collective_window", "72h", at=repair.at)
    adopting.adopt(repair.office, version, at=repair.at - timedelta(days=29))
    case = open_case(
        repair.office, "enquiry", actor=repair.person("receptionist"), at=repair.at,
        data={"unit": "3-2-1402", "matter": "物业费怎么算"}, intake=Intake(subject="物业费怎么算"),
    ).case  # fmt: skip
    user = post(repair, role)
    assert not opens(user, case), "it has not come to the company yet"
    perform(case, "ask_centre", actor=repair.person("cs_supervisor"), at=repair.at, data={})
    assert opens(user, case) is asked


def test_a_number_leads_to_its_cases_only_where_all_of_them_may_be_opened(repair: Repair) -> None:
    """What may be counted and not opened is a number; the address behind it names nothing."""
    centre, director = signed(post(repair, "company_centre")), signed(repair.person("director"))
    complain(repair.stage, repair.at, "3-2-1402", "楼道灯不亮")
    address = reverse("statistic", args=["2026-03", "entrusted-repair-h", "requests"])
    for client, leads in ((centre, False), (director, True)):
        page = said(client.get(reverse("statistics"), {"month": "2026-03"}))
        assert "报修件数" in page and (f'href="{address}"' in page) is leads
        behind = said(client.get(address))
        assert (repair.case.number in behind) is leads
        assert ("另有 1 件不归您的岗位看" in behind) is not leads
        weeks = said(client.get(reverse("weeks"), {"month": "2026-03"}))
        assert ("category=repair" in weeks) is leads
        assert "category=complaint" in weeks
    compared = said(centre.get(reverse("company"), {"month": "2026-03"}))
    assert f'value="{address}"' not in compared and "报修件数" in compared


def test_a_file_goes_with_its_case(repair: Repair) -> None:
    centre = signed(post(repair, "company_centre"))
    complaint = complain(repair.stage, repair.at, "3-2-1402", "楼道灯不亮")
    for case, status in ((complaint, 200), (repair.case, 404), (None, 404)):
        file = cases.keep_upload(repair.office, ContentFile(PNG), at=repair.at)
        file.case = case
        file.save()
        assert centre.get(reverse("attachment", args=[file.pk])).status_code == status


def test_who_holds_a_post_of_the_office_besides_sees_all_of_that_office(repair: Repair) -> None:
    user = post(repair, "company_centre")
    staff.give_post(user, "director", office=repair.office)
    assert opens(user, repair.case)
