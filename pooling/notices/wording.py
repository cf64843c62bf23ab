"""The sentence of every kind of notice: one msgid a kind, filled at reading time.

Values named in `PEOPLE` are member ids and appear as masked names, so that nobody's name is
stored; values ending in `_fen` appear as yuan. Neutral in wording: a phone lies on a table.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from pooling.shared.money import show_yuan

PEOPLE = ("payer", "relative", "patient")

SENTENCES = {
    "books_differ": _("账务核对发现 %(count)s 处不一致，请立即查看。系统不会自行更正。"),
}


def sentence(kind: str, values: Mapping, names: Mapping[int, str]) -> str:
    """Return the sentence of a notice; `names` are masked names by member id."""
    shown = dict(values)
    for key, value in values.items():
        if key in PEOPLE:
            shown[key] = names.get(value, "")
        elif key.endswith("_fen") and value is not None:
            shown[key] = show_yuan(value)
    return str(SENTENCES[kind]) % shown
