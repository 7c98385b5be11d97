"""What an engine of ours never does for a query, refused before it runs."""

from __future__ import annotations

from jamjustice.errors import QueryRefused
from jamjustice.graph.sparql import after_prologue, keywords

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
