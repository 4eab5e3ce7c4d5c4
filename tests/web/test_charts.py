"""Charts: what they say, that they escape, and that nothing in them breaks a strict policy."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from guanjia.web import bars, charts
from guanjia.web.components import ClauseView, QuotaView, RulerRow, RulerView

SVG = "{http://www.w3.org/2000/svg}"


def parse(text: str) -> ET.Element:
    """The drawing as XML: malformed markup fails here."""
    return ET.fromstring(text.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))


def drawings() -> dict[str, str]:
    quota = QuotaView(12, 20, "走访<b>", expected=16)
    ruler = RulerView(31, (), today=24)
    row = RulerRow("付款", "20日前", ClauseView("规程", "一"), span=(15, 20))
    return {
        "spark": charts.spark((1.0, 2.0, None, 3.0), 2.5, over=True),
        "dots": charts.dots(
            "k", "到场<b>", "一次超时", [charts.Dot(3, 7), charts.Dot(30, 13, name="3-2-1502 <b>")],
            [charts.LimitLine(10, "日间限10", strong=True)], days=30, legend=("日", "夜"),
        ),
        "columns": charts.columns("w", "每周", "多", ("报修", "投诉<b>"), [("3/16", (5, 2)), ("3/23", (1, 0))]),
        "track": bars.track(quota),
        "quota": bars.quota_bar(quota),
        "lane": bars.lane(row, ruler),
        "lane quota": bars.lane(RulerRow("走访", "", ClauseView("规程", "一"), quota=quota), ruler),
        "load": bars.load_bar(3, 4),
        "ring": bars.ring(0.5),
    }  # fmt: skip


@pytest.mark.parametrize("name", list(drawings()))
def test_every_drawing_is_well_formed_and_free_of_style_and_script(name):
    text = drawings()[name]
    root = parse(text)
    assert root.tag == f"{SVG}svg"
    for element in root.iter():
        assert "style" not in element.attrib
        assert not any(key.startswith("on") for key in element.attrib)
        assert element.tag != f"{SVG}b", "text from outside must be escaped"


@pytest.mark.parametrize("name", ["dots", "columns"])
def test_a_chart_has_a_title_and_states_its_finding(name):
    root = parse(drawings()[name])
    title, finding = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and finding is not None and finding.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {finding.get('id')}"


def test_an_exception_is_a_square_with_its_name():
    root = parse(drawings()["dots"])
    assert len(root.findall(f".//{SVG}rect[@class='bad']")) == 1
    assert "3-2-1502 <b>" in [text.text for text in root.iter(f"{SVG}text")]


def test_bars_start_at_zero_and_keep_proportion():
    root = parse(charts.columns("w", "每周", "多", ("报修",), [("3/16", (10,)), ("3/23", (5,))]))
    first, second = [
        float(rect.get("height", "0")) for rect in root.iter(f"{SVG}rect") if rect.get("class") == "a"
    ]
    assert first + 0.8 == pytest.approx(2 * (second + 0.8), abs=0.2)


def test_direct_labels_never_overlap():
    root = parse(
        charts.columns(
            "w",
            "每周",
            "多",
            ("报修", "特约", "投诉", "其他"),
            [("3/9", (60, 1, 1, 1)), ("3/16", (60, 1, 1, 1))],
        )
    )
    heights = sorted(float(text.get("y", "0")) for text in root.iter(f"{SVG}text") if text.get("x") == "420")
    assert len(heights) == 4
    assert all(below - above >= 14 for above, below in zip(heights, heights[1:], strict=False))


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (7, 8), (10, 10), (30, 30), (31, 40), (96, 100), (101, 150)]
)
def test_the_top_of_an_axis(value, top):
    assert charts.nice_top(value) == top


def test_a_spark_needs_two_points_and_leaves_gaps():
    assert charts.spark((None, 1.0), 1.0) == ""
    root = parse(charts.spark((1.0, 2.0, None, 3.0, 4.0), None))
    assert len(root.findall(f"{SVG}polyline")) == 2


def test_the_ring_and_the_bars_stay_inside():
    assert 'stroke-dashoffset="0.0"' in bars.ring(3)
    assert 'width="100.00%"' in bars.track(QuotaView(30, 20, "走访"))
    assert 'width="0.00%"' in bars.track(QuotaView(0, 0, "走访"))
    assert bars.quota_words(QuotaView(12, 20, "走访", expected=16)) == "走访：已办12，应办20，按日期应到16"
