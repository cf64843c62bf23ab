"""How tills sign at the national interface, and who sits at them."""

import uuid
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from pooling.shared.crypto import sealed_text
from pooling.shared.privacy import classes


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
    #: Where the fund's share of a bill comes from …
    share = models.CharField(_("基金支付来源"), max_length=8, choices=Share, default=Share.TABLE)
    #: … until the first of these days: [day, source], ascending.
    later_shares = models.JSONField(_("基金支付来源变更"), default=list, blank=True)
    #: 32 hex digits: the input comes encrypted with SM4.
    sm4_key_sealed = models.BinaryField(null=True)
    #: PEM: the input is signed with SM2 in `cainfo`.
    sm2_public_key = models.TextField(_("国密公钥"), blank=True)
    made_at = models.DateTimeField(_("建立时间"))

    secret = sealed_text("secret")
    sm4_key = sealed_text("sm4_key")

    DATA_CLASSES = classes(
        L2="id uid client access_key secret_sealed family share later_shares sm4_key_sealed "
        "sm2_public_key made_at"
    )

    class Meta:
        verbose_name = _("网关凭据")
        verbose_name_plural = _("网关凭据")
        default_permissions = ("view",)
        permissions = [("manage_tills", _("可以发放和停用网关凭据"))]

    def __str__(self):
        return self.access_key

    def share_on(self, on: date) -> str:
        """Return where the fund's share of a bill of that day comes from."""
        begun = [share for since, share in self.later_shares if since <= on.isoformat()]
        return begun[-1] if begun else self.share


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
