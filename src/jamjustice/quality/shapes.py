"""SHACL validation (https://www.w3.org/TR/shacl/) with pySHACL's own verdict.

pySHACL works on a graph that is kept in Oxigraph, which plans the queries of SPARQL constraints once and not for every
node. Where the data hold a literal that Oxigraph would change (`"01"^^xsd:integer`) the verdict could differ, so such
data are validated on rdflib's own store, which is slower.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from jamjustice.errors import InputError, Problem, UnknownName, caret
from jamjustice.formats import N_TRIPLES
from jamjustice.graph.dataset import declared_prefixes, memory_store, rdflib_graph
from jamjustice.graph.locate import Locator
from jamjustice.graph.read import parse_triples
from jamjustice.graph.scan import statements
from jamjustice.graph.sparql import keywords, parse_error, understand
from jamjustice.graph.terms import BlankNode, Literal, NamedNode, Triple, changed
from jamjustice.quality.findings import Severity
from jamjustice.text import split_lines
from jamjustice.vocabulary import OWL_CLASS, RDF_TYPE, RDFS, SH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rdflib import Graph

    from jamjustice.graph.read import Document
    from jamjustice.graph.scan import Statement

Term = NamedNode | BlankNode | Literal


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
    exact: bool
    """Whether rdflib's own store was needed."""


def validate(data: Sequence[Triple], shapes: Sequence[Triple]) -> Outcome:
    """Validate a graph against a shapes graph. Raises InputError when pySHACL cannot use the shapes."""
    from pyshacl import validate as pyshacl_validate
    from pyshacl.errors import (
        ConstraintLoadError,
        ReportableRuntimeError,
        RuleLoadError,
        ShapeLoadError,
        ShapeRecursionWarning,
    )

    exact = bool(changed(data))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ShapeRecursionWarning)
            _, report, _ = pyshacl_validate(
                rdflib_graph(data, {}) if exact else _backed(data),
                shacl_graph=rdflib_graph(shapes, {}),
                inference="none",
                inplace=True,
            )
    except (
        ConstraintLoadError,
        ReportableRuntimeError,
        RuleLoadError,
        ShapeLoadError,
        RecursionError,
        ShapeRecursionWarning,
        SyntaxError,
        ValueError,
        re.error,
    ) as error:
        raise InputError(Problem("shapes", 0, 0, f"pySHACL cannot use these shapes: {_message(error)}")) from None
    if not hasattr(report, "serialize"):
        raise InputError(Problem("shapes", 0, 0, f"pySHACL cannot use these shapes: {report}"))
    triples = parse_triples(report.serialize(format="nt", encoding="utf-8"), N_TRIPLES)
    return Outcome(_violations(triples), tuple(triples), exact)


_WRONG = {
    "MinCount": "is missing",
    "MaxCount": "is given more than once",
    "Datatype": "has a value of the wrong datatype",
    "NodeKind": "has a value of the wrong kind (an IRI, a blank node or a literal)",
    "Class": "has a value of the wrong class",
    "In": "has a value that SHACL does not know",
    "MinInclusive": "is too small",
    "Not": "has a value that cannot stand together with the rest of the shape",
    "Xone": "has a value that is neither a property nor a path that SHACL knows",
}
"""What the constraints of SHACL's own shapes say of a shape, in words."""


def check_shapes(documents: Sequence[Document]) -> None:
    """Raise InputError with the place of everything in shapes files that is not SHACL.

    The graph is held against SHACL's own shapes; each query is parsed, and may hold no clause that SHACL forbids
    (section 5.2.1 and appendix A: MINUS, SERVICE, VALUES).
    """
    text = (files("pyshacl") / "assets" / "shacl-shacl.ttl").read_bytes()
    shapes = [triple for document in documents for triple in document.triples]
    locator = Locator(documents)
    prefixes, terms = declared_prefixes(documents), _shacl_terms()
    problems = [problem for document in documents for problem in _problems(document, prefixes, terms)]
    for violation in validate(shapes, parse_triples(text)).violations:
        place = (violation.path and locator.statement(violation.focus, violation.path, violation.value)) or (
            locator.block(violation.focus)
            or locator.mention(violation.focus)
            or locator.mention(violation.value)
            or locator.mention(violation.path)
        )
        what = _WRONG.get(violation.component.removesuffix("ConstraintComponent"), "is not what SHACL asks for here")
        named = violation.value if not isinstance(violation.value, BlankNode) else None
        path = violation.path if isinstance(violation.path, NamedNode) else None
        subject = f"sh:{_local(path)}" if path else _local(named) or "this"
        found = f" Found: {_local(named)}." if named is not None and path else ""
        message = f"this is not a valid SHACL shape: {subject} {what}.{found}"
        file, line, column = place or (documents[0].path, 0, 0)
        problems.append(Problem(file, line, column, message))
    if not _has_target(shapes):
        problems.append(Problem(documents[0].path, 0, 0, "no shape here has a target, so nothing would be checked."))
    if problems:
        raise InputError(*dict.fromkeys(problems))


def _problems(document: Document, prefixes: Mapping[str, str], terms: frozenset[str]) -> Iterator[Problem]:
    """What SHACL's own shapes do not see in one shapes file: misspelt terms, queries and patterns that are none."""
    yield from _missing_queries(document)
    for statement in statements(document.text):
        if not isinstance(statement.predicate, NamedNode) or not statement.predicate.value.startswith(SH):
            continue
        name = statement.predicate.value.removeprefix(SH)
        for unknown in _local_terms(statement) - terms:  # a constraint that is misspelt checks nothing
            message = str(UnknownName("term of SHACL", f"sh:{unknown}", {f"sh:{term}" for term in terms}))
            yield Problem(document.path, statement.line, 0, message)
        if isinstance(statement.object, Literal) and name == "pattern":
            yield from _pattern_problems(document, statement)
        elif isinstance(statement.object, Literal) and name in {"select", "ask"}:
            yield from _query_problems(document, statement, prefixes)


def _local_terms(statement: Statement) -> set[str]:
    """The local names of the SHACL terms in the predicate and the object of a statement."""
    terms = (term.value for term in (statement.predicate, statement.object) if isinstance(term, NamedNode))
    return {iri.removeprefix(SH) for iri in terms if iri.startswith(SH)}


def _shacl_terms() -> frozenset[str]:
    """The local names of SHACL's own vocabulary."""
    text = (files("pyshacl") / "assets" / "shacl.ttl").read_bytes()
    subjects = {triple.subject for triple in parse_triples(text)}
    return frozenset(s.value.removeprefix(SH) for s in subjects if isinstance(s, NamedNode) and s.value.startswith(SH))


def _query_problems(document: Document, statement: Statement, prefixes: Mapping[str, str]) -> Iterator[Problem]:
    text = statement.object.value if isinstance(statement.object, Literal) else ""
    forbidden = sorted(keywords(text) & {"MINUS", "SERVICE", "VALUES"})
    if forbidden:
        message = f"{forbidden[0]} is not allowed in a SHACL query. FILTER NOT EXISTS or IN can say the same."
        yield Problem(document.path, statement.line, statement.column, message)
    elif error := parse_error(text, prefixes):
        line, column, message = understand(text, error, prefixes)
        source = split_lines(text)[line - 1] if split_lines(text) else ""
        # The lines of a long string are lines of the file; those of a short one are not.
        below = line - 1 if split_lines(document.text)[statement.line - 1].rstrip().endswith('"""') else 0
        detail = f"this SPARQL query cannot be read: {message}\n{caret(source, column)}"
        yield Problem(document.path, statement.line + below, 0, detail)


def _pattern_problems(document: Document, statement: Statement) -> Iterator[Problem]:
    try:
        re.compile(statement.object.value if isinstance(statement.object, Literal) else "")
    except re.error as error:
        message = f"sh:pattern is not a regular expression: {error.msg}."
        yield Problem(document.path, statement.line, statement.column, message)


def _missing_queries(document: Document) -> Iterator[Problem]:
    """Constraints of sh:sparql that hold no query (SHACL 5.2.1)."""
    asked = {triple.subject for triple in document.triples if triple.predicate.value in {SH + "select", SH + "ask"}}
    for subject, predicate, object_ in document.triples:
        if predicate.value == SH + "sparql" and object_ not in asked:
            file, line, column = Locator([document]).block(subject) or (document.path, 0, 0)
            yield Problem(file, line, column, "a constraint of sh:sparql needs a query, in sh:select.")


def _has_target(shapes: Sequence[Triple]) -> bool:
    """Whether any shape has a target (SHACL 2.1.3), a class that is a shape included."""
    types = [
        (t.subject, t.object.value) for t in shapes if t.predicate.value == RDF_TYPE and hasattr(t.object, "value")
    ]
    classes = {subject for subject, type_ in types if type_ in {RDFS + "Class", OWL_CLASS}}
    implicit = any(subject in classes for subject, type_ in types if type_ == SH + "NodeShape")
    return implicit or any(t.predicate.value.startswith(SH + "target") for t in shapes)


def _backed(triples: Sequence[Triple]) -> Graph:
    """An rdflib graph kept in Oxigraph."""
    from oxrdflib.store import OxigraphStore
    from rdflib import Graph
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    class Store(OxigraphStore):
        """pySHACL asks graphs for their truth, which is their length, and oxrdflib counts every triple for it."""

        def __len__(self, context: object = None) -> int:
            return 1

    return Graph(store=Store(store=memory_store(triples)), identifier=DATASET_DEFAULT_GRAPH_ID)


def _violations(report: Sequence[Triple]) -> tuple[Violation, ...]:
    rows: dict[Term, dict[str, Term]] = {}
    for subject, predicate, object_ in report:
        if not isinstance(subject, Triple) and not isinstance(object_, Triple):
            rows.setdefault(subject, {})[predicate.value.removeprefix(SH)] = object_
    results = NamedNode(SH + "ValidationResult")
    return tuple(_violation(row, rows) for row in rows.values() if row.get(RDF_TYPE) == results)


def _violation(row: dict[str, Term], rows: dict[Term, dict[str, Term]]) -> Violation:
    path = row.get("resultPath")
    inverse = rows.get(path, {}).get("inversePath") if isinstance(path, BlankNode) else None
    return Violation(
        row["focusNode"],
        _severity(row.get("resultSeverity")),
        row["sourceShape"],
        _local(row.get("sourceConstraintComponent")),
        _text(row.get("resultMessage")),
        inverse or path,
        inverse is not None,
        row.get("value"),
    )


def _severity(term: Term | None) -> Severity:
    name = _local(term)
    return Severity(name) if name in {"Warning", "Info"} else Severity.VIOLATION


def _local(term: Term | None) -> str:
    return term.value.rpartition("#")[2].rpartition("/")[2] if term is not None else ""


def _text(term: Term | None) -> str:
    return term.value if term is not None else ""


def _message(error: Exception) -> str:
    if type(error).__name__ == "ShapeRecursionWarning":
        return "a shape refers to itself, directly or through others, and SHACL does not say what that means."
    text = " ".join((getattr(error, "message", "") or str(error)).split())
    return re.sub(r"\b(n?[0-9a-f]{32}(b[0-9]+)?)\b", "a blank node", text)[:600]
