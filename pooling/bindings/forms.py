"""What the pages about authorisations ask: shape here, rules in the verbs."""

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from pooling.bindings import drafts, rules, wording
from pooling.bindings.beforehand import Question
from pooling.bindings.wording import CAPS, uses
from pooling.kinship import codes
from pooling.policy import wording as policy_wording
from pooling.shared.forms import AmountField, DayField, YuanField
from pooling.shared.money import show_yuan


class RelationForm(forms.Form):
    """Who are they to you? Only what is open to the member is offered.

    What is not, sent all the same, is refused by the verb, with the rule.
    """

    code = forms.ChoiceField(
        label=_("他或她是您的什么人？"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一种关系。")},
    )

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [(choice.code, choice.word) for choice in choices]
        self.fields["code"].widget.choices = [
            (choice.code, choice.word) for choice in choices if not choice.why_not
        ]


class PersonForm(forms.Form):
    """Name and number of the relative, as on their document."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请填写家人的姓名，与证件上一致。")},
    )
    cert_no = forms.CharField(
        label=_("身份证号码"),
        max_length=30,
        help_text=_("18 位，最后一位可能是 X。我们不会把号码显示给别人。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("请填写家人的身份证号码。")},
    )


def offer(form, caps, most: dict[str, int | None]) -> None:
    """Leave out the caps an area does not offer, and tell the highest of those it does."""
    for name in caps:
        if name not in most:
            del form.fields[name]
        elif most[name] is not None:
            form.fields[name].help_text = _("当地规定最多 %(most)s") % {
                "most": show_yuan(most[name])
            }


class LimitsForm(forms.Form):
    """How much, for what and until when. Empty = no limit, 0 = nothing."""

    cap_per_settlement_fen = YuanField(label=CAPS["cap_per_settlement_fen"])
    cap_per_day_fen = YuanField(label=CAPS["cap_per_day_fen"])
    cap_per_month_fen = YuanField(label=CAPS["cap_per_month_fen"])
    cap_per_year_fen = YuanField(label=CAPS["cap_per_year_fen"])
    to_date = DayField(
        label=_("到哪一天为止"),
        required=False,
        help_text=_("当天起不再支付。不填就是一直有效，直到解除。"),
    )
    uses = forms.MultipleChoiceField(
        label=_("可以用在哪里"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args, guide, **kwargs):
        super().__init__(*args, **kwargs)
        self.unnamed = {value for value, _word in guide.uses} - set(guide.opt_in)
        self.fields["uses"].choices = guide.uses
        if guide.opt_in:
            self.fields["uses"].help_text = _("这些用途勾选了才能用：%(uses)s。") % {
                "uses": uses(guide.opt_in)
            }
        offer(self, rules.CAPS, guide.most)
        self.wants_cap = guide.wants_cap
        end = self.fields["to_date"]
        end.required = guide.wants_end
        end.error_messages["required"] = _("按当地规定，请填写截止日期。")
        if guide.wants_end:
            end.help_text = _("当天起不再支付。按当地规定必须填写。")
        if guide.last_end is not None:
            end.help_text = _("当天起不再支付。按当地规定，最晚到%(day)s。") % {
                "day": date_format(guide.last_end, "DATE_FORMAT")
            }

    @property
    def caps(self) -> list:
        """Return the fields of the caps the area lets payers set."""
        return [self[name] for name in rules.CAPS if name in self.fields]

    def answers(self) -> dict:
        """Return what was filled in; what is not offered is empty.

        Ticking every use that need not be named means all the area allows.
        """
        values = dict.fromkeys(rules.CAPS) | self.cleaned_data
        if set(values["uses"]) == self.unnamed:
            values["uses"] = None
        return values

    def limits(self) -> rules.Limits:
        """Return the changed limits of an authorisation that runs.

        A cap that is no longer offered stays what it was: leaving it out would lift it.
        """
        kept = {name: self.initial.get(name) for name in rules.CAPS if name not in self.fields}
        values = self.answers() | kept
        uses = values.pop("uses")
        return rules.Limits(uses=None if uses is None else tuple(uses), **values)


class TermsForm(LimitsForm):
    """The limits of a new authorisation, and from when it counts."""

    from_date = DayField(label=_("从哪一天起"), required=False, help_text=_("不填就是办好当天。"))


class SignForm(forms.Form):
    """The signature names the very text that was shown."""

    version = forms.CharField(widget=forms.HiddenInput)
    hash = forms.CharField(widget=forms.HiddenInput)
    agree = forms.BooleanField(
        label=_("我已阅读并同意以上内容（必填）"),
        error_messages={"required": _("请先阅读授权书，勾选同意后再签署。")},
    )


class QuotaForm(forms.Form):
    """What the quota is to be: above what is left of it to raise it, below to take back."""

    amount = AmountField(label=_("额度"))

    def __init__(self, *args, guide, way: str, **kwargs):
        super().__init__(*args, **kwargs)
        amount = self.fields["amount"]
        if way == "raise":
            amount.least_fen, amount.most_fen = guide.left_fen + 1, guide.most_fen
            if guide.left_fen:
                amount.error_messages["nothing"] = _("要比现在的额度 %(left)s 高。") % {
                    "left": show_yuan(guide.left_fen)
                }
        else:
            amount.least_fen, amount.most_fen = 0, guide.left_fen - 1
            amount.error_messages["above"] = _("要比现在的额度 %(left)s 低。") % {
                "left": show_yuan(guide.left_fen)
            }


class OverallForm(forms.Form):
    """A payer's own limits over all relatives together."""

    cap_per_day_fen = YuanField(label=_("所有家人合计，每天最多"))
    cap_per_month_fen = YuanField(label=_("所有家人合计，每月最多"))
    cap_per_year_fen = YuanField(label=_("所有家人合计，每年最多"))

    def __init__(self, *args, most, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, rules.OVERALL, most)

    def caps(self) -> dict[str, int | None]:
        """Return all of them; what is not offered stays what it was."""
        kept = {name: self.initial.get(name) for name in rules.OVERALL if name not in self.fields}
        return kept | self.cleaned_data


class AgeField(forms.IntegerField):
    """Full years."""

    def __init__(self, **kwargs):
        said = _("请填写周岁，例如 68。")
        super().__init__(
            min_value=0,
            max_value=120,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), said),
            **kwargs,
        )


def _insured(choice: str) -> tuple[str, str]:
    """Return insurance and standing of a choice: `310-2` → 310, paused; `none` → neither."""
    insutype, _dash, status = choice.replace("none", "").partition("-")
    return insutype, status or ("1" if insutype else "")


class InsuredField(forms.TypedChoiceField):
    """How somebody is insured, cleaned to (`insutype`, `status`) as in `accounts.Standing`."""

    def __init__(self, *, label):
        choices = [
            ("390", _("居民医保")),
            ("310", _("职工医保")),
            ("390-2", _("居民医保，停保或欠费")),
            ("310-2", _("职工医保，停保或欠费")),
            ("none", _("没有参保")),
        ]
        super().__init__(label=label, choices=choices, coerce=_insured)


class CanBindForm(forms.Form):
    """能不能绑: who pays, for whom. No name, no number: nobody is looked up."""

    #: Whom areas count one by one, as people call them.
    MINE = {
        role: word
        for role, word in policy_wording.ROLES.items()
        # Parents are asked for one by one; what "others" there are nobody counts.
        if role not in ("parent", "other")
    }

    area = forms.ChoiceField(
        label=_("您在哪里参保"), error_messages={"required": _("请选择您参保的地方。")}
    )
    own_status = forms.ChoiceField(
        label=_("您的职工医保"),
        choices=[
            ("1", _("正常（在职或退休）")),
            ("2", _("暂停缴费")),
            ("4", _("已经停保")),
            ("none", _("没有参加职工医保")),
        ],
    )
    age = AgeField(label=_("您的年龄（周岁）"))
    gender = forms.ChoiceField(
        label=_("您的性别"),
        choices=[("", _("请选择")), (codes.FEMALE, _("女")), (codes.MALE, _("男"))],
        error_messages={"required": _("请选择您的性别。")},
    )
    relation = forms.ChoiceField(
        label=_("家人是您的什么人"), error_messages={"required": _("请选择一种关系。")}
    )
    relative_age = AgeField(label=_("家人的年龄（周岁）"))
    insured = InsuredField(label=_("家人的医保"))
    relative_area = forms.ChoiceField(label=_("家人在哪里参保"), required=False)
    relatives = forms.IntegerField(
        label=_("您已经给几位家人开通（可不填）"), required=False, min_value=0, max_value=999
    )
    payers = forms.IntegerField(
        label=_("这位家人已经能用几个人的账户（可不填）"),
        required=False,
        min_value=0,
        max_value=999,
    )

    def __init__(self, *args, areas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", _("请选择")), *areas]
        self.fields["relative_area"].choices = [("", _("和我同一个地方")), *areas]
        self.fields["relation"].choices = [
            ("", _("请选择")),
            *((code, wording.relation(code)) for code in drafts.OFFERED),
        ]
        self.fields |= {
            f"has_{role}": forms.IntegerField(label=word, required=False, min_value=0, max_value=99)
            for role, word in self.MINE.items()
        }
        for name in ("relatives", "payers", *map("has_{}".format, self.MINE)):
            said = _("请填写人数，例如 2。")
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "numeric"})
            self.fields[name].error_messages |= dict.fromkeys(
                ("invalid", "min_value", "max_value"), said
            )

    @property
    def mine(self):
        """Return the questions about whom the payer pays for already."""
        return [self[f"has_{role}"] for role in self.MINE]

    @property
    def says_how_many(self) -> bool:
        """Return whether any of the questions that may be left out was answered."""
        return any(each.data for each in (self["relatives"], self["payers"], *self.mine))

    def question(self) -> Question:
        """Return what was asked."""
        said = self.cleaned_data
        roles = {role: said[f"has_{role}"] or 0 for role in self.MINE}
        roles["parent"] = roles["father"] + roles["mother"]
        named = sum(roles.values()) - roles["parent"]
        insutype, status = said["insured"]
        return Question(
            area=said["area"],
            employee_status=said["own_status"].replace("none", ""),
            age=said["age"],
            gender=said["gender"],
            code=said["relation"],
            relative_age=said["relative_age"],
            insutype=insutype,
            status=status,
            relative_area=(said["relative_area"] or said["area"]) if insutype else "",
            # Who names some of them need not add them up.
            relatives=max(said["relatives"] or 0, named),
            payers=said["payers"] or 0,
            roles=roles,
        )
