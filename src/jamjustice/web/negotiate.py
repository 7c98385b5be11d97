"""Content negotiation by RFC 9110, section 12: media ranges, their specificity and their quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jamjustice.formats import Format


def choose(accept: str, offered: Sequence[Format]) -> Format | None:
    """The offered format that a client likes best, ties in the order offered; the first one without an Accept header.

    >>> from jamjustice.formats import HTML, JSON_LD, TURTLE
    >>> choose("text/html, */*;q=0.1", (TURTLE, JSON_LD, HTML)).name
    'html'
    >>> choose("image/png", (TURTLE, HTML)) is None
    True
    """
    if not accept.strip():
        return offered[0]
    ranges = _ranges(accept)
    scored = [(_liked(format_, ranges), -place, format_.media_type) for place, format_ in enumerate(offered)]
    best = max(scored)
    return next((f for f in offered if f.media_type == best[2]), None) if best[0] > 0 else None


def _liked(format_: Format, ranges: Sequence[tuple[str, float]]) -> float:
    """The quality of a format: by its own media type, or by another name of it that the client spells out."""
    aliases = [q for name, q in ranges if name in format_.aliases]
    return max([quality(format_.media_type, ranges), *aliases])


def accepts(accept: str, types: Sequence[str]) -> str | None:
    """The media type that a client likes best among some, or None when it takes none of them."""
    if not accept.strip():
        return types[0]
    ranges = _ranges(accept)
    scored = [(quality(media, ranges), -place, media) for place, media in enumerate(types)]
    best = max(scored)
    return best[2] if best[0] > 0 else None


def quality(media: str, ranges: Sequence[tuple[str, float]]) -> float:
    """How much a media type is liked: the quality of the most specific range that fits it."""
    kind = media.partition("/")[0]
    for wanted in (media, f"{kind}/*", "*/*"):
        fitting = [q for name, q in ranges if name == wanted]
        if fitting:
            return max(fitting)
    return 0.0


def _ranges(accept: str) -> list[tuple[str, float]]:
    ranges = []
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        value = 1.0
        for parameter in parameters:
            key, _, text = parameter.partition("=")
            if key.strip().lower() == "q":
                value = _quality(text.strip())
        if name:
            ranges.append((name.lower(), value))
    return ranges


def _quality(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0
