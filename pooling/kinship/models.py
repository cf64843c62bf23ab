"""Who is whose what, since when, and how it was proven."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.kinship import codes
from pooling.shared.privacy import classes


def _kind_follows_code() -> Q:
    by_kind = Q()
    for kind in sorted({row.kind for row in codes.CODES.values()}):
        by_kind |= Q(kind=kind, code__in=codes.codes_of(kind))
    return by_kind


class Relation(models.Model):
    """A directed edge: `relative` is `member`'s `code` (GB/T 4761), `[from_date, to_date)`.

    Its inverse is a row too, over the same time (trigger). Nobody has two spouses at once
    (exclusion constraint). Both stand in the migration beside this model's first one.
    """

    class Evidence(models.TextChoices):
        BIRTH_CERTIFICATE = "birth_certificate", _("出生医学证明")
        MARRIAGE_CERTIFICATE = "marriage_certificate", _("结婚证")
        HOUSEHOLD_REGISTER = "household_register", _("户口簿")
        ADOPTION = "adoption", _("收养登记")
        NOTARISED = "notarised", _("公证书")
        DATA_MATCH = "data_match", _("数据比对")

    member = models.ForeignKey(
        "accounts.Member", models.PROTECT, related_name="relations", verbose_name=_("参保人")
    )
    relative = models.ForeignKey(
        "accounts.Member", models.PROTECT, related_name="+", verbose_name=_("亲属")
    )
    code = models.CharField(_("关系代码"), max_length=2)
    kind = models.CharField(_("关系类别"), max_length=24)
    evidence = models.CharField(_("证明"), max_length=24, choices=Evidence)
    evidence_no = models.CharField(_("证明编号"), max_length=60, blank=True)
    from_date = models.DateField(_("起始日期"))
    to_date = models.DateField(_("终止日期"), null=True)
    #: The row that says the same from the other side.
    inverse = models.OneToOneField(
        "self", models.CASCADE, related_name="+", verbose_name=_("反向关系")
    )

    DATA_CLASSES = classes(
        L2="id inverse",
        L3b="member relative code kind evidence evidence_no from_date to_date",
    )

    class Meta:
        verbose_name = _("亲属关系")
        verbose_name_plural = _("亲属关系")
        constraints = [
            models.UniqueConstraint(
                "member", "relative", "code", "from_date", name="kinship_relation_once_per_start"
            ),
            models.CheckConstraint(
                name="kinship_relation_not_oneself", condition=~Q(member=F("relative"))
            ),
            models.CheckConstraint(
                name="kinship_relation_period_forward",
                condition=Q(to_date__isnull=True) | Q(to_date__gt=F("from_date")),
            ),
            models.CheckConstraint(
                name="kinship_relation_kind_follows_code", condition=_kind_follows_code()
            ),
            models.CheckConstraint(
                name="kinship_relation_evidence_known",
                condition=Q(
                    evidence__in=[
                        "birth_certificate",
                        "marriage_certificate",
                        "household_register",
                        "adoption",
                        "notarised",
                        "data_match",
                    ]
                ),
            ),
        ]

    def __str__(self):
        return f"{self.member_id}→{self.relative_id} {self.code}"
