"""From a file somebody chose to pages that are safe to keep: checked, decoded, made anew.

What is said (the name's ending), what it looks like (the first bytes) and what it is (the
decoder) must agree. Decoding happens in a process of its own (`decoder.py`). Whatever goes
wrong, nothing is kept, and a sentence says which file, which page and what to do.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from threading import BoundedSemaphore

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from pooling.shared.errors import DomainError

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
#: Several photographs at once, with room for the form around them; refused before reading.
MOST_BYTES_AT_ONCE = 25 * MEGABYTE
#: Beyond this a browser may see its connection cut instead of a sentence.
_MOST_THROWN_AWAY = 200 * MEGABYTE
_CHUNK = 64 * 1024
MOST_PAGES = 10
#: Phones take 24.5 million at most unless told otherwise (5712 × 4284).
MOST_PIXELS = 25_000_000
PATIENCE_SECONDS = 30
#: Files a process decodes at once. It has four threads (`up`, `deploy/`), and a drawing made to be
#: slow holds one for all of its patience: tills must find another.
AT_ONCE = 2
_room = BoundedSemaphore(AT_ONCE)

#: ending of the name → kind, and how a file of that kind begins.
_KINDS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "pdf": "pdf"}
_BEGINS = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}
_PROGRAM = Path(__file__).with_name("decoder.py")

WHY = {
    "none": _("请先选择照片或文件。"),
    "too_much_at_once": _("这次传的文件一共超过 25 MB，没有保存。请分几次上传，每次一两张。"),
    "empty": _("%(file)s是空的，没有保存。请重新拍照或换一个文件。"),
    "too_large": _("%(file)s超过 10 MB，没有保存。请重新拍照，或把文件缩小后再传。"),
    "heic": _(
        "%(file)s是手机的 HEIC 格式，这里打不开。请用“拍照”按钮直接拍，"
        "或在手机相机设置里选“兼容性最佳”后再拍。"
    ),
    "unknown_kind": _("%(file)s不是照片或 PDF。只收 JPG、PNG 照片和 PDF 文件。"),
    "kind_differs": _(
        "%(file)s的内容和文件名不符，没有保存。请不要改文件名的后缀，直接上传照片或 PDF。"
    ),
    "encrypted": _("%(file)s加了密码，这里打不开。请去掉密码，或打印出来拍照上传。"),
    "too_many_pixels": _("%(file)s太大了（超过 2500 万像素）。请用普通模式重新拍照。"),
    "too_many_pages": _("%(file)s超过 10 页。一份材料最多 10 页，请只传需要的几页。"),
    "odd_page": _("%(file)s第 %(page)s 页的尺寸不正常，没有保存。请把这一页拍照上传。"),
    "damaged": _("%(file)s打不开，可能没有传完整。请重新拍照或换一个文件。"),
    "damaged_page": _("%(file)s第 %(page)s 页打不开，没有保存。请把这一页拍照上传。"),
    "scanner": _("%(file)s没有通过安全检查，没有保存。请换一个文件，或到窗口办理。"),
    "not_now": _("现在不能检查文件，%(file)s没有保存。请稍后再试，或到窗口办理。"),
}


class NotAccepted(DomainError):
    """A file is not taken; nothing of it was kept."""

    code = "upload_refused"

    @classmethod
    def because(cls, why: str, file="", page: int = 0) -> "NotAccepted":
        sentence = WHY[why] % {"file": file, "page": page}
        return cls(sentence, details={"why": why})


@dataclass(frozen=True, slots=True)
class CleanPage:
    """One page as it will be kept: a JPEG of our own making."""

    jpeg: bytes
    width: int
    height: int


class InMemory(MemoryFileUploadHandler):
    """Keep what is uploaded in memory, whatever its size: never a file on the disk."""

    def handle_raw_input(self, *args, **kwargs):
        self.activated = True


def within_limits(view):
    """Let a view take files: into memory, no more than may be; the token is checked after that.

    A request that announces more is not read but thrown away, so that the browser gets to hear
    the sentence; the view meets it as the refusal of `chosen`, with nothing else in the request.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def guarded(request, *args, **kwargs):
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
        request.too_much = announced > MOST_BYTES_AT_ONCE
        if not request.too_much:
            request.upload_handlers = [InMemory(request)]
            return protected(request, *args, **kwargs)
        if announced <= _MOST_THROWN_AWAY:
            while request.read(_CHUNK):
                pass
        request.POST, request._files = QueryDict(), MultiValueDict()
        return view(request, *args, **kwargs)

    return guarded


def chosen(request, *fields: str) -> list:
    """Return the files of a request, in the order of its fields. Raises NotAccepted."""
    if request.too_much:
        raise NotAccepted.because("too_much_at_once")
    return [file for field in fields for file in request.FILES.getlist(field)]


def read(files: Iterable) -> list[CleanPage]:
    """Return the clean pages of uploaded files (`name`, `size`, `read()`), in their order.

    All or nothing: one bad file refuses them all. Raises NotAccepted.
    """
    pages = []
    for place, file in enumerate(files, start=1):
        called = _called(place, file.name or "")
        if file.size > MOST_BYTES:
            raise NotAccepted.because("too_large", called)
        pages += read_file(file.name or "", file.read(MOST_BYTES + 1), called)
    if not pages:
        raise NotAccepted.because("none")
    return pages


def read_file(name: str, data: bytes, called: str = "") -> list[CleanPage]:
    """Return the clean pages of one file; `called` is how sentences name it."""
    called = called or _called(1, name)
    kind = _kind(name, data, called)
    _scan(data, called)
    return _decode(data, kind, called)


def _called(place: int, name: str) -> str:
    """Name a file as its owner knows it, cut short: `第 1 个文件“IMG_1.jpg”`."""
    short = name if len(name) <= 40 else f"{name[:30]}…{name[-8:]}"
    return _("第 %(place)s 个文件“%(name)s”") % {"place": place, "name": short}


def _kind(name: str, data: bytes, called: str) -> str:
    """Return the kind on which name and first bytes agree."""
    if not data:
        raise NotAccepted.because("empty", called)
    if len(data) > MOST_BYTES:
        raise NotAccepted.because("too_large", called)
    ending = name.rpartition(".")[2].lower()
    if ending in ("heic", "heif") or data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        raise NotAccepted.because("heic", called)
    if ending not in _KINDS:
        raise NotAccepted.because("unknown_kind", called)
    kind = _KINDS[ending]
    if not data.startswith(_BEGINS[kind]):
        raise NotAccepted.because("kind_differs", called)
    return kind


def _scan(data: bytes, called: str) -> None:
    """Ask the scanner of the house, where one is set: a callable of the bytes, true if clean.

    A scanner that fails or does not answer is no permission.
    """
    if not settings.UPLOAD_SCANNER:
        return
    try:
        clean = import_string(settings.UPLOAD_SCANNER)(data)
    except Exception as error:
        raise NotAccepted.because("not_now", called) from error
    if clean is not True:
        raise NotAccepted.because("scanner", called)


def _decode(data: bytes, kind: str, called: str) -> list[CleanPage]:
    """Have the decoder make the pages anew, in its own process. Fails closed.

    Nobody waits for room: that would hold the very threads that are to be kept free.
    """
    if not _room.acquire(blocking=False):
        raise NotAccepted.because("not_now", called)
    try:
        said = subprocess.run(  # noqa: S603 - our own program, no shell, no input in the arguments
            [sys.executable, "-I", str(_PROGRAM), kind, str(MOST_PIXELS), str(MOST_PAGES)],
            input=data,
            capture_output=True,
            env={},
            cwd="/",
            timeout=PATIENCE_SECONDS,
            check=True,
        ).stdout
        head, _newline, body = said.partition(b"\n")
        answer = json.loads(head)
        if "refused" not in answer:
            return _cut(answer["pages"], body)
    except OSError as error:
        raise NotAccepted.because("not_now", called) from error
    except (subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        raise NotAccepted.because("damaged", called) from error
    finally:
        _room.release()
    why, page = answer["refused"], int(answer["page"])
    if why == "damaged" and page:
        why = "damaged_page"
    raise NotAccepted.because(why if why in WHY else "damaged", called, page)


def _cut(sizes: list, body: bytes) -> list[CleanPage]:
    """Return the pages of the decoder's answer, which is itself not simply believed."""
    pages, begin = [], 0
    for length, width, height in sizes:
        jpeg = body[begin : begin + length]
        if len(jpeg) != length or not jpeg.startswith(_BEGINS["jpeg"]) or not width * height:
            raise ValueError("the decoder's answer is cut off")
        pages.append(CleanPage(jpeg, width, height))
        begin += length
    if begin != len(body) or not 0 < len(pages) <= MOST_PAGES:
        raise ValueError("the decoder's answer does not add up")
    return pages
