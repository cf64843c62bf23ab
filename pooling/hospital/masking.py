"""A message as staff may see it: who and what ailed them is masked, field by field. Pure."""

import json
import re
from typing import Any

from pooling.shared.masks import mask_cert_no, mask_name, mask_phone

NAMES = {"psn_name", "name", "payer", "opter_name", "coner_name", "patn_name", "emp_name"}
NUMBERS = {"certno", "mdtrt_cert_no", "cert_no", "psn_cert_no", "e_credential"}
PHONES = {"tel", "phone", "coner_tel"}
#: JSON inside a text, among it who collects drugs for the patient.
EMBEDDED = {"exp_content", "expContent"}
#: Of these not even the first letter.
HIDDEN = "***"
_HIDDEN = ("brdy", "addr", "memo", "cainfo")
#: Beside the last four digits of a number they would help to guess it.
AGES = {"age"}
#: Diagnoses, drugs, departments and doctors: nobody at this desk is their reviewer.
_HEALTH = ("dise", "diag", "main_cond", "birctrl", "dept", "med_list", "medins_list", "dr_")
#: Parts of an answer in which everything is health data.
_NODES = {"diseinfo"}
#: An identity number wherever somebody wrote one.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")


def masked(value: Any, key: str = "", *, named: bool = False) -> Any:
    """Return a message's content with personal fields masked; its shape stays.

    `named`: who it is about stands there in full. What ailed them never does.
    """
    if isinstance(value, dict):
        return {name: masked(each, name, named=named) for name, each in value.items()}
    if isinstance(value, list):
        return [masked(each, key, named=named) for each in value]
    if key in AGES and not named:
        return HIDDEN
    if not isinstance(value, str) or not value:
        return value
    if any(part in key for part in _HEALTH) or key in _NODES:
        return HIDDEN
    if key in EMBEDDED:
        return _embedded(value, named)
    return value if named else _of_somebody(value, key)


def _of_somebody(value: str, key: str) -> str:
    if key in NAMES:
        return mask_name(value)
    if key in NUMBERS:
        return mask_cert_no(value)
    if key in PHONES:
        return mask_phone(value)
    if any(part in key for part in _HIDDEN):
        return HIDDEN
    return _NUMBER.sub(lambda found: mask_cert_no(found[0]), value)


def _embedded(text: str, named: bool) -> str:
    """Return JSON inside a text masked as JSON is; what is none could be anything."""
    try:
        inside = json.loads(text)
    except ValueError:
        return HIDDEN
    return json.dumps(masked(inside, named=named), ensure_ascii=False)
