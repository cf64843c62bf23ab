"""What relatives are called on the pages about money: enough to know them by, and no more."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from pooling.kinship import selectors as kinship
from pooling.kinship import wording
from pooling.shared.masks import mask_cert_no, mask_name


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody proven to be a member's relative; `label` is how the member knows them."""

    id: int
    kind: str
    label: str


def of(member_id: int, on: date, kinds: Iterable[str] | None = None) -> list[Relative]:
    """Return the living relatives on record, of these kinds if given (one statement).

    A list says no more than a mask and what they are to the reader. Two daughters would read
    the same, and money must not go to the wrong one: then the end of their number is told.
    """
    found = [
        (tie, person)
        for tie, person in kinship.proven_relatives(member_id, on)
        if (kinds is None or tie.kind in kinds) and not person.dead(on)
    ]
    words = {person.pk: wording.plain(tie.kind, person.gender) for tie, person in found}
    alike = Counter((mask_name(person.name), words[person.pk]) for _tie, person in found)
    return [
        Relative(
            person.pk,
            tie.kind,
            _label(person, words[person.pk], alike[mask_name(person.name), words[person.pk]] > 1),
        )
        for tie, person in found
    ]


def _label(person, word: str, more: bool) -> str:
    told = {"name": mask_name(person.name), "word": word}
    if not more:
        return gettext("%(name)s（%(word)s）") % told
    told["tail"] = mask_cert_no(person.cert_no)[-4:]
    return gettext("%(name)s（%(word)s，证件尾号 %(tail)s）") % told


def labels(member_id: int, on: date) -> dict[int, str]:
    """Return relative → how the member knows them, and the member as themselves."""
    return {row.id: row.label for row in of(member_id, on)} | {member_id: gettext("本人")}
