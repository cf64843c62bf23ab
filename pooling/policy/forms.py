"""What staff fill in to write rules: a version, and each parameter with a widget that fits it."""

from itertools import permutations
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pooling.policy import plain_words, selectors, wording
from pooling.policy.models import Clause
from pooling.policy.parameters import BIRTHDAYS, PARAMETERS, Parameter
from pooling.shared.forms import DayField, YuanField

#: Lists whose order is what they say.
ORDERED = {"own_part_order"}


class DraftForm(forms.Form):
    """Open a draft for an area."""

    area_code = forms.ChoiceField(label=_("统筹区"))
    label = forms.CharField(
        label=_("版本号"), max_length=40, help_text=_("同一统筹区不能重复，例如 2027-1")
    )
    from_date = DayField(label=_("生效日期"), help_text=_("明天或更晚的日期"))
    copy = forms.TypedChoiceField(
        label=_("从什么开始"),
        choices=[
            ("1", _("复制该区现行版本自己的条款，再修改")),
            ("", _("空白：一条也不写，全部沿用上级")),
        ],
        coerce=bool,
        empty_value=False,
        required=False,
        initial="1",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = [
            (area.code, f"{area.name} {area.code}") for area in selectors.areas()
        ]


class StartForm(forms.Form):
    """Another first day."""

    from_date = DayField(label=_("生效日期"), help_text=_("明天或更晚的日期"))


class RemarkForm(forms.Form):
    """What is to be mended before it comes back."""

    remark = forms.CharField(label=_("退回说明"), max_length=300)


class WithdrawalForm(forms.Form):
    """Why a published version should not take effect; anybody can read it."""

    reason = forms.CharField(
        label=_("撤回理由"),
        min_length=4,
        max_length=300,
        help_text=_("公开显示在规则页上。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ClauseForm(forms.Form):
    """One parameter's value, by a widget for its kind, and the source it is taken from."""

    source = forms.CharField(
        label=_("来源"), max_length=300, help_text=_("文件名和文号，或网页地址")
    )
    text = forms.CharField(
        label=_("条款摘要"), max_length=300, help_text=_("一句话，会给参保人看"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    evidence = forms.ChoiceField(label=_("证据等级"), choices=Clause.Evidence)
    seen_on = DayField(label=_("查阅日期"))

    def __init__(self, *args, name: str, value: Any, **kwargs):
        kind = _KINDS[PARAMETERS[name].unit]
        self.kind = (_Order if name in ORDERED else kind)(PARAMETERS[name])
        kwargs["initial"] = self.kind.initial(value) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields = self.kind.fields() | self.fields

    def value(self) -> Any:
        """Return the value as JSON; the verb checks it."""
        return self.kind.value(self.cleaned_data)


class _Kind:
    """How one kind of parameter is asked for; the single field is called `value`.

    Which words, numbers and blanks a parameter takes is asked of its own check, so that a
    parameter added there needs nothing here.
    """

    def __init__(self, parameter: Parameter):
        self.parameter = parameter
        self.title = wording.TITLES[parameter.name]
        self.may_be_empty = self.takes(None)

    def takes(self, value: Any) -> bool:
        return self.parameter.problem(value) is None

    def none(self) -> str:
        """Return what no value means here: `不限用途`."""
        return wording.show(self.parameter.name, None)

    def hint(self) -> str:
        return _("不填表示：%(none)s") % {"none": self.none()} if self.may_be_empty else ""

    def field(self) -> forms.Field:
        raise NotImplementedError

    def fields(self) -> dict[str, forms.Field]:
        return {"value": self.field()}

    def initial(self, value: Any) -> dict[str, Any]:
        return {"value": value}

    def value(self, cleaned: dict[str, Any]) -> Any:
        return cleaned["value"]


class _Amount(_Kind):
    def field(self):
        return YuanField(
            label=self.title,
            required=not self.may_be_empty,
            help_text=self.hint(),
        )


class _Number(_Kind):
    def field(self):
        return forms.IntegerField(
            label=self.title, required=not self.may_be_empty, min_value=0, help_text=self.hint()
        )


class _Hours(_Kind):
    """Two hours of the clock, from and to."""

    def fields(self):
        return {
            name: forms.IntegerField(
                label=label, required=False, min_value=0, max_value=23, help_text=self.hint()
            )
            for name, label in (("from_hour", _("从几点")), ("to_hour", _("到几点")))
        }

    def initial(self, value):
        return dict(zip(("from_hour", "to_hour"), value or (None, None), strict=True))

    def value(self, cleaned):
        hours = [cleaned["from_hour"], cleaned["to_hour"]]
        return None if hours == [None, None] else hours


class _OneOf(_Kind):
    """A choice among few, all in sight."""

    def choices(self) -> list[tuple[Any, Any]]:
        return [(code, self.says(code)) for code in (*wording.codes(), 1, 2, 3) if self.takes(code)]

    def says(self, value: Any) -> str:
        return plain_words.sentence(self.parameter.name, value)

    def field(self):
        chosen = self.choices()
        if self.may_be_empty:
            chosen.append(("", self.none()))
        return forms.ChoiceField(
            label=self.title,
            choices=chosen,
            required=not self.may_be_empty,
            widget=forms.RadioSelect,
        )

    def initial(self, value):
        return {"value": "" if value is None else str(value)}

    def value(self, cleaned):
        by_text = {str(code): code for code, _word in self.choices()}
        return by_text.get(cleaned["value"])


class _Flag(_OneOf):
    def choices(self):
        return [(value, self.says(value)) for value in (True, False)]


class _Order(_OneOf):
    """A list whose order counts: every order there is, each as its sentence."""

    def choices(self):
        words = [code for code in wording.codes() if self.takes([code])]
        orders = [list(order) for n in (len(words), 1) for order in permutations(words, n)]
        return [(",".join(order), self.says(order)) for order in orders]

    def initial(self, value):
        return {"value": ",".join(value or [])}

    def value(self, cleaned):
        return cleaned["value"].split(",")


class _Ticks(_Kind):
    """Some of the words there are; a list of codes that is not ours to close is typed."""

    def words(self) -> list[tuple[Any, Any]]:
        name = self.parameter.name
        return [
            (code, wording.word(name, code))
            for code in (*wording.codes(), *BIRTHDAYS)
            if self.takes([code])
        ]

    @property
    def is_open(self) -> bool:
        return self.takes(["ZZ9"])

    def fields(self):
        fields: dict[str, forms.Field] = {}
        if self.may_be_empty:
            fields["unlimited"] = forms.BooleanField(label=self.none(), required=False)
        if self.is_open:
            fields["value"] = forms.CharField(
                label=self.title, required=False, help_text=_("多个代码用空格分开；不填表示没有")
            )
        else:
            fields["value"] = forms.MultipleChoiceField(
                label=self.title,
                choices=self.words(),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        return fields

    def initial(self, value):
        shown = " ".join(value or []) if self.is_open else [str(code) for code in value or []]
        return {"unlimited": value is None, "value": shown}

    def value(self, cleaned):
        if cleaned.get("unlimited"):
            return None
        if self.is_open:
            return cleaned["value"].replace("，", " ").replace(",", " ").split()
        ticked = set(cleaned["value"])
        return [code for code, _word in self.words() if str(code) in ticked]


class _Table(_Kind):
    """A row for each word that may have a value; an empty row says nothing."""

    def keys(self) -> list[str]:
        return [code for code in wording.codes() if any(self.takes({code: v}) for v in self.tried)]

    @property
    def tried(self) -> list[Any]:
        return [1, *wording.codes(), *([code] for code in wording.codes())]

    def fields(self):
        return {f"value_{code}": self._cell(code) for code in self.keys()}

    def _cell(self, code: str) -> forms.Field:
        label = wording.word(self.parameter.name, code)
        if self.takes({code: 1}):
            if self.parameter.name.endswith("_fen"):
                return YuanField(label=label)
            return forms.IntegerField(label=label, required=False, min_value=0)
        if one := [each for each in wording.codes() if self.takes({code: each})]:
            chosen = [("", "—"), *((each, wording.word(self.parameter.name, each)) for each in one)]
            return forms.ChoiceField(label=label, required=False, choices=chosen)
        words = [each for each in wording.codes() if self.takes({code: [each]})]
        return forms.MultipleChoiceField(
            label=label,
            required=False,
            choices=[(each, wording.word(self.parameter.name, each)) for each in words],
            widget=forms.CheckboxSelectMultiple,
        )

    def initial(self, value):
        return {f"value_{code}": cell for code, cell in (value or {}).items()}

    def value(self, cleaned):
        cells = {code: cleaned[f"value_{code}"] for code in self.keys()}
        return {code: cell for code, cell in cells.items() if cell not in (None, [], "")}


class _Names(_Kind):
    """A line for each name that is not ours to close, and behind a colon whom it is for."""

    def field(self):
        return forms.CharField(
            label=self.title,
            required=False,
            widget=forms.Textarea(attrs={"rows": 5}),
            help_text=_(
                "一行一个产品；只限某些亲属的，在冒号后面列出，例如“惠民保：配偶、父母、子女”。"
                "“没有列名的产品”代表其余各种。"
            ),
        )

    def initial(self, value):
        name = self.parameter.name
        lines = (
            [wording.word(name, key), "、".join(wording.word(name, kind) for kind in kinds)]
            for key, kinds in (value or {}).items()
        )
        return {"value": "\n".join("：".join(filter(None, line)) for line in lines)}

    def value(self, cleaned):
        codes = {wording.word(self.parameter.name, code): code for code in wording.codes()}
        lines = (line.replace(":", "：").partition("：") for line in cleaned["value"].splitlines())
        return {
            codes.get(name.strip(), name.strip()): [
                codes.get(kind.strip(), kind.strip())
                for kind in kinds.replace("，", "、").split("、")
                if kind.strip()
            ]
            for name, _colon, kinds in lines
            if name.strip()
        }


#: Unit of a parameter → how it is asked for.
_KINDS: dict[str, type[_Kind]] = {
    "fen": _Amount,
    "count": _Number,
    "hours": _Hours,
    "level": _OneOf,
    "flag": _Flag,
    "word": _OneOf,
    "words": _Ticks,
    "codes": _Ticks,
    "table": _Table,
    "names": _Names,
}
