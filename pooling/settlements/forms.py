"""Which part of the usage log: months, whose visit, whose account, what kind of place."""

from datetime import date
from typing import NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from pooling.settlements.selectors.usage import Only
from pooling.shared.errors import NotFound
from pooling.shared.periods import month_after, month_of

MONTHS_OFFERED = 36


class Part(NamedTuple):
    """A part of the log: `[since, until)` in whole months, and whose."""

    since: date
    until: date
    only: Only


class UsageForm(forms.Form):
    """Everything may be left out. People on offer are the asker and their own family."""

    since = forms.ChoiceField(label=_("从"), required=False)
    until = forms.ChoiceField(label=_("到"), required=False)
    relative = forms.ChoiceField(label=_("谁就医"), required=False)
    payer = forms.ChoiceField(label=_("谁付钱"), required=False)
    place = forms.ChoiceField(label=_("地点"), required=False)

    def __init__(self, data, *, member_id: int, family, today: date):
        super().__init__(data)
        self.today = today
        self.months = [month_of(today, back=back) for back in range(MONTHS_OFFERED)]
        self.fields["since"].choices = self.fields["until"].choices = [
            (f"{month:%Y-%m}",) * 2 for month in self.months
        ]
        everybody, me = [("", _("全部"))], [(str(member_id), _("我本人"))]
        self.fields["relative"].choices = everybody + me + _people(family, "paid_by_me")
        self.fields["payer"].choices = everybody + me + _people(family, "pays_me")
        self.fields["place"].choices = everybody + list(Institution.Type.choices)

    def part(self) -> Part:
        """Return what was asked for. Raises NotFound for anything that is not on offer.

        A stranger, somebody bound to others only, and nobody at all are answered alike.
        """
        if not self.is_valid():
            raise NotFound(_("没有这样的记录可以查看。"))
        said = self.cleaned_data
        until = _month(said["until"]) or _month(said["since"]) or month_of(self.today)
        since = _month(said["since"]) or until
        # The other way round is what was meant.
        since, until = min(since, until), max(since, until)
        only = Only(_number(said["relative"]), _number(said["payer"]), said["place"])
        return Part(since, month_after(until), only)

    def is_narrowed(self) -> bool:
        """Return whether more than the months was chosen."""
        return any(self.cleaned_data[name] for name in ("relative", "payer", "place"))


def _people(family, side: str) -> list[tuple[str, str]]:
    return [(str(pk), str(who)) for pk, who in family.items() if getattr(who, side)]


def _month(text: str) -> date | None:
    return date.fromisoformat(f"{text}-01") if text else None


def _number(text: str) -> int | None:
    return int(text) if text else None
