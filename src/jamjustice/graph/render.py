"""Triples and quads in every format, as repeatable bytes.

Quads are sorted and blank nodes named canonically before a format sees them. JSON-LD is compacted with the project's
own context (JSON-LD 1.1 API, https://www.w3.org/TR/json-ld11-api/#compaction-algorithm), never with one from elsewhere.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from jamjustice.errors import UsageError
from jamjustice.formats import JSON_LD, RDF_XML, RESULT_FORMATS, TURTLE, Carries, Format
from jamjustice.graph.read import ENGINE_FORMATS
from jamjustice.graph.terms import TAGGED
from jamjustice.graph.write import canonical, turtle
from jamjustice.vocabulary import RDF_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_TEXT_TAG = re.compile(rb'(?<!\\)((?:\\\\)*)"\^\^<' + TAGGED.encode() + rb"([A-Za-z0-9-]+)>")
_XML_TAG = re.compile(rb'(<[^<>]*?) rdf:datatype="' + TAGGED.encode() + rb'([A-Za-z0-9-]+)"')
"""Language tags with capitals, which reach the engine as datatypes (see `terms`), where they are written out."""

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Style:
    """How a project's graph is written: its prefixes, the start of its own terms, its JSON-LD context."""

    prefixes: Mapping[str, str] = field(default_factory=dict)
    own: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


def graph_bytes(triples: Iterable[ox.Triple], format_: Format, style: Style) -> bytes:
    """One graph in any RDF format."""
    return dataset_bytes((ox.Quad(t.subject, t.predicate, t.object) for t in triples), format_, style)


def dataset_bytes(quads: Iterable[ox.Quad], format_: Format, style: Style) -> bytes:
    """A dataset in any RDF format; a format for one graph takes the union of all graphs."""
    if format_.carries is Carries.GRAPH:
        quads = (ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    ordered = canonical(quads)
    if format_ is TURTLE:
        return turtle((q.triple for q in ordered), style.prefixes, own=style.own).encode()
    return _engine_bytes(ordered, format_, style)


def _engine_bytes(ordered: list[ox.Quad], format_: Format, style: Style) -> bytes:
    prefixes = {name: iri for name, iri in style.prefixes.items() if name}
    items = [q.triple for q in ordered] if format_.carries is Carries.GRAPH else ordered
    data = ox.serialize(items, format=ENGINE_FORMATS[format_], prefixes=prefixes) or b""
    if format_ is JSON_LD:
        return _compacted(data, style.context)
    if format_ is RDF_XML:
        return well_formed(_XML_TAG.sub(rb'\1 xml:lang="\2"', data))
    return _TEXT_TAG.sub(rb'\1"@\2', data)


def results_bytes(results: ox.QuerySolutions | ox.QueryBoolean, format_: Format) -> bytes:
    """SPARQL results in one of the four standard formats.

    Raises UsageError for a format that cannot hold a table.
    """
    if format_ not in RESULT_FORMATS:
        raise UsageError(f"{format_.label} holds a graph, and this query answers with a table.")
    data = results.serialize(format=_RESULTS[format_.name]) or b""
    return well_formed(data) if format_.name == "xml" else data


def well_formed(xml: bytes) -> bytes:
    """XML without the characters that XML 1.0 (section 2.2) cannot carry, each shown as U+FFFD."""
    text = xml.decode()
    return _NOT_XML.sub("\ufffd", text).encode() if _NOT_XML.search(text) else xml


def _compacted(expanded: bytes, context: Mapping[str, Any]) -> bytes:
    document = [_typed(node) for node in json.loads(expanded)]
    if context:
        from pyld import jsonld

        options = {"documentLoader": _no_loading, "graph": True}
        document = jsonld.compact(document, dict(context), options)
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _typed(node: dict[str, Any]) -> dict[str, Any]:
    """A node object with its types, and those of the nodes of its graph, under @type, where compaction looks."""
    if "@graph" in node:
        return {**node, "@graph": [_typed(inner) for inner in node["@graph"]]}
    types = [value["@id"] for value in node.get(RDF_TYPE, ()) if "@id" in value]
    literals = [value for value in node.get(RDF_TYPE, ()) if "@id" not in value]
    rest = {key: [_tagged(v) for v in value] if key[:1] != "@" else value for key, value in node.items()}
    rest.pop(RDF_TYPE, None)
    return rest | ({"@type": types} if types else {}) | ({RDF_TYPE: literals} if literals else {})


def _tagged(value: dict[str, Any]) -> dict[str, Any]:
    kind = value.get("@type", "")
    return {"@value": value["@value"], "@language": kind[len(TAGGED) :]} if kind.startswith(TAGGED) else value


def _no_loading(url: str, _options: Mapping[str, Any]) -> dict[str, Any]:
    raise UsageError(f"The JSON-LD context names {url}; a context is never fetched. Write it into the file itself.")
