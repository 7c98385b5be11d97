"""SHACL validation (https://www.w3.org/TR/shacl/): screened with SPARQL on Oxigraph, confirmed by pySHACL.

The screen finds the focus nodes that might fail. pySHACL validates those, with the targets of the shapes rewritten, and
its results are the report. Data without a suspect never reach rdflib.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from jamjustice.graph.dataset import rdflib_graph
from jamjustice.graph.exact import ExactStore
from jamjustice.graph.terms import BlankNode, Literal, tag
from jamjustice.quality.confirm import Confirmed, backed, confirm, joined, run
from jamjustice.quality.findings import Severity
from jamjustice.quality.screen import has_focus, screen
from jamjustice.quality.shape import Shapes, UncompiledError
from jamjustice.vocabulary import SH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jamjustice.graph.terms import Triple
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
    nodes: tuple[Term, ...] = field(default=(), compare=False)
    """The nodes of the report that say this."""


@dataclass(frozen=True)
class Outcome:
    """The results of one validation, and its report as pySHACL made it."""

    violations: tuple[Violation, ...]
    report: tuple[Triple, ...]
    targeted: bool = True
    """Whether any shape found something to check."""
    unseen: int = 0
    """How many suspected focus nodes were not looked at, because there were findings enough."""


def validate(
    data: ExactStore | Iterable[Triple],
    shapes: Sequence[Triple],
    *,
    engine: str = Engine.OXIGRAPH,
    progress: Callable[[str, int, int], None] = lambda *_: None,
    most: int | None = None,
) -> Outcome:
    """Validate a graph against a shapes graph.

    `progress` is told the name of the step, how much of it is done, and how much there is. With `most`, pySHACL stops
    after that many results, which may be passed by a few. Raises InputError when pySHACL cannot use the shapes.
    """
    if not isinstance(data, ExactStore):
        data = ExactStore.of(data)
    if engine == Engine.PYSHACL:
        return _outcome(Confirmed(joined([run(rdflib_graph(data.triples(), {}), shapes)])))
    graph = Shapes(shapes)
    try:
        suspects = screen(data, graph, progress)
    except UncompiledError:
        return _outcome(Confirmed(joined([run(backed(data), shapes)])))
    outcome = _outcome(confirm(data, graph, suspects, progress, most))
    return outcome if suspects else replace(outcome, targeted=has_focus(data, graph))


def _outcome(confirmed: Confirmed) -> Outcome:
    return Outcome(_violations(confirmed.report), confirmed.report, unseen=confirmed.unseen)


def _violations(report: Sequence[Triple]) -> tuple[Violation, ...]:
    """The results of a report, each once."""
    rows: dict[Term, dict[str, list[Term]]] = {}
    for subject, predicate, object_ in report:
        rows.setdefault(subject, {}).setdefault(predicate.value.removeprefix(SH), []).append(object_)
    found: dict[Violation, list[Term]] = {}
    for root in rows.values():
        for node in root.get("result", ()):
            found.setdefault(_violation(rows[node], rows), []).append(node)
    return tuple(replace(violation, nodes=tuple(nodes)) for violation, nodes in found.items())


def _violation(row: dict[str, list[Term]], rows: dict[Term, dict[str, list[Term]]]) -> Violation:
    def one(name: str) -> Term | None:
        return row[name][0] if name in row else None

    path = one("resultPath")
    inverse = rows.get(path, {}).get("inversePath") if isinstance(path, BlankNode) else None
    return Violation(
        row["focusNode"][0],
        _severity(one("resultSeverity")),
        row["sourceShape"][0],
        local_name(one("sourceConstraintComponent")),
        min((message for message in row.get("resultMessage", ())), key=_preferred, default=Literal("")).value,
        inverse[0] if inverse else path,
        inverse is not None,
        one("value"),
    )


def _preferred(message: Term) -> tuple[int, str, str]:
    """Messages in English first, then without a language, then by their language."""
    language = tag(message).lower() if isinstance(message, Literal) else ""
    rank = 0 if language.partition("-")[0] == "en" else 1 if not language else 2
    return rank, language, message.value


def _severity(term: Term | None) -> Severity:
    name = local_name(term)
    return Severity(name) if name in {"Warning", "Info"} else Severity.VIOLATION


def local_name(term: Term | None) -> str:
    """What follows the last # or / of an IRI; empty for no term."""
    return term.value.rpartition("#")[2].rpartition("/")[2] if term is not None else ""
