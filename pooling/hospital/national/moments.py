"""Times as the national interface writes them, in Shanghai. Pure."""

from datetime import date, datetime

from pooling.shared.periods import SHANGHAI

#: Whatever has no time of its own.
_MIDNIGHT = " 00:00:00"


def shown(moment: datetime) -> str:
    """Return a moment as `yyyy-MM-dd HH:mm:ss`."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def read(text: str | None, otherwise: datetime) -> datetime:
    """Return the moment a checked field says; a day alone is its midnight."""
    if text is None:
        return otherwise
    full = text if len(text) > len("yyyy-MM-dd") else text + _MIDNIGHT
    return datetime.fromisoformat(full).replace(tzinfo=SHANGHAI)


def told(text: str) -> datetime | None:
    """Return the moment an unchecked text says; None where it says none."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None


def day(text: str) -> date:
    """Return the day a checked field says."""
    return date.fromisoformat(text[:10])
