"""pySHACL looks at the suspects: at each of them once, and only for what it is suspected of.

The targets in a copy of the shapes graph are rewritten to the suspects. (pySHACL's own option for focus nodes also
filters the nodes of nested shapes, which then pass unseen.) Suspects of the same constraints are validated together,
with the other constraints taken away, which makes thousands of failing nodes bearable.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jamjustice.errors import InputError, Problem
from jamjustice.graph.dataset import rdflib_graph
from jamjustice.graph.terms import BlankNode, Literal, NamedNode, Triple, triple_from_rdflib
from jamjustice.quality.screen import WHOLE
from jamjustice.quality.shape import TARGETS
from jamjustice.vocabulary import RDF_TYPE, SH, XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rdflib import Graph

    from jamjustice.graph.exact import ExactStore
    from jamjustice.quality.patterns import Nodes
    from jamjustice.quality.screen import Part, Suspects
    from jamjustice.quality.shape import Shapes, Term

GROUPS = 40
"""So many groups of suspects are validated apart; the rest of a shape's suspects together."""
FEW = 200
"""So many suspects of a shape are validated together, whatever they are suspected of."""
BATCH = 4000
"""The most suspects of a shape that are validated at once."""


@dataclass(frozen=True)
class Confirmed:
    """The report (SHACL 3.6.1) and how many suspected focus nodes were not looked at."""

    report: tuple[Triple, ...]
    unseen: int = 0


def backed(data: ExactStore) -> Graph:
    """The data as a graph of rdflib's that Oxigraph keeps."""
    from rdflib import Graph
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    from jamjustice.quality.backing import Backing

    return Graph(store=Backing(data), identifier=DATASET_DEFAULT_GRAPH_ID, bind_namespaces="none")


def confirm(
    data: ExactStore,
    shapes: Shapes,
    suspects: Sequence[Suspects],
    progress: Callable[[str, int, int], None],
    most: int | None,
) -> Confirmed:
    """What pySHACL says of the suspects, until there are `most` results. Raises InputError as `run` does."""
    if not suspects:
        return Confirmed(joined([]))
    graph, reports, results = backed(data), list[list[Triple]](), 0
    batches = list(_batches(shapes, suspects, min(BATCH, most or BATCH)))
    for done, batch in enumerate(batches):
        if most is not None and results >= most:
            return Confirmed(joined(reports), sum(len(found.nodes) for rest in batches[done:] for found in rest))
        progress("Validating", done, len(batches))
        reports.append(run(graph, rewritten(shapes, batch)))
        results += sum(1 for triple in reports[-1] if triple.predicate.value == SH + "result")
    return Confirmed(joined(reports))


def run(data: Graph, shapes: Iterable[Triple]) -> list[Triple]:
    """PySHACL's report. Raises InputError when it cannot use the shapes."""
    from pyshacl import validate
    from pyshacl.errors import ShapeRecursionWarning

    try:
        with _quiet(), warnings.catch_warnings():
            warnings.simplefilter("error", ShapeRecursionWarning)
            _, report, _ = validate(data, shacl_graph=rdflib_graph(shapes, {}), inference="none", inplace=True)
    except Exception as error:
        raise InputError(Problem("shapes", 0, 0, f"pySHACL cannot use these shapes: {_message(error)}")) from None
    if not hasattr(report, "serialize"):
        raise InputError(Problem("shapes", 0, 0, f"pySHACL cannot use these shapes: {report}"))
    return [triple_from_rdflib(triple) for triple in report]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep libraries from writing to standard error about values and shapes that findings or errors speak of."""
    loggers = [logging.getLogger(name) for name in ("rdflib", "pyshacl")]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            logger.propagate = propagate


def joined(reports: Iterable[Iterable[Triple]]) -> tuple[Triple, ...]:
    """Several reports as one."""
    node, conforms = BlankNode(), NamedNode(SH + "conforms")
    triples: dict[Triple, None] = {Triple(node, NamedNode(RDF_TYPE), NamedNode(SH + "ValidationReport")): None}
    found = False
    for report in (list(report) for report in reports):
        roots = {triple.subject for triple in report if triple.predicate == conforms}
        for subject, predicate, object_ in report:
            if subject not in roots:
                triples[Triple(subject, predicate, object_)] = None
            elif predicate.value == SH + "result":
                triples[Triple(node, predicate, object_)] = None
                found = True
    value = Literal("false" if found else "true", datatype=NamedNode(XSD + "boolean"))
    return (*triples, Triple(node, conforms, value))


def _batches(shapes: Shapes, suspects: Sequence[Suspects], size: int) -> Iterator[list[Suspects]]:
    """The suspects in groups that can be validated together, those of every shape side by side."""
    queues = [
        [found]
        if isinstance(found.shape.node, BlankNode)
        else [part for group in _groups(shapes, found) for part in _cut(group, size)]
        for found in suspects
    ]
    for number in range(max(map(len, queues), default=0)):
        yield [queue[number] for queue in queues if number < len(queue)]


def _cut(found: Suspects, size: int) -> Iterator[Suspects]:
    nodes = sorted(found.nodes, key=str)
    for start in range(0, len(nodes), size):
        here = frozenset(nodes[start : start + size])
        yield replace(found, parts={part: nodes & here for part, nodes in found.parts.items() if nodes & here})


def _groups(shapes: Shapes, found: Suspects) -> Iterator[Suspects]:
    """The suspects of one shape, grouped by what they are suspected of; the largest groups first."""
    if len(found.nodes) <= FEW or not _divisible(shapes, found):
        yield found
        return
    suspected: dict[Term, set[Part]] = defaultdict(set)
    for part, nodes in found.parts.items():
        for node in nodes:
            suspected[node].add(part)
    groups: dict[frozenset[Part], set[Term]] = defaultdict(set)
    for node, suspicions in suspected.items():
        groups[frozenset(suspicions)].add(node)
    ordered = sorted(groups, key=lambda parts: (-len(groups[parts]), sorted(map(str, parts))))
    for parts in ordered[:GROUPS]:
        yield replace(found, parts=dict.fromkeys(parts, frozenset(groups[parts])))
    rest: dict[Part, Nodes] = defaultdict(frozenset)
    for parts in ordered[GROUPS:]:
        for part in parts:
            rest[part] |= groups[parts]
    if rest:
        yield replace(found, parts=dict(rest))


def _divisible(shapes: Shapes, found: Suspects) -> bool:
    """Whether constraints can be taken from a shape.

    Not when another shape names it, when it is copied into the report (a blank node), when its properties depend on
    each other (4.7.3), or when a constraint that is no part of its own is suspected.
    """
    node = found.shape.node
    return not (shapes.has_siblings or isinstance(node, BlankNode) or node in shapes.named or WHOLE in found.parts)


def rewritten(shapes: Shapes, suspects: Sequence[Suspects]) -> list[Triple]:
    """The shapes graph with the suspects as the only targets, and only with constraints that they are suspected of.

    A blank shape is copied into the report, so it keeps its own targets, all of them at once.
    """
    blank = {found.shape.node for found in suspects if isinstance(found.shape.node, BlankNode)}
    dropped = {
        (found.shape.node, SH + name, value)
        for found in suspects
        if _divisible(shapes, found)
        for name in ("property", "sparql", "closed", "ignoredProperties")  # what is closed depends on the properties
        for value in found.shape.values.get(name, ())
        if (name, value) not in found.parts
    }
    dropped |= {(s.node, RDF_TYPE, type_) for s in shapes.targeting() for type_ in shapes.implicit(s.node)}
    targets = {SH + name for name in TARGETS}
    kept = [
        triple
        for triple in _reachable(shapes, suspects)
        if triple.subject in blank
        or (
            triple.predicate.value not in targets
            and (triple.subject, triple.predicate.value, triple.object) not in dropped
        )
    ]
    target = NamedNode(SH + "targetNode")
    named = [found for found in suspects if isinstance(found.shape.node, NamedNode)]
    return kept + [Triple(found.shape.node, target, node) for found in named for node in found.nodes]  # type: ignore[arg-type]


def _reachable(shapes: Shapes, suspects: Sequence[Suspects]) -> Sequence[Triple]:
    """What is said of the suspects' shapes and of everything that they name, and the prefixes; else all."""
    if shapes.has_siblings or shapes.custom:
        return shapes.triples
    stack: list[Term] = [*(found.shape.node for found in suspects), *shapes.ontologies]
    reached: set[Term] = set()
    while stack:
        node = stack.pop()
        if node not in reached:
            reached.add(node)
            stack += [o for objects in shapes.about.get(node, {}).values() for o in objects if o in shapes.about]
    return [triple for triple in shapes.triples if triple.subject in reached]


def _message(error: Exception) -> str:
    name = type(error).__name__
    if name == "ShapeRecursionWarning":
        return "a shape refers to itself, directly or through others, and SHACL does not say what that means."
    if name == "InvalidOperation":
        return "they compare numbers, and a value in the data is no number (NaN), which it cannot compare."
    text = " ".join((getattr(error, "message", "") or str(error)).split())
    return re.sub(r"\b(n?[0-9a-f]{32}(b[0-9]+)?)\b", "a blank node", text)[:600]
