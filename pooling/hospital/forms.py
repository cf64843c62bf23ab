"""What people fill in about tills."""

import re
from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from accounts.models import Institution
from pooling.hospital.models import Exchange, TillCredential
from pooling.hospital.selectors.exchanges import Asked
from pooling.hospital.selectors.rates import DAYS
from pooling.shared.forms import DayField


class WalkForm(forms.Form):
    """How to walk the sandbox."""

    family = forms.ChoiceField(
        label=_("签名方式"),
        choices=[("A", "A · HMAC-SHA1（_api_*）"), ("B", "B · SHA-256（x-tif-*）")],
        initial="A",
    )
    total = forms.DecimalField(
        label=_("医疗费总额（元）"),
        min_value=Decimal("0.01"),
        max_value=Decimal("99999.99"),
        decimal_places=2,
        initial="130.00",
        error_messages={
            "required": _("请填写金额。"),
            "invalid": _("请填写数字，例如 130.00。"),
        },
    )


class CredentialForm(forms.Form):
    """A till that is to sign."""

    name = forms.CharField(label=_("名称"), max_length=80, help_text=_("例如：3 号窗口，某某医院"))
    institution_code = forms.CharField(label=_("定点机构编码"), max_length=12)
    family = forms.ChoiceField(label=_("签名方式"), choices=TillCredential.Family.choices)
    share = forms.ChoiceField(label=_("基金支付来源"), choices=TillCredential.Share.choices)
    encrypts = forms.BooleanField(label=_("报文用 SM4 加密"), required=False)
    backdate_days = forms.IntegerField(
        label=_("可补报天数"), min_value=0, max_value=30, initial=0, widget=forms.TextInput
    )


class ShareForm(forms.Form):
    """Where the fund's share comes from, and from which day."""

    share = forms.ChoiceField(label=_("基金支付来源"), choices=TillCredential.Share.choices)
    from_date = DayField(label=_("从哪天起"))


class StatementForm(forms.Form):
    """Whose days to reconcile."""

    institution_code = forms.CharField(label=_("定点机构编码"), max_length=12)
    first = DayField(label=_("第一天"))
    last = DayField(label=_("最后一天"))
    file = forms.FileField(
        label=_("机构的明细文件"),
        required=False,
        help_text=_("可以不选。七列，以制表符分隔，文本或 ZIP，不超过 4 MB；只比对，不保存。"),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > 4 * 1024 * 1024:
            raise forms.ValidationError(_("文件应为 1 字节至 4 MB。"))
        return file


#: Days a search goes back where no number says which message is meant.
LATELY = 7


class OfOnePlace:
    """A form that may name one institution by its code: `institution` once it is clean."""

    institution: Institution | None = None

    def clean_institution_code(self) -> str:
        code = self.cleaned_data["institution_code"].strip()
        self.institution = accounts.institution_by_code(code) if code else None
        if code and self.institution is None:
            raise forms.ValidationError(_("没有这个编码的定点机构。"))
        return code


class ExchangeSearch(OfOnePlace, forms.Form):
    """What somebody at a telephone can tell of a message."""

    msgid = forms.CharField(label=_("报文编号"), max_length=64, required=False)
    setl_id = forms.IntegerField(
        label=_("结算编号"),
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        widget=forms.TextInput,
    )
    institution_code = forms.CharField(label=_("定点机构编码"), max_length=12, required=False)
    infno = forms.CharField(label=_("交易"), max_length=16, required=False)
    outcome = forms.ChoiceField(
        label=_("结果"), choices=[("", _("全部")), *Exchange.Outcome.choices], required=False
    )
    reason = forms.CharField(label=_("原因代码"), max_length=100, required=False)
    first = DayField(label=_("第一天"), required=False)
    last = DayField(label=_("最后一天"), required=False)

    def __init__(self, data, *, today: date):
        super().__init__(data)
        self.today = today

    def asked(self) -> Asked:
        """Return the question; without a number and a day it is about the last week."""
        said = self.cleaned_data
        exact = said["msgid"] or said["setl_id"]
        first = said["first"]
        if first is None and not exact:
            first = (said["last"] or self.today) - timedelta(days=LATELY - 1)
        return Asked(
            msgid=said["msgid"].strip(),
            setl_id=said["setl_id"],
            institution_id=self.institution and self.institution.pk,
            infno=said["infno"].strip(),
            outcome=said["outcome"],
            reason=said["reason"].strip(),
            first=first,
            last=said["last"],
        )


class RatesForm(OfOnePlace, forms.Form):
    """Of which days, and of whom, to see how the interface did."""

    first = DayField(label=_("第一天"))
    last = DayField(label=_("最后一天"))
    institution_code = forms.CharField(
        label=_("定点机构编码（可不填）"), max_length=12, required=False
    )

    def clean(self):
        said = super().clean()
        first, last = said.get("first"), said.get("last")
        if first and last and not 0 <= (last - first).days < DAYS:
            raise forms.ValidationError(
                _("第一天不能晚于最后一天，最多 %(days)s 天。"), params={"days": DAYS}
            )
        return said


#: A phone or identity number: none may stand in the log.
_LONG_NUMBER = re.compile(r"[0-9]{11,}")


class ReplayForm(forms.Form):
    """Why a message is carried out again, and what the institution said when it was asked."""

    no_cash = forms.BooleanField(label=_("机构答复：患者这笔没有付现金，也没有用别的办法结清。"))
    no_second = forms.BooleanField(
        label=_("机构答复：没有用新编号重新结算这一笔，也没有发冲正（2601），以后也不发。")
    )
    will_ask = forms.BooleanField(
        label=_("机构答应：马上用同一编号重发，取回应答并打给患者；取不回就冲正。")
    )
    note = forms.CharField(
        label=_("为什么重放"),
        min_length=4,
        max_length=200,
        help_text=_("写明问了机构哪个岗位、几点、对方怎么说。不要写姓名和号码。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *given, asks: bool):
        super().__init__(*given)
        if not asks:
            for name in ("no_cash", "no_second", "will_ask"):
                del self.fields[name]

    def clean_note(self) -> str:
        note = " ".join(self.cleaned_data["note"].split())
        if _LONG_NUMBER.search(note):
            raise forms.ValidationError(_("请不要写证件号码或手机号。"))
        return note
