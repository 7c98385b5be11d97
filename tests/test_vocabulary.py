"""Every term that is used exists, ours are described, and JSON-LD says them all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS, Literal, URIRef
from rdflib.namespace import DCAT, DCMITYPE, DCTERMS, FOAF, PROV, SDO, SH, VANN, VOID, XSD, DefinedNamespace

from conftest import COUNTED, ROOT
from jamjustice.formats import JSON_LD
from jamjustice.graph.dataset import Dataset, rdflib_graph
from jamjustice.graph.terms import plain, to_rdflib

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib import Graph

    from jamjustice.publish.published import Published

BASE = "https://w3id.org/jam-and-justice/"
ARC = f"{BASE}def#"
CLOSED: dict[str, type[DefinedNamespace]] = {
    str(space): space for space in (RDF, RDFS, OWL, XSD, SKOS, SH, DCTERMS, FOAF, PROV, DCAT, VOID, VANN, DCMITYPE, SDO)
}
NEWER = {
    "http://www.w3.org/ns/dcat#version": "DCAT 3; rdflib lists DCAT 2",
}
"""Terms that exist, although rdflib's lists do not have them, with the reason."""

OPEN = {
    "http://purl.org/ontology/bibo/": {
        *("Article", "AudioVisualDocument", "Document", "Issue", "Periodical", "Report"),
        *("doi", "issn", "issue", "pages", "pageStart", "pageEnd", "volume"),
    },
    "http://purl.org/spar/fabio/": {"PeriodicalVolume", "hasPlaceOfPublication"},
    "http://purl.org/cerif/frapo/": {"isOutputOf", "isSupportedBy"},
    "http://purl.org/vocab/frbr/core#": {"supplementOf", "summarizationOf"},
    "http://www.w3.org/ns/oa#": {"Annotation", "FragmentSelector", "bodyValue", "hasTarget", "motivatedBy"},
    "http://spdx.org/rdf/terms#": {"checksum", "checksumValue", "algorithm"},
}
"""Vocabularies that rdflib has no list of: the terms of theirs that may be used here."""


def used(triples: list[ox.Triple]) -> set[str]:
    """The predicates, classes and datatypes of a graph."""
    terms = {t.predicate.value for t in triples}
    terms |= {
        t.object.value for t in triples if t.predicate.value == str(RDF.type) and isinstance(t.object, ox.NamedNode)
    }
    return terms | {plain(t.object).datatype.value for t in triples if isinstance(t.object, ox.Literal)}  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def everything(dataset: Dataset) -> list[ox.Triple]:
    """What the data and the ontology say."""
    ontology = [t for document in dataset.ontology for t in document.triples]
    return [*ontology, *(t for name in dataset.graph_names for t in dataset.triples(name))]


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return rdflib.Graph().parse(ROOT / "ontology/arc.ttl")


def test_a_term_of_a_closed_vocabulary_exists(everything: list[ox.Triple]) -> None:
    unknown = {
        iri
        for iri in used(everything)
        for start, space in CLOSED.items()
        if iri.startswith(start) and iri not in NEWER and iri.removeprefix(start) not in space
    }
    assert unknown == set()


def test_an_exception_is_still_needed(everything: list[ox.Triple]) -> None:
    for iri in NEWER:
        assert iri in used(everything)
        assert all(iri.removeprefix(start) not in space for start, space in CLOSED.items() if iri.startswith(start))


def test_a_term_of_an_open_vocabulary_is_one_of_those_that_were_looked_up(everything: list[ox.Triple]) -> None:
    for start, names in OPEN.items():
        assert {iri.removeprefix(start) for iri in used(everything) if iri.startswith(start)} <= names


def test_no_term_comes_from_anywhere_else(everything: list[ox.Triple]) -> None:
    starts = (*CLOSED, *OPEN, ARC, "http://id.loc.gov/datatypes/edtf/EDTF-level1")
    assert {iri for iri in used(everything) if not iri.startswith(starts)} == set()


def test_schema_org_is_spelled_with_https(everything: list[ox.Triple]) -> None:
    assert [iri for iri in used(everything) if "://schema.org" in iri and not iri.startswith("https://")] == []
    assert str(SDO) == "https://schema.org/"


def test_there_are_five_classes_and_ten_properties(ontology: Graph) -> None:
    classes = set(ontology.subjects(RDF.type, OWL.Class))
    properties = {s for kind in (OWL.ObjectProperty, OWL.DatatypeProperty) for s in ontology.subjects(RDF.type, kind)}
    assert (len(classes), len(properties)) == (5, 10)
    assert all(str(term).startswith(ARC) for term in classes | properties)


def test_every_own_term_is_described(ontology: Graph) -> None:
    terms = {s for s in ontology.subjects() if str(s).startswith(ARC)}
    assert len(terms) == 15
    for term in terms:
        for property_ in (RDFS.label, SKOS.definition):
            values = list(ontology.objects(term, property_))
            assert len(values) == 1
            assert isinstance(values[0], Literal)
            assert values[0].language == "en"
        assert list(ontology.objects(term, RDFS.isDefinedBy)) == [URIRef(ARC.rstrip("#"))]


def test_every_own_term_that_is_used_is_defined_and_the_other_way_round(
    ontology: Graph, dataset: Dataset, everything: list[ox.Triple]
) -> None:
    defined = {str(s) for s in ontology.subjects() if str(s).startswith(ARC)}
    assert {iri for iri in used(everything) if iri.startswith(ARC)} <= defined
    assert {iri for iri in used([t for n in COUNTED for t in dataset.triples(n)]) if iri.startswith(ARC)} == defined


def test_every_prefix_means_the_same_everywhere(dataset: Dataset, published: Published) -> None:
    for document in (*dataset.ontology, *dataset.data):
        assert document.prefixes.items() <= dataset.prefixes.items()
    # "id" is a keyword in JSON-LD, so that prefix is not in the context.
    shared_names = (published.style.context.keys() & dataset.prefixes.keys()) - {"id"}
    assert len(shared_names) > 40
    assert {published.style.context[name] == dataset.prefixes[name] for name in shared_names} == {True}
    assert published.style.context["id"] == "@id"


def expanded(context: Mapping[str, Any]) -> dict[str, str]:
    """The IRI that each term of the context stands for."""
    terms: dict[str, str] = {}
    for name, meaning in context.items():
        iri = meaning.get("@id", "") if isinstance(meaning, dict) else meaning
        prefix, colon, local = str(iri).partition(":")
        known = context.get(prefix)
        terms[name] = f"{known}{local}" if colon and isinstance(known, str) else str(iri)
    return terms


def test_the_context_has_a_term_for_every_predicate_and_class(published: Published, dataset: Dataset) -> None:
    terms = set(expanded(published.style.context).values())
    triples = [t for name in dataset.graph_names for t in dataset.triples(name)]
    classes = {t.object for t in triples if t.predicate.value == str(RDF.type)}
    names = {t.predicate.value for t in triples if t.predicate.value != str(RDF.type)}
    names |= {c.value for c in classes if isinstance(c, ox.NamedNode)}
    assert names - terms == set()


def test_no_two_terms_of_the_context_stand_for_the_same_thing(published: Published) -> None:
    terms = {n: i for n, i in expanded(published.style.context).items() if not i.startswith("@") and i[-1] not in "/#"}
    assert len(set(terms.values())) == len(terms)


GRAPHS = [None, "source", "page", "curation", "vocabulary", "derived", "dataset", "queries", "links"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib's JSON-LD parser uses its own old names
@pytest.mark.parametrize("graph", GRAPHS)
def test_json_ld_expands_back_to_the_same_dataset(published: Published, graph: str | None) -> None:
    data = published.export(JSON_LD, graph)
    wanted = {
        (q.graph_name.value if graph is None and isinstance(q.graph_name, ox.NamedNode) else "", q.triple)
        for q in published.quads()
        if graph is None or q.graph_name == ox.NamedNode(published.project.graph(graph))
    }
    read = {
        (q.graph_name.value if isinstance(q.graph_name, ox.NamedNode) else "", q.triple)
        for q in ox.parse(data, format=ox.RdfFormat.JSON_LD)
    }
    assert read == wanted
    other = rdflib.Dataset()
    other.parse(data=data, format="json-ld")
    assert {(str(g) if g and graph is None else "", s, p, spelled(o)) for s, p, o, g in other.quads()} == {
        (g, to_rdflib(t.subject), to_rdflib(t.predicate), spelled(to_rdflib(t.object))) for g, t in wanted
    }


def spelled(term: Any) -> Any:
    """A literal by its text: rdflib compares dates and numbers by value."""
    return (str(term), str(term.datatype), term.language) if isinstance(term, Literal) else term


def test_json_ld_is_compact(published: Published) -> None:
    document = json.loads(published.export(JSON_LD, "page"))
    assert document["@context"] == dict(published.style.context)
    beth = next(node for node in document["@graph"] if node["id"] == "person:beth-perry")
    assert set(beth["type"]) == {"Person", "Agent"}
    assert beth["name"] == "Beth Perry"


def test_the_description_of_the_dataset_names_every_graph_that_is_published(published: Published) -> None:
    described = rdflib_graph(published.dataset.triples("dataset"), {})
    graphs = {str(s) for s in described.subjects() if str(s).startswith(f"{BASE}graph/")}
    assert graphs == {published.project.graph(name) for name in published.graph_names}
