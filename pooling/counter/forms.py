"""What the desk's pages ask: shape here, rules in the verbs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pooling.bindings.forms import RelationForm
from pooling.bindings.inquiries import PREMIUM_REFUSED
from pooling.bindings.refusals import REFUSALS
from pooling.bindings.wording import WRONG_DOOR
from pooling.cases import materials
from pooling.cases.models import Receipt
from pooling.counter.carrying import OUT
from pooling.counter.wording import EVENTS, FINDINGS, OUTCOMES, SAID, WANTS, WAYS
from pooling.registry import corrections
from pooling.settlements.forms import ClaimForm
from pooling.shared.forms import AmountField

_QUIET = {"autocomplete": "off", "spellcheck": "false"}


class FindForm(forms.Form):
    """What for, who is at the window, as their document says; and who came for them."""

    want = forms.ChoiceField(
        label=_("来办什么"),
        choices=[
            ("pay", _("帮家人付看病的钱（家庭共济）")),
            ("code", _("在手机上出示家人的医保码")),
            ("bills", _("看家人一年花了多少")),
        ],
        widget=forms.RadioSelect,
        initial="pay",
        required=False,
    )
    name = forms.CharField(
        label=_("申请人姓名"), max_length=50, widget=forms.TextInput(attrs=_QUIET)
    )
    cert_no = forms.CharField(
        label=_("申请人证件号码"), max_length=30, widget=forms.TextInput(attrs=_QUIET)
    )
    has_agent = forms.BooleanField(label=_("由他人代办"), required=False)
    agent_name = forms.CharField(
        label=_("代办人姓名"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
    )
    agent_cert_no = forms.CharField(
        label=_("代办人证件号码"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
    )

    def clean_want(self):
        """Name the other door before anybody is looked up."""
        want = self.cleaned_data["want"]
        if want in WRONG_DOOR:
            raise forms.ValidationError(WRONG_DOOR[want], code="wrong_door")
        return want

    def agent(self) -> dict | None:
        """Return the agent's words, or None where the applicant came."""
        if not self.cleaned_data["has_agent"]:
            return None
        return {
            "name": self.cleaned_data["agent_name"],
            "cert_no": self.cleaned_data["agent_cert_no"],
        }


class CodeFindForm(FindForm):
    """Whose code it is, what for, and who came for them."""

    want = forms.ChoiceField(
        label=_("来办什么"), choices=list(WANTS.items()), widget=forms.RadioSelect
    )

    def clean_want(self):
        """Keep the answer: every door on this page is the right one."""
        return self.cleaned_data["want"]


class ClaimFindForm(FindForm):
    """Whose account is to pay, and who came for them; what for is no question here."""

    want = None


class DeskClaimForm(ClaimForm):
    """The same questions as online, in the words of the desk."""

    amount_fen = AmountField(label=_("缴费金额"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = {
            "insured": _("为谁缴费"),
            "use": _("保费"),
            "year": _("参保年度"),
            "paid_on": _("缴费日期"),
            "bank_account": _("申请人的银行账号"),
        }
        for name, word in words.items():
            self.fields[name].label = word
        self.fields["bank_account"].help_text = _("须是申请人自己名下的账户，别人的不行。")


class CodeForm(forms.Form):
    """Who is to show the code, what whose code it is is to them, or which entry ends."""

    carer_name = forms.CharField(
        label=_("出示人姓名"), max_length=50, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    carer_cert_no = forms.CharField(
        label=_("出示人证件号码"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
    )
    code = forms.ChoiceField(
        label=_("本人是家人的"),
        required=False,
        help_text=_("登记里没有两人的关系时选择，并核对关系证明。"),
    )
    entry = forms.TypedChoiceField(
        label=_("移除哪一项"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args, want, relation, entries, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [("", "—"), *relation]
        self.fields["entry"].choices = [("", "—"), *entries]
        asked = {"show": {"carer_name", "carer_cert_no"}, "unshow": {"entry"}}.get(want, set())
        asked |= {"code"} if relation else set()
        for name in self.fields.keys() - asked:
            del self.fields[name]


class DeskRelationForm(RelationForm):
    """The same question as online, in one line."""

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, choices=choices, **kwargs)
        self.fields["code"].widget = forms.Select(choices=[("", "—"), *self.fields["code"].choices])
        self.fields["code"].label = _("家人是申请人的")


class SeenForm(forms.Form):
    """Which originals were held in hand."""

    seen = forms.MultipleChoiceField(
        label=_("原件已核"),
        choices=list(materials.WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def codes(self) -> set[str]:
        return set(self.cleaned_data["seen"])


class PaperForm(forms.Form):
    """On which paper a receipt is printed."""

    paper = forms.ChoiceField(choices=Receipt.Paper.choices)


class VoidForm(forms.Form):
    """Why a printing does not count."""

    reason = forms.ChoiceField(label=_("作废原因"), choices=Receipt.Void.choices)


class DocumentForm(forms.Form):
    """Whose document is held in hand."""

    name = forms.CharField(label=_("姓名"), max_length=50, widget=forms.TextInput(attrs=_QUIET))
    cert_no = forms.CharField(
        label=_("证件号码"), max_length=30, widget=forms.TextInput(attrs=_QUIET)
    )


class RenewForm(forms.Form):
    """Which authorisation shall go on, how that was said, and that the document was seen."""

    binding_id = forms.TypedChoiceField(
        label=_("继续使用谁的账户"), coerce=int, widget=forms.RadioSelect
    )
    said = forms.ChoiceField(
        label=_("本人怎么说的"), choices=list(SAID.items()), widget=forms.RadioSelect
    )
    identified = forms.BooleanField(label=_("已核对本人的证件原件，人证相符"))

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["binding_id"].choices = [(row.binding_id, row.words) for row in rows]
        if len(rows) == 1:
            self.initial["binding_id"] = rows[0].binding_id


class EventForm(forms.Form):
    """Who, what, since when, and on which paper held in hand."""

    event = forms.ChoiceField(
        label=_("发生了什么"), choices=list(EVENTS.items()), widget=forms.RadioSelect
    )
    name = forms.CharField(label=_("姓名"), max_length=50, widget=forms.TextInput(attrs=_QUIET))
    cert_no = forms.CharField(
        label=_("证件号码"), max_length=30, widget=forms.TextInput(attrs=_QUIET)
    )
    other_name = forms.CharField(
        label=_("另一个人的姓名"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
    )
    other_cert_no = forms.CharField(
        label=_("另一个人的证件号码"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
    )
    day = forms.DateField(
        label=_("从哪一天起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    paper = forms.ChoiceField(
        label=_("核对过原件的材料"),
        choices=[
            (code, materials.WORDS[code])
            for code in dict.fromkeys(
                code for codes in corrections.PAPERS.values() for code in codes
            )
        ],
    )
    paper_no = forms.CharField(
        label=_("材料编号"), max_length=60, widget=forms.TextInput(attrs=_QUIET)
    )

    def people(self):
        """Yield the field of each of the two and the words to find them by; None: nobody."""
        said = self.cleaned_data
        yield "name", {"cert_no": said["cert_no"], "name": said["name"]}
        other = {"cert_no": said["other_cert_no"], "name": said["other_name"]}
        yield "other_name", other if said["event"] != corrections.DEATH else None

    def stated(self) -> dict:
        """Return what the paper says."""
        return {name: self.cleaned_data[name] for name in ("event", "day", "paper", "paper_no")}


class _Remark(forms.Form):
    remark = forms.CharField(
        label=_("审核意见"),
        min_length=2,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("给同事看的理由，加密保存，不会发给申请人。"),
    )


class ApproveForm(_Remark):
    """Why it is right."""


class RefuseForm(_Remark):
    """Which reason the member reads, and what colleagues should know."""

    reason_code = forms.ChoiceField(
        label=_("不通过的原因（申请人会看到）"),
        choices=[("", "—"), *((code, REFUSALS[code].why) for code in OUT["bind"].reasons)],
    )
    field_order = ("reason_code", "remark")


class RejectForm(_Remark):
    """Why nothing is put right in the registry, or nothing done about a code."""

    reason_code = forms.ChoiceField(
        label=_("不通过的原因（申请人会看到）"),
        choices=[("", "—"), *((code, REFUSALS[code].why) for code in OUT["event"].reasons)],
    )
    field_order = ("reason_code", "remark")


class TurnDownForm(_Remark):
    """Why a premium is not given back."""

    reason_code = forms.ChoiceField(
        label=_("不通过的原因（申请人会看到）"),
        choices=[("", "—"), *((code, PREMIUM_REFUSED[code]) for code in OUT["premium"].reasons)],
    )
    field_order = ("reason_code", "remark")


class MoreForm(_Remark):
    """Everything that is missing, told once."""

    items = forms.MultipleChoiceField(
        label=_("缺少的材料（一次告知）"),
        choices=list(materials.WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("items", "remark")


class TurnBackForm(_Remark):
    """Why the proposal cannot be followed."""


class ProposeForm(forms.Form):
    """Where money in suspense should go, with the voucher of a payout."""

    way = forms.ChoiceField(label=_("款项去向"), choices=[("", "—"), *WAYS.items()])
    reference = forms.CharField(
        label=_("支付凭证号"),
        max_length=60,
        required=False,
        help_text=_("支付给继承人或银行账户时填写。"),
        widget=forms.TextInput(attrs=_QUIET),
    )
    reason = forms.CharField(
        label=_("办理理由"), min_length=2, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class _Finding(forms.Form):
    reason = forms.CharField(
        label=_("理由"), min_length=2, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class FindingForm(_Finding):
    """What looking into a commitment letter came to."""

    finding = forms.ChoiceField(label=_("核查结论"), choices=[("", "—"), *FINDINGS.items()])
    field_order = ("finding", "reason")


class OutcomeForm(_Finding):
    """How money used without right was seen to."""

    outcome = forms.ChoiceField(label=_("处理结果"), choices=[("", "—"), *OUTCOMES.items()])
    field_order = ("outcome", "reason")
