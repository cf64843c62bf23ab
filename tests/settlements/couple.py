"""Fixtures: a husband with money on his account, his wife, and a clinic of their area."""

import pytest

from tests import build


@pytest.fixture
def clinic():
    build.area()
    return build.institution(area="999900")


@pytest.fixture
def husband(clinic):
    husband = build.employee("王伟", born="1980-03-05", gender="1", area="999900")
    build.personal_account(husband, prior=50_000, area="999900")
    return husband


@pytest.fixture
def wife(husband):
    return build.resident("李芳", born="1982-05-01", gender="2", area="999900")
