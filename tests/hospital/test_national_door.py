"""Who is let in at the national interface, and in which clothes: signatures and habits."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts.services import clients
from pooling.hospital.models import Nonce, TillCredential
from pooling.hospital.national import dictionary, signatures
from tests import build
from tests.hospital.national import (
    NationalTill,
    admission,
    bill,
    exact,
    fee_line,
    registration,
    without_null,
)
from tests.hospital.till import call, right_now

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "hsa" / "samples"
NO_HEADERS, TOO_OLD, UNKNOWN, DIFFERS = (
    "缺少服务网关的请求头!",
    "签名时间戳超时!",
    "非法用户!",
    "签名不一致!",
)
#: Some live pre-settlements carry one; ours have no identity.
SETL_ID_OF_A_PREVIEW = {"setl_id"}
SIGN_IN = {"signIn": {"opter_no": "0001", "mac": "00-00", "ip": "10.0.0.1"}}


def turned_away(reply) -> str:
    """Return the gateway's words; its body has two fields and HTTP 200."""
    assert (reply.status, reply.json["code"]) == (200, 401), reply
    assert set(reply.json) == {"code", "message"}
    return reply.json["message"]


def test_the_documents_vector_of_family_a():
    signed = signatures.csb(
        "SK_TEST", key="AK_TEST", name="2207", timestamp="1795326483617", version="1.0"
    )
    assert signed == "kEdDnRc4uBfEWPhYy/wtTuwj3m8="


def test_the_documents_vector_of_family_b():
    signed = signatures.tif("SK_TEST", nonce="abc123", timestamp="1790000000")
    assert signed == "89fefa7c960d92f96f738238843f451fcd8b3ffcfde55e7c48e9e8c151d3f202"


@pytest.mark.parametrize("kind", ["national", "tif"])
def test_who_signs_rightly_is_let_in(kind, request):
    till = request.getfixturevalue(kind)
    assert till.do("9001", SIGN_IN)["signinoutb"]["sign_no"]


@pytest.mark.parametrize("kind", ["national", "tif"])
def test_the_gateway_turns_others_away_in_its_own_words(kind, request):
    till = request.getfixturevalue(kind)
    message = till.message("9001", SIGN_IN)
    signed = till.signed("9001")

    def told(headers) -> str:
        return turned_away(till.send("9001", message, headers=headers))

    key, timestamp, signature = (
        next(name for name in signed if name.endswith(ending))
        for ending in ("_key" if kind == "national" else "paasid", "timestamp", "signature")
    )
    assert told({}) == NO_HEADERS
    assert told({name: signed[name] for name in signed if name != signature}) == NO_HEADERS
    assert told(signed | {key: "nobody"}) == UNKNOWN
    assert told(signed | {signature: "0" * 64}) == DIFFERS
    assert told(signed | {timestamp: "soon"}) == TOO_OLD
    now = int(right_now().timestamp())
    for off in (-1900, 1900):
        assert told(till.signed("9001", at=now + off)) == TOO_OLD
    assert Nonce.objects.count() == 0
    for near in (-1700, 1700):
        assert (
            till.send("9001", message, headers=till.signed("9001", at=now + near)).json["infcode"]
            == 0
        )


def test_seconds_are_as_good_as_milliseconds(national):
    now = str(int(right_now().timestamp()))
    signed = national.signed("9001") | {"_api_timestamp": now}
    signed["_api_signature"] = signatures.csb(
        national.secret, key=national.access_key, name="9001", timestamp=now, version="1.0"
    )
    reply = national.send("9001", national.message("9001", SIGN_IN), headers=signed)
    assert reply.json["infcode"] == 0


def test_a_key_of_one_family_opens_nothing_in_the_other(national):
    stolen = NationalTill(national.access_key, national.secret, national.institution, "tif")
    assert turned_away(stolen.ask("9001", SIGN_IN)) == UNKNOWN


def test_a_stopped_client_is_nobody(national, db):
    client = TillCredential.objects.get().client
    clients.revoke_client(name=client.name, by=build.JOB, at=build.NOON)
    assert turned_away(national.ask("9001", SIGN_IN)) == UNKNOWN


def test_a_nonce_stands_for_one_message(tif, family):
    signed = tif.signed("9001", nonce="abc123")
    first = tif.message("9001", SIGN_IN)
    assert tif.send("9001", first, headers=signed).json["infcode"] == 0
    assert turned_away(tif.send("9001", first, headers=signed)) == DIFFERS
    assert turned_away(tif.send("9001", tif.message("9001", SIGN_IN), headers=signed)) == DIFFERS


def test_a_client_that_retries_a_settlement_with_the_same_nonce_gets_its_answer(tif, family):
    named = tif.visit(family.mei, "10.00")
    message = tif.message("2207", {"data": bill(named, "10.00")})
    signed = tif.signed("2207")
    replies = [tif.send("2207", message, headers=signed) for _ in range(3)]
    assert replies[0].json["infcode"] == 0
    assert len({reply.raw for reply in replies}) == 1
    other = message | {"msgid": "another"}
    assert turned_away(tif.send("2207", other, headers=signed)) == DIFFERS


def test_a_nonce_is_kept_once(tif):
    tif.do("9001", SIGN_IN)
    nonce = Nonce.objects.get()
    with pytest.raises(IntegrityError, match="hospital_nonce_used_once"):
        Nonce(
            credential_id=nonce.credential_id, nonce=nonce.nonce, body="", used_at=build.NOON
        ).save()


def test_nobody_speaks_for_another_institution(national, family):
    elsewhere = build.institution()
    assert "机构" in national.refused("9001", SIGN_IN, fixmedins_code=elsewhere.code)


def test_the_secret_is_shown_once_and_kept_sealed(hospital, capsys):
    call_command("create_till_credential", "till 9", institution=hospital.code, family="tif")
    *_said, access_key, secret = capsys.readouterr().out.split()
    row = TillCredential.objects.get(access_key=access_key)
    assert row.secret == secret
    assert secret.encode() not in bytes(row.secret_sealed)
    till = NationalTill(access_key, secret, hospital.code, "tif")
    assert till.do("9001", SIGN_IN)
    with pytest.raises(CommandError, match="同名"):
        call_command("create_till_credential", "till 9", institution=hospital.code)


# --- habits -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain;charset=utf-8", "application/x-www-form-urlencoded", "", "x"],
)
def test_the_body_is_read_whatever_its_content_type_says(national, content_type):
    raw = json.dumps(national.message("9001", SIGN_IN)).encode()
    headers = national.signed("9001") | {"content-type": content_type}
    assert call("POST", "/9001", raw, headers, prefix="/hsa").json["infcode"] == 0


@pytest.mark.parametrize(
    "path",
    [
        "/9001",
        "/9001/",
        "/fsi/api/rsfComIfsService/callService",
        "/fsi/api/rsfComIfsService/callService/",
        "/fsi/api/rsfComIfsService/callService/9001",
    ],
)
def test_every_address_clients_use_is_served(national, path):
    reply = national.send("9001", national.message("9001", SIGN_IN), path=path)
    assert reply.json["infcode"] == 0


def test_an_address_and_its_message_must_agree(national):
    reply = national.send("1101", national.message("9001", SIGN_IN), path="/1101")
    assert "infno" in reply.json["err_msg"]
    unknown = national.send("9999", national.message("9999", {}))
    assert (unknown.status, unknown.json["infcode"]) == (200, -1)
    assert "9999" in unknown.json["err_msg"]


def test_what_is_no_message_gets_a_sentence_in_the_same_shape(national):
    for raw in (b"", b"[]", b"{", b"\xff\xfe", b'{"infno":"9001","infno":"9001"}'):
        reply = national.send("9001", None, raw=raw)
        assert (reply.status, reply.json["infcode"]) == (200, -1)
        assert reply.json["err_msg"]
    assert call("GET", "/9001", b"", {}, prefix="/hsa").status == 405
    assert call("POST", "/nowhere", b"", {}, prefix="/hsa").status == 404


def test_a_byte_order_mark_is_no_reason_to_turn_a_patient_away(national):
    raw = b"\xef\xbb\xbf" + json.dumps(national.message("9001", SIGN_IN)).encode()
    assert national.send("9001", None, raw=raw).json["infcode"] == 0


def test_capital_input_lone_rows_and_short_codes_mean_the_same(national, family):
    who = {"psn_no": family.mei.psn_no}
    message = national.message("2201", None)
    del message["input"]
    message["Input"] = {"data": [who | registration("390") | {"mdtrt_cert_type": "2"}]}
    reply = national.send("2201", message)
    assert reply.json["infcode"] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"sign_no": "", "insuplc_admdvs": ""},
        {"insuplc_admdvs": None, "mdtrtarea_admvs": ""},
        {"opter_type": 1, "infver": "1"},
        {"recer_sys_code": "接收方系统代码", "dev_no": "null"},
        {"msgid": "H4403000000120260102030405"},
        {"msgid": "0f" * 15},
        {"fixmedins_soft_fcty": "某公司", "recer_admdvs": "440100"},
    ],
)
def test_envelopes_come_in_many_shapes(national, changes):
    assert national.do("9001", SIGN_IN, **changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"msgid": ""}, "msgid"),
        ({"msgid": "x" * 31}, "msgid"),
        ({"fixmedins_code": None}, "fixmedins_code"),
        ({"opter_type": "7"}, "opter_type"),
        ({"input": "no object"}, "input"),
        ({"input": None}, "input"),
    ],
)
def test_an_envelope_is_refused_by_the_name_of_its_field(national, changes, field):
    assert field in national.refused("9001", SIGN_IN, **changes)


def test_a_field_is_refused_by_node_and_name(national, family):
    named = national.visit(family.mei, "10.00")
    for changes, why in [
        ({"medfee_sumamt": "1.001"}, "data.medfee_sumamt（医疗费总额）"),
        ({"medfee_sumamt": "1e3"}, "data.medfee_sumamt（医疗费总额）"),
        ({"medfee_sumamt": True}, "data.medfee_sumamt（医疗费总额）"),
        ({"medfee_sumamt": None}, "不能为空"),
        ({"acct_used_flag": "3"}, "data.acct_used_flag"),
        ({"psn_no": "x" * 31}, "30"),
        ({"insutype": "311"}, "310"),
        ({"mdtrt_id": {}}, "data.mdtrt_id"),
    ]:
        assert why in national.refused("2207", {"data": bill(named, "10.00") | changes})


# --- the samples of real clients ----------------------------------------------------------


def _samples(kind: str) -> list[Path]:
    return sorted(SAMPLES.glob(f"*_{kind}*.json")) if SAMPLES.is_dir() else []


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples beside the project")
def test_every_request_of_a_real_client_is_understood(national):
    """Their patients are not ours; so they get past the dictionary, and no further."""
    assert _samples("request")
    for path in _samples("request"):
        message = json.loads(path.read_text("utf-8"))
        message["fixmedins_code"] = national.institution
        told = national.send(message["infno"], message).json
        assert told["infcode"] == -1
        assert "：" not in told["err_msg"], (path.name, told)


@pytest.fixture
def replies(national, family) -> dict:
    """Our replies, by the name of the live sample of the same transaction."""
    mei = family.mei
    named, tried = national.visit(mei, "10.00"), national.visit(mei, "1.00")
    who = {"psn_no": mei.psn_no}
    stay = who | {"mdtrt_id": national.do("2401", admission(mei))["result"]["mdtrt_id"]}
    final = bill(stay, "9.00", mid_setl_flag="1")
    about = {"certno": family.wei.cert_no, "psn_name": family.wei.name}
    asked = {
        "9001_response_hebei": ("9001", SIGN_IN),
        "1101_response_hebei_employee2": ("1101", {"data": about}),
        "1101_response_shanghai": ("1101", {"data": about}),
        "2201_response": ("2201", {"data": who | registration("390")}),
        "2204_response": ("2204", {"feedetail": [tried | fee_line("2.00", "B2")]}),
        "2206_response": ("2206", {"data": bill(tried, "1.00")}),
        "2207_response": ("2207", {"data": bill(named, "10.00")}),
        "2301_response": ("2301", {"feedetail": [stay | fee_line("9.00")]}),
        "2303_response": ("2303", {"data": final}),
        "2304_response": ("2304", {"data": final}),
    }
    told = {name: national.ask(infno, input_) for name, (infno, input_) in asked.items()}
    for infno, name, where in (("2208", "2207", named), ("2305", "2304", stay)):
        setl_id = told[f"{name}_response"].json["output"]["setlinfo"]["setl_id"]
        told[f"{infno}_response"] = national.ask(infno, {"data": where | {"setl_id": setl_id}})
    return told


def fields(value) -> set[str]:
    """Return the names in a node that carry something, of all its rows together."""
    rows = value if isinstance(value, list) else [value]
    return {name for row in rows if row for name in row if row[name] is not None}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples beside the project")
def test_a_client_finds_in_our_replies_every_field_it_finds_in_live_ones(replies):
    for name, reply in replies.items():
        sample = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
        assert reply.json["infcode"] == 0, (name, reply)
        assert without_null(exact(reply)), name
        assert set(sample) <= set(reply.json), name
        for node, values in sample["output"].items():
            assert node in reply.json["output"], (name, node)
            if fields(values):
                absent = fields(values) - fields(reply.json["output"][node])
                assert absent <= SETL_ID_OF_A_PREVIEW, (name, node)


def test_the_dictionary_knows_every_transaction_that_is_answered():
    from pooling.hospital.national.services import messages

    assert dictionary.transactions() >= messages.KNOWN
