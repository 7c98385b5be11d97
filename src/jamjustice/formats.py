"""The formats, each fact spelled once: name, media type, suffix, IRI and what it can carry.

Content negotiation, dumps, the command line's ``--format``, and download links all read this table.
IRIs: https://www.w3.org/ns/formats/ ; media types: RFC 7111, RFC 4180 and the W3C recommendations of each format.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jamjustice.errors import UnknownName


class Carries(StrEnum):
    """What a format can hold."""

    GRAPH = "graph"
    DATASET = "dataset"
    RESULTS = "results"
    PAGE = "page"


@dataclass(frozen=True)
class Format:
    """One format.

    >>> TURTLE.content_type
    'text/turtle; charset=utf-8'
    """

    name: str
    label: str
    media_type: str
    suffix: str
    carries: Carries
    iri: str = ""
    aliases: tuple[str, ...] = ()
    """Other media types that mean the same."""
    synonyms: tuple[str, ...] = ()
    """Other names that clients use for it."""

    def is_called(self, name: str) -> bool:
        """Whether that is its name, its suffix, a media type of it or a synonym.

        >>> TURTLE.is_called("ttl"), RDF_XML.is_called("rdf+xml"), TURTLE.is_called("json")
        (True, True, False)
        """
        return name.lower() in {self.name, self.suffix, self.media_type, *self.aliases, *self.synonyms}

    @property
    def content_type(self) -> str:
        """The media type with its charset where the type takes one."""
        text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if text else self.media_type


_W3C = "http://www.w3.org/ns/formats/"

TURTLE = Format(
    "turtle",
    "Turtle",
    "text/turtle",
    "ttl",
    Carries.GRAPH,
    _W3C + "Turtle",
    ("application/turtle", "application/x-turtle"),
    ("n3",),
)
N_TRIPLES = Format(
    "nt", "N-Triples", "application/n-triples", "nt", Carries.GRAPH, _W3C + "N-Triples", (), ("ntriples", "n-triples")
)
RDF_XML = Format(
    "xml", "RDF/XML", "application/rdf+xml", "rdf", Carries.GRAPH, _W3C + "RDF_XML", (), ("rdf+xml", "rdfxml")
)
JSON_LD = Format(
    "jsonld", "JSON-LD", "application/ld+json", "jsonld", Carries.DATASET, _W3C + "JSON-LD", (), ("json-ld", "ld+json")
)
TRIG = Format("trig", "TriG", "application/trig", "trig", Carries.DATASET, _W3C + "TriG")
N_QUADS = Format("nquads", "N-Quads", "application/n-quads", "nq", Carries.DATASET, _W3C + "N-Quads")

RESULTS_JSON = Format(
    "json",
    "SPARQL JSON",
    "application/sparql-results+json",
    "srj",
    Carries.RESULTS,
    _W3C + "SPARQL_Results_JSON",
    ("application/json",),
)
RESULTS_XML = Format(
    "xml",
    "SPARQL XML",
    "application/sparql-results+xml",
    "srx",
    Carries.RESULTS,
    _W3C + "SPARQL_Results_XML",
    ("application/xml", "text/xml"),
)
CSV = Format("csv", "CSV", "text/csv", "csv", Carries.RESULTS, _W3C + "SPARQL_Results_CSV")
TSV = Format("tsv", "TSV", "text/tab-separated-values", "tsv", Carries.RESULTS, _W3C + "SPARQL_Results_TSV")

HTML = Format("html", "HTML", "text/html", "html", Carries.PAGE, aliases=("application/xhtml+xml",))

GRAPH_FORMATS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
RESULT_FORMATS = (RESULTS_JSON, RESULTS_XML, CSV, TSV)
DUMP_FORMATS = (TURTLE, N_TRIPLES, N_QUADS, TRIG, JSON_LD, RDF_XML)


def named(name: str, among: tuple[Format, ...]) -> Format:
    """The format of that name or suffix.

    >>> named("ttl", GRAPH_FORMATS).label
    'Turtle'
    >>> named("word", RESULT_FORMATS)
    Traceback (most recent call last):
    jamjustice.errors.UnknownName: There is no format "word". There are: csv, json, tsv, xml.
    """
    for format_ in among:
        if format_.is_called(name):
            return format_
    raise UnknownName("format", name, [f.name for f in among])
