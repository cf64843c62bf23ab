"""The demo's people: a story family that is always there, and how any person is described.

Pure. Nobody here exists: numbers begin with `10`, which is no province, and phones with
`10`, which no operator assigns.
"""

from dataclasses import dataclass, field
from datetime import date

from accounts.identity import with_check_digit

SHANGRAO, SHANGHAI, XIAN, NANCHANG = "361100", "310000", "610100", "360100"
JIUJIANG, XIANYANG, XIAMEN = "360400", "610400", "350200"
AREAS = {
    SHANGRAO: "上饶",
    SHANGHAI: "上海",
    XIAN: "西安",
    NANCHANG: "南昌",
    JIUJIANG: "九江",
    XIANYANG: "咸阳",
    XIAMEN: "厦门",
}
#: Where a person may be paid for by two; elsewhere by one (`policy/data`).
TWO_PAYERS = frozenset((XIAN, XIANYANG))
#: Where payers set no caps of their own (`caps_offered`).
NO_CAPS = frozenset((SHANGHAI,))
#: How many people have a number of their own: 10,000 regions below `10`, 499 orders a sex.
MOST = 10_000 * 499

EMPLOYEE, RETIRED, RESIDENT, CHILD = ("310", "11"), ("310", "12"), ("390", "15"), ("390", "1405")

MALE, FEMALE = "1", "2"
#: GB/T 4761, what the other is to the first.
WIFE, SON, DAUGHTER, FATHER, MOTHER = "12", "20", "30", "51", "52"
ELDER_BROTHER, ELDER_SISTER, YOUNGER_SISTER = "71", "75", "77"
MARRIAGE, BIRTH, HOUSEHOLD = "marriage_certificate", "birth_certificate", "household_register"


@dataclass(slots=True, eq=False)
class Person:
    """Somebody of the demo. `serial` counts from 1 and gives number, phone and `psn_no`."""

    serial: int
    name: str
    born: date
    gender: str
    area: str
    insured_as: tuple[str, str]
    has_phone: bool = True
    opening_fen: int = 0
    monthly_fen: int = 0
    employer: str = ""
    died_on: date | None = None
    #: Has an e-credential.
    activated: bool = True

    @property
    def psn_no(self) -> str:
        return psn_no(self.serial)

    @property
    def phone(self) -> str:
        return phone(self.serial) if self.has_phone else ""

    @property
    def cert_no(self) -> str:
        """Return a number with right birth date, sex and check digit that is nobody's."""
        region, order = divmod(self.serial, 499)
        order = order * 2 + (1 if self.gender == MALE else 2)
        return with_check_digit(f"10{region % 10_000:04d}{self.born:%Y%m%d}{order:03d}")

    @property
    def employed(self) -> bool:
        """Return whether they have an account of their own."""
        return self.insured_as[0] == "310"


@dataclass(slots=True)
class Tie:
    """`other` is the `code` of `one`, proven by `evidence` since a day."""

    one: Person
    other: Person
    code: str
    evidence: str
    since: date


@dataclass(slots=True)
class Authorisation:
    """`payer` lets `relative` (who is the payer's `code`) use the account.

    `uses` are named where the payer's area lets nothing be paid that is not.
    """

    payer: Person
    relative: Person
    code: str
    since: date
    rank: int = 1
    cap_per_settlement: str = ""
    cap_per_month: str = ""
    uses: str = ""


@dataclass(slots=True)
class Purse:
    """What `owner` has in a wallet, or in a family fund together with `others`, since a day."""

    kind: str
    owner: Person
    amount_fen: int
    since: date
    others: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class Family:
    """People who belong together, in the order of their serials."""

    people: list[Person] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    authorisations: list[Authorisation] = field(default_factory=list)
    purses: list[Purse] = field(default_factory=list)


def psn_no(serial: int) -> str:
    """Return the authority's number of the n-th person."""
    return f"D{serial:09d}"


def phone(serial: int) -> str:
    """Return the n-th person's phone, which is nobody's."""
    return f"10{serial:09d}"


#: Whom to log in as, by serial: the README and `manage.py up` name them.
PAYER, WIFE_OF_PAYER, GRANDMOTHER, CHILD_UNBOUND, AUNT, GRANDFATHER = range(1, 7)
FATHER_IN_XIAN, MOTHER_IN_XIAN, SON_IN_XIAN, GRANDMOTHER_IN_XIAN = range(7, 11)
FOUNDER_IN_XIAMEN, WIFE_IN_XIAMEN, MOTHER_IN_XIAMEN = range(11, 14)
DAUGHTER_IN_SHANGHAI, MOTHER_FAR_AWAY = range(14, 16)
LAST_OF_STORY = MOTHER_FAR_AWAY
LOGINS = (
    (PAYER, "王伟", "上饶职工，为妻子和母亲付费，可为女儿开通共济"),
    (GRANDMOTHER, "张桂兰", "上饶居民，由儿子王伟付费"),
    (AUNT, "王敏", "上饶职工，为父亲付费"),
    (FATHER_IN_XIAN, "陈志强", "西安职工，与赵丽先后为儿子付费"),
    (GRANDMOTHER_IN_XIAN, "刘凤英", "西安居民，由儿子陈志强付费"),
    (FOUNDER_IN_XIAMEN, "林国华", "厦门职工，建有家庭共济账户"),
    (MOTHER_IN_XIAMEN, "黄玉兰", "厦门居民，看病用家庭共济账户"),
    (DAUGHTER_IN_SHANGHAI, "周晓燕", "上海职工，为在上饶的母亲设有共济额度"),
    (MOTHER_FAR_AWAY, "徐秀珍", "上饶居民，有女儿设的共济额度和医保钱包"),
)
#: Where the story's settlements happen.
CLINIC, HOSPITAL, PHARMACY = "H36110000001", "H36110000003", "P36110000001"
PREMIUM_OFFICE = "C36110000001"
CLINIC_IN_XIAMEN = "H35020000001"
CLINIC_IN_XIAN, HOSPITAL_IN_XIAN = "H61010000001", "H61010000003"


def story(on: date) -> list[Family]:
    """Return the four families that every demo begins with."""
    return [
        _family_in_shangrao(on),
        _family_in_xian(on),
        _family_in_xiamen(on),
        _family_across_provinces(),
    ]


def _bound_since(on: date) -> date:
    return date(on.year - 1, 9, 1)


def _family_in_shangrao(on: date) -> Family:
    wei = Person(PAYER, "王伟", date(1985, 3, 12), MALE, SHANGRAO, EMPLOYEE)
    wei.opening_fen, wei.monthly_fen, wei.employer = 186_000, 11_860, "上饶市示范机械有限公司"
    xiu = Person(WIFE_OF_PAYER, "李秀英", date(1987, 7, 8), FEMALE, SHANGRAO, RESIDENT)
    gui = Person(GRANDMOTHER, "张桂兰", date(1957, 11, 2), FEMALE, SHANGRAO, RESIDENT)
    yu = Person(CHILD_UNBOUND, "王小雨", date(2017, 5, 20), FEMALE, SHANGRAO, CHILD, False)
    # Whoever binds her finds out what is still missing, and can do it for her.
    yu.activated = False
    min_ = Person(AUNT, "王敏", date(1982, 9, 15), FEMALE, SHANGRAO, EMPLOYEE)
    min_.opening_fen, min_.monthly_fen, min_.employer = 92_050, 9_740, "上饶市示范中学"
    fu = Person(GRANDFATHER, "王德福", date(1955, 2, 18), MALE, SHANGRAO, RESIDENT)
    since = _bound_since(on)
    return Family(
        [wei, xiu, gui, yu, min_, fu],
        [
            Tie(wei, xiu, WIFE, MARRIAGE, date(2012, 10, 1)),
            Tie(fu, gui, WIFE, MARRIAGE, date(1980, 5, 1)),
            Tie(wei, gui, MOTHER, HOUSEHOLD, wei.born),
            Tie(wei, fu, FATHER, HOUSEHOLD, wei.born),
            Tie(min_, gui, MOTHER, HOUSEHOLD, min_.born),
            Tie(min_, fu, FATHER, HOUSEHOLD, min_.born),
            Tie(wei, yu, DAUGHTER, BIRTH, yu.born),
            Tie(xiu, yu, DAUGHTER, BIRTH, yu.born),
            Tie(wei, min_, ELDER_SISTER, HOUSEHOLD, wei.born),
        ],
        [
            Authorisation(wei, xiu, WIFE, since),
            Authorisation(wei, gui, MOTHER, since, cap_per_settlement="500.00"),
            Authorisation(min_, fu, FATHER, since, cap_per_month="800.00"),
        ],
        # Given in the months when money could be sent to a wallet.
        [Purse("wallet", fu, 30_000, date(2025, 12, 1))],
    )


def _family_in_xian(on: date) -> Family:
    qiang = Person(FATHER_IN_XIAN, "陈志强", date(1983, 4, 4), MALE, XIAN, EMPLOYEE)
    qiang.opening_fen, qiang.monthly_fen, qiang.employer = 4_000, 500, "西安示范物流有限公司"
    li = Person(MOTHER_IN_XIAN, "赵丽", date(1986, 10, 10), FEMALE, XIAN, EMPLOYEE)
    li.opening_fen, li.monthly_fen, li.employer = 141_000, 10_200, "西安示范医药有限公司"
    nuo = Person(SON_IN_XIAN, "陈一诺", date(2015, 6, 1), MALE, XIAN, CHILD, False)
    feng = Person(GRANDMOTHER_IN_XIAN, "刘凤英", date(1954, 8, 22), FEMALE, XIAN, RESIDENT)
    since = _bound_since(on)
    return Family(
        [qiang, li, nuo, feng],
        [
            Tie(qiang, li, WIFE, MARRIAGE, date(2013, 2, 14)),
            Tie(qiang, nuo, SON, BIRTH, nuo.born),
            Tie(li, nuo, SON, BIRTH, nuo.born),
            Tie(qiang, feng, MOTHER, HOUSEHOLD, qiang.born),
        ],
        [
            Authorisation(qiang, nuo, SON, since, rank=1),
            Authorisation(li, nuo, SON, since, rank=2, cap_per_settlement="1000.00"),
            Authorisation(qiang, feng, MOTHER, since),
        ],
    )


def _family_in_xiamen(on: date) -> Family:
    hua = Person(FOUNDER_IN_XIAMEN, "林国华", date(1982, 6, 6), MALE, XIAMEN, EMPLOYEE)
    hua.opening_fen, hua.monthly_fen, hua.employer = 310_000, 12_400, "厦门示范港务有限公司"
    mei = Person(WIFE_IN_XIAMEN, "陈美玲", date(1984, 1, 19), FEMALE, XIAMEN, RESIDENT)
    lan = Person(MOTHER_IN_XIAMEN, "黄玉兰", date(1956, 3, 30), FEMALE, XIAMEN, RESIDENT)
    since = date(on.year - 1, 9, 1)
    return Family(
        [hua, mei, lan],
        [
            Tie(hua, mei, WIFE, MARRIAGE, date(2010, 5, 1)),
            Tie(hua, lan, MOTHER, HOUSEHOLD, hua.born),
        ],
        purses=[Purse("family_fund", hua, 80_000, since, [mei, lan])],
    )


def _family_across_provinces() -> Family:
    """A daughter freezes a quota for her mother in another province, as may be since 2026."""
    yan = Person(DAUGHTER_IN_SHANGHAI, "周晓燕", date(1984, 8, 16), FEMALE, SHANGHAI, EMPLOYEE)
    yan.opening_fen, yan.monthly_fen, yan.employer = 260_000, 15_300, "上海示范设计有限公司"
    zhen = Person(MOTHER_FAR_AWAY, "徐秀珍", date(1958, 4, 9), FEMALE, SHANGRAO, RESIDENT)
    return Family(
        [yan, zhen],
        [Tie(yan, zhen, MOTHER, HOUSEHOLD, yan.born)],
        [Authorisation(yan, zhen, MOTHER, date(2026, 3, 1), uses="outpatient;pharmacy_drugs")],
        # Sent in the months before quotas, when that was done by wallet.
        [Purse("wallet", zhen, 15_000, date(2025, 11, 20))],
    )
