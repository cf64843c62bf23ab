"""How a binding's state looks, the same on every page."""

from django import template
from django.template.loader import get_template

register = template.Library()

TONES = {
    "active": "good",
    "proposed": "warn",
    "stopped": "paused",
    "unrelated": "bad",
    "to_activate": "warn",
    "ending": "warn",
    "not_begun": "info",
    "refused": "bad",
    "withdrawn": "ended",
    "released": "ended",
    "expired": "ended",
}


@register.simple_tag
def state_tag(row) -> str:
    """Draw the state of a `BindingRow`: a word with a colour and a shape."""
    tag = {"word": row.state, "tone": TONES[row.state_code]}
    return get_template("_parts/tag.html").render(tag)
