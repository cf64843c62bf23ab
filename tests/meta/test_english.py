"""A member who chose English meets Chinese only in names, sources and the words they sign."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from django.utils import timezone, translation

from accounts import access
from pooling.audit.services import look
from pooling.bindings import services as bindings
from pooling.bindings import texts
from pooling.cases.models import Case
from tests import build

pytestmark = pytest.mark.django_db

CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]+")
#: What people and places are called stays as it is.
NAMES = re.compile("中文|王伟|王\\*伟?|[王周赵张孙]\\*+|赵秀英|信州区人民医院|上饶市|江西省|国家")
SPOKEN = ("aria-label", "title", "alt", "placeholder")
LOG = "/admin/settlements/line/"
SILENT = ("script", "style", "svg")
VOID = ("meta", "link", "input", "br", "img", "hr", "use", "rect", "path")


class Reader(HTMLParser):
    """Collect what a page says that is not marked as Chinese."""

    def __init__(self):
        super().__init__()
        self.open, self.said = [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID:
            self.open.append((tag, tag in SILENT or attrs.get("lang") == "zh-Hans"))
        self.said += [attrs[name] for name in SPOKEN if attrs.get(name)]

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(skip for _tag, skip in self.open):
            self.said.append(data)


def chinese_in(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    return [text.strip() for text in reader.said if CHINESE.search(NAMES.sub("", text))]


@pytest.fixture(autouse=True)
def _it_is_sunday_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: build.NOON)


@pytest.fixture
def reads(client):
    """Return a function that opens a page, in English, and returns the Chinese left on it."""
    client.post("/me/language/", {"language": "en"})

    def read(address: str, data: dict | None = None, *, status: int = 200) -> list[str]:
        ask = client.get if data is None else client.post
        response = ask(address, data or {}, follow=True)
        assert response.status_code == status, (address, response.status_code)
        html = response.content.decode()
        assert '<html lang="en"' in html
        return chinese_in(html)

    yield read
    # A request leaves its language behind in the thread; the next test speaks Chinese.
    translation.deactivate()


@pytest.fixture
def signed_in(client):
    def sign_in(member, phone: str) -> None:
        user = build.phone_user(phone, member=member)
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[access.CONFIRMED] = build.NOON.timestamp()
        session.save()

    return sign_in


def test_the_reader_of_this_test_sees_chinese_where_there_is_some():
    assert chinese_in('<p>x<b aria-label="错">李四</b></p><p lang="zh-Hans">不</p>王*') == [
        "错",
        "李四",
    ]


@pytest.mark.parametrize("address", ["/", "/login/", "/staff/login/", "/help/", "/legal/"])
def test_visitors_read_english(reads, address):
    assert reads(address) == []


def test_the_rules_of_a_place_are_told_in_english(reads):
    build.built_in_areas(build.SHANGRAO)
    assert reads("/rules/") == []
    assert reads("/rules/361100/") == []
    assert reads("/rules/361100/?on=someday") == []


def test_wrong_addresses_and_wrong_phones_are_told_in_english(reads):
    assert reads("/family/nobody/", status=404) == []
    assert reads("/login/", {"phone": "1"}) == []


def everything_english(reads, pages) -> None:
    assert {page: left for page in pages if (left := reads(page))} == {}


@pytest.fixture
def family():
    """Return payer, relative, their authorisation, and bills with every kind of ending."""
    build.built_in_areas(build.SHANGRAO)
    payer = build.employee("王伟", born="1980-04-01")
    relative = build.resident("赵秀英", born="1982-03-02", gender="2")
    build.personal_account(payer, current=20_000, prior=50_000)
    bound = build.active_binding(
        payer, relative, cap_per_settlement_fen=30_000, uses=("outpatient",)
    )
    place = build.institution()
    bills = [build.settle(relative, fen, place=place) for fen in (10_000, 90_000)]
    bills.append(build.settle(relative, 5_000, place=place, use="inpatient"))
    bills.append(build.settle(relative, 3_000, own_paid=3_000, place=place))
    build.refund(bills[0], 4_000)
    bindings.freeze(binding_id=bound.pk, by=build.member_actor(payer), at=build.NOON)
    bills.append(build.settle(relative, 1_000, place=place))
    clerk = replace(build.clerk(), purpose="dispute 12")
    look(page=LOG, member_ids=[payer.pk], fields=["payer", "amount"], by=clerk, at=build.NOON)
    return payer, relative, bound, bills


def test_a_relative_reads_english(reads, signed_in, family):
    _payer, relative, bound, bills = family
    signed_in(relative, "13900139000")
    everything_english(reads, ["/", "/family/", f"/family/{bound.pk}/", "/inbox/", "/me/"])
    everything_english(
        reads, ["/usage/", *(f"/usage/{bill.uid}/" for bill in bills), "/me/looks/", "/logout/"]
    )


def test_a_payer_reads_english(reads, signed_in, family):
    payer, _relative, bound, bills = family
    signed_in(payer, "13800138000")
    everything_english(reads, ["/", "/family/", f"/family/{bound.pk}/", "/inbox/", "/me/"])
    everything_english(reads, ["/usage/", *(f"/usage/{bill.uid}/" for bill in bills[:2])])
    changes = ["limits", "release"]
    everything_english(reads, [f"/family/{bound.pk}/{change}/" for change in changes])
    everything_english(reads, ["/family/overall/", "/confirm-it-is-you/"])
    everything_english(reads, ["/me/looks/", "/usage/export/"])


def test_an_application_reads_english_to_the_end(reads, signed_in, client):
    build.built_in_areas(build.SHANGRAO)
    payer = build.employee("王伟", born="1980-04-01")
    mother = build.resident("赵秀英", born="1955-03-02", gender="2")
    signed_in(payer, "13800138000")
    assert reads("/bind/") == []
    assert reads("/bind/", {}) == []
    address = client.post("/bind/").url.removesuffix("relation/")
    wrong = {"relation": {}, "person": {"name": "", "cert_no": "1"}}
    wrong["limits"] = {"cap_per_day_fen": "-1", "to_date": "2020-01-01"}
    right = {"relation": {"code": "52"}, "limits": {"uses": ["outpatient"]}}
    right["person"] = {"name": "赵秀英", "cert_no": mother.cert_no}
    for step in ("relation", "person", "limits"):
        assert reads(f"{address}{step}/") == [], step
        assert reads(f"{address}{step}/", wrong[step]) == [], step
        assert reads(f"{address}{step}/", right[step]) == [], step
    assert reads(f"{address}sign/", {}) == []
    signed = {"version": texts.CURRENT, "hash": texts.fingerprint(texts.CURRENT), "agree": "on"}
    assert reads(f"{address}sign/", signed) == []
    assert reads(f"{address}check/", {}) == []
    case = Case.objects.get()
    assert reads(f"/r/{case.check_code}/") == []
    assert reads(f"/cases/{case.number}/proof/") == []
