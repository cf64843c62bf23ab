"""A message as staff may see it: who and what ailed them is masked, field by field. Pure."""

from typing import Any

from pooling.shared.masks import mask_cert_no, mask_name, mask_phone

NAMES = {"psn_name", "name", "payer", "opter_name", "coner_name", "patn_name", "emp_name"}
NUMBERS = {"certno", "mdtrt_cert_no", "cert_no", "psn_cert_no", "e_credential"}
PHONES = {"tel", "phone", "coner_tel"}
#: Of these not even the first letter; diagnoses, drugs and departments among them.
HIDDEN = "***"
_HIDDEN = ("brdy", "dise", "diag", "main_cond", "birctrl", "dept", "med_list", "medins_list", "dr_")
#: Parts of an answer in which everything is health data.
_NODES = {"diseinfo"}


def masked(value: Any, key: str = "") -> Any:
    """Return a message's content with personal fields masked; its shape stays."""
    if isinstance(value, dict):
        return {name: masked(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [masked(each, key) for each in value]
    if not isinstance(value, str) or not value:
        return value
    if key in NAMES:
        return mask_name(value)
    if key in NUMBERS:
        return mask_cert_no(value)
    if key in PHONES:
        return mask_phone(value)
    return HIDDEN if any(part in key for part in _HIDDEN) or key in _NODES else value
