"""Mistakes that people make in a collection, each of which breaks a rule of shapes/core.ttl."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Fault:
    """The property that is wrong and the values (Turtle) it has instead; none where the property is missing."""

    property: str
    values: tuple[str, ...] = ()

    def applied(self, properties: Mapping[str, tuple[str, ...]], name: str) -> dict[str, tuple[str, ...]]:
        """The properties of the resource `name` with this mistake.

        >>> Fault("def:project", ("{name}",)).applied({"def:lead": ("person:1",)}, "project:1")
        {'def:lead': ('person:1',), 'def:project': ('project:1',)}
        """
        values = tuple(value.format(name=name) for value in self.values)
        return {key: kept for key, kept in {**properties, self.property: values}.items() if kept}


FAULTS = {
    "output": (
        Fault("dcterms:title"),
        Fault("dcterms:title", ('"A title without a language"',)),
        Fault("dcterms:title", ('"One title"@en', '"Another title"@en')),
        Fault("dcterms:issued", ('"Spring 2019"',)),
        Fault("dcterms:issued", ('"2019-04-01"^^xsd:date', '"2020-04-01"^^xsd:date')),
        Fault("dcterms:creator"),
        Fault("dcterms:creator", ("person:34",)),
        Fault("dcterms:creator", ("person:0", "organisation:1")),
        Fault("dcterms:publisher"),
        Fault("dcterms:publisher", ("person:1",)),
        Fault("bibo:doi", ('"10.1234/A title"',)),
        Fault("bibo:doi", ("<https://doi.org/10.5555/12345>",)),
        Fault("dcterms:language", ("lang:xx",)),
        Fault("dcterms:subject", ("organisation:0",)),
        Fault("dcterms:abstract", ('"Too short."@en',)),
        Fault("bibo:numPages", ("0",)),
        Fault("dcterms:license", ('"CC BY 4.0"',)),
        Fault("dcterms:license", ("<https://creativecommons.org/licenses/by-nc/4.0/>",)),
        Fault("def:project"),
        Fault("dcterms:references", ('"Smith 2009"',)),
        Fault("dcterms:dateSubmitted", ('"2049-01-31"^^xsd:date',)),
        Fault("dcterms:dateAccepted", ('"2049-01-31"',)),
    ),
    "person": (
        Fault("foaf:name"),
        Fault("foaf:name", ('"Ada Lovelace"', '"Ada King"')),
        Fault("foaf:givenName", ('"Ada"@en',)),
        Fault("foaf:familyName"),
        Fault("foaf:mbox", ('"ada@example.org"',)),
        Fault("foaf:mbox", ("<mailto:ada>",)),
        Fault("foaf:name", ('"AL"',)),
    ),
    "organisation": (
        Fault("foaf:name", ('"Universität"@fr',)),
        Fault("foaf:homepage", ('"www.example.org"',)),
        Fault("def:ror", ("<https://ror.org/1234>",)),
        Fault("def:country", ('"UK"',)),
        Fault("dcterms:isPartOf", ("topic:0",)),
    ),
    "project": (
        Fault("dcterms:title", ('"P"@en',)),
        Fault("def:end", ('"1999-12-31"^^xsd:date',)),
        Fault("def:lead", ("organisation:0",)),
        Fault("foaf:homepage", ('"none"',)),
        Fault("dcterms:identifier", ('"no. 7"',)),
        Fault("def:grant", ("[ a def:Grant ; def:funder organisation:0 ]",)),
        Fault("def:project", ("{name}",)),
    ),
    "topic": (
        Fault("rdfs:comment", ('"A property that topics do not have."@en',)),
        Fault("skos:prefLabel", ('"Gouvernance"@fr',)),
        Fault("skos:broader", ("person:0",)),
        Fault("skos:inScheme"),
        Fault("skos:notation", ('"A.1"',)),
    ),
}
"""By kind of resource; the n-th failing resource of a kind has the n-th mistake, over and over again."""
