"""The embedded engine: no query harms the next one, and every one of them can be ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from conftest import ROOT, cli_environment
from jamjustice.errors import EngineFailed, QueryError, QueryRefused, QuerySyntaxError, QueryTimeout
from jamjustice.formats import CSV, JSON_LD, N_TRIPLES, RESULTS_JSON, RESULTS_XML, TSV, TURTLE
from jamjustice.store.embedded import EmbeddedEngine
from jamjustice.store.engine import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jamjustice.publish.published import Published

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SOME_WORK = "SELECT (COUNT(*) AS ?n) { ?a a ?b . ?c a ?d }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a foaf:Person }"


@pytest.fixture(scope="module")
def engine(published: Published) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine(published.quads(), published.style, workers=2) as engine:
        yield engine


def count(engine: EmbeddedEngine) -> str:
    return engine.ask(Question(COUNT, results=CSV)).body.decode().split()[1]


def test_a_query_is_answered_over_the_union_of_the_graphs(engine: EmbeddedEngine) -> None:
    assert count(engine) == "36"


def test_a_query_past_its_deadline_is_ended_and_the_next_one_works(engine: EmbeddedEngine) -> None:
    start = time.monotonic()
    with pytest.raises(QueryTimeout, match=r"took longer than 0\.3 s"):
        engine.ask(Question(ENDLESS, timeout=0.3))
    assert time.monotonic() - start < 3
    assert count(engine) == "36"


def test_no_query_gets_more_time_than_the_engine_gives(published: Published) -> None:
    with EmbeddedEngine(published.quads(), published.style, timeout=0.5) as engine:
        assert count(engine) == "36"
        with pytest.raises(QueryTimeout, match=r"0\.5 s"):
            engine.ask(Question(ENDLESS, timeout=100))
        assert count(engine) == "36"


NESTED = {
    "groups": "SELECT * {{ {}?s ?p ?o{} }}",
    "brackets": "ASK {{ FILTER({}1{}) }}",
    "paths": "ASK {{ ?s {}<a:a>{} ?o }}",
}


@pytest.mark.parametrize(("kind", "text"), NESTED.items())
def test_a_query_that_is_nested_too_deeply_is_one_failed_answer(engine: EmbeddedEngine, kind: str, text: str) -> None:
    opening, closing = "{}" if kind == "groups" else "()"
    engine.ask(Question(text.format(opening * 100, closing * 100)))
    with pytest.raises(EngineFailed, match="died of this query"):
        engine.ask(Question(text.format(opening * 100_000, closing * 100_000), timeout=20))
    assert count(engine) == "36"


@pytest.mark.parametrize(
    "text", ["SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "DROP ALL", "LOAD <http://e/>"]
)
def test_calls_elsewhere_and_updates_are_refused(engine: EmbeddedEngine, text: str) -> None:
    with pytest.raises(QueryRefused):
        engine.ask(Question(text))
    assert count(engine) == "36"


def test_a_query_that_is_not_sparql_is_refused_with_its_place(engine: EmbeddedEngine) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        engine.ask(Question("SELECT *\nWHERE { ?s nope:p ?o }"))
    assert (caught.value.line, caught.value.column) == (2, 12)
    assert "the prefix nope: is not declared" in str(caught.value)


def test_many_threads_get_each_their_own_answer(engine: EmbeddedEngine) -> None:
    def ask(number: int) -> int:
        answer = engine.ask(Question(f"SELECT ({number} AS ?n) {{}}"))
        return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(60))) == list(range(60))


def test_a_slow_query_does_not_stop_the_others(engine: EmbeddedEngine) -> None:
    errors: list[QueryError] = []

    def slow() -> None:
        try:
            engine.ask(Question(ENDLESS, timeout=1.5))
        except QueryTimeout as error:
            errors.append(error)

    thread = threading.Thread(target=slow)
    thread.start()
    start = time.monotonic()
    assert [count(engine) for _ in range(3)] == ["36"] * 3
    took = time.monotonic() - start
    thread.join()
    assert len(errors) == 1
    assert took < 1.4


@pytest.mark.parametrize("results", [RESULTS_JSON, RESULTS_XML, CSV, TSV], ids=lambda f: f.name)
def test_a_table_comes_in_every_format_of_the_standard(engine: EmbeddedEngine, results: object) -> None:
    question = Question("SELECT ?n { ?p a foaf:Person ; foaf:name ?n } ORDER BY ?n LIMIT 2", results=results)  # type: ignore[arg-type]
    answer = engine.ask(question)
    assert answer.format is results
    for name in ("Aba Graham", "Alexander Whinnom"):
        assert name in answer.body.decode()


@pytest.mark.parametrize("graph", [TURTLE, N_TRIPLES, JSON_LD], ids=lambda f: f.name)
def test_a_graph_comes_in_the_format_that_is_wanted(engine: EmbeddedEngine, graph: object) -> None:
    answer = engine.ask(Question("DESCRIBE person:tim-may", graph=graph))  # type: ignore[arg-type]
    assert answer.format is graph
    assert b"Tim May" in answer.body


def test_the_dataset_of_a_query_can_be_named(engine: EmbeddedEngine, published: Published) -> None:
    page, source = (published.project.graph(name) for name in ("page", "source"))

    def number(question: Question) -> int:
        return int(engine.ask(question).body.decode().split()[1])

    everything = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert number(Question(everything, results=CSV, default_graphs=[page])) == 1402
    assert number(Question(everything, results=CSV, default_graphs=[page, source])) == 1402 + 347
    assert number(Question(everything, results=CSV, named_graphs=[page])) == 0
    assert number(Question(named, results=CSV, named_graphs=[source])) == 347


def test_a_query_may_name_its_dataset_itself(engine: EmbeddedEngine, published: Published) -> None:
    source = published.project.graph("source")
    for text, expected in {
        f"SELECT (COUNT(*) AS ?n) FROM <{source}> {{ ?s ?p ?o }}": "347",
        f"SELECT (COUNT(*) AS ?n) FROM NAMED <{source}> {{ GRAPH ?g {{ ?s ?p ?o }} }}": "347",
        f"SELECT (COUNT(*) AS ?n) FROM NAMED <{source}> {{ ?s ?p ?o }}": "0",
    }.items():
        assert engine.ask(Question(text, results=CSV)).body.decode().split()[1] == expected


def test_text_that_xml_cannot_carry_leaves_the_xml_well_formed(published: Published) -> None:
    import xml.etree.ElementTree as ET

    node = ox.NamedNode("http://e/a")
    with EmbeddedEngine([ox.Quad(node, node, ox.Literal("a\x01b"))], published.style) as engine:
        body = engine.ask(Question("SELECT ?o { ?s ?p ?o }", results=RESULTS_XML)).body
    assert "a\ufffdb" in "".join(ET.fromstring(body).itertext())


def test_closing_ends_every_worker(published: Published) -> None:
    engine = EmbeddedEngine(published.quads(), published.style, workers=2)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: engine.ask(Question(SOME_WORK)), range(6)))
    workers = [worker for worker in engine._free.queue if worker is not None]
    assert len(workers) == 2
    engine.close()
    running = [worker for worker in workers if worker.process.returncode is None]
    for worker in running:
        worker.kill()
    assert running == []
    assert count(engine) == "36"
    engine.close()


def test_ctrl_c_ends_a_query_at_once() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "jamjustice", "query", ENDLESS],
        cwd=ROOT,
        env=cli_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _wait_for_a_worker(process)
        time.sleep(0.5)
        start = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=10)
        assert time.monotonic() - start < 2
        assert (process.returncode, err.strip()) == (130, b"Interrupted.")
    finally:
        process.kill()
        process.wait()


def _wait_for_a_worker(process: subprocess.Popen[bytes]) -> None:
    """Wait until the command has a child process, which evaluates the query."""
    children = ROOT.root and f"/proc/{process.pid}/task/{process.pid}/children"
    for _ in range(100):
        time.sleep(0.1)
        assert process.poll() is None
        try:
            with open(children, encoding="ascii") as stream:  # noqa: PTH123
                if stream.read().strip():
                    return
        except FileNotFoundError:
            time.sleep(3)
            return
    pytest.fail("the command has started no worker within ten seconds")


def test_a_worker_ends_with_its_parent() -> None:
    script = (
        "import os, sys\n"
        "from jamjustice.graph.render import Style\n"
        "from jamjustice.store.embedded import EmbeddedEngine\n"
        "from jamjustice.store.engine import Question\n"
        "engine = EmbeddedEngine([], Style())\n"
        "engine.ask(Question('ASK {}'))\n"
        "print(engine._free.queue[0].process.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=30)
    worker = int(done.stdout)
    for _ in range(50):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("the worker outlives its parent")
