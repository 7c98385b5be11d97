"""Tests of one value node (SHACL 4.1 to 4.4 and 4.8): an expression that an engine filters by, and a judgement.

The expression is true only of values that certainly pass. What it leaves is judged here, as pySHACL judges it. Where
that cannot be known without pySHACL the judgement is MAYBE.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING

from jamjustice.graph.exact import WRITTEN, is_integer, well_formed
from jamjustice.graph.terms import BlankNode, Literal, NamedNode, plain, tag
from jamjustice.quality.shape import UncompiledError
from jamjustice.vocabulary import RDF, RDFS, SH, XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jamjustice.quality.shape import Shape, Shapes, Term


class Verdict(IntEnum):
    """Whether a node fails: no, perhaps, certainly."""

    PASSES = 0
    MAYBE = 1
    FAILS = 2


@dataclass(frozen=True)
class ValueTest:
    """A constraint on each value node by itself."""

    judge: Callable[[Term], Verdict]
    passes: str = ""
    """A SPARQL expression over ?v that is true of no value that fails; empty where there is none."""


def value_tests(shape: Shape, shapes: Shapes, doubtful: frozenset[str]) -> Iterator[ValueTest]:
    """The tests that a shape has. Raises UncompiledError for parameters that pySHACL refuses or reads in its own way.

    `doubtful` are the datatypes of which the data hold literals that may be ill-formed.
    """
    for name, make in _TESTS.items():
        if name in shape.values:
            yield make(shape, shapes, doubtful, name)


def _when(condition: object) -> Verdict:
    return Verdict.PASSES if condition else Verdict.FAILS


def _node_kind(shape: Shape, _shapes: Shapes, _doubtful: frozenset[str], name: str) -> ValueTest:
    kind = shape.one(name)
    kinds = {
        "IRI": (NamedNode,),
        "BlankNode": (BlankNode,),
        "Literal": (Literal,),
        "BlankNodeOrIRI": (BlankNode, NamedNode),
        "BlankNodeOrLiteral": (BlankNode, Literal),
        "IRIOrLiteral": (NamedNode, Literal),
    }.get(kind.value.removeprefix(SH))
    if kinds is None:
        raise UncompiledError(name)
    calls = {NamedNode: "isIRI(?v)", BlankNode: "isBlank(?v)", Literal: "isLiteral(?v)"}
    return ValueTest(lambda v: _when(isinstance(v, kinds)), " || ".join(calls[kind] for kind in kinds))


def _datatype(shape: Shape, _shapes: Shapes, doubtful: frozenset[str], name: str) -> ValueTest:
    asked = shape.one(name).value
    if asked == RDFS + "Literal":
        return ValueTest(lambda v: _when(isinstance(v, Literal)), "isLiteral(?v)")
    if asked == RDFS + "Datatype":
        raise UncompiledError(name)

    def judge(value: Term) -> Verdict:
        if not isinstance(value, Literal):
            return Verdict.FAILS
        if tag(value):
            return _when(asked == RDF + "langString")
        if value.datatype.value != asked:
            return Verdict.FAILS
        return Verdict.PASSES if well_formed(value) else Verdict.MAYBE

    passes = f"DATATYPE(?v) IN (<{asked}>, <{WRITTEN}{asked}>)"
    return ValueTest(judge, "" if asked in doubtful else passes)


def _length(shape: Shape, _shapes: Shapes, _doubtful: frozenset[str], name: str) -> ValueTest:
    length = shape.integer(name)
    if name == "minLength":
        blank = Verdict.FAILS if length else Verdict.MAYBE  # pySHACL lets everything pass that may be empty
        return ValueTest(
            lambda v: blank if isinstance(v, BlankNode) else _when(len(v.value) >= length),
            f"STRLEN(STR(?v)) >= {length}",
        )
    return ValueTest(
        lambda v: _when(not isinstance(v, BlankNode) and len(v.value) <= length), f"STRLEN(STR(?v)) <= {length}"
    )


_READ_DIFFERENTLY = re.compile(r"\\[A-Za-z0-9]|\(\?|\[\^?[\[\]]|[*+?}]\+|\{,|&&|--|~~")


def _pattern(shape: Shape, _shapes: Shapes, _doubtful: frozenset[str], name: str) -> ValueTest:
    given = shape.values[name]
    flags = shape.one("flags").value.lower() if "flags" in shape.values else ""
    wanted = (re.IGNORECASE if "i" in flags else 0) | (re.MULTILINE if "m" in flags else 0)
    try:
        patterns = [re.compile(term.value, wanted) for term in given if isinstance(term, Literal)]
    except (re.error, OverflowError, RecursionError):
        raise UncompiledError(name) from None
    if len(patterns) != len(given):
        raise UncompiledError(name)

    def judge(value: Term) -> Verdict:
        return _when(not isinstance(value, BlankNode) and all(pattern.search(value.value) for pattern in patterns))

    # Classes by letter, marked groups and the like are not the same in Python and in an engine.
    alike = not flags and not any(_READ_DIFFERENTLY.search(term.value) for term in given)
    tests = (f"REGEX(STR(?v), {Literal(term.value)})" for term in given)
    return ValueTest(judge, " && ".join(tests) if alike else "")


def _language_in(shape: Shape, shapes: Shapes, _doubtful: frozenset[str], name: str) -> ValueTest:
    members = shapes.items(shape.one(name))
    if not all(isinstance(term, Literal) and not tag(term) for term in members):
        raise UncompiledError(name)
    languages = {term.value.lower() for term in members}

    def judge(value: Term) -> Verdict:
        language = tag(value).lower() if isinstance(value, Literal) else ""
        return _when(bool(language) and bool({"*", language, language.partition("-")[0]} & languages))

    passes = ", ".join(str(Literal(language)) for language in sorted(languages - {""}))
    return ValueTest(judge, f"LANG(?v) IN ({passes})" if passes else "")


def _in(shape: Shape, shapes: Shapes, _doubtful: frozenset[str], name: str) -> ValueTest:
    members = {plain(term) for term in shapes.items(shape.one(name))}

    def judge(value: Term) -> Verdict:
        return Verdict.MAYBE if isinstance(value, BlankNode) else _when(plain(value) in members)

    short = len(members) <= 30 and all(isinstance(term, NamedNode) for term in members)
    return ValueTest(judge, f"?v IN ({', '.join(sorted(str(term) for term in members))})" if short else "")


_COMPARED = {"minInclusive": (0, 1), "minExclusive": (1,), "maxInclusive": (0, -1), "maxExclusive": (-1,)}


def _range(shape: Shape, _shapes: Shapes, _doubtful: frozenset[str], name: str) -> ValueTest:
    limits = shape.values[name]
    if not all(isinstance(limit, Literal) for limit in limits):
        raise UncompiledError(name)

    def judge(value: Term) -> Verdict:
        if not isinstance(value, Literal):
            return Verdict.FAILS
        found = [compare(value, limit) for limit in limits if isinstance(limit, Literal)]
        return Verdict.MAYBE if None in found else _when(all(sign in _COMPARED[name] for sign in found))

    operator = {"minInclusive": ">=", "minExclusive": ">", "maxInclusive": "<=", "maxExclusive": "<"}[name]
    parts = [_comparable("?v", limit) for limit in limits if isinstance(limit, Literal)]
    tests = (f"{part} && ?v {operator} {limit}" for part, limit in zip(parts, limits, strict=True))
    return ValueTest(judge, " && ".join(tests) if all(parts) else "")


_TESTS = {
    "nodeKind": _node_kind,
    "datatype": _datatype,
    "minLength": _length,
    "maxLength": _length,
    "pattern": _pattern,
    "languageIn": _language_in,
    "in": _in,
    **dict.fromkeys(_COMPARED, _range),
}

VALUE_TESTS = frozenset({*_TESTS, "flags", "message", "severity", "name", "description", "order", "group"})
"""Properties of shapes that only test values by themselves, and those that test nothing."""

_NUMBERS = f"(<{XSD}integer>, <{XSD}decimal>)"


def _comparable(variable: str, limit: Literal) -> str:
    """An expression that is true only of values that every engine compares with the limit in the same way."""
    if not well_formed(limit):
        return ""
    datatype = limit.datatype.value
    if datatype in {XSD + "integer", XSD + "decimal"} and len(limit.value) <= 15:
        return f"DATATYPE({variable}) IN {_NUMBERS}"
    if datatype == XSD + "double":
        return f"DATATYPE({variable}) = <{datatype}>"
    if datatype in {XSD + "date", XSD + "dateTime"}:
        return f"DATATYPE({variable}) = <{datatype}> && STRLEN(STR({variable})) = {len(limit.value)}"
    return ""


LESS_COMPARABLE = (
    f"(DATATYPE(?v) IN {_NUMBERS} && DATATYPE(?o) IN {_NUMBERS}"
    f" || DATATYPE(?v) = <{XSD}date> && DATATYPE(?o) = <{XSD}date> && STRLEN(STR(?v)) = 10 && STRLEN(STR(?o)) = 10"
    f" || DATATYPE(?v) = <{XSD}dateTime> && DATATYPE(?o) = <{XSD}dateTime>"
    " && STRLEN(STR(?v)) = 19 && STRLEN(STR(?o)) = 19)"
)
"""True only of pairs ?v and ?o that every engine compares in the same way."""


def compare(left: Literal, right: Literal) -> int | None:
    """-1, 0 or 1 where every engine says the same of two literals; None elsewhere.

    >>> integer = NamedNode(XSD + "integer")
    >>> compare(Literal("7", datatype=integer), Literal("10", datatype=integer))
    -1
    """
    if not (well_formed(left) and well_formed(right)) or tag(left) or tag(right):
        return None
    kinds = left.datatype.value, right.datatype.value
    if all(is_integer(kind) or kind == XSD + "decimal" for kind in kinds):
        a, b = Decimal(left.value), Decimal(right.value)
        return (a > b) - (a < b)
    if kinds == (XSD + "double", XSD + "double") and "NaN" not in {left.value, right.value}:
        x, y = float(left.value), float(right.value)
        return (x > y) - (x < y)
    if kinds[0] == kinds[1] and kinds[0] in {XSD + "string", XSD + "date", XSD + "dateTime"}:
        return (left.value > right.value) - (left.value < right.value)
    return None
