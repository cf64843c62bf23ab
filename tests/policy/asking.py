"""What people ask about an area's rules, put to the code that decides; see `test_regions_*`.

A question knows the one clause it is about: an answer counts other obstacles out, so that a row
of a table says what its source says and nothing else.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pooling.bindings import counting, usability
from pooling.bindings import rules as binding_rules
from pooling.bindings.facts import Asker, Pair, Past, Side
from pooling.bindings.rules import Limits, Overall
from pooling.bindings.usability import Authorisation, Facts, Patient, Payer, Visit
from pooling.policy import definitions, rules
from pooling.policy.rules import Rules
from pooling.settlements import waterfall
from pooling.settlements.sources import NO_PURSE, Candidate, Charge, Clause, Input, Part, Purse

YES = "yes"
NEAREST = ["spouse", "parent", "child"]
CARE = ["outpatient", "inpatient", "pharmacy_drugs"]
SHOP = ["pharmacy_devices", "pharmacy_consumables"]
BY_PROMISE = ["registry", "commitment"]
BY_PAPERS = ["registry", "document"]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks in `words`, and how the engine answers it from the rules of a day."""

    words: str
    clause: str
    answer: Callable[[Rules], Any]


def published() -> tuple[rules.Version, ...]:
    """Return every version of the files that come with the portal, without a database."""
    return tuple(
        rules.Version(
            area.code,
            version.label,
            version.from_date,
            tuple(
                rules.ClauseInForce(
                    **asdict(clause),
                    area_code=area.code,
                    area_name=area.name,
                    version_label=version.label,
                )
                for clause in version.clauses
            ),
        )
        for area in definitions.read_folder()
        for version in area.versions
    )


VERSIONS = published()


def day(text: str) -> date:
    """Return a date from `2026-11-22`."""
    return date.fromisoformat(text)


def on(area: str, day: str) -> Rules:
    """Return the rules of an area on a day."""
    return rules.in_force(VERSIONS, area, date.fromisoformat(day))


def said_by(found: Rules, name: str) -> str:
    """Return who rules so and how sure we are: `370100/2021-1 NEWS`, or `DEFAULT`."""
    clause = found.clause(name)
    if clause.is_default:
        return clause.evidence
    return f"{clause.area_code}/{clause.version_label} {clause.evidence}"


def what(name: str) -> Question:
    """Ask for a rule as it stands; for what is written down before anything decides by it."""
    return Question(f"what holds for {name}", name, lambda found: found.value(name))


# --- may I bind them? ---------------------------------------------------------------------


def may_bind(kind: str) -> Question:
    return _binding(f"may I bind my {kind}", "relations", kind=kind)


def one_more(having: int) -> Question:
    words = f"I pay for {having} already, may I bind one more"
    return _binding(words, "max_relatives_per_payer", relatives=having)


def another_payer(having: int) -> Question:
    words = f"{having} pay for her already, may I too"
    return _binding(words, "max_payers_per_relative", payers=having)


def by_promise(kind: str = "child") -> Question:
    words = f"is my signed promise enough for my {kind}"
    return _binding(words, "evidence_accepted", kind=kind, registered=None, proof="commitment")


def insured_in(area: str) -> Question:
    return _binding(f"may I bind somebody insured in {area}", "scope", away=area)


def insured_by(insutype: str) -> Question:
    return _binding(f"may somebody be bound with {insutype}", "patient_types", insutype=insutype)


def behind_with_premiums() -> Question:
    return _binding("her insurance is paused, may I bind her", "patient_status_normal", status="2")


def another(role: str, *, kind: str) -> Question:
    """Ask for a second of those there may be one of, such as a father."""
    words = f"I pay for one {role}, may I bind another"
    return _binding(words, "max_per_role", kind=kind, takes=(kind, role), roles={role: 1})


def a_new_one(after: int) -> Question:
    words = f"I have bound {after} different people in my life, may I bind another"
    return _binding(words, "max_relatives_lifetime", ever=after)


def while_somebody_pays_for_me() -> Question:
    return _binding("somebody pays for me, may I pay", "payer_may_be_relative", paid_for=True)


def who_pays_for_others() -> Question:
    return _binding("she pays for others, may I pay for her", "payer_may_be_relative", pays=True)


def at_the_counter_by_promise() -> Question:
    words = "at the counter, is my signed promise enough"
    return _binding(
        words, "evidence_at_counter", registered=None, proof="commitment", channel="counter"
    )


def this_relation_by_promise(kind: str) -> Question:
    words = f"is my signed promise enough for my {kind}, where {kind} has its own rule"
    return _binding(words, "evidence_by_relation", kind=kind, registered=None, proof="commitment")


def cap_of(**fen: int) -> Question:
    """Ask whether a payer may set these caps on one authorisation."""
    return Question(
        f"may I set {fen}",
        "caps_offered",
        lambda found: _first(
            binding_rules.of_limits(Limits(**fen), found.values(), from_date=found.on)
        ),
    )


def cap_over_all(**fen: int) -> Question:
    """Ask whether a payer may set these caps over all relatives together."""
    return Question(
        f"may I set {fen} over all",
        "caps_offered",
        lambda found: _first(binding_rules.of_overall(Overall(**fen), found.values(), Overall())),
    )


def without_an_end(clause: str = "end_date_required") -> Question:
    return Question(
        "may it go on until somebody ends it",
        clause,
        lambda found: _first(binding_rules.of_limits(Limits(), found.values(), from_date=found.on)),
    )


def has_to_agree(age: int, clause: str = "relative_confirms") -> Question:
    def answer(found: Rules):
        born = found.on.replace(year=found.on.year - age)
        return binding_rules.must_confirm("child", born, found.on, found.values())

    return Question(f"has somebody of {age} to say yes", clause, answer)


def counts_from() -> Question:
    return Question(
        "from when does what I agree to today count",
        "binding_counts",
        lambda found: binding_rules.first_day(found.on, found.on, found.values()),
    )


def _first(refusals) -> str:
    return next((refusal.code for refusal in refusals), YES)


def _binding(words: str, clause: str, **facts) -> Question:
    def answer(found: Rules):
        kind = facts.get("kind", "spouse")
        away = facts.get("away", found.area_code)
        her = Side(2, False, facts.get("insutype", "390"), away, facts.get("status", "1"))
        me = Asker(
            1,
            False,
            "1",
            found.area_code,
            facts.get("relatives", 0),
            roles=facts.get("roles", {}),
            takes=facts.get("takes", ()),
            paid_for=facts.get("paid_for", False),
            past=Past(found.on, relatives=facts.get("ever", 0)),
        )
        two = Pair(
            relative=her,
            registered=facts.get("registered", kind),
            proof=facts.get("proof", "registry"),
            payers=facts.get("payers", 0),
            already_bound=False,
            blocked=False,
            channel=facts.get("channel", "online"),
            pays=facts.get("pays", False),
        )
        values = found.values()
        refused = [
            *binding_rules.of_asker(me, kind, values),
            *binding_rules.of_pair(me, two, kind, values),
        ]
        return next((one.code for one in refused if one.clause == clause), YES)

    return Question(words, clause, answer)


# --- may she use my money? ----------------------------------------------------------------


def pays_for(use: str, *, level: int = 1, insutype: str = "390") -> Question:
    """Ask about a bill of this kind, at a hospital of this level, of somebody so insured."""
    clause = "uses" if level == 1 else "resident_outpatient_max_level"
    words = f"may my money pay {use} at level {level} for somebody with {insutype}"
    return _using(words, clause, use=use, level=level, insutype=insutype)


def unless_i_name(use: str) -> Question:
    words = f"I named no uses, is {use} paid"
    return _using(words, "uses_opt_in", use=use, uses=None)


def collected_from_me(use: str) -> Question:
    words = f"does the office take {use} from my account"
    return _using(words, "premium_form", use=use)


def insures(product: str, kind: str = "parent") -> Question:
    words = f"may my money buy {product or 'an insurance'} for my {kind}"
    return _using(
        words, "commercial_products", use="commercial_insurance", product=product, kind=kind
    )


def while_she_has(yuan: int) -> Question:
    words = f"her own account holds {yuan}, may she use mine"
    return _using(words, "needs_empty_own_account", own_fen=yuan * 100)


def while_i_am_paused() -> Question:
    return _using("my insurance is paused, does she still pay with mine", "paused_payer", me="2")


def while_she_is_paused() -> Question:
    words = "her insurance is paused, may she use mine"
    return _using(words, "patient_status_normal", her="2")


def before_she_activates() -> Question:
    words = "she has not activated her e-credential, may she use mine"
    return _using(words, "requires_e_credential", her_credential=False)


def before_i_activate() -> Question:
    words = "I have not activated my e-credential, may she use my account"
    return _using(words, "payer_requires_e_credential", my_credential=False)


def after_i_moved(left: str) -> Question:
    words = f"I was insured in {left} when I bound her, does it go on"
    return _using(words, "on_payer_moved", i_left=left)


def after_she_moved(left: str) -> Question:
    words = f"she was insured in {left} when I bound her, does it go on"
    return _using(words, "on_relative_moved", she_left=left)


def _using(words: str, clause: str, **facts) -> Question:
    def answer(found: Rules):
        here = found.area_code
        asked = Facts(
            visit=Visit(
                found.on,
                facts.get("use", "outpatient"),
                facts.get("level", 1),
                product=facts.get("product"),
            ),
            authorisation=Authorisation(
                "active",
                found.on,
                payer_area=facts.get("i_left", ""),
                relative_area=facts.get("she_left", ""),
                uses=facts.get("uses", _named(found)),
                kind=facts.get("kind", ""),
            ),
            patient=Patient(
                False,
                facts.get("insutype", "390"),
                here,
                facts.get("her", "1"),
                facts.get("her_credential", True),
            ),
            payer=Payer(
                False,
                facts.get("me", "1"),
                here,
                e_credential=facts.get("my_credential", True),
            ),
            own_fen=facts.get("own_fen", 0),
            # Who pooled first is another engine's; here it is about people and uses.
            rules=found.values() | {"model": "direct_debit"},
        )
        code = usability.why_unusable(asked)
        about = usability.CLAUSE_BEHIND.get(code)
        return str(code) if about == clause else YES

    return Question(words, clause, answer)


def _named(found: Rules) -> tuple[str, ...] | None:
    """Return what a payer ticks where uses count only when ticked: all there is."""
    return tuple(found.value("uses_opt_in")) or None


# --- who pays how much? -------------------------------------------------------------------


def gives(
    bill: int, *, prior: int = 0, current: int = 0, clause: str, use: str = "outpatient"
) -> Question:
    """Ask what one payer gives of a bill, in yuan."""
    words = f"I hold {prior} prior and {current} current, how much of {bill} for {use}"
    return Question(
        words, clause, lambda found: _split(found, bill, [(prior, current)], use=use)[0]
    )


def shared_out(bill: int, *holdings: int, clause: str = "payers_per_settlement") -> Question:
    """Ask what each of several payers gives, in yuan, in the order they were bound."""
    words = f"we hold {holdings}, who pays what of {bill}"
    prior_only = [(yuan, 0) for yuan in holdings]
    return Question(words, clause, lambda found: _split(found, bill, prior_only))


def own_paid(bill: int) -> Question:
    """Ask how much of a bill that no insurance knows is paid, in yuan."""
    words = f"how much of {bill} of wholly own-paid things"
    return Question(
        words, "pays_own_paid", lambda found: _split(found, bill, [(bill, 0)], own=bill)[0]
    )


def _split(
    found: Rules,
    bill: int,
    holdings: list[tuple[int, int]],
    own: int = 0,
    use: str = "outpatient",
) -> list[int]:
    here = found.area_code
    clauses = {
        name: Clause(name, found.value(name), clause.area_code, clause.version_label)
        for name, clause in found.clauses.items()
    }
    # As above: here it is about floors, parts and order.
    clauses["model"] = Clause("model", "direct_debit")
    candidates = tuple(
        Candidate(
            binding=number,
            payer=number,
            rank=number,
            bound_at=None,
            authorisation=Authorisation("active", found.on, uses=_named(found)),
            standing=Payer(False, "1", here),
            purse=Purse(
                parts=(
                    Part("prior", 10 * number, prior * 100),
                    Part("current", 10 * number + 1, current * 100),
                )
            ),
        )
        for number, (prior, current) in enumerate(holdings, 1)
    )
    given = Input(
        charge=Charge(Visit(found.on, use, 1), bill * 100, own * 100, 2),
        patient=Patient(False, "390", here, "1"),
        rules_area=here,
        rules={here: clauses},
        own=NO_PURSE,
        candidates=candidates,
    )
    taken = {item.binding: item.taken_fen for item in waterfall.split(given).considered}
    return [taken[one.binding] // 100 for one in candidates]


# --- how does it end? ---------------------------------------------------------------------


def released_from() -> Question:
    return Question(
        "I release today, from when does it count",
        "release_counts",
        lambda found: (
            binding_rules.release_day(found.value("release_counts"), found.on) or found.on
        ),
    )


def released_at_once() -> Question:
    """Ask whether who bound today may release today."""
    return Question(
        "I bound her today, may I release today",
        "lock_days",
        lambda found: _first(counting.of_release(found.on, found.values(), found.on)),
    )


def may_release(side: str) -> Question:
    def answer(found: Rules):
        return YES if side in found.value("release_by") else "no"

    return Question(f"may the {side} end it", "release_by", answer)


# --- tables -------------------------------------------------------------------------------


def check(area: str, day: str, question: Question, answer: Any, said_by_whom: str) -> None:
    """Put a row's question to the engine, and ask who says so."""
    found = on(area, day)
    assert question.answer(found) == answer, question.words
    assert said_by(found, question.clause) == said_by_whom, question.words


def name(value: Any) -> str:
    """Name a row in the report of a failure."""
    return value.words if isinstance(value, Question) else str(value)[:40]
