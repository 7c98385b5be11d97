"""Triples as text: the same graph gives the same bytes, whatever order it was read in.

Turtle is written for people: aligned prefixes, one block a resource in natural order (`line/2` before `line/10`),
in a block the type first, then what names the thing, then the other vocabularies, then the project's own terms.
Blank nodes are named by RDFC-1.0 (https://www.w3.org/TR/rdf-canon/) and written in brackets where Turtle allows it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from jamjustice.errors import UsageError
from jamjustice.graph.terms import tag
from jamjustice.vocabulary import LABELS, RDF_FIRST, RDF_NIL, RDF_REST, RDF_TYPE, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jamjustice.graph.terms import Object

WIDTH = 120
DEPTH = 12
"""Blank nodes nested deeper than this are written with a label instead."""

BLANK_NODES = 5000
"""RDFC-1.0 takes too long, or too much stack, for more blank nodes than these."""

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_BARE = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "double": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}
_UNSAFE_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_ESCAPES = {"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\b": r"\b", "\f": r"\f"}
_SPECIAL = re.compile(r"[\x00-\x1f\x7f\"\\]")


def canonical(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The distinct quads with canonical blank node labels (RDFC-1.0), in a fixed order.

    Raises UsageError when there are too many blank nodes.
    """
    found = list(quads)
    blank = {term for quad in found for term in (quad.subject, quad.object) if isinstance(term, ox.BlankNode)}
    if len(blank) > BLANK_NODES:
        raise UsageError(
            f"There are {len(blank):,} blank nodes; more than {BLANK_NODES:,} cannot be named canonically. "
            "Give them IRIs."
        )
    if blank:
        dataset = ox.Dataset(found)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        found = list(dataset)
    return [quad for _, quad in sorted({str(quad): quad for quad in found}.items())]


def turtle(triples: Iterable[ox.Triple], prefixes: Mapping[str, str], *, own: str = "", head: str = "") -> str:
    """Canonical Turtle of a graph.

    `prefixes` may be used, and only those that are used are declared; terms whose IRI starts with `own` come last in a
    block; `head` is the comment that the file starts with.

    >>> a = ox.NamedNode("http://e/a")
    >>> print(turtle([ox.Triple(a, a, ox.Literal("b", language="en"))], {"e": "http://e/"}), end="")
    @prefix e: <http://e/> .
    <BLANKLINE>
    e:a
      e:a "b"@en .
    """
    quads = canonical(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    writer = _Turtle([quad.triple for quad in quads], prefixes, own)
    blocks = writer.blocks()
    names = sorted(writer.used)
    width = max(map(len, names), default=0) + 1
    declared = "".join(f"@prefix {name + ':':{width}} <{prefixes[name]}> .\n" for name in names)
    return "\n".join(part for part in (head, declared, "\n".join(blocks)) if part)


def natural(text: str) -> tuple[list[str | int], str]:
    """A key that sorts numbers inside of text by their value.

    >>> sorted(["line/10", "line/9"], key=natural)
    ['line/9', 'line/10']
    """
    parts = re.split(r"([0-9]+)", text)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], text


def quoted(text: str, *, long: bool = False) -> str:
    r"""A string as Turtle and SPARQL write it; `long` keeps line feeds.

    >>> print(quoted('say "hi"\n'))
    "say \"hi\"\n"
    """
    if long and "\n" in text:
        kept = _SPECIAL.sub(lambda m: m[0] if m[0] in '\n"' else _escape_string(m), text)
        kept = re.sub(r'"(?="")|"(?="?\Z)', lambda _: '\\"', kept)
        return f'"""{kept}"""'
    return f'"{_SPECIAL.sub(_escape_string, text)}"'


def _escape_string(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or _escape(match)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04X}"


@dataclass
class _Turtle:
    """One graph on its way to text; `used` collects the prefixes it needs."""

    triples: Sequence[ox.Triple]
    prefixes: Mapping[str, str]
    own: str
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.about: dict[Object, dict[str, list[Object]]] = defaultdict(lambda: defaultdict(list))
        for triple in self.triples:
            self.about[triple.subject][triple.predicate.value].append(triple.object)
        self.pointed = Counter(t.object for t in self.triples if isinstance(t.object, ox.BlankNode))
        self.namespaces = sorted(self.prefixes.items(), key=lambda item: (-len(item[1]), item[0]))

    @cached_property
    def bracketed(self) -> frozenset[Object]:
        """The blank nodes that can be written in brackets where they are pointed at: once, and in no circle."""
        found: set[Object] = set()
        stack = [(node, 0) for node in self.about if not self.may_nest(node)]
        while stack:
            node, depth = stack.pop()
            for objects in self.about[node].values() if node in self.about else ():
                for inner in objects:
                    if self.may_nest(inner) and depth < DEPTH:
                        found.add(inner)
                        stack.append((inner, depth if node in found and self.is_cell(node) else depth + 1))
                    elif self.may_nest(inner):
                        stack.append((inner, 0))
        return frozenset(found)

    def may_nest(self, node: Object) -> bool:
        return isinstance(node, ox.BlankNode) and self.pointed[node] == 1

    def is_cell(self, node: Object) -> bool:
        """Whether a node is one cell of a well-formed list."""
        statements = self.about.get(node, {})
        return set(statements) == {RDF_FIRST, RDF_REST} and all(len(objects) == 1 for objects in statements.values())

    def blocks(self) -> list[str]:
        subjects = [node for node in self.about if node not in self.bracketed]
        subjects.sort(key=lambda node: (isinstance(node, ox.BlankNode), natural(getattr(node, "value", ""))))
        return [f"{self.term(node, 0)}\n  " + " ;\n  ".join(self.properties(node, 2)) + " .\n" for node in subjects]

    def properties(self, node: Object, indent: int) -> list[str]:
        statements = self.about.get(node, {})
        rows = []
        for iri in sorted(statements, key=self.rank):
            verb = "a" if iri == RDF_TYPE else self.iri(iri)
            written = self.objects(statements[iri], indent, len(verb))
            rows.append(verb + written if written.startswith("\n") else f"{verb} {written}")
        return rows

    def rank(self, iri: str) -> tuple[int, int, tuple[list[str | int], str]]:
        naming = LABELS.index(iri) if iri in LABELS else len(LABELS)
        owned = bool(self.own) and iri.startswith(self.own)
        return (0 if iri == RDF_TYPE else 2 if owned else 1, naming, natural(":".join(self.split(iri))))

    def objects(self, objects: Sequence[Object], indent: int, used: int) -> str:
        ordered = sorted(objects, key=self.object_rank)
        written = [self.term(term, indent) for term in ordered]
        line = " , ".join(written)
        if len(written) == 1 or (indent + used + len(line) + 3 <= WIDTH and "\n" not in line):
            return line
        inner = "\n" + " " * (indent + 2)
        return inner + f" ,{inner}".join(self.term(term, indent + 2) for term in ordered)

    def object_rank(self, term: Object) -> tuple[int, tuple[list[str | int], str], str]:
        kind = 0 if isinstance(term, ox.NamedNode) else 1 if isinstance(term, ox.Literal) else 2
        name = self.term(term, 0) if kind == 2 else term.value if isinstance(term, ox.Literal) else self.term(term, 0)
        return kind, natural(name), str(term) if kind == 1 else ""

    def term(self, term: Object, indent: int) -> str:
        if isinstance(term, ox.NamedNode):
            return "()" if term.value == RDF_NIL else self.iri(term.value)
        if isinstance(term, ox.Literal):
            return self.literal(term)
        if not isinstance(term, ox.BlankNode):
            raise TypeError(f"{term}: RDF 1.1 has no triple terms")
        if term not in self.bracketed:
            return f"_:{term.value}" if self.pointed[term] or not self.about.get(term) else "[]"
        items = self.items(term)
        if items is not None:
            return self.bracket("(", [self.term(item, indent + 2) for item in items], ")", "", indent)
        return self.bracket("[", self.properties(term, indent + 2), "]", " ;", indent)

    def items(self, node: Object) -> list[Object] | None:
        """The members of a list that can be written in parentheses."""
        members: list[Object] = []
        while isinstance(node, ox.BlankNode):
            if node not in self.bracketed or not self.is_cell(node):
                return None
            members += self.about[node][RDF_FIRST]
            node = self.about[node][RDF_REST][0]
        return members if node == ox.NamedNode(RDF_NIL) else None

    @staticmethod
    def bracket(opening: str, parts: Sequence[str], closing: str, mark: str, indent: int) -> str:
        line = f"{opening} {f'{mark} '.join(parts)} {closing}" if parts else opening + closing
        if "\n" not in line and indent + len(line) <= WIDTH - 10:
            return line
        inner = "\n" + " " * (indent + 2)
        return f"{opening}{inner}{f'{mark}{inner}'.join(parts)}\n{' ' * indent}{closing}"

    def iri(self, iri: str) -> str:
        name, local = self.split(iri)
        if local:
            self.used.add(name)
            return f"{name}:{local}"
        return f"<{_UNSAFE_IRI.sub(_escape, iri)}>"

    def split(self, iri: str) -> tuple[str, str]:
        """Prefix and local name of an IRI, or the IRI and nothing where no prefix fits."""
        for name, namespace in self.namespaces:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                return name, iri[len(namespace) :]
        return iri, ""

    def literal(self, literal: ox.Literal) -> str:
        if language := tag(literal):
            return f"{quoted(literal.value, long=True)}@{language}"
        datatype = literal.datatype.value
        if datatype in _BARE and _BARE[datatype].fullmatch(literal.value):
            return literal.value
        if datatype == XSD + "string":
            return quoted(literal.value, long=True)
        return f"{quoted(literal.value, long=True)}^^{self.iri(datatype)}"
