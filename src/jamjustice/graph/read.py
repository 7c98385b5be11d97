"""Turtle files into triples: every file, every problem, nothing changed on the way.

Standard: RDF 1.1 Turtle, https://www.w3.org/TR/turtle/ .
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from jamjustice.errors import InputError, Problem
from jamjustice.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from jamjustice.graph.terms import TAGGED
from jamjustice.graph.tokens import place, tokens
from jamjustice.project import COMPUTED
from jamjustice.text import display, split_lines, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from jamjustice.project import Project

ENGINE_FORMATS = {
    TURTLE: ox.RdfFormat.TURTLE,
    N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    N_QUADS: ox.RdfFormat.N_QUADS,
    TRIG: ox.RdfFormat.TRIG,
    RDF_XML: ox.RdfFormat.RDF_XML,
    JSON_LD: ox.RdfFormat.JSON_LD,
}
"""The engine's name of each format."""

_OTHER_RDF = {".ttl", ".nt", ".nq", ".trig", ".rdf", ".owl", ".jsonld", ".n3"}
_CAPITAL = re.compile(r"@[a-z0-9-]*[A-Z]")  # quick, and true of more
_CAPITAL_TAG = re.compile(r"[\"']\s*@[A-Za-z0-9-]*[A-Z]")
_RDF_1_2 = re.compile(r"<<|\{\||@[A-Za-z0-9-]+--")
_WHERE = re.compile(r"^Parser error (?:at|between) line \d+ [^:]*: ")
_UNDECLARED = re.compile(r"The prefix ([^:\s]*): has not been declared")


@dataclass(frozen=True)
class Document:
    """One Turtle file as read: its text (with the published base), its triples and the prefixes it declares."""

    path: str
    graph: str
    text: str
    triples: tuple[ox.Triple, ...]
    prefixes: Mapping[str, str]


def read_ontology(project: Project) -> tuple[Document, ...]:
    """Every Turtle file of `ontology/`. Raises InputError with all problems."""
    return _read(project, dict.fromkeys(project.files("ontology", ".ttl"), ""))


def read_data(project: Project) -> tuple[Document, ...]:
    """Every Turtle file of `data/`, each in the graph of its folder. Raises InputError with all problems."""
    files = project.data_files()
    misplaced = [problem for path, name in files.items() for problem in _misplaced(path, name)]
    misplaced += [
        Problem(display(path), 0, 0, "only Turtle files are read: convert it, and let its name end in .ttl.")
        for path in project.files("data", "")
        if path.suffix.lower() in _OTHER_RDF and path not in files
    ]
    if misplaced:
        raise InputError(*misplaced)
    return _read(project, {path: project.graph(name) for path, name in files.items()})


def _misplaced(path: Path, graph: str) -> Iterator[Problem]:
    if path.name == graph:
        message = f"a data file belongs in a folder, which names its graph: for example data/page/{graph}."
        yield Problem(display(path), 0, 0, message)
    elif not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._~-]*", graph):
        message = f'the folder "{graph}" names a graph: use letters, digits and hyphens only.'
        yield Problem(display(path), 0, 0, message)
    elif graph in COMPUTED:
        yield Problem(display(path), 0, 0, f"the graph {graph} is computed; give this folder another name.")


def _read(project: Project, graphs: Mapping[Path, str]) -> tuple[Document, ...]:
    documents: list[Document] = []
    problems: list[Problem] = []
    for path, graph in graphs.items():
        try:
            text = project.rebase(text_of(path))
            documents.append(document(text, display(path), graph=graph))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*_with_prefixes(problems, documents))
    return tuple(documents)


def document(text: str, path: str, *, graph: str = "", known: Mapping[str, str] | None = None) -> Document:
    """Parse one Turtle text. Raises InputError with line, column, the line itself and what to do.

    `known` are prefixes to propose where one is not declared.
    """
    if not text.strip():
        message = "the file is empty. A file that holds nothing yet starts with a comment line that says so."
        raise InputError(Problem(path, 0, 0, message))
    parser = ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    try:
        triples = tuple(quad.triple for quad in parser)
    except SyntaxError as error:
        problem = as_problem(text, path, error)
        raise InputError(problem if known is None else _with_prefix(problem, known)) from None
    if (exact_text := kept_tags(text)) is not text:
        exact = ox.parse(exact_text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
        triples = tuple(quad.triple for quad in exact)
    if (suspicious := rdf_1_2_problem(text, path)) and any(is_rdf_1_2(triple) for triple in triples):
        raise InputError(suspicious)
    return Document(path, graph, text, triples, parser.prefixes)


def rdf_1_2_problem(text: str, path: str) -> Problem | None:
    """The problem that a text has if it is RDF 1.2, as it may be where signs of that stand in it."""
    signs = any(sign in text for sign in ("<<", "{|", "--"))
    if not (found := _RDF_1_2.search(text) if signs else None):
        return None
    message = "triple terms and base directions are RDF 1.2, which is not supported yet."
    return Problem(path, *place(text, found.start()), message)


def is_rdf_1_2(triple: ox.Triple) -> bool:
    """Whether a triple holds a triple term or a literal with a base direction."""
    if isinstance(triple.object, ox.Literal):
        return triple.object.direction is not None
    return isinstance(triple.subject, ox.Triple) or isinstance(triple.object, ox.Triple)


def parse_triples(data: bytes, format_: Format = TURTLE) -> list[ox.Triple]:
    """The triples of trusted text in an RDF format, with blank nodes of their own. Raises SyntaxError."""
    parser = ox.parse(data, format=ENGINE_FORMATS[format_], rename_blank_nodes=True)
    return [quad.triple for quad in parser]


def kept_tags(text: str) -> str:
    """The same Turtle with each language tag that has capitals written as a datatype that keeps them."""
    if not (_CAPITAL.search(text) and _CAPITAL_TAG.search(text)):
        return text
    pieces, at, after_string = [], 0, False
    for token in tokens(text):
        if token.kind == "tag" and after_string and token.text != token.text.lower():
            pieces += [text[at : token.at], f"^^<{TAGGED}{token.text[1:]}>"]
            at = token.at + len(token.text)
        after_string = token.kind == "string"
    return "".join([*pieces, text[at:]])


def as_problem(text: str, path: str, error: SyntaxError | ValueError) -> Problem:
    """The problem that a parser's error is."""
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    line, column = (error.lineno or 0, error.offset or 0) if isinstance(error, SyntaxError) else (0, 0)
    lines = split_lines(text)
    message = _WHERE.sub("", said).strip().rstrip(".") + "."
    if "nexpected end of file" in message:
        message = "the file ends too early: a string, a bracket or the last statement is not closed."
    if "dot is expected" in message:
        message += ' Is a ";" or "," missing before this, or a "." at the end of the statement above?'
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    return Problem(path, line, column, message, source)


def _with_prefixes(problems: Iterable[Problem], documents: Iterable[Document]) -> list[Problem]:
    """Problems of undeclared prefixes with the line to paste, from the other files or from common knowledge."""
    declared: dict[str, str] = {}
    for found in documents:
        declared = {**found.prefixes, **declared}
    return [_with_prefix(problem, declared) for problem in problems]


def _with_prefix(problem: Problem, declared: Mapping[str, str]) -> Problem:
    match = _UNDECLARED.search(problem.message)
    if not match:
        return problem
    known = {**_common_prefixes(), **declared}
    near = difflib.get_close_matches(match[1], known, n=1)
    if match[1] in known:
        advice = f"Paste this line at the top: @prefix {match[1]}: <{known[match[1]]}> ."
    else:
        advice = f"Did you mean {near[0]}:? If not, add" if near else "Add"
        advice += f" a line at the top: @prefix {match[1]}: <the namespace it stands for> ."
    return Problem(
        problem.file, problem.line, problem.column, f"{problem.message.rstrip('.')}. {advice}", problem.source
    )


def _common_prefixes() -> dict[str, str]:
    from rdflib import Graph

    return {prefix: str(namespace) for prefix, namespace in Graph(bind_namespaces="rdflib").namespaces()}
