"""Files people upload, good and bad, made from nothing."""

import io
import zipfile

from PIL import Image, PngImagePlugin

#: What must not survive: it stands in the EXIF data of `photo(located=True)`.
CAMERA, PLACE = "SECRET-CAMERA", (28.0, 27.0, 19.5)


def photo(size=(800, 600), *, mode="RGB", color=None, located=False, turned=1) -> bytes:
    """Return a JPEG; `turned` is its EXIF orientation."""
    exif = Image.Exif()
    exif[0x0112] = turned
    if located:
        exif[0x0110] = CAMERA
        exif.get_ifd(0x8825).update({1: "N", 2: PLACE, 3: "E", 4: PLACE})
    out = io.BytesIO()
    picture = Image.new(mode, size, color if color is not None else 0)
    picture.save(out, "JPEG", exif=exif, icc_profile=b"SECRET-PROFILE", comment=b"SECRET-COMMENT")
    return out.getvalue()


def png(size=(800, 600), *, mode="RGB", color=0) -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", CAMERA)
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, "PNG", pnginfo=text)
    return out.getvalue()


def pdf(pages: int = 1) -> bytes:
    sheets = [Image.new("RGB", (300, 400), (10 * page, 90, 90)) for page in range(pages)]
    out = io.BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


def written_pdf(*, size="595 842", trailer="", objects=()) -> bytes:
    """Return a PDF of one empty page, put down object by object."""
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size}] >>",
        *objects,
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return (
        out
        + f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}".encode()
        + f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R {trailer} >>\n".encode()
        + f"startxref\n{len(out)}\n%%EOF\n".encode()
    )


def encrypted_pdf() -> bytes:
    """Return a PDF that asks for a password nobody knows."""
    lock = f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >>"
    known = f"/ID [<{'43' * 16}> <{'43' * 16}>]"
    return written_pdf(trailer=f"/Encrypt 4 0 R {known}", objects=[lock])


def photo_with_archive() -> bytes:
    """Return a file that is a JPEG to some and an archive with a program to others."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.js", "SECRET-SCRIPT")
    return photo() + out.getvalue()


PROGRAM = b"MZ\x90\x00\x03" + b"\x00" * 600
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 600
