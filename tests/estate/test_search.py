"""A receptionist finds a household by anything that she hears, and never one of another office."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from tests.estate.conftest import ON, Estate, lives, unit_of

from guanjia.estate import actions, queries, search
from guanjia.estate.indexing import marks_of
from guanjia.estate.models import Office, SearchWord


def codes(estate: Estate, text: str) -> list[str]:
    return [hit.unit.code for hit in queries.search(estate.office, text, on=ON)]


@pytest.mark.parametrize(
    "text",
    [
        "3-2-1502",
        "３－２－１５０２",
        "3栋2单元1502",
        "3号楼2单元1502室",
        "3幢2单元1502",
        "三栋二单元一五零二",
        "3栋1502",
        "3-1502",
        "2单元1502 王秀兰",
        "321502",
        "3-2-1502 王",
        "王秀兰",
        "秀兰",
        "王秀兰家",
        "wangxiulan",
        "xiulan",
        "wang xiulan",
        "wxl",
        "WXL",
        "13800001234",
        "138 0000 1234",
        "138-0000-1234",
        "+8613800001234",
        "1234 王",
        "00012",
        "王秀兰 13800001234",
        "3栋 王女士",
        "3栋王女士",
        "王女士3栋2单元",
        "赵国平",
        "zgp",
        "赵 1502",
        "5678 赵",
        "赵先生 王女士",
    ],
)
def test_the_household_comes_first(estate: Estate, text: str) -> None:
    assert codes(estate, text)[:1] == ["3-2-1502"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zengqiang", "3-2-1501"),
        ("zq", "3-2-1501"),
        ("cengqiang", "3-2-1501"),
        ("shanxiong", "7-1-0803"),
        ("danxiong", "7-1-0803"),
        ("7-1-0803", "7-1-0803"),
        ("7-1-803", "7-1-0803"),
        ("803", "7-1-0803"),
        ("7栋1单元803", "7-1-0803"),
        ("A-108", "A-108"),
        ("a座108", "A-108"),
        ("a108", "A-108"),
        ("108 商铺", "A-108"),
        ("锦绣餐饮", "A-108"),
        ("餐饮", "A-108"),
        ("jxcy", "A-108"),
        ("87654", "A-108"),
        ("0571-88000917", "3-2-1402"),
        ("B1-023", "B1-023"),
        ("b1-23", "B1-023"),
        ("负一层023车位", "B1-023"),
        ("023 车位", "B1-023"),
        ("13栋1502", "13-2-1502"),
    ],
)
def test_other_units(estate: Estate, text: str, expected: str) -> None:
    assert codes(estate, text)[:1] == [expected]


@pytest.mark.parametrize(
    "text", ["", "   ", "，、", "不存在", "王 赵 吴", "4栋 王", "王女士 803", "999", "'; --", "%", "\x00"]
)
def test_nothing_is_found(estate: Estate, text: str) -> None:
    assert codes(estate, text) == []


def test_the_building_is_not_the_stair_of_another(estate: Estate) -> None:
    assert "13-2-1502" not in codes(estate, "2栋")
    assert set(codes(estate, "3栋")) == {"3-2-1402", "3-2-1501", "3-2-1502", "3-2-1602"}


def test_a_whole_number_comes_before_a_tail(estate: Estate) -> None:
    lives(unit_of(estate.office, "5-1-1234"), "钱进", "13011110000")
    hits = queries.search(estate.office, "1234", on=ON)
    assert [(hit.unit.code, hit.matched) for hit in hits] == [
        ("5-1-1234", ("房号",)),
        ("3-2-1502", ("电话",)),
        ("3-2-1502", ("电话",)),
    ]
    assert hits[1].party == estate.wang, "the end of her number, the middle of his"


def test_a_hit_says_who_and_on_what(estate: Estate) -> None:
    (hit,) = queries.search(estate.office, "王秀兰 1502", on=ON)
    assert (hit.unit, hit.party, hit.relation) == (estate.home, estate.wang, "业主")
    assert hit.matched == ("房号", "姓名")
    assert [(person.name, person.relation) for person in hit.occupants] == [
        ("王秀兰", "业主"),
        ("赵国平", "家人"),
    ]
    (by_number,) = queries.search(estate.office, "13912345678", on=ON)
    assert (by_number.party, by_number.matched) == (estate.zhao, ("电话",))
    by_code = queries.search(estate.office, "3-2-1502", on=ON)[0]
    assert by_code.party is None


def test_the_title_chooses_among_the_same_surname(estate: Estate) -> None:
    assert codes(estate, "王先生") == ["13-2-1502"]
    assert codes(estate, "王女士") == ["3-2-1502"]
    assert codes(estate, "吴女士") == ["3-2-1602"], "a wrong title does not hide the only one"


def test_the_other_office_is_never_found(estate: Estate, other_office: Office) -> None:
    for text in ("王秀兰", "3-2-1502", "13800001234", "wxl"):
        assert {hit.unit.office_id for hit in queries.search(estate.office, text, on=ON)} == {
            estate.office.pk
        }
        (hit,) = queries.search(other_office, text, on=ON)
        assert hit.unit.office_id == other_office.pk
    assert queries.search(other_office, "赵国平", on=ON) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王 赵", ["3-2-1502"]),
        ("赵 王", ["3-2-1502"]),
        ("王 秀", ["3-2-1502"]),  # one person's name and its tail
        ("国 秀", ["3-2-1502"]),
        ("王 栋2", ["3-2-1502", "13-2-1502"]),  # a piece of the unit's own name
        ("餐 锦", ["A-108"]),
        ("王 赵 吴", []),
        ("王 wxl 赵 138", ["3-2-1502"]),
    ],
)
def test_several_common_words_belong_to_one_household(estate: Estate, text: str, expected: list[str]) -> None:
    assert sorted(set(codes(estate, text))) == sorted(expected)


def test_rows_without_marks_are_found_too(estate: Estate) -> None:
    """Those that an earlier version has written."""
    SearchWord.objects.update(mates=-1)
    assert set(codes(estate, "王 赵")) == {"3-2-1502"}


def test_marks_say_no_without_a_look_at_the_other_words(estate: Estate) -> None:
    marks = dict(
        SearchWord.objects.filter(kind="name", word__startswith="王").values_list("unit_id", "mates")
    )
    zhao = marks_of(["赵"])
    assert {unit for unit, mates in marks.items() if mates & zhao == zhao} == {estate.home.pk}
    assert marks_of(["wxl", "1502"]) == 0


def test_who_has_moved_out_is_no_longer_found(estate: Estate) -> None:
    actions.end_occupancy(estate.stay, date(2026, 3, 20), on=ON)
    assert codes(estate, "王秀兰") == []
    assert codes(estate, "赵国平") == ["3-2-1502"]


def test_who_moves_out_later_is_found_until_then(estate: Estate) -> None:
    actions.end_occupancy(estate.stay, date(2026, 4, 1), on=ON)
    assert codes(estate, "王秀兰") == ["3-2-1502"]
    assert queries.search(estate.office, "王秀兰", on=date(2026, 4, 1)) == []


def test_new_numbers_and_names_are_found_at_once(estate: Estate) -> None:
    actions.set_phones(estate.wang, ["15511112222"], on=ON)
    assert codes(estate, "15511112222") == ["3-2-1502"]
    assert codes(estate, "13800001234") == []
    actions.change_party(estate.wang, on=ON, name="王秀莲")
    assert codes(estate, "秀莲") == ["3-2-1502"]
    assert codes(estate, "秀兰") == []


def test_the_limit_holds(estate: Estate) -> None:
    assert len(queries.search(estate.office, "3", 2, on=ON)) == 2


def test_indexing_again_changes_nothing(estate: Estate) -> None:
    def words() -> list[tuple[object, ...]]:
        return sorted(SearchWord.objects.values_list("unit_id", "kind", "word", "weight"))

    before = words()
    assert actions.index_units(estate.office, [estate.home.pk], on=ON) > 0
    assert words() == before


def test_another_office_s_units_are_not_indexed(estate: Estate, other_office: Office) -> None:
    assert actions.index_units(other_office, [estate.home.pk], on=ON) == 0
    assert codes(estate, "3-2-1502") == ["3-2-1502"]


def test_the_prefix_range_is_answered_by_the_index(estate: Estate) -> None:
    rows = search.words_in(estate.office, "name", "王").values_list("unit_id")[:20]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        told = rows.explain()
        assert "search_word_prefix" in told
        assert "word >=" in told.split("Index Cond", 1)[1]
        assert "Sort" not in told
    else:
        told = rows.explain()
        assert "USING COVERING INDEX search_word_prefix" in told
        assert "word>? AND word<?" in told
        assert "TEMP B-TREE" not in told


@pytest.mark.parametrize("count", [1, 12])
def test_the_number_of_queries_does_not_grow(
    office: Office, count: int, django_assert_num_queries: object
) -> None:
    for number in range(101, 101 + count):
        lives(unit_of(office, f"9-1-{number}"), "王丽", f"138000{number:05d}")
    with django_assert_num_queries(6):  # type: ignore[operator]
        assert len(queries.search(office, "王丽", on=ON)) == count
