"""An integrator walks a visit in the sandbox and reads its messages, on a phone and at a desk."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_bind_and_pay import shot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [390, 1280])
def test_an_integrator_walks_a_visit_in_the_sandbox(page, live, axe, quiet_console, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live}/sandbox/till/")
    axe(page)
    page.get_by_label("签名方式").select_option("B")
    page.get_by_role("button", name="走一次").click()
    expect(page.get_by_role("status")).to_contain_text("9 条报文，全部合格", use_inner_text=True)
    expect(page.get_by_role("heading", level=2)).to_have_count(9)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"sandbox-{width}")
