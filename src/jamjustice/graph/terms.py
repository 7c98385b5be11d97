"""RDF terms between two engines, exactly as they were written.

pyoxigraph keeps the lexical form of typed literals while parsing but makes language tags lower case. A tag with capital
letters therefore travels as a private datatype, and is put back wherever a literal leaves for rdflib or for text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from jamjustice.vocabulary import XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rdflib.term import Node

__all__ = [
    "BlankNode",
    "Literal",
    "NamedNode",
    "Object",
    "Quad",
    "Triple",
    "changed",
    "from_rdflib",
    "plain",
    "short",
    "tag",
    "to_rdflib",
    "triple_from_rdflib",
]

Object = NamedNode | BlankNode | Literal | Triple
"""What can stand as the object of a statement; every floor above speaks of terms in these types."""

TAGGED = "urn:x-language-tag:"


def tag(literal: ox.Literal) -> str:
    """The language tag of a literal with its own capitals, or an empty string.

    >>> tag(ox.Literal("colour", datatype=ox.NamedNode(TAGGED + "en-GB")))
    'en-GB'
    """
    iri = literal.datatype.value
    return iri[len(TAGGED) :] if iri.startswith(TAGGED) else literal.language or ""


def plain(term: Object) -> Object:
    """The term as an engine takes it: language tags as language tags."""
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(TAGGED):
        return ox.Literal(term.value, language=tag(term))
    return term


def changed(literals: Iterable[ox.Literal]) -> list[ox.Literal]:
    """Those literals that an Oxigraph store does not keep as they are written, such as `"01"^^xsd:integer`.

    They are put into an empty store: what does not come out again was changed.
    """
    literals = set(literals)
    node = ox.NamedNode("urn:x")
    store = ox.Store()
    store.bulk_extend(ox.Quad(node, node, literal) for literal in literals)
    kept = {quad.object for quad in store}
    upper = {literal for literal in literals if tag(literal) != tag(literal).lower()}
    return sorted((literals - kept) | upper, key=str)


def to_rdflib(term: Object) -> Node:
    """The rdflib term, with the lexical form untouched (rdflib would normalise it)."""
    from rdflib import BNode, Literal, URIRef

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if not isinstance(term, ox.Literal):
        raise TypeError(f"{term} is a triple term, which RDF 1.1 does not have")
    if language := tag(term):
        return Literal(term.value, lang=language)
    datatype = term.datatype.value
    if datatype == XSD + "string":
        return Literal(term.value)
    return Literal(term.value, datatype=URIRef(datatype), normalize=False)


def from_rdflib(term: Node) -> NamedNode | BlankNode | Literal:
    """The term as this package writes it, from rdflib; a tag with capitals under its private datatype."""
    from rdflib import BNode, Literal, URIRef

    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    if not isinstance(term, Literal):
        raise TypeError(f"{term!r} is not an RDF term")
    if language := term.language:
        kept = language != language.lower()
        private = ox.NamedNode(TAGGED + language)
        return ox.Literal(str(term), datatype=private) if kept else ox.Literal(str(term), language=language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)) if term.datatype else None)


def triple_from_rdflib(triple: tuple[Node, Node, Node]) -> ox.Triple:
    """The triple as this package writes it, from rdflib."""
    subject, predicate, object_ = (from_rdflib(term) for term in triple)
    if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
        raise TypeError(f"{triple} is not an RDF 1.1 triple")
    return ox.Triple(subject, predicate, object_)


def short(iri: str, prefixes: Mapping[str, str]) -> str:
    """An IRI shortened by the longest namespace that fits, for people to read; itself where none does.

    >>> short("http://e/a", {"e": "http://e/"}), short("http://e/a/b", {"e": "http://e/"})
    ('e:a', 'http://e/a/b')
    """
    fitting = [
        (len(namespace), name) for name, namespace in prefixes.items() if namespace and iri.startswith(namespace)
    ]
    if fitting and (local := iri[max(fitting)[0] :]) and "/" not in local:
        return f"{max(fitting)[1]}:{local}"
    return iri
