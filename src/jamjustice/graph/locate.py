"""From a statement or a resource to the file, line and column where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import pyoxigraph as ox

from jamjustice.graph.scan import statements, statements_about
from jamjustice.vocabulary import RDF_TYPE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from jamjustice.graph.scan import Statement, Term


class Place(NamedTuple):
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int


class Placed(Protocol):
    """A text in which places are looked for."""

    @property
    def path(self) -> str:
        """The name of the file."""

    @property
    def text(self) -> str:
        """Its Turtle; empty when places cannot be found in it."""

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that it declares."""


LARGE = 200_000
"""Texts with more characters than this are not read from end to end to find a few blocks."""


class Locator:
    """Finds places in documents; scans them once, when first asked.

    Where it is told which subjects will be asked for, large texts are only scanned for these, until one is not found.
    """

    def __init__(self, documents: Iterable[Placed], subjects: Collection[Term] | None = None) -> None:
        self._documents = tuple(documents)
        self._subjects = subjects
        self._statements: dict[tuple[Term, Term, Term], Place] | None = None
        self._blocks: dict[Term, Place] = {}
        self._mentions: dict[Term, Place] = {}

    def statement(self, subject: Term, predicate: Term, object_: Term) -> Place | None:
        """Where the object of that statement is written."""
        return self._scanned().get((subject, predicate, object_))

    def block(self, subject: Term) -> Place | None:
        """Where the block of a subject starts, the one that gives its type if any does."""
        self._scanned()
        if subject not in self._blocks and isinstance(subject, ox.NamedNode):
            self._scan_all()
        return self._blocks.get(subject)

    def mention(self, term: Term) -> Place | None:
        """Where a term is written first, whatever its part in the statement."""
        self._scanned()
        if term not in self._mentions:
            self._scan_all()
        return self._mentions.get(term)

    def _scan_all(self) -> None:
        if self._subjects is not None:
            self._subjects = self._statements = None
            self._scanned()

    def _scanned(self) -> dict[tuple[Term, Term, Term], Place]:
        if self._statements is None:
            self._statements = {}
            typed: set[Term] = set()
            for document in self._documents:
                if self._subjects is not None and len(document.text) > LARGE:
                    found = statements_about(document.text, self._subjects, document.prefixes)
                else:
                    found = statements(document.text)
                self._scan(document.path, found, typed)
        return self._statements

    def _scan(self, path: str, found: Iterable[Statement], typed: set[Term]) -> None:
        known = self._statements if self._statements is not None else {}
        for statement in found:
            place = Place(path, statement.line, statement.column)
            known.setdefault((statement.subject, statement.predicate, statement.object), place)
            for term in (statement.predicate, statement.object):
                self._mentions.setdefault(term, place)
            self._mentions.setdefault(statement.subject, Place(path, *statement.block))
            is_type = statement.predicate == ox.NamedNode(RDF_TYPE)
            if statement.subject not in self._blocks or (is_type and statement.subject not in typed):
                self._blocks[statement.subject] = Place(path, *statement.block)
            if is_type:
                typed.add(statement.subject)
