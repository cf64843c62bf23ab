"""How a page of proof leaves the house: never kept by anybody, and marked with who looks.

Edges ask first who may; this only makes the answer.
"""

import io

from django.http import HttpResponse
from django.utils.timezone import localtime
from PIL import Image, ImageDraw, ImageFont

from pooling.cases import selectors

#: The longer side of a thumbnail.
SMALL = 320
_HEADERS = {
    # A picture within our pages all the same; opened by itself it is a download, never a page.
    "Content-Disposition": "attachment",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store, private",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def answer(case_id: int, document_id: int, number: int, *, small=False, mark="") -> HttpResponse:
    """Return a page as a JPEG, small or whole, with `mark` written across it. Raises NotFound."""
    data = selectors.image(case_id, document_id, number)
    if small or mark:
        data = _drawn(data, small, mark)
    response = HttpResponse(data, content_type="image/jpeg", headers=_HEADERS)
    response["Content-Disposition"] = f'attachment; filename="{document_id}-{number}.jpg"'
    response._csp_config = {"default-src": ["'none'"], "sandbox": []}
    return response


def mark_of(user, at) -> str:
    """Return what is written across a page: who looks, and when.

    Names of sign-in and figures only, so that no font has to be brought for them.
    """
    name = user.username if user.username.isascii() else f"staff {user.pk}"
    return f"{name}  {localtime(at):%Y-%m-%d %H:%M}"


def _drawn(data: bytes, small: bool, mark: str) -> bytes:
    """Return one of our own JPEGs drawn again."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
        if small:
            picture.draft("RGB", (SMALL, SMALL))
            picture.thumbnail((SMALL, SMALL))
        drawn = picture.convert("RGBA")
    if mark:
        drawn = Image.alpha_composite(drawn, _written(drawn.size, mark))
    out = io.BytesIO()
    drawn.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def _written(size: tuple[int, int], mark: str) -> Image.Image:
    """Return a pane with the mark all over it, slanting, dense enough to survive a cut-out."""
    width, height = size
    across = int((width**2 + height**2) ** 0.5) + 1
    font = ImageFont.load_default(max(12, across // 45))
    pane = Image.new("RGBA", (across, across), (0, 0, 0, 0))
    draw = ImageDraw.Draw(pane)
    step = across // 6
    wide = int(draw.textlength(mark, font=font)) + step // 2
    for row, top in enumerate(range(0, across, step)):
        for left in range(-(row % 2) * wide // 2, across, wide):
            # Dark with a light edge: legible on paper and on photographs alike.
            draw.text(
                (left, top),
                mark,
                font=font,
                fill=(60, 60, 60, 90),
                stroke_width=1,
                stroke_fill=(255, 255, 255, 60),
            )
    pane = pane.rotate(30)
    left, top = (across - width) // 2, (across - height) // 2
    return pane.crop((left, top, left + width, top + height))
