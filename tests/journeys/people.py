"""What people do in a browser, in the words of the pages."""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from portal.models import DemoMessage
from tests import build

#: What sticks out of the narrowest phone, by tag and class; nothing on a good page.
_TOO_WIDE = """
document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.querySelectorAll("main *, header *, footer *")]
    .filter(each => each.getBoundingClientRect().right > window.innerWidth)
    .map(each => `${each.tagName}.${each.className.baseVal ?? each.className}`)
"""


def latest_code() -> str:
    """Return the code of the newest text message in the demo's outbox."""
    return re.search(r"\d{6}", DemoMessage.objects.order_by("-pk")[0].text)[0]


def sign_in(page, live, phone: str) -> None:
    """Sign in by phone and code, as a member does."""
    page.goto(f"{live}/login/")
    page.fill("input[name=phone]", phone)
    page.locator("main button.main").click()
    page.wait_for_url("**/login/code/**")
    page.fill("input[name=code]", latest_code())
    page.locator("main button.main").click()
    page.wait_for_url(re.compile(r"/(identity/)?$"))


def sign_in_staff(page, live, username: str) -> None:
    """Sign in by name, password and authenticator, as staff do; ends at the desk."""
    page.goto(f"{live}/admin/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(build.PASSWORD)
    page.get_by_role("button", name="下一步").click()
    code = format_hotp_value(hotp_value(build.TOTP_SECRET, int(time.time()) // 30))
    page.get_by_label("动态码").fill(code)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/admin/")


def sign_out(page) -> None:
    page.context.clear_cookies()


def give_fresh_code(page) -> None:
    """Answer the page that asks for a fresh code."""
    page.wait_for_url("**/confirm-it-is-you/**")
    page.fill("input[name=code]", latest_code())
    page.locator("main button.main").click()


def bill(patient, institution, *, personal: str, message_id: str, use: str = "outpatient") -> dict:
    """Return a till's bill of today whose whole personal part is in scope."""
    return {
        "message_id": message_id,
        "patient": {"psn_no": patient.psn_no},
        "institution": institution.code,
        "use": use,
        "business_time": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()),
        "total": personal,
        "fund": "0.00",
        "hospital_borne": "0.00",
        "own_paid": "0.00",
        "over_limit": "0.00",
        "pre_paid": "0.00",
        "in_scope_share": personal,
        "acct_used_flag": 2,
    }


def says(page, words: str, where: str = "main") -> None:
    """Wait until a part of the page shows these words; fail when it never does."""
    expect(page.locator(where)).to_contain_text(words, use_inner_text=True)


def says_nothing_of(page, words: str, where: str = "main") -> None:
    """Check that a part of the page, once it is whole, does not show these words."""
    assert words not in read(page, where)


def read(page, where: str = "main") -> str:
    """Return what a part of the page shows, once it is whole: a click returns before that."""
    page.wait_for_load_state()
    return page.inner_text(where)


def looks_right(page, axe) -> None:
    """Check what every page owes everybody: no barrier, nothing cut at 320 px; not without axe."""
    if axe is None:
        return
    axe(page)
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    wide = page.evaluate(_TOO_WIDE)
    page.set_viewport_size(size)
    assert wide == [], f"{page.url} is cut at 320 px: {wide}"
