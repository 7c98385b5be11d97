"""The document about a resource: its statements, those that point at it, and the labels of everything mentioned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jamjustice.graph.terms import NamedNode, Triple
from jamjustice.vocabulary import FOAF, RDF_TYPE

if TYPE_CHECKING:
    from jamjustice.store.lookup import Lookup


@dataclass(frozen=True)
class Description:
    """What is known about one resource."""

    iri: str
    document: str
    about: tuple[Triple, ...]
    pointing: tuple[Triple, ...]
    labels: tuple[Triple, ...]

    def triples(self) -> list[Triple]:
        """Everything, with what the document itself is."""
        node = NamedNode(self.document)
        itself = [
            Triple(node, NamedNode(RDF_TYPE), NamedNode(FOAF + "Document")),
            Triple(node, NamedNode(FOAF + "primaryTopic"), NamedNode(self.iri)),
        ]
        extra = itself if self.document != self.iri else []
        return list(dict.fromkeys([*self.about, *self.pointing, *self.labels, *extra]))


def describe(lookup: Lookup, iri: str, document: str) -> Description | None:
    """The description of a resource, or None when the dataset says nothing of it."""
    about, pointing = lookup.about(iri), lookup.pointing(iri)
    if not about:
        return None
    mentioned = {t.object for t in about} | {t.predicate for t in about} | {t.subject for t in pointing}
    labels = [triple for term in mentioned for triple in lookup.labels(term)]
    return Description(iri, document, tuple(about), tuple(pointing), tuple(labels))
