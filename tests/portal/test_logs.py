"""A line of the log says where something broke, and nothing about anybody."""

import json
import logging
import sys
from logging.config import DictConfigurator

from django.conf import settings


def written(error: Exception) -> dict:
    """Return the line that a failure leaves, as settings would write it."""
    formatter = DictConfigurator(settings.LOGGING).configure_formatter(
        dict(settings.LOGGING["formatters"]["json"])
    )
    try:
        _fail(error)
    except type(error):
        record = logging.LogRecord(
            "portal", logging.ERROR, __file__, 1, "unexpected failure", (), sys.exc_info()
        )
    return json.loads(formatter.format(record))


def _fail(error: Exception) -> None:
    name = "张桂" + "兰"  # so that the source does not hold what is looked for
    raise error if name else AssertionError


def test_a_failure_is_logged_with_its_place_and_without_what_variables_held():
    line = written(ValueError("broken"))
    (told,) = line["exception"]
    assert (told["exc_type"], told["exc_value"]) == ("ValueError", "broken")
    assert told["frames"][-1]["name"] == "_fail"
    assert "张桂兰" not in json.dumps(line, ensure_ascii=False)


def test_a_number_in_a_failures_text_is_blotted_out():
    line = written(ValueError("Key (phone)=(13800138000) already exists"))
    assert "13800138000" not in json.dumps(line)
    assert line["exception"][0]["exc_value"] == "Key (phone)=(***) already exists"
