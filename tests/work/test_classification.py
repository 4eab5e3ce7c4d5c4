"""The office's table of valid combinations has one writer."""

from __future__ import annotations

import pytest

from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.work import actions, queries
from guanjia.work.models import Classification


def save(office: Office, **over: object) -> Classification:
    given = {"place": "厨房", "kind": "给排水", "problem": "水管爆裂", "category": "repair", "words": "爆"}
    row = {**given, **over}
    return actions.save_classification(office, row.pop("place"), row.pop("kind"), row.pop("problem"), **row)  # type: ignore[arg-type]


def refused(code: str, office: Office, **over: object) -> Problem:
    with pytest.raises(Problem) as caught:
        save(office, **over)
    assert caught.value.code == code
    return caught.value


def test_a_combination_is_written_once_and_changed(office: Office) -> None:
    first = save(office)
    second = save(office, words="爆 喷水", urgent=True, urgent_reason="会淹到楼下")
    assert first.pk == second.pk
    assert queries.classification_for(office, first.pk).words == "爆 喷水"


def test_what_does_not_fit_is_refused(office: Office) -> None:
    assert refused("CATEGORY_UNKNOWN", office, category="party").field == "category"
    assert refused("URGENT_REASON_REQUIRED", office, urgent=True).field == "urgent_reason"
    assert refused("FIELD_REQUIRED", office, place=" ").field == "place"
    with pytest.raises(TypeError):
        save(office, colour="red")
    assert not Classification.objects.exists()


def test_another_office_s_table_is_not_read_nor_changed(office: Office, other: Office) -> None:
    row = save(office)
    assert queries.classifications(other) == []
    for call in (queries.classification_for, actions.remove_classification):
        with pytest.raises(Problem) as caught:
            call(other, row.pk)
        assert caught.value.status == 404
    assert queries.classifications(office) == [row]
    actions.remove_classification(office, row.pk)
    assert queries.classifications(office) == []
