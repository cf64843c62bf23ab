"""What every page's frame needs to know."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

TEXT_SIZE_COOKIE = "text_size"
TEXT_SIZES = (("standard", _("标准")), ("large", _("大")), ("largest", _("特大")))
#: The bar of four at the foot of a phone: address, icon, word.
BAR = (
    ("/", "house", _("首页")),
    ("/family/", "people", _("家人")),
    ("/usage/", "clock-history", _("记录")),
    ("/me/", "person", _("我的")),
)


def frame(request):
    """Return size of text, hotline and, for members signed in, the bar of four."""
    size = request.COOKIES.get(TEXT_SIZE_COOKIE, "standard")
    user = getattr(request, "user", None)
    member = user is not None and user.is_authenticated and not user.is_staff
    return {
        "text_sizes": TEXT_SIZES,
        "text_size": size if size in dict(TEXT_SIZES) else "standard",
        "hotline": settings.HOTLINE,
        "demo": settings.DEMO,
        "bar": [
            {"address": address, "icon": icon, "word": word, "here": _here(request.path, address)}
            for address, icon, word in BAR
        ]
        if member
        else [],
    }


def _here(path: str, address: str) -> bool:
    return path == address if address == "/" else path.startswith(address)
