"""Codes as pictures: SVG in the page itself, so that a strict policy on content lets it through.

Code 128, set C (two digits a symbol), as GB/T 18347 has it.
"""

import io

import segno

_START_C, _STOP = 105, "2331112"
#: Of each symbol the widths of bar, space, bar, space, bar, space.
_WIDTHS = """
    212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232
    122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122
    321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311
    211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113
    213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422
    121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111
    241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121
    412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412
    211214 211232
""".split()  # noqa: SIM905 - a table, read as one
_QUIET = 10
_HEIGHT = 40


def symbols(digits: str) -> list[int]:
    """Return the values of the symbols, check symbol included. An even number of digits."""
    values = [_START_C, *(int(digits[at : at + 2]) for at in range(0, len(digits), 2))]
    check = sum(max(place, 1) * value for place, value in enumerate(values)) % 103
    return [*values, check]


def code128(digits: str, *, label: str) -> str:
    """Return the digits as an SVG drawing whose name for a screen reader is `label`."""
    widths = "".join(_WIDTHS[value] for value in symbols(digits)) + _STOP
    at, bars = _QUIET, []
    for place, width in enumerate(map(int, widths)):
        if place % 2 == 0:
            bars.append(f"M{at} 0h{width}v{_HEIGHT}h-{width}z")
        at += width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {at + _QUIET} {_HEIGHT}" role="img" '
        f'aria-label="{label}" preserveAspectRatio="none"><path d="{"".join(bars)}"/></svg>'
    )


def qr(text: str, *, label: str) -> str:
    """Return a text as the SVG drawing of a QR code."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", border=4, xmldecl=False, omitsize=True, svgclass=None, lineclass=None
    )
    head, _svg, rest = drawn.getvalue().decode().partition("<svg ")
    return f'{head}<svg role="img" aria-label="{label}" {rest}'
