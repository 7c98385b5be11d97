"""Where each statement of a Turtle file stands.

A scanner for RDF 1.1 Turtle (https://www.w3.org/TR/turtle/#sec-grammar) that keeps what a parser throws away: lines,
columns, comments and the case of language tags. It is used only on text that the parser has accepted, so it checks
nothing itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

import pyoxigraph as ox

from jamjustice.graph.tokens import Token, tokens
from jamjustice.text import split_lines
from jamjustice.vocabulary import RDF_TYPE, XSD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

Term = ox.NamedNode | ox.Literal | ox.BlankNode | None
"""A term that is written out; None stands for an anonymous blank node or a list."""

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CONTROLS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Statement(NamedTuple):
    """One triple as it stands in a file; `line` and `column` (from 1) are those of its object."""

    subject: Term
    predicate: Term
    object: Term
    line: int
    column: int
    block: tuple[int, int]

    def moved(self, lines: int, columns: int) -> Statement:
        """The same statement in a text of which this one is a part, so many lines and columns further on."""
        line, column = self.block
        return self._replace(
            line=self.line + lines,
            column=self.column + (columns if self.line == 1 else 0),
            block=(line + lines, column + (columns if line == 1 else 0)),
        )


def head(text: str) -> str:
    """The comment lines that a file starts with, each ended by a line feed."""
    lines = []
    for line in split_lines(text):
        if line.strip() and not line.lstrip().startswith("#"):
            break
        lines.append(line.strip())
    comments = "\n".join(lines).strip()
    return f"{comments}\n" if comments else ""


def inner_comments(text: str) -> list[int]:
    """The lines (from 1) of comments that do not stand at the head of a file."""
    found = list(tokens(text))
    start = next((i for i, token in enumerate(found) if token.kind != "comment"), len(found))
    return [text.count("\n", 0, token.at) + 1 for token in found[start:] if token.kind == "comment"]


def statements(text: str, prefixes: dict[str, str] | None = None) -> Iterator[Statement]:
    r"""Every statement of a Turtle text with its place.

    >>> [(s.line, s.column) for s in statements('@prefix a: <http://a/> .\na:x a:p 1 ,\n  2 .')]
    [(2, 9), (3, 3)]
    """
    return _Walk(text, dict(prefixes or {})).statements()


_BLOCK = re.compile(
    r"""(?P<lead>(?:\s+|\#[^\n\r]*)*)
        (?P<subject><[^>]*>|@prefix|@base|[^\s;,.<"'\[\](){}]+)
        (?:[^."'<\#]++|\"{3}(?:[^\"\\]++|\\.|\"(?!\"\"))*+\"{3}|'{3}(?:[^'\\]++|\\.|'(?!''))*+'{3}
           |\"(?:[^\"\\\n\r]++|\\.)*+\"|'(?:[^'\\\n\r]++|\\.)*+'|<[^>]*>|(?<=\s)\#[^\n\r]*|\#|\.(?=\S))*+
        \.(?=\s|$)""",
    re.VERBOSE | re.DOTALL,
)


def statements_about(text: str, subjects: Collection[Term], prefixes: Mapping[str, str]) -> Iterator[Statement]:
    r"""The statements of the blocks that start with one of these subjects, found without reading the others closely.

    May miss a block that is written in an unusual way: a name with escapes, an IRI below a base, no space between two
    blocks. `prefixes` are those of the text.

    >>> text = '@prefix a: <http://a/> .\na:x a:p 1 .\n a:y a:p 2 ,\n 3 .'
    >>> [(s.line, s.column) for s in statements_about(text, [ox.NamedNode("http://a/y")], {"a": "http://a/"})]
    [(3, 10), (4, 2)]
    """
    wanted = {str(term) for term in subjects}
    for term in subjects:
        if isinstance(term, ox.NamedNode):
            fitting = ((name, iri) for name, iri in prefixes.items() if term.value.startswith(iri))
            wanted |= {f"{name}:{term.value[len(iri) :]}" for name, iri in fitting}
    line, counted = 0, 0
    for match in _BLOCK.finditer(text):
        if match["subject"] in wanted:
            start = match.start("subject")
            line, counted = line + text.count("\n", counted, start), start
            column = start - (text.rfind("\n", 0, start) + 1)
            for found in statements(text[start : match.end()], dict(prefixes)):
                yield found.moved(line, column)


@dataclass(frozen=True)
class _Open:
    """What is open while walking over the tokens: a subject, then a predicate, or a list."""

    block: tuple[int, int] = (1, 1)
    terms: tuple[Term, ...] = ()
    """The subject and the predicate, as far as they have been read."""
    in_list: bool = False


@dataclass
class _Walk:
    """A walk over the tokens of one text."""

    text: str
    prefixes: dict[str, str]
    base: str = ""

    def statements(self) -> Iterator[Statement]:
        self.starts = [0, *(m.end() for m in re.finditer("\n", self.text))]
        self.stream = [t for t in tokens(self.text) if t.kind != "comment"]
        self.next = 0
        now, outside = _Open(), list[_Open]()
        while self.next < len(self.stream):
            token = self.stream[self.next]
            self.next += 1
            if token.kind == "mark":
                if token.text in "[(" and len(now.terms) == 2 and not now.in_list:
                    yield Statement(now.terms[0], now.terms[1], None, *self.place(token.at), now.block)
                now = self.after_mark(token, now, outside)
            elif not self.directive(token) and not now.in_list:
                term, place = self.term(token), self.place(token.at)
                if len(now.terms) == 2:
                    yield Statement(now.terms[0], now.terms[1], term, *place, now.block)
                else:
                    now = _Open(now.block if now.terms else place, (*now.terms, term))

    def after_mark(self, token: Token, now: _Open, outside: list[_Open]) -> _Open:
        """What is open after a bracket or a punctuation mark; a bracketed term counts where it stands."""
        if token.text in "[(":
            block = now.block if now.terms or outside else self.place(token.at)
            outside.append(replace(now, block=block))
            return _Open(block, (None,), in_list=token.text == "(")
        if token.text in "])" and outside:
            before = outside.pop()
            return before if before.terms or before.in_list else replace(before, terms=(None,))
        if token.text == ";":
            return replace(now, terms=now.terms[:1])
        return _Open() if token.text == "." else now

    def place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1

    def directive(self, token: Token) -> bool:
        word = token.text.lower().lstrip("@")
        if token.kind not in {"tag", "word"} or word not in {"prefix", "base"}:
            return False
        if word == "prefix":
            self.prefixes[self.stream[self.next].text[:-1]] = self.iri(self.stream[self.next + 1].text)
            self.next += 2
        else:
            self.base = self.iri(self.stream[self.next].text)
            self.next += 1
        if token.kind == "tag":
            self.next += 1
        return True

    def iri(self, text: str) -> str:
        value = unescape(text[1:-1])
        return value if not self.base or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", value) else urljoin(self.base, value)

    def term(self, token: Token) -> Term:
        if token.kind == "string":
            return self.literal(token)
        if token.kind == "iri":
            return ox.NamedNode(self.iri(token.text))
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            return ox.NamedNode(self.prefixes.get(prefix, "") + re.sub(r"\\(.)", r"\1", local))
        if token.kind == "blank":
            return ox.BlankNode(token.text[2:])
        if token.kind == "number":
            kind = "double" if "e" in token.text.lower() else "decimal" if "." in token.text else "integer"
            return ox.Literal(token.text, datatype=ox.NamedNode(XSD + kind))
        if token.text == "a":
            return ox.NamedNode(RDF_TYPE)
        return ox.Literal(token.text, datatype=ox.NamedNode(XSD + "boolean"))

    def literal(self, token: Token) -> ox.Literal:
        quotes = 3 if token.text[:3] in {'"""', "'''"} else 1
        value = unescape(token.text[quotes:-quotes])
        follows = self.stream[self.next] if self.next < len(self.stream) else Token("", "", 0)
        if follows.kind == "tag":
            self.next += 1
            return ox.Literal(value, language=follows.text[1:])
        if follows.kind == "datatype":
            datatype = self.term(self.stream[self.next + 1])
            self.next += 2
            return ox.Literal(value, datatype=datatype if isinstance(datatype, ox.NamedNode) else None)
        return ox.Literal(value)


def unescape(text: str) -> str:
    r"""Text with the escapes of Turtle strings and IRIs undone.

    >>> unescape(r"caf\u00e9\n")
    'café\n'
    """
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _CONTROLS.get(m[3], m[3]), text)
