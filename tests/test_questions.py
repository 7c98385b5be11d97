"""The library answers its questions: the same ordered rows from both engines, and from the whole dataset."""

from __future__ import annotations

import calendar
import csv
import datetime
import io
from typing import TYPE_CHECKING

import edtf
import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef

from conftest import COUNTED, ROOT
from jamjustice.formats import CSV
from jamjustice.graph.dataset import Dataset, derive, rdflib_graph
from jamjustice.graph.read import document
from jamjustice.graph.sparql import keywords
from jamjustice.graph.terms import to_rdflib
from jamjustice.store.embedded import EmbeddedEngine
from jamjustice.store.engine import Question
from jamjustice.text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jamjustice.project import Project
    from jamjustice.publish.published import Published

NAMES = sorted(path.stem for path in (ROOT / "queries").glob("*.rq"))
NO_ORDER = {"coverage", "one-hop-creators", "project-period", "source-anomalies", "team-and-outside-authors"}
"""Questions with one row, or yes or no, for an answer."""

ARC = "https://w3id.org/jam-and-justice/def#"


@pytest.fixture(scope="module")
def whole(published: Published) -> Graph:
    """Every graph, the dataset's description and the query library among them."""
    return rdflib_graph((quad.triple for quad in published.quads()), published.style.prefixes)


@pytest.fixture(scope="module")
def engine_of_the_project(published: Published) -> Iterator[EmbeddedEngine]:
    graphs = {published.project.graph(name) for name in COUNTED}
    quads = [
        quad
        for quad in published.quads()
        if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value in graphs
    ]
    with EmbeddedEngine(quads, published.style) as engine:
        yield engine


@pytest.fixture(scope="module")
def engine_of_everything(published: Published) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine(published.quads(), published.style) as engine:
        yield engine


def expected(name: str) -> list[list[str]]:
    """The rows of the answer that curators wrote down, headings first."""
    return list(csv.reader(io.StringIO((ROOT / f"queries/expected/{name}.csv").read_text("utf-8"))))


def by_rdflib(graph: Graph, text: str) -> list[list[str]]:
    answer = graph.query(text)
    if answer.type == "ASK":
        return [[str(answer.askAnswer).lower()]]
    columns = [str(variable) for variable in answer.vars or ()]
    return [columns, *(["" if cell is None else str(cell) for cell in row] for row in answer)]  # type: ignore[union-attr]


def by_engine(engine: EmbeddedEngine, text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(engine.ask(Question(text, results=CSV)).body.decode())))


def test_there_are_thirty_two_questions_and_each_has_an_answer() -> None:
    assert len(NAMES) == 32
    assert sorted(path.stem for path in (ROOT / "queries/expected").iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_rdflib_gives_the_answer(union: Graph, whole: Graph, published: Published, name: str) -> None:
    text = published.library[name].filled({}, published.style.prefixes)
    assert by_rdflib(union, text) == expected(name)
    assert by_rdflib(whole, text) == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_embedded_engine_gives_the_answer(
    engine_of_the_project: EmbeddedEngine, engine_of_everything: EmbeddedEngine, published: Published, name: str
) -> None:
    text = published.library[name].filled({}, published.style.prefixes)
    assert by_engine(engine_of_the_project, text) == expected(name)
    assert by_engine(engine_of_everything, text) == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_the_parameters_give_rows(
    engine_of_everything: EmbeddedEngine, published: Published, name: str
) -> None:
    query = published.library[name]
    examples = {parameter.name: parameter.example for parameter in query.parameters.values()}
    rows = by_engine(engine_of_everything, query.filled(examples, published.style.prefixes))
    assert len(rows) > (0 if query.form == "ASK" else 1)


def test_some_questions_have_parameters(published: Published) -> None:
    assert sum(bool(query.parameters) for query in published.library.values()) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_a_question_with_several_rows_fixes_their_order(published: Published, name: str) -> None:
    assert ("ORDER" in keywords(published.library[name].text)) == (name not in NO_ORDER)
    if name in NO_ORDER:
        assert len(expected(name)) <= 2


@pytest.mark.parametrize("name", NAMES)
def test_a_question_declares_the_prefixes_that_it_uses(published: Published, name: str) -> None:
    query = published.library[name]
    ox.Store().query(query.filled({}, published.style.prefixes))


def test_the_web_annotations_are_as_many_as_the_links_to_lines(dataset: Dataset, union: Graph) -> None:
    text = text_of(ROOT / "queries/export/web-annotation.rq")
    made = union.query(text).graph
    store = ox.Store()
    store.bulk_extend(q for q in dataset.quads())
    same = store.query(text, use_default_graph_as_union=True)
    assert made is not None
    assert isinstance(same, ox.QueryTriples)
    oa = "http://www.w3.org/ns/oa#"
    annotations = set(made.subjects(None, URIRef(oa + "Annotation")))
    assert len(annotations) == len(list(union.subject_objects(URIRef(f"{ARC}evidencedBy")))) == 387
    assert all(len(list(made.objects(a, URIRef(oa + "hasTarget")))) == 1 for a in annotations)
    assert {(to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)) for t in same} == set(made)


def test_rdflib_derives_the_same_triples(dataset: Dataset) -> None:
    written = rdflib_graph(
        (t for name in COUNTED if name != "derived" for t in dataset.triples(name)), dataset.prefixes
    )
    made = set()
    for path in sorted((ROOT / "queries/derive").glob("*.rq")):
        made |= set(written.query(text_of(path)).graph or ())
    derived = {(to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)) for t in dataset.derived}
    assert made - set(written) == derived


def days(project: Project, literal: str) -> tuple[str, str]:
    """The first and last day that are derived for a made-up output."""
    text = (
        f"@prefix arc: <{ARC}> .\n@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .\n"
        f"<{project.base}id/output/x> a arc:Output ; dcterms:issued {literal} ."
    )
    found = {
        t.predicate.value.removeprefix(ARC): t.object.value
        for t in derive(project, [document(text, "made-up.ttl", graph=project.graph("page"))])
        if t.predicate.value.startswith(ARC) and isinstance(t.object, ox.Literal)
    }
    return found["earliest"], found["latest"]


@pytest.mark.parametrize("year", [1900, 1999, 2000, 2017, 2020, 2023, 2024, 2100, 2400])
def test_a_month_ends_where_the_calendar_ends_it(project: Project, year: int) -> None:
    for month in range(1, 13):
        last = calendar.monthrange(year, month)[1]
        found = days(project, f'"{year}-{month:02}"^^xsd:gYearMonth')
        assert found == (f"{year}-{month:02}-01", f"{year}-{month:02}-{last:02}")


def test_a_year_and_a_day_have_their_bounds(project: Project) -> None:
    assert days(project, '"2018"^^xsd:gYear') == ("2018-01-01", "2018-12-31")
    assert days(project, '"2020-02-29"^^xsd:date') == ("2020-02-29", "2020-02-29")


@pytest.mark.parametrize("season", ["2018-21", "2018-22", "2018-23", "2018-24", "2020-21", "2020-24"])
def test_a_season_has_the_bounds_that_the_edtf_package_gives(project: Project, season: str) -> None:
    read = edtf.parse_edtf(season)
    bounds = [datetime.date(*day[:3]).isoformat() for day in (read.lower_strict(), read.upper_strict())]
    assert list(days(project, f'"{season}"^^edtf:EDTF-level1')) == bounds


@pytest.mark.parametrize(
    "literal", ['"2018"', '"2018-13"^^xsd:gYearMonth', '"2018-25"^^edtf:EDTF-level1', '"2018-12"^^xsd:gYear']
)
def test_what_is_no_date_gets_no_days(project: Project, literal: str) -> None:
    with pytest.raises(KeyError):
        days(project, literal)


def test_a_name_of_one_word_is_a_family_name(project: Project) -> None:
    text = (
        "@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
        '<http://e/1> a foaf:Person ; foaf:name "Teresa Ana de la Parra" .\n'
        '<http://e/2> a foaf:Person ; foaf:name "Plato" .'
    )
    found = {
        (t.subject.value[-1], t.predicate.value.rpartition("/")[2], t.object.value)
        for t in derive(project, [document(text, "made-up.ttl", graph=project.graph("page"))])
        if isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.Literal)
    }
    assert found == {("1", "givenName", "Teresa Ana de la"), ("1", "familyName", "Parra"), ("2", "familyName", "Plato")}
