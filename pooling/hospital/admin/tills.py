"""Staff look up what tills said, reconcile, and let tills sign. Messages themselves stay."""

import csv
import io

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from accounts.models import ApiClient, Insurance
from accounts.services import clients
from pooling.audit.services import look
from pooling.hospital import selectors
from pooling.hospital.forms import CredentialForm, ShareForm, StatementForm
from pooling.hospital.masking import masked
from pooling.hospital.models import Message, TillCredential
from pooling.hospital.national import conformance, numbers
from pooling.hospital.national.services import credentials, files, statements
from pooling.shared.admin import Act, ActAdmin, LookUpAdmin, acting
from pooling.shared.errors import DomainError
from pooling.shared.forms import refuse
from pooling.shared.money import yuan_from_fen
from pooling.shared.periods import business_date
from pooling.shared.rows import row_number
from pooling.shared.work import database_clock, unit_of_work

MANAGE = "hospital.manage_tills"
#: Who may see a settlement may see what its message was answered; the system's keepers may not.
SEES_AMOUNTS = "settlements.view_settlement"
#: Of a statement as CSV.
COLUMNS = (
    *(_("日期"), _("险种"), _("清算类别"), _("医疗费总额（元）"), _("基金支付（元）")),
    *(_("个人账户支付（元）"), _("结算"), _("退费")),
)
#: The clearing types our own lines bear most; regions have more, which stand as they are.
CLEARED_AS = {
    "11": _("门诊"),
    "12": _("门诊挂号"),
    "13": _("急诊"),
    "14": _("门诊慢特病"),
    "21": _("住院"),
    "28": _("日间手术"),
    "41": _("药店"),
}


@admin.display(description=_("应答（已遮盖）"))
def answer(row) -> str:
    """Return what a message was answered, people masked."""
    told = conformance.read(selectors.answer_of(row).encode())
    return "—" if told is None else format_html("<pre>{}</pre>", numbers.indented(masked(told)))


@admin.register(Message)
class MessageAdmin(LookUpAdmin):
    change_list_template = "hospital/messages.html"
    list_display = (
        "received_at",
        "institution",
        "client",
        "infno",
        "kind",
        "message_id",
        "status",
        "replays",
    )
    list_filter = ("received_at", "kind", "infno")
    list_select_related = ("institution", "client")
    search_fields = ("key", "message_id", "=institution__code")
    search_help_text = _("报文编号、结算编号或定点机构编码")
    fields = (
        "received_at",
        "institution",
        "client",
        "infno",
        "kind",
        "key",
        "message_id",
        "status",
        "replays",
        "fingerprint",
    )

    #: All that may be shown, which is where a member's list of looks finds the words for it.
    readonly_fields = (*fields, answer)

    def get_fields(self, request, obj=None):
        return (*self.fields, answer) if request.user.has_perm(SEES_AMOUNTS) else self.fields

    get_readonly_fields = get_fields

    def get_search_results(self, request, queryset, search_term):
        number = row_number(search_term)
        if number is not None:
            rows = selectors.about_settlement(queryset, number)
            # Such a number stands inside many a msgid.
            if rows.exists():
                return rows, False
        return super().get_search_results(request, queryset, search_term)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and answer in self.get_fields(request, obj):
            _record_look(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_urls(self):
        view = self.admin_site.admin_view(self.statement_view)
        return [path("statement/", view, name="hospital_message_statement"), *super().get_urls()]

    def statement_view(self, request):
        """Show what 3201 reckons of an institution's days, and where its file differs (3202)."""
        if not (self.has_view_permission(request) and request.user.has_perm(SEES_AMOUNTS)):
            raise PermissionDenied
        given = request.POST if request.method == "POST" else request.GET or None
        form = StatementForm(given, request.FILES or None)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("对账"),
            "form": form,
        }
        if given is not None and form.is_valid():
            try:
                page |= _reconciled(request, form.cleaned_data)
            except DomainError as refusal:
                refuse(form, refusal)
        if request.GET.get("as") == "csv" and "figures" in page:
            return _as_csv(page["figures"], form.cleaned_data)
        return TemplateResponse(request, "hospital/statement.html", page)


def _record_look(request, message: Message) -> None:
    """Write down whose answer is shown."""
    told = conformance.read(selectors.answer_of(message).encode())
    member = accounts.by_psn_no(_first(told, "psn_no"))
    if member is not None:
        unit_of_work(
            lambda: look(
                page=request.path,
                member_ids=[member.pk],
                fields=[answer.__name__],
                by=acting(request),
                at=database_clock(),
            )
        )


def _first(told, key: str) -> str:
    """Return the first value of a name, however deep; empty where it is nowhere."""
    if isinstance(told, dict) and isinstance(told.get(key), str):
        return told[key]
    inside = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    return next((found for each in inside if (found := _first(each, key))), "")


def _reconciled(request, asked: dict) -> dict:
    institution = accounts.institution_by_code(asked["institution_code"])
    if institution is None:
        raise clients.ClientRefused(_("没有这个编码的定点机构。"))
    first, last = asked["first"], asked["last"]
    statements.check_days(first, last)
    figures = statements.figures(institution.pk, first, last)
    kinds = dict(Insurance.choices)
    page = {
        "institution": institution,
        "figures": figures,
        "rows": [(row, kinds.get(row.insutype), CLEARED_AS.get(row.clr_type)) for row in figures],
        "query": f"institution_code={institution.code}&first={first}&last={last}",
    }
    if request.method == "POST" and asked["file"]:
        page["differences"] = unit_of_work(
            lambda: files.compare_for_staff(
                institution=institution,
                content=asked["file"].read(),
                first=first,
                last=last,
                by=acting(request),
                at=database_clock(),
            )
        )
    return page


def _as_csv(rows: list[statements.Figures], asked: dict) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        amounts = map(yuan_from_fen, (row.total_fen, row.fund_fen, row.account_fen))
        about = (row.day, row.insutype, row.clr_type)
        writer.writerow([*about, *amounts, row.settled, row.returned])
    name = f"statement-{asked['first']}-{asked['last']}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    kind = "text/csv; charset=utf-8"
    return HttpResponse("\ufeff" + text.getvalue(), content_type=kind, headers=headers)


def _revoke(credential: TillCredential, **who):
    return clients.revoke_client(name=credential.client.name, **who)


def is_live(credential: TillCredential) -> bool:
    return credential.client.revoked_at is None


@admin.display(boolean=True, description=_("启用"), ordering="client__revoked_at")
def live(row) -> bool:
    return is_live(row)


@admin.display(description=_("定点机构"), ordering="client__institution__code")
def institution(row) -> str:
    return str(row.client.institution)


@admin.display(description=_("基金支付来源"))
def share(row: TillCredential) -> str:
    """Return where the fund's share comes from today, and what is planned."""
    today = business_date(timezone.now())
    words = dict(TillCredential.Share.choices)
    planned = [(day, words[code]) for day, code in row.later_shares if day > today.isoformat()]
    said = [_("%(day)s 起：%(source)s") % {"day": day, "source": word} for day, word in planned]
    return "；".join([str(words[row.share_on(today)]), *said])


@admin.register(TillCredential)
class TillCredentialAdmin(ActAdmin):
    """Who signs at the national interface. A secret is shown once, when it is made."""

    change_list_template = "hospital/credentials.html"
    list_display = ("access_key", "client", institution, live, "family", share, "made_at")
    list_select_related = ("client__institution",)
    list_filter = ("family",)
    search_fields = ("=access_key", "client__name", "=client__institution__code")
    ordering = ("-pk",)
    fields = readonly_fields = list_display
    acts = {
        "revoke": Act(
            _("立即停用"),
            _revoke,
            MANAGE,
            _("已停用。这个密钥不能再用。"),
            offered=is_live,
            grave=True,
        ),
        "share": Act(
            _("变更基金支付来源"),
            credentials.change_share,
            MANAGE,
            _("已登记。从那天起按新的来源计算，之前的日子不变。"),
            ShareForm,
            offered=is_live,
        ),
    }

    def get_urls(self):
        view = self.admin_site.admin_view(self.issue_view)
        return [path("issue/", view, name="hospital_tillcredential_issue"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        may = {"may_issue": request.user.has_perm(MANAGE)}
        return super().changelist_view(request, (extra_context or {}) | may)

    def issue_view(self, request):
        """Let a till sign. The answer to the POST is the only place that shows the secret."""
        if not (self.has_view_permission(request) and request.user.has_perm(MANAGE)):
            raise PermissionDenied
        form = CredentialForm(request.POST or None)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("发放网关凭据"),
            "form": form,
        }
        if request.method == "POST" and form.is_valid():
            try:
                page["credential"], page["secret"] = unit_of_work(
                    lambda: credentials.create_credential(
                        **form.cleaned_data, by=acting(request), at=database_clock()
                    )
                )
            except DomainError as refusal:
                refuse(form, refusal)
        headers = {"Cache-Control": "no-store"}
        return TemplateResponse(request, "hospital/issue.html", page, headers=headers)


@admin.register(ApiClient)
class ApiClientAdmin(LookUpAdmin):
    list_display = ("name", "scope", "institution", "backdate_days", "created_at", "live")
    list_filter = ("scope",)
    list_select_related = ("institution",)
    search_fields = ("name", "institution__code", "institution__name")
    fields = ("name", "scope", "institution", "backdate_days", "created_at", "revoked_at")

    @admin.display(boolean=True, description=_("启用"), ordering="revoked_at")
    def live(self, client: ApiClient) -> bool:
        return client.revoked_at is None
