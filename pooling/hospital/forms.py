"""What people fill in about tills."""

from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from accounts.models import Institution
from pooling.hospital.models import Exchange, TillCredential
from pooling.hospital.selectors.exchanges import Asked


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
    from_date = forms.DateField(label=_("从哪天起"), widget=forms.DateInput(attrs={"type": "date"}))


class StatementForm(forms.Form):
    """Whose days to reconcile."""

    institution_code = forms.CharField(label=_("定点机构编码"), max_length=12)
    first = forms.DateField(label=_("第一天"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("最后一天"), widget=forms.DateInput(attrs={"type": "date"}))
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


class ExchangeSearch(forms.Form):
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
    first = forms.DateField(
        label=_("第一天"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=_("最后一天"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    institution: Institution | None = None

    def __init__(self, data, *, today: date):
        super().__init__(data)
        self.today = today

    def clean_institution_code(self) -> str:
        code = self.cleaned_data["institution_code"].strip()
        self.institution = accounts.institution_by_code(code) if code else None
        if code and self.institution is None:
            raise forms.ValidationError(_("没有这个编码的定点机构。"))
        return code

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
