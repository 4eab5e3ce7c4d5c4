"""Cases and timelines: who sees which, numbers, files, links and the resident's door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from tests.web.repair import TO_DONE, Repair

from guanjia.cases import actions, queries
from guanjia.cases.models import Attachment, Case, CaseLink, ResidentLink
from guanjia.estate import actions as estate
from guanjia.kernel.problem import Problem
from guanjia.staff import actions as staff
from guanjia.staff.models import Role, User

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def repair() -> Repair:
    return Repair()


@pytest.fixture
def stranger(repair: Repair) -> User:
    """A receptionist of another office of the same company."""
    office = estate.create_office(repair.office.company, "other", "别处", "别处")
    user = staff.create_user("stranger", "路人")
    staff.give_post(user, Role.RECEPTIONIST, office=office)
    return user


def photo(repair: Repair, case: Case | None = None) -> Attachment:
    return Attachment.objects.create(
        office=repair.office,
        case=case,
        file="a.jpg",
        mime="image/jpeg",
        size=1,
        sha256="0",
        uploaded_at=repair.at,
    )


class TestWhoSees:
    def test_what_a_user_may_not_see_does_not_exist_for_him(self, repair: Repair, stranger: User) -> None:
        number = repair.case.number
        assert queries.case_for(repair.person("technician"), number, repair.at) == repair.case
        with pytest.raises(Problem) as theirs:
            queries.case_for(stranger, number, repair.at)
        with pytest.raises(Problem) as nobodys:
            queries.case_for(stranger, "BX2603-9999", repair.at)
        assert theirs.value.code == nobodys.value.code == "NOT_FOUND"
        assert str(theirs.value).replace(number, "") == str(nobodys.value).replace("BX2603-9999", "")

    def test_one_who_has_left_sees_nothing_any_more(self, repair: Repair) -> None:
        clerk = repair.person("receptionist")
        clerk.is_active = False
        clerk.save()
        with pytest.raises(Problem):
            queries.case_for(clerk, repair.case.number, repair.at)

    def test_a_file_is_seen_by_its_office_alone(self, repair: Repair, stranger: User) -> None:
        file = photo(repair)
        assert queries.attachment_for(repair.person("technician"), file.pk, repair.at) == file
        with pytest.raises(Problem) as caught:
            queries.attachment_for(stranger, file.pk, repair.at)
        assert caught.value.code == "NOT_FOUND"

    def test_the_company_centre_sees_every_office(self, repair: Repair) -> None:
        user = staff.create_user("centre", "中心")
        staff.give_post(user, Role.COMPANY_CENTRE, company=repair.office.company)
        assert queries.case_for(user, repair.case.number, repair.at) == repair.case


class TestNumbers:
    def test_they_run_without_gaps_by_category_and_the_offices_month(self, repair: Repair) -> None:
        others = [repair.report().number for _ in range(3)]
        assert others == ["BX2603-0002", "BX2603-0003", "BX2603-0004"]
        repair.at = repair.at.replace(day=31, hour=23, minute=59)
        assert repair.report().number == "BX2603-0005"
        repair.at += timedelta(minutes=1)
        assert repair.report().number == "BX2604-0001"

    def test_a_number_outside_a_transaction_is_refused(self, repair: Repair) -> None:
        assert transaction.get_connection().in_atomic_block
        with transaction.atomic():
            assert actions.take_number(repair.office, "ZZ", repair.at) == "ZZ2603-0001"


class TestFiles:
    def test_an_action_takes_the_files_it_names(self, repair: Repair) -> None:
        repair.play("dispatch", "accept")
        files = [photo(repair) for _ in range(2)]
        repair.do("arrive", arrival_photos=[file.pk for file in files])
        assert set(queries.attachments_of(repair.case)) == set(files)

    def test_another_offices_file_is_refused(self, repair: Repair) -> None:
        repair.play("dispatch", "accept")
        other = estate.create_office(repair.office.company, "other", "别处", "别处")
        file = photo(repair)
        Attachment.objects.filter(pk=file.pk).update(office=other)
        with pytest.raises(Problem) as caught:
            repair.do("arrive", arrival_photos=[file.pk])
        assert (caught.value.code, caught.value.field) == ("REFERENCE_UNKNOWN", "arrival_photos")

    def test_a_file_of_another_case_is_refused(self, repair: Repair) -> None:
        file = photo(repair, repair.report())
        repair.play("dispatch", "accept")
        with pytest.raises(Problem) as caught:
            repair.do("arrive", arrival_photos=[file.pk])
        assert caught.value.code == "REFERENCE_UNKNOWN"


class TestResidentsLink:
    def test_only_the_token_opens_it_and_only_for_a_time(self, repair: Repair) -> None:
        token = actions.invite(repair.case, repair.case.party, "view", repair.at)
        case, link = queries.case_of_link(token, repair.at + DAY)
        assert (case, link.scope, link.expires_at) == (repair.case, "view", repair.at + 60 * DAY)
        assert token not in str(ResidentLink.objects.values())
        for wrong, when in ((token[:-1], repair.at), ("", repair.at), (token, repair.at + 60 * DAY)):
            with pytest.raises(Problem) as caught:
                queries.case_of_link(wrong, when)
            assert caught.value.code == "LINK_INVALID"


class TestLists:
    def test_scopes_and_search(self, repair: Repair) -> None:
        other = repair.report("3-2-1402", "客厅灯不亮")
        repair.do("withdraw", by="receptionist", case=other, reason="登错了")
        office = repair.office
        assert list(queries.cases(office)) == [repair.case]
        assert list(queries.cases(office, scope="closed")) == [other]
        assert set(queries.cases(office, scope="all")) == {repair.case, other}
        assert list(queries.cases(office, scope="all", search="3-2-1402 灯")) == [other]
        assert list(queries.cases(office, scope="all", search="王秀兰")) == [repair.case]
        assert list(queries.cases(office, scope="all", search=other.number.lower())) == [other]
        assert not queries.cases(office, scope="all", search="灯 水管")
        assert not queries.cases(office, scope="all", category="complaint")

    def test_jobs_and_pool_and_load(self, repair: Repair) -> None:
        other = repair.report("3-2-1402")
        repair.send(to="")
        repair.send(other)
        first = repair.person("田大勇")
        assert list(queries.pool(repair.office)) == [repair.case]
        assert list(queries.jobs_of(first, repair.office)) == [other]
        assert queries.open_jobs(repair.office) == {first.pk: 1}

    def test_history_and_neighbours(self, repair: Repair) -> None:
        again = repair.report()
        unit = repair.case.unit
        assert list(queries.history_of(repair.office, unit, repair.at - DAY)) == [again, repair.case]
        assert list(queries.history_of(repair.office, unit, repair.at + DAY)) == []
        assert set(queries.open_near(repair.office, [unit.pk])) == {repair.case, again}

    def test_a_page_sees_that_something_is_new(self, repair: Repair) -> None:
        before = queries.last_event_id(repair.office)
        repair.send()
        assert queries.last_event_id(repair.office) > before
        other = estate.create_office(repair.office.company, "other", "别处", "别处")
        assert queries.last_event_id(other) == 0

    def test_the_timeline_is_newest_first(self, repair: Repair) -> None:
        repair.play(*TO_DONE)
        assert [event.action for event in queries.timeline(repair.case)][::-1] == ["register", *TO_DONE]

    def test_ties_are_made_once_and_read_from_both_sides(self, repair: Repair) -> None:
        other = repair.report()
        for _ in range(2):
            actions.link(repair.case, other, CaseLink.Kind.SAME)
        assert queries.links_of(repair.case) == queries.links_of(other) == [CaseLink.objects.get()]
