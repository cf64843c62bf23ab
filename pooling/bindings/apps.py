from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BindingsConfig(AppConfig):
    name = "pooling.bindings"
    label = "bindings"
    verbose_name = _("共济授权")
