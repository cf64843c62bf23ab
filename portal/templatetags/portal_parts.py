"""Template filters and parts of the theme: amounts, dates, masks, tags, the pictures."""

from urllib.parse import urlsplit

from django import template
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import phones
from pooling.policy import selectors as policy
from pooling.shared import masks
from pooling.shared.money import show_yuan
from portal import pictures

register = template.Library()
register.filter("mask_name", masks.mask_name)
register.filter("mask_cert_no", masks.mask_cert_no)
register.filter("mask_phone", masks.mask_phone)
register.filter("national", phones.national)

#: Longer than `¥999,999.99`: set smaller where it is set large, or it would leave a phone's screen.
LONG_AMOUNT = 11
#: The shape beside each tone: a state is never told by colour alone.
SHAPES = {
    "good": "check-circle",
    "warn": "hourglass-split",
    "bad": "x-circle",
    "info": "info-circle",
    "paused": "pause-circle",
    "ended": "dash-circle",
}


#: Large round amounts in short. Chinese counts by ten thousands: no translated word tells that.
CHINESE_SCALE = ((100_000_000, "亿"), (10_000, "万"))
ENGLISH_SCALE = ((1_000_000_000, "bn"), (1_000_000, "m"), (1_000, "k"))


@register.filter
def yuan(fen) -> str:
    """`123450` → `¥1,234.50`; nothing for None."""
    return "" if fen is None else show_yuan(int(fen))


@register.filter
def cn_date(value) -> str:
    """`2026年11月22日` in Chinese, `22 Nov 2026` in English; nothing for None."""
    if value is None:
        return ""
    if hasattr(value, "tzinfo"):
        value = localtime(value)
    return date_format(value, "DATE_FORMAT")


@register.filter
def cn_time(value) -> str:
    """`2026年11月22日 08:05`, in the portal's time zone."""
    return "" if value is None else f"{cn_date(value)} {localtime(value):%H:%M}"


@register.simple_tag
def icon(name: str, extra: str = "") -> str:
    """A line drawing from the one sprite; a word always stands beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        extra,
        static("vendor/icons/sprite.svg"),
        name,
    )


@register.simple_tag
def amount(fen, extra: str = "") -> str:
    """An amount for people: small yuan sign, figures of one width, a real minus sign."""
    text = show_yuan(int(fen))
    if len(text) > LONG_AMOUNT:
        extra = f"{extra} long"
    return format_html(
        '<span class="amount {}">{}<span class="sign">¥</span>{}</span>',
        extra,
        "−" if text.startswith("-") else "",
        text.lstrip("-").lstrip("¥"),
    )


@register.simple_tag
def tag(word, tone: str = "info") -> str:
    """A state: a word with a colour and a shape."""
    look = {"paused": "warn", "ended": ""}.get(tone, tone)
    return format_html(
        '<span class="tag {}">{}{}</span>', look, icon(SHAPES.get(tone, "info-circle")), word
    )


@register.inclusion_tag("_parts/clause.html")
def clause(said, day=None):
    """Quote the rule behind an answer: what it says, whose it is, where it is written.

    Takes a `ClauseInForce` as well as the copy a decision stores; with `day` it links to all
    the area's rules of that day.
    """
    if not said:
        return {}
    area = getattr(said, "area_code", None) or getattr(said, "area", "")
    is_link = said.source.startswith(("https://", "http://"))
    return {
        "said": said,
        # An address in full is a line of letters nobody reads: the place it lies at is enough.
        "host": (urlsplit(said.source).hostname or "") if is_link else "",
        "area": area,
        "area_name": getattr(said, "area_name", "") or policy.area_name(area),
        "version": getattr(said, "version_label", None) or getattr(said, "version", ""),
        "day": day,
    }


@register.inclusion_tag("_parts/waterfall.html")
def waterfall(shares):
    """Draw who paid: one bar and the same figures as a list (see `pictures.bar`)."""
    pieces = pictures.bar(shares)
    spoken = _("；").join(f"{piece.word} {show_yuan(piece.fen)}" for piece in pieces)
    return {"pieces": pieces, "spoken": spoken}


@register.inclusion_tag("_parts/family.html")
def family_graph(name, relatives):
    """Draw a person among their relatives (see `pictures.family`)."""
    spoken = _("；").join(f"{relative.word} {relative.name}" for relative in relatives)
    return {"drawing": pictures.family(name, relatives), "spoken": spoken}


@register.inclusion_tag("_parts/months.html")
def months_chart(rows):
    """Draw a year by months and the same figures as a table (see `pictures.months`)."""
    rows = list(rows)
    totals = [
        {
            "word": word,
            "look": look,
            "fen": sum(getattr(row, kind) for row in rows),
        }
        for (kind, look), word in zip(pictures.KINDS, _month_words(), strict=True)
    ]
    spoken = _("；").join(f"{total['word']} {show_yuan(total['fen'])}" for total in totals)
    chart = pictures.months(rows)
    return {"chart": chart, "rows": rows[::-1], "totals": totals, "spoken": spoken}


@register.inclusion_tag("_parts/pairs.html")
def pairs_chart(title, rows):
    """Draw (name, before, after) in fen as pairs of bars (see `pictures.pairs`)."""
    drawing = pictures.pairs(rows)
    spoken = _("；").join(
        f"{row.name} {show_yuan(row.before_fen)} → {show_yuan(row.after_fen)}"
        for row in drawing.rows
    )
    return {"title": title, "drawing": drawing, "spoken": spoken}


@register.inclusion_tag("_parts/parted.html")
def parted_chart(title, rows, legend):
    """Draw (name, told, [(look, count)]) as bars of pieces; `legend` is (look, word) for each."""
    drawing = pictures.parted(rows)
    spoken = _("；").join(f"{row.name} {row.told}" for row in drawing.rows)
    return {"title": title, "drawing": drawing, "spoken": spoken, "legend": legend}


def _month_words() -> list[str]:
    return [_("自己用"), _("给家人用"), _("家人为我付")]


@register.filter
def cn_month(day) -> str:
    """`2026年11月` in Chinese, `November 2026` in English."""
    return date_format(day, "YEAR_MONTH_FORMAT")


@register.filter
def named_versions(stamp: str) -> str:
    """`361100/2025-1 000000/2026-1` → `上饶市 2025-1、国家 2026-1`, as clauses are told."""
    names = policy.area_names()
    told = [each.partition("/") for each in stamp.split()]
    return _("、").join(f"{names.get(code, code)} {label}" for code, _slash, label in told)


@register.filter
def plain_yuan(fen) -> str:
    """`123450` → `1,234.50`: in a column that names its unit."""
    return show_yuan(int(fen)).replace("¥", "")


@register.filter
def whole_yuan(fen) -> str:
    """`200000` → `2,000`, `150000000` → `150万`: short enough to stand beside a line of a scale."""
    yuan = int(fen) // 100
    if yuan < 10_000:
        return f"{yuan:,}"
    scale = ENGLISH_SCALE if get_language() == "en" else CHINESE_SCALE
    unit, word = next(each for each in scale if yuan >= each[0])
    return f"{yuan / unit:g}{word}"
