"""Triples in an Oxigraph store, with every literal as it was written.

A store changes some literals while loading: `"01"^^xsd:integer` becomes `1`, `"5"^^xsd:int` becomes an integer, tags
become lower case. Such a literal is stored under a private datatype, which the store leaves alone, and is put back
wherever a term leaves. What the store would keep anyway is stored as it is.
"""

from __future__ import annotations

import datetime
import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import pyoxigraph as ox

from jamjustice.graph.sparql import reaches
from jamjustice.graph.terms import changed, tag
from jamjustice.vocabulary import RDF, RDF_TYPE, XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from jamjustice.graph.terms import Object

T = TypeVar("T", bound="Object")

WRITTEN = "urn:x-written:"
KEPT = "urn:x-kept:"

_STRINGS = frozenset(
    {RDF + "langString", XSD + "string", XSD + "anyURI", XSD + "normalizedString", XSD + "token", XSD + "language"}
)
_CANONICAL = {
    XSD + "integer": re.compile(r"0|-?[1-9][0-9]{0,17}").fullmatch,
    XSD + "decimal": re.compile(r"(0|-?[1-9][0-9]{0,11})(\.[0-9]{0,4}[1-9])?").fullmatch,
    XSD + "boolean": re.compile("true|false").fullmatch,
    XSD + "gYear": re.compile("[12][0-9]{3}").fullmatch,
}
"""Forms that a store certainly keeps and every engine takes for well-formed."""

_BOUNDS = {
    "byte": (-(2**7), 2**7 - 1),
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "integer": (None, None),
}
"""The integer datatypes of XML Schema (part 2, section 3.4) with their least and greatest values."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}").fullmatch
_FORMS = {
    "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)").fullmatch,
    "double": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|-?INF|NaN").fullmatch,
    "float": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|-?INF|NaN").fullmatch,
    "boolean": re.compile(r"true|false|1|0").fullmatch,
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch,
    "dateTime": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]").fullmatch,
}
_UNCHECKED = {"gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay", "Name", "NCName", "NMTOKEN"}


def well_formed(literal: ox.Literal) -> bool:
    """Whether every engine takes the literal for a well-formed one of its datatype; False where that is not certain.

    >>> integer, date = ox.NamedNode(XSD + "integer"), ox.NamedNode(XSD + "date")
    >>> well_formed(ox.Literal("+07", datatype=integer)), well_formed(ox.Literal("2018-02-30", datatype=date))
    (True, False)
    """
    datatype, text = literal.datatype.value, literal.value
    if datatype in _STRINGS:
        return True
    if not datatype.startswith(XSD):
        return not datatype.startswith(RDF)
    name = datatype.removeprefix(XSD)
    if name in _BOUNDS:
        return _in_bounds(text, *_BOUNDS[name])
    if name in _FORMS:
        return bool(_FORMS[name](text)) and (not name.startswith("date") or _is_day(text[:10]))
    return name in _UNCHECKED


def _in_bounds(text: str, least: int | None, greatest: int | None) -> bool:
    value = int(text) if _INTEGER(text) else None
    return value is not None and (least is None or value >= least) and (greatest is None or value <= greatest)


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_integer(datatype: str) -> bool:
    """Whether a datatype is xsd:integer or derived from it."""
    return datatype.startswith(XSD) and datatype.removeprefix(XSD) in _BOUNDS


class Rows(NamedTuple):
    """The answer to a SELECT query."""

    names: list[str]
    rows: Iterator[tuple[Object, ...]]


class ExactStore:
    """A store in memory whose terms go in and out as they were written."""

    def __init__(
        self, store: ox.Store, literals: Collection[ox.Literal], quads: Callable[[], Iterable[ox.Quad]]
    ) -> None:
        """A loaded store, every literal that was in the data, and how to read the data again if the store changed some.

        Raises what `quads` raises.
        """
        unsure = [literal for literal in literals if not _certain(literal)]
        self.changed = frozenset(changed(unsure))
        """The literals that a store would change."""
        self.doubtful = frozenset(x.datatype.value for x in unsure if not tag(x) and not well_formed(x))
        """The datatypes of which the data hold a literal that may be ill-formed."""
        self._by_tag = {(x.value, tag(x).lower()): x for x in self.changed if tag(x)}
        tagged = sum(1 for literal in self.changed if tag(literal))
        self.ambiguous = len(self._by_tag) < tagged or any(
            (x.value, x.language) in self._by_tag for x in literals if x.language
        )
        """Whether two literals differ in the capitals of their tags only, which engines take for one."""
        self.store = store
        if self.changed:
            self.store = ox.Store()
            self.store.extend(self._encoded(quads()))

    @classmethod
    def of(cls, triples: Iterable[ox.Triple]) -> ExactStore:
        """A store of triples."""
        quads = [ox.Quad(*triple) for triple in triples]
        store = ox.Store()
        store.extend(quads)
        return cls(store, {quad.object for quad in quads if isinstance(quad.object, ox.Literal)}, lambda: quads)

    def answer(
        self, query: str, prefixes: Mapping[str, str] | None = None, bound: Mapping[str, Object] | None = None
    ) -> Rows | bool:
        """What the engine answers to a SELECT or ASK query, with these variables bound beforehand.

        Raises SyntaxError for a query that cannot be read, ValueError for another one that cannot be answered.
        """
        values = {ox.Variable(name): term for name, term in (bound or {}).items()}
        try:
            found = self.store.query(query, prefixes=dict(prefixes or {}), substitutions=values)
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        if isinstance(found, ox.QueryBoolean):
            return bool(found)
        if not isinstance(found, ox.QuerySolutions):
            raise ValueError("neither a SELECT nor an ASK query")  # noqa: TRY004 - it is the text that is wrong
        return Rows([variable.value for variable in found.variables], (tuple(row) for row in found))

    def select(
        self, query: str, prefixes: Mapping[str, str] | None = None, bound: Mapping[str, Object] | None = None
    ) -> Iterator[tuple[Object, ...]]:
        """The rows of a SELECT query. Raises SyntaxError or ValueError, also for a query of another kind."""
        found = self.answer(query, prefixes, bound)
        if isinstance(found, bool):
            raise ValueError("not a SELECT query")  # noqa: TRY004 - it is the text that is wrong
        return found.rows

    def matching(self, subject: Object | None, predicate: Object | None, object_: Object | None) -> Iterator[ox.Triple]:
        """The triples with these terms, as they are stored."""
        for quad in self.store.quads_for_pattern(subject, predicate, object_, None):  # type: ignore[arg-type]
            yield quad.triple

    def holds(self, term: Object) -> bool:
        """Whether a term, as it is stored, is the subject or the object of a triple."""
        as_object = self.matching(None, None, term)
        as_subject = iter(()) if isinstance(term, ox.Literal) else self.matching(term, None, None)
        return next(as_object, None) is not None or next(as_subject, None) is not None

    @cached_property
    def predicates(self) -> frozenset[Object]:
        """Every predicate of the data."""
        return frozenset(row[0] for row in self.select("SELECT DISTINCT ?p WHERE { ?s ?p ?o }"))

    def keep(self, name: str, nodes: Iterable[Object]) -> str:
        """Keep nodes beside the data until `forget`; the pattern that finds them, with {} for a variable."""
        node, has, graph = ox.NamedNode(KEPT + name), ox.NamedNode(KEPT + "has"), ox.NamedNode(KEPT)
        self.store.extend(ox.Quad(node, has, found, graph) for found in nodes)
        return f"GRAPH {graph} {{{{ {node} {has} {{}} }}}}"

    def forget(self) -> None:
        """Forget what was kept."""
        self.store.remove_graph(ox.NamedNode(KEPT))

    @cached_property
    def changed_objects_of(self) -> frozenset[str]:
        """The predicates that have one of the changed literals as an object."""
        return frozenset(
            quad.predicate.value
            for literal in self.changed
            for quad in self.store.quads_for_pattern(None, None, encode(literal), None)
        )

    def _encoded(self, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        for quad in quads:
            if quad.object in self.changed:
                yield ox.Quad(quad.subject, quad.predicate, encode(quad.object))
            else:
                yield quad

    def __len__(self) -> int:
        """How many triples there are."""
        return len(self.store)

    def triples(self) -> Iterator[ox.Triple]:
        """Every triple, as it was written."""
        for quad in self.store:
            object_ = decode(quad.object) if self.changed else quad.object
            yield ox.Triple(quad.subject, quad.predicate, object_)

    def stored(self, term: Object) -> Object:
        """How a term from elsewhere is kept in this store: engines do not tell tags by their capitals."""
        if isinstance(term, ox.Literal) and tag(term):
            lower = ox.Literal(term.value, language=tag(term).lower())
            return self._by_tag.get((term.value, tag(term).lower()), lower)
        return encode(term) if isinstance(term, ox.Literal) and changed([term]) else term


def touches_changed(data: ExactStore, query: str, prefixes: Mapping[str, str]) -> bool:
    """Whether a query may meet a literal that the store would change, and so see it under its private datatype."""
    if not data.changed:
        return False
    touched = reaches(query, prefixes)
    return touched is None or any(predicate in data.changed_objects_of for predicate in {*touched, RDF_TYPE})


def _certain(literal: ox.Literal) -> bool:
    datatype = literal.datatype.value
    if datatype in _STRINGS:
        return True
    if datatype in _CANONICAL:
        return bool(_CANONICAL[datatype](literal.value))
    return datatype == XSD + "date" and well_formed(literal) and literal.value > "1"


def encode(term: Object) -> Object:
    """A literal under the private datatype; one with a tag has its own already (see `terms`)."""
    if isinstance(term, ox.Literal) and not tag(term):
        return ox.Literal(term.value, datatype=ox.NamedNode(WRITTEN + term.datatype.value))
    return term


def decode(term: T) -> T | ox.Literal:
    """The term as it was written.

    >>> decode(encode(ox.Literal("01", datatype=ox.NamedNode(XSD + "integer"))))
    <Literal value=01 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#integer>>
    """
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(WRITTEN):
        return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype.value.removeprefix(WRITTEN)))
    return term
