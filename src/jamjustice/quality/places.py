"""Where the thing that a result of SHACL speaks of is written: the statement itself, else the block of its subject."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from jamjustice.graph.locate import Locator, Place
from jamjustice.graph.read import Document
from jamjustice.graph.scan import statements
from jamjustice.graph.terms import BlankNode, Literal, NamedNode, plain
from jamjustice.vocabulary import RDF_FIRST, RDF_NIL, RDF_REST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jamjustice.graph.locate import Placed
    from jamjustice.graph.terms import Triple
    from jamjustice.quality.shape import Term
    from jamjustice.quality.validate import Violation


_LARGE = 5_000_000
"""Texts with more characters than this are not read for the places of blank nodes."""


class Places:
    """The places of results in documents, blank nodes included.

    Where it is told the results that will be asked for, it need not read large documents from end to end.
    """

    def __init__(self, documents: Iterable[Placed], violations: Iterable[Violation] | None = None) -> None:
        self._all = tuple(documents)
        self._asked = None if violations is None else {end for v in violations for end in (v.focus, v.value)}
        self._locator = Locator(self._all, self._asked)

    def of(self, violation: Violation) -> Place | None:
        """The statement itself; else where the value stands, for a rule about the whole graph; else the block."""
        focus, value = violation.focus, _written(violation.value)
        path = violation.path or self._predicates.get((focus, value))
        if isinstance(path, NamedNode) and value is not None:
            ends = (value, focus) if violation.inverse else (focus, value)
            if place := self._statement(ends[0], path, ends[1]):
                return place
        if block := self.block(focus):
            return block
        return (self.block(value) or self.mention(value) if value is not None else None) or self.mention(focus)

    def block(self, subject: Term) -> Place | None:
        """Where the block of a subject starts; for a blank node, its first statement."""
        if isinstance(subject, BlankNode):
            return self._blank_blocks.get(subject) or self._mention_of_blank(subject)
        return self._locator.block(subject)

    def mention(self, term: Term) -> Place | None:
        """Where a term is written first."""
        return None if isinstance(term, BlankNode) else self._locator.mention(term)

    def _statement(self, subject: Term, predicate: NamedNode, object_: Term) -> Place | None:
        if isinstance(subject, BlankNode):
            return self._blank_statements.get((subject, predicate, object_))
        return self._locator.statement(subject, predicate, None if isinstance(object_, BlankNode) else object_)

    @cached_property
    def _predicates(self) -> Mapping[tuple[object, object], NamedNode]:
        """How a thing and a value hang together, for rules that name no path."""
        asked = self._asked or ()
        return {
            (t.subject, plain(t.object)): t.predicate
            for document in reversed(self._all)
            if isinstance(document, Document)
            for t in reversed(document.triples)
            if t.subject in asked and t.object in asked
        }

    @cached_property
    def _documents(self) -> tuple[Document, ...]:
        """Where blank nodes are looked for."""
        return tuple(d for d in self._all if isinstance(d, Document) and len(d.text) <= _LARGE)

    @cached_property
    def _blank_statements(self) -> Mapping[tuple[Term, Term, Term], Place]:
        return {key: place for document in reversed(self._documents) for key, place in _of_blank_nodes(document)}

    @cached_property
    def _blank_blocks(self) -> Mapping[Term, Place]:
        found: dict[Term, Place] = {}
        for (subject, _, _), place in self._blank_statements.items():
            found[subject] = min(found.get(subject, place), place)
        return found

    @cached_property
    def _pointing(self) -> Mapping[object, Triple]:
        return {t.object: t for d in self._documents for t in d.triples if isinstance(t.object, BlankNode)}

    def _mention_of_blank(self, node: Term) -> Place | None:
        """Where the statement stands that leads to a blank node which says nothing itself."""
        seen = {node}
        while (triple := self._pointing.get(node)) is not None:
            if isinstance(triple.subject, NamedNode):
                return self._locator.statement(triple.subject, triple.predicate, None)
            if not isinstance(triple.subject, BlankNode) or triple.subject in seen:
                return None
            node = triple.subject
            if node in self._blank_blocks:
                return self._blank_blocks[node]
            seen.add(node)
        return None


def _of_blank_nodes(document: Document) -> Iterator[tuple[tuple[Term, Term, Term], Place]]:
    """The statements about blank nodes whose object has a name or is a literal, with their places.

    A parser gives blank nodes names of its own, so the statements are told by their order, which is that of the text.
    """
    written = [
        s
        for s in statements(document.text)
        if isinstance(s.object, NamedNode | Literal) and not _is_list(s.predicate, s.object)
    ]
    read = [
        t for t in document.triples if isinstance(t.object, NamedNode | Literal) and not _is_list(t.predicate, t.object)
    ]
    if [s.predicate for s in written] != [t.predicate for t in read]:
        return
    for statement, triple in zip(written, read, strict=True):
        value = _written(triple.object) if isinstance(triple.object, NamedNode | Literal) else None
        if isinstance(triple.subject, BlankNode) and value is not None:
            place = Place(document.path, statement.line, statement.column)
            yield (triple.subject, triple.predicate, value), place


def _is_list(predicate: object, object_: object) -> bool:
    """Whether a statement may be one that only brackets write."""
    return object_ == NamedNode(RDF_NIL) or predicate in {NamedNode(RDF_FIRST), NamedNode(RDF_REST)}


def _written(term: Term | None) -> Term | None:
    """A term as the scanner reads it."""
    found = plain(term) if isinstance(term, Literal) else term
    return found if isinstance(found, NamedNode | BlankNode | Literal) else None
