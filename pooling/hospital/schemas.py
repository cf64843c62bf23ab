"""The bodies of the REST interface, as `docs/connecting-a-till.md` and OpenAPI show them."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from pooling.hospital.parsing import (
    YEARS,
    Amount,
    Flag,
    Identifier,
    Moment,
    PositiveAmount,
    text,
)
from pooling.settlements import uses
from pooling.settlements.models import Line, Settlement, Use
from pooling.shared.crypto import blind_index

Yuan = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]{2}$", examples=["130.00"])]


#: Where not told they leave no trace, so that messages of before keep their fingerprints.
_JOINED_LATER = {"premium"}


class Body(BaseModel):
    """What comes in: a name we do not know is a mistake somebody should hear about."""

    model_config = ConfigDict(extra="forbid")

    def fingerprint(self, operation: str, institution_id: int) -> str:
        """Return the keyed fingerprint of the parsed body: `10`, `10.0` and `"10.00"` are equal.

        Keyed, because bodies hold identity numbers and a plain hash of those can be walked.
        """
        told = self.model_dump(mode="json")
        for name in _JOINED_LATER & told.keys():
            if told[name] is None:
                del told[name]
        content = [operation, institution_id, told]
        return blind_index(json.dumps(content, sort_keys=True), purpose="hospital.message").hex()


class Patient(Body):
    """Either `psn_no`, or `cert_no` with `name`, or the code of an e-credential as scanned."""

    psn_no: text(30) | None = None
    cert_no: text(30) | None = None
    name: text(60) | None = None
    e_credential: text(200) | None = None

    @model_validator(mode="after")
    def one_way_only(self):
        given = [name for name, value in self if value is not None]
        if given not in (["psn_no"], ["cert_no", "name"], ["e_credential"]):
            raise PydanticCustomError("patient", "patient")
        return self


class Buyer(Body):
    """Somebody else who collects the drugs."""

    name: text(60)
    cert_no: text(30)


class Premium(Body):
    """Of a premium: the calendar year it insures and, where it has a name, the product."""

    year: int = Field(strict=True, ge=YEARS.start, lt=YEARS.stop, examples=[2027])
    product: text(60) | None = None


def _no_forbidden_use(value: Any) -> Any:
    """What is never a use is told so by name, not as one unknown word among others."""
    if isinstance(value, str) and uses.never(value):
        raise PydanticCustomError(f"use_never_{value}", "use")
    return value


class BillIn(Body):
    """A bill. Personal part = own_paid + over_limit + pre_paid + in_scope_share, and
    total = fund + hospital_borne + personal part."""

    message_id: Identifier
    patient: Patient
    institution: text(12)
    use: Annotated[Use, BeforeValidator(_no_forbidden_use)]
    buyer: Buyer | None = None
    premium: Premium | None = None
    business_time: Moment
    total: Amount
    fund: Amount
    hospital_borne: Amount
    own_paid: Amount
    over_limit: Amount
    pre_paid: Amount
    in_scope_share: Amount
    acct_used_flag: Flag


class ReversalIn(Body):
    reason: text(200)


class ReversalByMessageIn(Body):
    institution: text(12)
    message_id: Identifier
    reason: text(200)


class RefundIn(Body):
    amount: PositiveAmount
    reason: text(200)


class LookupIn(Body):
    cert_no: text(30)
    name: text(60)


class PatientOut(BaseModel):
    psn_no: str
    name: str = Field(description="masked", examples=["张*"])


class LineOut(BaseModel):
    order: int
    source: Literal[tuple(Line.Source.values)]
    part: str | None = Field(description="current, prior or null")
    payer: str | None = Field(description="masked; only for relative and quota")
    binding: int | None
    amount: Yuan


class ClauseOut(BaseModel):
    value: Any
    area: str
    version: str
    source: str
    text: str


class ConsideredOut(BaseModel):
    source: str
    binding: int | None
    could_give: Yuan = Field(description="never more than was still needed there")
    taken: Yuan
    reason: str | None
    sentence: str | None
    rule: str | None
    clause: ClauseOut | None
    remedy: str = Field(description="what would have changed it; empty where nothing had to")


class DecisionOut(BaseModel):
    rules_version: str
    considered: list[ConsideredOut]


class PremiumOut(BaseModel):
    year: int
    product: str | None


class ProposalOut(BaseModel):
    patient: PatientOut
    institution: str
    use: Use
    premium: PremiumOut | None = Field(None, description="only where the bill told it")
    business_time: str
    total: Yuan
    fund: Yuan
    hospital_borne: Yuan
    personal_part: Yuan
    own: Yuan
    pooled: Yuan
    cash: Yuan
    balance_after: Yuan
    lines: list[LineOut]
    decision: DecisionOut


class SettlementOut(ProposalOut):
    id: int
    status: Literal[tuple(Settlement.Status.values)]
    refunded: Yuan


class RefundOut(BaseModel):
    id: int
    settlement: int
    amount: Yuan
    lines: list[LineOut]
    balance_after: Yuan


class TombstoneOut(BaseModel):
    status: Literal["not_settled"]
    institution: str
    message_id: str


class OwnOut(BaseModel):
    current: Yuan
    prior: Yuan


class AvailableOut(BaseModel):
    binding: int
    payer: str = Field(description="masked")
    amount: Yuan


class BalanceOut(BaseModel):
    psn_no: str
    own: OwnOut | None
    frozen: Yuan
    wallet: Yuan
    available_from_relatives: list[AvailableOut]


class RuleOut(BaseModel):
    value: Any
    version: str
    area: str
    clause: str
    source: str
    evidence: str
    seen_on: date | None


class FoundOut(BaseModel):
    psn_no: str


class Problem(BaseModel):
    """Every answer from 400 on."""

    code: str
    message: str
    remedy: str = ""
    rule: Any = None
    details: dict[str, Any] = Field(default_factory=dict)
