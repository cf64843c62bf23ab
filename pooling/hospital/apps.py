from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HospitalConfig(AppConfig):
    name = "pooling.hospital"
    label = "hospital"
    verbose_name = _("定点机构接入")
