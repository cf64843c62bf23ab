from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "pooling.registry"
    label = "registry"
    verbose_name = _("参保登记")
