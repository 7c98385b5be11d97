"""What everything above asks of an engine, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from jamjustice.formats import RESULTS_JSON, TURTLE, Format

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Answer:
    """A complete answer: a table (or a boolean) in a results format, or a graph in an RDF format."""

    format: Format
    body: bytes


@dataclass(frozen=True)
class Question:
    """A query and how its answer is wanted.

    `timeout` is in seconds; None leaves it to the engine. The graphs are those of the SPARQL 1.1 Protocol, section
    2.1.4: when any is given they make up the dataset of the query.
    """

    text: str
    results: Format = RESULTS_JSON
    graph: Format = TURTLE
    timeout: float | None = None
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()


class Engine(Protocol):
    """Anything that answers SPARQL 1.1 queries."""

    def ask(self, question: Question) -> Answer:
        """Answer one query. Raises QueryError."""
        ...

    def close(self) -> None:
        """End whatever runs."""
        ...
