"""SHACL validation (https://www.w3.org/TR/shacl/): screened with SPARQL on Oxigraph, confirmed by pySHACL.

The screen finds the focus nodes that might fail. pySHACL validates those, with the targets of the shapes rewritten, and
its results are the report. Data without a suspect never reach rdflib.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jamjustice.errors import InputError, Problem
from jamjustice.graph.dataset import rdflib_graph
from jamjustice.graph.exact import ExactStore
from jamjustice.graph.terms import BlankNode, Literal, NamedNode, Triple, triple_from_rdflib
from jamjustice.quality.findings import Severity
from jamjustice.quality.screen import WHOLE, screen
from jamjustice.quality.shape import TARGETS, Shapes, UncompiledError
from jamjustice.vocabulary import RDF_TYPE, SH, XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rdflib import Graph

    from jamjustice.quality.screen import Suspects
    from jamjustice.quality.shape import Term


class Engine(StrEnum):
    """What validates."""

    OXIGRAPH = "oxigraph"
    """The screen on Oxigraph, then pySHACL over Oxigraph for what it suspects."""
    PYSHACL = "pyshacl"
    """pySHACL alone, on rdflib's own store."""


@dataclass(frozen=True)
class Violation:
    """One `sh:ValidationResult` (SHACL 3.6.2): what pySHACL reports, in terms of the parsed files."""

    focus: Term
    severity: Severity
    shape: Term
    component: str
    message: str
    path: Term | None
    inverse: bool
    value: Term | None


@dataclass(frozen=True)
class Outcome:
    """The results of one validation, and its report as pySHACL made it."""

    violations: tuple[Violation, ...]
    report: tuple[Triple, ...]
    unseen: int = 0
    """How many suspected focus nodes were not looked at, because there were findings enough."""


def validate(
    data: ExactStore | Iterable[Triple],
    shapes: Sequence[Triple],
    *,
    engine: str = Engine.OXIGRAPH,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Outcome:
    """Validate a graph against a shapes graph.

    `progress` is told how much is done, of how much. Raises InputError when pySHACL cannot use the shapes.
    """
    if not isinstance(data, ExactStore):
        data = ExactStore.of(data)
    if engine == Engine.PYSHACL:
        return _outcome(_confirm(rdflib_graph(data.triples(), {}), shapes))
    graph = Shapes(shapes)
    try:
        suspects = screen(data, graph, progress)
    except UncompiledError:
        return _outcome(_confirm(backed(data), shapes))
    if not suspects:
        return _outcome(_conforming())
    return _outcome(_confirm(backed(data), rewritten(graph, suspects)))


def backed(data: ExactStore) -> Graph:
    """The data as a graph of rdflib's that Oxigraph keeps."""
    from rdflib import Graph
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    from jamjustice.quality.backing import Backing

    return Graph(store=Backing(data), identifier=DATASET_DEFAULT_GRAPH_ID, bind_namespaces="none")


def _conforming() -> list[Triple]:
    report, true = BlankNode(), Literal("true", datatype=NamedNode(XSD + "boolean"))
    type_ = Triple(report, NamedNode(RDF_TYPE), NamedNode(SH + "ValidationReport"))
    return [type_, Triple(report, NamedNode(SH + "conforms"), true)]


def rewritten(shapes: Shapes, suspects: Sequence[Suspects]) -> list[Triple]:
    """The shapes graph with the suspects as the only targets, and without the constraints that nobody is suspected of.

    What another shape names, what is copied into the report (a blank node) and what has siblings (4.7.3) stays whole.
    """
    named = {triple.object for triple in shapes.triples}
    siblings = any(triple.predicate.value == SH + "qualifiedValueShapesDisjoint" for triple in shapes.triples)
    dropped: set[tuple[Term, str, Term | None]] = set()
    for found in suspects:
        shape = found.shape
        if siblings or shape.node in named or isinstance(shape.node, BlankNode) or WHOLE in found.parts:
            continue
        for name in ("property", "sparql"):
            dropped |= {(shape.node, SH + name, v) for v in shape.values.get(name, ()) if (name, v) not in found.parts}
    targets = {SH + name for name in TARGETS}
    classes = {(s.node, RDF_TYPE, type_) for s in shapes.targeting() for type_ in shapes.implicit(s.node)}
    kept = [
        triple
        for triple in shapes.triples
        if triple.predicate.value not in targets
        and (triple.subject, triple.predicate.value, triple.object) not in dropped | classes
    ]
    target = NamedNode(SH + "targetNode")
    return kept + [
        Triple(found.shape.node, target, node)
        for found in suspects
        for node in found.nodes
        if not isinstance(found.shape.node, Literal)
    ]


def _confirm(data: Graph, shapes: Iterable[Triple]) -> list[Triple]:
    """PySHACL's report. Raises InputError when it cannot use the shapes."""
    from pyshacl import validate as pyshacl_validate
    from pyshacl.errors import ShapeRecursionWarning

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ShapeRecursionWarning)
            _, report, _ = pyshacl_validate(data, shacl_graph=rdflib_graph(shapes, {}), inference="none", inplace=True)
    except Exception as error:
        raise InputError(Problem("shapes", 0, 0, f"pySHACL cannot use these shapes: {_message(error)}")) from None
    if not hasattr(report, "serialize"):
        raise InputError(Problem("shapes", 0, 0, f"pySHACL cannot use these shapes: {report}"))
    return [triple_from_rdflib(triple) for triple in report]


def _outcome(report: list[Triple]) -> Outcome:
    return Outcome(_violations(report), tuple(report))


def _violations(report: Sequence[Triple]) -> tuple[Violation, ...]:
    rows: dict[Term, dict[str, Term]] = {}
    results: set[Term] = set()
    for subject, predicate, object_ in report:
        rows.setdefault(subject, {})[predicate.value.removeprefix(SH)] = object_
        if predicate.value == SH + "result":
            results.add(object_)
    return tuple(_violation(rows[result], rows) for result in results)


def _violation(row: dict[str, Term], rows: dict[Term, dict[str, Term]]) -> Violation:
    path = row.get("resultPath")
    inverse = rows.get(path, {}).get("inversePath") if isinstance(path, BlankNode) else None
    return Violation(
        row["focusNode"],
        _severity(row.get("resultSeverity")),
        row["sourceShape"],
        local_name(row.get("sourceConstraintComponent")),
        _text(row.get("resultMessage")),
        inverse or path,
        inverse is not None,
        row.get("value"),
    )


def _severity(term: Term | None) -> Severity:
    name = local_name(term)
    return Severity(name) if name in {"Warning", "Info"} else Severity.VIOLATION


def local_name(term: Term | None) -> str:
    """What follows the last # or / of an IRI; empty for no term."""
    return term.value.rpartition("#")[2].rpartition("/")[2] if term is not None else ""


def _text(term: Term | None) -> str:
    return term.value if term is not None else ""


def _message(error: Exception) -> str:
    if type(error).__name__ == "ShapeRecursionWarning":
        return "a shape refers to itself, directly or through others, and SHACL does not say what that means."
    text = " ".join((getattr(error, "message", "") or str(error)).split())
    return re.sub(r"\b(n?[0-9a-f]{32}(b[0-9]+)?)\b", "a blank node", text)[:600]
