"""A day's details go up, are compared line by line, and only what differs comes back."""

import base64
import io
import random
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest

from pooling.hospital import jobs
from pooling.hospital.models import ExchangeFile
from pooling.hospital.national import details
from tests.hospital.conftest import AREA
from tests.hospital.national import right_now

pytestmark = pytest.mark.django_db


def zipped(text: str, *, names=("detail.txt",)) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, text)
    return packed.getvalue()


def line(told: dict) -> str:
    """Return one line of the till's own books, as the document orders it."""
    names = ("setl_id", "mdtrt_id", "psn_no", "medfee_sumamt", "fund_pay_sumamt", "acct_pay")
    return "\t".join(str(told[name]) for name in (*names, "refd_setl_flag"))


def upload(till, content: bytes, *, as_numbers: bool = False) -> str:
    given = [*content] if as_numbers else base64.b64encode(content).decode()
    about = {"in": given, "filename": "detail.zip", "fixmedins_code": till.institution}
    return till.do("9101", {"fsUploadIn": about})["file_qury_no"]


def question(number: str, **changes) -> dict:
    today = f"{right_now():%Y-%m-%d}"
    about = {
        "setl_optins": AREA,
        "file_qury_no": number,
        "stmt_begndate": today,
        "stmt_enddate": today,
        "medfee_sumamt": "0",
        "fund_pay_sumamt": "0",
        "cash_payamt": "0",
        "fixmedins_setl_cnt": "0",
        "clr_type": "11",
        "refd_setl_flag": "",
    }
    return {"data": about | changes}


def differences(till, told: list[dict], **changes) -> list[list[str]]:
    """Upload a till's books, ask what differs, and fetch it as a client saves it."""
    number = upload(till, zipped("\n".join(map(line, told)) + "\n"))
    info = till.do("3202", question(number, **changes))["fileinfo"]
    reply = till.ask("9102", {"fsDownloadIn": info | {"fixmedins_code": till.institution}})
    assert reply.headers["Content-Type"] == "application/octet-stream"
    with zipfile.ZipFile(io.BytesIO(reply.raw)) as archive:
        (name,) = archive.namelist()
        return [row.split("\t") for row in archive.read(name).decode().splitlines()]


@pytest.fixture
def day(national, family) -> list[dict]:
    """Some settlements and reversals, as the till has them from our replies."""
    chance = random.Random(7)
    kept = []
    for _visit in range(8):
        amount = str(Decimal(chance.randrange(1, 20_00)).scaleb(-2))
        named = national.visit(family.mei, amount)
        kept.append(national.settle(named, amount))
        if chance.random() < 0.3:
            kept.append(national.reverse(named, kept[-1]["setl_id"]))
    assert {told["refd_setl_flag"] for told in kept} == {"0", "1"}
    return kept


def test_equal_books_differ_in_nothing(national, day):
    assert differences(national, day) == []
    only = [told for told in day if told["refd_setl_flag"] == "0"]
    assert differences(national, only, refd_setl_flag="0") == []


def test_one_altered_line_is_found_and_no_other(national, day):
    altered = day[3] | {"acct_pay": day[3]["acct_pay"] + Decimal("0.01")}
    (found,) = differences(national, [*day[:3], altered, *day[4:]])
    psn_no, mdtrt_id, setl_id, msgid, result, _flag, memo, *amounts = found
    assert (psn_no, mdtrt_id, setl_id, msgid) == tuple(
        day[3][name] for name in ("psn_no", "mdtrt_id", "setl_id", "medins_setl_id")
    )
    assert result == "1"
    assert memo == f"数据不一致，机构为：个人账户支出 {altered['acct_pay']}"
    # The amounts are ours.
    assert amounts == [
        str(day[3][name]) for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")
    ]


def test_lines_of_one_side_alone_are_told_apart(national, day):
    invented = day[0] | {"setl_id": "987654321"}
    lost = day[1]
    beyond_us, beyond_them = differences(national, [invented, day[0], *day[2:]])
    assert beyond_us[2:4] == ["987654321", "null"]
    assert "机构有" in beyond_us[6]
    # What we have beyond them is named by their own msgid.
    assert beyond_them[1:4] == ["null", "null", lost["medins_setl_id"]]
    assert "平台有" in beyond_them[6]


def test_a_line_sent_twice_is_told(national, day):
    (again,) = differences(national, [*day, day[0]])
    assert "重复" in again[6]


def test_another_clearing_type_or_day_has_none_of_them(national, day):
    assert len(differences(national, [], clr_type="11")) == len(day)
    assert differences(national, [], clr_type="41") == []
    before = f"{right_now() - timedelta(days=3):%Y-%m-%d}"
    assert differences(national, [], stmt_begndate=before, stmt_enddate=before) == []


def test_a_file_may_come_as_numbers_signed_or_not(national, day):
    content = zipped("\n".join(map(line, day)))
    upload(national, content, as_numbers=True)
    about = {"filename": "x", "fixmedins_code": national.institution}
    signed = [each - 256 if each > 127 else each for each in content]
    national.do("9101", {"fsUploadIn": about | {"in": signed}})
    first, second = ExchangeFile.objects.order_by("pk")
    assert base64.b64decode(first.content) == base64.b64decode(second.content) == content
    assert content not in bytes(first.content_sealed)
    for wrong in ("no base64!", [256], [-129], [True], ["1"], {}, [], "", 7):
        assert national.refused("9101", {"fsUploadIn": about | {"in": wrong}})


def test_who_asks_for_json_gets_the_file_in_it(national, day):
    number = upload(national, b"content")
    message = national.message(
        "9102",
        {"fsDownloadIn": {"file_qury_no": number, "filename": "x", "fixmedins_code": "x"}},
    )
    headers = national.signed("9102") | {"accept": "application/json, text/plain"}
    reply = national.send("9102", message, headers=headers).json
    assert (reply["infcode"], base64.b64decode(reply["output"]["in"])) == (0, b"content")


def test_a_file_is_its_institutions_own_and_waits_a_week(national, pharmacy, day):
    number = upload(national, b"x")
    wanted = {"fsDownloadIn": {"file_qury_no": number, "filename": "x", "fixmedins_code": "x"}}
    assert "没有这个文件" in pharmacy.refused("9102", wanted)
    assert "没有这个文件" in pharmacy.refused("3202", question(number))
    ExchangeFile.objects.update(made_at=right_now() - timedelta(days=8))
    assert "没有这个文件" in national.refused("9102", wanted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "unit_of_work", lambda work: work())
        jobs.forget_files()
    assert not ExchangeFile.objects.exists()


ROW = "1\t2\tP3\t4.00\t3.00\t1.00\t0"


@pytest.mark.parametrize(
    ("content", "line_number"),
    [
        (zipped(ROW.replace("4.00", "4.001")), 1),
        (zipped(ROW.replace("4.00", "1e9")), 1),
        (zipped(f"{ROW}\n\n{ROW}\nnothing"), 4),
        (zipped(ROW, names=("a", "b")), 0),
        (zipped(ROW)[:40], 0),
        (b"PK\x03\x04" + b"\xff" * 50, 0),
        (b"\xff\xff\xff\xff\x00", 0),
        (zipped("0" * (details.MOST_BYTES + 1)), 0),
    ],
    ids=["decimals", "exponent", "columns", "files", "cut", "no zip", "no text", "bomb"],
)
def test_what_is_no_statement_is_refused_by_its_line(content, line_number):
    with pytest.raises(details.Unreadable) as refusal:
        details.read(content)
    assert refusal.value.line == line_number


def test_a_statement_is_read_in_every_form_clients_write_it(national):
    heading = "setl_id\tmdtrt_id\tpsn_no\tmedfee_sumamt\tfund_pay_sumamt\tacct_pay\trefd_setl_flag"
    (want,) = details.read(zipped(ROW))
    assert (want.total_fen, want.fund_fen, want.account_fen, want.returned) == (
        400,
        300,
        100,
        False,
    )
    for text in (f"{heading}\r\n{ROW}\r\n", f"\ufeff{ROW}", ROW.replace("4.00", "4.0000")):
        assert details.read(zipped(text)) == [want]
    assert details.read(ROW.encode("gb18030")) == [want]
    (back,) = details.read(b"1\tnull\tP3\t-4.5\tnull\t-1\t1")
    assert (back.mdtrt_id, back.total_fen, back.fund_fen, back.returned) == ("", -450, 0, True)


def test_a_file_nobody_can_read_is_refused_at_the_till(national, day):
    number = upload(national, b"nothing")
    assert "第 1 行" in national.refused("3202", question(number))
