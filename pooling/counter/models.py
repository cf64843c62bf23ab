"""The desk keeps nothing of its own: it is a way to look at cases, and who may act on them."""

from django.utils.translation import gettext_lazy as _

from pooling.cases.models import Case


class DeskCase(Case):
    """A case as it lies on the desk. Whoever takes one in and whoever decides are two people."""

    class Meta:
        proxy = True
        verbose_name = _("办件")
        verbose_name_plural = _("办件队列")
        default_permissions = ("view",)
        permissions = [
            ("take_in", _("可以在窗口受理")),
            ("decide", _("可以审核")),
        ]
