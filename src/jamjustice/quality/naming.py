"""What to call a term when speaking to a person."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from jamjustice.graph.terms import BlankNode, Literal, NamedNode, short, tag
from jamjustice.graph.write import quoted
from jamjustice.vocabulary import LABELS, XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jamjustice.graph.terms import Triple
    from jamjustice.quality.shape import Term


class Namer:
    """What to call a term when speaking to a person."""

    def __init__(self, prefixes: Mapping[str, str], triples: Callable[[], Iterable[Triple]]) -> None:
        """The prefixes of a project, and how to get at its triples, which happens when the first label is needed."""
        self._prefixes = prefixes
        self._triples = triples

    @cached_property
    def _labels(self) -> Mapping[object, tuple[int, str]]:
        ranks: dict[str, int] = {iri: rank for rank, iri in enumerate(LABELS)}
        found: dict[object, tuple[int, str]] = {}
        for triple in self._triples():
            rank = ranks.get(triple.predicate.value)
            if rank is not None and isinstance(triple.object, Literal) and triple.object.value.strip():
                best = found.get(triple.subject)
                if best is None or (rank, triple.object.value) < best:
                    found[triple.subject] = (rank, triple.object.value)
        return found

    def label(self, term: Term | None) -> str:
        """The best label of a thing, on one line; else its short IRI."""
        return " ".join(self._labels[term][1].split()) if term in self._labels else self.short(term)

    def short(self, term: Term | None) -> str:
        """An IRI with a prefix where there is one; a literal as Turtle writes it."""
        if not isinstance(term, NamedNode):
            return "" if term is None else "a blank node" if isinstance(term, BlankNode) else self._literal(term)
        name = short(term.value, self._prefixes)
        return name if name != term.value else f"<{name}>"

    def _literal(self, literal: Literal) -> str:
        if tag(literal):
            return f"{quoted(literal.value)}@{tag(literal)}"
        datatype = literal.datatype
        return quoted(literal.value) + ("" if datatype.value == XSD + "string" else f"^^{self.short(datatype)}")
