"""What a till brings: the bill, and the two questions asked before anything else happens."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from pooling.bindings.usability import Visit
from pooling.settlements import uses
from pooling.settlements.models import Use
from pooling.settlements.sources import Charge
from pooling.shared import periods
from pooling.shared.errors import DomainError

#: Clocks of tills may run ahead by this much.
AHEAD = timedelta(minutes=5)
#: Until then yesterday's bills may still be sent.
NIGHT_ENDS = time(6)
BACKDATE_AT_MOST = 30


class BillDoesNotAddUp(DomainError):
    """The amounts of a bill contradict each other or are no amounts."""

    code = "bill_does_not_add_up"


class UseRefused(DomainError):
    """The bill is for what account money never pays, or for what this place cannot charge."""

    code = "use_refused"


class PremiumRefused(DomainError):
    """What the bill says of the insured year cannot be."""

    code = "premium_refused"


class BusinessTimeOutOfWindow(DomainError):
    """The bill is of a day that can no longer, or not yet, be settled."""

    code = "business_time_out_of_window"


@dataclass(frozen=True, slots=True)
class Claim:
    """The case that asks a premium back, and who does; `payer_id` None: the insured person."""

    case_id: int
    payer_id: int | None


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill as the till states it, amounts in fen. `business_time` decides its day."""

    patient_id: int
    institution: Institution
    use: str
    message_id: str
    business_time: datetime
    total_fen: int
    fund_fen: int
    hospital_borne_fen: int
    own_paid_fen: int
    over_limit_fen: int
    pre_paid_fen: int
    in_scope_share_fen: int
    acct_used_flag: int = 2
    #: Who collected drugs for the patient: `{"name", "cert_no"}`.
    buyer: dict | None = None
    #: Only of a premium, where the till tells it.
    premium: uses.Premium | None = None
    #: Of a premium asked back: no till sends it.
    claim: Claim | None = None

    @property
    def personal_part_fen(self) -> int:
        """The part that neither the fund nor the hospital bears."""
        return self.own_paid_fen + self.over_limit_fen + self.pre_paid_fen + self.in_scope_share_fen

    @property
    def business_date(self) -> date:
        return periods.business_date(self.business_time)

    @property
    def _product(self) -> str | None:
        if self.use != Use.COMMERCIAL_INSURANCE:
            return None
        return self.premium.product if self.premium else ""

    @property
    def charge(self) -> Charge:
        """What of the bill the split looks at."""
        return Charge(
            visit=Visit(
                self.business_date,
                str(self.use),
                self.institution.level,
                area=self.institution.area,
                refund=self.claim is not None,
                product=self._product,
            ),
            personal_fen=self.personal_part_fen,
            own_paid_fen=self.own_paid_fen,
            acct_used_flag=self.acct_used_flag,
            claimant=self.claim and self.claim.payer_id,
        )


def check(bill: Bill, *, backdate_days: int, at: datetime) -> None:
    """Refuse a bill that is no bill.

    Raises BillDoesNotAddUp, UseRefused, PremiumRefused and BusinessTimeOutOfWindow.
    """
    parts = {
        name: getattr(bill, name)
        for name in (
            "fund_fen",
            "hospital_borne_fen",
            "own_paid_fen",
            "over_limit_fen",
            "pre_paid_fen",
            "in_scope_share_fen",
        )
    }
    negative = [name for name, fen in parts.items() if type(fen) is not int or fen < 0]
    if negative:
        raise BillDoesNotAddUp(_("金额不能为负。"), details=dict.fromkeys(negative, "negative"))
    if bill.total_fen != sum(parts.values()):
        raise BillDoesNotAddUp(
            _("总额应等于基金支付、医院负担与个人负担之和。"),
            details={"total_fen": bill.total_fen, "sum_fen": sum(parts.values())},
        )
    _check_use(bill)
    if bill.acct_used_flag not in (0, 1, 2):
        raise BillDoesNotAddUp(_("个人账户使用标志只能是 0、1、2。"), code="flag_unknown")
    check_time(bill.business_time, backdate_days, at)


def _check_use(bill: Bill) -> None:
    use, details = bill.use, {"use": str(bill.use)}
    if sentence := uses.never(use):
        raise UseRefused(sentence, code="use_never", details=details)
    if use not in Use.values:
        raise BillDoesNotAddUp(_("没有这种用途。"), code="use_unknown", details=details)
    if bill.claim is not None:
        return  # what its receipt says was looked at by people
    if not uses.fits(bill.institution.type, use):
        sentence = _("%(place)s不能收取“%(use)s”的费用。请按实际用途、由对应的机构上传。")
        names = {"place": bill.institution.get_type_display(), "use": Use(use).label}
        raise UseRefused(sentence % names, code="use_not_of_this_place", details=details)
    if bill.premium is None:
        return
    if not uses.is_premium(use):
        raise PremiumRefused(_("只有保费才有参保年度，请不要填写 premium。"), details=details)
    years = uses.years(bill.business_date)
    if bill.premium.year not in years:
        sentence = _("参保年度只能是%(first)s年或%(last)s年。")
        raise PremiumRefused(
            sentence % {"first": years[0], "last": years[-1]}, details={"year": bill.premium.year}
        )


def check_time(business_time: datetime, backdate_days: int, at: datetime) -> None:
    """Bound the business date by the database's clock: it decides caps, periods and rules."""
    if business_time > at + AHEAD:
        raise BusinessTimeOutOfWindow(_("业务时间晚于当前时间。请校准收费系统的时钟。"))
    today = periods.business_date(at)
    day = periods.business_date(business_time)
    if day > today:
        raise BusinessTimeOutOfWindow(_("业务日期还没有到。请在当日结算。"))
    night = at.astimezone(periods.SHANGHAI).time() < NIGHT_ENDS
    days = max(int(night), min(backdate_days, BACKDATE_AT_MOST))
    if day < today - timedelta(days=days):
        sentence = _(
            "业务时间 %(day)s 已超出可结算的期限（本机构最多可补报 %(days)s 天）。"
            "请向医保部门申请补报。"
        )
        raise BusinessTimeOutOfWindow(
            sentence % {"day": day.isoformat(), "days": min(backdate_days, BACKDATE_AT_MOST)},
            details={"business_date": day.isoformat(), "today": today.isoformat()},
        )
