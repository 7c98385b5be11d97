"""The query library as a graph, in the form of the SIB SPARQL examples (https://github.com/sib-swiss/sparql-examples).

Each query is a `sh:SPARQLExecutable` (SHACL 5.2 and 6) with its question, description, keywords and complete text. The
prefixes hang on a named node, so that the graph holds no blank node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jamjustice.graph.terms import Literal, NamedNode, Triple
from jamjustice.vocabulary import DCTERMS, RDF_TYPE, RDFS, RDFS_LABEL, SCHEMA, SH, XSD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jamjustice.queries.library import Query

_FORMS = {
    "SELECT": ("SPARQLSelectExecutable", "select"),
    "ASK": ("SPARQLAskExecutable", "ask"),
    "CONSTRUCT": ("SPARQLConstructExecutable", "construct"),
    "DESCRIBE": ("SPARQLDescribeExecutable", "describe"),
}


def as_triples(library: Mapping[str, Query], prefixes: Mapping[str, str], base: str) -> Iterator[Triple]:
    """The statements about every query; parameters stand at their defaults."""
    node = f"{base}queries"
    for name, query in library.items():
        text = query.filled({}, prefixes)
        kind, property_ = _FORMS[query.form]
        subject = f"{node}/{name}"
        yield _link(subject, RDF_TYPE, SH + "SPARQLExecutable")
        yield _link(subject, RDF_TYPE, SH + kind)
        yield _text(subject, RDFS_LABEL, query.summary, "en")
        yield _text(subject, RDFS + "comment", query.summary, "en")
        yield _text(subject, DCTERMS + "description", query.description, "en")
        yield _text(subject, DCTERMS + "identifier", name)
        yield _text(subject, SH + property_, text)
        yield _link(subject, SH + "prefixes", node)
        for tag in query.tags:
            yield _text(subject, SCHEMA + "keywords", tag)
    for prefix, namespace in prefixes.items() if library else ():
        declaration = f"{node}#prefix-{prefix}"
        yield _link(node, SH + "declare", declaration)
        yield _text(declaration, SH + "prefix", prefix)
        literal = Literal(namespace, datatype=NamedNode(XSD + "anyURI"))
        yield Triple(NamedNode(declaration), NamedNode(SH + "namespace"), literal)


def _link(subject: str, predicate: str, object_: str) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), NamedNode(object_))


def _text(subject: str, predicate: str, value: str, language: str | None = None) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), Literal(value, language=language))
