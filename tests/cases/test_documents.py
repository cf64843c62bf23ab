"""Papers of a case: collected page by page, kept closed, handed in, judged by others, shredded."""

import os
from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from pooling.audit.models import Event
from pooling.cases import documents, jobs, selectors, services, vault
from pooling.cases.models import Case, CaseKey, Page
from pooling.cases.uploads import CleanPage
from pooling.shared.crypto import CannotOpen
from pooling.shared.errors import NotFound
from tests import build
from tests.at_once import calls_at_once

AT = build.NOON
KIND = "household_register"


def clean(word: str = "page") -> CleanPage:
    return CleanPage(b"\xff\xd8\xff" + word.encode(), 800, 600)


@pytest.fixture
def applicant(db):
    return build.member("周兰")


@pytest.fixture
def by(applicant):
    return build.member_actor(applicant)


@pytest.fixture
def case(applicant, by):
    return services.open_waiting(
        kind=Case.Kind.BIND,
        member_id=applicant.pk,
        reason_code="reviewer_needed",
        reason_values={},
        by=by,
        at=AT,
    )


@pytest.fixture
def document(case, by):
    document = documents.begin(case_id=case.pk, kind=KIND, by=by, at=AT)
    pages = [clean("first"), clean("second"), clean("third")]
    return documents.add_pages(document_id=document.pk, pages=pages, by=by, at=AT)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Return a context at whose end happens what waits for the commit."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def image(document, number: int = 1) -> bytes:
    return selectors.image(document.case_id, document.pk, number)


def words(document) -> list[str]:
    numbers = document.pages.order_by("number").values_list("number", flat=True)
    return [image(document, number)[3:].decode() for number in numbers]


def on_disk(folder) -> set[str]:
    return {path.name for path in folder.glob("??/*")}


def test_pages_are_kept_in_order_closed_and_under_names_that_say_nothing(document, vault_folder):
    assert words(document) == ["first", "second", "third"]
    assert on_disk(vault_folder) == set(document.pages.values_list("file_name", flat=True))
    for path in vault_folder.glob("??/*"):
        assert b"first" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0


def test_the_key_of_a_case_is_its_own_and_itself_sealed(document, case, by):
    key = CaseKey.objects.get(case=case)
    assert key.key_text.encode() not in bytes(key.key_sealed)
    other = services.open(kind=Case.Kind.BIND, member_id=case.member_id, by=by, at=AT)
    begun = documents.begin(case_id=other.pk, kind=KIND, by=by, at=AT)
    documents.add_pages(document_id=begun.pk, pages=[clean()], by=by, at=AT)
    assert CaseKey.objects.get(case=other).key_text != key.key_text


def test_a_page_is_taken_again_and_removed(document, by, vault_folder, committed):
    with committed():
        documents.retake(document_id=document.pk, number=2, page=clean("better"), by=by, at=AT)
        documents.remove_page(document_id=document.pk, number=1, by=by, at=AT)
    assert words(document) == ["better", "third"]
    assert len(on_disk(vault_folder)) == 2


def test_a_page_that_is_not_there_can_be_neither(document, by):
    with pytest.raises(NotFound):
        documents.retake(document_id=document.pk, number=4, page=clean(), by=by, at=AT)
    with pytest.raises(NotFound):
        documents.remove_page(document_id=document.pk, number=4, by=by, at=AT)


def test_a_document_has_at_most_ten_pages_and_a_case_ten_documents(document, case, by):
    with pytest.raises(documents.TooMany, match="最多 10 页"):
        documents.add_pages(document_id=document.pk, pages=[clean()] * 8, by=by, at=AT)
    assert words(document) == ["first", "second", "third"]
    for _place in range(9):
        begun = documents.begin(case_id=case.pk, kind=KIND, by=by, at=AT)
        documents.add_pages(document_id=begun.pk, pages=[clean()], by=by, at=AT)
    with pytest.raises(documents.TooMany, match="最多上传 10 份"):
        documents.begin(case_id=case.pk, kind=KIND, by=by, at=AT)


def test_an_empty_document_is_taken_up_again_and_not_handed_in(document, case, by):
    other = "marriage_certificate"
    empty = documents.begin(case_id=case.pk, kind=other, by=by, at=AT)
    assert documents.begin(case_id=case.pk, kind=other, by=by, at=AT) == empty
    documents.hand_in(case_id=case.pk, by=by, at=AT)
    (row,) = selectors.documents_of(case.pk)
    assert (row.id, row.state, len(row.pages)) == (document.pk, "已收到", 3)


def test_nothing_collected_cannot_be_handed_in(case, by):
    with pytest.raises(documents.NothingThere):
        documents.hand_in(case_id=case.pk, by=by, at=AT)


def test_what_was_handed_in_stays_as_it_is(document, case, by):
    documents.hand_in(case_id=case.pk, by=by, at=AT)
    for verb in (
        lambda: documents.add_pages(document_id=document.pk, pages=[clean()], by=by, at=AT),
        lambda: documents.retake(document_id=document.pk, number=1, page=clean(), by=by, at=AT),
        lambda: documents.remove_page(document_id=document.pk, number=1, by=by, at=AT),
        lambda: documents.discard(document_id=document.pk, by=by, at=AT),
    ):
        with pytest.raises(services.NotNow, match="已提交"):
            verb()


def test_a_document_not_handed_in_can_be_thrown_away(document, case, by, vault_folder, committed):
    with committed():
        documents.discard(document_id=document.pk, by=by, at=AT)
    assert selectors.documents_of(case.pk) == []
    assert on_disk(vault_folder) == set()


def test_somebody_else_judges_it_once(document, case, by):
    documents.hand_in(case_id=case.pk, by=by, at=AT)
    accepted = documents.accept(document_id=document.pk, by=build.clerk(), at=AT)
    assert (accepted.state, accepted.decided_by) == ("accepted", "staff:901")
    with pytest.raises(services.NotNow, match="已采信"):
        documents.reject(document_id=document.pk, by=build.clerk(902), at=AT)


def test_whoever_brought_it_does_not_judge_it(case, applicant, by):
    at_the_desk = build.Actor(
        build.ActorKind.STAFF, 901, on_behalf_of=applicant.pk, channel="counter"
    )
    scanned = documents.begin(case_id=case.pk, kind=KIND, by=at_the_desk, at=AT)
    documents.add_pages(document_id=scanned.pk, pages=[clean()], by=at_the_desk, at=AT)
    documents.hand_in(case_id=case.pk, by=at_the_desk, at=AT)
    for judge in (build.clerk(901), by):
        with pytest.raises(services.FourEyes):
            documents.accept(document_id=scanned.pk, by=judge, at=AT)
    assert documents.reject(document_id=scanned.pk, by=build.clerk(902), at=AT).state == "rejected"


def test_what_is_still_collected_is_not_judged(document):
    with pytest.raises(services.NotNow, match="待提交"):
        documents.accept(document_id=document.pk, by=build.clerk(), at=AT)


def test_a_stranger_meets_the_same_words_as_for_what_is_not_there(document, case):
    stranger = build.member_actor(build.member("孙石"))
    refusals = set()
    for verb in (
        lambda: documents.begin(case_id=case.pk, kind=KIND, by=stranger, at=AT),
        lambda: documents.begin(case_id=case.pk + 99, kind=KIND, by=stranger, at=AT),
        lambda: documents.hand_in(case_id=case.pk, by=stranger, at=AT),
        lambda: documents.add_pages(document_id=document.pk, pages=[clean()], by=stranger, at=AT),
        lambda: selectors.document_of(stranger.id, case.number, document.pk),
    ):
        with pytest.raises(NotFound) as refusal:
            verb()
        refusals.add((str(refusal.value), refusal.value.status))
    assert refusals == {("没有找到这件申请。", 404)}


def test_a_clerk_without_a_member_before_them_brings_nothing(case):
    with pytest.raises(NotFound):
        documents.begin(case_id=case.pk, kind=KIND, by=build.clerk(), at=AT)


def test_a_decided_case_takes_no_more_papers(case, by):
    services.refuse(case_id=case.pk, reason_code="cannot_be_bound", by=build.clerk(), at=AT)
    with pytest.raises(services.NotNow, match="不能再补充材料"):
        documents.begin(case_id=case.pk, kind=KIND, by=by, at=AT)


def test_a_page_of_another_case_is_not_found_under_this_one(document, case, by):
    other = services.open(kind=Case.Kind.BIND, member_id=case.member_id, by=by, at=AT)
    with pytest.raises(NotFound):
        selectors.image(other.pk, document.pk, 1)


def test_every_step_leaves_a_trace_without_a_name(document, case, by):
    documents.hand_in(case_id=case.pk, by=by, at=AT)
    trail = Event.objects.filter(verb__startswith="cases.").order_by("pk")
    verbs = list(trail.values_list("verb", flat=True))
    assert verbs[-3:] == ["cases.document_begin", "cases.document_add_pages", "cases.hand_in"]
    assert trail.last().detail == {"documents": [document.pk]}


def test_papers_answer_what_was_asked_for(document, case, by):
    services.ask_more(case_id=case.pk, items=[KIND], by=build.clerk(), at=AT)
    answered = documents.hand_in(case_id=case.pk, by=by, at=AT)
    assert (answered.state, answered.answered_by) == ("waiting", by.name)


# --- shredding and tampering ---------------------------------------------------------------


def ended(case) -> Case:
    return services.refuse(case_id=case.pk, reason_code="cannot_be_bound", by=build.clerk(), at=AT)


def test_without_its_key_no_page_opens_even_where_the_files_are_still_there(document, case):
    kept = {page.pk: page for page in document.pages.all()}
    CaseKey.objects.filter(case=case).delete()
    with pytest.raises(NotFound):
        image(document)
    for page in kept.values():
        with pytest.raises(CannotOpen):
            vault.get(page.file_name, key="00" * 32, bound=page.bound)


def test_papers_of_an_ended_case_are_shredded_and_their_judgement_remains(
    document, case, by, vault_folder, committed
):
    with pytest.raises(services.NotNow, match="还没有办结"):
        documents.shred(case_id=case.pk, by=build.JOB, at=AT)
    documents.hand_in(case_id=case.pk, by=by, at=AT)
    documents.accept(document_id=document.pk, by=build.clerk(), at=AT)
    ended(case)
    with committed():
        assert documents.shred(case_id=case.pk, by=build.JOB, at=AT) == 3
    assert on_disk(vault_folder) == set()
    with pytest.raises(NotFound):
        image(document)
    (row,) = selectors.documents_of(case.pk)
    assert (row.state_code, len(row.pages)) == ("accepted", 3)


def test_the_command_shreds_by_number_and_says_why_it_cannot(document, case, capsys):
    with pytest.raises(CommandError, match="还没有办结"):
        call_command("shred_papers", case.number)
    with pytest.raises(CommandError, match="没有找到"):
        call_command("shred_papers", "GJ20000101-000000")


@pytest.mark.parametrize("place", [0, 1, 2, 5, 20, -1])
def test_a_changed_byte_is_noticed(document, vault_folder, place):
    page = document.pages.get(number=1)
    path = vault_folder / page.file_name[:2] / page.file_name
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(NotFound):
        image(document)
    assert words_of(document, 2) == "second"


def words_of(document, number: int) -> str:
    return image(document, number)[3:].decode()


def test_a_file_put_in_the_place_of_another_page_does_not_open(document, vault_folder):
    first, second = document.pages.order_by("number")[:2]
    source = vault_folder / first.file_name[:2] / first.file_name
    (vault_folder / second.file_name[:2] / second.file_name).write_bytes(source.read_bytes())
    with pytest.raises(NotFound):
        image(document, 2)


def test_a_name_from_elsewhere_leads_nowhere():
    for name in ("../../etc/passwd", "", "a" * 31, "A" * 32):
        with pytest.raises(ValueError, match="not a name"):
            vault.get(name, key="00" * 32, bound="x")


# --- the disk and the transaction -----------------------------------------------------------


def aged(folder) -> None:
    for path in folder.glob("??/*"):
        os.utime(path, (0, 0))


def test_what_no_row_speaks_of_is_swept_after_a_day(document, vault_folder):
    kept = on_disk(vault_folder)
    orphan = vault.new_name()
    vault.put(orphan, b"x", key="11" * 32, bound="x")
    broken = vault_folder / orphan[:2] / f".{orphan}.part"
    broken.write_bytes(b"half")
    jobs.sweep_uploads.func()
    assert orphan in on_disk(vault_folder), "young files may belong to a transaction under way"
    aged(vault_folder)
    jobs.sweep_uploads.func()
    assert on_disk(vault_folder) == kept


def test_a_file_that_cannot_be_written_whole_is_not_there(document, by, vault_folder, monkeypatch):
    before = on_disk(vault_folder)

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(vault.os, "fsync", full)
    with pytest.raises(OSError, match="No space"), transaction.atomic():
        documents.add_pages(document_id=document.pk, pages=[clean()], by=by, at=AT)
    assert on_disk(vault_folder) == before
    assert document.pages.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_phones_adding_at_once_number_their_pages_apart(vault_folder):
    applicant = build.member("周兰")
    by = build.member_actor(applicant)
    case = services.open(kind=Case.Kind.BIND, member_id=applicant.pk, by=by, at=AT)
    document = documents.begin(case_id=case.pk, kind=KIND, by=by, at=AT)
    add = partial(documents.add_pages, document_id=document.pk, pages=[clean()] * 2, by=by, at=AT)
    calls_at_once(*[add] * 4)
    numbers = Page.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 9))
    assert CaseKey.objects.count() == 1
