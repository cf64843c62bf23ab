"""Institutions that encrypt with SM4 and sign with SM2, and those that only say so."""

import base64
import json
import subprocess
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.core.management import CommandError, call_command

from accounts.services.clients import ClientRefused
from pooling.hospital import jobs
from pooling.hospital.models import Nonce, TillCredential
from pooling.hospital.national import guomi
from pooling.shared.work import Busy
from tests import build
from tests.hospital.national import NationalTill
from tests.hospital.test_exchanges import last

pytestmark = pytest.mark.django_db
SIGN_IN = {"signIn": {"opter_no": "0001"}}
needs_openssl = pytest.mark.skipif(guomi.openssl() is None, reason="no openssl program here")


def openssl(*words: str, folder) -> bytes:
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=True).stdout


@pytest.fixture
def keys(tmp_path, monkeypatch):
    """A folder with an institution's SM2 key pair; `openssl` may take its time here."""
    monkeypatch.setattr(guomi, "_SECONDS", 60)
    curve = ("-pkeyopt", "ec_paramgen_curve:SM2")
    openssl("genpkey", "-algorithm", "EC", *curve, "-out", "own.pem", folder=tmp_path)
    openssl("pkey", "-in", "own.pem", "-pubout", "-out", "public.pem", folder=tmp_path)
    return tmp_path


def signed(keys, data: bytes, signer: str) -> bytes:
    (keys / "data").write_bytes(data)
    question = ("pkeyutl", "-sign", "-inkey", "own.pem", "-in", "data", "-rawin", "-digest", "sm3")
    return openssl(*question, "-pkeyopt", f"distid:{signer}", folder=keys)


def sealed_till(hospital, **seal) -> tuple[NationalTill, TillCredential]:
    credential, secret = build.till_credential(institution=hospital, **seal)
    return NationalTill(credential.access_key, secret, hospital.code), credential


def test_sm4_is_the_standards():
    """GB/T 32907-2016, example 1; the second block is the padding."""
    key = "0123456789abcdeffedcba9876543210"
    closed = base64.b64decode(guomi.encrypt(bytes.fromhex(key), key=key))
    assert closed[:16].hex() == "681edf34d206965e86b3e94f536e4246"
    assert guomi.decrypt(base64.b64encode(closed).decode(), key=key) == bytes.fromhex(key)


def test_an_encrypted_input_is_read_and_a_plain_one_refused(hospital):
    till, credential = sealed_till(hospital, encrypts=True)
    closed = guomi.encrypt(json.dumps(SIGN_IN).encode(), key=credential.sm4_key)
    assert till.do("9001", closed, encType="SM4")["signinoutb"]
    assert "加密" in till.refused("9001", SIGN_IN)
    for wrong in ("", "no base64!", "AAAA", guomi.encrypt(b"{}", key="00" * 16)):
        assert till.refused("9001", wrong)
    broken = guomi.encrypt(b"{", key=credential.sm4_key)
    assert "JSON" in till.refused("9001", broken)


def test_an_institution_without_the_setting_is_told_so(national):
    assert "没有启用加密报文" in national.refused("9001", guomi.encrypt(b"{}", key="00" * 16))


def test_what_most_clients_write_into_cainfo_is_no_reason_to_refuse(national):
    for cainfo in ("null", "123", None, 7, "f" * 64):
        assert national.do("9001", SIGN_IN, cainfo=cainfo)


@needs_openssl
def test_a_signed_input_is_verified_in_both_forms(hospital, keys):
    pem = (keys / "public.pem").read_text()
    till, credential = sealed_till(hospital, encrypts=True, sm2_public_key=pem)
    plain = json.dumps(SIGN_IN).encode()
    closed = guomi.encrypt(plain, key=credential.sm4_key)
    der = signed(keys, plain, credential.access_key)
    raw = b"".join(number.to_bytes(32) for number in decode_dss_signature(der))
    for signature in (der, raw):
        assert till.do("9001", closed, cainfo=base64.b64encode(signature).decode())
    wrong = signed(keys, plain + b" ", credential.access_key), signed(keys, plain, "somebody"), b""
    for signature in wrong:
        reply = till.ask("9001", closed, cainfo=base64.b64encode(signature).decode())
        assert reply.json == {"code": 401, "message": "签名不一致!"}


@needs_openssl
def test_a_machine_too_busy_to_verify_has_found_no_forgery(hospital, keys, monkeypatch):
    pem = (keys / "public.pem").read_text()
    till, credential = sealed_till(hospital, encrypts=True, sm2_public_key=pem)
    plain = json.dumps(SIGN_IN).encode()
    closed = guomi.encrypt(plain, key=credential.sm4_key)
    cainfo = base64.b64encode(signed(keys, plain, credential.access_key)).decode()
    with monkeypatch.context() as busy:
        busy.setattr(guomi, "_SECONDS", 0)
        reply = till.ask("9001", closed, cainfo=cainfo)
        assert (reply.status, reply.json["infcode"]) == (503, -1)
        assert "请稍后再试" in reply.json["err_msg"]
        assert last().outcome == "busy"
        with pytest.raises(Busy):
            sealed_till(hospital, encrypts=True, sm2_public_key=pem)
    assert till.do("9001", closed, cainfo=cainfo)


@needs_openssl
def test_a_key_is_looked_at_before_it_is_believed(hospital, keys):
    pem = (keys / "public.pem").read_text()
    with pytest.raises(ClientRefused, match="SM4"):
        sealed_till(hospital, sm2_public_key=pem)
    with pytest.raises(ClientRefused, match="公钥"):
        sealed_till(hospital, encrypts=True, sm2_public_key="-----BEGIN NOTHING-----")


def test_without_openssl_the_setting_is_refused_with_a_sentence(hospital, monkeypatch):
    monkeypatch.setattr(guomi.shutil, "which", lambda _name: None)
    with pytest.raises(ClientRefused, match="openssl"):
        sealed_till(hospital, encrypts=True, sm2_public_key="any")
    assert not TillCredential.objects.exists()


def test_the_command_shows_the_sm4_key_between_the_two_others(hospital, capsys, tmp_path):
    call_command("create_till_credential", "till 1", institution=hospital.code, sm4=True)
    *_said, access_key, sm4_key, secret = capsys.readouterr().out.split()
    row = TillCredential.objects.get(access_key=access_key)
    assert (row.sm4_key, row.secret) == (sm4_key, secret)
    absent = ["--sm4", "--sm2-public-key", str(tmp_path / "absent.pem")]
    with pytest.raises(CommandError, match="不能读取"):
        call_command("create_till_credential", "till 2", "--institution", hospital.code, *absent)


def test_old_nonces_are_forgotten_and_young_ones_kept(tif):
    for _message in range(2):
        tif.do("9001", SIGN_IN)
    old = Nonce.objects.first()
    Nonce.objects.filter(pk=old.pk).update(used_at=old.used_at - timedelta(days=2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "unit_of_work", lambda work: work())
        jobs.forget_nonces()
    assert Nonce.objects.count() == 1
