"""Staff look up what tills said. Nothing here changes anything."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from pooling.hospital.models import Message


class LookUpOnly(admin.ModelAdmin):
    """No adding, changing or deleting: messages are evidence, clients are made by command."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Message)
class MessageAdmin(LookUpOnly):
    list_display = (
        "received_at",
        "institution",
        "client",
        "infno",
        "kind",
        "message_id",
        "status",
        "replays",
    )
    list_filter = ("kind", "status", "infno")
    list_select_related = ("institution", "client")
    search_fields = ("key", "message_id")
    #: Not the answer: it holds somebody's amounts; a settlement's own page shows and logs those.
    fields = (
        "received_at",
        "institution",
        "client",
        "infno",
        "kind",
        "key",
        "message_id",
        "status",
        "replays",
        "fingerprint",
    )
    show_full_result_count = False


@admin.register(ApiClient)
class ApiClientAdmin(LookUpOnly):
    list_display = ("name", "scope", "institution", "backdate_days", "created_at", "live")
    list_filter = ("scope",)
    list_select_related = ("institution",)
    search_fields = ("name", "institution__code", "institution__name")
    fields = ("name", "scope", "institution", "backdate_days", "created_at", "revoked_at")

    @admin.display(boolean=True, description=_("启用"))
    def live(self, client: ApiClient) -> bool:
        return client.revoked_at is None
