"""A SPARQL endpoint elsewhere gives what the embedded engine gives: our own server is the one asked."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from conftest import ROOT, fetch
from jamjustice.errors import EndpointError, QueryTimeout, UsageError
from jamjustice.formats import GRAPH_FORMATS, N_TRIPLES, RESULT_FORMATS, Format
from jamjustice.queries.result import Result, read_result
from jamjustice.store.embedded import EmbeddedEngine
from jamjustice.store.engine import Question
from jamjustice.store.remote import RemoteEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import RunCli
    from jamjustice.publish.published import Published
    from jamjustice.store.engine import Engine

NAMES = sorted(path.stem for path in (ROOT / "queries").glob("*.rq"))
CONSTRUCT = "CONSTRUCT { ?x a arc:Output ; dcterms:title ?t } WHERE { ?x a arc:Output ; dcterms:title ?t }"


@pytest.fixture(scope="module")
def embedded(published: Published) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine(published.quads(), published.style) as engine:
        yield engine


@pytest.fixture(scope="module")
def remote(server: str, published: Published) -> RemoteEngine:
    return RemoteEngine(f"{server}sparql", published.style)


def answer(engine: Engine, published: Published, text: str) -> Result:
    return read_result(engine.ask(Question(text)), published.style.prefixes)


def test_there_are_32_questions() -> None:
    assert len(NAMES) == 32


@pytest.mark.parametrize("name", NAMES)
def test_every_question_has_the_same_answer_here_and_there(
    embedded: EmbeddedEngine, remote: RemoteEngine, published: Published, name: str
) -> None:
    text = published.library[name].filled({}, published.style.prefixes)
    here, there = (answer(engine, published, text) for engine in (embedded, remote))
    assert there == here
    assert here.rows or here.boolean is not None


def test_an_ask_and_a_question_without_an_answer_are_the_same_there(
    embedded: EmbeddedEngine, remote: RemoteEngine, published: Published
) -> None:
    for text, truth in (
        ("ASK { person:beth-perry a foaf:Person }", True),
        ("ASK { person:beth-perry a org:x }", False),
    ):
        assert answer(embedded, published, text).boolean is answer(remote, published, text).boolean is truth
    nothing = "SELECT ?a ?b { ?a a arc:Nothing ; arc:nothing ?b }"
    assert answer(embedded, published, nothing) == answer(remote, published, nothing)


@pytest.mark.parametrize("format_", GRAPH_FORMATS, ids=lambda format_: format_.name)
def test_a_constructed_graph_is_the_same_to_the_byte(
    embedded: EmbeddedEngine, remote: RemoteEngine, format_: Format
) -> None:
    here, there = (engine.ask(Question(CONSTRUCT, graph=format_)) for engine in (embedded, remote))
    assert there == here
    triples = remote.ask(Question(CONSTRUCT, graph=N_TRIPLES)).body
    assert len(list(ox.parse(triples, format=ox.RdfFormat.N_TRIPLES))) == 42


@pytest.mark.parametrize("format_", RESULT_FORMATS, ids=lambda format_: format_.name)
def test_a_table_is_the_same_to_the_byte_in_every_format(
    embedded: EmbeddedEngine, remote: RemoteEngine, format_: Format
) -> None:
    text = "SELECT ?title ?date { ?x a arc:Output ; dcterms:title ?title . OPTIONAL { ?x arc:earliest ?date } } "
    here, there = (e.ask(Question(f"{text}ORDER BY ?title", results=format_)) for e in (embedded, remote))
    assert there == here


@pytest.mark.parametrize(
    "args",
    [
        ("project-team",),
        ("outputs-by-person", "-p", "person=person:elizabeth-richardson"),
        ("outputs-per-year", "-f", "json"),
        ("project-period", "-f", "table"),
        (CONSTRUCT,),
        (CONSTRUCT, "-f", "jsonld"),
        ("DESCRIBE person:beth-perry", "-f", "nt"),
    ],
    ids=lambda args: " ".join(args)[:40],
)
def test_the_command_shows_the_same_with_endpoint_and_without(
    run_cli: RunCli, server: str, args: tuple[str, ...]
) -> None:
    here, there = run_cli("query", *args), run_cli("query", *args, "--endpoint", f"{server}sparql")
    assert there == here
    assert (here.code, here.err) == (0, "")
    assert len(here.out) > 20


def test_python_gets_the_same_with_endpoint_and_without(server: str) -> None:
    import jamjustice

    there = jamjustice.query("outputs-per-year", project=ROOT, endpoint=f"{server}sparql")
    assert there == jamjustice.query("outputs-per-year", project=ROOT)
    assert there.rows[0] == {"year": "2017", "n": 3}
    graph = jamjustice.query(CONSTRUCT, project=ROOT, endpoint=f"{server}sparql").graph
    assert graph is not None
    assert len(graph) == 42


def test_what_the_endpoint_itself_says_is_passed_on(remote: RemoteEngine, server: str) -> None:
    with pytest.raises(EndpointError, match="zorg: is not declared") as refused:
        remote.ask(Question("SELECT * { ?x zorg:p 1 }"))
    assert str(refused.value).startswith(f"{server}sparql refused the query: ")
    with pytest.raises(EndpointError, match="SERVICE is refused"):
        remote.ask(Question("SELECT * { SERVICE <http://127.0.0.1:1/> {} }"))
    with pytest.raises(EndpointError, match=r"answered 40[45] "):
        RemoteEngine(f"{server}nothing/here", remote._style).ask(Question("ASK {}"))


def test_the_home_page_of_a_server_is_not_its_endpoint(server: str, published: Published) -> None:
    assert fetch(server).status == 200
    with pytest.raises(EndpointError) as refused:
        RemoteEngine(server, published.style).ask(Question("ASK {}"))
    assert str(refused.value).startswith(server)
    del refused
    gc.collect()  # a connection that was left open is a warning now, and so an error


def test_a_query_that_runs_away_there_ends_at_the_limit_here(server: str, published: Published) -> None:
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with pytest.raises(QueryTimeout, match="did not answer within 1 s"):
        RemoteEngine(f"{server}sparql", published.style, timeout=1).ask(Question(runaway))


@pytest.mark.parametrize("address", ["", "sparql", "localhost:8000", "file:///etc/passwd", "http://", "javascript:x"])
def test_an_address_that_is_none_is_wrong_usage(published: Published, address: str) -> None:
    with pytest.raises(UsageError, match="must start with http:// or https://"):
        RemoteEngine(address, published.style)
