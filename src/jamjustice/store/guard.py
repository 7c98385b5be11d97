"""What an engine of ours never does for a query, refused before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from jamjustice.errors import QueryRefused
from jamjustice.graph.sparql import after_prologue, keywords

if TYPE_CHECKING:
    from collections.abc import Mapping

_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}


def refuse(text: str) -> None:
    """Raise QueryRefused for an update or a call to another endpoint.

    >>> refuse("SELECT * { SERVICE <http://example.org/sparql> { ?s ?p ?o } }")
    Traceback (most recent call last):
    jamjustice.errors.QueryRefused: SERVICE is refused: no query makes this engine call another address.
    """
    if "SERVICE" in keywords(text):
        raise QueryRefused("SERVICE is refused: no query makes this engine call another address.")
    first = next((token.text.upper() for token in after_prologue(text)), "")
    if first in _UPDATES:
        raise QueryRefused(f"{first} is an update, and updates are refused: the data change in their files only.")


def syntax_complaint(text: str, prefixes: Mapping[str, str]) -> str:
    """What the engine says of a query that it cannot parse; empty for one that it can. For trusted text only."""
    try:
        ox.Store().query(text, prefixes=dict(prefixes))
    except SyntaxError as error:
        return str(error)
    return ""
