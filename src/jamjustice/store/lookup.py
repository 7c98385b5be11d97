"""The dataset in this process, read by pattern only: what a document about one resource needs."""

from __future__ import annotations

import difflib
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from jamjustice.vocabulary import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jamjustice.graph.terms import Object


class Lookup:
    """Statements about resources and their labels, the best language first. Safe for threads: nothing changes."""

    def __init__(self, quads: Iterable[ox.Quad], languages: Sequence[str]) -> None:
        self._store = ox.Store()
        self._store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
        self._languages = [language.lower() for language in languages]

    def about(self, iri: str) -> list[ox.Triple]:
        """The statements with that subject, and those of the blank nodes that they lead to."""
        found: list[ox.Triple] = []
        waiting: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri)]
        seen = set(waiting)
        while waiting:
            for quad in self._store.quads_for_pattern(waiting.pop(), None, None, None):
                found.append(quad.triple)
                if isinstance(quad.object, ox.BlankNode) and quad.object not in seen:
                    seen.add(quad.object)
                    waiting.append(quad.object)
        return found

    def pointing(self, iri: str, limit: int = 1000) -> list[ox.Triple]:
        """Statements with that object, at most `limit`."""
        found = self._store.quads_for_pattern(None, None, ox.NamedNode(iri), None)
        return [quad.triple for quad in islice(found, limit)]

    def labels(self, term: Object) -> list[ox.Triple]:
        """The statements that name a thing, by the best property that names it."""
        if not isinstance(term, ox.NamedNode):
            return []
        for property_ in LABELS:
            found = list(self._store.quads_for_pattern(term, ox.NamedNode(property_), None, None))
            if found:
                return [quad.triple for quad in found]
        return []

    def label(self, term: Object) -> str:
        """The best label: the preferred languages, then no language, then any other; empty when there is none."""
        literals = [t.object for t in self.labels(term) if isinstance(t.object, ox.Literal)]
        return min(literals, key=self._rank).value if literals else ""

    def _rank(self, literal: ox.Literal) -> tuple[int, str, str]:
        language = literal.language or ""
        order = [*self._languages, ""]
        return order.index(language) if language in order else len(order), language, literal.value

    def near(self, iri: str, start: str) -> list[str]:
        """The subjects below an IRI whose names are nearest to one that there is not."""
        known = {s.value for s in self._subjects() if s.value.startswith(start)}
        return difflib.get_close_matches(iri, sorted(known), n=3, cutoff=0.6)

    def _subjects(self) -> Iterator[ox.NamedNode]:
        for quad in self._store:
            if isinstance(quad.subject, ox.NamedNode):
                yield quad.subject
