from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KinshipConfig(AppConfig):
    name = "pooling.kinship"
    label = "kinship"
    verbose_name = _("亲属关系")
