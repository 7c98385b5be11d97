"""Is a shapes graph SHACL at all? Everything that is wrong in it, with its place."""

from __future__ import annotations

import re
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from jamjustice.errors import InputError, Problem, UnknownName, caret
from jamjustice.graph.dataset import declared_prefixes
from jamjustice.graph.locate import Locator, Place
from jamjustice.graph.read import parse_triples
from jamjustice.graph.scan import Statement, statements
from jamjustice.graph.sparql import keywords, parse_error, understand
from jamjustice.graph.terms import BlankNode, Literal, NamedNode, Triple, short
from jamjustice.quality.shape import LIST_EXPECTING, SHAPE_EXPECTING, Shapes, Term, UncompiledError
from jamjustice.quality.validate import local_name, validate
from jamjustice.text import split_lines
from jamjustice.vocabulary import OWL_CLASS, RDF_TYPE, RDFS, SH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jamjustice.graph.read import Document


_UNDEFINED = "and SHACL does not say what that means. Break the circle at one of them."
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
    shapes = [triple for document in documents for triple in document.triples]
    locator, nowhere = Locator(documents), Place(documents[0].path, 0, 0)
    prefixes, terms = declared_prefixes(documents), _shacl_terms()
    problems = [problem for document in documents for problem in _problems(document, prefixes, terms)]
    names = _References(shapes, {**prefixes, **{k: v for d in documents for k, v in d.prefixes.items()}})
    problems += [Problem(*(locator.mention(node) or nowhere), message) for node, message in names.undefined()]
    problems += [Problem(*(locator.block(node) or nowhere), message) for node, message in names.recursive()]
    for violation in validate(shapes, _asset("shacl-shacl.ttl")).violations:
        if isinstance(violation.focus, NamedNode) and not names.describes(violation.focus):
            continue
        place = (violation.path and locator.statement(violation.focus, violation.path, violation.value)) or (
            locator.block(violation.focus)
            or locator.mention(violation.focus)
            or locator.mention(violation.value)
            or locator.mention(violation.path)
        )
        what = _WRONG.get(violation.component.removesuffix("ConstraintComponent"), "is not what SHACL asks for here")
        named = violation.value if not isinstance(violation.value, BlankNode) else None
        path = violation.path if isinstance(violation.path, NamedNode) else None
        subject = f"sh:{local_name(path)}" if path else local_name(named) or "this"
        found = f" Found: {local_name(named)}." if named is not None and path else ""
        message = f"this is not a valid SHACL shape: {subject} {what}.{found}"
        problems.append(Problem(*(place or nowhere), message))
    if not _has_target(shapes):
        message = "no shape here has a target, so nothing would be checked. Are data and shapes the wrong way round?"
        problems.append(Problem(*nowhere, message))
    if problems:
        raise InputError(*dict.fromkeys(problems))


class _References:
    """The shapes that name other shapes."""

    def __init__(self, triples: Sequence[Triple], prefixes: Mapping[str, str]) -> None:
        self._graph = Shapes(triples)
        self._prefixes = prefixes
        self._to = {node: self._named_by(node) for node in self._graph.about}

    def _named_by(self, node: Term) -> list[Term]:
        found = [o for name in SHAPE_EXPECTING for o in self._graph.objects(node, SH + name)]
        for name in LIST_EXPECTING:
            for head in self._graph.objects(node, SH + name):
                with suppress(UncompiledError):
                    found += self._graph.items(head)
        return found

    def describes(self, node: Term) -> bool:
        """Whether anything is said of a node."""
        return node in self._to

    def undefined(self) -> Iterator[tuple[Term, str]]:
        """The shapes that are named but not described."""
        known = {short(node.value, self._prefixes) for node in self._to if isinstance(node, NamedNode)}
        for node in dict.fromkeys(named for to in self._to.values() for named in to):
            if isinstance(node, NamedNode) and node not in self._to:
                yield node, str(UnknownName("shape", short(node.value, self._prefixes), known))

    def recursive(self) -> Iterator[tuple[Term, str]]:
        """The first shape that refers to itself; SHACL leaves open what that means (3.4.3)."""
        for start in sorted(self._to, key=str):
            if isinstance(start, NamedNode) and start in self._reached(self._to[start]):
                name = short(start.value, self._prefixes)
                yield start, f"the shape {name} refers to itself, directly or through others, {_UNDEFINED}"
                return

    def _reached(self, nodes: list[Term]) -> set[Term]:
        found, stack = set[Term](), list(nodes)
        while stack:
            node = stack.pop()
            if node not in found:
                found.add(node)
                stack += self._to.get(node, ())
        return found


def _problems(document: Document, prefixes: Mapping[str, str], terms: frozenset[str]) -> Iterator[Problem]:
    """What SHACL's own shapes do not see in one shapes file: misspelt terms, queries and patterns that are none."""
    yield from _missing_queries(document)
    for statement in _statements(document):
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


def _asset(name: str) -> list[Triple]:
    """A vocabulary that comes with pySHACL, which need not be imported for that."""
    (folder,) = find_spec("pyshacl").submodule_search_locations  # type: ignore[union-attr, misc]
    return parse_triples(Path(folder, "assets", name).read_bytes())


def _statements(document: Document) -> Iterator[Statement]:
    """The statements of a file; without their places where its format does not let these be found."""
    if document.text:
        yield from statements(document.text)
    else:
        for triple in document.triples:
            subject, predicate, object_ = (None if isinstance(term, Triple) else term for term in triple)
            yield Statement(subject, predicate, object_, 0, 0, (0, 0))


def _local_terms(statement: Statement) -> set[str]:
    """The local names of the SHACL terms in the predicate and the object of a statement."""
    terms = (term.value for term in (statement.predicate, statement.object) if isinstance(term, NamedNode))
    return {iri.removeprefix(SH) for iri in terms if iri.startswith(SH)}


def _shacl_terms() -> frozenset[str]:
    """The local names of SHACL's own vocabulary."""
    subjects = {triple.subject for triple in _asset("shacl.ttl")}
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
        written = split_lines(document.text)[statement.line - 1] if statement.line else ""
        below = line - 1 if written.rstrip().endswith('"""') else 0
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
