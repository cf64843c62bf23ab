"""Families over three generations, invented from a seed, one at a time. Pure.

The same seed and day give the same people on every machine, and a million of them need no
more memory than one family.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from pooling.registry import demo
from pooling.registry.demo import (
    CHILD,
    EMPLOYEE,
    FEMALE,
    MALE,
    RESIDENT,
    RETIRED,
    Authorisation,
    Family,
    Person,
    Tie,
)

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡"


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_GIVEN = {
    (MALE, "old"): _names("建国 德福 长根 金生 明亮 国强 水生 福生 志明 永贵 大荣 保林"),
    (FEMALE, "old"): _names("桂兰 凤英 秀珍 玉梅 金凤 菊香 兰英 翠花 素芬 月娥 春香 桂英"),
    (MALE, "middle"): _names("伟 强 军 志强 建军 海涛 俊杰 文斌 国华 晓东 立新 鹏飞"),
    (FEMALE, "middle"): _names("敏 丽 静 秀英 海燕 雪梅 晓红 丽华 文静 小芳 佳慧 婷婷"),
    (MALE, "young"): _names("一诺 浩然 子轩 宇航 梓睿 俊熙 博文 天佑 明哲 思源 嘉树 沐阳"),
    (FEMALE, "young"): _names("小雨 欣怡 梓涵 诗涵 雨桐 佳怡 可馨 思琪 若曦 语嫣 安然 清妍"),
}
_EMPLOYERS = ("示范机械有限公司", "示范中学", "示范物流有限公司", "示范医院后勤中心", "示范纺织厂")
#: Most families live in the four areas whose rules are carried over.
_HOMES = (
    (demo.SHANGRAO,) * 4
    + (demo.XIAN,) * 3
    + (demo.SHANGHAI,) * 2
    + (
        demo.NANCHANG,
        demo.JIUJIANG,
        demo.XIANYANG,
    )
)
_DAY = 365


def families(members: int, seed: int, on: date) -> Iterator[Family]:
    """Yield families of exactly `members` people altogether, the story families first."""
    rng = Random(f"families {seed}")  # noqa: S311 - invention, not secrecy
    left = members
    for family in demo.story(on):
        yield from _at_most(family, left)
        left -= len(family.people)
    serial = demo.LAST_OF_STORY + 1
    while left > 0:
        family = _Household(rng, serial, on).family()
        yield from _at_most(family, left)
        serial += len(family.people)
        left -= len(family.people)


def _at_most(family: Family, people: int) -> Iterator[Family]:
    """Yield the family cut to its first people, with the ties that remain between them."""
    if people >= len(family.people):
        yield family
    elif people > 0:
        stay = set(family.people[:people])
        yield Family(
            family.people[:people],
            [tie for tie in family.ties if tie.one in stay and tie.other in stay],
            [
                each
                for each in family.authorisations
                if each.payer in stay and each.relative in stay
            ],
            [each for each in family.purses if each.owner in stay and stay.issuperset(each.others)],
        )


@dataclass(slots=True)
class _Household:
    """One family in the making: a couple, their parents, their children, perhaps an aunt."""

    rng: Random
    serial: int
    on: date
    made: Family | None = None

    def family(self) -> Family:
        rng = self.rng
        self.made = Family()
        home = rng.choice(_HOMES)
        surname, other = rng.choice(_SURNAMES), rng.choice(_SURNAMES)
        husband = self._worker(surname, MALE, home, rng.randint(32, 48))
        wife = self._worker(other, FEMALE, home, rng.randint(30, 46))
        married = self._marry(husband, wife, 24)
        self._children(surname, home, husband, wife, married)
        parents = self._parents(surname, home, husband)
        if rng.random() < 0.4:
            self._parents(other, home, wife)
        if rng.random() < 0.2:
            self._sibling(surname, home, husband, parents)
        self._authorise()
        return self.made

    def _person(self, name: str, gender: str, area: str, age: int, insured_as) -> Person:
        born = date.fromordinal(
            date(self.on.year - age - 1, 1, 1).toordinal() + self.rng.randrange(_DAY)
        )
        person = Person(self.serial, name, born, gender, area, insured_as)
        self.serial += 1
        self.made.people.append(person)
        return person

    def _name(self, surname: str, gender: str, age: str) -> str:
        return surname + self.rng.choice(_GIVEN[gender, age])

    def _worker(self, surname: str, gender: str, home: str, age: int) -> Person:
        rng = self.rng
        employed = rng.random() < (0.75 if gender == MALE else 0.6)
        # Some work in the big city while the family stays at home.
        area = demo.SHANGHAI if employed and rng.random() < 0.08 else home
        insured_as = EMPLOYEE if employed else RESIDENT
        person = self._person(self._name(surname, gender, "middle"), gender, area, age, insured_as)
        if employed:
            person.employer = demo.AREAS[area] + rng.choice(_EMPLOYERS)
            self._fund(person, 6_000, 16_000)
        return person

    def _fund(self, person: Person, least: int, most: int) -> None:
        person.monthly_fen = self.rng.randrange(least, most, 10)
        person.opening_fen = self.rng.randrange(0, 12) * person.monthly_fen

    def _marry(self, husband: Person, wife: Person, age: int) -> date:
        day = date(max(husband.born.year, wife.born.year) + age, self.rng.randint(1, 12), 18)
        day = min(day, self.on)
        self._tie(husband, wife, demo.WIFE, demo.MARRIAGE, day)
        return day

    def _children(self, surname: str, home: str, father: Person, mother: Person, married: date):
        oldest = min(self.on.year - married.year - 1, 17)
        ages = sorted(self.rng.randint(0, max(oldest, 0)) for _ in range(self.rng.randint(1, 2)))
        elder = None
        for age in reversed(ages):
            gender = self.rng.choice((MALE, FEMALE))
            name = self._name(surname, gender, "young")
            child = self._person(name, gender, home, age, CHILD)
            child.has_phone = False
            for parent in (father, mother):
                code = demo.SON if gender == MALE else demo.DAUGHTER
                self._tie(parent, child, code, demo.BIRTH, child.born)
            if elder and elder.born < child.born:
                code = demo.ELDER_BROTHER if elder.gender == MALE else demo.ELDER_SISTER
                self._tie(child, elder, code, demo.HOUSEHOLD, child.born)
            elder = child

    def _parents(self, surname: str, home: str, child: Person) -> list[Person]:
        rng = self.rng
        age = self.on.year - child.born.year + rng.randint(24, 30)
        made = []
        for gender, code, name in ((MALE, demo.FATHER, surname), (FEMALE, demo.MOTHER, None)):
            name = self._name(name or rng.choice(_SURNAMES), gender, "old")
            insured_as = RETIRED if rng.random() < 0.35 else RESIDENT
            person = self._person(name, gender, home, age, insured_as)
            person.has_phone = rng.random() < 0.7
            if insured_as is RETIRED:
                self._fund(person, 5_000, 11_000)
            self._tie(child, person, code, demo.HOUSEHOLD, child.born)
            made.append(person)
        self._marry(*made, 23)
        if rng.random() < 0.06:
            made[0].died_on = date.fromordinal(self.on.toordinal() - rng.randrange(30, 900))
        return made

    def _sibling(self, surname: str, home: str, brother: Person, parents: list[Person]) -> None:
        age = self.on.year - brother.born.year - self.rng.randint(2, 5)
        sister = self._worker(surname, FEMALE, home, age)
        for parent in parents:
            code = demo.FATHER if parent.gender == MALE else demo.MOTHER
            self._tie(sister, parent, code, demo.HOUSEHOLD, sister.born)
        self._tie(brother, sister, demo.YOUNGER_SISTER, demo.HOUSEHOLD, sister.born)

    def _tie(self, one: Person, other: Person, code: str, evidence: str, since: date) -> None:
        self.made.ties.append(Tie(one, other, code, evidence, since))

    def _authorise(self) -> None:
        """Let some of the employed pay for some of their near relatives, as their area allows."""
        rng = self.rng
        if rng.random() > 0.3:
            return
        paid_for: dict[int, int] = {}
        for tie in self.made.ties:
            payer, relative = tie.one, tie.other
            rank = paid_for.get(relative.serial, 0) + 1
            if not _may_pay(payer, relative, rank) or rng.random() < 0.4:
                continue
            paid_for[relative.serial] = rank
            year = date(self.on.year, 1, 1).toordinal()
            first = max(year, tie.since.toordinal())
            since = date.fromordinal(rng.randint(first, self.on.toordinal()))
            each = Authorisation(payer, relative, tie.code, since, rank)
            caps = rng.choice(("", "", "300.00", "500.00")), rng.choice(("", "", "1000.00"))
            if payer.area not in demo.NO_CAPS:
                each.cap_per_settlement, each.cap_per_month = caps
            self.made.authorisations.append(each)


def _may_pay(payer: Person, relative: Person, rank: int) -> bool:
    """Return whether the areas' rules of the demo let this payer be the relative's n-th."""
    most = 2 if payer.area in demo.TWO_PAYERS else 1
    return (
        payer.employed
        and payer.died_on is None
        and relative.died_on is None
        and payer.area[:2] == relative.area[:2]
        and rank <= most
    )
