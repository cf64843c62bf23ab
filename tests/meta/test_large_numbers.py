"""A number in an address may be larger than any the database counts with: nothing is there."""

import pytest
from django.urls.converters import IntConverter

from tests.meta import test_access
from tests.meta.test_access import ADDRESSES, as_, family

__all__ = ["family"]
#: The first that eight bytes do not hold.
LARGE = 2**63
NUMBERED = {
    name: {key for key, kind in page.converters.items() if isinstance(kind, IntConverter)}
    for name, page in ADDRESSES.items()
    if any(isinstance(kind, IntConverter) for kind in page.converters.values())
}


def addresses(family, monkeypatch):
    """Yield every numbered address with a number that nothing has."""
    reverse = test_access.reverse

    def with_large_number(name, kwargs):
        return reverse(name, kwargs=kwargs | dict.fromkeys(NUMBERED[name], LARGE))

    monkeypatch.setattr(test_access, "reverse", with_large_number)
    for name in NUMBERED:
        yield name, test_access.address(name, family)


def test_there_are_numbered_addresses():
    assert len(NUMBERED) > 10


@pytest.mark.parametrize("asker", ["payer", "clerk", "policy", "system"])
def test_what_no_row_can_be_numbered_is_not_found(asker, family, client, monkeypatch):
    as_(asker, client, family)
    for name, page in addresses(family, monkeypatch):
        for answer in (client.get(page), client.post(page)):
            assert answer.status_code < 500, name
