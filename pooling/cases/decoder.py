"""Turns one uploaded file into clean JPEG pages. Runs as a program of its own, never imported.

Decoders of pictures are where hostile files strike, so they run in a process that has no
environment, no secrets, little memory and time, and, once the libraries are loaded, may open
no file and no socket. Nothing of the upload survives but its pixels: EXIF, colour profiles,
texts, scripts and whatever was appended are not carried over.

In: the kind (`jpeg`, `png`, `pdf`) and the limits as arguments, the file on stdin. Out: a line
of JSON, then the pages one after the other. `{"pages": [[bytes, width, height], …]}` or
`{"refused": code, "page": n}`. Anything else, a crash included, is a refusal to the parent.
"""

import contextlib
import io
import json
import sys
import warnings

#: Enough for the largest picture allowed, twice over; a compressed bomb meets its end here.
MEMORY = 1024**3
SECONDS = 20
#: A household register stays legible at this many pixels on its longer side.
LONGEST = 2600
QUALITY = 85
#: 200 dots an inch; PDF counts in 72nds.
SCALE = 200 / 72


class Refused(Exception):
    """The file is not taken; `code` says why, `page` which page it is about (0: all)."""

    def __init__(self, code: str, page: int = 0):
        super().__init__(code)
        self.code, self.page = code, page


def confine() -> None:
    """Give up what decoding does not need. The libraries are loaded by now."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    # No new descriptor of any kind: no key file, no socket. Those already open go on.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def pages_of_picture(data: bytes, kind: str, most_pixels: int) -> list:
    """Return the one page of a JPEG or PNG."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data), formats=[kind.upper()]) as picture:
        # Known from the header: nothing is decoded yet.
        if picture.width * picture.height > most_pixels:
            raise Refused("too_many_pixels")
        picture.draft("RGB", (LONGEST, LONGEST))
        picture.load()
        return [clean(ImageOps.exif_transpose(picture))]


def pages_of_pdf(data: bytes, most_pages: int) -> list:
    """Return the pages of a PDF as pictures of what a reader would see."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        encrypted = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD
        raise Refused("encrypted" if encrypted else "damaged") from error
    # Also where the password to read is empty: what may be done with it is not ours to undo.
    if raw.FPDF_GetSecurityHandlerRevision(document) != -1:
        raise Refused("encrypted")
    if not len(document):
        raise Refused("damaged")
    if len(document) > most_pages:
        raise Refused("too_many_pages")
    pages = []
    for number, page in enumerate(document, start=1):
        width, height = page.get_size()
        if not (width > 0 and height > 0) or max(width, height) / min(width, height) > 20:
            raise Refused("odd_page", number)
        scale = min(SCALE, LONGEST / max(width, height))
        try:
            pages.append(clean(page.render(scale=scale).to_pil()))
        except pdfium.PdfiumError as error:
            raise Refused("damaged", number) from error
        page.close()
    return pages


def clean(picture) -> tuple[bytes, int, int]:
    """Return a JPEG that holds these pixels and nothing else, with its width and height."""
    from PIL import Image

    if picture.mode in ("LA", "PA", "RGBA", "P", "RGBa", "La"):
        seen = picture.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        picture = Image.alpha_composite(ground, seen)
    picture = picture.convert("RGB")
    picture.thumbnail((LONGEST, LONGEST))
    # A picture of its own: `info`, with all that came along, stays behind.
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY)
    return out.getvalue(), *bare.size


def load_libraries(kind: str) -> None:
    """Import what decoding needs while files may still be opened."""
    from PIL import Image, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin

    # Our own count, before decoding, is the limit; Pillow's would only warn.
    Image.MAX_IMAGE_PIXELS = None
    loaded = ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin
    for mode in ("RGB", "RGBA", "CMYK"):
        Image.new(mode, (1, 1)).convert("RGB").save(io.BytesIO(), "JPEG", exif=Image.Exif())
    assert all(loaded)
    if kind == "pdf":
        import pypdfium2.raw

        assert pypdfium2.raw


def main() -> None:
    kind, most_pixels, most_pages = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    warnings.simplefilter("ignore")
    data = sys.stdin.buffer.read()
    load_libraries(kind)
    confine()
    try:
        if kind == "pdf":
            pages = pages_of_pdf(data, most_pages)
        else:
            pages = pages_of_picture(data, kind, most_pixels)
    except Refused as refusal:
        answer(json.dumps({"refused": refusal.code, "page": refusal.page}))
    except Exception:  # noqa: BLE001 - whatever a decoder says, the file is not taken
        answer(json.dumps({"refused": "damaged", "page": 0}))
    else:
        sizes = [[len(data), width, height] for data, width, height in pages]
        answer(json.dumps({"pages": sizes}), *(data for data, _width, _height in pages))


def answer(line: str, *parts: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.write(line.encode() + b"\n" + b"".join(parts))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
