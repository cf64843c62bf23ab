"""Whatever somebody uploads becomes clean pages, or a sentence and nothing on the disk."""

import io
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from pooling.cases import decoder, uploads
from tests.cases import files

HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100

BAD = {
    "zero bytes": ("a.jpg", b"", "empty"),
    "a program called a photo": ("a.jpg", files.PROGRAM, "kind_differs"),
    "a program called a PDF": ("a.pdf", files.ELF, "kind_differs"),
    "a program": ("setup.exe", files.PROGRAM, "unknown_kind"),
    "a program with two endings": ("photo.jpg.exe", files.photo(), "unknown_kind"),
    "no ending": ("photo", files.photo(), "unknown_kind"),
    "a photo called PDF": ("a.pdf", files.photo(), "kind_differs"),
    "a PNG called JPG": ("a.jpg", files.png(), "kind_differs"),
    "a PDF after other bytes": ("a.pdf", b"GIF89a" + files.pdf(), "kind_differs"),
    "a web page called a photo": ("a.png", b"<svg onload=alert(1)>", "kind_differs"),
    "an iPhone's own format": ("IMG_1.HEIC", HEIC, "heic"),
    "an iPhone's own format, renamed": ("IMG_1.jpg", HEIC, "heic"),
    "a bomb of 40 megapixels": ("a.jpg", files.photo((8000, 5000), mode="L"), "too_many_pixels"),
    "a bomb of a gigapixel": ("a.png", files.png((32_000, 32_000), mode="1"), "too_many_pixels"),
    "a JPEG cut short": ("a.jpg", files.photo()[:-200], "damaged"),
    "a PNG cut short": ("a.png", files.png()[:-200], "damaged"),
    "a JPEG of only a beginning": ("a.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 50, "damaged"),
    "an encrypted PDF": ("a.pdf", files.encrypted_pdf(), "encrypted"),
    "a PDF of 11 pages": ("a.pdf", files.pdf(11), "too_many_pages"),
    "a PDF without pages": ("a.pdf", b"%PDF-1.4\n%%EOF\n", "damaged"),
    "a PDF page like a ribbon": ("a.pdf", files.written_pdf(size="14400 3"), "odd_page"),
    "a file of 10 MB and one byte": ("a.jpg", b"\xff" * (uploads.MOST_BYTES + 1), "too_large"),
}


@pytest.mark.parametrize(("name", "data", "why"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_with_a_sentence(name, data, why, vault_folder):
    with pytest.raises(uploads.NotAccepted) as refusal:
        uploads.read([SimpleUploadedFile(name, data)])
    assert refusal.value.details == {"why": why}
    assert f"第 1 个文件“{name}”" in refusal.value.sentence
    assert refusal.value.sentence.endswith("。")
    assert not vault_folder.exists()


def test_the_sentence_names_the_file_that_was_bad_and_no_other_is_taken():
    good = SimpleUploadedFile("一.jpg", files.photo())
    bad = SimpleUploadedFile("二.jpg", files.PROGRAM)
    with pytest.raises(uploads.NotAccepted, match=r"第 2 个文件“二\.jpg”的内容和文件名不符"):
        uploads.read([good, bad])


def test_nothing_chosen_is_said_so():
    with pytest.raises(uploads.NotAccepted, match="请先选择"):
        uploads.read([])


GOOD = {
    "a photo": ("a.jpg", files.photo()),
    "a photo of a printer": ("a.JPEG", files.photo(mode="CMYK")),
    "a grey photo": ("a.jpg", files.photo(mode="L")),
    "a screenshot": ("a.png", files.png()),
    "a screenshot one sees through": ("a.png", files.png(mode="RGBA")),
    "a scan of 16 bits": ("a.png", files.png(mode="I;16", color=40_000)),
    "a scan in black and white": ("a.png", files.png(mode="1")),
    "a picture with a palette": ("a.png", files.png(mode="P")),
    "a PDF": ("a.pdf", files.written_pdf()),
    "a photo with an archive behind it": ("a.jpg", files.photo_with_archive()),
}


@pytest.mark.parametrize(("name", "data"), GOOD.values(), ids=GOOD)
def test_what_is_kept_is_a_jpeg_of_our_own_making(name, data):
    (page,) = uploads.read_file(name, data)
    with Image.open(io.BytesIO(page.jpeg)) as kept:
        kept.load()
        assert (kept.format, kept.mode) == ("JPEG", "RGB")
        assert kept.size == (page.width, page.height)
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"SECRET" not in page.jpeg
    assert b"PK\x03\x04" not in page.jpeg


def test_where_and_with_what_a_photo_was_taken_is_gone():
    data = files.photo(located=True)
    with Image.open(io.BytesIO(data)) as taken:
        assert taken.getexif().get_ifd(0x8825)[2] == files.PLACE
    (page,) = uploads.read_file("a.jpg", data)
    with Image.open(io.BytesIO(page.jpeg)) as kept:
        assert dict(kept.getexif()) == {}
    assert b"Exif" not in page.jpeg


def test_a_photo_taken_upright_stays_upright():
    (page,) = uploads.read_file("a.jpg", files.photo((800, 600), turned=6))
    assert (page.width, page.height) == (600, 800)


def test_the_largest_photo_of_a_phone_is_taken_and_made_smaller():
    (page,) = uploads.read_file("a.jpg", files.photo((5712, 4284), mode="L"))
    assert (page.width, page.height) == (decoder.LONGEST, 1950)


def test_a_pdf_becomes_as_many_pictures_as_it_has_pages():
    pages = uploads.read_file("a.pdf", files.pdf(10))
    assert len(pages) == 10
    assert all(page.jpeg.startswith(b"\xff\xd8\xff") for page in pages)


def test_what_one_sees_through_is_white_paper():
    (page,) = uploads.read_file("a.png", files.png(mode="RGBA", color=(0, 0, 0, 0)))
    with Image.open(io.BytesIO(page.jpeg)) as kept:
        assert kept.getpixel((5, 5)) == (255, 255, 255)


# --- the process apart ----------------------------------------------------------------------

_TRIES = {
    "open a file": "open('/etc/hostname')",
    "write a file": "open('/tmp/left-behind', 'w')",
    "call out": "socket.socket()",
    "take memory": "bytes(2 * 1024**3)",
}


@pytest.mark.parametrize("attempt", _TRIES.values(), ids=_TRIES)
def test_the_decoder_can_do_nothing_but_decode(attempt):
    program = (
        # Last, or the domain's `selectors` would stand before Python's own.
        f"import socket, sys; sys.path.append({str(uploads._PROGRAM.parent)!r})\n"
        "import decoder; decoder.load_libraries('pdf'); decoder.confine()\n"
        f"try:\n    {attempt}\nexcept (OSError, MemoryError):\n    print('no')"
    )
    said = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, env={})
    assert said.stdout == b"no\n", said.stderr


def test_the_decoder_is_told_no_secret(monkeypatch):
    seen = {}

    def run(command, **given):
        seen.update(given)
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(uploads.subprocess, "run", run)
    with pytest.raises(uploads.NotAccepted) as refusal:
        uploads.read_file("a.jpg", files.photo())
    assert refusal.value.details == {"why": "damaged"}, "too slow is refused too"
    assert seen["env"] == {}


JPEG = b"\xff\xd8\xff\xe0"
LIES = {
    "nothing": b"",
    "no JSON": b"hello\n",
    "another shape": b"[1]\n",
    "no pages": b'{"pages": []}\n',
    "a page that is no JPEG": b'{"pages": [[4, 1, 1]]}\nGIF8',
    "less than it said": b'{"pages": [[9, 1, 1]]}\n' + JPEG,
    "more than it said": b'{"pages": [[4, 1, 1]]}\n' + JPEG + b"more",
    "an unknown reason": b'{"refused": "because", "page": 0}\n',
}


@pytest.mark.parametrize("said", LIES.values(), ids=LIES)
def test_a_decoder_that_says_something_odd_is_not_believed(said, monkeypatch):
    finished = subprocess.CompletedProcess([], 0, stdout=said)
    monkeypatch.setattr(uploads.subprocess, "run", lambda *_command, **_given: finished)
    with pytest.raises(uploads.NotAccepted):
        uploads.read_file("a.jpg", files.photo())


def test_slow_files_leave_threads_for_the_tills(monkeypatch):
    begun, go_on = threading.Semaphore(0), threading.Event()

    def slow(command, **given):
        begun.release()
        go_on.wait(60)
        raise subprocess.TimeoutExpired(command, 1)

    with monkeypatch.context() as patch, ThreadPoolExecutor(uploads.AT_ONCE) as senders:
        patch.setattr(uploads.subprocess, "run", slow)
        slow_ones = [
            senders.submit(uploads.read_file, "a.jpg", files.photo())
            for _ in range(uploads.AT_ONCE)
        ]
        assert all(begun.acquire(timeout=60) for _ in slow_ones)
        with pytest.raises(uploads.NotAccepted) as refusal:
            uploads.read_file("a.jpg", files.photo())
        go_on.set()
        assert all(isinstance(each.exception(60), uploads.NotAccepted) for each in slow_ones)
    assert refusal.value.details == {"why": "not_now"}
    assert len(uploads.read_file("a.jpg", files.photo())) == 1, "there is room again"


# --- the scanner of the house ---------------------------------------------------------------


def finds_nothing(data) -> bool:
    return True


def finds_something(data) -> bool:
    return False


def breaks(data) -> bool:
    raise ConnectionError("the scanner is away")


SCANNERS = [(finds_something, "scanner"), (breaks, "not_now")]


@pytest.mark.parametrize(("scanner", "why"), SCANNERS)
def test_without_the_scanners_word_nothing_is_taken(scanner, why, settings):
    settings.UPLOAD_SCANNER = f"{__name__}.{scanner.__name__}"
    with pytest.raises(uploads.NotAccepted) as refusal:
        uploads.read_file("a.jpg", files.photo())
    assert refusal.value.details == {"why": why}


def test_with_it_the_file_goes_on_to_the_decoder(settings):
    settings.UPLOAD_SCANNER = f"{__name__}.finds_nothing"
    assert len(uploads.read_file("a.jpg", files.photo())) == 1
