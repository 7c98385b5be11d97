"""A synthetic collection of research, as Turtle: projects, people, organisations, topics and outputs.

The same arguments give the same bytes on every machine. What is written is forgotten at once, so that a collection of
any size needs little memory; links to things further up are computed from their numbers. All literals are in the form
that SPARQL engines keep.

    python benchmarks/collection.py 16000 --failing 0.01 > collection.ttl
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from faults import FAULTS, Fault

if TYPE_CHECKING:
    from typing import TextIO

PER_PROJECT = 283
"""Triples to each project: its own, those of 10 outputs, of 4 people, of an organisation and of a topic."""

HEAD = """\
# A collection of research that was never done.

@prefix bibo:         <http://purl.org/ontology/bibo/> .
@prefix dcterms:      <http://purl.org/dc/terms/> .
@prefix def:          <https://research.example.org/def#> .
@prefix foaf:         <http://xmlns.com/foaf/0.1/> .
@prefix lang:         <http://id.loc.gov/vocabulary/iso639-1/> .
@prefix organisation: <https://research.example.org/id/organisation/> .
@prefix output:       <https://research.example.org/id/output/> .
@prefix person:       <https://research.example.org/id/person/> .
@prefix project:      <https://research.example.org/id/project/> .
@prefix rdfs:         <http://www.w3.org/2000/01/rdf-schema#> .
@prefix root:         <https://research.example.org/> .
@prefix skos:         <http://www.w3.org/2004/02/skos/core#> .
@prefix topic:        <https://research.example.org/id/topic/> .
@prefix xsd:          <http://www.w3.org/2001/XMLSchema#> .
"""
GIVEN, FAMILY, PLACES, THEMES = (
    words.split()
    for words in (
        "Ada Beth Carl Dana Elif Farid Grace Hugo Ines Jonas Kofi Lena Mara Nils Oma Priya Rosa Sven Tomás Zoë",
        "Adeyemi Brandt Clarke Dubois Evans García Hughes Ito Jansen Khan Lind Müller Novak Okoro Patel Weiß",
        "Accra Berlin Cardiff Delft Durban Graz Leeds Lille Lyon Malmö Salford Turin Uppsala Utrecht York",
        "care climate culture energy food health heritage housing language mobility planning trade water",
    )
)
WAYS = [
    "an archive of",
    "the ethics of",
    "the future of",
    "the politics of",
    "a history of",
    "shared",
    "local",
    "urban",
]
SENTENCES = [
    "We followed the work of eleven groups over two years and talked with everyone who took part.",
    "The findings differ between neighbourhoods; the reasons that people give for them do not.",
    'An appendix lists the sources, \\"grey\\" ones included.',
    "Earlier studies asked experts only, and so could not see how decisions are made in practice.",
    "The method can be used elsewhere at little cost.",
]
LICENCES = [f"<https://creativecommons.org/{name}/>" for name in ("licenses/by/4.0", "licenses/by-sa/4.0")]
COUNTRIES = ("DE", "FR", "GB", "NL", "SE", "ZA")
KINDS = ("Article", "Book", "Dataset", "Report")

Properties = dict[str, tuple[str, ...]]


class Collection:
    """One collection while it is written: about `triples` triples, a share `failing` of the resources at fault."""

    def __init__(self, file: TextIO, triples: int, failing: float = 0.0) -> None:
        self.file, self.triples, self.failing = file, triples, failing
        self.projects = max(10, round(triples / PER_PROJECT))
        self.people = 4 * self.projects
        self.random = Random(2026)  # noqa: S311 - nothing is secret here
        self.resources = self.written = 0
        self.faults = dict.fromkeys(FAULTS, 0)
        self.shared_orcid = ""

    def write(self) -> int:
        """Write everything, outputs last and as many as there is room for; returns the number of triples."""
        self.file.write(HEAD)
        self._section("Kinds of outputs")
        for kind in KINDS:
            self._block(f"def:{kind}", {"rdfs:subClassOf": ("def:Output",)})
        self._section("Topics")
        for n in range(self.projects):
            self._resource("topic", n, self._topic(n))
        self._section("Organisations")
        for n in range(self.projects):
            self._resource("organisation", n, self._organisation(n))
        self._section("People")
        for n in range(self.people):
            self._resource("person", n, self._person(n))
        self._section("Projects")
        for n in range(self.projects):
            self._resource("project", n, self._project(n))
        self._section("Outputs")
        n = 0
        while self.written < self.triples or n < self.projects:
            self._resource("output", n, self._output(n))
            n += 1
        return self.written

    def _topic(self, n: int) -> Properties:
        return {
            "a": ("skos:Concept",),
            "skos:prefLabel": (f'"{self._pick(THEMES)} {n}"@en', f'"Thema {n}"@de'),
            "skos:notation": (f'"{10 + n}"',),
            "skos:broader": (f"topic:{n // 8}",) if n else (),
            "skos:inScheme": ("root:topics",),
        }

    def _organisation(self, n: int) -> Properties:
        place = self._pick(PLACES)
        return {
            "a": ("foaf:Organization",),
            "foaf:name": (f'"University of {place} {n}"@en', f'"Universität {place} {n}"@de'),
            "foaf:homepage": (f"<https://www.organisation-{n}.example.org/>",),
            "def:ror": (f"<https://ror.org/0{n:08d}>",),
            "def:country": (f'"{self._pick(COUNTRIES)}"',),
            "dcterms:isPartOf": (f"organisation:{n // 6}",) if n % 3 == 1 else (),
        }

    def _person(self, n: int) -> Properties:
        given, family = self._pick(GIVEN), self._pick(FAMILY)
        return {
            "a": ("foaf:Person",),
            "foaf:name": (f'"{given} {family}"',),
            "foaf:givenName": (f'"{given}"',),
            "foaf:familyName": (f'"{family}"',),
            "foaf:mbox": (f"<mailto:person-{n}@example.org>",),
            "def:orcid": (f'"{orcid(n)}"',) if has_orcid(n) else (),
            "def:affiliation": (f"organisation:{self.random.randrange(self.projects)}",) if affiliated(n) else (),
        }

    def _project(self, n: int) -> Properties:
        theme = self._pick(THEMES)
        return {
            "a": ("def:Project",),
            "dcterms:title": (f'"{theme.capitalize()} in {self._pick(PLACES)}"@en',),
            "dcterms:identifier": (f'"P{n:06d}"',),
            "def:begin": (day(begin(n)),),
            "def:end": (day(begin(n) + timedelta(days=1095)),),
            "def:lead": (f"person:{self._anchor()}",),
            "foaf:homepage": (f"<https://projects.example.org/{theme}-{n}>",),
            "def:grant": (
                f'[ a def:Grant ; def:funder organisation:{n} ; def:awardNumber "AH/{n % 10000:04d}/{n % 10}" ]',
            ),
        }

    def _output(self, n: int) -> Properties:
        project = n % self.projects
        submitted = begin(project) + timedelta(days=self.random.randrange(30, 900))
        accepted = submitted + timedelta(days=self.random.randrange(20, 300))
        issued = accepted + timedelta(days=self.random.randrange(200))
        theme, place = self._pick(THEMES), self._pick(PLACES)
        creators = dict.fromkeys([self._anchor(), *self._several(self.people, 0, 3)])
        return {
            "a": (f"def:{self._pick(KINDS)}",),
            "dcterms:title": (
                f'"{place}: {self._pick(WAYS)} {theme}, part {n}"@en',
                *((f'"{place}, Teil {n}"@de',) if n % 4 == 0 else ()),
            ),
            "dcterms:creator": tuple(f"person:{person}" for person in creators),
            "dcterms:publisher": (f"organisation:{self.random.randrange(self.projects)}",),
            "dcterms:issued": (f'"{issued.year}"^^xsd:gYear' if n % 3 == 0 else day(issued),),
            "dcterms:dateSubmitted": (day(submitted),),
            "dcterms:dateAccepted": (day(accepted),),
            "dcterms:language": ("lang:en", "lang:de") if n % 4 == 0 else ("lang:en",),
            "dcterms:subject": tuple(f"topic:{topic}" for topic in self._several(self.projects, 1, 3)),
            "dcterms:abstract": (f'"{" ".join(self.random.sample(SENTENCES, 2))}"@en',),
            "dcterms:license": (self._pick(LICENCES),),
            "bibo:doi": (f'"10.{5000 + n % 5000}/{theme}.{n}"',) if n % 5 else (),
            "bibo:numPages": (str(self.random.randrange(1, 400)),),
            "dcterms:references": tuple(f"output:{other}" for other in self._several(n, 0, 3)),
            "def:project": (f"project:{project}",),
        }

    def _pick(self, texts: list[str] | tuple[str, ...]) -> str:
        return texts[self.random.randrange(len(texts))]

    def _several(self, below: int, least: int, most: int) -> list[int]:
        """Some different numbers below a number."""
        return list(
            dict.fromkeys(self.random.randrange(below) for _ in range(self.random.randint(least, most)) if below)
        )

    def _anchor(self) -> int:
        """Somebody with an ORCID and an organisation."""
        while True:
            person = self.random.randrange(self.people)
            if has_orcid(person) and affiliated(person):
                return person

    def _resource(self, kind: str, n: int, properties: Properties) -> None:
        """Write a resource, with a mistake if it is its turn to fail."""
        before, self.resources = self.resources, self.resources + 1
        if int(self.resources * self.failing) > int(before * self.failing):
            turn = self.faults[kind]
            self.faults[kind] += 1
            properties = FAULTS[kind][turn % len(FAULTS[kind])].applied(properties, f"{kind}:{n}")
            if fault := self._sparql_fault(kind, turn):
                properties = fault.applied(properties, f"{kind}:{n}")
        self._block(f"{kind}:{n}", properties)

    def _sparql_fault(self, kind: str, turn: int) -> Fault | None:
        """On top of the other mistakes: every sixth failing output is too early, every third person has a twin."""
        if kind == "output" and turn % 6 == 5:
            return Fault("dcterms:issued", ('"1995-01-31"^^xsd:date',))
        if kind == "person" and turn % 3 == 2:
            number = self.shared_orcid or orcid(self.people + turn)
            self.shared_orcid = "" if self.shared_orcid else number
            return Fault("def:orcid", (f'"{number}"',))
        return None

    def _block(self, name: str, properties: Properties) -> None:
        rows = [f"{key} {' , '.join(values)}" for key, values in properties.items() if values]
        body = " ;\n  ".join(rows)
        self.file.write(f"\n{name}\n  {body} .\n")
        for values in properties.values():
            self.written += sum(1 + (value.count(" ; ") + 1) * value.startswith("[") for value in values)

    def _section(self, title: str) -> None:
        self.file.write(f"\n\n# {title}\n")


def has_orcid(person: int) -> bool:
    """Whether somebody has an ORCID: four of five have."""
    return person % 5 != 4


def affiliated(person: int) -> bool:
    """Whether somebody belongs to an organisation: six of seven do."""
    return person % 7 != 6


def orcid(person: int) -> str:
    """An identifier of its own for each person, in the form of an ORCID."""
    digits = f"{person:015d}"
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:]}{'0123456789X'[person % 11]}"


def begin(project: int) -> date:
    """The day on which a project began."""
    return date(2005 + project % 15, 1 + project % 12, 1 + project % 28)


def day(value: date) -> str:
    """A date as Turtle writes it."""
    return f'"{value.isoformat()}"^^xsd:date'


def write_collection(path: Path, triples: int, failing: float = 0.0) -> int:
    """Write a collection to a file; returns the exact number of its triples."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        return Collection(file, triples, failing).write()


def write_shapes(folder: Path) -> dict[str, Path]:
    """Write both sets of shapes into a folder: Core alone, and Core with the rules in SPARQL."""
    source = Path(__file__).parent / "shapes"
    core, sparql = ((source / name).read_text(encoding="utf-8") for name in ("core.ttl", "sparql.ttl"))
    paths = {"Core": folder / "core.ttl", "Core + SPARQL": folder / "sparql.ttl"}
    paths["Core"].write_text(core, encoding="utf-8")
    paths["Core + SPARQL"].write_text(f"{core}\n{sparql}", encoding="utf-8")
    return paths


def main() -> None:
    """Write a collection to standard output."""
    parser = argparse.ArgumentParser(description="Write a synthetic collection of research as Turtle.")
    parser.add_argument("triples", type=int, help="about how many triples")
    parser.add_argument("--failing", type=float, default=0.0, help="share of the resources that break a rule, 0 to 1")
    asked = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    Collection(sys.stdout, asked.triples, asked.failing).write()


if __name__ == "__main__":
    main()
