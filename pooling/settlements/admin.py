"""Settlements and the usage log for staff: masked, looked up only, every look recorded."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.audit.admin import PersonalLookUpAdmin, PurposeFirst
from pooling.policy import selectors as policy
from pooling.settlements import selectors
from pooling.settlements.models import Line, Refund, Settlement
from pooling.settlements.selectors.usage import buyer_of, place_of
from pooling.shared.admin import LookUpInline, yuan
from pooling.shared.masks import mask_name
from pooling.shared.money import show_yuan

#: Not None: the page of a single row would print the word, whatever `empty_value` says.
NOBODY = "—"


@admin.display(description=_("就诊人"))
def patient(row) -> str:
    return f"{row.patient.psn_no} {mask_name(row.patient.name)}"


@admin.display(description=_("共济人"), empty_value="—")
def payer(row) -> str:
    return f"{row.payer.psn_no} {mask_name(row.payer.name)}" if row.payer else NOBODY


@admin.display(description=_("就诊人全名"))
def patient_in_full(row) -> str:
    return f"{row.patient.psn_no} {row.patient.name}"


@admin.display(description=_("共济人全名"), empty_value="—")
def payer_in_full(row) -> str:
    return f"{row.payer.psn_no} {row.payer.name}" if row.payer else NOBODY


@admin.display(description=_("地点"))
def place(row) -> str:
    return place_of(row.settlement.institution)


@admin.display(description=_("状态"))
def status(row) -> str:
    return row.settlement.get_status_display()


@admin.display(description=_("部分"), empty_value="—")
def part(row) -> str:
    return {"current": _("今年划入"), "prior": _("往年结余")}.get(row.part, NOBODY)


@admin.display(description=_("代为购药的人"), empty_value="—")
def buyer(row: Settlement | Line) -> str:
    settlement = row if isinstance(row, Settlement) else row.settlement
    return buyer_of(settlement, with_document=True) or NOBODY


@admin.display(description=_("为什么这样付"))
def decision(row) -> str:
    """Return the decision in words, one line a source, with the clause behind it."""
    return _decision(row, {})


@admin.display(description=_("为什么这样付，共济人全名"))
def decision_in_full(row) -> str:
    """Return the same with the names of those who paid or were asked."""
    asked = {item["payer"] for item in row.decision["considered"] if item["payer"]}
    return _decision(row, {pk: member.name for pk, member in people.by_ids(asked).items()})


def _decision(row, names: dict[int, str]) -> str:
    return format_html_join(
        "",
        "<p>{} {}：{}　{} <strong>{}</strong> {}</p>",
        (
            (
                source.source,
                names.get(source.payer_id, source.payer),
                show_yuan(source.taken_fen),
                source.sentence,
                source.remedy,
                _quoted(source.clause),
            )
            for source in selectors.decision_in_full(row.pk).sources
        ),
    )


def _quoted(clause) -> str:
    if clause is None or not clause.area:
        return ""
    area = policy.area_name(clause.area)
    return f"（{area} {clause.version}：{clause.text}，{clause.source}）"


class LineInline(LookUpInline):
    model = Line
    fields = readonly_fields = (
        "order",
        "source",
        part,
        payer,
        yuan("amount_fen", _("金额")),
        yuan("returned_fen", _("已退回")),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("payer")


class RefundInline(LookUpInline):
    model = Refund
    fields = readonly_fields = ("refunded_at", yuan("amount_fen", _("金额")), "reason")


_AMOUNTS = (
    yuan("personal_part_fen", _("个人负担")),
    yuan("own_fen", _("本人账户")),
    yuan("pooled_fen", _("共济")),
    yuan("cash_fen", _("现金")),
    yuan("refunded_fen", _("已退")),
)


@admin.register(Settlement)
class SettlementAdmin(PurposeFirst, PersonalLookUpAdmin):
    in_full = {patient: patient_in_full, payer: payer_in_full, decision: decision_in_full}
    list_display = ("business_time", patient, "institution", "use", *_AMOUNTS, "status")
    list_select_related = ("patient", "institution")
    list_filter = ("status", "use")
    search_fields = ("=patient__psn_no", "=message_id", "=institution__code")
    ordering = ("-pk",)
    fields = readonly_fields = (
        "message_id",
        *list_display,
        buyer,
        yuan("total_fen", _("总额")),
        yuan("fund_fen", _("基金支付")),
        yuan("balance_after_fen", _("结算后本人余额")),
        "rules_version",
        decision,
        "reversed_at",
        "reversal_reason",
    )
    inlines = (LineInline, RefundInline)

    def members_of(self, row):
        """Whoever paid, and whoever was asked and did not: the decision shows both."""
        asked = [item["payer"] for item in row.decision["considered"] if item["payer"]]
        return [row.patient_id, *asked]


@admin.register(Line)
class UsageLogAdmin(PurposeFirst, PersonalLookUpAdmin):
    """The usage log: what each account gave to whose bill."""

    in_full = {patient: patient_in_full, payer: payer_in_full}

    list_display = (
        "business_date",
        payer,
        patient,
        place,
        yuan("amount_fen", _("金额")),
        yuan("returned_fen", _("已退回")),
        status,
        "source",
        part,
    )
    list_select_related = ("payer", "patient", "settlement__institution")
    list_filter = ("business_date", "source", "settlement__institution__type")
    search_fields = ("=payer__psn_no", "=patient__psn_no", "=settlement__message_id")
    ordering = ("-pk",)
    fields = readonly_fields = (*list_display, buyer, "settlement", "binding")

    def members_of(self, row):
        return [row.patient_id, *([row.payer_id] if row.payer_id else [])]
