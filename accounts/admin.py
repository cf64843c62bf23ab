"""Looking up people, their insurance and institutions: masked, and recorded.

Searching is by `psn_no` alone: the admin puts what is searched for into the address, and no
identity number, name or phone may stand in an address or a log.
"""

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts.forms import LetInForm
from accounts.models import (
    CareLink,
    ECredential,
    Enrolment,
    Member,
    RefusedCode,
    User,
)
from accounts.selectors import WHY_REFUSED, lockouts, why_refused
from accounts.services import lockouts as services
from pooling.audit.admin import NamedLookUpAdmin, PersonalLookUpAdmin, Recorded, done_by
from pooling.shared.admin import Act, ActAdmin, LookUpInline
from pooling.shared.masks import mask_cert_no, mask_name, mask_phone


@admin.display(description=_("姓名"))
def masked_name(row) -> str:
    return mask_name(getattr(row, "member", row).name)


@admin.display(description=_("证件号码"))
def masked_number(row) -> str:
    return mask_cert_no(row.cert_no)


@admin.display(description=_("手机号码"), empty_value="—")
def masked_phone(row) -> str | None:
    return mask_phone(phones.national(row.phone)) if row.phone else "—"


@admin.display(description=_("姓名（全名）"))
def full_name(row) -> str:
    return getattr(row, "member", row).name


@admin.display(description=_("手机号码（全号）"), empty_value="—")
def full_phone(row) -> str | None:
    return phones.national(row.phone) if row.phone else "—"


activated_by = done_by("activated_by", _("激活人"))
opened_by = done_by("opened_by", _("添加人"))
ended_by = done_by("ended_by", _("停用人"))
removed_by = done_by("ended_by", _("结束人"))


class EnrolmentInline(LookUpInline):
    model = Enrolment
    fields = readonly_fields = ("insutype", "area", "psn_type", "status", "from_date", "to_date")


@admin.register(Member)
class MemberAdmin(NamedLookUpAdmin):
    """The list never sets a masked number beside an area or a birth date (`security.md`).

    Who said what for sees name and phone, to speak with somebody. Nobody needs to read an identity
    number off a screen: at the window it is typed from the document and compared.
    """

    in_full = {masked_name: full_name, masked_phone: full_phone}

    list_display = ("psn_no", masked_name, masked_number, masked_phone)
    search_fields = ("=psn_no",)
    search_help_text = _("人员编号；请不要在这里输入证件号码或姓名")
    ordering = ("pk",)
    fields = readonly_fields = ("psn_no", masked_name, "gender", masked_phone, "died_on")
    inlines = (EnrolmentInline,)

    def members_of(self, row):
        return [row.pk]


@admin.register(Enrolment)
class EnrolmentAdmin(NamedLookUpAdmin):
    in_full = {masked_name: full_name}
    list_display = ("member", masked_name, "insutype", "area", "status", "from_date", "to_date")
    list_select_related = ("member",)
    list_filter = ("insutype", "status")
    search_fields = ("=member__psn_no",)
    ordering = ("-pk",)
    fields = readonly_fields = (*list_display, "psn_type", "employer")


@admin.register(ECredential)
class ECredentialAdmin(NamedLookUpAdmin):
    """Not `number`: with it and the keys a code could be made."""

    in_full = {masked_name: full_name}

    list_display = ("member", masked_name, "via", "activated_at", "ended_at")
    list_select_related = ("member",)
    list_filter = ("via",)
    search_fields = ("=member__psn_no",)
    ordering = ("-pk",)
    fields = readonly_fields = (*list_display, "proven_as", activated_by, ended_by)


@admin.register(CareLink)
class CareLinkAdmin(PersonalLookUpAdmin):
    list_display = ("carer", "relative", "opened_at", "consented_at", "consent_due_on", "ended_at")
    list_select_related = ("carer", "relative")
    search_fields = ("=carer__psn_no", "=relative__psn_no")
    ordering = ("-pk",)
    fields = readonly_fields = (*list_display, "proven_as", opened_by, removed_by)

    def members_of(self, row):
        return [row.carer_id, row.relative_id]


@admin.display(description=_("原因"), ordering="reason")
def why(row: RefusedCode) -> str:
    return why_refused(row.reason)


class WhyFilter(admin.SimpleListFilter):
    """By what a reason is called: whose credential ended because they died reads like any other."""

    title, parameter_name = _("原因"), "why"

    def lookups(self, request, model_admin):
        named = {why_refused(code): code for code in WHY_REFUSED}
        return [(code, word) for word, code in named.items()]

    def queryset(self, request, queryset):
        if self.value() not in WHY_REFUSED:
            return queryset
        word = why_refused(self.value())
        meant = [code for code in WHY_REFUSED if why_refused(code) == word]
        return queryset.filter(reason__in=meant)


@admin.register(RefusedCode)
class RefusedCodeAdmin(PersonalLookUpAdmin):
    """What tills were refused: misuse shows here first."""

    list_display = ("refused_at", why, "member", "carer", "institution")
    list_select_related = ("member", "carer", "institution")
    list_filter = (WhyFilter,)
    search_fields = ("=member__psn_no", "=institution__code")
    ordering = ("-pk",)
    fields = readonly_fields = list_display

    def lookup_allowed(self, lookup, value, request):
        return lookup == WhyFilter.parameter_name or super().lookup_allowed(lookup, value, request)

    def members_of(self, row):
        return [each for each in (row.member_id, row.carer_id) if each is not None]


def _shut_out_until(user: User):
    return lockouts.shut_out_until(user, timezone.now())


@admin.display(description=_("登录"))
def door(row) -> str:
    """Say whether mistyped passwords have shut the door, and till when."""
    until = _shut_out_until(row)
    if until is None:
        return gettext("没有被锁")
    shown = date_format(localtime(until), "DATETIME_FORMAT")
    return gettext("连续填错密码，锁到 %(until)s") % {"until": shown}


def _let_in_again(user: User, **answers):
    return services.let_in_again(user_id=user.pk, **answers)


@admin.register(User)
class UserAdmin(Recorded, ActAdmin):
    """Who can sign in. Members appear without a name: the desk looks them up as members."""

    list_display = ("username", "display_name", masked_phone, "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("=username",)
    ordering = ("-pk",)
    fields = readonly_fields = (*list_display, door, "phone_verified", "joined_at", "groups")
    acts = {
        "let-in-again": Act(
            _("解锁，让本人再试"),
            _let_in_again,
            "accounts.let_in_again",
            _("已解锁。如果仍提示“请过几分钟再试”，最多再等五分钟。"),
            LetInForm,
            offered=_shut_out_until,
        ),
    }

    def members_of(self, row):
        return [row.member_id] if row.member_id else []
