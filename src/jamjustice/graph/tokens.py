"""The tokens that Turtle and SPARQL share, with their places.

Grammars: https://www.w3.org/TR/turtle/#sec-grammar and https://www.w3.org/TR/sparql11-query/#sparqlGrammar .
The text is cut, not checked: whether it is right is for a parser to say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCAL = r"[\w:]|%[0-9A-Fa-f]{2}|\\."
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<comment>\#[^\n\r]*)
  | (?P<string>\"{{3}}(?:[^\"\\]++|\\.|\"(?!\"\"))*+\"{{3}} | '{{3}}(?:[^'\\]++|\\.|'(?!''))*+'{{3}}
              |\"(?:[^\"\\\n\r]++|\\.)*+\" | '(?:[^'\\\n\r]++|\\.)*+')
  | (?P<iri><(?:[^\x00-\x20<>\"{{}}|^`\\]|\\[uU][0-9A-Fa-f]+)*>)
  | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<datatype>\^\^)
  | (?P<variable>[?$]\w+)
  | (?P<number>[+-]?(?:\d+\.\d*[eE][+-]?\d+|\.?\d+[eE][+-]?\d+|\d*\.\d+|\d+)(?![\w:]))
  | (?P<blank>_:\w(?:[\w.·-]*[\w·-])?)
  | (?P<name>(?:[^\W\d_](?:[\w.·-]*[\w·-])?)?:(?:(?:{_LOCAL})(?:(?:{_LOCAL}|[.·-])*(?:{_LOCAL}|[·-]))?)?)
  | (?P<word>\w+)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of text and the offset where it starts."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    """Every token of a text but white space.

    >>> [t.kind for t in tokens('a:b a "x"@en . # end')]
    ['name', 'word', 'string', 'tag', 'mark', 'comment']
    >>> [t.text for t in tokens('SELECT ?x { ?x <p> "SERVICE" }')]
    ['SELECT', '?x', '{', '?x', '<p>', '"SERVICE"', '}']
    """
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            yield Token(str(match.lastgroup), match[0], match.start())


def place(text: str, at: int) -> tuple[int, int]:
    r"""Line and column (from 1) of an offset.

    >>> place("ab\ncd", 4)
    (2, 2)
    """
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
