"""The theme: legible colours, the two pictures, and the small filters."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

from pooling.settlements.selectors import MonthRow
from portal import pictures
from portal.pictures import Relative, Share
from tests import build

TOKENS = Path("static/portal/tokens.css")
#: text token → grounds it stands on.
PAIRS = {
    "ink": [
        "paper",
        "card",
        "sunk",
        "primary-ground",
        "warn-ground",
        "bad-ground",
        "accent-ground",
    ],
    "soft": ["paper", "card", "sunk"],
    "primary": ["paper", "card", "primary-ground", "sunk"],
    "deep": ["card", "paper", "primary-ground"],
    "on-primary": ["primary", "deep"],
    "on-banner": ["banner"],
    "on-banner-soft": ["banner"],
    "accent": ["accent-ground", "card"],
    "warn": ["warn-ground", "card"],
    "bad": ["bad-ground", "card", "paper"],
}


def palettes() -> dict[str, dict[str, str]]:
    text = TOKENS.read_text("utf-8")
    light, _media, dark = text.partition("@media (prefers-color-scheme: dark)")
    dark = dark.partition("Three sizes")[0]

    def read(part):
        return dict(re.findall(r"--([\w-]+): (#[0-9A-Fa-f]{6})", part))

    return {"light": read(light), "dark": read(light) | read(dark)}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: str, ground: str) -> float:
    darker, lighter = sorted((luminance(text), luminance(ground)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_five_to_one_on_its_ground(scheme):
    palette = palettes()[scheme]
    weak = [
        (text, ground, round(contrast(palette[text], palette[ground]), 2))
        for text, grounds in PAIRS.items()
        for ground in grounds
        if contrast(palette[text], palette[ground]) < 5
    ]
    assert weak == []


def test_edges_of_fields_stand_three_to_one():
    for palette in palettes().values():
        assert contrast(palette["edge"], palette["card"]) >= 3
        assert contrast(palette["edge"], palette["paper"]) >= 3


def test_no_template_carries_style_or_script_of_its_own():
    for path in Path("templates").rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script>", text), path


def test_the_bar_is_whole_and_every_share_is_seen():
    pieces = pictures.bar(
        [Share("own", "本人", 1), Share("payer", "父亲", 99_998), Share("cash", "现金", 1)]
    )
    assert sum(piece.width for piece in pieces) == pictures.BAR
    assert min(piece.width for piece in pieces) == pictures.THINNEST
    assert [piece.start for piece in pieces] == [0, 12, 988]


def test_who_gave_nothing_stays_in_the_list():
    pieces = pictures.bar([Share("own", "本人", 0), Share("payer", "父亲", 500)])
    assert [(piece.word, piece.width) for piece in pieces] == [("本人", 0), ("父亲", 1000)]
    assert [piece.width for piece in pictures.bar([Share("own", "本人", 0)])] == [0]


def test_two_payers_look_different():
    looks = [
        piece.look for piece in pictures.bar([Share("payer", "父", 5), Share("payer", "母", 5)])
    ]
    assert len(set(looks)) == 2


def year(*fens) -> list[MonthRow]:
    """Return months of 2026 with so much given."""
    return [MonthRow(date(2026, nth, 1), 0, fen, 0) for nth, fen in enumerate(fens, 1)]


def test_months_stand_on_the_floor_in_proportion_and_what_is_little_is_still_seen():
    chart = pictures.months(year(1, 0, 100_000, 200_000))
    assert [column.height for column in chart.columns] == [3, 80, 160]
    assert all(column.y + column.height == chart.floor for column in chart.columns)
    assert [mark.word for mark in chart.months] == ["2", "4"]
    assert all(column.x + column.width <= chart.width for column in chart.columns)


@pytest.mark.parametrize(
    ("most", "top"),
    [(0, 200), (1, 200), (200, 200), (201, 300), (55_000, 60_000), (99_999, 100_000)],
)
def test_a_scale_ends_on_a_round_amount_with_a_round_half(most, top):
    assert pictures.ceiling(most) == top


@pytest.mark.parametrize(
    ("fen", "chinese", "english"),
    [
        (50_000, "500", "500"),
        (800_000, "8,000", "8,000"),
        (1_500_000, "1.5万", "15k"),
        (1_000_000_000, "1000万", "10m"),
        (200_000_000_000, "20亿", "2bn"),
    ],
)
def test_a_scale_is_short_however_large_the_amounts(fen, chinese, english):
    assert render("{{ fen|whole_yuan }}", fen=fen) == chinese
    with translation.override("en"):
        assert render("{{ fen|whole_yuan }}", fen=fen) == english


def test_the_year_is_spoken_and_its_figures_stand_in_a_table():
    shown = render("{% months_chart rows %}", rows=year(5, 123_456))
    assert "给家人用 ¥1,234.61" in shown
    assert shown.count("<tr>") == 3
    assert "1,234.56" in shown
    assert 'href="?since=2026-02&amp;until=2026-02"' in shown


def test_older_generations_stand_above_and_children_below():
    drawing = pictures.family(
        "王伟",
        [Relative("王*", "父亲", 1), Relative("李*", "配偶"), Relative("王*", "女儿", -1)],
    )
    heights = {person.word: person.y for person in drawing.people}
    assert heights["父亲"] < heights["配偶"] == heights[""] < heights["女儿"]
    assert all(
        person.left >= 0 and person.left + person.width <= drawing.width
        for person in drawing.people
    )


def render(text: str, **values) -> str:
    return Template("{% load portal_parts %}" + text).render(Context(values))


@pytest.mark.django_db
def test_versions_of_rules_are_told_by_the_names_of_their_areas():
    build.area("999900", name="试验市")
    stamp = "999900/2025-1 123456/2026-1"
    assert render("{{ stamp|named_versions }}", stamp=stamp) == "试验市 2025-1、123456 2026-1"


def test_amounts_and_dates_are_written_as_people_read_them():
    assert render("{{ fen|yuan }}", fen=123456) == "¥1,234.56"
    assert render("{{ day|cn_date }}", day=date(2026, 11, 22)) == "2026年11月22日"
    moment = datetime(2026, 11, 22, 0, 5, tzinfo=UTC)
    assert render("{{ at|cn_time }}", at=moment) == "2026年11月22日 08:05"
    assert "−" in render("{% amount fen %}", fen=-500)
    large = [render('{% amount fen "large" %}', fen=fen) for fen in (99_999_999, 100_000_000)]
    assert ["large long" in each for each in large] == [False, True]


def test_a_state_has_a_word_a_colour_and_a_shape():
    shown = render('{% tag "使用中" "good" %}')
    assert "使用中" in shown
    assert "tag good" in shown
    assert "#check-circle" in shown


def test_a_family_is_spoken_and_long_names_get_wider_boxes():
    long = [
        Relative("买买提·吐尔逊江", "外祖父", 2),
        Relative("王小明", "儿子", -1),
        Relative("王小红", "女儿", -1),
    ]
    shown = render('{% family_graph "我" relatives %}', relatives=long)
    assert 'aria-label="外祖父 买买提·吐尔逊江；儿子 王小明；女儿 王小红"' in shown
    for relatives, width in ((long, 168), (long[1:], 104)):
        boxes = pictures.family("我", relatives).people
        assert {box.width for box in boxes} == {width}
        beside = [(one, other) for one in boxes for other in boxes if one.y == other.y]
        assert all(one is other or abs(one.x - other.x) >= width for one, other in beside)


def test_pictures_escape_what_people_are_called():
    shown = render(
        "{% family_graph name relatives %}", name="<b>", relatives=[Relative("<i>", "父")]
    )
    assert "<b>" not in shown
    assert "<i>" not in shown


def test_log_lines_hold_no_numbers_of_people():
    from portal.logs import without_personal_data

    line = without_personal_data(
        None,
        "info",
        {
            "event": "refused 110101199003070337 and 13812345678",
            "request": "GET /identity/?cert_no=110101199003070337",
            "request_id": "12345678-1234-1234-1234-123456789012",
        },
    )
    assert line["event"] == "refused *** and ***"
    assert line["request"] == "GET /identity/"
    assert line["request_id"] == "12345678-1234-1234-1234-123456789012"
