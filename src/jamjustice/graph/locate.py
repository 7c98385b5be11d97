"""From a statement or a resource to the file, line and column where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from jamjustice.graph.scan import statements
from jamjustice.vocabulary import RDF_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jamjustice.graph.read import Document
    from jamjustice.graph.scan import Term


class Place(NamedTuple):
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int


class Locator:
    """Finds places in documents; scans them once, when first asked."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = tuple(documents)
        self._statements: dict[tuple[Term, Term, Term], Place] | None = None
        self._blocks: dict[Term, Place] = {}
        self._mentions: dict[Term, Place] = {}

    def statement(self, subject: Term, predicate: Term, object_: Term) -> Place | None:
        """Where the object of that statement is written."""
        return self._scanned().get((subject, predicate, object_))

    def block(self, subject: Term) -> Place | None:
        """Where the block of a subject starts, the one that gives its type if any does."""
        self._scanned()
        return self._blocks.get(subject)

    def mention(self, term: Term) -> Place | None:
        """Where a term is written first, whatever its part in the statement."""
        self._scanned()
        return self._mentions.get(term)

    def _scanned(self) -> dict[tuple[Term, Term, Term], Place]:
        if self._statements is None:
            self._statements = {}
            typed: set[Term] = set()
            for document in self._documents:
                self._scan(document, typed)
        return self._statements

    def _scan(self, document: Document, typed: set[Term]) -> None:
        found = self._statements if self._statements is not None else {}
        for statement in statements(document.text):
            place = Place(document.path, statement.line, statement.column)
            found.setdefault((statement.subject, statement.predicate, statement.object), place)
            for term in (statement.predicate, statement.object):
                self._mentions.setdefault(term, place)
            self._mentions.setdefault(statement.subject, Place(document.path, *statement.block))
            is_type = statement.predicate == ox.NamedNode(RDF_TYPE)
            if statement.subject not in self._blocks or (is_type and statement.subject not in typed):
                self._blocks[statement.subject] = Place(document.path, *statement.block)
            if is_type:
                typed.add(statement.subject)
