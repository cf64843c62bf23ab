from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    name = "pooling.policy"
    label = "policy"
    verbose_name = _("统筹区规则")
