"""What stands in front lets through what the portal takes, and a little more."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.urls import reverse

from pooling.cases import uploads
from pooling.hospital.national.api import MAX_BYTES

ROOT = Path(__file__).resolve().parents[2]
PROXY = (ROOT / "deploy" / "nginx.conf").read_text()
MEGABYTE = 1024 * 1024


def most_bytes(address: str) -> int:
    """Return how large a request may be for the place nginx would choose for an address."""
    places = re.findall(r"location ~ (\S+) \{(.*?)\}", PROXY, flags=re.DOTALL)
    found = [text for pattern, text in places if re.search(pattern, address)]
    (most,) = re.findall(r"client_max_body_size (\d+)m;", found[0] if found else PROXY)[:1]
    return int(most) * MEGABYTE


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        (reverse("cases:proof", args=["GJ20261122-000001"]), uploads.MOST_BYTES_AT_ONCE),
        (reverse("cases:document", args=["GJ20261122-000001", 1]), uploads.MOST_BYTES_AT_ONCE),
        (reverse("admin:counter_deskcase_scan", args=[1]), uploads.MOST_BYTES_AT_ONCE),
        (reverse("national", args=["9101"]), MAX_BYTES),
        (reverse("admin:hospital_message_statement"), 4 * MEGABYTE),
    ],
)
def test_people_read_the_portals_own_sentence_about_what_is_too_large(address, taken):
    assert most_bytes(address) > taken


def test_nothing_large_goes_where_no_file_is_taken():
    assert most_bytes(reverse("account_request_login_code")) == MEGABYTE


def test_the_headers_tills_sign_with_come_through():
    assert "underscores_in_headers on;" in PROXY


def test_slow_senders_hold_no_thread_and_papers_wait_in_memory():
    assert "proxy_request_buffering" not in PROXY
    (papers,) = re.findall(r"location ~ \^/\(cases\S+ \{(.*?)\}", PROXY, flags=re.DOTALL)
    assert "client_body_temp_path /dev/shm/" in papers


def test_nginx_takes_the_snippet(tmp_path):
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    openssl = shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("no nginx or no openssl here")
    key, certificate = tmp_path / "key.pem", tmp_path / "fullchain.pem"
    asked = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    asked += ["-subj", "/CN=gongji.example.gov.cn", "-keyout", key, "-out", certificate]
    subprocess.run(asked, check=True, capture_output=True)
    whole = tmp_path / "nginx.conf"
    whole.write_text(as_anybody(PROXY, tmp_path))
    told = subprocess.run([nginx, "-t", "-c", whole], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


def as_anybody(site: str, folder: Path) -> str:
    """Return a whole configuration that needs no port and no folder of root's."""
    for place in ("/etc/ssl/gongji", "/var/log/nginx", "/dev/shm"):
        site = site.replace(place, str(folder))
    site = re.sub(r"listen (\d+)", rf"listen unix:{folder}/\1", site)
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    head = f"pid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
    return f"{head}http {{\naccess_log off;\n{kept}{site}}}\n"
