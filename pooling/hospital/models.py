"""What tills said and what we answered, in the same transaction as the money."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.shared import crypto
from pooling.shared.crypto import sealed_text
from pooling.shared.privacy import classes


class Message(models.Model):
    """One message that moves money, kept for ever: met again it gets the same answer.

    The row is inserted first, so that its unique keys make a second till wait. A
    tombstone is a reversal that came before its original: it refuses the late original.
    """

    class Kind(models.TextChoices):
        SETTLEMENT = "settlement", _("结算")
        TOMBSTONE = "tombstone", _("先到的撤销")
        REVERSAL = "reversal", _("撤销")
        REFUND = "refund", _("退费")
        ADMISSION = "admission", _("入院登记")

    client = models.ForeignKey(
        "accounts.ApiClient", models.PROTECT, related_name="+", verbose_name=_("接口客户端")
    )
    key = models.CharField(_("幂等键"), max_length=64)
    kind = models.CharField(_("种类"), max_length=12, choices=Kind)
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=_("定点机构")
    )
    #: Transaction of the national interface; empty for REST. There a message is the
    #: institution's, whichever of its credentials signed it.
    infno = models.CharField(_("交易编号"), max_length=6, blank=True, default="")
    #: The message id of a settlement or of the settlement a tombstone stands for.
    message_id = models.CharField(_("报文编号"), max_length=64, blank=True)
    fingerprint = models.CharField(_("内容指纹"), max_length=64)
    status = models.PositiveSmallIntegerField(_("应答码"), null=True)
    answer = models.TextField(_("应答"), blank=True)
    #: The national interface names people in full; so its answers are sealed, by this row's id.
    answer_sealed = models.BinaryField(null=True)
    received_at = models.DateTimeField(_("时间"))
    replays = models.PositiveIntegerField(_("重放次数"), default=0)

    DATA_CLASSES = classes(
        L2="id client key kind institution infno message_id fingerprint status received_at replays",
        L3a="answer_sealed",
        L3b="answer",
    )

    class Meta:
        verbose_name = _("接口报文")
        verbose_name_plural = _("接口报文")
        constraints = [
            models.UniqueConstraint("client", "key", name="hospital_message_once_per_key"),
            models.UniqueConstraint(
                F("institution"),
                F("message_id"),
                name="hospital_message_once_per_institution",
                condition=Q(kind__in=["settlement", "tombstone", "admission"]),
            ),
            models.UniqueConstraint(
                "institution",
                "key",
                name="hospital_message_once_per_transaction",
                condition=~Q(infno=""),
            ),
        ]

    def __str__(self):
        return f"{self.client_id}/{self.key}"


class TillCredential(models.Model):
    """How a till of the national interface signs: access key and secret of one client.

    The client says whose institution it is, how late it may report and whether it is stopped.
    """

    class Family(models.TextChoices):
        CSB = "csb", _("HMAC-SHA1（_api_*）")
        TIF = "tif", _("SHA-256（x-tif-*）")

    class Share(models.TextChoices):
        TABLE = "table", _("内置待遇表")
        MESSAGE = "message", _("报文自带")
        CORE = "core", _("核心业务系统")

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    client = models.OneToOneField(
        "accounts.ApiClient", models.PROTECT, related_name="+", verbose_name=_("接口客户端")
    )
    access_key = models.CharField(_("访问键"), max_length=64, unique=True)
    secret_sealed = models.BinaryField()
    family = models.CharField(_("签名方式"), max_length=3, choices=Family)
    #: Where the fund's share of a bill comes from.
    share = models.CharField(_("基金支付来源"), max_length=8, choices=Share, default=Share.TABLE)
    #: 32 hex digits: the input comes encrypted with SM4.
    sm4_key_sealed = models.BinaryField(null=True)
    #: PEM: the input is signed with SM2 in `cainfo`.
    sm2_public_key = models.TextField(_("国密公钥"), blank=True)
    made_at = models.DateTimeField(_("建立时间"))

    secret = sealed_text("secret")
    sm4_key = sealed_text("sm4_key")

    DATA_CLASSES = classes(
        L2="id uid client access_key secret_sealed family share sm4_key_sealed sm2_public_key "
        "made_at"
    )

    class Meta:
        verbose_name = _("网关凭据")
        verbose_name_plural = _("网关凭据")
        default_permissions = ("view",)
        permissions = [("manage_tills", _("可以发放和停用网关凭据"))]

    def __str__(self):
        return self.access_key


class Nonce(models.Model):
    """A nonce a till has signed with: it stands for one message and no other."""

    credential = models.ForeignKey(
        TillCredential, models.CASCADE, related_name="+", verbose_name=_("网关凭据"), db_index=False
    )
    nonce = models.CharField(_("随机串"), max_length=64)
    body = models.CharField(_("报文指纹"), max_length=64)
    used_at = models.DateTimeField(_("时间"), db_index=True)

    DATA_CLASSES = classes(L2="id credential nonce body used_at")

    class Meta:
        verbose_name = _("已用随机串")
        verbose_name_plural = _("已用随机串")
        constraints = [
            models.UniqueConstraint("credential", "nonce", name="hospital_nonce_used_once")
        ]

    def __str__(self):
        return self.nonce


class SignIn(models.Model):
    """An operator's day at a till, from 9001 to 9002."""

    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=_("定点机构")
    )
    sign_no = models.CharField(_("签到编号"), max_length=30, unique=True)
    operator = models.CharField(_("操作员"), max_length=20)
    signed_in_at = models.DateTimeField(_("签到时间"))
    signed_out_at = models.DateTimeField(_("签退时间"), null=True)

    DATA_CLASSES = classes(L2="id institution sign_no operator signed_in_at signed_out_at")

    class Meta:
        verbose_name = _("签到")
        verbose_name_plural = _("签到")

    def __str__(self):
        return self.sign_no


class Visit(models.Model):
    """One stay or call of a patient at an institution (`mdtrt_id`).

    What was found and done there is encrypted with the visit's own key: deleting the key
    makes it unreadable, and nobody reads it with the root key alone.
    """

    class Kind(models.TextChoices):
        OUTPATIENT = "outpatient", _("门诊")
        INPATIENT = "inpatient", _("住院")
        PHARMACY = "pharmacy", _("药店")

    class State(models.TextChoices):
        OPEN = "open", _("就诊中")
        DISCHARGED = "discharged", _("已出院")
        CANCELLED = "cancelled", _("已取消")

    ALLOWED = {
        State.OPEN: {State.DISCHARGED, State.CANCELLED},
        State.DISCHARGED: {State.OPEN},
        State.CANCELLED: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=_("定点机构")
    )
    patient = models.ForeignKey(
        "accounts.Member", models.PROTECT, related_name="+", verbose_name=_("就诊人")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    #: `infno:msgid` of the message that opened it.
    message_id = models.CharField(_("报文编号"), max_length=64)
    number = models.CharField(_("住院/门诊号"), max_length=30, blank=True)
    insutype = models.CharField(_("险种"), max_length=6)
    opened_at = models.DateTimeField(_("登记时间"))
    begun_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    #: What of the deductible earlier settlements of this visit have used up.
    deductible_fen = models.BigIntegerField(_("已付起付线（分）"), default=0)
    key_sealed = models.BinaryField(null=True)
    details = models.BinaryField(null=True)

    key_text = sealed_text("key")

    DATA_CLASSES = classes(
        L2="id uid institution state message_id number opened_at",
        L3b="patient kind insutype begun_at ended_at deductible_fen",
        L4="key_sealed details",
    )

    class Meta:
        verbose_name = _("就诊")
        verbose_name_plural = _("就诊")
        constraints = [
            models.CheckConstraint(
                name="hospital_visit_only_inpatients_are_discharged",
                condition=~Q(state="discharged") | Q(kind="inpatient", ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="hospital_visit_deductible_not_negative", condition=Q(deductible_fen__gte=0)
            ),
        ]

    def __str__(self):
        return str(self.pk)

    def closed(self, text: str, *, bound: object) -> bytes:
        """Return text encrypted with the visit's key, for one place."""
        return crypto.encrypt(text.encode(), key=self.key_text, bound=f"hospital_visit.{bound}")

    def opened(self, data: bytes, *, bound: object) -> str:
        """Return what `closed` closed for that place. Raises CannotOpen."""
        place = f"hospital_visit.{bound}"
        return crypto.decrypt(bytes(data), key=self.key_text, bound=place).decode()


class FeeLine(models.Model):
    """One item of a visit's fees (`feedetl_sn`), in a batch, settled or not yet."""

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    visit = models.ForeignKey(
        Visit, models.PROTECT, related_name="fees", verbose_name=_("就诊"), db_index=False
    )
    number = models.CharField(_("费用明细流水号"), max_length=30)
    batch = models.CharField(_("收费批次号"), max_length=30, blank=True)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    own_paid_fen = models.BigIntegerField(_("全自费（分）"), default=0)
    over_limit_fen = models.BigIntegerField(_("超限价（分）"), default=0)
    pre_paid_fen = models.BigIntegerField(_("先行自付（分）"), default=0)
    in_scope_fen = models.BigIntegerField(_("政策范围内（分）"), default=0)
    received_at = models.DateTimeField(_("收到时间"))
    settlement = models.ForeignKey(
        "settlements.Settlement",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("结算"),
    )
    details = models.BinaryField()

    DATA_CLASSES = classes(
        L2="id uid visit number batch received_at settlement",
        L3b="amount_fen own_paid_fen over_limit_fen pre_paid_fen in_scope_fen",
        L4="details",
    )

    class Meta:
        verbose_name = _("费用明细")
        verbose_name_plural = _("费用明细")
        constraints = [
            models.UniqueConstraint("visit", "number", name="hospital_feeline_once_per_visit"),
            models.CheckConstraint(
                name="hospital_feeline_adds_up",
                condition=Q(
                    amount_fen=F("own_paid_fen")
                    + F("over_limit_fen")
                    + F("pre_paid_fen")
                    + F("in_scope_fen")
                ),
            ),
        ]

    def __str__(self):
        return f"{self.visit_id}/{self.number}"


class ClearingLine(models.Model):
    """What a settlement adds to the account between institution and scheme, with its sign.

    One line when settled, one with everything negated when reversed: 3201 adds them up by
    insurance, clearing type and day. `facts` is what a later reply repeats; it names nobody.
    """

    settlement = models.ForeignKey(
        "settlements.Settlement", models.PROTECT, related_name="+", verbose_name=_("结算")
    )
    returned = models.BooleanField(_("退费"), default=False)
    visit = models.ForeignKey(
        Visit, models.PROTECT, related_name="clearing", verbose_name=_("就诊")
    )
    institution = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        related_name="+",
        verbose_name=_("定点机构"),
        db_index=False,
    )
    #: The institution's own `msgid`, by which it names the settlement.
    msgid = models.CharField(_("发送方报文编号"), max_length=30)
    insutype = models.CharField(_("险种"), max_length=6)
    clr_type = models.CharField(_("清算类别"), max_length=6)
    settled_at = models.DateTimeField(_("结算时间"))
    settled_on = models.DateField(_("结算日期"))
    total_fen = models.BigIntegerField(_("总额（分）"))
    fund_fen = models.BigIntegerField(_("基金支付（分）"))
    hospital_borne_fen = models.BigIntegerField(_("医院负担（分）"))
    account_fen = models.BigIntegerField(_("个人账户支付（分）"))
    pooled_fen = models.BigIntegerField(_("共济（分）"))
    cash_fen = models.BigIntegerField(_("现金（分）"))
    facts = models.JSONField(_("结算要素"))

    DATA_CLASSES = classes(
        L2="id settlement returned visit institution msgid settled_at settled_on",
        L3b="insutype clr_type total_fen fund_fen hospital_borne_fen account_fen pooled_fen "
        "cash_fen facts",
    )

    class Meta:
        verbose_name = _("清算明细")
        verbose_name_plural = _("清算明细")
        constraints = [
            models.UniqueConstraint(
                "settlement", "returned", name="hospital_clearingline_once_each_way"
            ),
            models.CheckConstraint(
                name="hospital_clearingline_adds_up",
                condition=Q(
                    total_fen=F("fund_fen")
                    + F("hospital_borne_fen")
                    + F("account_fen")
                    + F("cash_fen")
                ),
            ),
            models.CheckConstraint(
                name="hospital_clearingline_sign",
                condition=Q(returned=False, total_fen__gte=0, fund_fen__gte=0, account_fen__gte=0)
                | Q(returned=True, total_fen__lte=0, fund_fen__lte=0, account_fen__lte=0),
            ),
        ]
        indexes = [
            models.Index("institution", "settled_on", name="hospital_clearing_of_day"),
        ]

    def __str__(self):
        return f"{self.settlement_id}{'-' if self.returned else '+'}"


class ExchangeFile(models.Model):
    """A file of an institution: a statement it uploaded (9101), or what differs in it (9102).

    Sealed, for nobody looks into what an institution uploads before it is asked about.
    """

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    number = models.CharField(_("文件查询号"), max_length=30, unique=True)
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=_("定点机构")
    )
    name = models.CharField(_("文件名"), max_length=200)
    content_sealed = models.BinaryField()
    made_at = models.DateTimeField(_("建立时间"), db_index=True)

    #: Base64.
    content = sealed_text("content")

    DATA_CLASSES = classes(L2="id uid number institution name made_at", L3a="content_sealed")

    class Meta:
        verbose_name = _("对账文件")
        verbose_name_plural = _("对账文件")

    def __str__(self):
        return self.number
