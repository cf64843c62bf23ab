"""Half-open periods `[from, to)` and the business calendar (Asia/Shanghai)."""

from calendar import monthrange
from datetime import MAXYEAR, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def business_date(moment: datetime) -> date:
    """Return the day a moment belongs to for caps, periods and rules."""
    return moment.astimezone(SHANGHAI).date()


def day(text: str | None) -> date | None:
    """Return the day a text like 2026-11-22 names; None for none."""
    return date.fromisoformat(text) if text else None


def contains(from_date: date | None, to_date: date | None, on: date) -> bool:
    """Return whether `on` lies in `[from_date, to_date)`; None means open."""
    return (from_date is None or from_date <= on) and (to_date is None or on < to_date)


def age(birth: date, on: date) -> int:
    """Return full years lived on a day; a 29 February birth ages on 1 March."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later; the month's last where it has no such day.

    The calendar's last day where that lies beyond it: people may type the year 9999.
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    if year > MAXYEAR:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_of(day: date, *, back: int = 0) -> date:
    """Return the first day of the month `back` months before a day's month."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def month_after(month: date) -> date:
    """Return the first day of the following month."""
    return month_of(month, back=-1)


def working_day_after(day: date, days: int) -> date:
    """Return the day so many working days later; 0 is the day itself.

    Saturdays and Sundays do not count. Public holidays are announced year by year and are
    not known here, nor are the weekends worked in their stead.
    """
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def end_of(day: date) -> datetime:
    """Return the last moment of a day in Shanghai."""
    return datetime.combine(day, time.max, SHANGHAI)
