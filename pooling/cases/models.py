"""Anything that waits for somebody. A member's unfinished application is a case in DRAFT."""

import secrets
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.cases import materials
from pooling.shared.crypto import sealed_text
from pooling.shared.privacy import classes

#: Without letters and figures that look alike when read aloud or off paper.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def check_code() -> str:
    """Return a code nobody can guess (79 bits): who holds the receipt may ask for the state."""
    return "".join(secrets.choice(_ALPHABET) for _place in range(16))


class Case(models.Model):
    """`answers` (sealed JSON) is what was filled in; it may name people not yet checked."""

    class Kind(models.TextChoices):
        BIND = "bind", _("绑定家人")
        SUSPENSE = "suspense", _("待处理款项")
        AUDIT = "audit", _("承诺核查")
        MISUSE = "misuse", _("已用款项处理")
        EVENT = "event", _("登记更正")
        PREMIUM = "premium", _("保费报销")
        CREDENTIAL = "credential", _("医保电子凭证")
        CARE = "care", _("亲情账户")

    class State(models.TextChoices):
        DRAFT = "draft", _("填写中")
        SUBMITTED = "submitted", _("已提交")
        WAITING = "waiting", _("待审核")
        MORE = "more", _("补正中")
        APPROVED = "approved", _("已通过")
        REFUSED = "refused", _("未通过")
        WITHDRAWN = "withdrawn", _("已撤回")

    ALLOWED = {
        State.DRAFT: {State.SUBMITTED, State.WITHDRAWN},
        State.SUBMITTED: {State.WAITING, State.APPROVED, State.REFUSED, State.WITHDRAWN},
        State.WAITING: {State.MORE, State.APPROVED, State.REFUSED, State.WITHDRAWN},
        State.MORE: {State.WAITING, State.REFUSED, State.WITHDRAWN},
        State.APPROVED: set(),
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    number = models.CharField(_("件号"), max_length=24, unique=True)
    #: Printed as a QR code on receipts: opens the public page of this case's state.
    check_code = models.CharField(_("核验码"), max_length=16, unique=True, default=check_code)
    kind = models.CharField(_("种类"), max_length=16, choices=Kind)
    member = models.ForeignKey(
        "accounts.Member", models.PROTECT, related_name="cases", verbose_name=_("申请人")
    )
    #: What the case is about once it exists (binding, settlement), as type and id.
    subject_type = models.CharField(_("对象类型"), max_length=40, blank=True)
    subject_id = models.BigIntegerField(_("对象"), null=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    answers_sealed = models.BinaryField(null=True)
    #: Who came to the window for the applicant: name and number, as JSON.
    agent_sealed = models.BinaryField(null=True)
    opened_at = models.DateTimeField(_("建立时间"))
    opened_by = models.CharField(_("建立人"), max_length=64)
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    submitted_by = models.CharField(_("提交人"), max_length=64, blank=True)
    #: When and by whom the last 补正 was asked for.
    asked_at = models.DateTimeField(_("要求补正时间"), null=True)
    asked_by = models.CharField(_("要求补正人"), max_length=64, blank=True)
    #: Who handed something in after submission: the missing papers, a proposal.
    answered_at = models.DateTimeField(_("补交时间"), null=True)
    answered_by = models.CharField(_("补交人"), max_length=64, blank=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    #: Empty where the rules let evidence decide alone; then `decided_by_rule` names the rule.
    decided_by = models.CharField(_("决定人"), max_length=64, blank=True)
    decided_by_rule = models.CharField(_("依据规则"), max_length=80, blank=True)
    reason_code = models.CharField(_("原因代码"), max_length=60, blank=True)
    #: The refusal or waiting sentence's values, by id, never by name.
    reason_values = models.JSONField(_("原因内容"), default=dict)
    #: What the last reviewer wrote, for colleagues; it may name people.
    remark_sealed = models.BinaryField(null=True)
    due_at = models.DateTimeField(_("办理期限"), null=True)

    answers_text = sealed_text("answers", store="answers_sealed")
    agent_text = sealed_text("agent", store="agent_sealed")
    remark = sealed_text("remark")

    DATA_CLASSES = classes(
        L2="id uid number check_code kind subject_type subject_id state opened_at opened_by "
        "submitted_at submitted_by asked_at asked_by answered_at answered_by decided_at "
        "decided_by decided_by_rule reason_code due_at",
        L3a="answers_sealed agent_sealed remark_sealed",
        L3b="member reason_values",
    )

    class Meta:
        verbose_name = _("经办件")
        verbose_name_plural = _("经办件")
        constraints = [
            models.CheckConstraint(
                name="cases_case_state_known",
                condition=Q(
                    state__in=[
                        "draft",
                        "submitted",
                        "waiting",
                        "more",
                        "approved",
                        "refused",
                        "withdrawn",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="cases_case_submitted_has_moment_and_name",
                condition=(Q(submitted_at__isnull=True, submitted_by=""))
                | (Q(submitted_at__isnull=False) & ~Q(submitted_by="")),
            ),
            models.CheckConstraint(
                name="cases_case_submitted_state_has_submission",
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="cases_case_decided_names_person_or_rule",
                condition=(
                    ~Q(state__in=["approved", "refused"])
                    & Q(decided_at__isnull=True, decided_by="", decided_by_rule="")
                )
                | (
                    Q(state__in=["approved", "refused"], decided_at__isnull=False)
                    & (
                        (~Q(decided_by="") & Q(decided_by_rule=""))
                        | (Q(decided_by="") & ~Q(decided_by_rule=""))
                    )
                ),
            ),
            models.CheckConstraint(
                name="cases_case_decider_is_not_submitter",
                condition=Q(decided_by="")
                | (~Q(decided_by=F("submitted_by")) & ~Q(decided_by=F("answered_by"))),
            ),
            models.CheckConstraint(
                name="cases_case_asked_has_moment_and_name",
                condition=Q(asked_at__isnull=True, asked_by="")
                | (Q(asked_at__isnull=False) & ~Q(asked_by="")),
            ),
            models.CheckConstraint(
                name="cases_case_answered_has_moment_and_name",
                condition=Q(answered_at__isnull=True, answered_by="")
                | (Q(answered_at__isnull=False) & ~Q(answered_by="")),
            ),
            models.CheckConstraint(
                name="cases_case_more_was_asked_until_a_day",
                condition=~Q(state="more") | Q(asked_at__isnull=False, due_at__isnull=False),
            ),
        ]
        indexes = [models.Index("state", "due_at", name="cases_case_queue")]

    def __str__(self):
        return self.number


class Original(models.Model):
    """A paper whose original somebody of the staff held in their hands."""

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="originals", verbose_name=_("经办件")
    )
    #: A code of `materials.WORDS`.
    material = models.CharField(_("材料"), max_length=30)
    seen_at = models.DateTimeField(_("核对时间"))
    seen_by = models.CharField(_("核对人"), max_length=64)

    DATA_CLASSES = classes(L2="id case material seen_at seen_by")

    class Meta:
        verbose_name = _("已核原件")
        verbose_name_plural = _("已核原件")
        constraints = [
            models.UniqueConstraint("case", "material", name="cases_original_once_per_case"),
        ]

    def __str__(self):
        return f"{self.case_id} {self.material}"


class CaseKey(models.Model):
    """The key of all papers of one case, sealed by the root. Deleting it shreds them.

    Copies in backups go with the backups (docs/operations.md).
    """

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    case = models.OneToOneField(Case, models.PROTECT, related_name="key", verbose_name=_("经办件"))
    key_sealed = models.BinaryField()
    made_at = models.DateTimeField(_("建立时间"))

    key_text = sealed_text("key")

    DATA_CLASSES = classes(L2="id uid case made_at", L4="key_sealed")

    class Meta:
        verbose_name = _("材料密钥")
        verbose_name_plural = _("材料密钥")

    def __str__(self):
        return str(self.uid)


class Document(models.Model):
    """One paper that proves something: pages put together, handed in, then judged."""

    class State(models.TextChoices):
        COLLECTING = "collecting", _("待提交")
        RECEIVED = "received", _("已收到")
        ACCEPTED = "accepted", _("已采信")
        REJECTED = "rejected", _("未采信")

    ALLOWED = {
        State.COLLECTING: {State.RECEIVED},
        State.RECEIVED: {State.ACCEPTED, State.REJECTED},
        State.ACCEPTED: set(),
        State.REJECTED: set(),
    }

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="documents", verbose_name=_("经办件")
    )
    #: A code of `materials.WORDS`: what can be asked for can be brought.
    kind = models.CharField(_("种类"), max_length=30, choices=list(materials.WORDS.items()))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.COLLECTING)
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.CharField(_("上传人"), max_length=64)
    decided_at = models.DateTimeField(_("审阅时间"), null=True)
    decided_by = models.CharField(_("审阅人"), max_length=64, blank=True)

    DATA_CLASSES = classes(
        L2="id case state uploaded_at uploaded_by decided_at decided_by", L3b="kind"
    )

    class Meta:
        verbose_name = _("证明材料")
        verbose_name_plural = _("证明材料")
        constraints = [
            models.CheckConstraint(
                name="cases_document_state_known",
                condition=Q(state__in=["collecting", "received", "accepted", "rejected"]),
            ),
            models.CheckConstraint(
                name="cases_document_judged_has_moment_and_name",
                condition=(
                    ~Q(state__in=["accepted", "rejected"])
                    & Q(decided_at__isnull=True, decided_by="")
                )
                | (
                    Q(state__in=["accepted", "rejected"], decided_at__isnull=False)
                    & ~Q(decided_by="")
                ),
            ),
            models.CheckConstraint(
                name="cases_document_judge_is_not_uploader",
                condition=Q(decided_by="") | ~Q(decided_by=F("uploaded_by")),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"


class Page(models.Model):
    """One page of a document: a JPEG in the vault, under a random name.

    `sm3` is of the file as it lies on the disk, so that a backup can be checked without a key
    and nothing about a shredded page remains.
    """

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="pages", verbose_name=_("证明材料")
    )
    number = models.PositiveSmallIntegerField(_("页"))
    file_name = models.CharField(_("文件"), max_length=32, unique=True)
    sm3 = models.CharField("SM3", max_length=64)
    size = models.PositiveIntegerField(_("字节"))
    width = models.PositiveIntegerField(_("宽"))
    height = models.PositiveIntegerField(_("高"))
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.CharField(_("上传人"), max_length=64)

    DATA_CLASSES = classes(
        L2="id uid document number file_name sm3 size width height uploaded_at uploaded_by"
    )

    class Meta:
        verbose_name = _("材料页")
        verbose_name_plural = _("材料页")
        constraints = [
            models.UniqueConstraint(
                name="cases_page_number_once",
                fields=["document", "number"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="cases_page_at_most_ten", condition=Q(number__gte=1, number__lte=10)
            ),
            models.CheckConstraint(
                name="cases_page_has_pixels",
                condition=Q(size__gt=0, width__gt=0, height__gt=0),
            ),
            models.CheckConstraint(
                name="cases_page_has_sm3", condition=Q(sm3__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self):
        return f"{self.document_id}-{self.number}"

    @property
    def bound(self) -> str:
        """Return what the file's encryption is tied to: this row of this table."""
        return f"{self._meta.db_table}.{self.uid}"


class Receipt(models.Model):
    """One printing of a case's receipt at the window: counted, kept, void only with a reason."""

    class Paper(models.TextChoices):
        A4 = "a4", _("A4 纸")
        ROLL = "roll", _("80 毫米小票")

    class Void(models.TextChoices):
        """Why a printing does not count; the page behind the QR code tells anybody."""

        MISPRINTED = "misprinted", _("打印有误")
        LOST = "lost", _("遗失")
        HANDED_WRONG = "handed_wrong", _("交错了人")

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="receipts", verbose_name=_("经办件")
    )
    number = models.PositiveSmallIntegerField(_("第几次打印"))
    paper = models.CharField(_("纸张"), max_length=4, choices=Paper)
    printed_at = models.DateTimeField(_("打印时间"))
    printed_by = models.CharField(_("打印人"), max_length=64)
    voided_at = models.DateTimeField(_("作废时间"), null=True)
    voided_by = models.CharField(_("作废人"), max_length=64, blank=True)
    void_reason = models.CharField(_("作废原因"), max_length=12, choices=Void, blank=True)

    DATA_CLASSES = classes(
        L2="id case number paper printed_at printed_by voided_at voided_by void_reason"
    )

    class Meta:
        verbose_name = _("回执")
        verbose_name_plural = _("回执")
        constraints = [
            models.UniqueConstraint("case", "number", name="cases_receipt_number_once"),
            models.CheckConstraint(
                name="cases_receipt_counts_from_one", condition=Q(number__gte=1)
            ),
            models.CheckConstraint(
                name="cases_receipt_paper_known", condition=Q(paper__in=["a4", "roll"])
            ),
            # That it is changed in nothing else, and never deleted, is in the trigger.
            models.CheckConstraint(
                name="cases_receipt_void_with_reason",
                condition=Q(voided_at__isnull=True, voided_by="", void_reason="")
                | (
                    Q(
                        voided_at__isnull=False,
                        void_reason__in=["misprinted", "lost", "handed_wrong"],
                    )
                    & ~Q(voided_by="")
                ),
            ),
        ]

    def __str__(self):
        return f"{self.case_id}-{self.number}"
