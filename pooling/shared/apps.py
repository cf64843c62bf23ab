from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SharedConfig(AppConfig):
    name = "pooling.shared"
    label = "shared"
    verbose_name = _("公共")

    def ready(self):
        from pooling.shared import lookups

        lookups.register()
