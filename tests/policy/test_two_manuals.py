"""Two manuals on one case: both count, each for its own clause, titles and figures."""

from __future__ import annotations

from tests.policy.building import BOSS, CLERK, FIXER, SMALL, Play, adopted, findings, opened

from guanjia.policy.duties import Ledger, follow

ADDING = """\
schema = 1

[manual]
key = "adding"
version = "2"
title = "附加规程"
short = "附加"

[[role]]
key = "host"
label = "前台"
is = ["receptionist"]

[[clause]]
id = "3"
text = "转达。"

[[figure]]
key = "quick"
label = "多快"
clause = "3"
unspecified = true

[[figure]]
key = "reading"
label = "谁算"
clause = "3"
kind = "choice"
options = ["anyone", "host"]
unspecified = true

[[obligation]]
key = "arrive"
label = "到场"
clause = "3"
duty = "arrive"
owner = "host"
category = ["*"]
start = ["reported"]
stop = ["arrived"]
limit = "@quick"

[[obligation]]
key = "note"
label = "记下"
clause = "3"
owner = "host"
category = ["repair"]
start = [{ event = "reported", where = { "figure.reading" = "host" } }]
stop = [{ event = "noted", by = ["host"] }]
limit = "30m"
"""


def together(quick: str = "5m", reading: str = "host") -> Play:
    return opened(SMALL, ADDING, figures={"adding": {"quick": quick, "reading": reading}})


def test_two_manuals_that_set_one_duty_both_count() -> None:
    play = together()
    assert play.last is not None
    limits = {
        one.obligation.manual_key: (one.limit, one.own_figure, one.version)
        for one in play.last.openings
        if one.obligation.definition.duty
    }
    assert limits == {"small": ("10m", True, "1"), "adding": ("5m", True, "2")}
    play.do("begin", FIXER)
    states = play.states()
    assert (states["arrive"], states["adding/arrive"]) == ("met", "met")


def test_a_manual_that_only_adds_has_its_own_titles_and_figures() -> None:
    play = together()
    assert play.states()["adding/note"] == "open"
    play.do("note", FIXER, text="师傅记的")
    assert play.states()["adding/note"] == "open"
    play.do("note", CLERK, text="前台记的")
    assert play.states()["adding/note"] == "met"
    assert "adding/note" not in together(reading="anyone").states()


def test_a_manual_that_adds_does_not_touch_other_categories() -> None:
    assert findings(ADDING) == []
    ledger = Ledger(adopted(ADDING), (), {"category": "complaint", "state": "x"}, frozenset())
    _changes, openings = follow(ledger, ["reported"], closes=False)
    assert [one.obligation.definition.key for one in openings] == ["arrive"]


def test_a_person_of_no_role_ends_nothing_that_asks_for_one() -> None:
    play = together()
    play.do("note", BOSS, text="主任记的")
    assert play.states()["adding/note"] == "open"
