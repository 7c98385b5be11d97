"""The graph holds what the source holds: so many of each kind, no more and no less."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from rdflib import RDF, BNode, Literal, URIRef

from conftest import COUNTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib import Graph
    from rdflib.term import Node

    from jamjustice.graph.dataset import Dataset

    Term = Callable[[str], URIRef]

CLASSES = {
    "foaf:Project": 9,
    "arc:Inquiry": 8,
    "foaf:Agent": 51,
    "foaf:Person": 36,
    "foaf:Organization": 11,
    "foaf:Group": 4,
    "dcterms:Location": 3,
    "arc:Output": 21,
    "foaf:Document": 23,
    "bibo:Document": 10,
    "bibo:Report": 8,
    "bibo:Article": 2,
    "bibo:AudioVisualDocument": 1,
    "dcmitype:MovingImage": 1,
    "bibo:Periodical": 2,
    "bibo:Issue": 1,
    "fabio:PeriodicalVolume": 1,
    "dcmitype:Collection": 3,
    "dcmitype:Event": 5,
    "prov:Activity": 14,
    "arc:Aim": 9,
    "arc:Outcome": 3,
    "dcterms:AgentClass": 5,
    "dcterms:PeriodOfTime": 1,
    "foaf:OnlineAccount": 1,
    "prov:Association": 8,
    "prov:Attribution": 64,
    "oa:Annotation": 27,
    "skos:Concept": 40,
    "skos:ConceptScheme": 7,
    "prov:Role": 11,
    "dcat:Role": 5,
    "arc:SourceLine": 68,
    "prov:Entity": 69,
}
TRIPLES = {"source": 347, "page": 1402, "curation": 364, "vocabulary": 223, "derived": 443, "links": 0}
SUBJECTS = {"source": 69, "page": 179, "curation": 59, "vocabulary": 47, "derived": 331, "links": 0}
PREDICATES = {
    "rdf:type": 532,
    "arc:evidencedBy": 387,
    "rdfs:label": 331,
    "schema:position": 140,
    "arc:status": 116,
    "dcterms:isPartOf": 109,
    "prov:agent": 72,
    "arc:nameAsPrinted": 72,
    "schema:sha256": 69,
    "dcterms:title": 57,
    "dcterms:type": 57,
    "foaf:name": 54,
    "oa:hasTarget": 50,
    "dcterms:subject": 37,
    "arc:notStated": 36,
    "frapo:isOutputOf": 32,
    "dcterms:issued": 21,
    "arc:dateAsPrinted": 21,
    "skos:altLabel": 13,
    "dcterms:description": 13,
}
CREDITS = {"author": 34, "with-contributor": 13, "publisher": 14, "produced-for": 2, "assistance": 1}
SCHEMES = {
    "topic": 14,
    "output-type": 7,
    "project-role": 6,
    "role": 5,
    "status": 3,
    "note-type": 3,
    "aim-type": 2,
}


@pytest.fixture(scope="session")
def term(dataset: Dataset) -> Term:
    """The IRI that a short name stands for."""

    def expand(name: str) -> URIRef:
        prefix, _, local = name.partition(":")
        return URIRef(dataset.prefixes[prefix] + local)

    return expand


def credited(union: Graph, term: Term, role: str = "") -> list[Node]:
    """The agents of all credits, or of those with one role, one for each credit."""
    roles = {term(f"role:{role}")} if role else set(union.objects(None, term("dcat:hadRole")))
    return [
        agent
        for credit in union.subjects(RDF.type, term("prov:Attribution"))
        if union.value(credit, term("dcat:hadRole")) in roles
        for agent in union.objects(credit, term("prov:agent"))
    ]


@pytest.mark.parametrize(("name", "count"), CLASSES.items())
def test_a_class_has_as_many_members_as_the_source_gives(union: Graph, term: Term, name: str, count: int) -> None:
    assert len(set(union.subjects(RDF.type, term(name)))) == count


def test_nothing_has_a_class_that_is_not_counted(union: Graph, term: Term) -> None:
    assert set(union.objects(None, RDF.type)) == {term(name) for name in CLASSES}


@pytest.mark.parametrize(("role", "count"), CREDITS.items())
def test_each_role_has_its_number_of_credits(union: Graph, term: Term, role: str, count: int) -> None:
    assert len(credited(union, term, role)) == count


def test_authors_are_persons_groups_and_organisations(union: Graph, term: Term) -> None:
    kinds = Counter(
        kind
        for agent in credited(union, term, "author")
        for kind in ("Person", "Group", "Organization")
        if (agent, RDF.type, term(f"foaf:{kind}")) in union
    )
    assert kinds == {"Person": 28, "Group": 4, "Organization": 2}


def test_the_persons_bear_three_names_more_than_they_are(union: Graph, term: Term) -> None:
    persons = set(union.subjects(RDF.type, term("foaf:Person")))
    names = {
        (person, name)
        for person in persons
        for name in (*union.objects(person, term("foaf:name")), *union.objects(person, term("skos:altLabel")))
    }
    assert (len(persons), len(names)) == (36, 39)


def test_the_team_overlaps_with_those_who_are_credited(union: Graph, term: Term) -> None:
    team = set(union.objects(None, term("prov:wasAssociatedWith"))) & set(union.subjects(RDF.type, term("foaf:Person")))
    persons = {agent for agent in credited(union, term) if (agent, RDF.type, term("foaf:Person")) in union}
    assert (len(team), len(persons), len(team & persons)) == (8, 33, 5)
    assert team - persons == {term(f"person:{p}") for p in ("terrence-fernando", "tim-may", "vicky-simpson")}


def test_dates_are_as_exact_as_the_source_prints_them(union: Graph, term: Term) -> None:
    outputs = set(union.subjects(RDF.type, term("arc:Output")))
    issued = [union.value(output, term("dcterms:issued")) for output in outputs]
    kinds = Counter(date.datatype for date in issued if isinstance(date, Literal))
    assert kinds == {
        term("xsd:date"): 8,
        term("xsd:gYearMonth"): 10,
        term("xsd:gYear"): 1,
        term("edtf:EDTF-level1"): 1,
    }
    assert issued.count(None) == 1
    assert Counter(str(date)[:4] for date in issued if date) == {"2017": 3, "2018": 8, "2019": 9}


def test_most_things_are_stated_and_few_are_readings(union: Graph, term: Term) -> None:
    statuses = Counter(union.objects(None, term("arc:status")))
    assert statuses == {term("status:stated"): 100, term("status:resolved"): 5, term("status:inferred"): 11}


@pytest.mark.parametrize(("kind", "count"), {"identity": 7, "reading": 9, "anomaly": 11}.items())
def test_each_kind_of_note_has_its_number(union: Graph, term: Term, kind: str, count: int) -> None:
    assert len(set(union.subjects(term("dcterms:type"), term(f"ntype:{kind}")))) == count


@pytest.mark.parametrize(("scheme", "count"), SCHEMES.items())
def test_each_scheme_has_its_number_of_concepts(union: Graph, term: Term, scheme: str, count: int) -> None:
    assert len(set(union.subjects(term("skos:inScheme"), term(f"scheme:{scheme}")))) == count


@pytest.mark.parametrize("graph", COUNTED)
def test_a_graph_has_its_number_of_triples_and_subjects(dataset: Dataset, graph: str) -> None:
    triples = set(dataset.triples(graph))
    assert (len(triples), len({t.subject for t in triples})) == (TRIPLES[graph], SUBJECTS[graph])


def test_no_triple_is_written_twice(dataset: Dataset) -> None:
    written = Counter(t for name in dataset.graph_names for t in dataset.triples(name))
    assert [triple for triple, times in written.items() if times > 1] == []


def test_the_graphs_make_up_the_whole(union: Graph) -> None:
    assert len(union) == sum(TRIPLES.values()) == 2779


@pytest.mark.parametrize(("name", "count"), PREDICATES.items())
def test_a_predicate_is_used_so_often(union: Graph, term: Term, name: str, count: int) -> None:
    assert len(list(union.subject_objects(term(name)))) == count


def test_the_derived_graph_holds_labels_names_and_days(dataset: Dataset, term: Term) -> None:
    assert Counter(t.predicate.value for t in dataset.triples("derived")) == {
        str(term("rdfs:label")): 331,
        str(term("foaf:givenName")): 36,
        str(term("foaf:familyName")): 36,
        str(term("arc:earliest")): 20,
        str(term("arc:latest")): 20,
    }


def test_everything_has_exactly_one_label(union: Graph, term: Term) -> None:
    things = set(union.subjects())
    labels = {thing: len(list(union.objects(thing, term("rdfs:label")))) for thing in things}
    assert len(things) == 331
    assert set(labels.values()) == {1}


def test_no_data_graph_holds_a_blank_node(dataset: Dataset) -> None:
    triples = [t for name in dataset.graph_names for t in dataset.triples(name)]
    assert {type(term).__name__ for t in triples for term in (t.subject, t.object)} == {"NamedNode", "Literal"}


def test_no_blank_node_is_published(union: Graph) -> None:
    assert not [term for triple in union for term in triple if isinstance(term, BNode)]


def test_literals_are_composed_and_have_no_space_around_them(dataset: Dataset) -> None:
    texts = [
        t.object.value
        for name in dataset.graph_names
        for t in dataset.triples(name)
        if isinstance(t.object, ox.Literal)
    ]
    assert len(texts) > 1000
    assert [text for text in texts if unicodedata.normalize("NFC", text) != text or text.strip() != text] == []


def test_english_is_the_only_language_tag(dataset: Dataset) -> None:
    literals = [t.object for name in dataset.graph_names for t in dataset.triples(name)]
    assert {tag for literal in literals if (tag := getattr(literal, "language", None))} == {"en"}
