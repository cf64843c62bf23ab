"""A family from the registry's files, a bill by REST, and both sides read why.

Nothing here is made through the code's own doors: files, commands, HTTP, as in real life.
"""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.timezone import now

from accounts import identity
from accounts import selectors as people
from pooling.settlements import selectors as settlements
from pooling.settlements.models import Settlement
from pooling.shared.periods import business_date
from tests.hospital.till import Till

pytestmark = pytest.mark.django_db(transaction=True)

XIAN = "610100"
#: The till asks today: an authorisation and the money of years ago may be over by then.
YEAR = business_date(now()).year


def number(body: str) -> str:
    return identity.with_check_digit(f"100101{body}")


FILES = {
    "members.csv": f"""psn_no,name,cert_type,cert_no,birth_date,gender,phone,died_on
G1,梅桂兰,01,{number("19500312002")},1950-03-12,2,,
S1,魏建国,01,{number("19750601001")},1975-06-01,1,13800138001,
D1,魏秀英,01,{number("19780917004")},1978-09-17,2,13800138002,
""",
    "enrolments.csv": f"""psn_no,insutype,area,psn_type,status,from_date,to_date,employer
G1,390,{XIAN},15,1,2020-01-01,,
S1,310,{XIAN},11,1,2010-01-01,,西安某厂
D1,310,{XIAN},11,1,2010-01-01,,西安某校
""",
    "credentials.csv": "psn_no,activated_on\n"
    + "".join(f"{who},{YEAR - 1}-06-01\n" for who in ("G1", "S1", "D1")),
    "institutions.csv": f"""fixmedins_code,name,area,level,type
H61010000001,西安市某社区卫生服务中心,{XIAN},1,hospital
H61010000002,西安市某医院,{XIAN},3,hospital
""",
    "relations.csv": """psn_no,relative_psn_no,relation,evidence,evidence_no,from_date,to_date
S1,G1,52,household_register,,1975-06-01,
D1,G1,52,household_register,,1978-09-17,
""",
    "contributions.csv": f"""reference,psn_no,area,part,amount,business_date
C1,S1,{XIAN},prior,40.00,{YEAR - 1}-06-01
C2,S1,{XIAN},current,20.00,{YEAR}-01-01
C3,D1,{XIAN},prior,500.00,{YEAR - 1}-06-01
""",
    "bindings.csv": f"""payer_psn_no,relative_psn_no,relation,rank,from_date,to_date,\
cap_per_settlement,cap_per_day,cap_per_month,cap_per_year,quota,uses,commitment
S1,G1,52,1,{YEAR}-01-01,,,,,,,,no
D1,G1,52,2,{YEAR}-01-01,,100.00,,,,,,no
""",
}


@pytest.fixture
def registry(tmp_path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    call_command("load_policies", verbosity=0)
    call_command("load_registry", str(tmp_path), strict=True, verbosity=0)
    return tmp_path


def key_of(capsys, name: str, **options) -> str:
    capsys.readouterr()
    call_command("create_api_client", name, **options)
    return capsys.readouterr().out.splitlines()[-1]


def test_a_family_binds_a_hospital_charges_and_everyone_can_see_why(registry, capsys):
    till = Till(key_of(capsys, "till", scope="settle", institution="H61010000001"), "H61010000001")
    hotline = Till(key_of(capsys, "12333", scope="lookup"))
    grandmother, son, daughter = map(people.by_psn_no, ("G1", "S1", "D1"))

    # Before the visit the hotline tells what the children make available, and no balance.
    found = hotline.post("/members/lookup", {"cert_no": number("19500312002"), "name": "梅桂兰"})
    assert found.json == {"psn_no": "G1"}
    balance = hotline.get("/members/G1/balance").json
    assert [each["amount"] for each in balance["available_from_relatives"]] == ["60.00", "100.00"]

    # At the desk: the preview is the settlement that follows.
    bill = till.bill(grandmother, "130.00", fund="70.00")
    preview, settled = till.post("/preview", bill).json, till.settle(bill).json
    assert preview["lines"] == settled["lines"]
    assert [(line["payer"], line["part"], line["amount"]) for line in settled["lines"]] == [
        ("魏*", "prior", "40.00"),
        ("魏*", "current", "20.00"),
        ("魏*", "prior", "70.00"),
    ]
    assert settled["decision"]["rules_version"].split()[0].startswith(f"{XIAN}/")

    # The answer got lost; the till asks again and nobody pays twice.
    assert till.settle(bill).json == settled

    # Both sides read it: the grandmother who paid, the children what they paid and why.
    uid = Settlement.objects.get(pk=settled["id"]).uid
    received = settlements.usage_for(grandmother.pk)
    assert [row.uid for row in received.received] == [uid]
    for payer, fen in ((son, 60_00), (daughter, 70_00)):
        (given,) = settlements.usage_for(payer.pk).given
        assert (given.uid, given.amount_fen) == (uid, fen)
        assert settlements.decision_for(payer.pk, uid).sources
    assert settlements.decision_for(grandmother.pk, uid).sources

    # Part of the drugs goes back, then all of the rest; the books agree.
    refund = till.refund(settled["id"], "100.00").json
    assert [line["amount"] for line in refund["lines"]] == ["70.00", "20.00", "10.00"]
    assert till.reverse(settled["id"]).json["status"] == "reversed"
    for member, parts in ((son, ("20.00", "40.00")), (daughter, ("0.00", "500.00"))):
        own = hotline.get(f"/members/{member.psn_no}/balance").json["own"]
        assert (own["current"], own["prior"]) == parts
    call_command("check_ledger", verbosity=0)
