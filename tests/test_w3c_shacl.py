"""The W3C's tests of SHACL: each of them passes, or is listed here with the reason.

Compared is the whole report ("full compliance"), https://w3c.github.io/data-shapes/data-shapes-test-suite/ .
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, SH, BNode, Graph, Namespace
from rdflib.compare import isomorphic

from conftest import ROOT, shared
from jamjustice.errors import InputError
from jamjustice.graph.dataset import rdflib_graph
from jamjustice.graph.read import document
from jamjustice.quality.validate import Outcome, validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from rdflib.term import Node

    from jamjustice.graph.terms import Triple

    Engine = Callable[[Sequence[Triple], Sequence[Triple]], Outcome]

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
SUITE = "conformance-suites/data-shapes/data-shapes-test-suite/tests"
FOLDER = ROOT.parent / "shared" / SUITE
COMPARED = {
    *(SH.focusNode, SH.resultPath, SH.resultSeverity, SH.value),
    *(SH.sourceConstraint, SH.sourceConstraintComponent, SH.sourceShape),
}
"""What the suite compares of a result; of its messages those that it expects."""

ENGINES: dict[str, Engine] = {name: partial(validate, engine=name) for name in ("oxigraph", "pyshacl")}

FAILING = {
    "core/property/uniqueLang-002": (
        "another verdict",
        'pySHACL takes sh:uniqueLang "1"^^xsd:boolean for true; SHACL 4.4.5 names the term true alone',
    ),
    "sparql/node/prefixes-001": (
        "a failure",
        "pySHACL does not follow owl:imports from sh:prefixes to further sh:declare (SHACL 5.2.1)",
    ),
    "sparql/pre-binding/shapesGraph-001": (
        "a failure",
        "pySHACL does not know $shapesGraph, which is optional: SHACL 5.3.1 then asks for a failure",
    ),
}
"""The tests that do not pass, with what comes out instead and why."""

COUNTS = {
    "core/complex": (2, 2),
    "core/misc": (5, 5),
    "core/node": (32, 32),
    "core/path": (13, 13),
    "core/property": (37, 38),
    "core/targets": (7, 7),
    "core/validation-reports": (1, 1),
    "sparql/component": (3, 3),
    "sparql/node": (3, 4),
    "sparql/pre-binding": (13, 14),
    "sparql/property": (1, 1),
}
"""How many tests of each folder pass, and how many there are."""


@dataclass(frozen=True)
class Case:
    """One `sht:Validate`; where a failure is expected there is no report."""

    data: Path
    shapes: Path
    report: Graph | None
    messages: frozenset[Node]


@cache
def read(path: Path) -> tuple[Triple, ...]:
    """A file of the suite, as written; a file that is data and shapes shares its blank nodes."""
    return document(f"@base <{path.as_uri()}> .\n{path.read_text('utf-8')}", path.name).triples


def local(iri: Node | None) -> str:
    return str(iri).removeprefix(f"{FOLDER.as_uri()}/")


def cases(manifest: Path) -> Iterator[tuple[str, Case]]:
    """The tests of a manifest and of those that it includes."""
    graph = rdflib_graph(read(manifest), {})
    for entries in graph.objects(None, MF.entries):
        for test in graph.items(entries):
            action, result = graph.value(test, MF.action), graph.value(test, MF.result)
            messages = frozenset(graph.objects(None, SH.resultMessage))
            data, shapes = (FOLDER / local(graph.value(action, part)) for part in (SHT.dataGraph, SHT.shapesGraph))
            report = None if result == SHT.Failure else compared(graph, result, messages)
            yield local(test), Case(data, shapes, report, messages)
    for included in graph.objects(None, MF.include):
        yield from cases(FOLDER / local(included))


def compared(graph: Graph, report: Node | None, messages: frozenset[Node]) -> Graph:
    """What the suite compares of a report, with a path of its own for each result."""
    found, root = Graph(), BNode()
    for conforms in graph.objects(report, SH.conforms):
        found.add((root, SH.conforms, conforms))
    for result in graph.objects(report, SH.result):
        node = BNode()
        found.add((root, SH.result, node))
        for predicate, value in graph.predicate_objects(result):
            if predicate == SH.resultPath:
                found.add((node, predicate, cloned(graph, value, found)))
            elif predicate in COMPARED or (predicate == SH.resultMessage and value in messages):
                found.add((node, predicate, value))
    return found


def cloned(graph: Graph, path: Node, found: Graph) -> Node:
    """A path with blank nodes of its own, written to `found`."""
    if not isinstance(path, BNode):
        return path
    node = BNode()
    for predicate, value in graph.predicate_objects(path):
        found.add((node, predicate, cloned(graph, value, found)))
    return node


NONE = {"the suite is missing": Case(FOLDER, FOLDER, None, frozenset())}
TESTS = dict(cases(FOLDER / "manifest.ttl")) if FOLDER.exists() else NONE
# The suite has a boolean that is none, which rdflib remarks on.
pytestmark = pytest.mark.filterwarnings("ignore:Parsing weird boolean:UserWarning")


@pytest.fixture(autouse=True)
def suite() -> Path:
    return shared(SUITE)


@cache
def outcome(test: str, engine: str) -> Graph | None:
    """The report of an engine; None where it fails."""
    case = TESTS[test]
    try:
        return rdflib_graph(ENGINES[engine](read(case.data), read(case.shapes)).report, {})
    except InputError:
        return None


def result(test: str, engine: str) -> str:
    """How a test ends: passed, or what came out instead."""
    expected, found = TESTS[test].report, outcome(test, engine)
    if expected is None or found is None:
        return "passed" if found is expected else "a failure" if found is None else "no failure"
    report = compared(found, found.value(None, RDF.type, SH.ValidationReport), TESTS[test].messages)
    if isomorphic(report, expected):
        return "passed"
    return "another report" if verdict(report) == verdict(expected) else "another verdict"


def verdict(report: Graph) -> Node | None:
    return next(report.objects(None, SH.conforms), None)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("test", TESTS)
def test_a_test_of_the_w3c_passes_or_fails_as_it_is_known_to(test: str, engine: str) -> None:
    expected, _reason = FAILING.get(test, ("passed", ""))
    assert result(test, engine) == expected


@pytest.mark.parametrize("test", TESTS)
def test_the_engines_give_the_same_report_or_fail_alike(test: str) -> None:
    first, *others = (outcome(test, engine) for engine in ENGINES)
    for other in others:
        assert (first is None) == (other is None)
        if first is not None and other is not None:
            assert verdict(first) == verdict(other)
            assert isomorphic(first, other)


@pytest.mark.parametrize("engine", ENGINES)
def test_117_of_the_120_tests_pass(engine: str) -> None:
    folders = {test: test.rpartition("/")[0] for test in TESTS}
    passed = Counter(folder for test, folder in folders.items() if result(test, engine) == "passed")
    assert {folder: (passed[folder], number) for folder, number in Counter(folders.values()).items()} == COUNTS
    assert [sum(numbers) for numbers in zip(*COUNTS.values(), strict=True)] == [117, 120]
    assert passed.total() == len(TESTS) - len(FAILING)
