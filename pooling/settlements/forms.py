"""Which part of the usage log, and the questions asked before a visit."""

from datetime import date
from typing import NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from pooling.settlements.beforehand import Question, TypedPayer, TypedPurse, charge
from pooling.settlements.models import Use
from pooling.settlements.privacy import TOLD_AT_MOST_FEN
from pooling.settlements.selectors.premiums import to_claim
from pooling.settlements.selectors.usage import Only
from pooling.settlements.services.claims import Wish
from pooling.settlements.sources import Charge
from pooling.shared.errors import NotFound
from pooling.shared.forms import AmountField, DayField, YuanField
from pooling.shared.money import show_yuan
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


class BillForm(forms.Form):
    """A bill as people know it before a visit: how much, for what, at what kind of place."""

    personal = YuanField(
        label=_("要自己付多少钱"),
        required=True,
        help_text=_("医保报销以后，个人负担的部分。"),
        error_messages={"required": _("请填写要自己付多少钱，例如 130。")},
    )
    use = forms.ChoiceField(label=_("做什么"), choices=Use.choices)
    level = forms.TypedChoiceField(
        label=_("在哪种地方"),
        coerce=int,
        choices=[
            (1, _("社区、一级医院或药店")),
            (2, _("二级医院")),
            (3, _("三级医院")),
        ],
    )
    own_paid = YuanField(
        label=_("其中完全自费的"), help_text=_("不在医保目录里的药和项目；没有就不填。")
    )

    def clean(self):
        said = super().clean()
        personal, own_paid = said.get("personal"), said.get("own_paid")
        if personal is not None and own_paid is not None and own_paid > personal:
            self.add_error("own_paid", _("完全自费的不能比要自己付的还多。"))
        return said

    def charge(self, on: date) -> Charge:
        """Return what the split looks at."""
        said = self.cleaned_data
        return charge(
            on=on,
            use=said["use"],
            level=said["level"],
            personal_fen=said["personal"],
            own_paid_fen=said["own_paid"] or 0,
        )


class EstimateForm(BillForm):
    """The same about the member's real family."""

    def clean_personal(self):
        """Bound what can be learnt of a relative's balance by asking for more and more."""
        fen = self.cleaned_data["personal"]
        if fen > TOLD_AT_MOST_FEN:
            most = show_yuan(TOLD_AT_MOST_FEN)
            said = _("最多按 %(most)s 预估：再多就等于告诉您家人账户里有多少钱。")
            raise forms.ValidationError(said % {"most": most})
        return fen


class CanPayForm(BillForm):
    """能不能用: everything typed, nobody looked up."""

    area = forms.ChoiceField(
        label=_("看病的人在哪里参保"), error_messages={"required": _("请选择参保的地方。")}
    )
    insured = forms.ChoiceField(
        label=_("看病的人的医保"),
        choices=[
            ("390", _("居民医保")),
            ("310", _("职工医保")),
            ("390-2", _("居民医保，停保或欠费")),
            ("310-2", _("职工医保，停保或欠费")),
            ("none", _("没有参保")),
        ],
    )
    own = YuanField(label=_("自己的个人账户有多少钱"), help_text=_("没有个人账户就不填。"))
    wallet = YuanField(label=_("自己的医保钱包有多少钱"), help_text=_("没有医保钱包就不填。"))
    fund = YuanField(
        label=_("所在的家庭共济账户有多少钱"), help_text=_("没有加入家庭共济账户就不填。")
    )
    # Pooling is younger than this century, and nobody knows the rules of the next.
    on = DayField(label=_("哪一天（可不填）"), required=False, help_text=_("不填就是今天。"))

    def __init__(self, *args, areas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", _("请选择")), *areas]
        same = [("", _("和参保的地方相同")), *areas]
        for name, label in (
            ("wallet_area", _("医保钱包的使用地")),
            ("fund_area", _("家庭共济账户在哪里建的")),
        ):
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=same)
        for which in _PAYERS:
            for name, field in _payer_fields(areas).items():
                self.fields[f"{which}_{name}"] = field

    def payers(self):
        """Return the fields of each payer, for the page: whose money it is, caps, the quota."""
        fields = [[self[f"{which}_{name}"] for name in _PAYER_FIELDS] for which in _PAYERS]
        return [(each[:3], each[3:6], each[6]) for each in fields]

    def purses(self):
        """Return the fields of wallet and family fund, for the page."""
        return [self[name] for name in ("wallet", "wallet_area", "fund", "fund_area")]

    def question(self, today: date) -> Question:
        """Return what was asked; whoever has no balance is no payer."""
        said = self.cleaned_data
        on = said["on"] or today
        insutype, _dash, status = said["insured"].replace("none", "").partition("-")
        return Question(
            on=on,
            charge=self.charge(on),
            area=said["area"],
            insutype=insutype,
            status=status or ("1" if insutype else ""),
            own_fen=said["own"],
            payers=tuple(filter(None, (self._payer(which) for which in _PAYERS))),
            wallet=self._purse("wallet"),
            fund=self._purse("fund"),
        )

    def _purse(self, name: str) -> TypedPurse | None:
        said = self.cleaned_data
        if said[name] is None:
            return None
        return TypedPurse(said[f"{name}_area"] or said["area"], said[name])

    def _payer(self, which: str) -> TypedPayer | None:
        said = {name: self.cleaned_data[f"{which}_{name}"] for name in _PAYER_FIELDS}
        if all(said[name] is None for name in ("current", "prior", "quota")):
            return None
        return TypedPayer(
            area=said["area"] or self.cleaned_data["area"],
            current_fen=said["current"] or 0,
            prior_fen=said["prior"] or 0,
            cap_per_settlement_fen=said["each"],
            cap_per_year_fen=said["year"],
            quota_fen=said["quota"],
            named=said["named"],
        )


_PAYERS = ("first", "second")
_PAYER_FIELDS = ("area", "current", "prior", "each", "year", "named", "quota")


def _payer_fields(areas) -> dict[str, forms.Field]:
    return {
        "area": forms.ChoiceField(
            label=_("在哪里参保"),
            required=False,
            choices=[("", _("和看病的人同一个地方")), *areas],
        ),
        "current": YuanField(label=_("账户里今年划入的钱")),
        "prior": YuanField(label=_("账户里往年结余的钱")),
        "each": YuanField(label=_("每次上限")),
        "year": YuanField(label=_("每年上限")),
        "named": forms.BooleanField(
            # All in the label: a card to tick has no room for a hint beside it.
            label=_("授权里写明了可以用于这一项（有的地方写明了才能用）"),
            required=False,
        ),
        "quota": YuanField(
            label=_("共济额度还剩多少"),
            help_text=_("为看病的人设了额度，就只用额度里的钱。没有设过就不填。"),
        ),
    }


class ClaimForm(forms.Form):
    """A premium paid out of pocket: on offer is what the asker's own account may give back."""

    insured = forms.TypedChoiceField(label=_("给谁缴的？"), coerce=int)
    use = forms.ChoiceField(label=_("哪一种保费？"))
    year = forms.TypedChoiceField(label=_("哪一年的？"), coerce=int)
    product = forms.CharField(
        label=_("产品或档次"),
        max_length=60,
        required=False,
        help_text=_("商业补充保险请照凭证写全名；没有可以不填"),
    )
    paid_on = forms.DateField(
        label=_("哪一天缴的？"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    amount_fen = AmountField(label=_("缴了多少"))
    bank = forms.CharField(label=_("收款银行"), min_length=2, max_length=60)
    bank_account = forms.CharField(
        label=_("您本人的银行账号"),
        max_length=40,
        help_text=_("须是您自己名下的账户"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args, family, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        mine = to_claim(family)
        insured = dict.fromkeys((row.member_id, row.name) for row, _premium in mine)
        self.fields["insured"].choices = list(insured)
        self.fields["use"].choices = list(dict.fromkeys((one.use, one.word) for _r, one in mine))
        years = (today.year + 1, today.year, today.year - 1)
        self.fields["year"].choices = [(year, year) for year in years]

    def clean_bank_account(self) -> str:
        number = self.cleaned_data["bank_account"].replace(" ", "").replace("-", "")
        if not (number.isascii() and number.isdecimal() and 8 <= len(number) <= 30):
            raise forms.ValidationError(_("银行账号是 8 至 30 位数字，请核对。"))
        return number

    def wish(self) -> Wish:
        """Return what was filled in."""
        said = dict(self.cleaned_data)
        return Wish(insured_id=said.pop("insured"), **said)
